//! Reads the original files: `images_background` and `images_evaluation`, each a zip file or
//! the folder that was in it, with 105x105 pictures `Alphabet/characterNN/NNNN_MM.png`, black
//! on white; `MM` is the drawer.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use image::GrayImage;
use kshot::embedder::conv4::SIDE;
use zip::ZipArchive;

use super::{Character, DRAWERS, Drawing};

/// Lake's two sets.
const SETS: [&str; 2] = ["images_background", "images_evaluation"];

/// Side of an original picture in pixels.
const ORIGINAL_SIDE: usize = 105;

/// Share of a pixel that the pen must have covered for it to be ink. The pen is 2 to 3 of 105
/// pixels wide, under one of 28, so that half a pixel would tear lines; at a third the share of
/// ink is that of the pack, 0.115 of all pixels (in the originals it is 0.078).
const LEAST_COVERED: f32 = 1.0 / 3.0;

/// Most bytes of a picture; the largest has under 1 KB.
const MOST_BYTES: u64 = 100_000;

/// A drawing by the path that it has in its set: alphabet, character, file.
type Drawings = BTreeMap<[String; 3], Drawing>;

/// Whether a folder holds one of the original sets.
pub fn is_in(folder: &Path) -> bool {
    SETS.iter()
        .any(|set| folder.join(set).is_dir() || zip_of(folder, set).is_file())
}

/// Reads both sets, in the order of the split table.
///
/// # Errors
/// Where a set is missing, is no zip file, or lacks a drawing, and where a picture cannot be
/// read or has another size.
pub fn read(folder: &Path, characters: &[Character]) -> Result<Vec<Drawing>> {
    let mut sets = Vec::new();
    for set in SETS {
        let unpacked = folder.join(set);
        let drawings = if unpacked.is_dir() {
            read_folder(&unpacked)
        } else {
            read_zip(&zip_of(folder, set), set)
        }?;
        sets.push(drawings);
    }
    let [background, evaluation] = sets.as_slice() else {
        bail!("there are two sets");
    };
    let mut all = Vec::with_capacity(characters.len() * DRAWERS);
    for character in characters {
        let (set, name) = if character.background {
            (background, SETS[0])
        } else {
            (evaluation, SETS[1])
        };
        let wanted = [character.alphabet.clone(), character.name.clone()];
        let drawings: Vec<Drawing> = set
            .range([wanted[0].clone(), wanted[1].clone(), String::new()]..)
            .take_while(|([alphabet, name, _], _)| [alphabet, name] == [&wanted[0], &wanted[1]])
            .map(|(_, drawing)| *drawing)
            .collect();
        ensure!(
            drawings.len() == DRAWERS,
            "{name} has {} drawings of {}/{}, expected {DRAWERS}",
            drawings.len(),
            character.alphabet,
            character.name
        );
        all.extend(drawings);
    }
    Ok(all)
}

fn zip_of(folder: &Path, set: &str) -> PathBuf {
    folder.join(format!("{set}.zip"))
}

fn read_zip(path: &Path, set: &str) -> Result<Drawings> {
    let file = File::open(path)
        .with_context(|| format!("cannot read {}; both sets are needed", path.display()))?;
    let mut archive = ZipArchive::new(file)
        .with_context(|| format!("{} is no zip file, or not all of one", path.display()))?;
    let mut drawings = Drawings::new();
    for index in 0..archive.len() {
        let cannot = || format!("cannot read entry {index} of {}", path.display());
        let entry = archive.by_index(index).with_context(cannot)?;
        let name = entry.name().with_context(cannot)?.into_owned();
        let parts: Vec<&str> = name.split('/').collect();
        // `__MACOSX` and folders stand beside the pictures.
        let [first, alphabet, character, file] = parts.as_slice() else {
            continue;
        };
        if *first != set || !file.ends_with(".png") {
            continue;
        }
        let mut bytes = Vec::new();
        entry
            .take(MOST_BYTES)
            .read_to_end(&mut bytes)
            .with_context(cannot)?;
        let drawing =
            decode(&bytes).with_context(|| format!("{name} in {} is damaged", path.display()))?;
        drawings.insert(
            [alphabet, character, file].map(|part| part.to_string()),
            drawing,
        );
    }
    Ok(drawings)
}

fn read_folder(path: &Path) -> Result<Drawings> {
    let mut drawings = Drawings::new();
    for alphabet in folders(path)? {
        for character in folders(&alphabet)? {
            for file in list(&character)? {
                if file.extension().is_none_or(|extension| extension != "png") {
                    continue;
                }
                let drawing = std::fs::read(&file)
                    .map_err(anyhow::Error::from)
                    .and_then(|bytes| decode(&bytes))
                    .with_context(|| format!("{} is damaged", file.display()))?;
                let key = [&alphabet, &character, &file].map(|path| {
                    let name = path.file_name().unwrap_or_default();
                    name.to_string_lossy().into_owned()
                });
                drawings.insert(key, drawing);
            }
        }
    }
    Ok(drawings)
}

fn folders(path: &Path) -> Result<Vec<PathBuf>> {
    Ok(list(path)?.into_iter().filter(|p| p.is_dir()).collect())
}

fn list(path: &Path) -> Result<Vec<PathBuf>> {
    let cannot = || format!("cannot read {}", path.display());
    std::fs::read_dir(path)
        .with_context(cannot)?
        .map(|entry| Ok(entry.with_context(cannot)?.path()))
        .collect()
}

/// A picture to a drawing.
fn decode(bytes: &[u8]) -> Result<Drawing> {
    let picture = image::load_from_memory_with_format(bytes, image::ImageFormat::Png)?.into_luma8();
    let (width, height) = picture.dimensions();
    ensure!(
        [width, height].map(|side| side as usize) == [ORIGINAL_SIDE; 2],
        "it is {width} x {height} pixels, expected {ORIGINAL_SIDE} x {ORIGINAL_SIDE}"
    );
    Ok(Drawing::from_ink(|row, column| {
        covered(&picture, row, column) > LEAST_COVERED
    }))
}

/// Share of a pixel of 28x28 that ink covers in the original.
fn covered(picture: &GrayImage, row: usize, column: usize) -> f32 {
    let scale = ORIGINAL_SIDE as f32 / SIDE as f32;
    // The originals that a pixel lies over, and how much of each.
    let span = |place: usize| {
        let (start, end) = (place as f32 * scale, (place + 1) as f32 * scale);
        (start as usize..(end.ceil() as usize).min(ORIGINAL_SIDE)).map(move |at| {
            let share = end.min(at as f32 + 1.0) - start.max(at as f32);
            (at as u32, share)
        })
    };
    let mut ink = 0.0;
    for (y, tall) in span(row) {
        for (x, wide) in span(column) {
            let white = picture
                .get_pixel_checked(x, y)
                .map_or(255, |pixel| pixel.0[0]);
            ink += tall * wide * f32::from(255 - white) / 255.0;
        }
    }
    ink / (scale * scale)
}
