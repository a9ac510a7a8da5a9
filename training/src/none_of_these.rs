//! `none-of-these`: does what kshot says of a query hold where the query may be of no class?
//!
//! Half of the queries of an episode are of its classes, half of other classes of the same set, or
//! of the other sets.
//! Everything is the decision that ships: its temperature, its threshold, found from the support
//! set of the episode alone.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use kshot::episode::{Sampler, Shape};
use rand::rngs::ChaCha12Rng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;

use crate::embed::{CpuEmbedder, EmbeddedClass};
use crate::progress::Progress;
use crate::report::{count, list_unreadable};
use crate::score::{Head, Outcome, compare, judge};
use crate::split::SplitChoice;
use crate::statistics::{Calibration, estimate};
use crate::usable::{self, UsableSet};

/// Arguments of `none-of-these`.
#[derive(clap::Args, Debug, Clone)]
pub struct Arguments {
    /// Picture sets, as for evaluate, or files written by features
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Classes of an episode
    #[arg(long, default_value = "2,5,10,20", value_delimiter = ',')]
    pub way: Vec<usize>,
    /// Support pictures a class
    #[arg(long, default_value = "1,2,5,10", value_delimiter = ',')]
    pub shot: Vec<usize>,
    /// Queries a class, and as many of other classes
    #[arg(long, default_value_t = 5)]
    pub queries: usize,
    /// Unknown queries are of the other sets, not of other classes of the same one
    #[arg(long)]
    pub of_other_sets: bool,
    /// Episodes of each set, way and shot
    #[arg(long, default_value_t = 1000)]
    pub episodes: usize,
    /// The same seed gives the same figures
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Which classes take part
    #[command(flatten)]
    pub split: SplitChoice,
}

/// What came of the episodes of one way and shot, over all sets.
struct Cell {
    shape: Shape,
    outcomes: Vec<Vec<Outcome>>, // a set each
}

/// Runs every episode and returns a Markdown table.
///
/// # Errors
/// For wrong arguments, and where a set cannot be read or has too few pictures for any row.
pub fn none_of_these(arguments: &Arguments) -> Result<String> {
    ensure!(
        arguments.episodes >= 2,
        "--episodes must be at least 2: fewer have no interval"
    );
    ensure!(
        arguments.paths.len() > 1 || !arguments.of_other_sets,
        "--of-other-sets needs two sets or more"
    );
    let mut cells: Vec<Cell> = (arguments.way.iter())
        .flat_map(|&way| arguments.shot.iter().map(move |&shot| (way, shot)))
        .map(|(way, shot)| Cell {
            shape: Shape {
                way,
                shot,
                queries: arguments.queries,
            },
            outcomes: Vec::new(),
        })
        .collect();
    cells
        .iter()
        .try_for_each(|cell| usable::check(cell.shape))?;
    let least = (cells.iter().map(|cell| cell.shape)).min_by_key(|shape| shape.pictures());
    let least = Shape {
        way: cells.iter().map(|cell| cell.shape.way).min().unwrap_or(2),
        ..least.unwrap_or(Shape {
            way: 2,
            shot: 1,
            queries: arguments.queries,
        })
    };
    let embedder = CpuEmbedder::new()?;
    let mut text = format!(
        "{} of each set, way and shot, {} a class and as many of other {}, seed {}. In %, with the\n\
         95 % interval of the mean where it is one.\n\n\
         | Set | Way | Shots | Accuracy | AUROC | Known refused | Unknown named | Calibration error |\n\
         |---|---|---|---|---|---|---|---|\n",
        count(arguments.episodes, "episode", "episodes"),
        count(arguments.queries, "query", "queries"),
        if arguments.of_other_sets {
            "sets"
        } else {
            "classes"
        },
        arguments.seed,
    );
    let mut notes = String::new();
    let sets = (arguments.paths.iter())
        .map(|path| UsableSet::prepare(path, &arguments.split, least, &embedder))
        .collect::<Result<Vec<_>>>()?;
    for (place, (path, set)) in arguments.paths.iter().zip(&sets).enumerate() {
        let others = sets.iter().enumerate().filter(|(other, _)| *other != place);
        let strangers: Vec<EmbeddedClass> = (others.filter(|_| arguments.of_other_sets))
            .flat_map(|(_, other)| other.classes.iter().cloned())
            .collect();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let mut rows = 0;
        for cell in &mut cells {
            let Some(outcomes) = measure(set, &strangers, cell.shape, arguments)? else {
                let Shape { way, shot, .. } = cell.shape;
                let _ = writeln!(
                    notes,
                    "{name}: {way} way {shot} shot left out, it needs {} classes with {} pictures",
                    way + 1,
                    cell.shape.pictures()
                );
                continue;
            };
            rows += 1;
            let _ = writeln!(text, "{}", row(&name, cell.shape, &[&outcomes]));
            cell.outcomes.push(outcomes);
        }
        ensure!(
            rows > 0,
            "{} has too few pictures for any row\n{notes}",
            path.display()
        );
        notes.push_str(&list_unreadable(&set.unreadable));
    }
    if arguments.paths.len() > 1 {
        for cell in cells.iter().filter(|cell| !cell.outcomes.is_empty()) {
            let sets: Vec<&[Outcome]> = cell.outcomes.iter().map(Vec::as_slice).collect();
            let _ = writeln!(text, "{}", row("all", cell.shape, &sets));
        }
    }
    let _ = write!(text, "{EXPLANATION}{notes}");
    Ok(text)
}

const EXPLANATION: &str = "
accuracy: known queries whose own class is the most probable, threshold aside.
AUROC: how often a known query has a higher best similarity than an unknown one of its episode.
calibration error: of what is stated of known queries, in 15 bins over all episodes.
all: every set of that row counts the same.
";

/// The outcomes of every episode; `None` where the set has too few classes with enough pictures.
/// Unknown queries are of the strangers where there are any.
fn measure(
    set: &UsableSet,
    strangers: &[EmbeddedClass],
    shape: Shape,
    arguments: &Arguments,
) -> Result<Option<Vec<Outcome>>> {
    let mut classes: Vec<EmbeddedClass> = (set.classes.iter())
        .filter(|class| class.embeddings.len() >= shape.pictures())
        .cloned()
        .collect();
    if classes.len() <= shape.way {
        return Ok(None);
    }
    let known = classes.len();
    let counts = classes.iter().map(|class| class.embeddings.len()).collect();
    let sampler = Sampler::new(counts, shape, arguments.seed)?;
    classes.extend_from_slice(strangers);
    let progress = Progress::new("answering", "episodes", arguments.episodes);
    (0..arguments.episodes as u64)
        .into_par_iter()
        .map(|number| {
            let mut episode = sampler.draw(number);
            if !strangers.is_empty() {
                let mut random = ChaCha12Rng::seed_from_u64(arguments.seed);
                random.set_stream(number);
                for (class, picture) in &mut episode.unknown {
                    *class = random.random_range(known..classes.len());
                    let pictures = classes
                        .get(*class)
                        .map_or(0, |class| class.embeddings.len());
                    *picture = random.random_range(0..pictures.max(1));
                }
            }
            let compared = compare(&classes, &episode, Head::RIDGE)?;
            progress.advance();
            Ok(judge(&compared, compared.temperature))
        })
        .collect::<Result<_>>()
        .map(Some)
}

/// A row of the table, of one set or of several that have as many episodes each.
fn row(name: &str, shape: Shape, sets: &[&[Outcome]]) -> String {
    let all = || sets.iter().copied().flatten();
    let mean = |of: &dyn Fn(&Outcome) -> f64| {
        let values: Vec<f64> = all().map(of).collect();
        let found = estimate(&values);
        format!("{:.1} ± {:.1}", 100.0 * found.mean, 100.0 * found.interval)
    };
    let share = |part: usize, whole: usize| part as f64 / whole as f64;
    let mut calibration = Calibration::default();
    all().for_each(|outcome| calibration.merge(&outcome.calibration));
    format!(
        "| {name} | {} | {} | {} | {} | {} | {} | {:.1} |",
        shape.way,
        shape.shot,
        mean(&|outcome| outcome.accuracy),
        mean(&|outcome| outcome.separation.unwrap_or(f64::NAN)),
        mean(&|outcome| share(outcome.refused, outcome.known)),
        mean(&|outcome| share(outcome.named, outcome.unknown)),
        100.0 * calibration.error()
    )
}
