//! EfficientNet-Lite0 without its classifier: 224x224x3 to 1280-d, 384 M multiply-adds.
//!
//! Tan and Le, "EfficientNet" (arXiv 1905.11946) in the "Lite" form: no squeeze and
//! excitation, ReLU6 in place of swish, stem and head not scaled. BatchNorm is folded
//! into the convolutions, so a layer is one convolution with a bias.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use safetensors::SafeTensors;

use super::conv::{Activation, Conv, Kernels, Padding};
use crate::error::Error;

pub use super::conv::Layer;

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

fn pointwise(name: String, channels_in: usize, channels_out: usize) -> Layer {
    Layer {
        name,
        weight: [channels_out, channels_in, 1, 1],
        stride: 1,
        groups: 1,
        padding: Padding::Same,
        activation: Activation::Relu6,
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
    let mut layers = vec![Layer {
        weight: [STEM, 3, 3, 3],
        stride: 2,
        ..pointwise("stem".into(), 3, STEM)
    }];
    for plan in block_plans() {
        layers.extend(plan.expand);
        layers.push(plan.depthwise);
        layers.push(plan.project);
    }
    let last = STAGES[STAGES.len() - 1].channels;
    layers.push(pointwise("head".into(), last, HEAD));
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
                    .then(|| pointwise(format!("{name}.expand"), channels_in, inner)),
                depthwise: Layer {
                    weight: [inner, 1, stage.kernel, stage.kernel],
                    stride,
                    groups: inner,
                    ..pointwise(format!("{name}.depthwise"), inner, inner)
                },
                project: Layer {
                    activation: Activation::None,
                    ..pointwise(format!("{name}.project"), inner, stage.channels)
                },
                residual: stride == 1 && channels_in == stage.channels,
            });
            channels_in = stage.channels;
        }
    }
    plans
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
        let past = self.residual.then(|| input.clone());
        let x = match &self.expand {
            Some(expand) => expand.forward(input, None), // [n, 6 c, h, w]
            None => input,
        };
        let x = self.depthwise.forward(x, None); // [n, 6 c, h / stride, w / stride]
        self.project.forward(x, past) // [n, c', h / stride, w / stride]
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
    pub fn from_safetensors(
        weights: &[u8],
        kernels: Kernels,
        device: &Device,
    ) -> Result<Self, Error> {
        let file = SafeTensors::deserialize(weights)
            .map_err(|error| Error::WeightsInvalid(error.to_string()))?;
        let load = |layer: &Layer| Conv::from_safetensors(&file, layer, kernels, device);
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
        let x = self.last_map(input); // [n, 1280, 7, 7]
        let [n, channels, _, _] = x.dims();
        x.mean_dims(&[2, 3]).reshape([n, channels]) // [n, 1280]
    }

    /// `[n, 3, 224, 224]` to `[n, 1280, 7, 7]`.
    pub fn last_map(&self, input: Tensor<4>) -> Tensor<4> {
        let mut x = self.stem.forward(input, None); // [n, 32, 112, 112]
        for block in &self.blocks {
            x = block.forward(x); // at the end [n, 320, 7, 7]
        }
        self.head.forward(x, None) // [n, 1280, 7, 7]
    }
}
