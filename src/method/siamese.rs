//! Siamese networks: Koch, Zemel and Salakhutdinov, "Siamese Neural Networks for One-shot
//! Image Recognition" (ICML Deep Learning Workshop, 2015).
//!
//! Both pictures go through the same weights; the pair is scored (section 3.1). With weights
//! of its own ([`Siamese`]) that is p = σ(Σ_j α_j |h1_j - h2_j|), the probability that both
//! show the same thing; without ([`NearestShot`]) it is the distance itself. Verification asks
//! for one pair's p; N-way takes the class of the pair with the highest (section 4.3).

use burn::module::{Initializer, Module, Param};
use burn::tensor::activation::sigmoid;
use burn::tensor::{Device, Tensor};

use super::comparison::{Compared, Shots};
use super::{Attended, Fitted, Method, Metric, Reading, Sizes, Support, squared_distance, tensors};
use crate::error::Error;

/// Taken from pairs of another class, so that they are never the highest.
const OTHER_CLASS: f32 = 1e9;

/// Numbers of the embeddings that it takes: only drawings have it.
const DIMENSIONS: usize = Sizes::DRAWINGS.dimensions;

/// The paper's weighted distance over embeddings of 64 numbers, and a bias, without which
/// two equal pictures would be the same with p = 1/2.
///
/// ```
/// use burn::tensor::Device;
/// use kshot::method::{Method, Support, siamese::Siamese};
///
/// let siamese = Siamese::new(&Device::flex());
/// let (a, b) = ([0.0; 64], [1.0; 64]);
/// let support = Support { shots: vec![(0, &a[..]), (1, &b[..])], classes: 2 };
/// let reading = siamese.fit(&support)?.read(&[0.1; 64])?;
/// assert!(reading.scores[0] > reading.scores[1]);
/// # Ok::<(), kshot::Error>(())
/// ```
#[derive(Module, Debug)]
pub struct Siamese {
    alpha: Param<Tensor<2>>, // [64, 1]
    bias: Param<Tensor<1>>,  // [1]
}

impl Siamese {
    /// Starts from a plain negative L1 distance; logistic regression has one optimum, so the
    /// start decides nothing but the first few steps.
    pub fn new(device: &Device) -> Self {
        Siamese {
            alpha: Initializer::Constant { value: -0.1 }.init([DIMENSIONS, 1], device),
            bias: Initializer::Ones.init([1], device),
        }
    }

    /// The logit of each pair's p: shots `[b, s, 64]`, queries `[b, q, 64]` to `[b, q, s]`.
    /// Verification is its sigmoid, and its training binary cross-entropy.
    pub fn pairs(&self, shots: Tensor<3>, queries: Tensor<3>) -> Tensor<3> {
        let queries = queries.unsqueeze_dim::<4>(2); // [b, q, 1, 64]
        let shots = shots.unsqueeze_dim::<4>(1); // [b, 1, s, 64]
        let apart = (queries - shots).abs(); // [b, q, s, 64]
        let [b, q, s, d] = apart.dims();
        let logits = apart.reshape([b * q * s, d]).matmul(self.alpha.val()); // [b q s, 1]
        logits.reshape([b, q, s]) + self.bias.val().reshape([1, 1, 1]) // [b, q, s]
    }

    /// The logit of the best pair of each class: shots `[b, s, 64]`, one-hot labels
    /// `[b, s, c]`, queries `[b, q, 64]` to `[b, q, c]`.
    pub fn forward(&self, shots: Tensor<3>, labels: Tensor<3>, queries: Tensor<3>) -> Tensor<3> {
        best_of_class(self.pairs(shots, queries), labels)
    }
}

/// The highest score of each class's shots: scores `[b, q, s]`, labels `[b, s, c]` to
/// `[b, q, c]`.
fn best_of_class(scores: Tensor<3>, labels: Tensor<3>) -> Tensor<3> {
    let outside = (labels - 1.0) * OTHER_CLASS; // [b, s, c], 0 within the class
    let outside = outside.swap_dims(1, 2).unsqueeze_dim::<4>(1); // [b, 1, c, s]
    let masked = scores.unsqueeze_dim::<4>(2) + outside; // [b, q, c, s]
    masked.max_dim(3).squeeze_dim(3) // [b, q, c]
}

impl Method for Siamese {
    fn fit(&self, support: &Support<'_>) -> Result<Box<dyn Fitted>, Error> {
        let siamese = self.valid();
        let device = siamese.alpha.device();
        let (shots, labels) = tensors::from_support(support, DIMENSIONS, &device)?;
        Ok(Box::new(FittedSiamese {
            siamese,
            shots,
            labels,
        }))
    }
}

struct FittedSiamese {
    siamese: Siamese,
    shots: Tensor<3>,
    labels: Tensor<3>,
}

impl Fitted for FittedSiamese {
    fn read(&self, query: &[f32]) -> Result<Reading, Error> {
        let query = tensors::from_query(query, DIMENSIONS, &self.shots.device())?; // [1, 1, 64]
        let pairs = self.siamese.pairs(self.shots.clone(), query); // [1, 1, s]
        let scores = best_of_class(pairs.clone(), self.labels.clone()); // [1, 1, c]
        Ok(Reading {
            scores: tensors::read(scores)?,
            similarities: None,
            attended: Attended::Shots {
                weights: tensors::read(sigmoid(pairs))?,
            },
        })
    }
}

/// A Siamese comparison without weights of its own: a class is as alike as its nearest shot.
///
/// ```
/// use kshot::method::{Attended, Method, Metric, Support, siamese::NearestShot};
///
/// let (east, north) = ([1.0, 0.0], [0.0, 1.0]);
/// let support = Support { shots: vec![(0, &east[..]), (1, &north[..])], classes: 2 };
/// let nearest = NearestShot { metric: Metric::Cosine, temperature: 1.0 };
/// let reading = nearest.fit(&support)?.read(&[3.0, 0.0])?;
/// assert_eq!(reading.attended, Attended::Shots { weights: vec![1.0, 0.0] });
/// # Ok::<(), kshot::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct NearestShot {
    /// How the pair is compared.
    pub metric: Metric,
    /// Divides the scores; above 0.
    pub temperature: f32,
}

impl NearestShot {
    /// As [`Method::fit`], able to leave a shot out.
    ///
    /// # Errors
    /// As [`Support::check`].
    pub fn compare(&self, support: &Support<'_>) -> Result<NearestShots, Error> {
        Ok(NearestShots {
            shots: Shots::new(support)?,
            metric: self.metric,
            temperature: self.temperature,
        })
    }
}

impl Method for NearestShot {
    fn fit(&self, support: &Support<'_>) -> Result<Box<dyn Fitted>, Error> {
        Ok(Box::new(self.compare(support)?))
    }
}

/// Every shot of a support set.
#[derive(Debug, Clone)]
pub struct NearestShots {
    shots: Shots,
    metric: Metric,
    temperature: f32,
}

impl Fitted for NearestShots {
    fn read(&self, query: &[f32]) -> Result<Reading, Error> {
        let similarities = self.shots.similarities(query, self.metric)?; // one a shot
        let best = self.shots.best_of_class(&similarities); // one a class
        Ok(Reading {
            scores: (best.iter())
                .map(|similarity| -squared_distance(*similarity) / self.temperature)
                .collect(),
            similarities: Some(best),
            attended: Attended::Shots {
                weights: similarities,
            },
        })
    }
}

impl Compared for NearestShots {
    fn set_temperature(&mut self, temperature: f32) {
        self.temperature = temperature;
    }

    fn similarities_without(&self, support: &Support<'_>, shot: usize) -> Vec<Option<f32>> {
        self.shots.similarities_without(support, shot, self.metric)
    }
}
