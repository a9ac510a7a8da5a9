//! Siamese pairs: Koch, Zemel and Salakhutdinov, "Siamese Neural Networks for One-shot Image
//! Recognition" (ICML 2015 deep learning workshop).
//!
//! Both pictures go through one network; the chance that they show one character is
//! `p = σ(Σ_j α_j |a_j - b_j| + bias)` (section 3.1, the last equation), and the loss is the
//! cross-entropy of `p` (section 3.2). Koch draws as many pairs of one character as of two; here
//! all pairs that two drawings each of `way` classes make are taken, and either kind weighs a
//! half, which is the same on average. The comparison is the crate's own
//! [`Siamese`](kshot::method::siamese::Siamese) module and stays in use.

use anyhow::Result;
use burn::module::Module;
use burn::tensor::{Device, Tensor, activation};
use kshot::embedder::conv4::DIMENSIONS;
use kshot::episode::Shape;
use kshot::method::siamese::Siamese as Head;

use super::{Given, Objective};
use crate::conv4::tensor_values;
use crate::measure::Distance;

/// The loss.
#[derive(Debug, Clone, Copy)]
pub struct Siamese {
    /// Two drawings each of `way` classes: one shot and one query.
    pub shape: Shape,
}

impl Objective for Siamese {
    type Head = Head;

    fn shape(&self) -> Shape {
        self.shape
    }

    fn head(&self, _classes: usize, device: &Device) -> Head {
        Head::new(device)
    }

    fn loss(&self, head: &Head, embeddings: Tensor<2>, _: &Given<'_>) -> Result<Tensor<1>> {
        let [n, dimensions] = embeddings.dims();
        let way = n / 2;
        let pairs = embeddings.reshape([way, 2, dimensions]);
        let side = |number| {
            let side = pairs.clone().narrow(1, number, 1); // [way, 1, 64]
            side.swap_dims(0, 1) // [1, way, 64]
        };
        let logits = head.pairs(side(0), side(1)).reshape([way, way]); // one class in the diagonal
        let same = Tensor::eye(way, &logits.device());
        let different = (same.clone() - 1.0).neg();
        let yes = (activation::log_sigmoid(logits.clone()) * same).sum() / way as f32;
        let no = (activation::log_sigmoid(-logits) * different).sum();
        let no = no / (way * (way - 1)) as f32;
        Ok((yes + no) / -2.0)
    }

    fn distance(&self) -> Distance {
        Distance::WeightedL1
    }

    fn weights(&self, head: &Head) -> Result<Vec<f32>> {
        // What a difference of one in each dimension takes from the logit of two equal ones.
        let device = Device::flex();
        let none = Tensor::zeros([1, 1, DIMENSIONS], &device);
        let one = Tensor::<2>::eye(DIMENSIONS, &device).reshape([1, DIMENSIONS, DIMENSIONS]);
        let head = head.valid();
        let equal = head.pairs(none.clone(), none.clone()); // [1, 1, 1]
        tensor_values(equal - head.pairs(none, one)) // [1, 64, 1]
    }
}
