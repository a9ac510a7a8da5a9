//! `camera-table`: every method that the camera offers on the same episodes, those with weights of
//! their own too; and the temperature that each of these wants.
//!
//! Shots stand class by class, as the camera's support set gives them.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use kshot::decision::of_ridge::LeftOut;
use kshot::episode::{Sampler, Shape};
use kshot::method::choice::Choice;
use kshot::method::trained::Heads;
use kshot::method::{Fitted, Metric, Support};
use rayon::prelude::*;

use crate::camera::embeddings;
use crate::measure::EmbeddedClass;
use crate::progress::Progress;
use crate::report::count;
use crate::score::{Compared, ComparedEpisode, Drawn, name_of, votes};
use crate::statistics::estimate;
use crate::temperature::best_temperature;

/// Arguments of `camera-table`.
#[derive(clap::Args, Debug, Clone)]
pub struct Arguments {
    /// Files written by features, of classes that nothing was trained on
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// The weights to measure
    #[arg(long, default_value = "weights/camera.safetensors")]
    pub weights: PathBuf,
    /// Classes of an episode
    #[arg(long, default_value = "5,20", value_delimiter = ',')]
    pub way: Vec<usize>,
    /// Support pictures a class
    #[arg(long, default_value = "1,5", value_delimiter = ',')]
    pub shot: Vec<usize>,
    /// Queries a class
    #[arg(long, default_value_t = 5)]
    pub queries: usize,
    /// Episodes of each set, way and shot
    #[arg(long, default_value_t = 300)]
    pub episodes: usize,
    /// The same seed gives the same figures
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Say which temperature each trained method wants in place of how often it is right
    #[arg(long)]
    pub temperatures: bool,
}

/// Fits a method to a support set.
fn fit(choice: Choice, heads: &Heads, support: &Support<'_>) -> Result<Box<dyn Fitted>> {
    Ok(match choice {
        Choice::Comparison(comparison) => comparison.fit(Metric::Euclidean, 0.1, support)?,
        Choice::Trained(name) => Box::new(heads.fit(name, support)?),
    })
}

/// Runs every episode and returns a Markdown table.
///
/// # Errors
/// Where a file cannot be read, and where a set has too few pictures for any shape.
pub fn camera_table(arguments: &Arguments) -> Result<String> {
    ensure!(arguments.episodes >= 2, "--episodes must be at least 2");
    let path = arguments.weights.display();
    let bytes = std::fs::read(&arguments.weights).with_context(|| format!("cannot read {path}"))?;
    let heads = Heads::new(&bytes).with_context(|| format!("cannot read {path}"))?;
    let methods: Vec<Choice> = Choice::ALL
        .into_iter()
        .filter(|choice| !arguments.temperatures || choice.trained().is_some())
        .collect();
    let mut rows = Vec::new(); // name, and what it said of each episode
    for path in &arguments.paths {
        let classes = embeddings(path)?;
        let set = path.file_stem().unwrap_or_default().to_string_lossy();
        for (&way, &shot) in (arguments.way.iter())
            .flat_map(|way| arguments.shot.iter().map(move |shot| (way, shot)))
        {
            let shape = Shape {
                way,
                shot,
                queries: arguments.queries,
            };
            shape.check()?;
            let enough = classes
                .iter()
                .filter(|class| class.len() >= shape.pictures());
            let enough: Vec<&EmbeddedClass> = enough.collect();
            if enough.len() >= way {
                rows.push((
                    format!("{set} | {way} | {shot}"),
                    said(&enough, shape, arguments, &methods, &heads)?,
                ));
            }
        }
    }
    ensure!(!rows.is_empty(), "there are too few pictures for any row");
    let mut text = String::new();
    if arguments.temperatures {
        for (place, method) in methods.iter().enumerate() {
            // Each set, way and shot weighs the same: all have about as many queries.
            let all: Vec<ComparedEpisode> = (rows.iter())
                .filter_map(|(_, said)| said.get(place))
                .flatten()
                .cloned()
                .collect();
            let _ = writeln!(text, "{}: {:.3}", name_of(*method), best_temperature(&all));
        }
        return Ok(text);
    }
    let names: Vec<&str> = methods.iter().map(|method| name_of(*method)).collect();
    let _ = writeln!(
        text,
        "{}, {} a class, seed {}. Accuracy in %, mean ± 95 % interval.\n\n\
         | Set | Way | Shots | {} |\n|---|---|---|{}",
        count(arguments.episodes, "episode", "episodes"),
        count(arguments.queries, "query", "queries"),
        arguments.seed,
        names.join(" | "),
        "---|".repeat(names.len())
    );
    for (row, said) in &rows {
        let cells: Vec<String> = said.iter().map(|episodes| accuracy(episodes)).collect();
        let _ = writeln!(text, "| {row} | {} |", cells.join(" | "));
    }
    Ok(text)
}

/// What each method says in the episodes of one shape.
fn said(
    classes: &[&EmbeddedClass],
    shape: Shape,
    arguments: &Arguments,
    methods: &[Choice],
    heads: &Heads,
) -> Result<Vec<Vec<ComparedEpisode>>> {
    let counts = classes.iter().map(|class| class.len()).collect();
    let sampler = Sampler::new(counts, shape, arguments.seed)?;
    let progress = Progress::new("answering", "episodes", arguments.episodes * methods.len());
    let of_method = |method: &Choice| {
        let episodes = (0..arguments.episodes as u64).into_par_iter();
        let episodes = episodes.map(|number| {
            let drawn = Drawn::of(&sampler.draw(number), |class, picture| {
                classes.get(class)?.get(picture)
            })?;
            let fitted = fit(*method, heads, &drawn.support)?;
            let known = drawn.queries.iter().filter(|(own, _)| own.is_some());
            let queries = known.map(|(own, query)| {
                let votes = votes(&*fitted, query)?;
                Ok(Compared {
                    similarities: votes.iter().map(|(_, vote)| *vote).collect(),
                    votes,
                    own: *own,
                })
            });
            let queries = queries.collect::<Result<_>>()?;
            progress.advance();
            Ok(ComparedEpisode {
                queries,
                threshold: f32::NEG_INFINITY,
                temperature: 1.0,
                left_out: LeftOut::default(),
            })
        });
        episodes.collect()
    };
    methods.iter().map(of_method).collect()
}

/// Mean and interval over episodes, in per cent.
fn accuracy(episodes: &[ComparedEpisode]) -> String {
    let shares: Vec<f64> = episodes
        .iter()
        .map(|episode| {
            let right = episode.queries.iter().filter(|query| {
                let scores = query.similarities.iter().enumerate();
                let best = scores.max_by(|(_, a), (_, b)| a.total_cmp(b));
                best.map(|(class, _)| class) == query.own
            });
            100.0 * right.count() as f64 / episode.queries.len() as f64
        })
        .collect();
    let estimate = estimate(&shares);
    format!("{:.1} ± {:.1}", estimate.mean, estimate.interval)
}
