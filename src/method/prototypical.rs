//! Prototypical networks: Snell, Swersky and Zemel, "Prototypical Networks for Few-shot
//! Learning" (arXiv 1703.05175).
//!
//! A class is the mean of its shots (equation 1); a query is compared with each mean
//! (equation 2, whose softmax stands in [`crate::decision`]).

use super::{Method, Metric, Shots, check_support};
use crate::error::Error;

/// One prototype a class.
///
/// ```
/// use kshot::method::{Method, Metric, prototypical::Prototypes};
///
/// let (east, north, up) = ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]);
/// let classes: [&[&[f32]]; 2] = [&[&east], &[&north, &up]];
/// let prototypes = Prototypes::fit(&classes, Metric::Euclidean)?;
/// assert_eq!(prototypes.similarities(&east)[0], 1.0);
/// # Ok::<(), kshot::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Prototypes {
    prototypes: Vec<Vec<f32>>,
    metric: Metric,
}

impl Prototypes {
    /// Averages the shots of each class.
    ///
    /// # Errors
    /// [`Error::EmbeddingInvalid`] for no classes, a class without shots, or embeddings of
    /// different lengths.
    pub fn fit(classes: &[Shots<'_>], metric: Metric) -> Result<Self, Error> {
        let dimensions = check_support(classes)?;
        let prototypes = classes
            .iter()
            .map(|shots| {
                let mut prototype = vec![0.0; dimensions];
                for shot in *shots {
                    for (sum, value) in prototype.iter_mut().zip(*shot) {
                        *sum += value;
                    }
                }
                let count = shots.len() as f32;
                prototype.iter_mut().for_each(|sum| *sum /= count);
                prototype
            })
            .collect();
        Ok(Prototypes { prototypes, metric })
    }

    /// The prototypes, in the order of the classes.
    pub fn prototypes(&self) -> &[Vec<f32>] {
        &self.prototypes
    }
}

impl Method for Prototypes {
    fn similarities(&self, query: &[f32]) -> Vec<f32> {
        self.prototypes
            .iter()
            .map(|prototype| self.metric.similarity(query, prototype))
            .collect()
    }
}

/// Prototype of the other shots of a class: `(n · prototype - shot) / (n - 1)`.
pub(crate) fn without(prototype: &[f32], shot: &[f32], count: usize) -> Vec<f32> {
    let (all, rest) = (count as f32, (count - 1) as f32);
    prototype
        .iter()
        .zip(shot)
        .map(|(mean, value)| (all * mean - value) / rest)
        .collect()
}
