//! Which classes of a set take part: those of one split.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// Which classes of a set take part.
#[derive(clap::Args, Debug, Clone, Default)]
pub struct SplitChoice {
    /// CSV table with the columns wnid (the class) and suggested_split; needs --split
    #[arg(long, requires = "split", value_name = "CSV")]
    pub split_table: Option<PathBuf>,
    /// Leave out classes that the split table puts in another split than this
    #[arg(long, requires = "split_table")]
    pub split: Option<String>,
}

#[derive(Deserialize)]
struct Row {
    wnid: String,
    suggested_split: String,
}

impl SplitChoice {
    /// The classes that the table puts in another split; those that it does not know take part.
    ///
    /// # Errors
    /// Where the table cannot be read or knows no such split.
    pub fn others(&self) -> Result<BTreeSet<String>> {
        let mut others = BTreeSet::new();
        let (Some(table), Some(split)) = (&self.split_table, &self.split) else {
            return Ok(others);
        };
        let cannot = || format!("cannot read the split table {}", table.display());
        let mut splits = BTreeSet::new();
        let mut reader = csv::Reader::from_path(table).with_context(cannot)?;
        for row in reader.deserialize::<Row>() {
            let row = row.with_context(cannot)?;
            if row.suggested_split != *split {
                others.insert(row.wnid);
            }
            splits.insert(row.suggested_split);
        }
        ensure!(
            splits.contains(split),
            "{} has no split {split}; it has: {}",
            table.display(),
            splits.into_iter().collect::<Vec<_>>().join(", ")
        );
        Ok(others)
    }
}
