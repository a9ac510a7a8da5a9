//! The methods with weights of their own, on the camera's embeddings: which there are, and the
//! file that holds them.
//!
//! An embedding of 1280 numbers is reduced to 128 first, by a discriminant analysis of the
//! embeddings of the training classes, and scaled to one length; all heads share that. They were
//! trained on up to [`MAX_SHOTS`] shots, so of more they are given as many of every class, evenly
//! spaced. `weights/README.md` has how they were trained, `docs/accuracy.md` what they do.

use burn::module::{Module, Param};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use super::imaginary::Imaginary;
use super::mann::Mann;
use super::matching::Matching;
use super::relation::Relation;
use super::snail::Snail;
use super::{Fitted, Method, Reading, Sizes, Support, check_query, tensors};
use crate::embedder::DIMENSIONS;
use crate::error::Error;
use crate::weights::{Weights, check_digest};

/// SHA-256 of `weights/camera.safetensors`, in hexadecimal.
pub const WEIGHTS_SHA256: &str = "84ef85dab1af1312bd2c748874af5194f13715f6e6f2972a30f88ebdd6d6ff46";

/// Most shots that a head reads: 20 classes of 5, the longest sequence that SNAIL spans.
pub const MAX_SHOTS: usize = 100;

/// Length of what the reduction gives. With it a squared distance, at most four times its square,
/// is of the size that the softmax of the prototypical head wants: see `decision::temperature`,
/// by which distances between embeddings of length one are divided.
const LENGTH: f64 = 4.0;

/// A method with weights of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trained {
    /// Matching with full context embeddings ([`super::matching`]).
    MatchingContext,
    /// The relation network ([`super::relation`]).
    Relation,
    /// Imagined examples join the prototypes ([`super::imaginary`]).
    Imaginary,
    /// A memory written and read by likeness ([`super::mann`]).
    Mann,
    /// Convolutions and attention over the past ([`super::snail`]).
    Snail,
}

impl Trained {
    /// Every one, in the order of the lecture.
    pub const ALL: [Trained; 5] = [
        Trained::MatchingContext,
        Trained::Relation,
        Trained::Imaginary,
        Trained::Mann,
        Trained::Snail,
    ];

    /// What its weights are called in the file.
    pub fn tensors(self) -> &'static str {
        match self {
            Trained::MatchingContext => "heads.matching",
            Trained::Relation => "heads.relation",
            Trained::Imaginary => "heads.imaginary",
            Trained::Mann => "heads.mann",
            Trained::Snail => "heads.snail",
        }
    }

    fn load(
        self,
        weights: &Weights<'_>,
        device: &Device,
    ) -> Result<Box<dyn Method + Send + Sync>, Error> {
        let (name, sizes) = (self.tensors(), Sizes::CAMERA);
        Ok(match self {
            Trained::MatchingContext => Box::new(weights.load(name, Matching::of(sizes, device))?),
            Trained::Relation => Box::new(weights.load(name, Relation::of(sizes, device))?),
            Trained::Imaginary => Box::new(weights.load(name, Imaginary::of(sizes, device))?),
            Trained::Mann => Box::new(weights.load(name, Mann::of(sizes, device))?),
            Trained::Snail => Box::new(weights.load(name, Snail::of(sizes, device))?),
        })
    }
}

/// What the reduction's weights are called in the file.
pub const REDUCTION: &str = "reduction";

/// 1280 numbers to 128.
#[derive(Module, Debug)]
pub struct Reduction {
    linear: Linear,
}

impl Reduction {
    /// Randomly initialised.
    pub fn new(device: &Device) -> Self {
        let linear = LinearConfig::new(DIMENSIONS, Sizes::CAMERA.dimensions);
        Reduction {
            linear: linear.init(device),
        }
    }

    /// That subtracts a mean `[1280]` and takes the products with `rows` `[128, 1280]`.
    pub fn of(mean: &[f32], rows: &[f32], device: &Device) -> Self {
        let mut reduction = Reduction::new(device);
        let bias: Vec<f32> = (rows.chunks_exact(DIMENSIONS))
            .map(|row| -super::dot(row, mean))
            .collect();
        let rows = TensorData::new(rows.to_vec(), [bias.len(), DIMENSIONS]);
        let rows = Tensor::<2>::from_data(rows, device);
        reduction.linear.weight = Param::from_tensor(rows.transpose()); // [1280, 128]
        reduction.linear.bias = Some(Param::from_data(bias.as_slice(), device)); // [128]
        reduction
    }

    /// Embeddings, each of 1280 numbers, to 128 numbers each.
    ///
    /// # Errors
    /// [`Error::EmbeddingInvalid`] where one has another length.
    pub fn reduce(&self, embeddings: &[&[f32]]) -> Result<Vec<Vec<f32>>, Error> {
        let mut values = Vec::with_capacity(embeddings.len() * DIMENSIONS);
        for embedding in embeddings {
            check_query(embedding, DIMENSIONS)?;
            values.extend_from_slice(embedding);
        }
        let values = TensorData::new(values, [embeddings.len(), DIMENSIONS]);
        let values = Tensor::<2>::from_data(values, &self.linear.weight.device());
        let reduced = self.linear.forward(values); // [n, 128]
        let lengths = reduced.clone().square().sum_dim(1).sqrt(); // [n, 1]
        let reduced = reduced / lengths.clamp_min(f64::from(f32::MIN_POSITIVE)) * LENGTH;
        Ok(tensors::read(reduced)?
            .chunks(Sizes::CAMERA.dimensions)
            .map(<[f32]>::to_vec)
            .collect())
    }
}

/// All of them, with their weights.
pub struct Heads {
    reduction: Reduction,
    methods: Vec<(Trained, Box<dyn Method + Send + Sync>)>,
}

impl Heads {
    /// Reads a file that [`crate::weights`] wrote.
    ///
    /// # Errors
    /// [`Error::WeightsInvalid`], as [`Weights::load`].
    pub fn new(weights: &[u8]) -> Result<Self, Error> {
        let device = Device::flex();
        let weights = Weights::from_bytes(weights)?;
        let methods = Trained::ALL.map(|name| Ok((name, name.load(&weights, &device)?)));
        Ok(Heads {
            reduction: weights.load(REDUCTION, Reduction::new(&device))?,
            methods: methods.into_iter().collect::<Result<_, Error>>()?,
        })
    }

    /// Reads the file that ships, `weights/camera.safetensors`.
    ///
    /// # Errors
    /// [`Error::WeightsDamaged`] where the bytes are not the pinned file.
    pub fn shipped(weights: &[u8]) -> Result<Self, Error> {
        check_digest(weights, WEIGHTS_SHA256)?;
        Heads::new(weights)
    }

    /// Fits one of them to a support set of the camera's embeddings, in the order in which the
    /// shots were taken.
    ///
    /// # Errors
    /// As [`Method::fit`].
    pub fn fit(&self, name: Trained, support: &Support<'_>) -> Result<FittedHead, Error> {
        support.check()?;
        let shots = evenly(support);
        let embeddings: Vec<&[f32]> = shots.iter().map(|(_, shot)| *shot).collect();
        let reduced = self.reduction.reduce(&embeddings)?;
        let reduced = Support {
            shots: (shots.iter().zip(&reduced))
                .map(|((class, _), shot)| (*class, shot.as_slice()))
                .collect(),
            classes: support.classes,
        };
        let method = (self.methods.iter())
            .find(|(other, _)| *other == name)
            .ok_or_else(|| Error::WeightsInvalid(format!("{} is missing", name.tensors())))?;
        Ok(FittedHead {
            reduction: self.reduction.clone(),
            fitted: method.1.fit(&reduced)?,
        })
    }
}

/// At most [`MAX_SHOTS`] of the shots, but one of each class, in their order: of each class those
/// that lie evenly among its own.
fn evenly<'a>(support: &Support<'a>) -> Vec<(usize, &'a [f32])> {
    let counts = support.counts();
    let most = (MAX_SHOTS / support.classes.max(1)).max(1);
    let mut seen = vec![0; support.classes];
    let mut shots = support.shots.clone();
    shots.retain(|(class, _)| {
        let (Some(seen), Some(count)) = (seen.get_mut(*class), counts.get(*class)) else {
            return false;
        };
        let kept = most.min(*count);
        // The shots where the share of those taken passes the next whole number.
        let before = *seen * kept / count;
        *seen += 1;
        before < *seen * kept / count
    });
    shots
}

/// A head fitted to a support set.
pub struct FittedHead {
    reduction: Reduction,
    fitted: Box<dyn Fitted>,
}

impl Fitted for FittedHead {
    fn read(&self, query: &[f32]) -> Result<Reading, Error> {
        let reduced = self.reduction.reduce(&[query])?;
        self.fitted.read(reduced.first().map_or(&[], Vec::as_slice))
    }
}
