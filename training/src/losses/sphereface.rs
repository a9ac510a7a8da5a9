//! The multiplicative margin on the angle: SphereFace, or A-softmax (Liu, Wen, Yu, Li, Raj and
//! Song, arXiv 1704.08063).
//!
//! The cross-entropy of `s ψ(θ_y)` for the true class and `s cos θ_j` for the others, with class
//! centres of length one (equation 7); `ψ(θ) = (-1)^k cos(m θ) - 2 k` for `θ` between `k π / m`
//! and `(k + 1) π / m`, which falls from 1 to 1 - 2m. The margin alone does not converge; as the
//! paper does (section 4.1 and its code) the true class's logit is
//! `s (λ cos θ + ψ(θ)) / (1 + λ)` with `λ` falling from [`LAMBDA`] towards [`LEAST_LAMBDA`].
//!
//! One departure: equation 7 has the embedding's length `|x|` for `s`. The outputs of Conv-4 are
//! not negative, so that at first all point much the same way, and the loss then falls fastest
//! by making them all zero, from where nothing comes back: after 600 steps every class was as
//! likely as any other. The authors' own later version (SphereFace-R, arXiv 2109.05565) gives
//! all embeddings one length, with 30 for `s`, and so does this.

use anyhow::Result;
use burn::tensor::Tensor;

use super::centres::Margin;
use crate::conv4::tensor_values;

/// The margin `m`; 4 in section 4.1 of the paper.
pub const MARGIN: u32 = 4;

/// λ at the start, as in the paper's code.
pub const LAMBDA: f32 = 1000.0;

/// λ at least, as in the paper's code.
pub const LEAST_LAMBDA: f32 = 5.0;

/// How fast λ falls, `LAMBDA / (1 + 0.12 step)`, as in the paper's code.
const DECAY: f32 = 0.12;

/// The margin, [`MARGIN`] with λ of the step.
#[derive(Debug, Clone, Copy)]
pub struct SphereFace;

/// λ at a step.
pub fn lambda(step: u64) -> f32 {
    (LAMBDA / (1.0 + DECAY * step as f32)).max(LEAST_LAMBDA)
}

/// `ψ(θ)` of `cos θ`, `[n, 1]`, for [`MARGIN`] 4.
///
/// # Errors
/// Where a tensor cannot be read.
pub fn psi(cosines: Tensor<2>) -> Result<Tensor<2>> {
    // k is a step function of θ: its gradient is zero, and it is computed apart.
    let margin = MARGIN as f32;
    let k = tensor_values(cosines.clone())?.into_iter().map(|cosine| {
        let part = cosine.clamp(-1.0, 1.0).acos() * margin / std::f32::consts::PI;
        part.floor().min(margin - 1.0)
    });
    let k: Vec<f32> = k.collect();
    let device = cosines.device();
    let shape = cosines.dims();
    let tensor = |values: Vec<f32>| {
        Tensor::<2>::from_data(burn::tensor::TensorData::new(values, shape), &device)
    };
    let sign = tensor(
        k.iter()
            .map(|k| if k % 2.0 == 0.0 { 1.0 } else { -1.0 })
            .collect(),
    );
    let k = tensor(k);
    // cos 4θ = 8 cos⁴θ - 8 cos²θ + 1
    let square = cosines.square();
    let fourfold = square.clone().square() * 8.0 - square * 8.0 + 1.0;
    Ok(sign * fourfold - k * 2.0)
}

impl Margin for SphereFace {
    fn change(&self, own: Tensor<2>, step: u64) -> Result<Tensor<2>> {
        let psi = psi(own.clone())?; // [n, 1]
        let lambda = lambda(step);
        Ok((own * lambda + psi) / (1.0 + lambda))
    }
}
