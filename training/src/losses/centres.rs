//! What the margin softmax losses share: a centre for every training class, cosines to it, and
//! the cross-entropy of the cosines after the [`Margin`] has changed that of the own class.

use anyhow::Result;
use burn::module::{Module, Param};
use burn::tensor::{Device, Distribution, IndexingUpdateOp, Tensor};
use kshot::embedder::conv4::DIMENSIONS;
use kshot::episode::Shape;

use super::{Given, Objective, column, cross_entropy, unit_rows};
use crate::measure::Distance;

/// Standard deviation of a centre's numbers at the start.
const START: f64 = 0.01;

/// A direction for every training class.
#[derive(Module, Debug)]
pub struct Centres {
    /// `[classes, 64]`, of any length.
    pub centres: Param<Tensor<2>>,
}

impl Centres {
    /// Random directions, short: only the direction counts, and a short vector turns further in
    /// a step of Adam. ArcFace's own code starts them so; ten times as long, they had hardly
    /// turned after 800 steps.
    pub fn new(classes: usize, device: &Device) -> Self {
        let normal = Distribution::Normal(0.0, START);
        let centres = Tensor::random([classes, DIMENSIONS], normal, device);
        Centres {
            centres: Param::from_tensor(centres),
        }
    }

    /// In the directions of the classes' mean embeddings, `[classes, 64]`.
    pub fn at(means: Tensor<2>) -> Self {
        Centres {
            centres: Param::from_tensor(unit_rows(means)),
        }
    }

    /// Cosines of embeddings, `[n, 64]`, to every centre: `[n, classes]`.
    pub fn cosines(&self, embeddings: Tensor<2>) -> Tensor<2> {
        let centres = unit_rows(self.centres.val()); // [classes, 64]
        unit_rows(embeddings).matmul(centres.transpose())
    }
}

/// What a loss makes harder.
pub trait Margin {
    /// The cosine of each row's own class, `[n, 1]`, changed, at a step of the training.
    ///
    /// # Errors
    /// Where a tensor cannot be read.
    fn change(&self, own: Tensor<2>, step: u64) -> Result<Tensor<2>>;
}

/// The cross-entropy of `scale` times the cosines, with a margin.
#[derive(Debug, Clone, Copy)]
pub struct MarginSoftmax<M> {
    /// Drawings of a step; classes matter only for their labels.
    pub shape: Shape,
    /// What cosines are multiplied by.
    pub scale: f32,
    /// Of the own class.
    pub margin: M,
}

impl<M: Margin> Objective for MarginSoftmax<M> {
    type Head = Centres;

    fn shape(&self) -> Shape {
        self.shape
    }

    fn head(&self, classes: usize, device: &Device) -> Centres {
        Centres::new(classes, device)
    }

    fn head_beside(
        &self,
        _classes: usize,
        _device: &Device,
        means: &dyn Fn() -> Result<Tensor<2>>,
    ) -> Result<Centres> {
        Ok(Centres::at(means()?))
    }

    fn loss(&self, head: &Centres, embeddings: Tensor<2>, given: &Given<'_>) -> Result<Tensor<1>> {
        let labels = given.labels(self.shape);
        let cosines = head.cosines(embeddings); // [n, classes]
        let places = column(labels.clone(), &cosines.device()); // [n, 1]
        let own = cosines.clone().gather(1, places.clone()); // [n, 1]
        let difference = self.margin.change(own.clone(), given.number)? - own;
        let logits = cosines.scatter(1, places, difference, IndexingUpdateOp::Add);
        Ok(cross_entropy(logits * self.scale, labels))
    }

    fn distance(&self) -> Distance {
        Distance::Cosine
    }
}
