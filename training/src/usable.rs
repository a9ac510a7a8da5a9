//! From a path to the classes that episodes can be drawn from, and an account of the rest.
//!
//! It counts before it embeds: a set without enough pictures is refused at once, and pictures of
//! classes that cannot take part are only read, to say which of them are none.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};
use kshot::embedder::projection::Projection;
use kshot::episode::Shape;

use crate::embed::{CpuEmbedder, EmbeddedClass};
use crate::features::FeatureFile;
use crate::pictures::{Classes, PictureSet, Unreadable, try_each};
use crate::report::{list_too_few, list_unreadable};

/// Which classes of a picture set take part.
#[derive(clap::Args, Debug, Clone, Default)]
pub struct SplitChoice {
    /// CSV table with the columns wnid (the class) and suggested_split; needs --split
    #[arg(long, requires = "split", value_name = "CSV")]
    pub split_table: Option<PathBuf>,
    /// Leave out classes that the split table puts in another split than this
    #[arg(long, requires = "split_table")]
    pub split: Option<String>,
}

/// Extension of the files that `features` writes.
pub const FEATURES: &str = "features";

/// Embedded classes, each with enough pictures.
pub struct UsableSet {
    /// Where it was found.
    pub path: PathBuf,
    /// In the order of the names.
    pub classes: Vec<EmbeddedClass>,
    /// Classes with too few usable pictures, and how many each has.
    pub too_few: Vec<(String, usize)>,
    /// Classes that are of another split.
    pub other_split: usize,
    /// What could not be read or embedded.
    pub unreadable: Vec<Unreadable>,
    /// Time spent on embedding.
    pub elapsed: Duration,
}

/// [`Shape::check`], in the words of the command line.
///
/// # Errors
/// As [`Shape::check`].
pub fn check(shape: Shape) -> Result<()> {
    shape.check().map_err(|error| anyhow!("--{error}"))
}

impl UsableSet {
    /// Opens, embeds and sorts out.
    ///
    /// # Errors
    /// As [`PictureSet::open`] and [`PictureSet::keep_split`], and where fewer classes are
    /// usable than the way of an episode.
    pub fn prepare(
        path: &std::path::Path,
        choice: &SplitChoice,
        shape: Shape,
        embedder: &CpuEmbedder,
    ) -> Result<Self> {
        check(shape)?;
        if path
            .extension()
            .is_some_and(|extension| extension == FEATURES)
        {
            return Self::of_features(path, shape);
        }
        let mut set = PictureSet::open(path)?;
        let mut other_split = 0;
        if let (Some(table), Some(split)) = (&choice.split_table, &choice.split) {
            other_split = set.keep_split(table, split)?;
        }
        let needed = shape.pictures();
        let (enough, small): (Classes, Classes) = std::mem::take(&mut set.classes)
            .into_iter()
            .partition(|(_, pictures)| pictures.len() >= needed);
        let read = try_each(&small, "reading", |_, picture| set.read(picture).map(drop));
        let mut usable = UsableSet {
            path: set.path.clone(),
            classes: Vec::new(),
            too_few: (read.classes.into_iter())
                .map(|(name, pictures)| (name, pictures.len()))
                .collect(),
            other_split,
            unreadable: [set.unreadable.as_slice(), &read.unreadable].concat(),
            elapsed: Duration::ZERO,
        };
        usable.require(enough.len(), shape)?;

        let started = Instant::now();
        let embedded = try_each(&enough, "embedding", |_, picture| {
            embedder.embed(&set, picture)
        });
        usable.elapsed = started.elapsed();
        usable.unreadable.extend(embedded.unreadable);
        for (name, embeddings) in embedded.classes {
            usable.add(name, embeddings, needed);
        }
        usable.too_few.sort();
        usable.require(usable.classes.len(), shape)?;
        Ok(usable)
    }

    /// From a file that `features` wrote: no picture is embedded again.
    fn of_features(path: &std::path::Path, shape: Shape) -> Result<Self> {
        let file = FeatureFile::open(path)?;
        let projection = Projection::shipped()?;
        let mut usable = UsableSet {
            path: path.to_owned(),
            classes: Vec::new(),
            too_few: Vec::new(),
            other_split: 0,
            unreadable: Vec::new(),
            elapsed: Duration::ZERO,
        };
        for (class, name) in file.classes.iter().enumerate() {
            let rows = file.rows.iter().filter(|row| row.class == class);
            let embeddings: Vec<Vec<f32>> = rows
                .map(|row| Ok(projection.embed(&row.corners())?))
                .collect::<Result<_>>()?;
            usable.add(name.clone(), embeddings, shape.pictures());
        }
        usable.require(usable.classes.len(), shape)?;
        Ok(usable)
    }

    fn add(&mut self, name: String, embeddings: Vec<Vec<f32>>, needed: usize) {
        if embeddings.len() < needed {
            self.too_few.push((name, embeddings.len()));
        } else {
            self.classes.push(EmbeddedClass { name, embeddings });
        }
    }

    /// Pictures of each class.
    pub fn counts(&self) -> Vec<usize> {
        self.classes
            .iter()
            .map(|class| class.embeddings.len())
            .collect()
    }

    /// Pictures of all classes.
    pub fn pictures(&self) -> usize {
        self.counts().iter().sum()
    }

    fn require(&self, classes: usize, shape: Shape) -> Result<()> {
        if classes >= shape.way {
            return Ok(());
        }
        let Shape { way, shot, queries } = shape;
        let needed = shape.pictures();
        let have = if self.too_few.is_empty() {
            format!("{classes} classes, --way {way} needs at least as many")
        } else {
            format!(
                "{classes} classes with at least {needed} usable pictures ({shot} shots + {queries} \
                 queries), --way {way} needs {way}"
            )
        };
        bail!(
            "{} has {have}\n{}{}",
            self.path.display(),
            list_too_few(&self.too_few, needed),
            list_unreadable(&self.unreadable)
        )
    }
}
