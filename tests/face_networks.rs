//! Do the networks for faces give what their originals give?
#![allow(clippy::unwrap_used)]

use burn::tensor::Device;
use kshot::embedder::conv::Kernels;
use kshot::face::detector::Detector;
use kshot::face::look::{Embedder, WEIGHTS};
use safetensors::SafeTensors;

/// What TensorFlow Lite and dlib give: `tests/fixtures/faces/write_golden.py`.
fn golden(name: &str) -> Vec<f32> {
    let bytes = std::fs::read("tests/fixtures/faces/golden.safetensors").unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let (values, _) = file.tensor(name).unwrap().data().as_chunks::<4>();
    values
        .iter()
        .map(|value| f32::from_le_bytes(*value))
        .collect()
}

/// Planar `[3, side, side]`, 0 to 255.
fn pixels(path: &str) -> Vec<f32> {
    let picture = image::open(format!("tests/fixtures/faces/{path}"))
        .unwrap()
        .to_rgb8();
    (0..3)
        .flat_map(|channel| picture.pixels().map(move |pixel| f32::from(pixel[channel])))
        .collect()
}

fn detector(kernels: Kernels) -> Detector {
    let file = SafeTensors::deserialize(WEIGHTS).unwrap();
    Detector::from_safetensors(&file, kernels, &Device::flex()).unwrap()
}

#[test]
fn the_detector_gives_what_tensorflow_lite_gives() {
    for kernels in [Kernels::Burn, Kernels::HandMade] {
        let detector = detector(kernels);
        for name in ["obama-1", "obama-2", "caltech-p21-1"] {
            let mut input = pixels(&format!("inputs/{name}.png"));
            input
                .iter_mut()
                .for_each(|value| *value = *value / 127.5 - 1.0);
            let found = detector.forward(input).unwrap();
            let expected = golden(&format!("detector.{name}"));
            assert_eq!(found.len(), expected.len());
            // Logits reach 100 and coordinates 128 pixels; what counts are those of a face.
            let (found, _) = found.as_chunks::<17>();
            let (expected, _) = expected.as_chunks::<17>();
            for (found, expected) in found.iter().zip(expected) {
                let sure = expected[0] > 0.0;
                for (a, b) in found.iter().zip(expected) {
                    let allowed = if sure { 0.01 } else { 0.05 };
                    assert!((a - b).abs() < allowed, "{kernels:?} {name}: {a} and {b}");
                }
            }
            assert!(expected.iter().any(|anchor| anchor[0] > 0.0), "{name}");
        }
    }
}

#[test]
fn the_embedder_gives_what_dlib_gives() {
    for kernels in [Kernels::Burn, Kernels::HandMade] {
        let embedder = Embedder::from_bytes(WEIGHTS, kernels, &Device::flex()).unwrap();
        for name in ["obama-1", "biden-1", "caltech-p05-1", "caltech-p15-1"] {
            let chip = pixels(&format!("chips/{name}.png"));
            let found: Vec<f32> = embedder.forward(&chip).into_data().try_to_vec().unwrap();
            let expected = golden(&format!("embedder.{name}"));
            let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
            let lengths = dot(&found, &found).sqrt() * dot(&expected, &expected).sqrt();
            let cosine = dot(&found, &expected) / lengths;
            println!("{kernels:?} {name}: {cosine:.7}");
            assert!(cosine > 0.99999, "{kernels:?} {name}: {cosine}");
        }
    }
}
