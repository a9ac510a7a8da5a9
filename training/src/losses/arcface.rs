//! The additive margin on the angle: ArcFace (Deng, Guo, Xue and Zafeiriou, arXiv 1801.07698,
//! equation 3).
//!
//! The cross-entropy of `s cos(θ_y + m)` for the true class and `s cos θ_j` for the others.
//! Where `θ + m` would pass π the cosine would rise again; there the paper's own code goes on
//! with `cos θ - m sin m`, and so does this.

use anyhow::Result;
use burn::tensor::{Device, Tensor};
use kshot::episode::Shape;

use super::centres::{Centres, with_margin};
use super::{Given, Objective, cross_entropy};
use crate::measure::Distance;

/// Keeps the root of `1 - cos²` from having no derivative at zero.
const LEAST_SQUARE: f32 = 1e-6;

/// The loss.
#[derive(Debug, Clone, Copy)]
pub struct ArcFace {
    /// Drawings of a step; classes matter only for their labels.
    pub shape: Shape,
    /// What cosines are multiplied by; 64 in section 3.1 of the paper, for 512-d embeddings.
    pub scale: f32,
    /// What is added to the true class's angle, radians; 0.5 in section 3.1 of the paper.
    pub margin: f32,
}

impl ArcFace {
    /// `cos(θ + m)` of `cos θ`, any shape.
    pub fn moved(&self, cosines: Tensor<2>) -> Tensor<2> {
        let (sine, cosine) = self.margin.sin_cos();
        let squares = (cosines.clone().square() - 1.0).neg();
        let sines = squares.clamp_min(LEAST_SQUARE).sqrt();
        let moved = cosines.clone() * cosine - sines * sine;
        let beyond = cosines.clone().lower_elem(-cosine); // θ > π - m
        moved.mask_where(beyond, cosines - self.margin * sine)
    }
}

impl Objective for ArcFace {
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
        let logits = with_margin(cosines, &labels, |own| self.moved(own));
        Ok(cross_entropy(logits * self.scale, labels))
    }

    fn distance(&self) -> Distance {
        Distance::Cosine
    }
}
