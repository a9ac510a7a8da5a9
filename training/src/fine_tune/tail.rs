//! The layers that are tuned, as matrices.
//!
//! A map lies channel by channel, `[channels, pictures, positions]`, so that a 1x1 convolution is
//! one product with the weights and a depthwise one a product with a matrix a channel of as many
//! rows and columns as it has positions before and after, which a product with a table of taps
//! makes of its weights. Burn's own gradient of a depthwise convolution goes through its channels
//! one by one.

use anyhow::{Context, Result, ensure};
use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor, TensorData};
use kshot::embedder::conv::{Activation, Layer, read_f16};
use kshot::embedder::efficientnet_lite0::layers;
use kshot::embedder::projection::{CORNERS, Projection};
use safetensors::SafeTensors;

use crate::conv4::tensor_values;
use crate::convert::halve_layer;
use crate::safetensors_file::HalfTensor;

/// Blocks before this one are left as they are.
pub const FIRST: usize = 6;

/// Channels of the map before it.
pub const CHANNELS: usize = 80;

/// Its positions along an edge.
pub const SIDE: usize = 14;

/// All of its positions.
pub const POSITIONS: usize = SIDE * SIDE;

/// Positions of the last map along an edge.
const LAST_SIDE: usize = 7;

/// One layer: `[channels_out, channels_in]`, or `[channels, taps]` of a depthwise one. Both over
/// its [`pace`].
#[derive(Module, Debug)]
struct Weights {
    weight: Param<Tensor<2>>,
    bias: Param<Tensor<2>>, // [channels_out, 1]
}

/// How fast a layer is tuned: those that all the others stand on go by half steps.
fn pace(layer: &Layer) -> f32 {
    let early =
        (FIRST..LAST_STAGE).any(|block| layer.name.starts_with(&format!("blocks.{block}.")));
    if early { 0.5 } else { 1.0 }
}

/// The first block whose input is 7x7.
const LAST_STAGE: usize = 12;

/// Everything that is tuned.
#[derive(Module, Debug)]
pub struct Tail {
    layers: Vec<Weights>,
    /// Over [`PROJECTION`], `[320, 1280]`.
    projection: Param<Tensor<2>>,
    /// The logarithm of what similarities are multiplied by, over [`SHARPNESS`].
    sharpness: Param<Tensor<1>>,
}

/// The scale of similarities learns so many times faster than the weights.
const SHARPNESS: f32 = 50.0;

/// The projection's numbers are larger than the layers', and Adam's steps are not.
const PROJECTION: f32 = 20.0 / 3.0;

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
    /// The layers as a weights file holds them, and a projection.
    ///
    /// # Errors
    /// Where the file lacks one.
    pub fn read(weights: &[u8], projection: &Projection, device: &Device) -> Result<Self> {
        let file = SafeTensors::deserialize(weights).context("these are no weights")?;
        let layers = tuned().into_iter().map(|layer| {
            let [out, per_group, kernel, _] = layer.weight;
            let weight = read_f16(&file, &format!("{}.weight", layer.name), &layer.weight)?;
            let bias = read_f16(&file, &format!("{}.bias", layer.name), &[out])?;
            let weight = TensorData::new(weight, [out, per_group * kernel * kernel]);
            let bias = TensorData::new(bias, [out, 1]);
            let part = |values| Tensor::from_data(values, device) / pace(&layer);
            Ok(Weights {
                weight: Param::from_tensor(part(weight)),
                bias: Param::from_tensor(part(bias)),
            })
        });
        let start = [START.ln() / SHARPNESS];
        let rows: Vec<f32> = (projection.rows().iter())
            .map(|value| value / PROJECTION)
            .collect();
        let directions = projection.rows().len() / projection.mean().len();
        let rows = TensorData::new(rows, [directions, projection.mean().len()]);
        Ok(Tail {
            layers: layers.collect::<Result<_>>()?,
            projection: Param::from_tensor(Tensor::from_data(rows, device)),
            sharpness: Param::from_tensor(Tensor::from_data(start, device)),
        })
    }

    /// What similarities are multiplied by, `[1]`.
    pub fn scale(&self) -> Tensor<1> {
        (self.sharpness.val() * SHARPNESS).exp()
    }

    /// The projection, `[320, 1280]`.
    pub fn projection(&self) -> Tensor<2> {
        self.projection.val() * PROJECTION
    }

    /// Maps `[80, n, 196]` to corners `[1280, n, 4]`.
    pub fn corners(&self, maps: Tensor<3>) -> Result<Tensor<3>> {
        let [_, n, _] = maps.dims();
        let device = maps.device();
        let mut x = maps;
        let mut past = None;
        let mut side = SIDE;
        for (weights, layer) in self.layers.iter().zip(tuned()) {
            let [out, _, kernel, _] = layer.weight;
            let weight = weights.weight.val() * pace(&layer);
            let bias = weights.bias.val() * pace(&layer);
            let starts_block = layer.name.ends_with("expand");
            if starts_block {
                past = Some(x.clone());
            }
            let y = if layer.groups > 1 {
                let before = side;
                side /= layer.stride;
                let taps = taps(kernel, before, side); // [taps, positions before * after]
                let spread = weight.matmul(Tensor::from_data(taps, &device));
                let spread = spread.reshape([out, before * before, side * side]);
                x.matmul(spread) + bias.unsqueeze_dim::<3>(2) // [c, n, positions]
            } else {
                let [channels_in, _, positions] = x.dims();
                let flat = x.reshape([channels_in, n * positions]);
                (weight.matmul(flat) + bias).reshape([out, n, positions])
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
        let [channels, _, positions] = x.dims();
        let flat = x.reshape([channels * n, positions]);
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
            let weight = wide(tensor_values(weights.weight.val() * pace(&layer))?);
            let bias = wide(tensor_values(weights.bias.val() * pace(&layer))?);
            ensure!(bias.len() == layer.weight[0], "a layer of another size");
            tensors.extend(halve_layer(&layer, &weight, &bias)?);
        }
        Ok(tensors)
    }
}

/// `[kernel * kernel, from * from * to * to]` between maps of so many positions along an edge: 1
/// where a tap takes a position of the one before to one of the one after.
fn taps(kernel: usize, from: usize, to: usize) -> TensorData {
    let stride = from / to;
    let before = (kernel - stride) / 2; // the smaller half of the zeros round it
    let mut table = vec![0.0f32; kernel * kernel * from * from * to * to];
    for tap in 0..kernel * kernel {
        for after in 0..to * to {
            let row = (after / to * stride + tap / kernel).checked_sub(before);
            let column = (after % to * stride + tap % kernel).checked_sub(before);
            if let (Some(row), Some(column)) = (row, column)
                && row < from
                && column < from
            {
                let at = (tap * from * from + row * from + column) * to * to + after;
                if let Some(value) = table.get_mut(at) {
                    *value = 1.0;
                }
            }
        }
    }
    TensorData::new(table, [kernel * kernel, from * from * to * to])
}

/// `[49, 4]`: the mean of each corner of 4x4.
fn windows() -> TensorData {
    let corners = [(0, 0), (0, 3), (3, 0), (3, 3)];
    let values = (0..LAST_SIDE * LAST_SIDE).flat_map(|position| {
        let (row, column) = (position / LAST_SIDE, position % LAST_SIDE);
        corners.map(|(top, left)| {
            let inside = (top..top + 4).contains(&row) && (left..left + 4).contains(&column);
            if inside { 1.0f32 / 16.0 } else { 0.0 }
        })
    });
    let values = values.collect::<Vec<f32>>();
    TensorData::new(values, [LAST_SIDE * LAST_SIDE, CORNERS])
}
