//! `calibrate-ridge`: the table of temperatures that ridge regression ships with.
//!
//! For each way and shot it looks for a and b of a · exp(-b · margin) with the lowest negative
//! log likelihood, every picture set weighing the same, and shows the calibration error on sets
//! that were not looked at.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use kshot::episode::{Sampler, Shape};
use rayon::prelude::*;

use crate::embed::CpuEmbedder;
use crate::score::{ComparedEpisode, Head, compare, judge};
use crate::statistics::Calibration;
use crate::temperature::negative_log_likelihood;
use crate::usable::{SplitChoice, UsableSet};

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
    /// The lowest temperature that is tried
    #[arg(long, default_value_t = 0.09)]
    pub lowest: f32,
}

/// Temperatures at margin 0 between which a is looked for, and how many.
const A: (f32, f32, usize) = (0.06, 1.0, 30);

/// Slopes b that are tried; with one shot there is no margin.
const B: [f32; 7] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0];

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
        "{} queries a class, {} episodes, seed {}\n\n{:>4} {:>5} {:>7} {:>4}  calibration error %: all held out sets, each\n",
        arguments.queries, arguments.episodes, arguments.seed, "way", "shot", "a", "b"
    );
    for &way in &arguments.way {
        for &shot in &arguments.shot {
            let of = |sets: &[UsableSet]| -> Result<Vec<Vec<ComparedEpisode>>> {
                sets.iter()
                    .map(|set| episodes(set, way, shot, arguments))
                    .collect()
            };
            let sets = of(&fitted)?;
            let Some((a, b)) = best(&sets, shot, arguments.lowest) else {
                continue;
            };
            let errors = of(&held_out)?;
            let use_ = |episode: &ComparedEpisode| temperature(a, b, episode, arguments.lowest);
            let mut all = Calibration::default();
            let mut each = String::new();
            for (set, episodes) in held_out.iter().zip(&errors) {
                let mut calibration = Calibration::default();
                for episode in episodes {
                    calibration.merge(&judge(episode, use_(episode)).calibration);
                }
                if episodes.is_empty() {
                    continue;
                }
                all.merge(&calibration);
                let name = set.path.file_stem().unwrap_or_default().to_string_lossy();
                let _ = write!(each, "  {name} {:.1}", 100.0 * calibration.error());
            }
            let _ = writeln!(
                text,
                "{way:>4} {shot:>5} {a:>7.3} {b:>4}  {:.1}{each}",
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

fn temperature(a: f32, b: f32, episode: &ComparedEpisode, lowest: f32) -> f32 {
    (a * (-b * episode.margin.unwrap_or(0.0)).exp()).max(lowest)
}

fn best(sets: &[Vec<ComparedEpisode>], shot: usize, lowest: f32) -> Option<(f32, f32)> {
    let (from, to, steps) = A;
    let slopes = if shot == 1 { &B[..1] } else { &B[..] };
    let mut best: Option<(f64, (f32, f32))> = None;
    for step in 0..steps {
        let a = from * (to / from).powf(step as f32 / (steps - 1) as f32);
        for &b in slopes {
            let mut loss = 0.0;
            for episodes in sets.iter().filter(|episodes| !episodes.is_empty()) {
                let losses = episodes.iter().map(|episode| {
                    let temperature = temperature(a, b, episode, lowest);
                    negative_log_likelihood(std::slice::from_ref(episode), temperature)
                });
                loss += losses.sum::<f64>() / episodes.len() as f64;
            }
            if loss > 0.0 && best.is_none_or(|(least, _)| loss < least) {
                best = Some((loss, (a, b)));
            }
        }
    }
    best.map(|(_, found)| found)
}
