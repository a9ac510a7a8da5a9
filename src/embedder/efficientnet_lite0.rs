//! EfficientNet-Lite0 without its classifier: 224x224x3 to 1280-d, 384 M multiply-adds.
//!
//! Tan and Le, "EfficientNet" (arXiv 1905.11946) in the "Lite" form: no squeeze and
//! excitation, ReLU6 in place of swish, stem and head not scaled. BatchNorm is folded
//! into the convolutions, so a layer is one convolution with a bias.

use burn::module::{Module, Param};
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Tensor, TensorData};
use half::f16;
use safetensors::{Dtype, SafeTensors};

use crate::error::Error;

/// One stage of inverted residual blocks: table 1 of arXiv 1905.11946, head and stem apart.
struct Stage {
    repeat: usize,
    kernel: usize,
    stride: usize,
    expand: usize,
    channels: usize,
}

const fn stage(
    repeat: usize,
    kernel: usize,
    stride: usize,
    expand: usize,
    channels: usize,
) -> Stage {
    Stage {
        repeat,
        kernel,
        stride,
        expand,
        channels,
    }
}

const STEM: usize = 32;
const HEAD: usize = super::DIMENSIONS;
const STAGES: [Stage; 7] = [
    stage(1, 3, 1, 1, 16),
    stage(2, 3, 2, 6, 24),
    stage(2, 5, 2, 6, 40),
    stage(3, 3, 2, 6, 80),
    stage(3, 5, 1, 6, 112),
    stage(4, 5, 2, 6, 192),
    stage(1, 3, 1, 6, 320),
];

/// One convolution of the network, as the weights file holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// `stem`, `blocks.3.depthwise`, `head`; the file holds `{name}.weight` and `{name}.bias`.
    pub name: String,
    /// `[channels_out, channels_in / groups, kernel, kernel]`.
    pub weight: [usize; 4],
    /// Step in pixels, the same in both directions.
    pub stride: usize,
    /// 1, or the number of channels for a depthwise convolution.
    pub groups: usize,
}

impl Layer {
    fn new(name: String, channels_in: usize, channels_out: usize) -> Self {
        Layer {
            name,
            weight: [channels_out, channels_in, 1, 1],
            stride: 1,
            groups: 1,
        }
    }

    fn kernel(mut self, kernel: usize, stride: usize) -> Self {
        self.weight[2] = kernel;
        self.weight[3] = kernel;
        self.stride = stride;
        self
    }

    fn depthwise(mut self) -> Self {
        self.groups = self.weight[0];
        self.weight[1] = 1;
        self
    }
}

/// Every convolution of the network in the order of the forward pass.
///
/// ```
/// let layers = kshot::embedder::efficientnet_lite0::layers();
/// assert_eq!(layers.len(), 49);
/// assert_eq!(layers[0].weight, [32, 3, 3, 3]);
/// ```
pub fn layers() -> Vec<Layer> {
    let mut layers = vec![Layer::new("stem".into(), 3, STEM).kernel(3, 2)];
    for plan in block_plans() {
        layers.extend(plan.expand);
        layers.push(plan.depthwise);
        layers.push(plan.project);
    }
    let last = STAGES[STAGES.len() - 1].channels;
    layers.push(Layer::new("head".into(), last, HEAD));
    layers
}

struct BlockPlan {
    expand: Option<Layer>,
    depthwise: Layer,
    project: Layer,
    residual: bool,
}

fn block_plans() -> Vec<BlockPlan> {
    let mut plans = Vec::new();
    let mut channels_in = STEM;
    for stage in &STAGES {
        for repeat in 0..stage.repeat {
            let name = format!("blocks.{}", plans.len());
            let stride = if repeat == 0 { stage.stride } else { 1 };
            let inner = channels_in * stage.expand;
            plans.push(BlockPlan {
                expand: (stage.expand > 1)
                    .then(|| Layer::new(format!("{name}.expand"), channels_in, inner)),
                depthwise: Layer::new(format!("{name}.depthwise"), inner, inner)
                    .kernel(stage.kernel, stride)
                    .depthwise(),
                project: Layer::new(format!("{name}.project"), inner, stage.channels),
                residual: stride == 1 && channels_in == stage.channels,
            });
            channels_in = stage.channels;
        }
    }
    plans
}

/// A convolution with its bias and TensorFlow's "same" padding.
#[derive(Module, Debug)]
struct Conv {
    weight: Param<Tensor<4>>, // [channels_out, channels_in / groups, kernel, kernel]
    bias: Param<Tensor<1>>,   // [channels_out]
    stride: usize,
    groups: usize,
}

impl Conv {
    fn load(file: &SafeTensors<'_>, layer: &Layer, device: &Device) -> Result<Self, Error> {
        let [out, per_group, height, width] = layer.weight;
        let weight = read_f16(file, &format!("{}.weight", layer.name), &layer.weight)?;
        let bias = read_f16(file, &format!("{}.bias", layer.name), &[out])?;
        let weight = if height == 1 {
            Tensor::from_data(TensorData::new(weight, layer.weight), device)
        } else {
            // Channels last in memory: the GPU convolution wants them so, and would
            // otherwise copy the weights anew for every frame.
            let order = [out, height, width, per_group];
            let last = channels_last(&weight, layer.weight);
            Tensor::<4>::from_data(TensorData::new(last, order), device).permute([0, 3, 1, 2])
        };
        Ok(Conv {
            weight: Param::from_tensor(weight),
            bias: Param::from_tensor(Tensor::from_data(TensorData::new(bias, [out]), device)),
            stride: layer.stride,
            groups: layer.groups,
        })
    }

    /// `[n, channels_in, height, width]` to `[n, channels_out, height / stride, width / stride]`.
    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let kernel = self.weight.dims()[2];
        // For an even input: kernel - stride in all, the smaller half before.
        let all = kernel - self.stride;
        let padding = (all / 2, all - all / 2);
        conv2d(
            input,
            self.weight.val(),
            Some(self.bias.val()),
            ConvOptions::new_with_padding(
                [self.stride; 2],
                [padding, padding],
                [1, 1],
                self.groups,
            ),
        )
    }
}

fn relu6(x: Tensor<4>) -> Tensor<4> {
    x.clamp(0.0, 6.0)
}

/// An inverted residual block: expand, depthwise, project, and the way past them.
#[derive(Module, Debug)]
struct Block {
    expand: Option<Conv>,
    depthwise: Conv,
    project: Conv,
    residual: bool,
}

impl Block {
    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let x = match &self.expand {
            Some(expand) => relu6(expand.forward(input.clone())), // [n, 6 c, h, w]
            None => input.clone(),
        };
        let x = relu6(self.depthwise.forward(x)); // [n, 6 c, h / stride, w / stride]
        let x = self.project.forward(x); // [n, c', h / stride, w / stride]
        if self.residual { x + input } else { x }
    }
}

/// The network as a Burn module.
#[derive(Module, Debug)]
pub struct EfficientNetLite0 {
    stem: Conv,
    blocks: Vec<Block>,
    head: Conv,
}

impl EfficientNetLite0 {
    /// Reads the weights: half precision, BatchNorm folded, named as in [`layers`].
    ///
    /// # Errors
    /// [`Error::WeightsInvalid`] where a tensor is missing or of another shape or type.
    pub fn from_safetensors(weights: &[u8], device: &Device) -> Result<Self, Error> {
        let file = SafeTensors::deserialize(weights)
            .map_err(|error| Error::WeightsInvalid(error.to_string()))?;
        let load = |layer: &Layer| Conv::load(&file, layer, device);
        let layers = layers();
        let (Some(stem), Some(head)) = (layers.first(), layers.last()) else {
            return Err(Error::WeightsInvalid("the network has no layers".into()));
        };
        let stem = load(stem)?;
        let blocks = block_plans()
            .iter()
            .map(|plan| {
                Ok(Block {
                    expand: plan.expand.as_ref().map(load).transpose()?,
                    depthwise: load(&plan.depthwise)?,
                    project: load(&plan.project)?,
                    residual: plan.residual,
                })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Self {
            stem,
            blocks,
            head: load(head)?,
        })
    }

    /// `[n, 3, 224, 224]` to `[n, 1280]`.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<2> {
        let mut x = relu6(self.stem.forward(input)); // [n, 32, 112, 112]
        for block in &self.blocks {
            x = block.forward(x); // at the end [n, 320, 7, 7]
        }
        let x = relu6(self.head.forward(x)); // [n, 1280, 7, 7]
        let [n, channels, _, _] = x.dims();
        x.mean_dims(&[2, 3]).reshape([n, channels]) // [n, 1280]
    }
}

fn read_f16(file: &SafeTensors<'_>, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
    let tensor = file
        .tensor(name)
        .map_err(|error| Error::WeightsInvalid(format!("{name}: {error}")))?;
    if tensor.dtype() != Dtype::F16 || tensor.shape() != shape {
        return Err(Error::WeightsInvalid(format!(
            "{name} is {:?} {:?}, expected F16 {shape:?}",
            tensor.dtype(),
            tensor.shape()
        )));
    }
    let (pairs, _) = tensor.data().as_chunks::<2>();
    Ok(pairs
        .iter()
        .map(|pair| f16::from_le_bytes(*pair).to_f32())
        .collect())
}

/// `[out, in, height, width]` to `[out, height, width, in]`.
fn channels_last(weight: &[f32], [_, per_group, height, width]: [usize; 4]) -> Vec<f32> {
    let plane = height * width;
    weight
        .chunks_exact(per_group * plane)
        .flat_map(|filter| {
            (0..plane).flat_map(move |pixel| filter.iter().skip(pixel).step_by(plane).copied())
        })
        .collect()
}
