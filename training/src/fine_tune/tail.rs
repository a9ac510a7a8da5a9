//! The layers that are tuned, as matrices.
//!
//! A map lies channel by channel, `[channels, pictures, 49]`, so that a 1x1 convolution is one
//! product with the weights and a depthwise one a product with a 49x49 matrix a channel, which a
//! product with a table of taps makes of its weights. Burn's own gradient of a depthwise
//! convolution goes through its channels one by one.

use anyhow::{Context, Result, ensure};
use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor, TensorData};
use kshot::embedder::conv::{Activation, Layer, read_f16};
use kshot::embedder::efficientnet_lite0::layers;
use safetensors::SafeTensors;

use crate::conv4::tensor_values;
use crate::convert::halve_layer;
use crate::safetensors_file::HalfTensor;

/// Blocks before this one are left as they are: from here on maps are 7x7.
pub const FIRST: usize = 12;

/// Channels of the map before it.
pub const CHANNELS: usize = 192;

const SIDE: usize = 7;

/// Positions of a map.
pub const POSITIONS: usize = SIDE * SIDE;

/// Corners of the last map: see `kshot::embedder::projection`.
pub const CORNERS: usize = 4;

/// One layer: `[channels_out, channels_in]`, or `[channels, taps]` of a depthwise one.
#[derive(Module, Debug)]
struct Weights {
    weight: Param<Tensor<2>>,
    bias: Param<Tensor<2>>, // [channels_out, 1]
}

/// Everything that is tuned.
#[derive(Module, Debug)]
pub struct Tail {
    layers: Vec<Weights>,
    /// The logarithm of what similarities are multiplied by, over [`SHARPNESS`].
    sharpness: Param<Tensor<1>>,
}

/// The scale of similarities learns so many times faster than the weights.
const SHARPNESS: f32 = 50.0;

/// The scale at the start.
const START: f32 = 8.0;

/// The layers from [`FIRST`] on.
fn tuned() -> Vec<Layer> {
    let mut all = layers();
    let name = format!("blocks.{FIRST}.");
    let first = all.iter().position(|layer| layer.name.starts_with(&name));
    all.split_off(first.unwrap_or(0))
}

impl Tail {
    /// The layers as a weights file holds them.
    ///
    /// # Errors
    /// Where it lacks one.
    pub fn read(weights: &[u8], device: &Device) -> Result<Self> {
        let file = SafeTensors::deserialize(weights).context("these are no weights")?;
        let layers = tuned().into_iter().map(|layer| {
            let [out, per_group, kernel, _] = layer.weight;
            let weight = read_f16(&file, &format!("{}.weight", layer.name), &layer.weight)?;
            let bias = read_f16(&file, &format!("{}.bias", layer.name), &[out])?;
            let weight = TensorData::new(weight, [out, per_group * kernel * kernel]);
            Ok(Weights {
                weight: Param::from_tensor(Tensor::from_data(weight, device)),
                bias: Param::from_tensor(Tensor::from_data(
                    TensorData::new(bias, [out, 1]),
                    device,
                )),
            })
        });
        let start = [START.ln() / SHARPNESS];
        Ok(Tail {
            layers: layers.collect::<Result<_>>()?,
            sharpness: Param::from_tensor(Tensor::from_data(start, device)),
        })
    }

    /// What similarities are multiplied by, `[1]`.
    pub fn scale(&self) -> Tensor<1> {
        (self.sharpness.val() * SHARPNESS).exp()
    }

    /// Maps `[192, n, 49]` to corners `[1280, n, 4]`.
    pub fn corners(&self, maps: Tensor<3>) -> Result<Tensor<3>> {
        let [_, n, _] = maps.dims();
        let device = maps.device();
        let mut x = maps;
        let mut past = None;
        for (weights, layer) in self.layers.iter().zip(tuned()) {
            let [out, _, kernel, _] = layer.weight;
            let bias = weights.bias.val();
            let starts_block = layer.name.ends_with("expand");
            if starts_block {
                past = Some(x.clone());
            }
            let y = if layer.groups > 1 {
                let taps = Tensor::<2>::from_data(taps(kernel), &device); // [taps, 49 * 49]
                let spread = weights.weight.val().matmul(taps);
                let spread = spread.reshape([out, POSITIONS, POSITIONS]);
                x.matmul(spread) + bias.unsqueeze_dim::<3>(2) // [c, n, 49]
            } else {
                let [channels_in, _, _] = x.dims();
                let flat = x.reshape([channels_in, n * POSITIONS]);
                (weights.weight.val().matmul(flat) + bias).reshape([out, n, POSITIONS])
            };
            x = match layer.activation {
                Activation::Relu6 => y.clamp(0.0, 6.0),
                _ => y,
            };
            if layer.name.ends_with("project")
                && let Some(past) = past.take()
                && past.dims() == x.dims()
            {
                x = x + past;
            }
        }
        let [channels, _, _] = x.dims();
        let flat = x.reshape([channels * n, POSITIONS]);
        let windows = Tensor::<2>::from_data(windows(), &device); // [49, 4]
        Ok(flat.matmul(windows).reshape([channels, n, CORNERS]))
    }

    /// The layers in half precision, named as in the weights file.
    ///
    /// # Errors
    /// Where a value is too large for it.
    pub fn halves(&self) -> Result<Vec<HalfTensor>> {
        let mut tensors = Vec::new();
        for (weights, layer) in self.layers.iter().zip(tuned()) {
            let wide = |values: Vec<f32>| values.into_iter().map(f64::from).collect::<Vec<f64>>();
            let weight = wide(tensor_values(weights.weight.val())?);
            let bias = wide(tensor_values(weights.bias.val())?);
            ensure!(bias.len() == layer.weight[0], "a layer of another size");
            tensors.extend(halve_layer(&layer, &weight, &bias)?);
        }
        Ok(tensors)
    }
}

/// `[kernel * kernel, 49 * 49]`: 1 where a tap takes a position of the input to one of the output.
fn taps(kernel: usize) -> TensorData {
    let before = kernel / 2;
    let mut table = vec![0.0f32; kernel * kernel * POSITIONS * POSITIONS];
    for tap in 0..kernel * kernel {
        for to in 0..POSITIONS {
            let row = (to / SIDE + tap / kernel).checked_sub(before);
            let column = (to % SIDE + tap % kernel).checked_sub(before);
            if let (Some(row @ 0..SIDE), Some(column @ 0..SIDE)) = (row, column) {
                let from = row * SIDE + column;
                let at = (tap * POSITIONS + from) * POSITIONS + to;
                if let Some(value) = table.get_mut(at) {
                    *value = 1.0;
                }
            }
        }
    }
    TensorData::new(table, [kernel * kernel, POSITIONS * POSITIONS])
}

/// `[49, 4]`: the mean of each corner of 4x4.
fn windows() -> TensorData {
    let corners = [(0, 0), (0, 3), (3, 0), (3, 3)];
    let values = (0..POSITIONS).flat_map(|position| {
        let (row, column) = (position / SIDE, position % SIDE);
        corners.map(|(top, left)| {
            let inside = (top..top + 4).contains(&row) && (left..left + 4).contains(&column);
            if inside { 1.0f32 / 16.0 } else { 0.0 }
        })
    });
    TensorData::new(values.collect::<Vec<f32>>(), [POSITIONS, CORNERS])
}
