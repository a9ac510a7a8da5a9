//! Lists an image pack: `X.bin`, pictures one after another, and `X.csv`, one row a picture.
//!
//! The columns `class`, `offset` and `length` are needed, others are passed over. A row that
//! points outside `X.bin` refuses the whole pack: then the two files do not belong together,
//! and no row can be trusted.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::pictures::{Location, Picture, PictureSet};

/// Columns that a pack's table must have.
const COLUMNS: [&str; 3] = ["class", "offset", "length"];

#[derive(Deserialize)]
struct Row {
    class: String,
    offset: usize,
    length: usize,
}

/// Lists the pack whose table is at `table`, in the order of its rows.
///
/// # Errors
/// Where a file of the pack cannot be read, a column is missing, a row is not numbers, or a
/// row lies beyond the end of the pack.
pub fn list(table: &Path) -> Result<PictureSet> {
    let bin = table.with_extension("bin");
    let pack = std::fs::read(&bin).with_context(|| {
        format!(
            "cannot read {}, which belongs to {}",
            bin.display(),
            table.display()
        )
    })?;
    let mut reader = csv::Reader::from_path(table)
        .with_context(|| format!("cannot read {}", table.display()))?;
    let found = reader
        .headers()
        .with_context(|| format!("cannot read {}", table.display()))?;
    ensure!(
        COLUMNS
            .iter()
            .all(|column| found.iter().any(|name| name == *column)),
        "{} is not the table of an image pack: it needs the columns {}, its first line is \"{}\"",
        table.display(),
        COLUMNS.join(", "),
        found.iter().collect::<Vec<_>>().join(",")
    );

    let mut set = PictureSet {
        path: table.with_extension(""),
        ..PictureSet::default()
    };
    for (index, row) in reader.deserialize::<Row>().enumerate() {
        let line = index + 2; // the header is line 1
        let row = row.with_context(|| format!("line {line} of {} is wrong", table.display()))?;
        let end = row.offset.saturating_add(row.length);
        ensure!(
            end <= pack.len(),
            "line {line} of {} points to bytes {} to {end}, but {} has {} bytes",
            table.display(),
            row.offset,
            bin.display(),
            pack.len()
        );
        let name = format!("{} in line {line}", row.class);
        let location = Location::Pack {
            start: row.offset,
            end,
        };
        set.classes
            .entry(row.class)
            .or_default()
            .push(Picture { name, location });
    }
    set.pack = pack;
    Ok(set)
}
