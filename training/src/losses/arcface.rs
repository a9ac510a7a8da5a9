//! The additive margin on the angle: ArcFace (Deng, Guo, Xue and Zafeiriou, arXiv 1801.07698,
//! equation 3).
//!
//! The cross-entropy of `s cos(θ_y + m)` for the true class and `s cos θ_j` for the others; `s` is 64 in
//! section 3.1 of the paper, for 512-d embeddings.
//! Where `θ + m` would pass π the cosine would rise again; there the paper's own code goes on
//! with `cos θ - m sin m`, and so does this.

use anyhow::Result;
use burn::tensor::Tensor;

use super::centres::Margin;

/// Keeps the root of `1 - cos²` from having no derivative at zero.
const LEAST_SQUARE: f32 = 1e-6;

/// The margin.
#[derive(Debug, Clone, Copy)]
pub struct ArcFace {
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

impl Margin for ArcFace {
    fn change(&self, own: Tensor<2>, _step: u64) -> Result<Tensor<2>> {
        Ok(self.moved(own))
    }
}
