//! `cosine-pair`: are prototypes compared by cosine worse? The same embedder trained by squared
//! distances and by cosines, from the same random weights, on the same drawings in the same
//! order, and each measured both ways.
//!
//! Cosines come in twice: as the paper's equation 2 has them, and multiplied by `SCALE`, since
//! a softmax over sixty numbers between 0 and 1 can hardly be sharp.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use burn::tensor::Device;
use indicatif::ProgressBar;

use crate::contestants::{Scores, nearest_by_cosine, nearest_mean};
use crate::conv4::Conv4Pass;
use crate::omniglot::{Omniglot, Split};
use crate::omniglot_table::{measure, sizes};
use crate::train::checkpoint::{Checkpoints, Progress};
use crate::train::embedder::embed;
use crate::train::episodes::Embedded;
use crate::train::plan::Method;
use crate::train::run::{CURVE, WEIGHTS};
use crate::train::start::load_embedder;
use crate::train::{self, train};

/// What cosines are multiplied by in the third training.
const SCALE: f32 = 10.0;

/// Where the section starts in the document; it is the last.
const HEADING: &str = "\n## Prototypes by cosine\n";

/// Arguments of `cosine-pair`.
#[derive(clap::Args, Debug, Clone)]
#[command(after_help = "\
Example, which trains what is not trained yet and writes the last section of docs/omniglot.md:
  KSHOT_DATA=data cargo run --release -p training -- cosine-pair")]
pub struct Arguments {
    /// Omniglot: the folder with the pack or with the original zip files
    #[arg(long, default_value = "omniglot")]
    pub data: PathBuf,
    /// Folder for the output folders of the trainings
    #[arg(long, default_value = "runs/cosine-pair")]
    pub runs: PathBuf,
    /// Steps of each training
    #[arg(long, default_value_t = 1000)]
    pub steps: u64,
    /// Test episodes of each cell
    #[arg(long, default_value_t = 1000)]
    pub episodes: usize,
    /// The same seed gives the same weights and the same episodes
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The document whose last section is written
    #[arg(long, default_value = "docs/omniglot.md")]
    pub out: PathBuf,
    /// Folder for the curves
    #[arg(long, default_value = "docs/images/curves")]
    pub curves: PathBuf,
}

/// One of the trainings.
struct Trained {
    name: String,
    folder: &'static str,
    progress: Progress,
    rows: [String; 2], // the cells of the table, by squared distance and by cosine
}

/// The section of a document that a `cosine-pair` wrote, or nothing.
pub fn section(document: &str) -> &str {
    document
        .find(HEADING)
        .and_then(|at| document.get(at..))
        .unwrap_or("")
}

/// Trains, measures on the test split, writes the section and returns it.
///
/// # Errors
/// Where data, a training or the document cannot be read or written.
pub fn cosine_pair(arguments: &Arguments) -> Result<String> {
    let by_cosine = Method::PrototypicalCosine;
    let trainings = [
        ("euclidean", "squared distance", Method::Prototypical, None),
        ("cosine", "cosine", by_cosine, None),
        ("cosine-scaled", "cosine × 10", by_cosine, Some(SCALE)),
    ];
    let classes = Omniglot::open(&arguments.data)?.classes(Split::Test);
    let mut all = Vec::new();
    for (folder, name, method, scale) in trainings {
        let out = arguments.runs.join(folder);
        train(&settings(arguments, method, scale, &out))?;
        let embedder = load_embedder(&out.join(WEIGHTS), "", &Device::flex())?;
        let classes = embed(&mut Conv4Pass::default(), &embedder, &classes)?;
        let embedded = Embedded::new(vec![classes], &sizes(), arguments.seed)?;
        let row = |scores: Scores| {
            let bar = ProgressBar::hidden();
            let row = measure(&scores, &embedded, &sizes(), arguments.episodes, &bar)?;
            let cells = row.cells.iter();
            let cells = cells
                .map(|cell| format!("{:.2} ± {:.2}", 100.0 * cell.mean, 100.0 * cell.interval));
            anyhow::Ok(cells.collect::<Vec<_>>().join(" | "))
        };
        all.push(Trained {
            name: name.to_owned(),
            folder,
            progress: Checkpoints::new(&out).progress()?,
            rows: [
                row(Box::new(nearest_mean))?,
                row(Box::new(nearest_by_cosine))?,
            ],
        });
        let curve = arguments.curves.join(format!("pair-{folder}.svg"));
        std::fs::copy(out.join(CURVE), &curve)
            .with_context(|| format!("cannot write {}", curve.display()))?;
    }
    let text = write(arguments, &all);
    let path = arguments.out.display();
    let document =
        std::fs::read_to_string(&arguments.out).with_context(|| format!("cannot read {path}"))?;
    let before = document.strip_suffix(section(&document));
    let document = before.unwrap_or(&document).to_owned() + &text;
    std::fs::write(&arguments.out, document).with_context(|| format!("cannot write {path}"))?;
    Ok(text)
}

/// All trainings have the same settings but for the loss.
fn settings(
    arguments: &Arguments,
    method: Method,
    scale: Option<f32>,
    out: &Path,
) -> train::Arguments {
    train::Arguments {
        method,
        data: arguments.data.clone(),
        out: Some(out.to_owned()),
        steps: Some(arguments.steps),
        seed: arguments.seed,
        learning_rate: 1e-3,
        halve_every: Some(500),
        validate_every: 250,
        way: None,
        shot: None,
        queries: None,
        margin: None,
        scale,
        start: None,
        encoder: PathBuf::new(),
        joint: false,
        jitter: true,
    }
}

fn write(arguments: &Arguments, all: &[Trained]) -> String {
    let mut text = format!(
        "{HEADING}\n\
         In the table above cosines are measured on the encoder that was trained by squared distances. \
         Here the encoder itself is trained either way: the same random weights at the start, the same \
         {} steps of 60 classes with a shot and 3 queries, the same drawings in the same order. Cosines \
         come in as equation 2 of 1703.05175 has them, with nothing to multiply them by, and multiplied by \
         {SCALE}. Each encoder is then asked both ways, on {} test episodes of each size. Made by\n\n\
         ```sh\nKSHOT_DATA=data cargo run --release -p training -- cosine-pair\n```\n\n\
         | Trained by | Compared by | 5-way 1-shot | 5-way 5-shot | 20-way 1-shot | 20-way 5-shot |\n\
         |---|---|---|---|---|---|\n",
        arguments.steps, arguments.episodes
    );
    for trained in all {
        for (measure, row) in ["squared distance", "cosine"].iter().zip(&trained.rows) {
            let _ = writeln!(text, "| {} | {measure} | {row} |", trained.name);
        }
    }
    text.push_str(
        "\nSo the cosine is worse as what to train by, and hardly worse as what to compare by: an encoder \
         trained by squared distances answers nearly as well by cosine, which is why the table above and \
         the drawing page, which show both on one encoder, differ so little. Part of it is the softmax, \
         which cosines between 0 and 1 leave flat; the factor mends that part.\n\
         \nOn the validation split (20-way 1-shot, by what each was trained with), and the loss:\n\n\
         | Trained by | Right after so many steps, % | Curve |\n|---|---|---|\n",
    );
    for trained in all {
        let validations = trained.progress.validations.iter();
        let validations =
            validations.map(|(step, right)| format!("{step}: {:.2}", 100.0 * right.share()));
        let validations = validations.collect::<Vec<_>>().join(", ");
        let (name, folder) = (&trained.name, trained.folder);
        let _ = writeln!(
            text,
            "| {name} | {validations} | [loss and validation](images/curves/pair-{folder}.svg) |"
        );
    }
    text
}
