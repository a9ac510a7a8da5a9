//! The weights of all drawing methods: which there are, and `pack-drawings`, which puts those
//! that were trained into the one file that the page loads.

use std::path::{Path, PathBuf};

use anyhow::Result;
use burn::module::{Module, ModuleDisplay};
use burn::tensor::Device;
use kshot::method::imaginary::Imaginary;
use kshot::method::lstm::PlainLstm;
use kshot::method::mann::Mann;
use kshot::method::matching::Matching;
use kshot::method::relation::Relation;
use kshot::method::siamese::Siamese;
use kshot::method::snail::Snail;
use kshot::weights::Writer;

use crate::pinned::{ensure_fits, write_pinned};
use crate::train::run::WEIGHTS;
use crate::train::start::{load_embedder, load_head};

/// Embedders, as they are trained and as their weights are named.
pub const EMBEDDERS: [&str; 10] = [
    "prototypical",
    "siamese",
    "triplet",
    "sphereface",
    "cosface",
    "arcface",
    "autoencoder",
    "matching",
    "relation",
    "snail",
];

/// Most bytes of the file: what a visitor who opens the drawing pad downloads.
const MOST_BYTES: usize = 8_000_000;

/// Arguments of `pack-drawings`.
#[derive(clap::Args, Debug, Clone)]
pub struct Arguments {
    /// Folder with the output folder of every training
    #[arg(long, default_value = "runs")]
    pub runs: PathBuf,
    /// Another such file, from which methods are taken that the folder lacks
    #[arg(long)]
    pub keep: Option<PathBuf>,
    /// The file to write
    #[arg(long, default_value = "weights/drawings.safetensors")]
    pub out: PathBuf,
}

/// Reads what was trained, rounds, writes. Returns the file's size and SHA-256 as text.
///
/// # Errors
/// Where a training is missing or damaged, and where the file would be too large.
pub fn pack(arguments: &Arguments) -> Result<String> {
    let bytes = pack_to_bytes(&arguments.runs, arguments.keep.as_deref())?;
    write_pinned(&arguments.out, &bytes)
}

/// The bytes of the weights file for the trainings in a folder; a method that it lacks is taken
/// from `kept`, another such file, unchanged.
///
/// # Errors
/// As [`pack`], writing aside.
pub fn pack_to_bytes(runs: &Path, kept: Option<&Path>) -> Result<Vec<u8>> {
    let device = Device::flex();
    let file = |name: &str| {
        let trained = runs.join(name).join(WEIGHTS);
        match kept {
            Some(kept) if !trained.exists() => kept.to_owned(),
            _ => trained,
        }
    };
    let mut writer = Writer::default();
    for name in EMBEDDERS {
        let embedder = load_embedder(&file(name), name, &device)?;
        writer.add(&format!("embedders.{name}"), &embedder)?;
    }
    let (writing, file) = (&mut writer, &file);
    add(writing, "siamese", Siamese::new(&device), file)?;
    add(writing, "matching", Matching::new(&device), file)?;
    add(writing, "relation", Relation::new(&device), file)?;
    add(writing, "imaginary", Imaginary::new(&device), file)?;
    add(writing, "lstm", PlainLstm::new(&device), file)?;
    add(writing, "mann", Mann::new(&device), file)?;
    add(writing, "snail", Snail::new(&device), file)?;
    let bytes = writer.into_bytes()?;
    ensure_fits(&bytes, MOST_BYTES)?;
    Ok(bytes)
}

fn add<H: Module + ModuleDisplay>(
    writer: &mut Writer,
    name: &str,
    head: H,
    file: &impl Fn(&str) -> PathBuf,
) -> Result<()> {
    let head = load_head(head, &file(name), name)?;
    Ok(writer.add(&format!("heads.{name}"), &head)?)
}
