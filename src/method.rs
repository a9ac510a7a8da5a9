//! What every few-shot method offers, and the methods, one file each.
//!
//! A method is fitted to a support set and then compares queries with it. Fitting is
//! plain arithmetic on embeddings: nothing is trained in use.

use crate::error::Error;

pub mod prototypical;

/// The shots of one class, each an L2-normalised embedding.
pub type Shots<'a> = &'a [&'a [f32]];

/// A few-shot method, fitted to a support set.
pub trait Method {
    /// Compares a query embedding with every class, in the order of the support set:
    /// similarities of at most 1, where 1 is as alike as can be.
    fn similarities(&self, query: &[f32]) -> Vec<f32>;
}

/// How two embeddings are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Metric {
    /// Squared Euclidean distance, the choice of the prototypical network
    /// (arXiv 1703.05175, section 2.3).
    Euclidean,
    /// Cosine similarity, the choice of the matching network (arXiv 1606.04080, section 2.1.1).
    Cosine,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Metric; 2] = [Metric::Euclidean, Metric::Cosine];

    /// Agreement of a query with a reference of the same length: the cosine, or
    /// `1 - d² / 2` for the squared Euclidean distance `d²`. Both are 1 for the same
    /// direction at length one, and equal to each other where both have length one.
    pub fn similarity(self, query: &[f32], reference: &[f32]) -> f32 {
        self.of_products(
            dot(query, reference),
            dot(query, query),
            dot(reference, reference),
        )
    }

    /// [`similarity`](Self::similarity) of the products of query with reference, query with
    /// itself and reference with itself.
    pub(crate) fn of_products(self, both: f32, query: f32, reference: f32) -> f32 {
        match self {
            Metric::Euclidean => 1.0 - (query - 2.0 * both + reference) / 2.0,
            Metric::Cosine if query * reference > 0.0 => both / (query * reference).sqrt(),
            Metric::Cosine => 0.0,
        }
    }
}

/// Sum of products, in eight partial sums so that the compiler uses SIMD.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_lanes, a_rest) = a.as_chunks::<8>();
    let (b_lanes, b_rest) = b.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (x, y) in a_lanes.iter().zip(b_lanes) {
        for ((sum, x), y) in sums.iter_mut().zip(x).zip(y) {
            *sum += x * y;
        }
    }
    let rest = a_rest.iter().zip(b_rest).map(|(x, y)| x * y);
    sums.into_iter().chain(rest).sum()
}

/// Checks that there is something to fit to: at least one class, each with a shot, all
/// embeddings of one length.
pub(crate) fn check_support(classes: &[Shots<'_>]) -> Result<usize, Error> {
    let dimensions = classes
        .first()
        .and_then(|shots| shots.first())
        .map(|shot| shot.len())
        .ok_or_else(|| Error::EmbeddingInvalid("the support set is empty".into()))?;
    for shots in classes {
        if shots.is_empty() {
            return Err(Error::EmbeddingInvalid("a class has no shots".into()));
        }
        if let Some(shot) = shots.iter().find(|shot| shot.len() != dimensions) {
            return Err(Error::EmbeddingInvalid(format!(
                "a shot has {} values, the first has {dimensions}",
                shot.len()
            )));
        }
    }
    Ok(dimensions)
}
