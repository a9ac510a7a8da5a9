//! Similarities to an answer: softmax with a temperature, and "none of these".
//!
//! The threshold is found from the support set by leave-one-out: how alike are shots to
//! the prototype of the others of their class, and how alike to the nearest other class?
//! The default lies halfway between, and not above what divides known from unknown things
//! in general, so that a burst of one thing that hardly moved does not shut out the same
//! thing turned round.

use crate::error::Error;
use crate::method::prototypical::Prototypes;
use crate::method::{Metric, Shots};

/// Similarities that one threshold is worked out from, at most: with more shots than
/// that, evenly spaced ones are used, so that recording stays smooth with 100 classes.
const LEAVE_ONE_OUT_BUDGET: usize = 20_000;

/// The softmax temperature in units of the squared distance, for the (harmonic) mean number
/// of shots a class.
///
/// A mean of k shots scatters by 1/k of what a shot does, and so does the best temperature:
/// `floor + spread / k` meets those found for 1, 2, 5 and 10 shots within 3 %.
/// Source: `cargo run --release -p training -- calibrate`, lowest negative log likelihood.
pub fn temperature(metric: Metric, shots: f32) -> f32 {
    let (floor, spread) = match metric {
        Metric::Euclidean => (0.036, 0.052),
        Metric::Cosine => (0.051, 0.037),
    };
    floor + spread / shots.max(1.0)
}

/// The threshold while no class has two shots to leave one out of.
///
/// Source: `cargo run --release -p training -- calibrate`, where as large a share of known
/// queries is refused as of unknown ones is named.
pub const SINGLE_SHOT_THRESHOLD: f32 = 0.43;

/// Softmax of `-d² / temperature`, where `d² = 2 - 2 · similarity`: equation 2 of
/// arXiv 1703.05175 with a temperature.
///
/// ```
/// let p = kshot::decision::probabilities(&[0.9, 0.4], 0.1);
/// assert!((p.iter().sum::<f32>() - 1.0).abs() < 1e-6);
/// assert!(p[0] > p[1]);
/// ```
pub fn probabilities(similarities: &[f32], temperature: f32) -> Vec<f32> {
    let most = similarities.iter().copied().fold(f32::MIN, f32::max);
    let terms: Vec<f32> = similarities
        .iter()
        .map(|similarity| (2.0 * (similarity - most) / temperature).exp())
        .collect();
    let sum: f32 = terms.iter().sum();
    terms.iter().map(|term| term / sum).collect()
}

/// The class with the highest similarity, or `None` where even that is under the
/// threshold: none of these.
///
/// ```
/// use kshot::decision::decide;
/// assert_eq!(decide(&[0.2, 0.7], 0.5), Some(1));
/// assert_eq!(decide(&[0.2, 0.4], 0.5), None);
/// ```
pub fn decide(similarities: &[f32], threshold: f32) -> Option<usize> {
    similarities
        .iter()
        .enumerate()
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .filter(|(_, similarity)| **similarity >= threshold)
        .map(|(class, _)| class)
}

/// The similarity under which a query is none of the classes, found from the support set.
///
/// # Errors
/// As [`Prototypes::fit`].
pub fn leave_one_out_threshold(classes: &[Shots<'_>], metric: Metric) -> Result<f32, Error> {
    let prototypes = Prototypes::fit(classes, metric)?;
    let shots: usize = classes.iter().map(|shots| shots.len()).sum();
    let step = (shots * classes.len()).div_ceil(LEAVE_ONE_OUT_BUDGET);
    let mut own = Vec::new();
    let mut other = Vec::new();
    let pairs = classes.iter().enumerate().flat_map(|(class, shots)| {
        let count = shots.len();
        shots.iter().map(move |shot| (class, count, *shot))
    });
    for (class, count, shot) in pairs.step_by(step) {
        let (to_own, to_other) = prototypes.leave_one_out(shot, class, count);
        own.extend(to_own);
        other.extend(to_other);
    }
    let (Some(own), other) = (quantile(own, OWN_QUANTILE), quantile(other, OTHER_QUANTILE)) else {
        return Ok(SINGLE_SHOT_THRESHOLD);
    };
    let halfway = (own + other.unwrap_or(SINGLE_SHOT_THRESHOLD)) / 2.0;
    Ok(halfway.min(highest_threshold(metric)))
}

/// The found threshold is never above this. The shots of a burst are far more alike than
/// what the class will be shown as later, so leaving one out promises too much.
///
/// Source: `cargo run --release -p training -- calibrate`, balanced at five shots, which
/// were five different things.
fn highest_threshold(metric: Metric) -> f32 {
    match metric {
        Metric::Euclidean => 0.635,
        Metric::Cosine => 0.557,
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
