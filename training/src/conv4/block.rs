//! One block of Conv-4 by hand: convolution, BatchNorm over the batch, ReLU, 2x2 max pool, and
//! its gradient.
//!
//! Pictures are channels last, `[n, side, side, channels]`, so that a patch is three runs of
//! memory and all channels of a pixel go through the same arithmetic side by side. BatchNorm,
//! ReLU and pool are one pass over the convolution's output, and the gradient of all three is
//! another: memory is what limits them. Pictures are worked on in parts of a fixed number and
//! sums are added in the order of the parts, so that the result does not depend on how many
//! threads there are.

use kshot::embedder::conv4::{FILTERS, KERNEL};
use rayon::prelude::*;

use super::norm::{Affine, Chosen, Spread, Sums, mask, pool};
use super::product::{Matrix, multiply};

/// Taps of a filter.
pub const TAPS: usize = KERNEL * KERNEL;

/// Pixels of a part at least: fewer make small matrix products, more leave the cache. Of 49 to
/// 3136 tried, 196 to 784 were the fastest (2 cores, 1 MB of L2 cache each).
const PART_PIXELS: usize = 392;

/// Sizes of a block.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Side of its input, and of the convolution's output.
    pub side: usize,
    /// Channels of its input.
    pub channels: usize,
}

impl Size {
    /// Side of the block's output.
    pub fn pooled(self) -> usize {
        self.side / 2
    }

    /// Values of one picture of the input.
    pub fn input(self) -> usize {
        self.side * self.side * self.channels
    }

    fn pixels(self) -> usize {
        self.side * self.side
    }

    /// Values of one picture of the output.
    pub fn output(self) -> usize {
        self.pooled() * self.pooled() * FILTERS
    }

    /// Pictures of a part.
    fn part(self) -> usize {
        (PART_PIXELS / self.pixels()).max(1)
    }
}

/// What a block learns.
#[derive(Debug, Clone)]
pub struct Weights {
    /// `[9 * channels, 64]`, tap by tap.
    pub conv: Vec<f32>,
    /// `[64]`
    pub gamma: Vec<f32>,
    /// `[64]`
    pub beta: Vec<f32>,
}

/// Mean and variance of each filter.
#[derive(Debug, Clone)]
pub struct Statistics {
    /// `[64]`
    pub mean: Vec<f32>,
    /// `[64]`, over n.
    pub variance: Vec<f32>,
}

/// What is kept of a forward pass for the gradient. Its buffers are used again.
#[derive(Debug, Default)]
pub struct Kept {
    convolved: Vec<f32>, // [n, side, side, 64]
    values: Vec<f32>,    // [n, side / 2, side / 2, 64]; see Chosen
    corners: Vec<u32>,   // [n, side / 2, side / 2, 64]
    /// `[n, side / 2, side / 2, 64]`
    pub output: Vec<f32>,
}

/// Forward pass of `n` pictures. `running` are the statistics to use instead of the batch's
/// own. Returns those that were used.
pub fn forward(
    size: Size,
    weights: &Weights,
    input: &[f32],
    running: Option<&Statistics>,
    kept: &mut Kept,
) -> Statistics {
    let n = input.len() / size.input();
    let pixels = size.pixels() * FILTERS;
    kept.convolved.resize(n * pixels, 0.0);
    kept.output.resize(n * size.output(), 0.0);
    kept.values.resize(n * size.output(), 0.0);
    kept.corners.resize(n * size.output(), 0);
    let conv = Matrix::new(&weights.conv, FILTERS);
    let parts = input
        .par_chunks(size.part() * size.input())
        .zip(kept.convolved.par_chunks_mut(size.part() * pixels));
    let sums: Vec<Option<Sums>> = parts
        .map_init(Vec::new, |patches, (input, output)| {
            unfold(size.side, size.channels, input, patches);
            multiply(
                Matrix::new(patches, TAPS * size.channels),
                conv,
                output,
                false,
            );
            running.is_none().then(|| Sums::of(output, output))
        })
        .collect();
    let statistics = match running {
        Some(running) => running.clone(),
        None => {
            let sums: Vec<Sums> = sums.into_iter().flatten().collect();
            Sums::total(&sums).statistics(n * size.pixels())
        }
    };
    let affine = Affine::new(weights, &statistics);
    let pools = size.part() * size.output();
    kept.convolved
        .par_chunks(size.part() * pixels)
        .zip(kept.values.par_chunks_mut(pools))
        .zip(kept.corners.par_chunks_mut(pools))
        .zip(kept.output.par_chunks_mut(pools))
        .for_each(|(((convolved, values), corners), output)| {
            let chosen = Chosen {
                values,
                corners,
                output,
            };
            pool(size, &affine, convolved, chosen);
        });
    statistics
}

/// What [`backward`] gives.
#[derive(Debug)]
pub struct Gradients {
    /// As [`Weights::conv`].
    pub conv: Vec<f32>,
    /// `[64]`
    pub gamma: Vec<f32>,
    /// `[64]`
    pub beta: Vec<f32>,
    /// As the input; empty where it was not asked for.
    pub input: Vec<f32>,
}

/// Gradient of a forward pass with the batch's own statistics. `output` is the gradient of
/// [`Kept::output`] and is spoilt; that of the input is left out unless `of_input`.
pub fn backward(
    size: Size,
    weights: &Weights,
    input: &[f32],
    (statistics, kept): (&Statistics, &Kept),
    output: &mut [f32],
    of_input: bool,
) -> Gradients {
    let n = input.len() / size.input();
    let (pixels, pooled) = (size.pixels() * FILTERS, size.output());
    let part = size.part();
    let sums: Vec<Sums> = kept
        .values
        .par_chunks(part * pooled)
        .zip(kept.corners.par_chunks(part * pooled))
        .zip(output.par_chunks_mut(part * pooled))
        .map(|((values, corners), output)| {
            mask(corners, output);
            Sums::of(output, values)
        })
        .collect();
    let sums = Sums::total(&sums);
    let spread = Spread::new(weights, statistics, &sums, n * size.pixels());
    // Filters turned over, their outputs as inputs: [9 * 64, channels].
    let turned = if of_input {
        turn(&weights.conv, size.channels)
    } else {
        Vec::new()
    };
    let mut of_inputs = vec![0.0; if of_input { input.len() } else { 0 }];
    let inputs: Vec<&[f32]> = input.chunks(part * size.input()).collect();
    let mut outputs: Vec<&mut [f32]> = if of_input {
        of_inputs.chunks_mut(part * size.input()).collect()
    } else {
        inputs.iter().map(|_| Default::default()).collect()
    };
    let convs: Vec<Vec<f32>> = inputs
        .par_iter()
        .zip(outputs.par_iter_mut())
        .zip(kept.convolved.par_chunks(part * pixels))
        .zip(kept.corners.par_chunks(part * pooled))
        .zip(output.par_chunks(part * pooled))
        .map_init(
            || (Vec::new(), Vec::new()),
            |(patches, gradient), ((((input, of_input), convolved), corners), output)| {
                spread.unpool(size, convolved, corners, output, gradient);
                unfold(size.side, size.channels, input, patches);
                let columns = TAPS * size.channels;
                let mut conv = vec![0.0; columns * FILTERS];
                let taken = Matrix::new(patches, columns).transposed();
                multiply(taken, Matrix::new(gradient, FILTERS), &mut conv, false);
                if !of_input.is_empty() {
                    unfold(size.side, FILTERS, gradient, patches);
                    let taken = Matrix::new(patches, TAPS * FILTERS);
                    multiply(taken, Matrix::new(&turned, size.channels), of_input, false);
                }
                conv
            },
        )
        .collect();
    let mut conv = vec![0.0; weights.conv.len()];
    for part in &convs {
        for (sum, value) in conv.iter_mut().zip(part) {
            *sum += value;
        }
    }
    Gradients {
        conv,
        gamma: spread.gamma,
        beta: spread.beta,
        input: of_inputs,
    }
}

/// Patches of 3x3 pixels round every pixel, zero outside: `[n, side, side, channels]` to
/// `[n * side * side, 9 * channels]`.
fn unfold(side: usize, channels: usize, input: &[f32], patches: &mut Vec<f32>) {
    let row = side * channels;
    let run = KERNEL * channels;
    patches.clear();
    patches.resize(input.len() * TAPS, 0.0);
    let mut patches = patches.chunks_exact_mut(TAPS * channels);
    for picture in input.chunks_exact(side * row) {
        for y in 0..side {
            for (x, patch) in (0..side).zip(&mut patches) {
                for (tap, run) in patch.chunks_exact_mut(run).enumerate() {
                    let Some(line) = (y + tap)
                        .checked_sub(1)
                        .and_then(|line| picture.get(line * row..(line + 1) * row))
                    else {
                        continue; // above or below the picture
                    };
                    let skipped = if x == 0 { channels } else { 0 };
                    let start = (x * channels + skipped).saturating_sub(channels);
                    let end = ((x + 2) * channels).min(row);
                    let (_, run) = run.split_at_mut(skipped);
                    let (run, _) = run.split_at_mut(end - start);
                    run.copy_from_slice(&line[start..end]);
                }
            }
        }
    }
}

/// `[9, channels, 64]` to `[9, 64, channels]` with the taps in reverse.
fn turn(conv: &[f32], channels: usize) -> Vec<f32> {
    let mut turned = vec![0.0; conv.len()];
    let taps = conv.chunks_exact(channels * FILTERS).rev();
    for (tap, turned) in taps.zip(turned.chunks_exact_mut(channels * FILTERS)) {
        for (channel, filters) in tap.chunks_exact(FILTERS).enumerate() {
            let places = turned.iter_mut().skip(channel).step_by(channels);
            for (place, value) in places.zip(filters) {
                *place = *value;
            }
        }
    }
    turned
}
