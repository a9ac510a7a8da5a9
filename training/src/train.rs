//! `train`: one command trains a method, and goes on where it stopped.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use burn::tensor::Device;
use kshot::episode::Shape;
use kshot::method::imaginary::Imaginary;
use kshot::method::lstm::PlainLstm;
use kshot::method::mann::Mann;
use kshot::method::matching::Matching;
use kshot::method::relation::Relation;
use kshot::method::snail::Snail;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::heads::Head;
use crate::losses::Objective;
use crate::losses::arcface::ArcFace;
use crate::losses::autoencoder::AutoEncoder;
use crate::losses::cosface::CosFace;
use crate::losses::prototypical::Prototypical;
use crate::losses::siamese::Siamese;
use crate::losses::sphereface::SphereFace;
use crate::losses::triplet::Triplet;
use crate::omniglot::{Omniglot, Split};
use checkpoint::Progress;
use embedder::{EmbedderTask, load_embedder};
use heads::HeadTask;
use jitter::Jitter;
use plan::{Method, Plan};
use run::{Output, Settings, WEIGHTS};

pub mod checkpoint;
pub mod curve;
pub mod embedder;
pub mod heads;
pub mod jitter;
pub mod plan;
pub mod run;
pub mod task;

/// Arguments of `train`.
#[derive(clap::Args, Debug, Clone)]
#[command(after_help = "\
The output folder gets settings.json, curve.svg (loss and validation accuracy), weights.bpk (the best
by validation) and checkpoint. A training that was stopped goes on from its last checkpoint when the
same command is given again; so does one that is to be made longer by a larger --steps.

Examples:
  KSHOT_DATA=data cargo run --release -p training -- train prototypical
  KSHOT_DATA=data cargo run --release -p training -- train arcface --steps 8000 --out runs/arcface")]
pub struct Arguments {
    /// What to train
    #[arg(value_enum)]
    pub method: Method,
    /// Omniglot: the folder with the pack or with the original zip files
    #[arg(long, default_value = "omniglot")]
    pub data: PathBuf,
    /// Output folder [default: runs/METHOD]
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Steps in all [default: the method's]
    #[arg(long)]
    pub steps: Option<u64>,
    /// The same seed gives the same weights
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Adam's step size at the start
    #[arg(long, default_value_t = 1e-3)]
    pub learning_rate: f64,
    /// Steps after which the step size is halved, again and again [default: a sixth of the
    /// method's steps]
    #[arg(long)]
    pub halve_every: Option<u64>,
    /// Steps between validations, each with a checkpoint
    #[arg(long, default_value_t = 500)]
    pub validate_every: u64,
    /// Classes of a step [default: the method's]
    #[arg(long)]
    pub way: Option<usize>,
    /// Shots a class of an episode [default: the method's]
    #[arg(long)]
    pub shot: Option<usize>,
    /// Queries a class of an episode [default: the method's]
    #[arg(long)]
    pub queries: Option<usize>,
    /// Margin of triplet, cosface and arcface [default: 0.2, 0.2 and 0.3]
    #[arg(long)]
    pub margin: Option<f32>,
    /// What sphereface, cosface and arcface multiply cosines by
    #[arg(long, default_value_t = 30.0)]
    pub scale: f32,
    /// Weights of another training to start an embedder from, in place of random ones
    #[arg(long)]
    pub start: Option<PathBuf>,
    /// The embedder whose embeddings a head is trained on
    #[arg(long, default_value = "runs/prototypical/weights.bpk")]
    pub encoder: PathBuf,
    /// Change the training drawings a little, each time otherwise
    #[arg(long)]
    pub jitter: bool,
}

/// Trains, or goes on training, and returns a summary as text.
///
/// # Errors
/// Where the data cannot be read, the output folder cannot be written or holds another
/// training, or the loss stops being finite.
pub fn train(arguments: &Arguments) -> Result<String> {
    ensure!(
        arguments.validate_every >= 1,
        "--validate-every must be at least 1"
    );
    let plan = arguments.method.plan();
    let shape = Shape {
        way: arguments.way.unwrap_or(plan.shape.way),
        shot: arguments.shot.unwrap_or(plan.shape.shot),
        queries: arguments.queries.unwrap_or(plan.shape.queries),
    };
    crate::usable::check(shape)?;
    let (scale, margin) = (arguments.scale, arguments.margin.unwrap_or(plan.margin));
    match arguments.method {
        Method::Prototypical => embedder(arguments, &plan, Prototypical { shape }),
        Method::Siamese => {
            ensure!(
                shape.pictures() == 2,
                "a pair is one --shot and one of --queries"
            );
            embedder(arguments, &plan, Siamese { shape })
        }
        Method::Triplet => embedder(arguments, &plan, Triplet { shape, margin }),
        Method::Sphereface => embedder(arguments, &plan, SphereFace { shape, scale }),
        Method::Cosface => {
            let loss = CosFace {
                shape,
                scale,
                margin,
            };
            embedder(arguments, &plan, loss)
        }
        Method::Arcface => {
            let loss = ArcFace {
                shape,
                scale,
                margin,
            };
            embedder(arguments, &plan, loss)
        }
        Method::Autoencoder => embedder(arguments, &plan, AutoEncoder { shape }),
        Method::Matching => head::<Matching>(arguments, &plan),
        Method::Relation => head::<Relation>(arguments, &plan),
        Method::Imaginary => head::<Imaginary>(arguments, &plan),
        Method::Lstm => head::<PlainLstm>(arguments, &plan),
        Method::Mann => head::<Mann>(arguments, &plan),
        Method::Snail => head::<Snail>(arguments, &plan),
    }
}

/// What of an embedder's training the settings do not name themselves.
#[derive(Serialize)]
struct EmbedderSettings {
    way: usize,
    shot: usize,
    queries: usize,
    margin: f32,
    scale: f32,
    start: Option<String>, // SHA-256
    jitter: Option<Jitter>,
}

fn embedder<O: Objective>(arguments: &Arguments, plan: &Plan, objective: O) -> Result<String> {
    let omniglot = Omniglot::open(&arguments.data)?;
    let Shape { way, shot, queries } = objective.shape();
    let jitter = arguments.jitter.then_some(Jitter::MILD);
    let own = EmbedderSettings {
        way,
        shot,
        queries,
        margin: arguments.margin.unwrap_or(plan.margin),
        scale: arguments.scale,
        start: arguments.start.as_deref().map(digest).transpose()?,
        jitter,
    };
    let mut task = EmbedderTask::new(
        objective,
        omniglot.classes(Split::Train),
        omniglot.classes(Split::Validation),
        jitter,
        arguments.seed,
    )?;
    if let Some(weights) = &arguments.start {
        task = task.starting_from(weights.clone());
    }
    let (settings, output) = settle(arguments, plan, serde_json::to_value(own)?)?;
    let progress = run::run(&mut task, &settings, &output)?;
    summary(&progress, &output)
}

/// What of a head's training the settings do not name themselves.
#[derive(Serialize)]
struct HeadSettings {
    encoder: String, // SHA-256
    jitter: Option<Jitter>,
}

fn head<H: Head>(arguments: &Arguments, plan: &Plan) -> Result<String> {
    let path = &arguments.encoder;
    let encoder = digest(path)
        .context("train prototypical first, or name the weights of an embedder by --encoder")?;
    let embedder = load_embedder(path, &Device::flex())?;
    let omniglot = Omniglot::open(&arguments.data)?;
    let jitter = arguments.jitter.then_some(Jitter::MILD);
    let own = HeadSettings { encoder, jitter };
    let (settings, output) = settle(arguments, plan, serde_json::to_value(own)?)?;
    let mut task = HeadTask::<H>::new(
        &embedder,
        &omniglot.classes(Split::Train),
        &omniglot.classes(Split::Validation),
        jitter,
        arguments.seed,
    )?;
    let progress = run::run(&mut task, &settings, &output)?;
    summary(&progress, &output)
}

/// SHA-256 of a file, in hexadecimal.
fn digest(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let digest = Sha256::digest(&bytes);
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn settle(
    arguments: &Arguments,
    plan: &Plan,
    own: serde_json::Value,
) -> Result<(Settings, Output)> {
    let halve_every = arguments.halve_every.unwrap_or(plan.steps / 6);
    ensure!(halve_every >= 1, "--halve-every must be at least 1");
    let name = arguments.method.name()?;
    let settings = Settings {
        method: name.clone(),
        seed: arguments.seed,
        learning_rate: arguments.learning_rate,
        halve_every,
        validate_every: arguments.validate_every,
        method_settings: own,
    };
    let out = arguments.out.clone();
    let output = Output {
        folder: out.unwrap_or_else(|| PathBuf::from("runs").join(name)),
        steps: arguments.steps.unwrap_or(plan.steps),
        bar: true,
    };
    Ok((settings, output))
}

fn summary(progress: &Progress, output: &Output) -> Result<String> {
    let (step, best) = progress.best().context("nothing was trained")?;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{} steps; best on the validation split: {:.2} % after {step}\n{}",
        progress.step,
        100.0 * best.share(),
        output.folder.join(WEIGHTS).display()
    );
    Ok(text)
}
