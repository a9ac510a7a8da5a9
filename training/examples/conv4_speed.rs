//! How long Conv-4 takes for the drawings of an episode, forward and backward: the hand-made
//! passes beside Burn's graph, medians in one run.
//!
//! `cargo run --release -p training --example conv4_speed`

use std::time::{Duration, Instant};

use anyhow::Result;
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor, TensorData};
use kshot::embedder::conv4::{Conv4, SIDE};
use training::conv4::Conv4Pass;

/// Drawings of a 20-way 1-shot episode with 5 queries a class, and of one of 60 ways.
const DRAWINGS: [usize; 2] = [120, 360];

const RUNS: usize = 9;

fn main() -> Result<()> {
    let device = Device::flex().autodiff();
    let network = Conv4::new(&device);
    for n in DRAWINGS {
        // Ink on a sixth of the pixels; the arithmetic does not depend on which.
        let ink: Vec<f32> = (0..n * SIDE * SIDE)
            .map(|pixel| f32::from(u8::from(pixel % 6 == 0)))
            .collect();
        let mut pass = Conv4Pass::default();
        let ours = median(|| {
            let embeddings = pass.train(&network, ink.clone())?;
            let mut gradients = GradientsParams::new();
            pass.backward(&network, embeddings, &mut gradients, &Device::flex())?;
            Ok(())
        })?;
        let burn = median(|| {
            let data = TensorData::new(ink.clone(), [n, 1, SIDE, SIDE]);
            let embeddings = network.forward(Tensor::<4>::from_data(data, &device));
            drop(embeddings.square().sum().backward());
            Ok(())
        })?;
        let ratio = burn.as_secs_f64() / ours.as_secs_f64();
        println!("{n} drawings: {ours:.1?} by hand, {burn:.1?} by Burn's graph, {ratio:.1} x");
    }
    Ok(())
}

fn median(mut run: impl FnMut() -> Result<()>) -> Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let start = Instant::now();
        run()?;
        times.push(start.elapsed());
    }
    times.sort();
    Ok(times[RUNS / 2])
}
