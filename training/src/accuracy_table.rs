//! `accuracy-table`: the camera's method beside what it is to beat, on the same episodes.
//!
//! - plain features: the mean of the network's last map, the nearest mean by the cosine
//! - dense head: the same features under a small network that is trained on the shots, what the
//!   popular tools do ([`dense`](crate::dense)); fewer episodes, since each is a training
//! - kshot: the shipped embedding and ridge regression

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use kshot::embedder::normalise;
use kshot::embedder::projection::Projection;
use kshot::episode::{Episode, Sampler, Shape};
use kshot::method::Metric;
use kshot::method::comparison::Comparison;
use rayon::prelude::*;

use crate::dense::Dense;
use crate::embed::EmbeddedClass;
use crate::features::FeatureFile;
use crate::report::{count, list_unreadable};
use crate::score::{Head, compare, judge};
use crate::split::SplitChoice;
use crate::statistics::estimate;
use crate::usable;

/// Arguments of `accuracy-table`.
#[derive(clap::Args, Debug, Clone)]
pub struct Arguments {
    /// Picture sets, as for evaluate, or files written by features
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Classes of an episode
    #[arg(long, default_value = "5,10,20", value_delimiter = ',')]
    pub way: Vec<usize>,
    /// Support pictures a class
    #[arg(long, default_value = "1,2,5,10", value_delimiter = ',')]
    pub shot: Vec<usize>,
    /// Queries a class
    #[arg(long, default_value_t = 5)]
    pub queries: usize,
    /// Episodes of each set, way and shot
    #[arg(long, default_value_t = 1000)]
    pub episodes: usize,
    /// Episodes for which the dense head is trained; 0 leaves it out
    #[arg(long, default_value_t = 100)]
    pub dense_episodes: usize,
    /// The same seed gives the same figures
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Which classes take part
    #[command(flatten)]
    pub split: SplitChoice,
}

/// The classes of a set, as the plain features and as the shipped embedding.
struct Both {
    plain: Vec<EmbeddedClass>,
    raw: Vec<EmbeddedClass>,
    shipped: Vec<EmbeddedClass>,
}

/// Runs every episode and returns a Markdown table.
///
/// # Errors
/// For wrong arguments and where a set cannot be read or has too few pictures for any shape.
pub fn accuracy_table(arguments: &Arguments) -> Result<String> {
    ensure!(arguments.episodes >= 2, "--episodes must be at least 2");
    let dense = match arguments.dense_episodes {
        1 => anyhow::bail!("--dense-episodes must be 0 or at least 2"),
        episodes => episodes.min(arguments.episodes),
    };
    let shapes: Vec<Shape> = (arguments.way.iter())
        .flat_map(|&way| arguments.shot.iter().map(move |&shot| (way, shot)))
        .map(|(way, shot)| Shape {
            way,
            shot,
            queries: arguments.queries,
        })
        .collect();
    shapes.iter().copied().try_for_each(usable::check)?;
    let mut text = format!(
        "{}, {} a class, seed {}; dense head: {}. Accuracy in %, mean ± 95 % interval.\n\n\
         | Set | Way | Shots | Plain features, nearest mean | Plain features, dense head | kshot |\n\
         |---|---|---|---|---|---|\n",
        count(arguments.episodes, "episode", "episodes"),
        count(arguments.queries, "query", "queries"),
        arguments.seed,
        count(dense, "episode", "episodes"),
    );
    let mut notes = String::new();
    for path in &arguments.paths {
        let (file, unreadable) = FeatureFile::of(path, &arguments.split)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let mut rows = 0;
        for &shape in &shapes {
            let both = Both::of(&file, shape.pictures())?;
            if both.plain.len() < shape.way {
                let _ = writeln!(
                    notes,
                    "{name}: {} way {} shot left out, {} with the {} pictures it needs",
                    shape.way,
                    shape.shot,
                    count(both.plain.len(), "class", "classes"),
                    shape.pictures()
                );
                continue;
            }
            rows += 1;
            let _ = writeln!(
                text,
                "| {name} | {} | {} | {} |",
                shape.way,
                shape.shot,
                both.measure(shape, arguments, dense)?.join(" | ")
            );
        }
        ensure!(
            rows > 0,
            "{} has too few pictures for any row\n{notes}",
            path.display()
        );
        notes.push_str(&list_unreadable(&unreadable));
    }
    if !notes.is_empty() {
        let _ = write!(text, "\n{notes}");
    }
    Ok(text)
}

impl Both {
    fn of(file: &FeatureFile, needed: usize) -> Result<Self> {
        let projection = Projection::shipped()?;
        let mut both = Both {
            plain: Vec::new(),
            raw: Vec::new(),
            shipped: Vec::new(),
        };
        for (class, name) in file.classes.iter().enumerate() {
            let rows: Vec<_> = file.rows.iter().filter(|row| row.class == class).collect();
            if rows.len() < needed {
                continue;
            }
            let mut push = |to: fn(&mut Both) -> &mut Vec<EmbeddedClass>, embeddings| {
                to(&mut both).push(EmbeddedClass {
                    name: name.clone(),
                    embeddings,
                });
            };
            let plain: Option<Vec<&[f32]>> = rows.iter().map(|row| row.plain.as_deref()).collect();
            let plain = plain.context("a file of features was written without --plain")?;
            let normalised = plain.iter().map(|plain| normalise(plain.to_vec()));
            push(
                |both| &mut both.plain,
                normalised.collect::<Result<_, _>>()?,
            );
            let raw = plain.iter().map(|plain| [plain, &[1.0][..]].concat());
            push(|both| &mut both.raw, raw.collect());
            let shipped = rows.iter().map(|row| projection.embed(&row.corners()));
            push(|both| &mut both.shipped, shipped.collect::<Result<_, _>>()?);
        }
        Ok(both)
    }

    fn measure(&self, shape: Shape, arguments: &Arguments, dense: usize) -> Result<[String; 3]> {
        let counts = self
            .plain
            .iter()
            .map(|class| class.embeddings.len())
            .collect();
        let sampler = Sampler::new(counts, shape, arguments.seed)?;
        let over = |episodes: usize, one: &(dyn Fn(u64, &Episode) -> Result<f64> + Sync)| {
            if episodes == 0 {
                return Ok("-".to_owned());
            }
            let accuracies: Vec<f64> = (0..episodes as u64)
                .into_par_iter()
                .map(|number| one(number, &sampler.draw(number)))
                .collect::<Result<_>>()?;
            let accuracy = estimate(&accuracies);
            anyhow::Ok(format!(
                "{:.1} ± {:.1}",
                100.0 * accuracy.mean,
                100.0 * accuracy.interval
            ))
        };
        let head = |classes: &[EmbeddedClass], head: Head, episode: &Episode| {
            let compared = compare(classes, episode, head)?;
            Ok(judge(&compared, compared.temperature).accuracy)
        };
        let nearest = Head {
            method: Comparison::Prototypical,
            metric: Metric::Cosine,
        };
        Ok([
            over(arguments.episodes, &|_, episode| {
                head(&self.plain, nearest, episode)
            })?,
            over(dense, &|number, episode| train(&self.raw, episode, number))?,
            over(arguments.episodes, &|_, episode| {
                head(&self.shipped, Head::RIDGE, episode)
            })?,
        ])
    }
}

/// The accuracy of a dense head on one episode.
fn train(classes: &[EmbeddedClass], episode: &Episode, seed: u64) -> Result<f64> {
    let features = |class: usize, picture: usize| {
        let class = classes.get(class);
        let features = class.and_then(|class| class.embeddings.get(picture));
        features
            .map(Vec::as_slice)
            .context("there is no such picture")
    };
    let mut shots = Vec::new();
    let mut queries = Vec::new();
    for (own, drawn) in episode.classes.iter().enumerate() {
        for &picture in &drawn.support {
            shots.push((own, features(drawn.class, picture)?));
        }
        for &picture in &drawn.queries {
            queries.push((own, features(drawn.class, picture)?));
        }
    }
    let dense = Dense::train(&shots, episode.classes.len(), seed);
    let right = queries.iter().filter(|(own, query)| {
        let scores = dense.scores(query).into_iter().enumerate();
        scores
            .max_by(|(_, a), (_, b)| a.total_cmp(b))
            .map(|(class, _)| class)
            == Some(*own)
    });
    Ok(right.count() as f64 / queries.len() as f64)
}
