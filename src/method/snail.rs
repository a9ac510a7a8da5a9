//! Train and test as one sequence, with convolutions and attention over the past: Mishra,
//! Rohaninejad, Chen and Abbeel, "A Simple Neural Attentive Meta-Learner" (arXiv 1707.03141).
//!
//! Temporal convolutions gather what was seen, dilated 1, 2, 4 and so on until they span the
//! sequence; causal attention picks out single steps. Each block appends what it found to what
//! it was given (figure 2). The order of the blocks is that for Omniglot (appendix):
//! attention, convolutions, attention, convolutions, attention, then a linear layer.
//!
//! The paper's widths come to 5 million weights for sequences of 101 steps; ours have a
//! quarter of the filters and keys and values of half the length or less, 1.2 million.
//!
//! A step sees only what came before it, so what the shots leave behind is computed once and
//! each query is one more step: the same numbers as if every query had a sequence of its own.

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::{sigmoid, softmax, tanh};
use burn::tensor::{Device, Tensor};

use super::sequence::{self, INPUTS, MAX_CLASSES};
use super::{Attended, Fitted, Method, Reading, Support, tensors};
use crate::error::Error;

/// Longest sequence that the convolutions span: 20 classes of 5 shots, and a query.
const SPAN: usize = 101;

/// Filters of each dense block; the paper has 128.
const FILTERS: usize = 32;

/// Length of keys and of values of each attention block; the paper has 64 and 32, 256 and 128,
/// 512 and 256.
const ATTENTION: [(usize, usize); 3] = [(64, 32), (128, 64), (256, 128)];

/// Taken from the attention to steps that have not come yet.
const FUTURE: f32 = 1e9;

/// A dense block: a causal convolution of two steps, so many apart, with a gated activation.
#[derive(Module, Debug)]
struct DenseBlock {
    earlier: Linear, // the filters' half that sees the step so many before
    present: Linear, // and the half that sees the step itself
    dilation: usize,
}

impl DenseBlock {
    fn new(inputs: usize, dilation: usize, device: &Device) -> Self {
        let linear = LinearConfig::new(inputs, 2 * FILTERS);
        DenseBlock {
            earlier: linear.clone().with_bias(false).init(device),
            present: linear.init(device),
            dilation,
        }
    }

    /// The block's output appended to the present: present `[b, n, d]` and what was the step
    /// `dilation` before, `[b, n or 1, d]`, to `[b, n, d + 32]`.
    fn append(&self, present: Tensor<3>, earlier: Option<Tensor<3>>) -> Tensor<3> {
        let mut sums = self.present.forward(present.clone()); // [b, n, 64]
        if let Some(earlier) = earlier {
            sums = sums + self.earlier.forward(earlier); // [b, n, 64]
        }
        let found = tanh(sums.clone().narrow(2, 0, FILTERS)); // [b, n, 32]
        let gate = sigmoid(sums.narrow(2, FILTERS, FILTERS)); // [b, n, 32]
        Tensor::cat(vec![present, found * gate], 2) // [b, n, d + 32]
    }

    /// All shots at once: `[b, s, d]` to `[b, s, d + 32]`.
    fn forward(&self, shots: Tensor<3>) -> Tensor<3> {
        let [batch, count, width] = shots.dims();
        let kept = count.saturating_sub(self.dilation);
        let earlier = (kept > 0).then(|| {
            let before = Tensor::zeros([batch, self.dilation, width], &shots.device());
            Tensor::cat(vec![before, shots.clone().narrow(1, 0, kept)], 1) // [b, s, d]
        });
        self.append(shots, earlier)
    }

    /// Queries, each the step after the shots: `[b, q, d]` and `[b, s, d]` to `[b, q, d + 32]`.
    fn ask(&self, queries: Tensor<3>, shots: Tensor<3>) -> Tensor<3> {
        let count = shots.dims()[1];
        let earlier = count
            .checked_sub(self.dilation)
            .map(|step| shots.narrow(1, step, 1)); // [b, 1, d]
        self.append(queries, earlier)
    }
}

/// Causal attention of one head: keys, queries and values are linear in the steps.
#[derive(Module, Debug)]
struct AttentionBlock {
    key: Linear,
    query: Linear,
    value: Linear,
}

impl AttentionBlock {
    fn new(inputs: usize, (keys, values): (usize, usize), device: &Device) -> Self {
        AttentionBlock {
            key: LinearConfig::new(inputs, keys).init(device),
            query: LinearConfig::new(inputs, keys).init(device),
            value: LinearConfig::new(inputs, values).init(device),
        }
    }

    /// The query of each step, so scaled that its products with keys are of the paper's
    /// 1/sqrt(length of a key).
    fn query(&self, steps: Tensor<3>) -> Tensor<3> {
        let query = self.query.forward(steps); // [b, n, k]
        let length = query.dims()[2] as f32;
        query / length.sqrt()
    }

    /// All shots at once, each attending to itself and those before: `[b, s, d]` to
    /// `[b, s, d + v]`.
    fn forward(&self, shots: Tensor<3>) -> Tensor<3> {
        let count = shots.dims()[1];
        let keys = self.key.forward(shots.clone()).swap_dims(1, 2); // [b, k, s]
        let products = self.query(shots.clone()).matmul(keys); // [b, s, s]
        let future = Tensor::<2>::ones([count, count], &shots.device()).triu(1) * FUTURE; // [s, s]
        let weights = softmax(products - future.unsqueeze(), 2); // [b, s, s]
        let read = weights.matmul(self.value.forward(shots.clone())); // [b, s, v]
        Tensor::cat(vec![shots, read], 2) // [b, s, d + v]
    }

    /// Queries, each attending to itself and to all shots: `[b, q, d]` and `[b, s, d]` to
    /// `[b, q, d + v]` and the weights `[b, q, s + 1]`, the query's own last.
    fn ask(&self, queries: Tensor<3>, shots: Tensor<3>) -> (Tensor<3>, Tensor<3>) {
        let count = shots.dims()[1];
        let asked = self.query(queries.clone()); // [b, q, k]
        let keys = self.key.forward(shots.clone()).swap_dims(1, 2); // [b, k, s]
        let own = (asked.clone() * self.key.forward(queries.clone())).sum_dim(2); // [b, q, 1]
        let products = Tensor::cat(vec![asked.matmul(keys), own], 2); // [b, q, s + 1]
        let weights = softmax(products, 2); // [b, q, s + 1]
        let of_shots = weights.clone().narrow(2, 0, count); // [b, q, s]
        let of_self = weights.clone().narrow(2, count, 1); // [b, q, 1]
        let read = of_shots.matmul(self.value.forward(shots))
            + of_self * self.value.forward(queries.clone()); // [b, q, v]
        (Tensor::cat(vec![queries, read], 2), weights) // [b, q, d + v]
    }
}

/// The network. Its blocks alternate: attention, convolutions, and attention at the end.
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
    /// Randomly initialised.
    pub fn new(device: &Device) -> Self {
        let mut width = INPUTS;
        let mut snail = Snail {
            attention: Vec::new(),
            convolutions: Vec::new(),
            answer: LinearConfig::new(width, MAX_CLASSES).init(device),
        };
        for (block, sizes) in ATTENTION.into_iter().enumerate() {
            if block > 0 {
                let mut dense = Vec::new();
                let mut dilation = 1;
                while dilation < SPAN {
                    dense.push(DenseBlock::new(width, dilation, device));
                    width += FILTERS;
                    dilation *= 2;
                }
                snail.convolutions.push(dense);
            }
            snail
                .attention
                .push(AttentionBlock::new(width, sizes, device));
            width += sizes.1;
        }
        snail.answer = LinearConfig::new(width, MAX_CLASSES).init(device);
        snail
    }

    /// Logits: shots `[b, s, 64]`, one-hot labels `[b, s, c]`, queries `[b, q, 64]` to
    /// `[b, q, c]`, c at most [`MAX_CLASSES`].
    pub fn forward(&self, shots: Tensor<3>, labels: Tensor<3>, queries: Tensor<3>) -> Tensor<3> {
        let [_, _, classes] = labels.dims();
        let past = self.remember(shots, labels);
        let (logits, _) = self.ask(&past, queries); // [b, q, 20]
        logits.narrow(2, 0, classes) // [b, q, c]
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
        let (shots, labels) = tensors::from_support(support, &device)?;
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
        let query = tensors::from_query(query, &device)?; // [1, 1, 64]
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
