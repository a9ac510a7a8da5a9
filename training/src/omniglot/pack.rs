//! Reads the pack: `omniglot28_1bit.bin`, 98 bytes a drawing, and `characters.csv`, which says
//! whose they are. Drawing `20 c + d` is by drawer `d` of the character in row `c`.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::{Character, DRAWERS, Drawing, PIXELS};

/// The drawings.
const DRAWINGS: &str = "omniglot28_1bit.bin";

/// Their characters.
const TABLE: &str = "characters.csv";

#[derive(Deserialize)]
struct Row {
    alphabet: String,
    character: String,
}

/// Whether a folder holds a part of the pack.
pub fn is_in(folder: &Path) -> bool {
    folder.join(DRAWINGS).is_file()
}

/// Reads the pack in `folder`.
///
/// # Errors
/// Where a file is missing or of the wrong size, and where the table lists other characters
/// than the split table: then nobody knows what was drawn.
pub fn read(folder: &Path, characters: &[Character]) -> Result<Vec<Drawing>> {
    check_table(&folder.join(TABLE), characters)?;
    let path = folder.join(DRAWINGS);
    let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let expected = characters.len() * DRAWERS * PIXELS / 8;
    ensure!(
        bytes.len() == expected,
        "{} has {} bytes, expected {expected}: {} characters of {DRAWERS} drawings of {} bytes",
        path.display(),
        bytes.len(),
        characters.len(),
        PIXELS / 8
    );
    let (drawings, _) = bytes.as_chunks::<{ PIXELS / 8 }>();
    Ok(drawings.iter().copied().map(Drawing).collect())
}

fn check_table(path: &Path, characters: &[Character]) -> Result<()> {
    let cannot = || {
        let name = path.display();
        format!("cannot read {name}, the table of {DRAWINGS}: columns alphabet and character")
    };
    let rows = csv::Reader::from_path(path)
        .with_context(cannot)?
        .into_deserialize()
        .collect::<Result<Vec<Row>, _>>()
        .with_context(cannot)?;
    ensure!(
        rows.len() == characters.len(),
        "{} lists {} characters, Omniglot has {}",
        path.display(),
        rows.len(),
        characters.len()
    );
    for (index, (row, expected)) in rows.iter().zip(characters).enumerate() {
        ensure!(
            row.alphabet == expected.alphabet && row.character == expected.name,
            "line {} of {} is {} {}, expected {} {}",
            index + 2, // the header is line 1
            path.display(),
            row.alphabet,
            row.character,
            expected.alphabet,
            expected.name
        );
    }
    Ok(())
}
