//! A stopped training on disk: weights, Adam's state, and how far it was.
//!
//! A checkpoint is a folder of three files, written beside the one before and then put in its
//! place, so that a training that is stopped in the middle of writing has one to go on from.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::store::ModuleRecord;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::task::Right;

const MODEL: &str = "model.bpk";
const OPTIMIZER: &str = "adam.bpk";
const PROGRESS: &str = "progress.json";

/// How far a training is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Steps done.
    pub step: u64,
    /// Sum and number of the losses since the last point of the curve.
    pub pending: (f64, u64),
    /// Step and mean loss of the steps up to it.
    pub losses: Vec<(u64, f64)>,
    /// Step and answers on the validation split after it.
    pub validations: Vec<(u64, Right)>,
}

impl Progress {
    /// The best validation, the first where several are equal.
    pub fn best(&self) -> Option<(u64, Right)> {
        let (mut best, rest) = (*self.validations.first()?, &self.validations);
        for validation in rest {
            if validation.1.right > best.1.right {
                best = *validation;
            }
        }
        Some(best)
    }
}

/// Where checkpoints of a training are kept.
#[derive(Debug, Clone)]
pub struct Checkpoints {
    folder: PathBuf,
}

impl Checkpoints {
    /// In the output folder of a training.
    pub fn new(out: &Path) -> Self {
        Checkpoints {
            folder: out.to_owned(),
        }
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn newest(&self) -> Option<PathBuf> {
        ["checkpoint", "checkpoint.old"]
            .map(|name| self.place(name))
            .into_iter()
            .find(|folder| folder.is_dir())
    }

    /// How far the training was at the newest checkpoint.
    ///
    /// # Errors
    /// Where there is none, or it cannot be read.
    pub fn progress(&self) -> Result<Progress> {
        let folder = self.newest().context("there is no checkpoint")?;
        read_json(&folder.join(PROGRESS))
    }

    /// Writes a checkpoint and removes the one before.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn save<M: Module>(
        &self,
        model: &M,
        optimizer: &ModuleOptimizer,
        progress: &Progress,
    ) -> Result<()> {
        let (new, old) = (self.place("checkpoint.new"), self.place("checkpoint.old"));
        let current = self.place("checkpoint");
        remove(&new)?;
        fs::create_dir_all(&new).with_context(|| format!("cannot make {}", new.display()))?;
        save_model(model, &new.join(MODEL))?;
        let path = new.join(OPTIMIZER);
        optimizer
            .save(&path)
            .map_err(|error| anyhow!("cannot write {}: {error:?}", path.display()))?;
        write_json(&new.join(PROGRESS), progress)?;
        remove(&old)?;
        if current.exists() {
            fs::rename(&current, &old).context("cannot put the old checkpoint aside")?;
        }
        fs::rename(&new, &current).context("cannot put the new checkpoint in place")?;
        remove(&old)
    }

    /// The newest checkpoint, if there is one; `model` and `optimizer` as they start.
    ///
    /// # Errors
    /// Where there is one that cannot be read, or that is of another model.
    pub fn load<M: Module>(
        &self,
        model: M,
        optimizer: ModuleOptimizer,
    ) -> Result<(M, ModuleOptimizer, Progress)> {
        let Some(folder) = self.newest() else {
            return Ok((model, optimizer, Progress::default()));
        };
        let model = load_model(model, &folder.join(MODEL))?;
        let path = folder.join(OPTIMIZER);
        let optimizer = optimizer
            .load(&path)
            .map_err(|error| anyhow!("cannot read {}: {error:?}", path.display()))?;
        Ok((model, optimizer, read_json(&folder.join(PROGRESS))?))
    }
}

/// Writes the weights of a model in full precision.
///
/// # Errors
/// Where the file cannot be written.
pub fn save_model<M: Module>(model: &M, path: &Path) -> Result<()> {
    let saved = model.clone().save_file(path);
    saved.map_err(|error| anyhow!("cannot write {}: {error:?}", path.display()))
}

/// Reads the weights of a model of the same kind.
///
/// # Errors
/// Where the file cannot be read or is of another model.
pub fn load_model<M: Module>(model: M, path: &Path) -> Result<M> {
    model
        .try_load_file(path)
        .map_err(|error| anyhow!("cannot read {}: {error:?}", path.display()))
}

/// Reads the weights of a part of what was trained: its loss may have had weights as well.
///
/// # Errors
/// Where the file cannot be read or lacks a part of the model.
pub fn load_part<M: Module>(model: M, path: &Path) -> Result<M> {
    ModuleRecord::load(path)
        .and_then(|record| model.try_load_record(record.allow_unused(true)))
        .map_err(|error| anyhow!("cannot read {}: {error:?}", path.display()))
}

/// Writes a value as JSON.
///
/// # Errors
/// Where the file cannot be written.
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    fs::write(path, text + "\n").with_context(|| format!("cannot write {}", path.display()))
}

/// Reads a value from JSON.
///
/// # Errors
/// Where the file cannot be read or holds something else.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is damaged", path.display()))
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}
