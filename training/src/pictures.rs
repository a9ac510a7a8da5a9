//! Labelled pictures: where they are.
//!
//! Owns the search for what the user named, and the choice of classes. Listing is left to the
//! modules `folder` and `pack`, the bytes to `decode`. It reads a picture only when asked, so
//! that a large folder never lies in memory whole.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use rayon::prelude::*;

use crate::decode::{Pixels, decode};
use crate::progress::Progress;
use crate::split::SplitChoice;
use crate::{folder, pack};

/// Environment variable with the folder in which relative paths are looked for as well.
const DATA_VARIABLE: &str = "KSHOT_DATA";

/// Where a picture's bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// In a file of its own.
    File(PathBuf),
    /// In the pack: first byte and the one after the last.
    Pack {
        /// First byte.
        start: usize,
        /// The byte after the last.
        end: usize,
    },
}

/// A picture, not read yet.
#[derive(Debug, Clone)]
pub struct Picture {
    /// What to call it in a message: its path, or the line of the pack's table.
    pub name: String,
    /// Where its bytes are.
    pub location: Location,
}

/// Something that was to be a picture and is none, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// As [`Picture::name`]; that of a folder ends with a slash.
    pub name: String,
    /// One clause.
    pub reason: String,
}

/// Class name to pictures. Sorted, so that a seed means the same on every machine.
pub type Classes = BTreeMap<String, Vec<Picture>>;

/// Labelled pictures.
#[derive(Debug, Clone, Default)]
pub struct PictureSet {
    /// Where they come from, as found.
    pub path: PathBuf,
    /// The pictures of each class.
    pub classes: Classes,
    /// What was passed over while listing.
    pub unreadable: Vec<Unreadable>,
    /// The pack's bytes; empty for a folder.
    pub pack: Vec<u8>,
}

impl PictureSet {
    /// Lists the pictures at `path`: a folder of class folders, or an image pack with or
    /// without its extension. A relative path is looked for here and then under `KSHOT_DATA`.
    ///
    /// # Errors
    /// Where there is neither, where the pack is damaged, and where there is no picture.
    pub fn open(path: &Path) -> Result<Self> {
        let mut places = vec![path.to_owned()];
        let data = std::env::var_os(DATA_VARIABLE).map(PathBuf::from);
        if path.is_relative() {
            places.extend(data.iter().map(|data| data.join(path)));
        }
        for place in &places {
            let table = place.with_extension("csv");
            let named = place.with_file_name(pack_file_name(place, "csv"));
            let set = if place.is_dir() {
                folder::list(place)?
            } else if named.is_file() {
                pack::list(&named)?
            } else if is_pack_part(place) && table.is_file() {
                pack::list(&table)?
            } else {
                continue;
            };
            ensure!(
                set.classes.values().any(|pictures| !pictures.is_empty()),
                "{} holds no pictures: expected a folder of class folders, or an image pack",
                place.display()
            );
            return Ok(set);
        }
        let tried: Vec<String> = places
            .iter()
            .map(|place| place.display().to_string())
            .collect();
        let hint = if data.is_none() && path.is_relative() {
            format!(" ({DATA_VARIABLE}, the folder for relative paths, is not set)")
        } else {
            String::new()
        };
        bail!(
            "there is no folder and no image pack at {}{hint}",
            tried.join(" or ")
        )
    }

    /// Number of pictures.
    pub fn len(&self) -> usize {
        self.classes.values().map(Vec::len).sum()
    }

    /// Whether there is no picture.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Keeps so many pictures of a class at most, evenly spaced.
    pub fn keep_evenly(&mut self, most: usize) {
        for pictures in self.classes.values_mut() {
            let (of, kept) = (pictures.len(), most.min(pictures.len()));
            let places = (0..kept).map(|number| number * of / kept);
            *pictures = places
                .filter_map(|place| pictures.get(place).cloned())
                .collect();
        }
    }

    /// Leaves out the classes of other splits; returns how many.
    ///
    /// # Errors
    /// As [`SplitChoice::others`].
    pub fn keep_split(&mut self, split: &SplitChoice) -> Result<usize> {
        let others = split.others()?;
        let before = self.classes.len();
        self.classes.retain(|class, _| !others.contains(class));
        Ok(before - self.classes.len())
    }

    /// Reads and decodes one picture.
    ///
    /// # Errors
    /// Where the file cannot be read, and as [`decode`].
    pub fn read(&self, picture: &Picture) -> Result<Pixels> {
        match &picture.location {
            Location::File(path) => decode(&std::fs::read(path).context("it cannot be read")?),
            Location::Pack { start, end } => decode(
                self.pack
                    .get(*start..*end)
                    .context("it lies beyond the end of the pack")?,
            ),
        }
    }
}

/// What came of the usable pictures of each class, in their order, and which are not.
pub struct Tried<T> {
    /// In the order of the names.
    pub classes: Vec<(String, Vec<T>)>,
    /// And why.
    pub unreadable: Vec<Unreadable>,
}

/// Does something with every picture, given the place of its class too, as many at once as there
/// are cores. What cannot be used is named, never replaced.
pub fn try_each<T: Send>(
    classes: &Classes,
    doing: &'static str,
    one: impl Fn(usize, &Picture) -> Result<T> + Sync,
) -> Tried<T> {
    let progress = Progress::new(doing, "pictures", classes.values().map(Vec::len).sum());
    let pictures: Vec<&Vec<Picture>> = classes.values().collect();
    let results: Vec<Vec<Result<T>>> = (pictures.par_iter().enumerate())
        .map(|(class, pictures)| {
            let attempt = |picture| {
                let result = one(class, picture);
                progress.advance();
                result
            };
            pictures.par_iter().map(attempt).collect()
        })
        .collect();
    let mut tried = Tried {
        classes: Vec::new(),
        unreadable: Vec::new(),
    };
    for ((name, pictures), results) in classes.iter().zip(results) {
        let mut usable = Vec::with_capacity(pictures.len());
        for (picture, result) in pictures.iter().zip(results) {
            match result {
                Ok(value) => usable.push(value),
                Err(error) => tried.unreadable.push(Unreadable {
                    name: picture.name.clone(),
                    reason: format!("{error:#}"),
                }),
            }
        }
        tried.classes.push((name.clone(), usable));
    }
    tried
}

/// `caltech99_128px` to `caltech99_128px.csv`; a dot within the name stays.
fn pack_file_name(path: &Path, extension: &str) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    format!("{name}.{extension}")
}

fn is_pack_part(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "csv" || extension == "bin")
}
