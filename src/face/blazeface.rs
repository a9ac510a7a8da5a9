//! BlazeFace for short range: 128x128x3 to 896 anchors, each with a score, a box and six
//! keypoints; 31 M multiply-adds.
//!
//! Bazarevsky et al., "BlazeFace" (arXiv 1907.05047), as MediaPipe ships it. Numbers of
//! channels are rounded up to multiples of eight with zeros, which the hand-made kernels want:
//! the network pads the way past a block with zeros itself, so nothing else changes.

use burn::module::Module;
use burn::tensor::module::max_pool2d;
use burn::tensor::ops::{MaxPoolOptions, PadMode};
use burn::tensor::{Device, Tensor};
use safetensors::SafeTensors;

use crate::embedder::conv::{Activation, Conv, Kernels, Layer, Padding};
use crate::embedder::kernels::LANES;
use crate::error::Error;

/// Side of the input in pixels.
pub const SIDE: usize = 128;

/// Boxes that the network judges.
pub const ANCHORS: usize = 896;

/// Values of an anchor's geometry: a box, and six keypoints.
pub const GEOMETRY: usize = 16;

const STEM: usize = 24;

/// `(channels, stride)` of every block: `face_detection_short_range.tflite`.
const BLOCKS: [(usize, usize); 16] = [
    (24, 1),
    (28, 1),
    (32, 2),
    (36, 1),
    (42, 1),
    (48, 2),
    (56, 1),
    (64, 1),
    (72, 1),
    (80, 1),
    (88, 1),
    (96, 2),
    (96, 1),
    (96, 1),
    (96, 1),
    (96, 1),
];

/// The block whose output, 16x16, the finer anchors read; the coarser read the last, 8x8.
const FINE: usize = 10;

/// Anchors of a cell of the 16x16 and of the 8x8 map.
pub const ANCHORS_A_CELL: [(usize, usize); 2] = [(16, 2), (8, 6)];

fn padded(channels: usize) -> usize {
    channels.next_multiple_of(LANES)
}

fn pointwise(name: String, channels_in: usize, channels_out: usize) -> Layer {
    Layer {
        name,
        weight: [padded(channels_out), padded(channels_in), 1, 1],
        stride: 1,
        groups: 1,
        padding: Padding::Same,
        activation: Activation::None,
    }
}

/// Every convolution in the order of the original's file, with its shape there: `[out, in /
/// groups, kernel, kernel]` without the zeros.
///
/// ```
/// let layers = kshot::face::blazeface::layers();
/// assert_eq!(layers.len(), 37);
/// assert_eq!(layers[3].0.weight, [24, 1, 3, 3]);
/// ```
pub fn layers() -> Vec<(Layer, [usize; 4])> {
    let plan = Plan::new();
    let mut layers = vec![plan.stem];
    for (depthwise, project) in plan.blocks {
        layers.extend([depthwise, project]);
    }
    layers.extend(plan.heads);
    layers
}

/// A layer, and its shape without the zeros.
type Planned = (Layer, [usize; 4]);

struct Plan {
    stem: Planned,
    blocks: Vec<(Planned, Planned)>,
    heads: [Planned; 4],
}

impl Plan {
    fn new() -> Self {
        let stem = Layer {
            weight: [STEM, 3, 5, 5],
            stride: 2,
            activation: Activation::Relu,
            ..pointwise("detector.stem".into(), 3, STEM)
        };
        let mut blocks = Vec::new();
        let mut channels_in = STEM;
        for (number, (channels, stride)) in BLOCKS.into_iter().enumerate() {
            let name = format!("detector.blocks.{number}");
            let inner = padded(channels_in);
            let depthwise = Layer {
                weight: [inner, 1, 3, 3],
                stride,
                groups: inner,
                ..pointwise(format!("{name}.depthwise"), 1, 1)
            };
            let project = Layer {
                activation: Activation::Relu,
                ..pointwise(format!("{name}.project"), channels_in, channels)
            };
            blocks.push((
                (depthwise, [channels_in, 1, 3, 3]),
                (project, [channels, channels_in, 1, 1]),
            ));
            channels_in = channels;
        }
        let head = |name: &str, channels, out| {
            let layer = pointwise(format!("detector.{name}"), channels, out);
            (layer, [out, channels, 1, 1])
        };
        let fine = BLOCKS[FINE].0;
        let [(_, fine_anchors), (_, coarse_anchors)] = ANCHORS_A_CELL;
        Plan {
            stem: (stem, [STEM, 3, 5, 5]),
            heads: [
                head("fine_scores", fine, fine_anchors),
                head("coarse_scores", channels_in, coarse_anchors),
                head("fine_geometry", fine, fine_anchors * GEOMETRY),
                head("coarse_geometry", channels_in, coarse_anchors * GEOMETRY),
            ],
            blocks,
        }
    }
}

/// A block: depthwise, project, and the way past them.
#[derive(Module, Debug)]
struct Block {
    depthwise: Conv,
    project: Conv,
    stride: usize,
    channels: usize,
}

impl Block {
    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let mut past = input.clone();
        if self.stride == 2 {
            past = max_pool2d(past, MaxPoolOptions::new([2, 2]).with_stride([2, 2]));
        }
        let more = self.channels - past.dims()[1];
        if more > 0 {
            let pairs = [(0, 0), (0, more), (0, 0), (0, 0)];
            past = past.pad(pairs, PadMode::Constant(0.0));
        }
        let x = self.depthwise.forward(input, None); // [n, c, h / stride, w / stride]
        self.project.forward(x, Some(past)) // [n, c', h / stride, w / stride]
    }
}

/// The network as a Burn module.
#[derive(Module, Debug)]
pub struct BlazeFace {
    stem: Conv,
    blocks: Vec<Block>,
    fine_scores: Conv,
    coarse_scores: Conv,
    fine_geometry: Conv,
    coarse_geometry: Conv,
}

impl BlazeFace {
    /// Reads the weights, named as in [`layers`].
    ///
    /// # Errors
    /// [`Error::WeightsInvalid`] where a tensor is missing or of another shape or type.
    pub fn from_safetensors(
        file: &SafeTensors<'_>,
        kernels: Kernels,
        device: &Device,
    ) -> Result<Self, Error> {
        let load = |(layer, _): &(Layer, _)| Conv::from_safetensors(file, layer, kernels, device);
        let plan = Plan::new();
        let blocks = (plan.blocks.iter())
            .map(|(depthwise, project)| {
                Ok(Block {
                    stride: depthwise.0.stride,
                    channels: project.0.weight[0],
                    depthwise: load(depthwise)?,
                    project: load(project)?,
                })
            })
            .collect::<Result<_, Error>>()?;
        let [fine_scores, coarse_scores, fine_geometry, coarse_geometry] = &plan.heads;
        Ok(BlazeFace {
            stem: load(&plan.stem)?,
            blocks,
            fine_scores: load(fine_scores)?,
            coarse_scores: load(coarse_scores)?,
            fine_geometry: load(fine_geometry)?,
            coarse_geometry: load(coarse_geometry)?,
        })
    }

    /// Input `[n, 3, 128, 128]`, RGB of -1 to 1; output `[n, 896, 1 + 16]`: the logit of the
    /// score, then centre, size and six keypoints in pixels, the centre and the points from the
    /// anchor's centre.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<3> {
        let mut x = self.stem.forward(input, None); // [n, 24, 64, 64]
        let mut fine = None;
        for (number, block) in self.blocks.iter().enumerate() {
            x = block.forward(x);
            if number == FINE {
                fine = Some(x.clone()); // [n, 88, 16, 16]
            }
        }
        let coarse = x; // [n, 96, 8, 8]
        let fine = fine.unwrap_or_else(|| coarse.clone());
        Tensor::cat(
            vec![
                join(
                    self.fine_scores.forward(fine.clone(), None),
                    self.fine_geometry.forward(fine, None),
                    ANCHORS_A_CELL[0].1,
                ), // [n, 512, 17]
                join(
                    self.coarse_scores.forward(coarse.clone(), None),
                    self.coarse_geometry.forward(coarse, None),
                    ANCHORS_A_CELL[1].1,
                ), // [n, 384, 17]
            ],
            1,
        ) // [n, 896, 17]
    }
}

/// Scores `[n, anchors padded, h, w]` and geometry `[n, anchors * 16, h, w]` to `[n, h * w *
/// anchors, 17]`.
fn join(scores: Tensor<4>, geometry: Tensor<4>, anchors: usize) -> Tensor<3> {
    let [n, _, height, width] = scores.dims();
    let cells = n * height * width;
    let scores = scores.permute([0, 2, 3, 1]).narrow(3, 0, anchors);
    let scores = scores.reshape([cells, anchors, 1]);
    let geometry = geometry.permute([0, 2, 3, 1]);
    let geometry = geometry.reshape([cells, anchors, GEOMETRY]);
    Tensor::cat(vec![scores, geometry], 2).reshape([n, height * width * anchors, GEOMETRY + 1])
}
