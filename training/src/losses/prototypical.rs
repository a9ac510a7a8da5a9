//! Prototypical episodes: Snell, Swersky and Zemel (arXiv 1703.05175).
//!
//! A class is the mean of its shots (equation 1); a query belongs to it by the softmax over
//! minus the squared distances (equation 2); the loss is the negative logarithm of the true
//! class's probability, averaged over the queries (section 2.2 and algorithm 1).

use anyhow::Result;
use burn::tensor::{Device, Tensor};
use kshot::episode::Shape;

use super::{Given, NoHead, Objective, cross_entropy, squared_distances};

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
        let Shape { way, shot, queries } = self.shape;
        let [_, dimensions] = embeddings.dims();
        let embeddings = embeddings.reshape([way, shot + queries, dimensions]);
        let prototypes = embeddings
            .clone()
            .narrow(1, 0, shot)
            .mean_dim(1)
            .reshape([way, dimensions]);
        let queries = embeddings
            .narrow(1, shot, queries)
            .reshape([way * queries, dimensions]);
        let logits = -squared_distances(queries, prototypes); // [way * queries, way]
        let each = self.shape.queries;
        let own = (0..way).flat_map(|class| std::iter::repeat_n(class, each));
        Ok(cross_entropy(logits, own.collect()))
    }
}
