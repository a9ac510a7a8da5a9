//! Starts a training as the command line wants it, or goes on with it.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use burn::tensor::Device;
use kshot::episode::Shape;
use serde::Serialize;

use super::Arguments;
use super::checkpoint::Progress;
use super::embedder::EmbedderTask;
use super::heads::HeadTask;
use super::jitter::Jitter;
use super::plan::Plan;
use super::run::{self, Output, Settings, WEIGHTS};
use super::start::{SHARED, load_embedder};
use crate::heads::Head;
use crate::losses::Objective;
use crate::losses::centres::{Margin, MarginSoftmax};
use crate::losses::joint::Joint;
use crate::omniglot::{Omniglot, Split};

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

/// Trains an embedder by a loss.
///
/// # Errors
/// As [`train`](super::train).
pub fn embedder<O: Objective>(arguments: &Arguments, plan: &Plan, objective: O) -> Result<String> {
    ensure!(
        !arguments.joint,
        "{} trains an embedder as it is; --joint is for what has a head",
        arguments.method.name()?
    );
    let omniglot = Omniglot::open(&arguments.data)?;
    let Shape { way, shot, queries } = objective.shape();
    let jitter = arguments.jitter.then_some(Jitter::MILD);
    let own = EmbedderSettings {
        way,
        shot,
        queries,
        margin: arguments.margin.unwrap_or(plan.margin),
        scale: arguments.scale.unwrap_or(plan.scale),
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

/// [`embedder`] by a margin softmax loss.
///
/// # Errors
/// As [`train`](super::train).
pub fn margins<M: Margin>(
    arguments: &Arguments,
    plan: &Plan,
    shape: Shape,
    margin: M,
) -> Result<String> {
    let loss = MarginSoftmax {
        shape,
        scale: arguments.scale.unwrap_or(plan.scale),
        margin,
    };
    embedder(arguments, plan, loss)
}

/// What of a head's training the settings do not name themselves.
#[derive(Serialize)]
struct HeadSettings {
    encoder: String, // SHA-256
    jitter: Option<Jitter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    joint: Option<JointSettings>,
}

/// What a training of head and embedder together has beside.
#[derive(Serialize)]
struct JointSettings {
    way: usize,
    shot: usize,
    queries: usize,
    start: Option<String>, // SHA-256
}

/// Trains a head, on kept embeddings or, with the shape of a `pool`, together with its embedder.
///
/// # Errors
/// As [`train`](super::train).
pub fn head<H: Head>(arguments: &Arguments, plan: &Plan, pool: Option<Shape>) -> Result<String> {
    let (path, start) = (&arguments.encoder, &arguments.start);
    let encoder = digest(path)
        .context("train prototypical first, or name the weights of an embedder by --encoder")?;
    let omniglot = Omniglot::open(&arguments.data)?;
    let (train, validation) = (
        omniglot.classes(Split::Train),
        omniglot.classes(Split::Validation),
    );
    let jitter = arguments.jitter.then_some(Jitter::MILD);
    let seed = arguments.seed;
    let mut own = HeadSettings {
        encoder,
        jitter,
        joint: None,
    };
    let Some(pool) = pool else {
        ensure!(
            start.is_none(),
            "--start is for an embedder, or with --joint; a head alone starts from random weights"
        );
        let (settings, output) = settle(arguments, plan, serde_json::to_value(own)?)?;
        let embedder = load_embedder(path, SHARED, &Device::flex())?;
        let mut task = HeadTask::<H>::new(&embedder, &train, &validation, jitter, seed)?;
        return summary(&run::run(&mut task, &settings, &output)?, &output);
    };
    let Shape { way, shot, queries } = pool;
    own.joint = Some(JointSettings {
        way,
        shot,
        queries,
        start: start.as_deref().map(digest).transpose()?,
    });
    let (settings, output) = settle(arguments, plan, serde_json::to_value(own)?)?;
    let start = start
        .clone()
        .map(|path| anyhow::Ok((path, arguments.method.name()?)));
    let objective = Joint::<H>::new(pool, start.transpose()?, seed)?;
    let task = EmbedderTask::new(objective, train, validation, jitter, seed)?;
    let mut task = task.starting_from(path.clone());
    summary(&run::run(&mut task, &settings, &output)?, &output)
}

/// SHA-256 of a file, in hexadecimal.
fn digest(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(kshot::weights::digest(&bytes))
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
        method: if arguments.joint {
            format!("{name} --joint")
        } else {
            name.clone()
        },
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
