//! `calibrate`: where the constants of `kshot::decision` come from.
//!
//! For each head and number of shots it finds the softmax temperature with the lowest
//! negative log likelihood, and the similarity threshold at which as large a share of known
//! queries is refused as of unknown ones is named; and it shows how similarities are spread.
//! Episodes are drawn from each picture set apart, equally many, and pooled.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use kshot::episode::{Sampler, Shape};
use rayon::prelude::*;

use crate::embed::CpuEmbedder;
use crate::report::{list_too_few, list_unreadable, percent, table};
use crate::score::{ComparedEpisode, Head, Outcome, compare, judge};
use crate::similarities::{SHARES, Similarities};
use crate::split::SplitChoice;
use crate::statistics::Calibration;
use crate::temperature::{best_temperature, negative_log_likelihood};
use crate::usable::{self, UsableSet};

/// Arguments of `calibrate`.
#[derive(clap::Args, Debug, Clone)]
#[command(after_help = "\
The constants in src/decision.rs come from this command, on the files of features that train-camera is trained on:
  cargo run --release -p training -- calibrate tinytrain.features caltech.features")]
pub struct Arguments {
    /// Folders of class folders, image packs or files of features, as for evaluate
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Classes of an episode
    #[arg(long, default_value_t = 5)]
    pub way: usize,
    /// Support pictures a class
    #[arg(long, default_value = "1,2,5,10", value_delimiter = ',')]
    pub shot: Vec<usize>,
    /// Queries a class
    #[arg(long, default_value_t = 15)]
    pub queries: usize,
    /// Episodes for each picture set and number of shots
    #[arg(long, default_value_t = 600)]
    pub episodes: usize,
    /// The same seed gives the same figures
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Which classes take part
    #[command(flatten)]
    pub split: SplitChoice,
}

/// Embeds the pictures, searches, and returns the report as text.
///
/// # Errors
/// As [`evaluate`](crate::evaluate::evaluate).
pub fn calibrate(arguments: &Arguments) -> Result<String> {
    ensure!(arguments.episodes >= 1, "--episodes must be at least 1");
    let most_shots = arguments.shot.iter().copied().max().unwrap_or(0);
    let shape = |shot| Shape {
        way: arguments.way,
        shot,
        queries: arguments.queries,
    };
    arguments
        .shot
        .iter()
        .try_for_each(|&shot| usable::check(shape(shot)))?;
    let embedder = CpuEmbedder::new()?;
    let sets = arguments
        .paths
        .iter()
        .map(|path| UsableSet::prepare(path, &arguments.split, shape(most_shots), &embedder))
        .collect::<Result<Vec<_>>>()?;

    let mut temperatures = vec![
        [
            "head",
            "metric",
            "shot",
            "temperature",
            "NLL",
            "ECE %",
            "shipped",
            "NLL",
            "ECE %",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    let mut thresholds = vec![
        [
            "head",
            "metric",
            "shot",
            "balanced",
            "error %",
            "in use",
            "refused %",
            "misnamed %",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    let mut spreads = vec![spread_header()];
    for head in Head::ALL {
        for &shot in &arguments.shot {
            let mut episodes = Vec::new();
            for set in &sets {
                let sampler = Sampler::new(set.counts(), shape(shot), arguments.seed)?;
                let of_set: Vec<ComparedEpisode> = (0..arguments.episodes as u64)
                    .into_par_iter()
                    .map(|number| compare(&set.classes, &sampler.draw(number), head))
                    .collect::<Result<_>>()?;
                episodes.extend(of_set);
            }
            let mut similarities = Similarities::collect(&episodes);
            temperatures.push(temperature_row(head, shot, &episodes));
            thresholds.push(threshold_row(head, shot, &episodes, &mut similarities));
            spreads.extend(similarities.rows(head, shot));
        }
    }

    let mut text = format!(
        "{} way, {} queries a class, {} episodes a picture set, seed {}\n",
        arguments.way, arguments.queries, arguments.episodes, arguments.seed
    );
    for set in &sets {
        text.push_str(&format!(
            "{}: {} pictures, {} classes ({} of another split), embedded in {:.1} s\n{}{}",
            set.path.display(),
            set.pictures(),
            set.classes.len(),
            set.other_split,
            set.elapsed.as_secs_f64(),
            list_too_few(&set.too_few, shape(most_shots).pictures()),
            list_unreadable(&set.unreadable)
        ));
    }
    text.push_str("\nTemperature: the best by negative log likelihood (NLL, in nats) beside the shipped one\n\n");
    text.push_str(&table(2, &temperatures));
    text.push_str(
        "\nThreshold: balanced refuses as large a share of known queries as it misnames of unknown ones;\n\
         in use is the leave-one-out rule of kshot (mean), or the shipped constant for one shot\n\n",
    );
    text.push_str(&table(2, &thresholds));
    text.push_str(
        "\nSimilarity, percentiles: of a known query to its own prototype and to the nearest wrong one,\n\
         and of an unknown query to the nearest prototype\n\n",
    );
    text.push_str(&table(4, &spreads));
    Ok(text)
}

fn temperature_row(head: Head, shot: usize, episodes: &[ComparedEpisode]) -> Vec<String> {
    let shipped = |episode: &ComparedEpisode| episode.temperature;
    let best = best_temperature(episodes);
    let mut row = vec![
        head.method().to_owned(),
        head.metric().to_owned(),
        shot.to_string(),
    ];
    let always = |_: &ComparedEpisode| best;
    let uses: [&dyn Fn(&ComparedEpisode) -> f32; 2] = [&always, &shipped];
    for temperature in uses {
        let mut calibration = Calibration::default();
        let (mut sum, mut nll) = (0.0, 0.0);
        for episode in episodes {
            let temperature = temperature(episode);
            calibration.merge(&judge(episode, temperature).calibration);
            sum += temperature;
            nll += negative_log_likelihood(std::slice::from_ref(episode), temperature);
        }
        row.push(format!("{:.4}", sum / episodes.len() as f32));
        row.push(format!("{:.4}", nll / episodes.len() as f64));
        row.push(format!("{:.1}", 100.0 * calibration.error()));
    }
    row
}

fn threshold_row(
    head: Head,
    shot: usize,
    episodes: &[ComparedEpisode],
    similarities: &mut Similarities,
) -> Vec<String> {
    let mut row = vec![
        head.method().to_owned(),
        head.metric().to_owned(),
        shot.to_string(),
    ];
    match similarities.balance() {
        Some((threshold, share)) => {
            row.extend([format!("{threshold:.3}"), format!("{:.1}", 100.0 * share)]);
        }
        None => row.extend(["-".to_owned(), "-".to_owned()]),
    }
    let outcomes: Vec<Outcome> = episodes
        .iter()
        .map(|episode| judge(episode, episode.temperature))
        .collect();
    let total = |part: fn(&Outcome) -> usize| outcomes.iter().map(part).sum::<usize>();
    let threshold: f32 = outcomes.iter().map(|outcome| outcome.threshold).sum();
    row.push(format!("{:.3}", threshold / outcomes.len() as f32));
    row.push(percent(
        total(|outcome| outcome.refused),
        total(|outcome| outcome.known),
    ));
    row.push(percent(
        total(|outcome| outcome.named),
        total(|outcome| outcome.unknown),
    ));
    row
}

fn spread_header() -> Vec<String> {
    let mut header = ["head", "metric", "similarity", "shot"]
        .map(str::to_owned)
        .to_vec();
    header.extend(SHARES.map(|share| format!("{:.0} %", 100.0 * share)));
    header
}
