//! Prototypical episodes: Snell, Swersky and Zemel (arXiv 1703.05175).
//!
//! A class is the mean of its shots (equation 1); a query belongs to it by the softmax over
//! minus the squared distances (equation 2); the loss is the negative logarithm of the true
//! class's probability, averaged over the queries (section 2.2 and algorithm 1).
//!
//! [`PrototypicalCosine`] has one minus the cosine for the distance of equation 2, which the
//! paper finds worse (sections 2.6 and 3.2): it is no Bregman divergence, so the mean of the
//! shots is not the point nearest to them.
//!
//! A step makes several episodes of the same drawings, in which every drawing has its turn as a
//! shot, and takes the mean of their losses. The embeddings are there already, so this costs
//! next to nothing, and the gradient of a step is less noisy.

use anyhow::Result;
use burn::tensor::{Device, Tensor};
use kshot::episode::Shape;

use super::{Given, NoHead, Objective, cross_entropy, squared_distances, unit_rows};
use crate::measure::Distance;

/// The loss, for episodes of one size. Section 3.1 trains Omniglot with 60 classes and 5 queries
/// a class, in 1-shot as in 5-shot episodes.
#[derive(Debug, Clone, Copy)]
pub struct Prototypical {
    /// Of an episode.
    pub shape: Shape,
}

impl Objective for Prototypical {
    type Head = NoHead;

    fn shape(&self) -> Shape {
        self.shape
    }

    fn head(&self, _classes: usize, _device: &Device) -> NoHead {
        NoHead
    }

    fn loss(&self, _: &NoHead, embeddings: Tensor<2>, _: &Given<'_>) -> Result<Tensor<1>> {
        Ok(turns(self.shape, embeddings, |queries, prototypes| {
            -squared_distances(queries, prototypes)
        }))
    }
}

/// The same with cosines.
#[derive(Debug, Clone, Copy)]
pub struct PrototypicalCosine {
    /// Of an episode.
    pub shape: Shape,
    /// What cosines are multiplied by before the softmax; 1 in the paper, which has no such
    /// factor.
    pub scale: f32,
}

impl Objective for PrototypicalCosine {
    type Head = NoHead;

    fn shape(&self) -> Shape {
        self.shape
    }

    fn head(&self, _classes: usize, _device: &Device) -> NoHead {
        NoHead
    }

    fn loss(&self, _: &NoHead, embeddings: Tensor<2>, _: &Given<'_>) -> Result<Tensor<1>> {
        Ok(turns(self.shape, embeddings, |queries, prototypes| {
            unit_rows(queries).matmul(unit_rows(prototypes).transpose()) * self.scale
        }))
    }

    fn distance(&self) -> Distance {
        Distance::Cosine
    }
}

/// The mean loss of the turns, `[1]`, of embeddings `[way * (shot + queries), 64]`; `logits` are
/// those of queries `[way * queries, 64]` for prototypes `[way, 64]`.
fn turns(
    shape: Shape,
    embeddings: Tensor<2>,
    logits: impl Fn(Tensor<2>, Tensor<2>) -> Tensor<2>,
) -> Tensor<1> {
    let Shape { way, shot, queries } = shape;
    let [_, dimensions] = embeddings.dims();
    let each = shot + queries;
    let embeddings = embeddings.reshape([way, each, dimensions]);
    let own = (0..way).flat_map(|class| std::iter::repeat_n(class, queries));
    let own: Vec<usize> = own.collect();
    let turns = (each / shot).max(1);
    let losses = (0..turns).map(|turn| {
        let (start, end) = (turn * shot, (turn + 1) * shot);
        let shots = embeddings.clone().narrow(1, start, shot); // [way, shot, 64]
        let prototypes = shots.mean_dim(1).reshape([way, dimensions]);
        let rest = [(0, start), (end, each - end)].into_iter();
        let rest = rest.filter(|(_, count)| *count > 0);
        let rest = rest.map(|(from, count)| embeddings.clone().narrow(1, from, count));
        let queries = Tensor::cat(rest.collect(), 1).reshape([way * queries, dimensions]);
        cross_entropy(logits(queries, prototypes), own.clone()) // of [way * queries, way]
    });
    Tensor::cat(losses.collect(), 0).mean()
}
