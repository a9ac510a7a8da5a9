//! The additive margin on the cosine: AM-softmax (Wang, Cheng, Liu and Liu, arXiv 1801.05599,
//! equation 6), which is CosFace (arXiv 1801.09414).
//!
//! The cross-entropy of `s (cos θ_y - m)` for the true class and `s cos θ_j` for the others;
//! `s` is 30 in section 3.2 of the paper.

use anyhow::Result;
use burn::tensor::Tensor;

use super::centres::Margin;

/// The margin.
#[derive(Debug, Clone, Copy)]
pub struct CosFace {
    /// What is taken from the true class's cosine; 0.35 in section 4.2 of the paper.
    pub margin: f32,
}

impl Margin for CosFace {
    fn change(&self, own: Tensor<2>, _step: u64) -> Result<Tensor<2>> {
        Ok(own - self.margin)
    }
}
