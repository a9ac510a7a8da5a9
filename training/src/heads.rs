//! The methods with weights of their own, as something to train: each is a Burn module of the
//! crate, given episodes of embeddings, and has its paper's loss.

use anyhow::Result;
use burn::module::{Module, ModuleDisplay};
use burn::tensor::activation::sigmoid;
use burn::tensor::{Device, Tensor};
use kshot::method::Sizes;
use kshot::method::imaginary::{IMAGINED, Imaginary, noise};
use kshot::method::lstm::PlainLstm;
use kshot::method::mann::Mann;
use kshot::method::matching::Matching;
use kshot::method::relation::Relation;
use kshot::method::snail::Snail;

use crate::conv4::tensor_values;
use crate::losses::{column, cross_entropy};

/// Episodes of one size, side by side.
#[derive(Debug, Clone)]
pub struct Episodes {
    /// Shots, `[b, s, 64]`, in the order in which they are read.
    pub shots: Tensor<3>,
    /// Their classes, one-hot, `[b, s, c]`.
    pub labels: Tensor<3>,
    /// Queries, `[b, q, 64]`.
    pub queries: Tensor<3>,
    /// The class of each query, `[b * q]`.
    pub own: Vec<usize>,
}

/// A method to train.
pub trait Head: Module + ModuleDisplay {
    /// With random weights.
    fn start(sizes: Sizes, device: &Device) -> Self;

    /// With weights by which it compares already, before it has learnt: what a few hundred
    /// classes are enough to improve, and too few to find.
    ///
    /// # Errors
    /// Where a tensor cannot be read.
    fn start_comparing(sizes: Sizes, device: &Device) -> Result<Self> {
        Ok(Self::start(sizes, device))
    }

    /// Scores of every class for every query, `[b, q, c]`.
    fn scores(&self, episodes: &Episodes) -> Tensor<3>;

    /// The loss of a step, `[1]`.
    fn loss(&self, episodes: &Episodes, _number: u64) -> Tensor<1> {
        cross_entropy(flat(self.scores(episodes)), episodes.own.clone())
    }
}

impl Episodes {
    /// The same with the shots in the opposite order.
    pub fn reversed(&self) -> Self {
        Episodes {
            shots: self.shots.clone().flip([1]),
            labels: self.labels.clone().flip([1]),
            ..self.clone()
        }
    }
}

/// The class with the highest score of each query: `[b, q, c]` to `[b * q]`.
///
/// # Errors
/// Where a tensor cannot be read.
pub fn answers(scores: Tensor<3>) -> Result<Vec<usize>> {
    let [_, _, classes] = scores.dims();
    let scores = tensor_values(scores)?;
    let answers = scores.chunks_exact(classes).map(|scores| {
        let places = scores.iter().enumerate();
        places
            .max_by(|(_, a), (_, b)| a.total_cmp(b))
            .map_or(0, |(class, _)| class)
    });
    Ok(answers.collect())
}

/// `[b, q, c]` to `[b * q, c]`.
fn flat(scores: Tensor<3>) -> Tensor<2> {
    let [batch, queries, classes] = scores.dims();
    scores.reshape([batch * queries, classes])
}

macro_rules! by_cross_entropy {
    ($($method:ty: $comparing:expr),*) => {$(
        impl Head for $method {
            fn start(sizes: Sizes, device: &Device) -> Self {
                <$method>::of(sizes, device)
            }

            fn start_comparing(sizes: Sizes, device: &Device) -> Result<Self> {
                let start: fn(Sizes, &Device) -> Result<Self> = $comparing;
                start(sizes, device)
            }

            fn scores(&self, episodes: &Episodes) -> Tensor<3> {
                let Episodes { shots, labels, queries, .. } = episodes.clone();
                self.forward(shots, labels, queries)
            }
        }
    )*};
}

by_cross_entropy!(
    Matching: |sizes, device| Ok(Matching::near_attention(sizes, device)),
    PlainLstm: |sizes, device| Ok(PlainLstm::of(sizes, device)),
    Mann: |sizes, device| Ok(Mann::near_memory(sizes, device)?),
    Snail: |sizes, device| Ok(Snail::near_attention(sizes, device)?)
);

impl Head for Relation {
    fn start(sizes: Sizes, device: &Device) -> Self {
        Relation::of(sizes, device)
    }

    fn start_comparing(sizes: Sizes, device: &Device) -> Result<Self> {
        Ok(Relation::near_distance(sizes, device)?)
    }

    fn scores(&self, episodes: &Episodes) -> Tensor<3> {
        let Episodes {
            shots,
            labels,
            queries,
            ..
        } = episodes.clone();
        self.forward(shots, labels, queries)
    }

    /// The squared error of the relation scores towards 1 and 0 (arXiv 1711.06025, equation 2).
    fn loss(&self, episodes: &Episodes, _number: u64) -> Tensor<1> {
        let relations = sigmoid(flat(self.scores(episodes))); // [b q, c]
        let own = column(episodes.own.clone(), &relations.device()); // [b q, 1]
        let own = relations.clone().gather(1, own); // [b q, 1]
        // Σ r² over all, with (r - 1)² = r² - 2 r + 1 for the own class.
        let squares = relations.square().sum_dim(1);
        (squares - own * 2.0 + 1.0).mean()
    }
}

impl Head for Imaginary {
    fn start(sizes: Sizes, device: &Device) -> Self {
        Imaginary::of(sizes, device)
    }

    fn scores(&self, episodes: &Episodes) -> Tensor<3> {
        let Episodes {
            shots,
            labels,
            queries,
            ..
        } = episodes.clone();
        self.forward(shots, labels, queries)
    }

    /// As in use, but with other noise in every step.
    fn loss(&self, episodes: &Episodes, number: u64) -> Tensor<1> {
        let Episodes {
            shots,
            labels,
            queries,
            own,
        } = episodes.clone();
        let shape = [IMAGINED, queries.dims()[2]];
        let noise = noise(number, shape, &queries.device()); // [5, 64]
        cross_entropy(flat(self.forward_with(shots, labels, queries, noise)), own)
    }
}
