//! The loop of a training: steps, validation, checkpoints, progress bar, curve.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::AdamConfig;
use burn::tensor::{Device, Tensor};
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};

use super::checkpoint::{Checkpoints, Progress, read_json, save_model, write_json};
use super::curve;
use super::task::{Right, Task};

/// The best weights, in the output folder.
pub const WEIGHTS: &str = "weights.bpk";

const SETTINGS: &str = "settings.json";
/// Loss and validation accuracy, in the output folder.
pub const CURVE: &str = "curve.svg";

/// Epsilon of Adam (Kingma and Ba, arXiv 1412.6980, algorithm 1); Burn's default is 1e-5.
const ADAM_EPSILON: f32 = 1e-8;

/// Steps whose mean loss is one point of the curve.
const STEPS_A_POINT: u64 = 50;

/// What a training depends on: the same settings give the same weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// `prototypical`
    pub method: String,
    /// Of the random weights and of what is drawn.
    pub seed: u64,
    /// Adam's step size at the start.
    pub learning_rate: f64,
    /// Steps after which the step size is halved, again and again.
    pub halve_every: u64,
    /// Steps between validations, each with a checkpoint.
    pub validate_every: u64,
    /// What the method itself can be told.
    pub method_settings: serde_json::Value,
}

/// Where a training is written to, and when it ends.
#[derive(Debug, Clone)]
pub struct Output {
    /// The output folder.
    pub folder: PathBuf,
    /// Steps in all, those of earlier runs counted.
    pub steps: u64,
    /// Whether a progress bar is shown.
    pub bar: bool,
}

/// Trains until `output.steps`, from the last checkpoint in the folder where there is one.
/// Leaves the settings, the curve, the last checkpoint and the best weights, and returns how
/// far it is.
///
/// # Errors
/// Where a file cannot be read or written, where the folder holds a training with other
/// settings, and where the loss is not finite.
pub fn run<T: Task>(task: &mut T, settings: &Settings, output: &Output) -> Result<Progress> {
    let folder = &output.folder;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    settle(folder, settings)?;
    let checkpoints = Checkpoints::new(folder);
    let device = Device::flex().autodiff();
    let adam = AdamConfig::new().with_epsilon(ADAM_EPSILON).init();
    let start = start(task, settings.seed, &device)?;
    let (mut model, mut adam, mut progress) = checkpoints.load(start, adam)?;

    let bar = progress_bar(output, &progress);
    while progress.step < output.steps {
        let step = task.step(&model, progress.step)?;
        ensure!(
            step.loss.is_finite(),
            "the loss of step {} is {}; try a smaller --learning-rate",
            progress.step,
            step.loss
        );
        let halved = progress.step / settings.halve_every;
        let rate = settings.learning_rate * 0.5_f64.powi(halved as i32);
        model = adam.step(rate, model, step.gradients);
        progress.step += 1;
        progress.pending.0 += step.loss;
        progress.pending.1 += 1;
        if progress.step.is_multiple_of(STEPS_A_POINT) {
            let (sum, count) = std::mem::take(&mut progress.pending);
            progress.losses.push((progress.step, sum / count as f64));
        }
        bar.set_position(progress.step);
        let last = progress.step == output.steps;
        if last || progress.step.is_multiple_of(settings.validate_every) {
            let right = task.validate(&model)?;
            validated(folder, &model, &mut progress, right)?;
            checkpoints.save(&model, &adam, &progress)?;
            let svg = curve::draw(&settings.method, &progress);
            fs::write(folder.join(CURVE), svg).context("cannot write the curve")?;
            bar.set_message(message(&progress));
        }
    }
    bar.abandon();
    Ok(progress)
}

/// Random weights that depend on the seed alone. Burn's random numbers are one stream for the
/// whole process, which two trainings must not draw from in turns.
fn start<T: Task>(task: &T, seed: u64, device: &Device) -> Result<T::Model> {
    static STREAM: Mutex<()> = Mutex::new(());
    let _alone = STREAM.lock().unwrap_or_else(PoisonError::into_inner);
    device.seed(seed);
    let model = task.start(device)?;
    model.visit(&mut Draw);
    Ok(model)
}

/// Draws the weights, which Burn does not before they are asked for.
struct Draw;

impl ModuleVisitor for Draw {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        param.val();
    }
}

/// Writes the settings, or compares them with those of the training that is there.
fn settle(folder: &Path, settings: &Settings) -> Result<()> {
    let path = folder.join(SETTINGS);
    if !path.exists() {
        return write_json(&path, settings);
    }
    let there: Settings = read_json(&path)?;
    // Read back as those are: a number need not come out of JSON as it went in.
    let wanted: Settings = serde_json::from_str(&serde_json::to_string(settings)?)?;
    ensure!(
        there == wanted,
        "{} holds a training with other settings; name another folder with --out, or the same \
         settings to go on with it",
        folder.display()
    );
    Ok(())
}

/// Keeps the weights where none were better, the first of equals.
fn validated<M: Module>(
    folder: &Path,
    model: &M,
    progress: &mut Progress,
    right: Right,
) -> Result<()> {
    let best = progress.best();
    progress.validations.push((progress.step, right));
    if best.is_none_or(|(_, best)| right.right > best.right) {
        save_model(model, &folder.join(WEIGHTS))?;
    }
    Ok(())
}

fn progress_bar(output: &Output, progress: &Progress) -> ProgressBar {
    if !output.bar {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(output.steps);
    let template = "{pos}/{len} steps  {wide_bar}  {per_sec}  {eta} left  {msg}";
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| {
        ProgressStyle::default_bar() // the template is a constant; this is never needed
    }));
    bar.set_position(progress.step);
    bar.reset_eta();
    bar.set_message(message(progress));
    bar
}

fn message(progress: &Progress) -> String {
    let loss = progress.losses.last();
    let loss = loss.map_or(String::new(), |(_, loss)| format!("loss {loss:.4}"));
    let newest = progress.validations.last();
    let best = progress.best();
    match (newest, best) {
        (Some((_, newest)), Some((step, best))) => format!(
            "{loss}, validation {:.2} %, best {:.2} % at {step}",
            100.0 * newest.share(),
            100.0 * best.share()
        ),
        _ => loss,
    }
}
