//! `omniglot-table`: every method on the same test episodes, ours beside the published figures.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use burn::tensor::Device;
use indicatif::{ProgressBar, ProgressStyle};
use kshot::embedder::conv4::Conv4;
use kshot::weights::Weights;

use crate::contestants::{Contestant, Scores, contestants};
use crate::conv4::Conv4Pass;
use crate::cosine_pair;
use crate::drawings::EMBEDDERS;
use crate::heads::answers;
use crate::omniglot::{Class, Omniglot, Split};
use crate::statistics::{Estimate, estimate};
use crate::train::embedder::embed;
use crate::train::episodes::{Embedded, Size, shape};

/// Cells of the table: way, shot.
const CELLS: [(usize, usize); 4] = [(5, 1), (5, 5), (20, 1), (20, 5)];

/// The cell in which the order of the shots is turned round.
const ORDER_CELL: usize = 1;

/// Queries a class.
const QUERIES: usize = 5;

/// Episodes that stand side by side.
const BATCH: usize = 20;

/// Arguments of `omniglot-table`.
#[derive(clap::Args, Debug, Clone)]
#[command(after_help = "\
Example, which makes docs/omniglot.md from the committed weights:
  KSHOT_DATA=data cargo run --release -p training -- omniglot-table")]
pub struct Arguments {
    /// The weights of all methods
    #[arg(long, default_value = "weights/drawings.safetensors")]
    pub weights: PathBuf,
    /// Omniglot: the folder with the pack or with the original zip files
    #[arg(long, default_value = "omniglot")]
    pub data: PathBuf,
    /// Test episodes of each cell
    #[arg(long, default_value_t = 1000)]
    pub episodes: usize,
    /// The same seed gives the same episodes, and so the same figures
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The file to write
    #[arg(long, default_value = "docs/omniglot.md")]
    pub out: PathBuf,
}

/// What came of one method.
pub struct Row {
    /// Shares of right answers, one a cell.
    pub cells: Vec<Estimate>,
    /// Share of answers that the order of the shots changed.
    pub changed: f64,
}

/// Measures every method on the test split and writes the table; returns it as text.
///
/// # Errors
/// Where weights or data cannot be read, and where the file cannot be written.
pub fn omniglot_table(arguments: &Arguments) -> Result<String> {
    let path = arguments.weights.display();
    let bytes = std::fs::read(&arguments.weights).with_context(|| format!("cannot read {path}"))?;
    let classes = Omniglot::open(&arguments.data)?.classes(Split::Test);
    let mut text = table(&bytes, &classes, arguments.episodes, arguments.seed)?;
    if let Ok(before) = std::fs::read_to_string(&arguments.out) {
        text.push_str(cosine_pair::section(&before));
    }
    std::fs::write(&arguments.out, &text)
        .with_context(|| format!("cannot write {}", arguments.out.display()))?;
    Ok(text)
}

/// The table of the methods in a weights file on episodes of these classes, as Markdown.
///
/// # Errors
/// Where the file does not hold every method, and where there are too few classes.
pub fn table(weights: &[u8], classes: &[Class], episodes: usize, seed: u64) -> Result<String> {
    ensure!(
        episodes >= 2 && episodes.is_multiple_of(BATCH),
        "--episodes must be a multiple of {BATCH}"
    );
    let weights = Weights::from_bytes(weights)?;
    let contestants = contestants(&weights)?;
    let sizes = sizes();
    let mut embedded = BTreeMap::new();
    for name in EMBEDDERS {
        let start = Conv4::new(&Device::flex());
        let embedder = weights.load(&format!("embedders.{name}"), start)?;
        let classes = embed(&mut Conv4Pass::default(), &embedder, classes)?;
        embedded.insert(name, Embedded::new(vec![classes], &sizes, seed)?);
    }
    let bar = ProgressBar::new((contestants.len() * episodes * CELLS.len()) as u64);
    if let Ok(style) = ProgressStyle::with_template("{msg:28} {wide_bar} {eta} left") {
        bar.set_style(style);
    }
    let mut rows = Vec::new();
    for contestant in &contestants {
        bar.set_message(contestant.name);
        let embedded = embedded
            .get(contestant.embedder)
            .context("a method names an embedder that there is not")?;
        rows.push(measure(
            &contestant.scores,
            embedded,
            &sizes,
            episodes,
            &bar,
        )?);
    }
    bar.finish_and_clear();
    Ok(write(episodes, &contestants, &rows))
}

/// The cells as sizes of episodes.
pub fn sizes() -> [Size; CELLS.len()] {
    CELLS.map(|(way, shot)| (shape(way, shot, QUERIES), BATCH))
}

/// Answers of a method in every cell.
///
/// # Errors
/// Where a tensor cannot be read.
pub fn measure(
    scores: &Scores,
    embedded: &Embedded,
    sizes: &[Size],
    episodes: usize,
    bar: &ProgressBar,
) -> Result<Row> {
    let mut accuracies = vec![Vec::with_capacity(episodes); sizes.len()];
    let (mut changed, mut asked) = (0, 0);
    for batch in 0..(episodes / BATCH * sizes.len()) as u64 {
        let cell = batch as usize % sizes.len();
        let batch = embedded.draw(batch, &Device::flex())?;
        let found = answers(scores(&batch))?;
        let each = batch.own.len() / BATCH;
        let right = found.iter().zip(&batch.own).map(|(a, b)| a == b);
        let right: Vec<bool> = right.collect();
        if let Some(accuracies) = accuracies.get_mut(cell) {
            accuracies.extend(
                right
                    .chunks(each)
                    .map(|right| right.iter().filter(|right| **right).count() as f64 / each as f64),
            );
        }
        if cell == ORDER_CELL {
            let reversed = answers(scores(&batch.reversed()))?;
            changed += found.iter().zip(&reversed).filter(|(a, b)| a != b).count();
            asked += found.len();
        }
        bar.inc(BATCH as u64);
    }
    Ok(Row {
        cells: accuracies.iter().map(|values| estimate(values)).collect(),
        changed: f64::from(changed as u32) / f64::from(asked.max(1) as u32),
    })
}

fn write(episodes: usize, contestants: &[Contestant], rows: &[Row]) -> String {
    let mut text = format!(
        "# Every method of the lecture on Omniglot\n\n\
         Percent of queries answered right: the mean over {} test episodes of each size and its 95 % \
         interval, {QUERIES} queries a class; behind the stroke the published figure. Vinyals' split, \
         423 test characters in four rotations, each rotation a class; no method has seen one of them \
         before. All methods answer the same episodes. Made by\n\n\
         ```sh\nKSHOT_DATA=data cargo run --release -p training -- omniglot-table\n```\n\n\
         from `weights/drawings.safetensors` (half precision, as the page has it), whose training \
         `weights/README.md` tells. The Siamese embedder and those of the three margin losses started \
         from a prototypical encoder; the triplet one and the auto-encoder from random weights. Matching \
         with full context, the relation network and SNAIL have an encoder of their own, which started \
         from the prototypical one and learnt together with them; the other methods below the \
         prototypical ones stand on its encoder, which was not trained further. All \
         weights are the best by the validation split, which for the Siamese ones means the first 100 \
         steps: the longer the pair loss is trained, the lower is its loss and the worse the choice \
         among twenty (after 1,000 larger steps 85.7 % in place of 95.0).\n\n\
         | Method | 5-way 1-shot | 5-way 5-shot | 20-way 1-shot | 20-way 5-shot | Published in |\n\
         |---|---|---|---|---|---|\n",
        episodes
    );
    for (contestant, row) in contestants.iter().zip(rows) {
        let _ = write!(text, "| {} |", contestant.name);
        for (cell, published) in row.cells.iter().zip(contestant.published) {
            let published = published.map_or("-".to_owned(), |value| format!("{value:.1}"));
            let _ = write!(
                text,
                " {:.2} ± {:.2} / {published} |",
                100.0 * cell.mean,
                100.0 * cell.interval
            );
        }
        let _ = writeln!(text, " {} |", contestant.source);
    }
    text.push_str(&below(contestants, rows));
    text.push_str(&order(contestants, rows));
    text
}

/// Cells under the published figure, by how much and why.
fn below(contestants: &[Contestant], rows: &[Row]) -> String {
    let mut text = String::from("\n## Where ours is below the published figure\n\n");
    let before = text.len();
    for (contestant, row) in contestants.iter().zip(rows) {
        let cells = CELLS.iter().zip(&row.cells).zip(contestant.published);
        let short: Vec<String> = cells
            .filter_map(|(((way, shot), cell), published)| {
                let missing = published? - 100.0 * cell.mean;
                (missing > 0.0).then(|| format!("{way}-way {shot}-shot by {missing:.2}"))
            })
            .collect();
        if !short.is_empty() {
            let (name, why) = (contestant.name, contestant.why);
            let _ = writeln!(text, "- **{name}**: {}: {why}.", short.join(", "));
        }
    }
    if text.len() == before {
        text.push_str("Nowhere.\n");
    }
    text
}

/// How many answers the order of the shots changes.
fn order(contestants: &[Contestant], rows: &[Row]) -> String {
    let mut text = String::from(
        "\n## What the order of the shots changes\n\n\
         The same 5-way 5-shot episodes with the shots in the opposite order: how many answers are \
         other ones, in percent. Prototypes are means and cannot change; what reads the shots one \
         after another can.\n\n| Method | Changed answers |\n|---|---|\n",
    );
    for (contestant, row) in contestants.iter().zip(rows) {
        let _ = writeln!(text, "| {} | {:.2} |", contestant.name, 100.0 * row.changed);
    }
    text
}
