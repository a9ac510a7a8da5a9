//! Temperature and threshold of ridge regression, whose outputs say how sure to be: where each
//! shot is left out once, shots of an easy task still score far above the other classes.

use super::{left_out, quantile};
use crate::method::Support;
use crate::method::comparison::{Compared, Comparison};

/// Ways and shots of [`TEMPERATURES`].
const WAYS: [f32; 4] = [2.0, 5.0, 10.0, 20.0];
const SHOTS: [f32; 4] = [1.0, 2.0, 5.0, 10.0];

/// Temperature a and slope b by way and shot: the temperature is a · exp(-b · margin), in units
/// of the squared distance.
///
/// Source: `cargo run --release -p training -- calibrate-ridge`, lowest negative log likelihood
/// over picture sets of different kinds, each weighing the same (`docs/accuracy.md`). With one
/// shot, sets where three answers in ten are right are left out: they would drown the rest.
const TEMPERATURES: [[(f32, f32); 4]; 4] = [
    [(0.257, 0.0), (0.344, 1.0), (0.460, 2.0), (0.747, 4.0)],
    [(0.174, 0.0), (0.158, 5.0), (0.283, 2.0), (0.312, 2.0)],
    [(0.158, 0.0), (0.118, 5.0), (0.212, 2.0), (0.233, 2.0)],
    [(0.158, 0.0), (0.080, 6.0), (0.174, 3.0), (0.174, 1.0)],
];

/// The temperature is never below this: the shots of a burst, left out once, promise too much.
///
/// Source: as [`TEMPERATURES`]; the lowest best temperature of any set with varied shots.
const LOWEST_TEMPERATURE: f32 = 0.09;

/// The margin where it is not known: that of easy and hard sets together.
const USUAL_MARGIN: f32 = 0.2;

/// The share of known queries that may be refused. Twice that share of left out shots scores
/// below the threshold, since each had one shot less to be known by.
///
/// Source: `docs/accuracy.md`, "none of these".
const REFUSED_SHARE: f32 = 0.10;

/// The found threshold is never above this, as that of the other methods.
///
/// Source: `docs/accuracy.md`, "none of these": what divides known from unknown at five shots.
pub const HIGHEST_THRESHOLD: f32 = 0.35;

/// Nor is it below this, what refuses one in twenty of easy tasks with one shot.
///
/// Source: as [`HIGHEST_THRESHOLD`].
pub const LOWEST_THRESHOLD: f32 = 0.10;

/// The threshold of a single class with a single shot, which leaves nothing to compare.
///
/// Source: as [`HIGHEST_THRESHOLD`].
pub const SINGLE_SHOT_THRESHOLD: f32 = 0.15;

/// The temperature for so many classes and (harmonic mean) shots a class, and the margin of
/// [`margin`]: between those of the table, by the logarithms of way and shot.
pub fn temperature(way: usize, shots: f32, margin: Option<f32>) -> f32 {
    let (row, along) = place(&WAYS, way as f32);
    let (column, across) = place(&SHOTS, shots);
    let entry = |row: usize, column: usize| {
        let entry = TEMPERATURES.get(row).and_then(|row| row.get(column));
        entry.map_or((0.0, 0.0), |(a, b)| (a.ln(), *b))
    };
    let between = |row: usize| mix(entry(row, column), entry(row, column + 1), across);
    let (a, b) = mix(between(row), between(row + 1), along);
    (a - b * margin.unwrap_or(USUAL_MARGIN))
        .exp()
        .max(LOWEST_TEMPERATURE)
}

/// The step of a scale that a value lies on, and how far along, 0 to 1, by the logarithm.
fn place(scale: &[f32; 4], value: f32) -> (usize, f32) {
    let [first, .., last] = scale;
    let value = value.clamp(*first, *last);
    let at = (1..3).filter(|at| scale.get(*at).is_some_and(|low| *low <= value));
    let at = at.count();
    match (scale.get(at), scale.get(at + 1)) {
        (Some(low), Some(high)) => (at, (value / low).ln() / (high / low).ln()),
        _ => (0, 0.0),
    }
}

fn mix(from: (f32, f32), to: (f32, f32), share: f32) -> (f32, f32) {
    let between = |from: f32, to: f32| from + share * (to - from);
    (between(from.0, to.0), between(from.1, to.1))
}

/// How far shots score above the nearest other class when they are left out, on average; `None`
/// where no class has two shots, or there is one class.
pub fn margin(fitted: &dyn Compared, support: &Support<'_>) -> Option<f32> {
    let mut margins = Vec::new();
    for shot in left_out(Comparison::Ridge, support) {
        if let (Some(own), Some(other)) = fitted.leave_one_out(support, shot) {
            margins.push(own - other);
        }
    }
    let count = margins.len() as f32;
    (count > 0.0).then(|| margins.iter().sum::<f32>() / count)
}

/// The similarity under which a query is none of the classes: what the best class of a shot that
/// is left out seldom falls below. It moves as shots arrive.
pub fn threshold(fitted: &dyn Compared, support: &Support<'_>) -> f32 {
    let best = left_out(Comparison::Ridge, support).filter_map(|shot| {
        let similarities = fitted.similarities_without(support, shot);
        similarities.into_iter().flatten().max_by(f32::total_cmp)
    });
    quantile(best.collect(), REFUSED_SHARE).map_or(SINGLE_SHOT_THRESHOLD, |found| {
        found.clamp(LOWEST_THRESHOLD, HIGHEST_THRESHOLD)
    })
}
