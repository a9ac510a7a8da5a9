//! From a path to the classes that episodes can be drawn from, and an account of the rest.
//!
//! It counts before it embeds: a set without enough pictures is refused at once, and pictures of
//! classes that cannot take part are only read, to say which of them are none.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};
use kshot::embedder::projection::Projection;
use kshot::episode::Shape;

use crate::embed::{CpuEmbedder, EmbeddedClass};
use crate::features::{FeatureFile, is_features};
use crate::pictures::{Classes, PictureSet, Unreadable, try_each};
use crate::report::{list_too_few, list_unreadable};
use crate::split::SplitChoice;

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
    /// As [`PictureSet::open`], [`FeatureFile::open`] and [`SplitChoice::others`], and where fewer classes are
    /// usable than the way of an episode.
    pub fn prepare(
        path: &Path,
        choice: &SplitChoice,
        shape: Shape,
        embedder: &CpuEmbedder,
    ) -> Result<Self> {
        check(shape)?;
        if is_features(path) {
            return Self::of_features(path, choice, shape);
        }
        let mut set = PictureSet::open(path)?;
        let other_split = set.keep_split(choice)?;
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
    fn of_features(path: &Path, choice: &SplitChoice, shape: Shape) -> Result<Self> {
        let mut file = FeatureFile::open(path)?;
        let other_split = file.keep_split(choice)?;
        let projection = Projection::shipped()?;
        let mut usable = UsableSet {
            path: path.to_owned(),
            classes: Vec::new(),
            too_few: Vec::new(),
            other_split,
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
