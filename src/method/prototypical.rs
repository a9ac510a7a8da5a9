//! Prototypical networks: Snell, Swersky and Zemel, "Prototypical Networks for Few-shot
//! Learning" (arXiv 1703.05175).
//!
//! A class is the mean of its shots (equation 1); a query is compared with each mean
//! (equation 2, whose softmax stands in [`crate::decision`]).

use super::{Method, Metric, Shots, check_support, dot};
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
    squared_norms: Vec<f32>,
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
        let prototypes: Vec<Vec<f32>> = classes
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
        let squared_norms = prototypes.iter().map(|mean| dot(mean, mean)).collect();
        Ok(Prototypes {
            prototypes,
            squared_norms,
            metric,
        })
    }

    /// The prototypes, in the order of the classes.
    pub fn prototypes(&self) -> &[Vec<f32>] {
        &self.prototypes
    }

    /// What a shot's similarities would be had it been a query: to its own class, which has
    /// `count` shots, and to the nearest other; `None` where there is none to compare with.
    ///
    /// A shot is a part of its own prototype and so too near it. The product of the two is
    /// therefore that with the mean of the other shots; the prototype's length stays, since
    /// it is that of a mean of `count` shots which a query will meet.
    pub(crate) fn leave_one_out(
        &self,
        shot: &[f32],
        class: usize,
        count: usize,
    ) -> (Option<f32>, Option<f32>) {
        let square = dot(shot, shot);
        let mut own = None;
        let mut other: Option<f32> = None;
        let references = self.prototypes.iter().zip(&self.squared_norms);
        for (index, (prototype, norm)) in references.enumerate() {
            let product = dot(shot, prototype);
            if index != class {
                let similarity = self.metric.of_products(product, square, *norm);
                other = Some(other.map_or(similarity, |most| most.max(similarity)));
            } else if count > 1 {
                let (all, rest) = (count as f32, (count - 1) as f32);
                let product = (all * product - square) / rest;
                own = Some(self.metric.of_products(product, square, *norm));
            }
        }
        (own, other)
    }
}

impl Method for Prototypes {
    fn similarities(&self, query: &[f32]) -> Vec<f32> {
        let square = dot(query, query);
        let references = self.prototypes.iter().zip(&self.squared_norms);
        references
            .map(|(prototype, norm)| {
                let product = dot(query, prototype);
                self.metric.of_products(product, square, *norm)
            })
            .collect()
    }
}
