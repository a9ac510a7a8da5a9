//! Prototypical networks: Snell, Swersky and Zemel, "Prototypical Networks for Few-shot
//! Learning" (arXiv 1703.05175).
//!
//! A class is the mean of its shots (equation 1); a query is compared with each mean, and the
//! softmax is over minus the squared distances (equation 2).

use burn::tensor::Tensor;

use super::comparison::Compared;
use super::{
    Attended, Fitted, Method, Metric, Reading, Support, check_query, dot, squared_distance, tensors,
};
use crate::error::Error;

/// The prototypical network over given embeddings: it has no weights of its own.
///
/// ```
/// use kshot::method::{Method, Metric, Support, prototypical::Prototypical};
///
/// let (east, north, up) = ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]);
/// let support = Support {
///     shots: vec![(0, &east[..]), (1, &north[..]), (1, &up[..])],
///     classes: 2,
/// };
/// let prototypical = Prototypical { metric: Metric::Euclidean, temperature: 1.0 };
/// let reading = prototypical.fit(&support)?.read(&east)?;
/// assert_eq!(reading.scores, [0.0, -1.5]); // minus the squared distances
/// # Ok::<(), kshot::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Prototypical {
    /// How a query is compared with a prototype. The cosine is the paper's counter-example
    /// (section 2.3).
    pub metric: Metric,
    /// Divides the scores; above 0. The paper has 1.
    pub temperature: f32,
}

impl Prototypical {
    /// As [`Method::fit`], able to leave a shot out.
    ///
    /// # Errors
    /// As [`Support::check`].
    pub fn compare(&self, support: &Support<'_>) -> Result<Prototypes, Error> {
        let prototypes = means(support)?;
        Ok(Prototypes {
            squared_norms: prototypes.iter().map(|mean| dot(mean, mean)).collect(),
            prototypes,
            counts: support.counts(),
            metric: self.metric,
            temperature: self.temperature,
        })
    }
}

impl Method for Prototypical {
    fn fit(&self, support: &Support<'_>) -> Result<Box<dyn Fitted>, Error> {
        Ok(Box::new(self.compare(support)?))
    }
}

/// The mean of each class's shots (equation 1), in the order of the classes.
///
/// # Errors
/// As [`Support::check`].
pub fn means(support: &Support<'_>) -> Result<Vec<Vec<f32>>, Error> {
    let dimensions = support.check()?;
    let mut means = vec![vec![0.0; dimensions]; support.classes];
    for (class, shot) in &support.shots {
        if let Some(mean) = means.get_mut(*class) {
            for (sum, value) in mean.iter_mut().zip(*shot) {
                *sum += value;
            }
        }
    }
    for (mean, count) in means.iter_mut().zip(support.counts()) {
        mean.iter_mut().for_each(|sum| *sum /= count as f32);
    }
    Ok(means)
}

/// Minus the squared distance to each prototype, for training: shots `[b, s, d]`, one-hot
/// labels `[b, s, c]`, queries `[b, q, d]` to `[b, q, c]`.
pub fn forward(
    shots: Tensor<3>,
    labels: Tensor<3>,
    queries: Tensor<3>,
    metric: Metric,
) -> Tensor<3> {
    let prototypes = tensors::class_means(shots, labels); // [b, c, d]
    match metric {
        Metric::Euclidean => -tensors::squared_distances(queries, prototypes), // [b, q, c]
        Metric::Cosine => tensors::cosines(queries, prototypes) * 2.0 - 2.0,   // [b, q, c]
    }
}

/// One prototype a class.
#[derive(Debug, Clone)]
pub struct Prototypes {
    prototypes: Vec<Vec<f32>>,
    squared_norms: Vec<f32>,
    counts: Vec<usize>,
    metric: Metric,
    temperature: f32,
}

impl Prototypes {
    /// The prototypes, in the order of the classes.
    pub fn prototypes(&self) -> &[Vec<f32>] {
        &self.prototypes
    }

    /// The similarity of a query to each prototype: see [`Metric::similarity`].
    ///
    /// # Errors
    /// [`Error::EmbeddingInvalid`] where the query has another length than the shots.
    pub fn similarities(&self, query: &[f32]) -> Result<Vec<f32>, Error> {
        check_query(query, self.prototypes.first().map_or(0, Vec::len))?;
        let square = dot(query, query);
        let references = self.prototypes.iter().zip(&self.squared_norms);
        Ok(references
            .map(|(prototype, norm)| {
                let product = dot(query, prototype);
                self.metric.of_products(product, square, *norm)
            })
            .collect())
    }
}

impl Fitted for Prototypes {
    fn read(&self, query: &[f32]) -> Result<Reading, Error> {
        let similarities = self.similarities(query)?;
        let distances: Vec<f32> = (similarities.iter())
            .map(|similarity| squared_distance(*similarity))
            .collect();
        Ok(Reading {
            scores: (distances.iter())
                .map(|distance| -distance / self.temperature)
                .collect(),
            similarities: Some(similarities),
            attended: Attended::Prototypes { distances },
        })
    }
}

impl Compared for Prototypes {
    fn set_temperature(&mut self, temperature: f32) {
        self.temperature = temperature;
    }

    /// A shot is a part of its own prototype and so too near it. The product of the two is
    /// therefore that with the mean of the other shots; the prototype's length stays, since
    /// it is that of a mean of as many shots, which a query will meet.
    fn similarities_without(&self, support: &Support<'_>, shot: usize) -> Vec<Option<f32>> {
        let Some((class, shot)) = support.shots.get(shot) else {
            return Vec::new();
        };
        let square = dot(shot, shot);
        let mut similarities = Vec::with_capacity(self.prototypes.len());
        let references = self.prototypes.iter().zip(&self.squared_norms);
        for (index, ((prototype, norm), count)) in references.zip(&self.counts).enumerate() {
            let product = dot(shot, prototype);
            let rest = (count - 1) as f32;
            similarities.push(
                match (index == *class, *count) {
                    (false, _) => Some(product),
                    (true, 1) => None,
                    (true, _) => Some((*count as f32 * product - square) / rest),
                }
                .map(|product| self.metric.of_products(product, square, *norm)),
            );
        }
        similarities
    }
}
