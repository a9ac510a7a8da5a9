//! `evaluate`: how well the shipped embedder and head do on labelled pictures.

use std::fmt::Write;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use kshot::decision;
use kshot::episode::{Episode, Sampler, Shape};
use kshot::method::Metric;
use kshot::method::comparison::Comparison;
use kshot::method::sequence::MAX_CLASSES;
use kshot::method::trained::{Heads, Trained};
use rayon::prelude::*;

use crate::embed::{CpuEmbedder, EmbeddedClass};
use crate::progress::Progress;
use crate::reliability;
use crate::report::{count, list_too_few, list_unreadable, percent, table};
use crate::score::{ComparedEpisode, Head, Outcome, compare, compare_trained, judge, name_of};
use crate::split::SplitChoice;
use crate::statistics::{CALIBRATION_BINS, Calibration, Estimate, estimate};
use crate::usable::{self, UsableSet};

/// The methods with weights of their own, as the page fetches them.
const HEADS: &[u8] = include_bytes!("../../weights/camera.safetensors");

/// Arguments of `evaluate`.
#[derive(clap::Args, Debug, Clone)]
#[command(after_help = "\
PATH is a folder of class folders (the folder's name is the class) or an image pack: X.csv with the
columns class, offset, length, and X.bin with the pictures one after another. A relative path is
looked for here and then under the folder that the environment variable KSHOT_DATA names.
X.features, which the command features writes of either, saves embedding the pictures again; one that
was made with other weights is refused.

Pictures: JPEG, PNG, WebP, GIF, BMP, TIFF and a few more; EXIF orientation and colour profiles are applied.

Examples:
  cargo run --release -p training -- evaluate photos --shot 1,5
  KSHOT_DATA=data cargo run --release -p training -- evaluate objects/caltech99_128px")]
pub struct Arguments {
    /// A folder of class folders, an image pack with or without its extension, or a file of features
    pub path: PathBuf,
    /// Classes of an episode
    #[arg(long, default_value_t = 5)]
    pub way: usize,
    /// Support pictures a class; several numbers with commas are measured one after another
    #[arg(long, default_value = "1", value_delimiter = ',')]
    pub shot: Vec<usize>,
    /// Queries a class
    #[arg(long, default_value_t = 15)]
    pub queries: usize,
    /// Episodes for each number of shots
    #[arg(long, default_value_t = 600)]
    pub episodes: usize,
    /// The same seed gives the same episodes, and so the same figures
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How a query is compared with a prototype [default: all]
    #[arg(long, value_enum, value_delimiter = ',')]
    pub metric: Vec<MetricName>,
    /// Measure every method of the page: the Siamese and the matching head too, and those with
    /// weights of their own
    #[arg(long)]
    pub all_methods: bool,
    /// Draw accuracy by the number of shots, and how reliable the probabilities of the first head
    /// are for each number of shots, to this SVG file
    #[arg(long, value_name = "SVG")]
    pub plot: Option<PathBuf>,
    /// Which classes take part
    #[command(flatten)]
    pub split: SplitChoice,
}

/// A metric on the command line.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricName {
    /// Squared Euclidean distance
    Euclidean,
    /// Cosine similarity
    Cosine,
}

impl From<MetricName> for Metric {
    fn from(name: MetricName) -> Self {
        match name {
            MetricName::Euclidean => Metric::Euclidean,
            MetricName::Cosine => Metric::Cosine,
        }
    }
}

/// Embeds the pictures, runs the episodes, and returns the report as text.
///
/// # Errors
/// For wrong arguments, for a path with no or too few pictures, and for a damaged pack.
pub fn evaluate(arguments: &Arguments) -> Result<String> {
    let started = Instant::now();
    let shapes = check(arguments)?;
    let largest = largest(&shapes)?;
    let embedder = CpuEmbedder::new()?;
    let heads = (arguments.all_methods)
        .then(|| Heads::shipped(HEADS).context("cannot read the methods with weights of their own"))
        .transpose()?;
    let methods = methods(arguments, heads.as_ref());
    let set = UsableSet::prepare(&arguments.path, &arguments.split, largest, &embedder)?;

    let mut diagrams = Vec::new();
    let progress = Progress::new(
        "answering",
        "episodes",
        arguments.episodes * methods.len() * shapes.len(),
    );
    let names = methods.iter().map(Method::title);
    let mut lines: Vec<reliability::Line> = names.map(|name| (name, Vec::new())).collect();
    let mut rows = vec![header()];
    for &shape in &shapes {
        let sampler = Sampler::new(set.counts(), shape, arguments.seed)?;
        for (method, (_, points)) in methods.iter().zip(&mut lines) {
            let outcomes: Vec<Outcome> = (0..arguments.episodes as u64)
                .into_par_iter()
                .map(|number| {
                    let compared = method.compare(&set.classes, &sampler.draw(number))?;
                    progress.advance();
                    Ok(judge(&compared, compared.temperature))
                })
                .collect::<Result<_>>()?;
            if diagrams.last().is_none_or(|(shot, _)| *shot != shape.shot) {
                let mut calibration = Calibration::default();
                (outcomes.iter()).for_each(|outcome| calibration.merge(&outcome.calibration));
                diagrams.push((shape.shot, calibration));
            }
            points.push((shape.shot, accuracy(&outcomes)));
            rows.push(row(shape.shot, method, &outcomes));
        }
    }

    drop(progress);
    if let Some(path) = &arguments.plot {
        let diagrams: Vec<_> = diagrams
            .into_iter()
            .map(|(shot, calibration)| (count(shot, "shot", "shots"), calibration))
            .collect();
        let title = format!("{}, {} way", set.path.display(), arguments.way);
        std::fs::write(path, reliability::draw(&title, &lines, &diagrams))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }

    let mut text = format!(
        "{}: {} way, {} a class, {}, seed {}\n\n",
        set.path.display(),
        arguments.way,
        count(arguments.queries, "query", "queries"),
        count(arguments.episodes, "episode", "episodes"),
        arguments.seed
    );
    text.push_str(&table(2, &rows));
    text.push_str(&explain(arguments.way * arguments.queries));
    text.push_str(&list_too_few(&set.too_few, largest.pictures()));
    if set.other_split > 0 {
        let _ = writeln!(
            text,
            "{} of another split",
            count(set.other_split, "class is", "classes are")
        );
    }
    text.push_str(&list_unreadable(&set.unreadable));
    let _ = writeln!(
        text,
        "{}, {}; {:.1} s, of which {:.1} s embedding; {}",
        count(set.pictures(), "picture", "pictures"),
        count(set.classes.len(), "class", "classes"),
        started.elapsed().as_secs_f64(),
        set.elapsed.as_secs_f64(),
        embedder.describe()
    );
    Ok(text)
}

fn check(arguments: &Arguments) -> Result<Vec<Shape>> {
    ensure!(
        arguments.episodes >= 2,
        "--episodes must be at least 2, not {}: fewer have no interval",
        arguments.episodes
    );
    ensure!(
        !arguments.all_methods || arguments.way <= MAX_CLASSES,
        "--way must be at most {MAX_CLASSES} with --all-methods, not {}: {} takes no more classes",
        arguments.way,
        name_of(Trained::Snail.into())
    );
    let shape = |&shot: &usize| Shape {
        way: arguments.way,
        shot,
        queries: arguments.queries,
    };
    let shapes: Vec<Shape> = arguments.shot.iter().map(shape).collect();
    shapes.iter().copied().try_for_each(usable::check)?;
    Ok(shapes)
}

/// The shape that needs the most pictures: every number of shots is measured on the same classes.
fn largest(shapes: &[Shape]) -> Result<Shape> {
    shapes
        .iter()
        .copied()
        .max_by_key(|shape| shape.shot)
        .context("--shot needs a number")
}

/// A row of the table for each number of shots.
enum Method<'a> {
    Comparison(Head),
    Trained(&'a Heads, Trained),
}

impl Method<'_> {
    fn compare(&self, classes: &[EmbeddedClass], episode: &Episode) -> Result<ComparedEpisode> {
        match self {
            Method::Comparison(head) => compare(classes, episode, *head),
            Method::Trained(heads, name) => compare_trained(classes, episode, heads, *name),
        }
    }

    /// Its name, and that of its metric.
    fn names(&self) -> [&'static str; 2] {
        match self {
            Method::Comparison(head) => [head.method(), head.metric()],
            Method::Trained(_, name) => [name_of((*name).into()), "-"],
        }
    }

    /// What it is called under the plot.
    fn title(&self) -> String {
        match self.names() {
            [method, "-"] => method.to_owned(),
            [method, metric] => format!("{method}, {metric}"),
        }
    }
}

fn methods<'a>(arguments: &Arguments, heads: Option<&'a Heads>) -> Vec<Method<'a>> {
    let metrics: Vec<Metric> = arguments.metric.iter().copied().map(Metric::from).collect();
    let comparisons: &[Head] = if heads.is_some() {
        &Head::ALL
    } else {
        &Head::USUAL
    };
    let comparisons = comparisons.iter().filter(|head| {
        let prototypical = head.method == Comparison::Prototypical;
        metrics.is_empty() || !prototypical || metrics.contains(&head.metric)
    });
    let trained = |heads| (Trained::ALL.into_iter()).map(move |name| Method::Trained(heads, name));
    (comparisons.map(|head| Method::Comparison(*head)))
        .chain(heads.into_iter().flat_map(trained))
        .collect()
}

fn header() -> Vec<String> {
    [
        "head",
        "metric",
        "shot",
        "accuracy %",
        "calibration error %",
        "threshold",
        "refused %",
        "misnamed %",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn accuracy(outcomes: &[Outcome]) -> Estimate {
    let accuracies: Vec<f64> = outcomes.iter().map(|outcome| outcome.accuracy).collect();
    estimate(&accuracies)
}

fn row(shot: usize, method: &Method<'_>, outcomes: &[Outcome]) -> Vec<String> {
    let [method, metric] = method.names();
    let accuracy = accuracy(outcomes);
    let mut calibration = Calibration::default();
    outcomes
        .iter()
        .for_each(|outcome| calibration.merge(&outcome.calibration));
    let total = |part: fn(&Outcome) -> usize| outcomes.iter().map(part).sum::<usize>();
    let thresholds: f32 = outcomes.iter().map(|outcome| outcome.threshold).sum();
    vec![
        method.to_owned(),
        metric.to_owned(),
        shot.to_string(),
        format!(
            "{:.2} ± {:.2}",
            100.0 * accuracy.mean,
            100.0 * accuracy.interval
        ),
        format!("{:.1}", 100.0 * calibration.error()),
        format!("{:.2}", thresholds / outcomes.len() as f32),
        percent(
            total(|outcome| outcome.refused),
            total(|outcome| outcome.known),
        ),
        percent(
            total(|outcome| outcome.named),
            total(|outcome| outcome.unknown),
        ),
    ]
}

fn explain(unknown: usize) -> String {
    format!(
        "
accuracy: share of queries whose own class is the most probable, threshold aside; mean over the episodes
  ± 1.96 · standard deviation / √episodes, the 95 % interval of the mean.
calibration error: expected calibration error in {CALIBRATION_BINS} bins at the temperature that kshot
  uses for the method, the metric and the number of shots.
threshold: similarity under which the answer is \"none of these\", mean over the episodes; by leave-one-out
  from the support set, or the shipped {} where a class has one shot.
refused: known queries answered with \"none of these\".
misnamed: queries of classes outside the episode ({unknown} an episode) that got a name all the same;
  a dash where every class takes part.
A method with weights of its own names the class; whether it is one of these is ridge regression's to say.

",
        decision::SINGLE_SHOT_THRESHOLD,
    )
}
