//! Conv-4, the embedder of drawings: 28x28 ink to 64-d, 9.8 M multiply-adds.
//!
//! Four blocks of a 3x3 convolution with 64 filters, BatchNorm, ReLU and a 2x2 max pool, as in
//! the matching network (arXiv 1606.04080, section 4.1.1), the prototypical network (arXiv
//! 1703.05175, section 3.1) and most that came after. The convolutions have no bias: BatchNorm
//! would take it away again.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, PaddingConfig2d};
use burn::tensor::module::max_pool2d;
use burn::tensor::ops::MaxPoolOptions;
use burn::tensor::{Device, Tensor, activation};

/// Side of a drawing in pixels.
pub const SIDE: usize = 28;

/// Length of an embedding: the filters of the last block, whose map is 1x1.
pub const DIMENSIONS: usize = FILTERS;

/// Filters of every block.
pub const FILTERS: usize = 64;

/// Blocks: each halves the side, 28 to 14, 7, 3 and 1.
pub const BLOCKS: usize = 4;

/// Side of a filter.
pub const KERNEL: usize = 3;

/// Convolution and BatchNorm of one block; ReLU and pool have nothing to learn.
#[derive(Module, Debug)]
pub struct Block {
    /// `[64, channels_in, 3, 3]`, no bias.
    pub conv: Conv2d,
    /// Over the 64 filters.
    pub norm: BatchNorm,
}

impl Block {
    fn new(channels: usize, device: &Device) -> Self {
        let conv = Conv2dConfig::new([channels, FILTERS], [KERNEL; 2])
            .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
            .with_bias(false);
        Block {
            conv: conv.init(device),
            norm: BatchNormConfig::new(FILTERS).init(device),
        }
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let x = self.conv.forward(input); // [n, 64, side, side]
        let x = activation::relu(self.norm.forward(x));
        max_pool2d(x, MaxPoolOptions::new([2, 2]).with_stride([2, 2])) // [n, 64, side / 2, side / 2]
    }
}

/// The network as a Burn module.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kshot::embedder::conv4::{Conv4, DIMENSIONS, SIDE};
///
/// let device = Device::flex();
/// let blank = Tensor::<4>::zeros([2, 1, SIDE, SIDE], &device);
/// assert_eq!(Conv4::new(&device).forward(blank).dims(), [2, DIMENSIONS]);
/// ```
#[derive(Module, Debug)]
pub struct Conv4 {
    /// In the order of the forward pass.
    pub blocks: Vec<Block>,
}

impl Conv4 {
    /// With random weights: uniform within `1 / √fan_in`, PyTorch's own start, in which the
    /// published figures were reached.
    pub fn new(device: &Device) -> Self {
        let channels = [1, FILTERS, FILTERS, FILTERS];
        debug_assert_eq!(channels.len(), BLOCKS);
        Conv4 {
            blocks: channels.map(|channels| Block::new(channels, device)).into(),
        }
    }

    /// Embeds drawings: `[n, 1, 28, 28]` of ink, 1 where there is ink and 0 elsewhere, to
    /// `[n, 64]`, not normalised.
    ///
    /// BatchNorm takes the statistics of the batch on an autodiff device, its running
    /// statistics elsewhere.
    pub fn forward(&self, ink: Tensor<4>) -> Tensor<2> {
        debug_assert_eq!(ink.dims()[1..], [1, SIDE, SIDE]);
        let x = self.blocks.iter().fold(ink, |x, block| block.forward(x)); // [n, 64, 1, 1]
        let [n, ..] = x.dims();
        x.reshape([n, DIMENSIONS]) // [n, 64]
    }
}
