//! Similarities to an answer: softmax with a temperature, and "none of these".
//!
//! The threshold is found from the support set by leave-one-out: how alike are shots to
//! the prototype of the others of their class, and how alike to the nearest other class?
//! The default lies halfway between, and not above what divides known from unknown things
//! in general, so that a burst of one thing that hardly moved does not shut out the same
//! thing turned round.

use crate::method::comparison::{Compared, Comparison};
use crate::method::trained::Trained;
use crate::method::{Metric, Support};

pub mod of_ridge;

/// Similarities that shots are left out for, at most: with more shots than that, evenly
/// spaced ones are left out, so that recording stays smooth with 100 classes.
const LEAVE_ONE_OUT_BUDGET: usize = 20_000;

/// The softmax temperature in units of the squared distance, for the (harmonic) mean number
/// of shots a class.
///
/// A mean of k shots scatters by 1/k of what a shot does, and so does the best temperature:
/// `floor + spread / k` meets those found for 1, 2, 5 and 10 shots within 3 %. With one shot
/// all methods are the same, and so is their temperature.
/// Source: `cargo run --release -p training -- calibrate`, lowest negative log likelihood.
pub fn temperature(comparison: Comparison, metric: Metric, shots: f32) -> f32 {
    let (floor, spread) = match (comparison, metric) {
        (Comparison::Prototypical, Metric::Euclidean) => (0.0455, 0.0485),
        (Comparison::Prototypical, Metric::Cosine) => (0.0770, 0.0166),
        (Comparison::Siamese, _) => (0.0725, 0.0215),
        (Comparison::Matching, _) => (0.0695, 0.0245),
        (Comparison::Ridge, _) => {
            return of_ridge::temperature(5, shots, &of_ridge::LeftOut::default());
        }
    };
    floor + spread / shots.max(1.0)
}

/// The softmax temperature for a support set that `fitted` was fitted to.
pub fn fitted_temperature(
    comparison: Comparison,
    metric: Metric,
    fitted: &dyn Compared,
    support: &Support<'_>,
) -> f32 {
    let shots = harmonic_mean(support);
    if comparison == Comparison::Ridge {
        let left_out = of_ridge::LeftOut::of(fitted, support);
        of_ridge::temperature(support.classes, shots, &left_out)
    } else {
        temperature(comparison, metric, shots)
    }
}

/// Of the shots a class.
fn harmonic_mean(support: &Support<'_>) -> f32 {
    let counts = support.counts();
    let inverse: f32 = counts.iter().map(|count| 1.0 / *count as f32).sum();
    counts.len() as f32 / inverse
}

/// The threshold of an empty support set.
pub fn starting_threshold(comparison: Comparison) -> f32 {
    match comparison {
        Comparison::Ridge => of_ridge::SINGLE_SHOT_THRESHOLD,
        _ => SINGLE_SHOT_THRESHOLD,
    }
}

/// What divides the scores of a method with weights of its own before the softmax. They were
/// trained by it; on kinds that they were not trained on they promise too much.
///
/// Source: `cargo run --release -p training -- camera-table tinyval.features faces.features
/// hands.features ink.features --way 2,5,10,20 --shot 1,2,5,10 --episodes 30 --temperatures`, lowest
/// negative log likelihood. At 20 ways and ten shots they were fitted to all shots, of which a head
/// reads half ([`MAX_SHOTS`](crate::method::trained::MAX_SHOTS)); the command goes by the half.
pub fn trained_temperature(trained: Trained) -> f32 {
    match trained {
        Trained::MatchingContext => 0.467,
        Trained::Relation => 0.827,
        Trained::Imaginary => 1.312,
        Trained::Mann => 1.054,
        Trained::Snail => 0.709,
    }
}

/// The threshold while no class has two shots to leave one out of.
///
/// Source: `cargo run --release -p training -- calibrate`, where as large a share of known
/// queries is refused as of unknown ones is named.
pub const SINGLE_SHOT_THRESHOLD: f32 = 0.21;

/// Softmax of `-d² / temperature`, where `d² = 2 - 2 · similarity`: equation 2 of
/// arXiv 1703.05175 with a temperature.
///
/// ```
/// let p = kshot::decision::probabilities(&[0.9, 0.4], 0.1);
/// assert!((p.iter().sum::<f32>() - 1.0).abs() < 1e-6);
/// assert!(p[0] > p[1]);
/// ```
pub fn probabilities(similarities: &[f32], temperature: f32) -> Vec<f32> {
    let scores: Vec<f32> = similarities
        .iter()
        .map(|similarity| 2.0 * similarity / temperature)
        .collect();
    softmax(&scores)
}

/// Softmax of the scores of a [`Reading`](crate::method::Reading).
///
/// ```
/// assert_eq!(kshot::decision::softmax(&[7.0, 7.0]), [0.5, 0.5]);
/// ```
pub fn softmax(scores: &[f32]) -> Vec<f32> {
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let terms: Vec<f32> = scores.iter().map(|score| (score - most).exp()).collect();
    let sum: f32 = terms.iter().sum();
    terms.iter().map(|term| term / sum).collect()
}

/// The class with the highest score, or `None` where even that is less alike than the
/// threshold: none of these.
///
/// ```
/// use kshot::decision::decide;
/// assert_eq!(decide(&[-1.6, -0.6], &[0.2, 0.7], 0.5), Some(1));
/// assert_eq!(decide(&[-1.6, -1.2], &[0.2, 0.4], 0.5), None);
/// ```
pub fn decide(scores: &[f32], similarities: &[f32], threshold: f32) -> Option<usize> {
    scores
        .iter()
        .zip(similarities)
        .enumerate()
        .max_by(|(_, (a, _)), (_, (b, _))| a.total_cmp(b))
        .filter(|(_, (_, similarity))| **similarity >= threshold)
        .map(|(class, _)| class)
}

/// The similarity under which a query is none of the classes, found from the support set that
/// `fitted` was fitted to.
pub fn leave_one_out_threshold(
    comparison: Comparison,
    metric: Metric,
    fitted: &dyn Compared,
    support: &Support<'_>,
) -> f32 {
    if comparison == Comparison::Ridge {
        let left_out = of_ridge::LeftOut::of(fitted, support);
        return of_ridge::threshold(support.classes, harmonic_mean(support), &left_out);
    }
    let mut own = Vec::new();
    let mut other = Vec::new();
    for shot in left_out(comparison, support) {
        let (to_own, to_other) = fitted.leave_one_out(support, shot);
        own.extend(to_own);
        other.extend(to_other);
    }
    let (Some(own), other) = (quantile(own, OWN_QUANTILE), quantile(other, OTHER_QUANTILE)) else {
        return SINGLE_SHOT_THRESHOLD;
    };
    let halfway = (own + other.unwrap_or(SINGLE_SHOT_THRESHOLD)) / 2.0;
    halfway.min(highest_threshold(comparison, metric))
}

/// The shots that are left out, one after the other: all of them, or evenly spaced ones.
pub fn left_out(comparison: Comparison, support: &Support<'_>) -> impl Iterator<Item = usize> {
    let shots = support.shots.len();
    let references = match comparison {
        Comparison::Prototypical | Comparison::Ridge => support.classes,
        Comparison::Siamese | Comparison::Matching => shots,
    };
    let step = (shots * references).div_ceil(LEAVE_ONE_OUT_BUDGET).max(1);
    (0..shots).step_by(step)
}

/// The found threshold is never above this. The shots of a burst are far more alike than
/// what the class will be shown as later, so leaving one out promises too much.
///
/// Source: `cargo run --release -p training -- calibrate`, balanced at five shots, which
/// were five different things.
fn highest_threshold(comparison: Comparison, metric: Metric) -> f32 {
    match (comparison, metric) {
        (Comparison::Prototypical, Metric::Euclidean) => 0.496,
        (Comparison::Prototypical, Metric::Cosine) => 0.319,
        (Comparison::Siamese | Comparison::Matching, _) => 0.306,
        (Comparison::Ridge, _) => of_ridge::HIGHEST_THRESHOLD,
    }
}

/// Low end of the similarities of shots to their own class.
const OWN_QUANTILE: f32 = 0.25;

/// High end of the similarities of shots to the nearest other class.
const OTHER_QUANTILE: f32 = 0.75;

/// The value below which the given share of the values lies; `None` of no values.
fn quantile(mut values: Vec<f32>, share: f32) -> Option<f32> {
    values.sort_by(f32::total_cmp);
    let last = values.len().checked_sub(1)?;
    values.get((share * last as f32).round() as usize).copied()
}
