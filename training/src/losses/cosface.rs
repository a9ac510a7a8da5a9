//! The additive margin on the cosine: AM-softmax (Wang, Cheng, Liu and Liu, arXiv 1801.05599,
//! equation 6), which is CosFace (arXiv 1801.09414).
//!
//! The cross-entropy of `s (cos θ_y - m)` for the true class and `s cos θ_j` for the others.

use anyhow::Result;
use burn::tensor::{Device, Tensor};
use kshot::episode::Shape;

use super::centres::{Centres, with_margin};
use super::{Given, Objective, cross_entropy};
use crate::measure::Distance;

/// The loss.
#[derive(Debug, Clone, Copy)]
pub struct CosFace {
    /// Drawings of a step; classes matter only for their labels.
    pub shape: Shape,
    /// What cosines are multiplied by; 30 in section 3.2 of the paper.
    pub scale: f32,
    /// What is taken from the true class's cosine; 0.35 in section 4.2 of the paper.
    pub margin: f32,
}

impl Objective for CosFace {
    type Head = Centres;

    fn shape(&self) -> Shape {
        self.shape
    }

    fn head(&self, classes: usize, device: &Device) -> Centres {
        Centres::new(classes, device)
    }

    fn head_from_means(&self, means: Tensor<2>) -> Centres {
        Centres::at(means)
    }

    fn loss(&self, head: &Centres, embeddings: Tensor<2>, given: &Given<'_>) -> Result<Tensor<1>> {
        let labels = given.labels(self.shape);
        let cosines = head.cosines(embeddings); // [n, classes]
        let logits = with_margin(cosines, &labels, |own| own - self.margin);
        Ok(cross_entropy(logits * self.scale, labels))
    }

    fn distance(&self) -> Distance {
        Distance::Cosine
    }
}
