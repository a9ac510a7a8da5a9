//! `camera-table`: every method that the camera offers on the same episodes, those with weights of
//! their own too; and the temperature that each of these wants.
//!
//! Shots stand class by class, as the camera's support set gives them.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use burn::tensor::{Device, Tensor, TensorData};
use kshot::episode::{Sampler, Shape};
use kshot::method::choice::Choice;
use kshot::method::imaginary::Imaginary;
use kshot::method::mann::Mann;
use kshot::method::matching::Matching;
use kshot::method::relation::Relation;
use kshot::method::snail::Snail;
use kshot::method::trained::{REDUCTION, Reduction, Trained};
use kshot::method::{Metric, Sizes, Support, tensors};
use kshot::weights::Weights;

use crate::camera::embeddings;
use crate::conv4::tensor_values;
use crate::heads::{Episodes, Head};
use crate::measure::EmbeddedClass;
use crate::report::count;
use crate::score::{Compared, ComparedEpisode};
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

/// Scores of every class for every query of an episode, `[queries][classes]`.
type Scores = Box<dyn Fn(&Support<'_>, &[&[f32]]) -> Result<Vec<Vec<f32>>>>;

/// A trained head on whole episodes at once.
fn head<H: Head + 'static>(weights: &Weights<'_>, name: Trained) -> Result<Scores> {
    let device = Device::flex();
    let reduction = weights.load(REDUCTION, Reduction::new(&device))?;
    let head = weights.load(name.tensors(), H::start(Sizes::CAMERA, &device))?;
    Ok(Box::new(move |support, queries| {
        let dimensions = Sizes::CAMERA.dimensions;
        let shots: Vec<&[f32]> = support.shots.iter().map(|(_, shot)| *shot).collect();
        let reduced = reduction.reduce(&shots)?;
        let reduced = Support {
            shots: (support.shots.iter().zip(&reduced))
                .map(|((class, _), shot)| (*class, shot.as_slice()))
                .collect(),
            classes: support.classes,
        };
        let device = Device::flex();
        let (shots, labels) = tensors::from_support(&reduced, dimensions, &device)?;
        let asked = reduction.reduce(queries)?.concat();
        let asked = TensorData::new(asked, [1, queries.len(), dimensions]);
        let scores = head.scores(&Episodes {
            shots,
            labels,
            queries: Tensor::from_data(asked, &device),
            own: Vec::new(),
        });
        let scores = tensor_values(scores)?; // [1, q, c]
        Ok(scores
            .chunks(support.classes)
            .map(<[f32]>::to_vec)
            .collect())
    }))
}

/// How a method answers.
fn scores(choice: Choice, weights: &Weights<'_>) -> Result<Scores> {
    match choice {
        Choice::Comparison(comparison) => Ok(Box::new(move |support, queries| {
            let fitted = comparison.fit(Metric::Euclidean, 0.1, support)?;
            (queries.iter())
                .map(|query| Ok(fitted.read(query)?.scores))
                .collect()
        })),
        Choice::Trained(name) => match name {
            Trained::MatchingContext => head::<Matching>(weights, name),
            Trained::Relation => head::<Relation>(weights, name),
            Trained::Imaginary => head::<Imaginary>(weights, name),
            Trained::Mann => head::<Mann>(weights, name),
            Trained::Snail => head::<Snail>(weights, name),
        },
    }
}

/// Runs every episode and returns a Markdown table.
///
/// # Errors
/// Where a file cannot be read, and where a set has too few pictures for any shape.
pub fn camera_table(arguments: &Arguments) -> Result<String> {
    ensure!(arguments.episodes >= 2, "--episodes must be at least 2");
    let path = arguments.weights.display();
    let bytes = std::fs::read(&arguments.weights).with_context(|| format!("cannot read {path}"))?;
    let weights = Weights::from_bytes(&bytes).with_context(|| format!("cannot read {path}"))?;
    let methods: Vec<(String, Scores)> = Choice::ALL
        .into_iter()
        .filter(|choice| !arguments.temperatures || choice.trained().is_some())
        .map(|choice| {
            let name = serde_json::to_string(&choice)?;
            Ok((name.trim_matches('"').to_owned(), scores(choice, &weights)?))
        })
        .collect::<Result<_>>()?;
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
                    said(&enough, shape, arguments, &methods)?,
                ));
            }
        }
    }
    ensure!(!rows.is_empty(), "there are too few pictures for any row");
    let mut text = String::new();
    if arguments.temperatures {
        for (place, (name, _)) in methods.iter().enumerate() {
            // Each set, way and shot weighs the same: all have about as many queries.
            let all: Vec<ComparedEpisode> = (rows.iter())
                .filter_map(|(_, said)| said.get(place))
                .flatten()
                .cloned()
                .collect();
            let _ = writeln!(text, "{name}: {:.3}", best_temperature(&all));
        }
        return Ok(text);
    }
    let names: Vec<&str> = methods.iter().map(|(name, _)| name.as_str()).collect();
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
    methods: &[(String, Scores)],
) -> Result<Vec<Vec<ComparedEpisode>>> {
    let counts = classes.iter().map(|class| class.len()).collect();
    let sampler = Sampler::new(counts, shape, arguments.seed)?;
    let mut said = vec![Vec::new(); methods.len()];
    for number in 0..arguments.episodes as u64 {
        let episode = sampler.draw(number);
        let picture = |class: usize, picture: &usize| -> Result<&[f32]> {
            let found = classes.get(class).and_then(|class| class.get(*picture));
            Ok(found.context("a picture is missing")?)
        };
        let mut support = Support {
            shots: Vec::new(),
            classes: shape.way,
        };
        let (mut queries, mut own) = (Vec::new(), Vec::new());
        for (place, drawn) in episode.classes.iter().enumerate() {
            for shot in &drawn.support {
                support.shots.push((place, picture(drawn.class, shot)?));
            }
            for query in &drawn.queries {
                queries.push(picture(drawn.class, query)?);
                own.push(place);
            }
        }
        for (said, (_, scores)) in said.iter_mut().zip(methods) {
            let scores = scores(&support, &queries)?;
            let queries = scores.into_iter().zip(&own).map(|(scores, own)| Compared {
                // Twice as much is divided by a temperature: see `decision::probabilities`.
                votes: (scores.iter().enumerate())
                    .map(|(class, score)| (class, score / 2.0))
                    .collect(),
                similarities: scores,
                own: Some(*own),
            });
            said.push(ComparedEpisode {
                queries: queries.collect(),
                threshold: f32::NEG_INFINITY,
                temperature: 1.0,
                left_out: kshot::decision::of_ridge::LeftOut::default(),
            });
        }
    }
    Ok(said)
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
