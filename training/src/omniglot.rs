//! Omniglot: 1,623 characters, each drawn by 20 people, and its splits.
//!
//! Owns the split table, which is Vinyals' (arXiv 1606.04080, section 4.1.1: 1,028 characters
//! to train on, 172 to choose by, 423 to test on), and the four rotations, each a class of its
//! own (arXiv 1605.06065, section 4.1). The drawings come from a [`pack`] of bits or from the
//! [`original`] files, in the same order from either, so that a seed gives the same episodes.
//! It refuses a set in which one drawing is missing: then the figures would be of another one.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use kshot::embedder::conv4::SIDE;

pub mod original;
pub mod pack;

/// People who drew each character.
pub const DRAWERS: usize = 20;

/// Quarter turns, each a class of its own.
pub const TURNS: usize = 4;

/// Pixels of a drawing.
pub const PIXELS: usize = SIDE * SIDE;

/// Environment variable with the folder in which relative paths are looked for as well.
const DATA_VARIABLE: &str = "KSHOT_DATA";

/// Where Omniglot can be had, for the message that it is not here.
const SOURCE: &str = "https://github.com/brendenlake/omniglot (python/images_background.zip and \
                      python/images_evaluation.zip)";

/// Alphabet, character, Lake's set and Vinyals' split of every character.
const TABLE: &str = include_str!("../splits/omniglot.csv");

/// One drawing: 28x28 bits, row-major, most significant bit first, ink is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Drawing(pub [u8; PIXELS / 8]);

impl Drawing {
    /// From a function that says where there is ink.
    pub fn from_ink(ink: impl Fn(usize, usize) -> bool) -> Self {
        let mut bits = [0; PIXELS / 8];
        for (place, byte) in bits.iter_mut().enumerate() {
            for bit in 0..8 {
                let pixel = 8 * place + bit;
                *byte |= u8::from(ink(pixel / SIDE, pixel % SIDE)) << (7 - bit);
            }
        }
        Drawing(bits)
    }

    /// Whether there is ink in a row and a column; none outside the drawing.
    pub fn has_ink(&self, row: usize, column: usize) -> bool {
        let pixel = row * SIDE + column;
        let byte = self.0.get(pixel / 8).copied().unwrap_or(0);
        column < SIDE && byte >> (7 - pixel % 8) & 1 == 1
    }

    /// Turned by so many quarters, against the clock.
    pub fn turned(&self, quarters: usize) -> Self {
        (0..quarters % TURNS).fold(*self, |drawing, _| {
            Drawing::from_ink(|row, column| drawing.has_ink(column, SIDE - 1 - row))
        })
    }

    /// `[28 * 28]`, 1 where there is ink and 0 elsewhere.
    pub fn ink(&self) -> impl Iterator<Item = f32> + '_ {
        self.0
            .iter()
            .flat_map(|byte| (0..8).map(move |bit| f32::from(byte >> (7 - bit) & 1)))
    }
}

/// A part of the characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Split {
    /// To train on.
    Train,
    /// To choose by: when to stop, which settings.
    Validation,
    /// For the final figures, and for nothing else.
    Test,
}

/// A row of the split table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Character {
    /// `Alphabet_of_the_Magi`
    pub alphabet: String,
    /// `character01`
    pub name: String,
    /// Whether Lake's background set holds it, or else his evaluation set.
    pub background: bool,
    /// Vinyals' split.
    pub split: Split,
}

/// A class to draw episodes from: a character in one rotation.
#[derive(Debug, Clone)]
pub struct Class {
    /// Row of the split table.
    pub character: usize,
    /// Quarter turns, 0 to 3.
    pub quarters: usize,
    /// One of each drawer.
    pub drawings: Vec<Drawing>,
}

/// All of Omniglot.
#[derive(Debug, Clone)]
pub struct Omniglot {
    characters: Vec<Character>,
    drawings: Vec<Drawing>, // 20 of each character
}

impl Omniglot {
    /// Reads the set at `path`: a folder with the pack `omniglot28_1bit.bin` and its
    /// `characters.csv`, or with `images_background` and `images_evaluation`, each a zip file
    /// or a folder. A relative path is looked for here and then under `KSHOT_DATA`.
    ///
    /// # Errors
    /// Where there is neither, and for a set that is damaged or not complete.
    pub fn open(path: &Path) -> Result<Self> {
        let mut places = vec![path.to_owned()];
        let data = std::env::var_os(DATA_VARIABLE).map(PathBuf::from);
        if path.is_relative() {
            places.extend(data.iter().map(|data| data.join(path)));
        }
        let characters = characters()?;
        for place in &places {
            let drawings = if pack::is_in(place) {
                pack::read(place, &characters)?
            } else if original::is_in(place) {
                original::read(place, &characters)?
            } else {
                continue;
            };
            return Ok(Omniglot {
                characters,
                drawings,
            });
        }
        let tried: Vec<_> = places.iter().map(|p| p.display().to_string()).collect();
        let hint = if data.is_none() && path.is_relative() {
            format!("; {DATA_VARIABLE}, the folder for relative paths, is not set")
        } else {
            String::new()
        };
        bail!(
            "there is no Omniglot at {}{hint}. It can be had from {SOURCE}",
            tried.join(" or ")
        )
    }

    /// The rows of the split table.
    pub fn characters(&self) -> &[Character] {
        &self.characters
    }

    /// The classes of a split: every character in its four rotations, the rotations of one
    /// character one after another.
    pub fn classes(&self, split: Split) -> Vec<Class> {
        let rows = self.characters.iter().zip(self.drawings.chunks(DRAWERS));
        rows.enumerate()
            .filter(|(_, (character, _))| character.split == split)
            .flat_map(|(character, (_, drawings))| {
                (0..TURNS).map(move |quarters| Class {
                    character,
                    quarters,
                    drawings: drawings.iter().map(|d| d.turned(quarters)).collect(),
                })
            })
            .collect()
    }
}

/// The split table, in the order of the pack.
///
/// # Errors
/// Where the table that is part of this program is damaged.
pub fn characters() -> Result<Vec<Character>> {
    let mut characters = Vec::new();
    for row in csv::Reader::from_reader(TABLE.as_bytes()).deserialize() {
        let (alphabet, name, lake, vinyals): (String, String, String, String) =
            row.context("the split table cannot be read")?;
        characters.push(Character {
            alphabet,
            name,
            background: lake == "background",
            split: match vinyals.as_str() {
                "train" => Split::Train,
                "val" => Split::Validation,
                "test" => Split::Test,
                other => bail!("the split table has no split {other}"),
            },
        });
    }
    ensure!(!characters.is_empty(), "the split table is empty");
    Ok(characters)
}
