//! Temperature and threshold of ridge regression, found from how its shots fare that are left out
//! once: at which temperature would their percentages have come true, and how high does the best
//! class of most of them score?

use super::{left_out, quantile};
use crate::method::Support;
use crate::method::comparison::{Compared, Comparison};

/// Ways and shots of [`TEMPERATURES`] and [`THRESHOLDS`].
const WAYS: [f32; 4] = [2.0, 5.0, 10.0, 20.0];
const SHOTS: [f32; 4] = [1.0, 2.0, 5.0, 10.0];

/// A value of the tables: ln(temperature) is a + b · ln(that of left out shots), the threshold
/// a + b · level of left out shots.
type Line = (f32, f32);

/// By way and shot.
///
/// Source: `cargo run --release -p training -- calibrate-ridge`, lowest negative log likelihood
/// over picture sets of different kinds, each weighing the same (`docs/accuracy.md`).
const TEMPERATURES: [[Line; 4]; 4] = [
    [(-1.415, 0.3), (-1.737, 0.1), (-1.490, 0.1), (-1.490, 0.1)],
    [(-1.337, 0.4), (-1.576, 0.2), (-1.494, 0.2), (-1.494, 0.2)],
    [(-1.098, 0.6), (-1.498, 0.3), (-1.172, 0.4), (-1.011, 0.5)],
    [(-1.098, 0.6), (-1.498, 0.3), (-1.255, 0.4), (-0.446, 0.8)],
];

/// By way and shot: what 5 % of known queries score below.
///
/// Source: as [`TEMPERATURES`], lowest pinball loss.
const THRESHOLDS: [[Line; 4]; 4] = [
    [(0.050, 0.55), (0.060, 0.80), (0.033, 0.80), (0.045, 0.80)],
    [(0.031, 0.60), (0.061, 0.75), (0.048, 0.80), (0.014, 0.85)],
    [(0.024, 0.60), (0.042, 0.80), (0.036, 0.80), (0.032, 0.80)],
    [(0.017, 0.60), (0.034, 0.80), (0.043, 0.75), (0.027, 0.80)],
];

/// Temperatures of left out shots that are told apart: shots of an easy set are all right.
const LOWEST: f32 = 0.04;
const HIGHEST: f32 = 3.0;

/// Narrowings of that range, each by a third: 2 % of the temperature are left.
const NARROWINGS: usize = 14;

/// What left out shots would say where there are none to ask: between easy and hard sets.
const USUAL: f32 = 0.2;

/// The share of left out shots whose best class scores below the level.
const LOW_SHARE: f32 = 0.10;

/// From this level on shots count less, and from the second on as one: those of a burst in which
/// a thing hardly moved are so alike that leaving one out says nothing of how it will be shown.
///
/// Source: `docs/accuracy.md`, "bursts": the level of varied shots is at most 0.7, that of copies
/// of one shot with noise at least 0.86.
const BURST: (f32, f32) = (0.65, 0.9);

/// The threshold of a burst.
///
/// Source: as [`BURST`]: about as many turned things are refused as others are named.
const BURST_THRESHOLD: f32 = 0.3;

/// The found threshold is never below the first and never above the second.
///
/// Source: `docs/accuracy.md`, "none of these": what 5 % of the known queries of any set with one
/// shot score below, and of the easiest with many.
pub const LOWEST_THRESHOLD: f32 = 0.05;
/// See [`LOWEST_THRESHOLD`].
pub const HIGHEST_THRESHOLD: f32 = 0.5;

/// The threshold of a single class with a single shot, which leaves nothing to compare.
///
/// Source: as [`LOWEST_THRESHOLD`].
pub const SINGLE_SHOT_THRESHOLD: f32 = 0.15;

/// What shots say that are left out once.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LeftOut {
    /// The temperature at which their probabilities fit best. Where no class has two shots, the level
    /// stands for it: the more alike the classes are, the harder the set. `None` of one class.
    pub temperature: Option<f32>,
    /// What the best class of nine in ten of them scores above. Where no class has two shots, the
    /// mean of what the nearest other class scores; `None` of a single shot.
    pub level: Option<f32>,
    /// Whether the level is that mean.
    pub alone: bool,
}

impl LeftOut {
    /// Leaves each shot out once.
    pub fn of(fitted: &dyn Compared, support: &Support<'_>) -> Self {
        let mut asked = Vec::new(); // own class, similarities of all
        let mut alone = Vec::new(); // highest similarity to another class
        for shot in left_out(Comparison::Ridge, support) {
            let Some((own, _)) = support.shots.get(shot) else {
                continue;
            };
            let similarities = fitted.similarities_without(support, shot);
            if similarities.is_empty() {
                continue;
            }
            let highest = similarities
                .iter()
                .copied()
                .flatten()
                .max_by(f32::total_cmp);
            match (
                similarities.iter().copied().collect::<Option<Vec<f32>>>(),
                highest,
            ) {
                (Some(all), _) => asked.push((*own, all)),
                (None, Some(highest)) => alone.push(highest),
                _ => {}
            }
        }
        let only_alone = asked.is_empty();
        let mean = alone.iter().sum::<f32>() / alone.len() as f32;
        let best = asked
            .iter()
            .filter_map(|(_, all)| all.iter().copied().max_by(f32::total_cmp));
        let temperature = match (support.classes, only_alone) {
            (..2, _) => None,
            (_, false) => Some(best_temperature(&asked)),
            (_, true) => Some(mean.clamp(LOWEST, HIGHEST)),
        };
        LeftOut {
            temperature,
            level: quantile(best.collect(), LOW_SHARE)
                .or_else(|| (!alone.is_empty()).then_some(mean)),
            alone: only_alone,
        }
    }

    /// How far the shots are a burst, 0 to 1.
    fn burst(&self) -> f32 {
        let (from, to) = BURST;
        let level = self.level.filter(|_| !self.alone).unwrap_or(0.0);
        ((level - from) / (to - from)).clamp(0.0, 1.0)
    }
}

/// The softmax temperature for so many classes and (harmonic mean) shots a class.
pub fn temperature(way: usize, shots: f32, left_out: &LeftOut) -> f32 {
    let (a, b) = line(&TEMPERATURES, way as f32, shots);
    let (single, rise) = line(&TEMPERATURES, way as f32, 1.0);
    let single = single + rise * USUAL.ln();
    let found = a + b * left_out.temperature.unwrap_or(USUAL).ln();
    (found + left_out.burst() * (single - found)).exp()
}

/// The similarity under which a query is none of the classes: what 5 % of known queries score
/// below. It moves as shots arrive.
pub fn threshold(way: usize, shots: f32, left_out: &LeftOut) -> f32 {
    let Some(level) = left_out.level else {
        return SINGLE_SHOT_THRESHOLD;
    };
    let (a, b) = line(&THRESHOLDS, way as f32, shots);
    let found = (a + b * level).clamp(LOWEST_THRESHOLD, HIGHEST_THRESHOLD);
    found + left_out.burst() * (BURST_THRESHOLD - found)
}

/// Between those of a table, by the logarithms of way and shot.
fn line(table: &[[Line; 4]; 4], way: f32, shots: f32) -> Line {
    let (row, along) = place(&WAYS, way);
    let (column, across) = place(&SHOTS, shots);
    let entry = |row: usize, column: usize| {
        let entry = table.get(row).and_then(|row| row.get(column));
        entry.copied().unwrap_or_default()
    };
    let between = |row: usize| mix(entry(row, column), entry(row, column + 1), across);
    mix(between(row), between(row + 1), along)
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

fn mix(from: Line, to: Line, share: f32) -> Line {
    let between = |from: f32, to: f32| from + share * (to - from);
    (between(from.0, to.0), between(from.1, to.1))
}

/// The temperature of the lowest negative log likelihood, which has one lowest place along the
/// inverse temperature: the range is narrowed to it.
fn best_temperature(asked: &[(usize, Vec<f32>)]) -> f32 {
    let (mut low, mut high) = (LOWEST.ln(), HIGHEST.ln());
    for _ in 0..NARROWINGS {
        let third = (high - low) / 3.0;
        if loss(asked, (low + third).exp()) <= loss(asked, (high - third).exp()) {
            high -= third;
        } else {
            low += third;
        }
    }
    f32::midpoint(low, high).exp()
}

fn loss(asked: &[(usize, Vec<f32>)], temperature: f32) -> f32 {
    let losses = asked.iter().map(|(own, similarities)| {
        let scores = similarities.iter().map(|s| 2.0 * s / temperature);
        let most = scores.clone().fold(f32::NEG_INFINITY, f32::max);
        let sum: f32 = scores.map(|score| (score - most).exp()).sum();
        let own = similarities.get(*own).copied().unwrap_or_default();
        most + sum.ln() - 2.0 * own / temperature
    });
    losses.sum()
}
