//! Accuracy of an embedder by nearest prototype, to choose weights by while training.

use anyhow::{Context, Result};
use kshot::episode::{Sampler, Shape};
use rayon::prelude::*;

use crate::train::task::Right;

/// The embeddings of one class.
pub type EmbeddedClass = Vec<Vec<f32>>;

/// Episodes of [`twenty_way`], always the same.
const TWENTY_WAY: (u64, Shape) = (
    300,
    Shape {
        way: 20,
        shot: 1,
        queries: 5,
    },
);

/// Seed of those episodes.
const SEED: u64 = 1;

/// How an embedder's loss compares embeddings; the smaller the nearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distance {
    /// Squared Euclidean.
    Euclidean,
    /// One minus the cosine.
    Cosine,
    /// Absolute differences, weighted by what a head has learnt.
    WeightedL1,
}

impl Distance {
    /// Between two embeddings of one length; `weights` for the weighted one alone.
    pub fn between(self, a: &[f32], b: &[f32], weights: &[f32]) -> f32 {
        let pairs = || a.iter().zip(b);
        match self {
            Distance::Euclidean => pairs().map(|(a, b)| (a - b) * (a - b)).sum(),
            Distance::WeightedL1 => pairs()
                .zip(weights)
                .map(|((a, b), weight)| weight * (a - b).abs())
                .sum(),
            Distance::Cosine => {
                let square = |v: &[f32]| v.iter().map(|v| v * v).sum::<f32>();
                let both: f32 = pairs().map(|(a, b)| a * b).sum();
                let lengths = (square(a) * square(b)).sqrt();
                1.0 - both / lengths.max(f32::MIN_POSITIVE)
            }
        }
    }
}

/// Queries of 300 20-way 1-shot episodes that are nearest to the shot of their own class.
///
/// # Errors
/// Where there are too few classes.
pub fn twenty_way(classes: &[EmbeddedClass], distance: Distance, weights: &[f32]) -> Result<Right> {
    let (episodes, shape) = TWENTY_WAY;
    let counts = classes.iter().map(EmbeddedClass::len).collect();
    let sampler = Sampler::new(counts, shape, SEED)?;
    nearest(classes, &sampler, episodes, distance, weights)
}

/// Queries of the sampler's first episodes that are nearest to the mean of their own class.
///
/// # Errors
/// Where the sampler was made for other classes.
pub fn nearest(
    classes: &[EmbeddedClass],
    sampler: &Sampler,
    episodes: u64,
    distance: Distance,
    weights: &[f32],
) -> Result<Right> {
    let counts = (0..episodes).into_par_iter().map(|number| {
        let episode = sampler.draw(number);
        let embedding = |class: usize, drawing: usize| {
            let class = classes.get(class);
            class
                .and_then(|class| class.get(drawing))
                .context("the sampler was made for other classes")
        };
        let mut prototypes = Vec::new();
        for drawn in &episode.classes {
            let mut mean: Vec<f32> = Vec::new();
            for &drawing in &drawn.support {
                let shot = embedding(drawn.class, drawing)?;
                mean.resize(shot.len(), 0.0);
                for (sum, value) in mean.iter_mut().zip(shot) {
                    *sum += value / drawn.support.len() as f32;
                }
            }
            prototypes.push(mean);
        }
        let mut right = Right { right: 0, of: 0 };
        for (own, drawn) in episode.classes.iter().enumerate() {
            for &drawing in &drawn.queries {
                let query = embedding(drawn.class, drawing)?;
                let distances = prototypes
                    .iter()
                    .map(|prototype| distance.between(query, prototype, weights));
                let best = distances
                    .enumerate()
                    .min_by(|(_, a), (_, b)| a.total_cmp(b))
                    .map(|(class, _)| class);
                right.of += 1;
                right.right += usize::from(best == Some(own));
            }
        }
        Ok(right)
    });
    counts.try_reduce(
        || Right { right: 0, of: 0 },
        |a, b| {
            Ok(Right {
                right: a.right + b.right,
                of: a.of + b.of,
            })
        },
    )
}
