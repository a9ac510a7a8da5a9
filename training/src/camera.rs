//! `train-camera`: the methods with weights of their own on the camera's embeddings, all into one
//! file, from files that `features` wrote.
//!
//! ```text
//! features ─ projection ─▶ embeddings [1280] ─ discriminant ─▶ reduced [128] ─ train, one head after another ─▶ one file
//! ```
//!
//! An episode has the classes of one set alone: classes of two kinds of picture would be told
//! apart by the kind. What the reduction and the heads are trained on must hold no class that is
//! tested on: a class that `splits/camera.csv` keeps for that is refused.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use burn::tensor::Device;
use kshot::embedder::projection::Projection;
use kshot::method::Sizes;
use kshot::method::imaginary::Imaginary;
use kshot::method::mann::Mann;
use kshot::method::matching::Matching;
use kshot::method::relation::Relation;
use kshot::method::snail::Snail;
use kshot::method::trained::{REDUCTION, Reduction, Trained};
use kshot::weights::{Weights, Writer};
use rand::rngs::ChaCha12Rng;
use rand::{RngExt, SeedableRng};

use crate::features::FeatureFile;
use crate::heads::Head;
use crate::measure::EmbeddedClass;
use crate::pinned::{ensure_fits, write_pinned};
use crate::projection::discriminant;
use crate::train::checkpoint::load_part;
use crate::train::episodes::{Size, shape};
use crate::train::heads::HeadTask;
use crate::train::run::{self, Output, Settings, WEIGHTS};

/// Most bytes of the file: what a visitor who chooses one of the methods downloads.
const MOST_BYTES: usize = 4_000_000;

/// λ of the reduction, in units of the mean variance within a class. The embedding is whitened
/// already, so this has little left to do: `docs/accuracy.md`, "methods with weights of their own".
const SHRINKAGE: f32 = 10.0;

/// Sizes of episodes, and how many stand side by side: what a camera is shown, from two classes up,
/// and about as much work in each step.
pub const TURNS: [Size; 6] = [
    (shape(5, 1, 4), 16),
    (shape(20, 1, 2), 6),
    (shape(5, 5, 4), 8),
    (shape(20, 5, 2), 2),
    (shape(2, 3, 8), 16),
    (shape(8, 10, 2), 3),
];

/// Arguments of `train-camera`.
#[derive(clap::Args, Debug, Clone)]
#[command(after_help = "\
weights/README.md has the commands that the shipped file comes from.")]
pub struct Arguments {
    /// Files written by features, of classes to train on
    #[arg(required = true)]
    pub train: Vec<PathBuf>,
    /// Files written by features, of other classes, by which the best weights are chosen
    #[arg(long, required = true, value_delimiter = ',')]
    pub validate: Vec<PathBuf>,
    /// Train these alone; the others are taken from what --runs holds
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<String>,
    /// Steps of each head
    #[arg(long, default_value_t = 1500)]
    pub steps: u64,
    /// Adam's step size at the start; it is halved five times
    #[arg(long, default_value_t = 3e-4)]
    pub learning_rate: f64,
    /// Train on classes mixed of two each too
    #[arg(long)]
    pub mix: bool,
    /// The same seed gives the same weights
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Folder with an output folder for every head
    #[arg(long, default_value = "runs/camera")]
    pub runs: PathBuf,
    /// The file to write
    #[arg(long, default_value = "weights/camera.safetensors")]
    pub out: PathBuf,
}

impl Arguments {
    fn trains(&self, name: Trained) -> bool {
        self.only.is_empty() || self.only.iter().any(|one| one == short(name))
    }
}

/// A head's name on the command line, and that of its folder.
fn short(name: Trained) -> &'static str {
    name.tensors().trim_start_matches("heads.")
}

/// Embeddings of a file's classes, under the shipped projection.
///
/// # Errors
/// Where the file cannot be read.
pub fn embeddings(path: &Path) -> Result<Vec<EmbeddedClass>> {
    let file = FeatureFile::open(path)?;
    let projection = Projection::shipped()?;
    (0..file.classes.len())
        .map(|class| {
            let rows = file.rows.iter().filter(|row| row.class == class);
            rows.map(|row| Ok(projection.embed(&row.corners())?))
                .collect()
        })
        .collect()
}

/// The classes of every set and what each is used for: `fit`, `train`, `calibrate` or `test`.
const USES: &str = include_str!("../splits/camera.csv");

/// Refuses a file with a class that is kept for the final figures.
fn refuse_test_classes(path: &Path) -> Result<()> {
    refuse_classes(path, &FeatureFile::open(path)?.classes, &["test"])
}

/// Refuses classes with one of these uses in `splits/camera.csv`.
///
/// # Errors
/// Where there is such a class.
pub fn refuse_classes(path: &Path, classes: &[String], refused: &[&str]) -> Result<()> {
    let mut uses_of = BTreeMap::new();
    for record in csv::Reader::from_reader(USES.as_bytes()).deserialize() {
        let (_, class, uses): (String, String, String) = record?;
        uses_of.insert(class, uses);
    }
    for class in classes {
        let uses = uses_of.get(class).map(String::as_str).unwrap_or_default();
        ensure!(
            !refused.contains(&uses),
            "{}: {class} is a class that is tested on; nothing may be trained on it",
            path.display()
        );
    }
    Ok(())
}

/// Trains what is not trained yet, packs, and says what came of it.
///
/// # Errors
/// Where a file cannot be read or written, where there are too few classes, and where the file
/// would be too large.
pub fn train_camera(arguments: &Arguments) -> Result<String> {
    let read = |paths: &[PathBuf]| -> Result<Vec<Vec<EmbeddedClass>>> {
        let one = |path: &PathBuf| {
            refuse_test_classes(path)?;
            embeddings(path)
        };
        paths.iter().map(one).collect()
    };
    let (train, validation) = (read(&arguments.train)?, read(&arguments.validate)?);
    let device = Device::flex();
    let (mean, rows) = discriminant(&train.concat(), Sizes::CAMERA.dimensions, SHRINKAGE)?;
    // As it will be read back: in half precision.
    let mut packed = Writer::default();
    packed.add(REDUCTION, &Reduction::of(&mean, &rows, &device))?;
    let packed = packed.into_bytes()?;
    let reduction = Weights::from_bytes(&packed)?.load(REDUCTION, Reduction::new(&device))?;
    let mut sets = Sets {
        train: reduced(&reduction, train)?,
        validation: reduced(&reduction, validation)?,
    };
    if arguments.mix {
        let mixed: Vec<_> = (sets.train.iter())
            .map(|set| mix(set, arguments.seed))
            .collect();
        sets.train.extend(mixed);
    }
    let mut writer = Writer::default();
    writer.add(REDUCTION, &reduction)?;
    let mut text = String::new();
    // What is to be trained first, so that nothing that is missing stops it.
    let mut order = Trained::ALL;
    order.sort_by_key(|name| !arguments.trains(*name));
    for name in order {
        text += &match name {
            Trained::MatchingContext => head::<Matching>(arguments, name, &sets, &mut writer),
            Trained::Relation => head::<Relation>(arguments, name, &sets, &mut writer),
            Trained::Imaginary => head::<Imaginary>(arguments, name, &sets, &mut writer),
            Trained::Mann => head::<Mann>(arguments, name, &sets, &mut writer),
            Trained::Snail => head::<Snail>(arguments, name, &sets, &mut writer),
        }?;
    }
    let bytes = writer.into_bytes()?;
    ensure_fits(&bytes, MOST_BYTES)?;
    Ok(text + &write_pinned(&arguments.out, &bytes)?)
}

/// Reduced embeddings, set by set.
struct Sets {
    train: Vec<Vec<EmbeddedClass>>,
    validation: Vec<Vec<EmbeddedClass>>,
}

fn reduced(
    reduction: &Reduction,
    sets: Vec<Vec<EmbeddedClass>>,
) -> Result<Vec<Vec<EmbeddedClass>>> {
    let class = |class: EmbeddedClass| {
        let rows: Vec<&[f32]> = class.iter().map(Vec::as_slice).collect();
        Ok(reduction.reduce(&rows)?)
    };
    let set = |set: Vec<EmbeddedClass>| set.into_iter().map(class).collect();
    sets.into_iter().map(set).collect()
}

/// Classes that are mixed of two each, and pictures of each.
const MIXED: usize = 1000;
const PICTURES: usize = 16;

/// Classes that do not exist: each picture is the sum of one of each of two classes, of the length
/// that all have. There are two hundred classes to train on, and thousands of pairs; a head that
/// has to tell these apart too learns to compare and not which classes there are.
fn mix(classes: &[EmbeddedClass], seed: u64) -> Vec<EmbeddedClass> {
    let mut random = ChaCha12Rng::seed_from_u64(seed);
    let mut any = |class: &EmbeddedClass| -> Vec<f32> {
        let place = random.random_range(0..class.len().max(1));
        class.get(place).cloned().unwrap_or_default()
    };
    let pairs = (0..MIXED).map(|number| {
        // Every class with those that follow it in turn.
        let (first, round) = (number % classes.len().max(1), number / classes.len().max(1));
        (first, (first + 1 + round) % classes.len().max(1))
    });
    pairs
        .filter_map(|(first, second)| {
            let (first, second) = (classes.get(first)?, classes.get(second)?);
            let picture = |_| {
                let (a, b) = (any(first), any(second));
                let sum: Vec<f32> = a.iter().zip(&b).map(|(a, b)| a + b).collect();
                let square = |v: &[f32]| v.iter().map(|v| v * v).sum::<f32>();
                let scale = (square(&a) / square(&sum).max(f32::MIN_POSITIVE)).sqrt();
                sum.into_iter().map(|value| value * scale).collect()
            };
            Some((0..PICTURES).map(picture).collect())
        })
        .collect()
}

/// Trains one head, or takes what was trained, and adds it to the file.
fn head<H: Head>(
    arguments: &Arguments,
    name: Trained,
    sets: &Sets,
    writer: &mut Writer,
) -> Result<String> {
    let short = short(name);
    let folder = arguments.runs.join(short);
    let mut text = String::new();
    if arguments.trains(name) {
        let settings = Settings {
            method: format!("{short} on the camera's embeddings"),
            seed: arguments.seed,
            learning_rate: arguments.learning_rate,
            halve_every: (arguments.steps / 6).max(1),
            validate_every: 100,
            method_settings: serde_json::json!({
                "train": sets.train.iter().map(Vec::len).collect::<Vec<_>>(),
                "validation": sets.validation.iter().map(Vec::len).collect::<Vec<_>>(),
            }),
        };
        let output = Output {
            folder: folder.clone(),
            steps: arguments.steps,
            bar: true,
        };
        let mut task = HeadTask::<H>::of_embeddings(
            sets.train.clone(),
            sets.validation.clone(),
            &TURNS,
            Sizes::CAMERA,
            arguments.seed,
        )?;
        let progress = run::run(&mut task, &settings, &output)?;
        let (step, best) = progress.best().context("nothing was trained")?;
        text = format!(
            "{short}: {} steps, best on the validation sets {:.2} % after {step}\n",
            progress.step,
            100.0 * best.share()
        );
    }
    let start = H::start(Sizes::CAMERA, &Device::flex());
    writer.add(name.tensors(), &load_part(start, &folder.join(WEIGHTS))?)?;
    Ok(text)
}
