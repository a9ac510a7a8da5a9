//! Lists a folder of class folders: the folder's name is the class.
//!
//! Every file in a class folder is taken for a picture until it turns out to be none; files
//! whose name starts with a dot are passed over in silence, as file managers leave them.

use std::fs::DirEntry;
use std::path::Path;

use anyhow::{Context, Result};

use crate::pictures::{Location, Picture, PictureSet, Unreadable};

/// Lists the pictures of each class folder in `path`, by name.
///
/// # Errors
/// Where a folder cannot be read.
pub fn list(path: &Path) -> Result<PictureSet> {
    let mut set = PictureSet {
        path: path.to_owned(),
        ..PictureSet::default()
    };
    for entry in read_sorted(path)? {
        let name = entry.file_name().to_string_lossy().into_owned();
        let class = entry.path();
        if !class.is_dir() {
            set.pass_over(name, "it lies in no class folder");
            continue;
        }
        let pictures = set.classes.entry(name.clone()).or_default();
        let mut folders = Vec::new();
        for file in read_sorted(&class)? {
            let name = format!("{name}/{}", file.file_name().to_string_lossy());
            if file.path().is_dir() {
                folders.push(name + "/");
            } else {
                pictures.push(Picture {
                    name,
                    location: Location::File(file.path()),
                });
            }
        }
        for folder in folders {
            set.pass_over(folder, "it is a folder within a class folder");
        }
    }
    Ok(set)
}

impl PictureSet {
    fn pass_over(&mut self, name: String, reason: &str) {
        self.unreadable.push(Unreadable {
            name,
            reason: reason.to_owned(),
        });
    }
}

/// What a folder holds, by name, hidden files aside.
fn read_sorted(path: &Path) -> Result<Vec<DirEntry>> {
    let cannot = || format!("cannot read the folder {}", path.display());
    let mut entries = std::fs::read_dir(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(cannot)?;
    entries.retain(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
    entries.sort_by_key(DirEntry::file_name);
    Ok(entries)
}
