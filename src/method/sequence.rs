//! Train and test as one sequence: what the plain LSTM, MANN and SNAIL read. The shots come
//! first, each an embedding with its label, then the query with an empty label; the answer is
//! read where the query stands.
//!
//! Queries never see one another: each is asked on its own after the same shots, so a batch
//! of queries shares what the shots have left behind.

use burn::tensor::Tensor;

use super::{Sizes, Support};
use crate::error::Error;

/// Most classes of a support set that a sequence model takes: its label is one of so many
/// inputs, and its answer one of so many outputs. Twenty is the largest way of the lecture's
/// table.
pub const MAX_CLASSES: usize = 20;

/// Length of a step: an embedding and its label.
pub fn inputs(sizes: Sizes) -> usize {
    sizes.dimensions + MAX_CLASSES
}

/// The shots with their labels: `[b, s, 64]` and `[b, s, c]` to `[b, s, 84]`.
pub fn with_labels(shots: Tensor<3>, labels: Tensor<3>) -> Tensor<3> {
    let [batch, count, classes] = labels.dims();
    let unused = MAX_CLASSES.saturating_sub(classes);
    let device = shots.device();
    let mut parts = vec![shots, labels];
    if unused > 0 {
        parts.push(Tensor::zeros([batch, count, unused], &device));
    }
    Tensor::cat(parts, 2) // [b, s, 84]
}

/// The queries with an empty label: `[b, q, 64]` to `[b, q, 84]`.
pub fn without_labels(queries: Tensor<3>) -> Tensor<3> {
    let [batch, count, _] = queries.dims();
    let empty = Tensor::zeros([batch, count, MAX_CLASSES], &queries.device());
    Tensor::cat(vec![queries, empty], 2) // [b, q, 84]
}

/// The steps of a sequence one after another: `[b, s, n]` to s times `[b, n]`.
pub fn steps(sequence: Tensor<3>) -> impl Iterator<Item = Tensor<2>> {
    let [_, count, _] = sequence.dims();
    let sequence = sequence.swap_dims(0, 1); // [s, b, n]
    (0..count).map(move |step| sequence.clone().narrow(0, step, 1).squeeze_dim(0)) // [b, n]
}

/// Refuses a support set with more classes than there are labels.
///
/// # Errors
/// [`Error::TooManyClasses`].
pub fn check(support: &Support<'_>) -> Result<(), Error> {
    if support.classes > MAX_CLASSES {
        return Err(Error::TooManyClasses(MAX_CLASSES));
    }
    Ok(())
}
