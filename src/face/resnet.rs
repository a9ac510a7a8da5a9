//! dlib's face network: a 150x150 chip to 128 numbers, 264 M multiply-adds.
//!
//! `anet_type` of dlib's `dnn_face_recognition_ex.cpp`: ResNet-34 (arXiv 1512.03385) with half
//! of its filters and a few layers less. The affine layers are folded into the convolutions.
//! Between two stages dlib halves the picture without padding and adds what it left out as
//! zeros, also where the two sides then differ by a pixel; so does this.

use burn::module::Module;
use burn::tensor::module::{avg_pool2d, max_pool2d};
use burn::tensor::ops::{AvgPoolOptions, MaxPoolOptions, PadMode};
use burn::tensor::{Device, Tensor};
use safetensors::SafeTensors;

use crate::embedder::conv::{Activation, Conv, Kernels, Layer, Padding};
use crate::error::Error;

/// Side of the chip in pixels.
pub const SIDE: usize = 150;

/// Length of an embedding.
pub const DIMENSIONS: usize = 128;

const STEM: usize = 32;

/// `(blocks, channels, whether the first halves the picture)`: `alevel4` to `alevel0`.
const STAGES: [(usize, usize, bool); 5] = [
    (3, 32, false),
    (4, 64, true),
    (3, 128, true),
    (3, 256, true),
    (1, 256, true),
];

/// Every convolution in the order of the forward pass; the last is the fully connected layer.
///
/// ```
/// let layers = kshot::face::resnet::layers();
/// assert_eq!(layers.len(), 30);
/// assert_eq!(layers[0].weight, [32, 3, 7, 7]);
/// ```
pub fn layers() -> Vec<Layer> {
    let mut layers = vec![stem()];
    for (first, second) in blocks() {
        layers.extend([first, second]);
    }
    layers.push(last());
    layers
}

fn layer(name: String, channels_in: usize, channels_out: usize) -> Layer {
    Layer {
        name,
        weight: [channels_out, channels_in, 3, 3],
        stride: 1,
        groups: 1,
        padding: Padding::Same,
        activation: Activation::Relu,
    }
}

fn stem() -> Layer {
    Layer {
        weight: [STEM, 3, 7, 7],
        stride: 2,
        padding: Padding::None,
        ..layer("embedder.stem".into(), 3, STEM)
    }
}

fn last() -> Layer {
    let channels = STAGES[STAGES.len() - 1].1;
    Layer {
        weight: [DIMENSIONS, channels, 1, 1],
        activation: Activation::None,
        ..layer("embedder.last".into(), channels, DIMENSIONS)
    }
}

fn blocks() -> Vec<(Layer, Layer)> {
    let mut blocks = Vec::new();
    let mut channels_in = STEM;
    for (repeat, channels, halves) in STAGES {
        for number in 0..repeat {
            let name = format!("embedder.blocks.{}", blocks.len());
            let first = layer(format!("{name}.first"), channels_in, channels);
            let second = layer(format!("{name}.second"), channels, channels);
            blocks.push(if halves && number == 0 {
                let first = Layer {
                    stride: 2,
                    padding: Padding::None,
                    ..first
                };
                // The way past is added behind it, which may be a pixel wider.
                let activation = Activation::None;
                (
                    first,
                    Layer {
                        activation,
                        ..second
                    },
                )
            } else {
                (first, second)
            });
            channels_in = channels;
        }
    }
    blocks
}

/// A residual block, which may halve the picture.
#[derive(Module, Debug)]
struct Block {
    first: Conv,
    second: Conv,
    halves: bool,
}

impl Block {
    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let x = self.first.forward(input.clone(), None); // [n, c', h', w']
        if !self.halves {
            return self.second.forward(x, Some(input));
        }
        let x = self.second.forward(x, None); // [n, c', h', w']
        let halves = AvgPoolOptions::new([2, 2]).with_stride([2, 2]);
        let past = avg_pool2d(input, halves); // [n, c, h / 2, w / 2]
        let [_, channels, height, width] = x.dims();
        let [_, past_channels, past_height, past_width] = past.dims();
        let x = grow(x, [0, past_height - height, past_width - width]);
        let past = grow(past, [channels - past_channels, 0, 0]);
        (x + past).clamp_min(0.0) // [n, c', h / 2, w / 2]
    }
}

/// Zeros behind the channels, under the rows and to the right of the columns.
fn grow(x: Tensor<4>, [channels, rows, columns]: [usize; 3]) -> Tensor<4> {
    if channels + rows + columns == 0 {
        return x;
    }
    let pairs = [(0, 0), (0, channels), (0, rows), (0, columns)];
    x.pad(pairs, PadMode::Constant(0.0))
}

/// The network as a Burn module.
#[derive(Module, Debug)]
pub struct ResNet {
    stem: Conv,
    blocks: Vec<Block>,
    last: Conv,
}

impl ResNet {
    /// Reads the weights, named as in [`layers`].
    ///
    /// # Errors
    /// [`Error::WeightsInvalid`] where a tensor is missing or of another shape or type.
    pub fn from_safetensors(
        file: &SafeTensors<'_>,
        kernels: Kernels,
        device: &Device,
    ) -> Result<Self, Error> {
        let load = |layer: &Layer| Conv::from_safetensors(file, layer, kernels, device);
        let blocks = (blocks().iter())
            .map(|(first, second)| {
                Ok(Block {
                    halves: first.stride == 2,
                    first: load(first)?,
                    second: load(second)?,
                })
            })
            .collect::<Result<_, Error>>()?;
        Ok(ResNet {
            stem: load(&stem())?,
            blocks,
            last: load(&last())?,
        })
    }

    /// `[n, 3, 150, 150]` to `[n, 128]`.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<2> {
        let x = self.stem.forward(input, None); // [n, 32, 72, 72]
        let mut x = max_pool2d(x, MaxPoolOptions::new([3, 3]).with_stride([2, 2])); // [n, 32, 35, 35]
        for block in &self.blocks {
            x = block.forward(x); // at the end [n, 256, 2, 2]
        }
        let x = x.mean_dims(&[2, 3]); // [n, 256, 1, 1]
        let x = self.last.forward(x, None); // [n, 128, 1, 1]
        let [n, ..] = x.dims();
        x.reshape([n, DIMENSIONS]) // [n, 128]
    }
}
