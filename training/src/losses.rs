//! The losses that an embedder can be trained by, one file each.
//!
//! A loss says how many drawings of how many classes a step takes, and what it makes of their
//! embeddings. What it learns beside the embedder is its head, thrown away after training but
//! for the [`siamese`] one.

use anyhow::Result;
use burn::module::{Module, ModuleDisplay};
use burn::tensor::{Device, Int, Tensor, TensorData};
use kshot::episode::Shape;

use crate::measure::{self, Distance, EmbeddedClass};
use crate::train::task::Right;

pub mod arcface;
pub mod autoencoder;
pub mod centres;
pub mod cosface;
pub mod joint;
pub mod prototypical;
pub mod siamese;
pub mod sphereface;
pub mod triplet;

/// Keeps the length of a row that is zero throughout from being divided by.
const LEAST_SQUARE: f32 = 1e-12;

/// What a step is given beside the embeddings.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The class of each group of drawings among all training classes, `[way]`.
    pub classes: &'a [usize],
    /// The drawings, `[way * (shot + queries) * 28 * 28]`.
    pub ink: &'a [f32],
    /// The step.
    pub number: u64,
}

impl Given<'_> {
    /// The class of every drawing, `[way * (shot + queries)]`.
    pub fn labels(&self, shape: Shape) -> Vec<usize> {
        let each = |class| std::iter::repeat_n(class, shape.pictures());
        self.classes.iter().copied().flat_map(each).collect()
    }
}

/// A loss.
pub trait Objective {
    /// What is learnt beside the embedder.
    type Head: Module + ModuleDisplay;

    /// What a step takes: `way` classes with `shot + queries` drawings each.
    fn shape(&self) -> Shape;

    /// The head at the start, for so many training classes.
    fn head(&self, classes: usize, device: &Device) -> Self::Head;

    /// The head at the start of a training beside a trained embedder; `means` works out the mean embedding of every training class, `[classes, 64]`.
    ///
    /// # Errors
    /// Where the means are needed and cannot be had.
    fn head_beside(
        &self,
        classes: usize,
        device: &Device,
        _means: &dyn Fn() -> Result<Tensor<2>>,
    ) -> Result<Self::Head> {
        Ok(self.head(classes, device))
    }

    /// The loss of a step, `[1]`. Embeddings are `[way * (shot + queries), 64]`, class by class,
    /// shots first.
    ///
    /// # Errors
    /// Where a tensor cannot be read.
    fn loss(
        &self,
        head: &Self::Head,
        embeddings: Tensor<2>,
        given: &Given<'_>,
    ) -> Result<Tensor<1>>;

    /// How embeddings are to be compared after training by this loss.
    fn distance(&self) -> Distance {
        Distance::Euclidean
    }

    /// What [`Distance::WeightedL1`] needs, `[64]`.
    ///
    /// # Errors
    /// Where a tensor cannot be read.
    fn weights(&self, _head: &Self::Head) -> Result<Vec<f32>> {
        Ok(Vec::new())
    }

    /// Answers on embedded classes of the validation split: 20-way 1-shot, the hardest of the
    /// table, by the nearest shot.
    ///
    /// # Errors
    /// Where there are too few classes, and where a tensor cannot be read.
    fn right(&self, head: &Self::Head, classes: &[EmbeddedClass]) -> Result<Right> {
        measure::twenty_way(classes, self.distance(), &self.weights(head)?)
    }
}

/// The head of a loss that learns nothing itself.
#[derive(Module, Debug, Default)]
pub struct NoHead;

/// Minus the mean of each row's logarithmic probability of its class; `[n, classes]` logits and
/// the n classes.
pub fn cross_entropy(logits: Tensor<2>, classes: Vec<usize>) -> Tensor<1> {
    let probabilities = burn::tensor::activation::log_softmax(logits, 1); // [n, classes]
    let classes = column(classes, &probabilities.device()); // [n, 1]
    -probabilities.gather(1, classes).mean()
}

/// `[n, 1]` indices.
pub fn column(indices: Vec<usize>, device: &Device) -> Tensor<2, Int> {
    let n = indices.len();
    let indices: Vec<i64> = indices.into_iter().map(|index| index as i64).collect();
    Tensor::from_data(TensorData::new(indices, [n, 1]), device)
}

/// Squared Euclidean distances of every row of `a`, `[n, d]`, to every row of `b`, `[m, d]`:
/// `[n, m]`.
pub fn squared_distances(a: Tensor<2>, b: Tensor<2>) -> Tensor<2> {
    let across = a.clone().matmul(b.clone().transpose()); // [n, m]
    let a = a.square().sum_dim(1); // [n, 1]
    let b = b.square().sum_dim(1).transpose(); // [1, m]
    a + b - across * 2.0
}

/// Euclidean length of each row: `[n, d]` to `[n, 1]`.
pub fn lengths(rows: Tensor<2>) -> Tensor<2> {
    rows.square().sum_dim(1).clamp_min(LEAST_SQUARE).sqrt()
}

/// Each row scaled to length one: `[n, d]`.
pub fn unit_rows(rows: Tensor<2>) -> Tensor<2> {
    rows.clone() / lengths(rows)
}
