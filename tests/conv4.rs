//! Does Conv-4 give what NumPy gives?
#![allow(clippy::unwrap_used)]

use burn::module::{Param, RunningState};
use burn::tensor::{Device, Tensor, TensorData};
use kshot::embedder::conv4::{Conv4, DIMENSIONS, FILTERS, SIDE};

/// `sin(speed · i + start)`, as `fixtures/conv4/write_conv4.py` has it.
fn wave(count: usize, speed: f64, start: usize) -> Vec<f64> {
    (0..count)
        .map(|i| (speed * i as f64 + start as f64).sin())
        .collect()
}

fn tensor<const D: usize>(values: Vec<f64>, shape: [usize; D], device: &Device) -> Tensor<D> {
    let values: Vec<f32> = values.into_iter().map(|v| v as f32).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

fn network(device: &Device) -> Conv4 {
    let mut network = Conv4::new(device);
    for (number, block) in network.blocks.iter_mut().enumerate() {
        let shape: [usize; 4] = block.conv.weight.dims();
        let size: usize = shape.iter().product();
        let fan = (shape[1] * 9) as f64;
        let weight = wave(size, 1.7, number);
        let weight = weight.into_iter().map(|v| v / (fan / 3.0).sqrt()).collect();
        block.conv.weight = Param::from_tensor(tensor(weight, shape, device));
        let line = |base: f64, size: f64, speed| {
            let values = wave(FILTERS, speed, number).into_iter();
            tensor(values.map(|v| base + size * v).collect(), [FILTERS], device)
        };
        block.norm.gamma = Param::from_tensor(line(1.0, 0.5, 2.3));
        block.norm.beta = Param::from_tensor(line(0.0, 0.3, 0.9));
        block.norm.running_mean = RunningState::new(line(0.0, 0.2, 1.1));
        block.norm.running_var = RunningState::new(line(0.6, 0.4, 0.7));
    }
    network
}

fn ink(n: usize, device: &Device) -> Tensor<4> {
    let ink = wave(n * SIDE * SIDE, 0.37, 0).into_iter();
    let ink = ink.map(|v| f64::from(u8::from(v > 0.7))).collect();
    tensor(ink, [n, 1, SIDE, SIDE], device)
}

#[test]
fn embeddings_are_those_of_numpy() {
    let file = std::fs::read("tests/fixtures/conv4/conv4.safetensors").unwrap();
    let expected = safetensors::SafeTensors::deserialize(&file).unwrap();
    let expected = expected.tensor("running").unwrap();
    assert_eq!(expected.shape(), [3, DIMENSIONS]);
    let device = Device::flex();
    let found = network(&device).forward(ink(3, &device));
    assert_eq!(found.dims(), [3, DIMENSIONS]);
    let found: Vec<f32> = found.into_data().try_to_vec().unwrap();
    let (values, _) = expected.data().as_chunks::<4>();
    for (place, (a, b)) in found.iter().zip(values).enumerate() {
        let b = f32::from_le_bytes(*b);
        assert!((a - b).abs() < 1e-5, "{place}: {a} and {b}"); // the largest is 1.4
    }
}

#[test]
fn a_batch_gives_what_its_drawings_give_alone() {
    let device = Device::flex();
    let network = network(&device);
    let drawings = ink(3, &device);
    let together = network.forward(drawings.clone());
    for place in 0..3 {
        let alone = network.forward(drawings.clone().narrow(0, place, 1));
        let difference = (together.clone().narrow(0, place, 1) - alone).abs().max();
        let difference: Vec<f32> = difference.into_data().try_to_vec().unwrap();
        assert!(difference[0] < 1e-5, "{difference:?}");
    }
}
