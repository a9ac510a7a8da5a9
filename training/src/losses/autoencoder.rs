//! The auto-encoder, the lecture's counter-example: an embedding from which the drawing can be
//! drawn again keeps everything, also what tells nothing about the character.
//!
//! Hinton and Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks" (Science
//! 2006): the cross-entropy of every pixel. The encoder is Conv-4; the decoder has one hidden
//! layer and is thrown away after training.

use anyhow::Result;
use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor, TensorData, activation};
use kshot::embedder::conv4::DIMENSIONS;
use kshot::episode::Shape;

use super::{Given, Objective};
use crate::omniglot::PIXELS;

/// Units of the decoder's hidden layer.
const HIDDEN: usize = 256;

/// The loss.
#[derive(Debug, Clone, Copy)]
pub struct AutoEncoder {
    /// Drawings of a step; their classes are not looked at.
    pub shape: Shape,
}

/// Embedding to drawing.
#[derive(Module, Debug)]
pub struct Decoder {
    hidden: Linear,
    output: Linear,
}

impl Decoder {
    /// With random weights.
    pub fn new(device: &Device) -> Self {
        Decoder {
            hidden: LinearConfig::new(DIMENSIONS, HIDDEN).init(device),
            output: LinearConfig::new(HIDDEN, PIXELS).init(device),
        }
    }

    /// Logits of ink: `[n, 64]` to `[n, 28 * 28]`.
    pub fn forward(&self, embeddings: Tensor<2>) -> Tensor<2> {
        let hidden = activation::relu(self.hidden.forward(embeddings)); // [n, 256]
        self.output.forward(hidden)
    }
}

/// Mean over all pixels of the cross-entropy between ink, 0 or 1, and its logit; any shape.
pub fn pixel_cross_entropy(logits: Tensor<2>, ink: Tensor<2>) -> Tensor<1> {
    let yes = activation::log_sigmoid(logits.clone());
    let no = activation::log_sigmoid(-logits);
    (yes * ink.clone() - no * (ink - 1.0)).mean().neg()
}

impl Objective for AutoEncoder {
    type Head = Decoder;

    fn shape(&self) -> Shape {
        self.shape
    }

    fn head(&self, _classes: usize, device: &Device) -> Decoder {
        Decoder::new(device)
    }

    fn loss(&self, head: &Decoder, embeddings: Tensor<2>, given: &Given<'_>) -> Result<Tensor<1>> {
        let [n, _] = embeddings.dims();
        let ink = TensorData::new(given.ink.to_vec(), [n, PIXELS]);
        let ink = Tensor::from_data(ink, &embeddings.device()); // [n, 784]
        Ok(pixel_cross_entropy(head.forward(embeddings), ink))
    }
}
