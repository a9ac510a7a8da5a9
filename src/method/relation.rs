//! Relation networks: Sung, Yang, Zhang, Xiang, Torr and Hospedales, "Learning to Compare:
//! Relation Network for Few-Shot Learning" (arXiv 1711.06025).
//!
//! The comparison itself is learned: a second network takes the concatenation of query and
//! class embedding and gives a relation score between 0 and 1 (equation 1), trained towards 1
//! for the right class and 0 for the others by mean squared error (equation 2).
//!
//! Two departures. A class with several shots is their mean, where the paper has the sum, so
//! that one set of weights serves any number of shots. And the paper's relation module
//! convolves 5x5 maps; ours compares embeddings of 1x1, where a convolution is a linear layer.

use burn::module::{Module, Param};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::{relu, sigmoid};
use burn::tensor::{Device, Tensor};

use super::{Attended, Fitted, Method, Reading, Sizes, Support, tensors};
use crate::error::Error;

/// Width of the first layer: room for the absolute difference of each of 64 pairs of numbers,
/// which takes two units, and as much again.
const WIDE: usize = 256;

/// Width of the second layer.
const NARROW: usize = 64;

/// Where [`Relation::near_distance`] starts: the sum of absolute differences that is as much a yes
/// as a no, and how fast the score falls around it. Between embeddings of length 4 in 128 numbers
/// it is about 45 across classes and 30 within.
const UNDECIDED: f32 = 37.0;
const STEEPNESS: f32 = 0.4;

/// The relation module g; shapes are those over embeddings of 64 numbers.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kshot::method::relation::Relation;
///
/// // Two episodes of five classes with a shot each, and three queries.
/// let device = Device::flex();
/// let shots = Tensor::<3>::zeros([2, 5, 64], &device);
/// let labels = Tensor::<2>::eye(5, &device).unsqueeze::<3>().repeat_dim(0, 2);
/// let queries = Tensor::<3>::zeros([2, 3, 64], &device);
/// let scores = Relation::new(&device).forward(shots, labels, queries);
/// assert_eq!(scores.dims(), [2, 3, 5]);
/// ```
#[derive(Module, Debug)]
pub struct Relation {
    of_query: Linear, // the first layer's half that sees the query
    of_class: Linear, // and the half that sees the class
    middle: Linear,
    last: Linear,
}

impl Relation {
    /// For drawings, randomly initialised.
    pub fn new(device: &Device) -> Self {
        Self::of(Sizes::DRAWINGS, device)
    }

    /// Of this size, randomly initialised.
    pub fn of(Sizes { dimensions, .. }: Sizes, device: &Device) -> Self {
        let linear = LinearConfig::new;
        Relation {
            of_query: linear(dimensions, WIDE).init(device),
            of_class: linear(dimensions, WIDE).with_bias(false).init(device),
            middle: linear(WIDE, NARROW).init(device),
            last: linear(NARROW, 1).init(device),
        }
    }

    /// Of this size, and starting as a distance: the first layer has each absolute difference as
    /// two units, where there is room, the others add them up, and the less they are, the higher is
    /// the score.
    ///
    /// # Errors
    /// As [`tensors::read`].
    pub fn near_distance(sizes: Sizes, device: &Device) -> Result<Self, Error> {
        let n = sizes.dimensions;
        let mut relation = Self::of(sizes, device);
        if 2 * n != WIDE {
            return Ok(relation);
        }
        let differences = |sign: f32| {
            (0..n).flat_map(move |i| [(i, i, sign), (i, n + i, -sign)]) // [n, 2 n]
        };
        relation.of_query = tensors::plant(relation.of_query, differences(1.0))?;
        relation.of_class = tensors::plant(relation.of_class, differences(-1.0))?;
        let sum = (0..WIDE).flat_map(|i| (0..NARROW).map(move |j| (i, j, 1.0 / NARROW as f32)));
        relation.middle = tensors::plant(relation.middle, sum)?;
        let score = (0..NARROW).map(|i| (i, 0, -STEEPNESS));
        relation.last = tensors::plant(relation.last, score)?;
        relation.last.bias = Some(Param::from_data([STEEPNESS * UNDECIDED], device));
        Ok(relation)
    }

    /// The relation scores before the sigmoid: shots `[b, s, 64]`, one-hot labels `[b, s, c]`,
    /// queries `[b, q, 64]` to `[b, q, c]`. Their sigmoid is r of equation 1.
    pub fn forward(&self, shots: Tensor<3>, labels: Tensor<3>, queries: Tensor<3>) -> Tensor<3> {
        let classes = self.embed_classes(shots, labels); // [b, c, 256]
        self.relate(classes, queries)
    }

    /// Numbers of an embedding.
    fn dimensions(&self) -> usize {
        let [dimensions, _] = self.of_query.weight.dims();
        dimensions
    }

    /// What the first layer makes of the classes: `[b, s, 64]`, `[b, s, c]` to `[b, c, 256]`.
    fn embed_classes(&self, shots: Tensor<3>, labels: Tensor<3>) -> Tensor<3> {
        let means = tensors::class_means(shots, labels); // [b, c, 64]
        self.of_class.forward(means) // [b, c, 256]
    }

    /// Classes `[b, c, 256]` and queries `[b, q, 64]` to `[b, q, c]`. A linear layer of a
    /// concatenation is the sum of a linear layer of each part, and so cheaper.
    fn relate(&self, classes: Tensor<3>, queries: Tensor<3>) -> Tensor<3> {
        let queries = self.of_query.forward(queries).unsqueeze_dim::<4>(2); // [b, q, 1, 256]
        let pairs = relu(queries + classes.unsqueeze_dim::<4>(1)); // [b, q, c, 256]
        let [b, q, c, wide] = pairs.dims();
        let pairs = relu(self.middle.forward(pairs.reshape([b * q * c, wide]))); // [b q c, 64]
        self.last.forward(pairs).reshape([b, q, c]) // [b, q, c]
    }
}

impl Method for Relation {
    fn fit(&self, support: &Support<'_>) -> Result<Box<dyn Fitted>, Error> {
        let relation = self.valid();
        let device = relation.last.weight.device();
        let (shots, labels) = tensors::from_support(support, relation.dimensions(), &device)?;
        let classes = relation.embed_classes(shots, labels); // [1, c, 256]
        Ok(Box::new(FittedRelation { relation, classes }))
    }
}

struct FittedRelation {
    relation: Relation,
    classes: Tensor<3>, // [1, c, 256]
}

impl Fitted for FittedRelation {
    fn read(&self, query: &[f32]) -> Result<Reading, Error> {
        let dimensions = self.relation.dimensions();
        let query = tensors::from_query(query, dimensions, &self.classes.device())?; // [1, 1, 64]
        let logits = self.relation.relate(self.classes.clone(), query); // [1, 1, c]
        Ok(Reading {
            scores: tensors::read(logits.clone())?,
            similarities: None,
            attended: Attended::Relations {
                scores: tensors::read(sigmoid(logits))?,
            },
        })
    }
}
