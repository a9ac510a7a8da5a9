//! Train and test as one sequence, with convolutions and attention over the past: Mishra,
//! Rohaninejad, Chen and Abbeel, "A Simple Neural Attentive Meta-Learner" (arXiv 1707.03141).
//!
//! Temporal convolutions gather what was seen, dilated 1, 2, 4 and so on until they span the
//! sequence; causal attention picks out single steps. Each block appends what it found to what
//! it was given (figure 2). The order of the blocks is that for Omniglot (appendix):
//! attention, convolutions, attention, convolutions, attention, then a linear layer.
//!
//! The paper's widths come to ten million weights for sequences of 101 steps: 128 filters, keys and
//! values of 64 and 32, 256 and 128, 512 and 256 numbers. Ours for drawings have 1.2 million, those
//! for the camera fewer still ([`Sizes`]).
//!
//! A step sees only what came before it, so what the shots leave behind is computed once and
//! each query is one more step: the same numbers as if every query had a sequence of its own.

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

use super::sequence::{self, MAX_CLASSES};
use super::{Attended, Fitted, Method, Reading, Sizes, Support, tensors};
use crate::error::Error;

mod blocks;

use blocks::{AttentionBlock, DenseBlock};

/// Longest sequence that the convolutions span: 20 classes of 5 shots, and a query.
const SPAN: usize = 101;

/// What [`Snail::near_attention`] starts with as the logit of a class that has all attention.
const DECIDED: f32 = 10.0;

/// The network. Its blocks alternate: attention, convolutions, and attention at the end.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kshot::method::snail::Snail;
///
/// // Two episodes of five classes with a shot each, and three queries.
/// let device = Device::flex();
/// let shots = Tensor::<3>::zeros([2, 5, 64], &device);
/// let labels = Tensor::<2>::eye(5, &device).unsqueeze::<3>().repeat_dim(0, 2);
/// let queries = Tensor::<3>::zeros([2, 3, 64], &device);
/// let scores = Snail::new(&device).forward(shots, labels, queries);
/// assert_eq!(scores.dims(), [2, 3, 5]);
/// ```
#[derive(Module, Debug)]
pub struct Snail {
    attention: Vec<AttentionBlock>,
    convolutions: Vec<Vec<DenseBlock>>,
    answer: Linear,
}

/// What the shots have left behind: the input of each block, `[b, s, d]`.
#[derive(Debug, Clone)]
struct Past(Vec<Tensor<3>>);

impl Snail {
    /// For drawings, randomly initialised.
    pub fn new(device: &Device) -> Self {
        Self::of(Sizes::DRAWINGS, device)
    }

    /// Of this size, randomly initialised.
    pub fn of(sizes: Sizes, device: &Device) -> Self {
        let mut width = sequence::inputs(sizes);
        let mut snail = Snail {
            attention: Vec::new(),
            convolutions: Vec::new(),
            answer: LinearConfig::new(width, MAX_CLASSES).init(device),
        };
        for (block, lengths) in sizes.attention.into_iter().enumerate() {
            if block > 0 {
                let mut dense = Vec::new();
                let mut dilation = 1;
                while dilation < SPAN {
                    dense.push(DenseBlock::new(width, sizes.filters, dilation, device));
                    width += sizes.filters;
                    dilation *= 2;
                }
                snail.convolutions.push(dense);
            }
            snail
                .attention
                .push(AttentionBlock::new(width, lengths, device));
            width += lengths.1;
        }
        snail.answer = LinearConfig::new(width, MAX_CLASSES).init(device);
        snail
    }

    /// Of this size, and starting as attention over the shots: the last block looks for the shots
    /// that are like the query and reads their labels, which the answer takes.
    ///
    /// # Errors
    /// As [`tensors::read`].
    pub fn near_attention(sizes: Sizes, device: &Device) -> Result<Self, Error> {
        let mut snail = Self::of(sizes, device);
        let n = sizes.dimensions;
        if let Some(last) = snail.attention.pop() {
            snail.attention.push(last.comparing(n, MAX_CLASSES)?);
        }
        let (_, values) = sizes.attention[2];
        let [width, _] = snail.answer.weight.dims();
        let read = (0..MAX_CLASSES).map(|class| (width - values + class, class, DECIDED));
        snail.answer = tensors::plant(snail.answer, read)?;
        Ok(snail)
    }

    /// Logits: shots `[b, s, 64]`, one-hot labels `[b, s, c]`, queries `[b, q, 64]` to
    /// `[b, q, c]`, c at most [`MAX_CLASSES`].
    pub fn forward(&self, shots: Tensor<3>, labels: Tensor<3>, queries: Tensor<3>) -> Tensor<3> {
        let [_, _, classes] = labels.dims();
        let past = self.remember(shots, labels);
        let (logits, _) = self.ask(&past, queries); // [b, q, 20]
        logits.narrow(2, 0, classes) // [b, q, c]
    }

    /// Numbers of an embedding.
    fn dimensions(&self) -> usize {
        let inputs = self.attention.first().map_or(0, AttentionBlock::inputs);
        inputs.saturating_sub(MAX_CLASSES)
    }

    /// The blocks in their order, each with what it does to the steps.
    fn blocks(&self) -> impl Iterator<Item = Block<'_>> {
        let none: &[DenseBlock] = &[];
        let dense = std::iter::once(none).chain(self.convolutions.iter().map(Vec::as_slice));
        self.attention
            .iter()
            .zip(dense)
            .flat_map(|(attention, dense)| {
                let dense = dense.iter().map(Block::Dense);
                dense.chain(std::iter::once(Block::Attention(attention)))
            })
    }

    fn remember(&self, shots: Tensor<3>, labels: Tensor<3>) -> Past {
        let mut x = sequence::with_labels(shots, labels); // [b, s, 84]
        let mut past = Vec::new();
        for block in self.blocks() {
            past.push(x.clone());
            x = match block {
                Block::Dense(dense) => dense.forward(x), // [b, s, d + 32]
                Block::Attention(attention) => attention.forward(x), // [b, s, d + v]
            };
        }
        Past(past)
    }

    /// Queries `[b, q, 64]`: logits `[b, q, 20]`, and the weights of the last attention block
    /// `[b, q, s + 1]`.
    fn ask(&self, past: &Past, queries: Tensor<3>) -> (Tensor<3>, Option<Tensor<3>>) {
        let mut x = sequence::without_labels(queries); // [b, q, 84]
        let mut attended = None;
        for (block, shots) in self.blocks().zip(&past.0) {
            x = match block {
                Block::Dense(dense) => dense.ask(x, shots.clone()), // [b, q, d + 32]
                Block::Attention(attention) => {
                    let (after, weights) = attention.ask(x, shots.clone()); // [b, q, d + v]
                    attended = Some(weights);
                    after
                }
            };
        }
        (self.answer.forward(x), attended) // [b, q, 20]
    }
}

enum Block<'a> {
    Dense(&'a DenseBlock),
    Attention(&'a AttentionBlock),
}

impl Method for Snail {
    fn fit(&self, support: &Support<'_>) -> Result<Box<dyn Fitted>, Error> {
        sequence::check(support)?;
        let snail = self.valid();
        let device = snail.answer.weight.device();
        let (shots, labels) = tensors::from_support(support, snail.dimensions(), &device)?;
        let past = snail.remember(shots, labels);
        Ok(Box::new(FittedSnail {
            snail,
            past,
            shots: support.shots.len(),
            classes: support.classes,
        }))
    }
}

struct FittedSnail {
    snail: Snail,
    past: Past,
    shots: usize,
    classes: usize,
}

impl Fitted for FittedSnail {
    fn read(&self, query: &[f32]) -> Result<Reading, Error> {
        let device = self.snail.answer.weight.device();
        let query = tensors::from_query(query, self.snail.dimensions(), &device)?; // [1, 1, 64]
        let (logits, attention) = self.snail.ask(&self.past, query); // [1, 1, 20], [1, 1, s + 1]
        let weights = attention.map_or_else(
            || Ok(Vec::new()),
            |weights| tensors::read(weights.narrow(2, 0, self.shots)), // [1, 1, s]
        )?;
        Ok(Reading {
            scores: tensors::read(logits.narrow(2, 0, self.classes))?,
            similarities: None,
            attended: Attended::Shots { weights },
        })
    }
}
