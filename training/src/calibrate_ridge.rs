//! `calibrate-ridge`: the tables of temperatures and thresholds that ridge regression ships with.
//!
//! For each way and shot it looks for the line from what left out shots say to the temperature,
//! with the lowest negative log likelihood, and to the threshold that 5 % of known queries score
//! below. Every picture set weighs the same. Then it measures both on sets that were not looked
//! at.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use kshot::episode::{Sampler, Shape};
use rayon::prelude::*;

use crate::embed::CpuEmbedder;
use crate::report::percent;
use crate::score::{ComparedEpisode, Head, compare, judge};
use crate::split::SplitChoice;
use crate::statistics::{Calibration, percentile};
use crate::temperature::negative_log_likelihood;
use crate::usable::UsableSet;

/// Arguments of `calibrate-ridge`.
#[derive(clap::Args, Debug, Clone)]
pub struct Arguments {
    /// Picture sets to fit to, as for evaluate
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Picture sets that are only measured
    #[arg(long, value_delimiter = ',')]
    pub held_out: Vec<PathBuf>,
    /// Classes of an episode
    #[arg(long, default_value = "2,5,10,20", value_delimiter = ',')]
    pub way: Vec<usize>,
    /// Support pictures a class
    #[arg(long, default_value = "1,2,5,10", value_delimiter = ',')]
    pub shot: Vec<usize>,
    /// Queries a class
    #[arg(long, default_value_t = 5)]
    pub queries: usize,
    /// Episodes of each set, way and shot
    #[arg(long, default_value_t = 50)]
    pub episodes: usize,
    /// The same seed gives the same figures
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Temperatures that are tried where left out shots say 0.2: from, to, and how many.
const A: (f32, f32, usize) = (0.04, 1.0, 40);

/// Slopes b that are tried.
const B: [f32; 16] = [
    0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5,
];

/// The share of known queries that may be refused.
const REFUSED: f64 = 0.05;

/// Embeds the pictures, searches, and returns the table as text.
///
/// # Errors
/// Where a set cannot be read.
pub fn calibrate_ridge(arguments: &Arguments) -> Result<String> {
    ensure!(arguments.episodes >= 1, "--episodes must be at least 1");
    let embedder = CpuEmbedder::new()?;
    let smallest = Shape {
        way: 2,
        shot: 1,
        queries: arguments.queries,
    };
    let open =
        |path: &PathBuf| UsableSet::prepare(path, &SplitChoice::default(), smallest, &embedder);
    let fitted: Vec<UsableSet> = arguments.paths.iter().map(open).collect::<Result<_>>()?;
    let held_out: Vec<UsableSet> = arguments.held_out.iter().map(open).collect::<Result<_>>()?;
    let mut text = format!(
        "{} queries a class, {} episodes, seed {}\n\n{:>4} {:>5}  {:>12}  {:>14}  held out: calibration error, of each set \
         known refused / unknown named, %\n",
        arguments.queries,
        arguments.episodes,
        arguments.seed,
        "way",
        "shot",
        "temperature",
        "threshold"
    );
    for &way in &arguments.way {
        for &shot in &arguments.shot {
            let of = |sets: &[UsableSet]| -> Result<Vec<Vec<ComparedEpisode>>> {
                sets.iter()
                    .map(|set| episodes(set, way, shot, arguments))
                    .collect()
            };
            let sets = of(&fitted)?;
            let Some(to_temperature) = best_temperature(&sets) else {
                continue;
            };
            let to_threshold = best_threshold(&sets);
            let mut all = Calibration::default();
            let mut each = String::new();
            for (set, mut episodes) in held_out.iter().zip(of(&held_out)?) {
                let mut calibration = Calibration::default();
                let (mut refused, mut known, mut named, mut unknown) = (0, 0, 0, 0);
                for episode in &mut episodes {
                    episode.threshold = threshold(to_threshold, episode);
                    let outcome = judge(episode, temperature(to_temperature, episode));
                    calibration.merge(&outcome.calibration);
                    refused += outcome.refused;
                    known += outcome.known;
                    named += outcome.named;
                    unknown += outcome.unknown;
                }
                if episodes.is_empty() {
                    continue;
                }
                all.merge(&calibration);
                let name = set.path.file_stem().unwrap_or_default().to_string_lossy();
                let _ = write!(
                    each,
                    "  {name} {:.1}, {}/{}",
                    100.0 * calibration.error(),
                    percent(refused, known),
                    percent(named, unknown)
                );
            }
            let line = |(a, b): (f32, f32)| format!("({a:.3}, {b:.2})");
            let _ = writeln!(
                text,
                "{way:>4} {shot:>5}  {:>12}  {:>14}  {:.1}{each}",
                line(to_temperature),
                line(to_threshold),
                100.0 * all.error()
            );
        }
    }
    Ok(text)
}

/// Episodes of one shape; none where a set has too few classes for it.
fn episodes(
    set: &UsableSet,
    way: usize,
    shot: usize,
    arguments: &Arguments,
) -> Result<Vec<ComparedEpisode>> {
    let shape = Shape {
        way,
        shot,
        queries: arguments.queries,
    };
    let classes: Vec<_> = (set.classes.iter())
        .filter(|class| class.embeddings.len() >= shape.pictures())
        .cloned()
        .collect();
    if classes.len() < way {
        return Ok(Vec::new());
    }
    let counts = classes.iter().map(|class| class.embeddings.len()).collect();
    let sampler = Sampler::new(counts, shape, arguments.seed)?;
    (0..arguments.episodes as u64)
        .into_par_iter()
        .map(|number| compare(&classes, &sampler.draw(number), Head::RIDGE))
        .collect()
}

fn temperature((a, b): (f32, f32), episode: &ComparedEpisode) -> f32 {
    (a + b * episode.left_out.temperature.map_or(0.0, f32::ln)).exp()
}

fn threshold((a, b): (f32, f32), episode: &ComparedEpisode) -> f32 {
    a + b * episode.left_out.level.unwrap_or(0.0)
}

/// The line of the lowest negative log likelihood; none without episodes.
fn best_temperature(sets: &[Vec<ComparedEpisode>]) -> Option<(f32, f32)> {
    let (from, to, steps) = A;
    let mut best: Option<(f64, (f32, f32))> = None;
    for &b in &B {
        for step in 0..steps {
            // Where left out shots say 0.2, the same temperatures are tried for every slope.
            let middle = from.ln() + (to / from).ln() * step as f32 / (steps - 1) as f32;
            let line = (middle - b * 0.2_f32.ln(), b);
            let losses = sets.iter().filter(|episodes| !episodes.is_empty());
            let losses = losses.map(|episodes| {
                let each = episodes.iter().map(|episode| {
                    let temperature = temperature(line, episode);
                    negative_log_likelihood(std::slice::from_ref(episode), temperature)
                });
                each.sum::<f64>() / episodes.len() as f64
            });
            let loss: f64 = losses.sum();
            if loss > 0.0 && best.is_none_or(|(least, _)| loss < least) {
                best = Some((loss, line));
            }
        }
    }
    best.map(|(_, line)| line)
}

/// The line of the lowest pinball loss, for which the wanted share of known queries scores below.
/// Every set gives as many queries, so that each weighs the same.
fn best_threshold(sets: &[Vec<ComparedEpisode>]) -> (f32, f32) {
    let mut known: Vec<(f32, f32)> = Vec::new(); // level of the episode, highest similarity
    for episode in sets.iter().flatten() {
        let level = episode.left_out.level.unwrap_or(0.0);
        for query in episode.queries.iter().filter(|query| query.own.is_some()) {
            let highest = query.similarities.iter().copied().max_by(f32::total_cmp);
            known.extend(highest.map(|highest| (level, highest)));
        }
    }
    let mut best = (f64::INFINITY, (0.0, 0.0));
    for step in 0..=24 {
        let b = step as f32 * 0.05;
        let mut rest: Vec<f32> = known
            .iter()
            .map(|(level, highest)| highest - b * level)
            .collect();
        let a = percentile(&mut rest, REFUSED).unwrap_or(0.0);
        let losses = rest.iter().map(|rest| {
            let above = f64::from(rest - a);
            if above > 0.0 {
                REFUSED * above
            } else {
                (REFUSED - 1.0) * above
            }
        });
        let loss = losses.sum();
        if loss < best.0 {
            best = (loss, (a, b));
        }
    }
    best.1
}
