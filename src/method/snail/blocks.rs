//! The blocks of SNAIL (arXiv 1707.03141, figure 2): each appends what it found to what it was
//! given. Each runs over all shots at once, or for queries that come after them.

use burn::module::{Module, Param};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::{sigmoid, softmax, tanh};
use burn::tensor::{Device, Tensor};

use crate::error::Error;
use crate::method::tensors;

/// See [`AttentionBlock::comparing`]: where the matching network starts.
const SHARPNESS: f32 = 10.0;

/// Taken from the attention to steps that have not come yet.
const FUTURE: f32 = 1e9;

/// A dense block: a causal convolution of two steps, so many apart, with a gated activation.
#[derive(Module, Debug)]
pub struct DenseBlock {
    earlier: Linear, // the filters' half that sees the step so many before
    present: Linear, // and the half that sees the step itself
    dilation: usize,
}

impl DenseBlock {
    /// For steps of so many numbers, with so many filters, randomly initialised.
    pub fn new(inputs: usize, filters: usize, dilation: usize, device: &Device) -> Self {
        let linear = LinearConfig::new(inputs, 2 * filters);
        DenseBlock {
            earlier: linear.clone().with_bias(false).init(device),
            present: linear.init(device),
            dilation,
        }
    }

    /// The block's output appended to the present: present `[b, n, d]` and what was the step
    /// `dilation` before, `[b, n or 1, d]`, to `[b, n, d + 32]`.
    fn append(&self, present: Tensor<3>, earlier: Option<Tensor<3>>) -> Tensor<3> {
        let mut sums = self.present.forward(present.clone()); // [b, n, 64]
        if let Some(earlier) = earlier {
            sums = sums + self.earlier.forward(earlier); // [b, n, 64]
        }
        let filters = sums.dims()[2] / 2;
        let found = tanh(sums.clone().narrow(2, 0, filters)); // [b, n, 32]
        let gate = sigmoid(sums.narrow(2, filters, filters)); // [b, n, 32]
        Tensor::cat(vec![present, found * gate], 2) // [b, n, d + 32]
    }

    /// All shots at once: `[b, s, d]` to `[b, s, d + 32]`.
    pub fn forward(&self, shots: Tensor<3>) -> Tensor<3> {
        let [batch, count, width] = shots.dims();
        let kept = count.saturating_sub(self.dilation);
        let earlier = (kept > 0).then(|| {
            let before = Tensor::zeros([batch, self.dilation, width], &shots.device());
            Tensor::cat(vec![before, shots.clone().narrow(1, 0, kept)], 1) // [b, s, d]
        });
        self.append(shots, earlier)
    }

    /// Queries, each the step after the shots: `[b, q, d]` and `[b, s, d]` to `[b, q, d + 32]`.
    pub fn ask(&self, queries: Tensor<3>, shots: Tensor<3>) -> Tensor<3> {
        let count = shots.dims()[1];
        let earlier = count
            .checked_sub(self.dilation)
            .map(|step| shots.narrow(1, step, 1)); // [b, 1, d]
        self.append(queries, earlier)
    }
}

/// Causal attention of one head: keys, queries and values are linear in the steps.
#[derive(Module, Debug)]
pub struct AttentionBlock {
    key: Linear,
    query: Linear,
    value: Linear,
}

impl AttentionBlock {
    /// For steps of so many numbers, randomly initialised.
    pub fn new(inputs: usize, (keys, values): (usize, usize), device: &Device) -> Self {
        AttentionBlock {
            key: LinearConfig::new(inputs, keys).init(device),
            query: LinearConfig::new(inputs, keys).init(device),
            value: LinearConfig::new(inputs, values).init(device),
        }
    }

    /// The same, starting to look for steps alike in their first `n` numbers that have a label, one of
    /// the `labels` numbers after those, and to read the label.
    ///
    /// # Errors
    /// As [`tensors::read`].
    pub fn comparing(self, n: usize, labels: usize) -> Result<Self, Error> {
        let [_, keys] = self.key.weight.dims();
        // A cosine of one between vectors of length 4 is to give this much; so is having a label.
        let sharp = (SHARPNESS * (keys as f32).sqrt()).sqrt();
        let same = (0..n.min(keys)).map(|i| (i, i, sharp / 4.0));
        let each = sharp / (keys as f32).sqrt();
        let labelled = (0..labels).flat_map(|label| (0..keys).map(move |i| (n + label, i, each)));
        let device = self.key.weight.device();
        let mut query = tensors::plant(self.query, same.clone())?;
        query.bias = Some(Param::from_data(vec![each; keys].as_slice(), &device));
        Ok(AttentionBlock {
            key: tensors::plant(self.key, same.chain(labelled))?,
            query,
            value: tensors::plant(self.value, (0..labels).map(|label| (n + label, label, 1.0)))?,
        })
    }

    /// Numbers of a step.
    pub fn inputs(&self) -> usize {
        let [inputs, _] = self.key.weight.dims();
        inputs
    }

    /// The query of each step, so scaled that its products with keys are of the paper's
    /// 1/sqrt(length of a key).
    fn query(&self, steps: Tensor<3>) -> Tensor<3> {
        let query = self.query.forward(steps); // [b, n, k]
        let length = query.dims()[2] as f32;
        query / length.sqrt()
    }

    /// All shots at once, each attending to itself and those before: `[b, s, d]` to
    /// `[b, s, d + v]`.
    pub fn forward(&self, shots: Tensor<3>) -> Tensor<3> {
        let count = shots.dims()[1];
        let keys = self.key.forward(shots.clone()).swap_dims(1, 2); // [b, k, s]
        let products = self.query(shots.clone()).matmul(keys); // [b, s, s]
        let future = Tensor::<2>::ones([count, count], &shots.device()).triu(1) * FUTURE; // [s, s]
        let weights = softmax(products - future.unsqueeze(), 2); // [b, s, s]
        let read = weights.matmul(self.value.forward(shots.clone())); // [b, s, v]
        Tensor::cat(vec![shots, read], 2) // [b, s, d + v]
    }

    /// Queries, each attending to itself and to all shots: `[b, q, d]` and `[b, s, d]` to
    /// `[b, q, d + v]` and the weights `[b, q, s + 1]`, the query's own last.
    pub fn ask(&self, queries: Tensor<3>, shots: Tensor<3>) -> (Tensor<3>, Tensor<3>) {
        let count = shots.dims()[1];
        let asked = self.query(queries.clone()); // [b, q, k]
        let keys = self.key.forward(shots.clone()).swap_dims(1, 2); // [b, k, s]
        let own = (asked.clone() * self.key.forward(queries.clone())).sum_dim(2); // [b, q, 1]
        let products = Tensor::cat(vec![asked.matmul(keys), own], 2); // [b, q, s + 1]
        let weights = softmax(products, 2); // [b, q, s + 1]
        let of_shots = weights.clone().narrow(2, 0, count); // [b, q, s]
        let of_self = weights.clone().narrow(2, count, 1); // [b, q, 1]
        let read = of_shots.matmul(self.value.forward(shots))
            + of_self * self.value.forward(queries.clone()); // [b, q, v]
        (Tensor::cat(vec![queries, read], 2), weights) // [b, q, d + v]
    }
}
