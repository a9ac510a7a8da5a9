//! Does the hand-made Conv-4 do what the Burn module does?
#![allow(clippy::unwrap_used)]

use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Distribution, Tensor, TensorData};
use kshot::embedder::conv4::{Conv4, SIDE};
use training::conv4::{Conv4Pass, tensor_values};

/// Ink on a sixth of the pixels.
fn ink(n: usize) -> Vec<f32> {
    let device = Device::flex();
    let noise = Tensor::<1>::random([n * SIDE * SIDE], Distribution::Uniform(0.0, 1.0), &device);
    let noise = tensor_values(noise).unwrap();
    noise
        .into_iter()
        .map(|v| f32::from(u8::from(v > 0.83)))
        .collect()
}

fn in_burn(ink: &[f32], device: &Device) -> Tensor<4> {
    let shape = [ink.len() / (SIDE * SIDE), 1, SIDE, SIDE];
    Tensor::from_data(TensorData::new(ink.to_vec(), shape), device)
}

/// Weights whose BatchNorm has learnt something: scales of either sign, shifts, and running
/// statistics that are not those of the start.
fn network(device: &Device) -> Conv4 {
    let mut network = Conv4::new(device);
    for block in &mut network.blocks {
        let random = |low, high| Tensor::random([64], Distribution::Uniform(low, high), device);
        block.norm.gamma = Param::from_tensor(random(-0.5, 1.5));
        block.norm.beta = Param::from_tensor(random(-0.5, 0.5));
    }
    network
}

fn assert_near(found: &[f32], expected: &[f32], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let largest = expected.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
    for (index, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!(
            (a - b).abs() <= 2e-4 * largest + 1e-6,
            "{what} {index}: {a} and {b} of {largest}"
        );
    }
}

#[test]
fn forward_gradient_and_running_statistics_are_those_of_burn() {
    let device = Device::flex().autodiff();
    device.seed(3);
    let plain = network(&device);
    let copy = plain.clone().fork(&device);
    for n in [1, 2, 19] {
        let ink = ink(n);
        let direction = Tensor::random([n, 64], Distribution::Normal(0.0, 1.0), &device);
        let expected = plain.forward(in_burn(&ink, &device));
        let mut graph = (expected.clone() * direction.clone()).sum().backward();
        let expected_gradients = GradientsParams::from_module(&mut graph, &plain);

        let mut pass = Conv4Pass::default();
        let found = pass.train(&copy, ink.clone()).unwrap();
        assert_near(&found, &tensor_values(expected).unwrap(), "embedding");
        let mut gradients = GradientsParams::new();
        let direction = tensor_values(direction).unwrap();
        pass.backward(&copy, direction, &mut gradients, &Device::flex())
            .unwrap();
        for (number, (a, b)) in copy.blocks.iter().zip(&plain.blocks).enumerate() {
            let values =
                |set: &GradientsParams, id| tensor_values(set.get::<1>(id).unwrap()).unwrap();
            let filters =
                |set: &GradientsParams, id| tensor_values(set.get::<4>(id).unwrap()).unwrap();
            assert_near(
                &filters(&gradients, a.conv.weight.id),
                &filters(&expected_gradients, b.conv.weight.id),
                &format!("n {n} block {number} filters"),
            );
            for (name, a, b) in [
                ("gamma", a.norm.gamma.id, b.norm.gamma.id),
                ("beta", a.norm.beta.id, b.norm.beta.id),
            ] {
                assert_near(
                    &values(&gradients, a),
                    &values(&expected_gradients, b),
                    &format!("n {n} block {number} {name}"),
                );
            }
            let running =
                |t: &burn::module::RunningState<Tensor<1>>| tensor_values(t.value_sync()).unwrap();
            assert_near(
                &running(&a.norm.running_mean),
                &running(&b.norm.running_mean),
                "mean",
            );
            assert_near(
                &running(&a.norm.running_var),
                &running(&b.norm.running_var),
                "variance",
            );
        }
    }
    let ink = ink(7);
    let plain = plain.valid();
    let expected = plain.forward(in_burn(&ink, &Device::flex()));
    let found = Conv4Pass::default().embed(&copy, ink).unwrap();
    assert_near(
        &found,
        &tensor_values(expected).unwrap(),
        "embedding in use",
    );
}
