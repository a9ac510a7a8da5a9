//! `omniglot-samples`: the characters of Omniglot's test split as the one small file that the
//! drawing page loads.
//!
//! Owns which characters those are: the 423 of Vinyals' test split, upright. The same drawings
//! give the same file, byte for byte.

use std::path::PathBuf;

use anyhow::Result;
use kshot::characters::{Alphabet, Characters};

use crate::omniglot::{DRAWERS, Omniglot, Split};
use crate::pinned::write_pinned;
use crate::report::count;

/// Arguments of `omniglot-samples`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Folder of Omniglot: the pack, or the original files; looked for under KSHOT_DATA too
    #[arg(default_value = "omniglot")]
    omniglot: PathBuf,
    /// The file to write
    #[arg(long, default_value = "weights/omniglot-test.characters")]
    out: PathBuf,
}

/// Reads Omniglot and writes the file. Returns its size and SHA-256 as text.
///
/// # Errors
/// Where Omniglot cannot be read, or the file cannot be written.
pub fn write_samples(arguments: &Arguments) -> Result<String> {
    let characters = test_characters(&Omniglot::open(&arguments.omniglot)?)?;
    let bytes = characters.to_bytes();
    Ok(format!(
        "of {}, {}\n{}",
        count(characters.alphabets().len(), "alphabet", "alphabets"),
        count(characters.len(), "character", "characters"),
        write_pinned(&arguments.out, &bytes)?
    ))
}

/// The characters of the test split, upright, in the order of Omniglot.
///
/// # Errors
/// Where the split is empty.
pub fn test_characters(omniglot: &Omniglot) -> Result<Characters> {
    let mut alphabets: Vec<Alphabet> = Vec::new();
    let mut bits = Vec::new();
    for class in omniglot.classes(Split::Test) {
        let upright = class.quarters == 0;
        let Some(character) = omniglot
            .characters()
            .get(class.character)
            .filter(|_| upright)
        else {
            continue;
        };
        let name = character.alphabet.replace('_', " ");
        match alphabets.last_mut().filter(|last| last.name == name) {
            Some(last) => last.characters += 1,
            None => alphabets.push(Alphabet {
                name,
                characters: 1,
            }),
        }
        bits.extend(class.drawings.iter().flat_map(|drawing| drawing.0));
    }
    Ok(Characters::new(alphabets, DRAWERS, bits)?)
}
