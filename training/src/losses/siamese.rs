//! Siamese pairs: Koch, Zemel and Salakhutdinov, "Siamese Neural Networks for One-shot Image
//! Recognition" (ICML 2015 deep learning workshop).
//!
//! Both pictures go through one network; the chance that they show one character is
//! `p = σ(Σ_j α_j |a_j - b_j| + bias)` (section 3.1, the last equation), and the loss is the
//! cross-entropy of `p` (section 3.2). Koch draws as many pairs of one character as of two; here
//! all pairs that two drawings each of `way` classes make are taken, and either kind weighs a
//! half, which is the same on average.

use anyhow::Result;
use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor, activation};
use kshot::embedder::conv4::DIMENSIONS;
use kshot::episode::Shape;

use super::{Given, Objective};
use crate::conv4::tensor_values;
use crate::measure::Distance;

/// The loss.
#[derive(Debug, Clone, Copy)]
pub struct Siamese {
    /// Two drawings each of `way` classes: one shot and one query.
    pub shape: Shape,
}

/// The comparison of two embeddings. `weight` is minus Koch's α: what a difference takes away.
#[derive(Module, Debug)]
pub struct Comparison {
    /// `[64]`
    pub weight: Param<Tensor<1>>,
    /// `[1]`
    pub bias: Param<Tensor<1>>,
}

impl Comparison {
    /// Every difference counts the same at first, and pairs are as likely as not at a distance
    /// of one.
    pub fn new(device: &Device) -> Self {
        let weight = Tensor::ones([DIMENSIONS], device) / DIMENSIONS as f32;
        Comparison {
            weight: Param::from_tensor(weight),
            bias: Param::from_tensor(Tensor::ones([1], device)),
        }
    }

    /// Logits of every pair of a row of `a`, `[n, 64]`, with one of `b`, `[m, 64]`: `[n, m]`.
    pub fn forward(&self, a: Tensor<2>, b: Tensor<2>) -> Tensor<2> {
        let ([n, dimensions], [m, _]) = (a.dims(), b.dims());
        let a = a.reshape([n, 1, dimensions]);
        let b = b.reshape([1, m, dimensions]);
        let weight = self.weight.val().reshape([1, 1, dimensions]);
        let taken = ((a - b).abs() * weight).sum_dim(2).reshape([n, m]); // [n, m]
        self.bias.val().reshape([1, 1]) - taken
    }
}

impl Objective for Siamese {
    type Head = Comparison;

    fn shape(&self) -> Shape {
        self.shape
    }

    fn head(&self, _classes: usize, device: &Device) -> Comparison {
        Comparison::new(device)
    }

    fn loss(&self, head: &Comparison, embeddings: Tensor<2>, _: &Given<'_>) -> Result<Tensor<1>> {
        let [n, dimensions] = embeddings.dims();
        let way = n / 2;
        let pairs = embeddings.reshape([way, 2, dimensions]);
        let side = |number| {
            pairs
                .clone()
                .narrow(1, number, 1)
                .reshape([way, dimensions])
        };
        let logits = head.forward(side(0), side(1)); // [way, way], pairs of one class in the diagonal
        let same = Tensor::eye(way, &logits.device());
        let different = (same.clone() - 1.0).neg();
        let yes = (activation::log_sigmoid(logits.clone()) * same).sum() / way as f32;
        let no = (activation::log_sigmoid(-logits) * different).sum();
        let no = no / (way * (way - 1)) as f32;
        Ok((yes + no) / -2.0)
    }

    fn distance(&self) -> Distance {
        Distance::WeightedL1
    }

    fn weights(&self, head: &Comparison) -> Result<Vec<f32>> {
        tensor_values(head.weight.val())
    }
}
