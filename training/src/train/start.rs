//! Weights that a training starts from: what another one left, or the packed file of all methods.

use std::path::Path;

use anyhow::{Context, Result};
use burn::module::{Module, ModuleDisplay};
use burn::tensor::Device;
use kshot::embedder::conv4::Conv4;
use kshot::weights::Weights;

use super::checkpoint::load_part;
use super::embedder::Trainee;
use crate::losses::NoHead;

/// The embedder that others start from, or are trained on, in the packed file.
pub const SHARED: &str = "prototypical";

/// What the packed file's name ends in ([`crate::drawings`] writes it).
const PACKED: &str = "safetensors";

/// The embedder that a training left; of the packed file, the one of this name.
///
/// # Errors
/// Where the file cannot be read or holds no embedder.
pub fn load_embedder(path: &Path, name: &str, device: &Device) -> Result<Conv4> {
    let embedder = Conv4::new(device);
    if is_packed(path) {
        return load_packed(path, &format!("embedders.{name}"), embedder);
    }
    let trainee = Trainee {
        embedder,
        head: NoHead,
    };
    Ok(load_part(trainee, path)?.embedder)
}

/// The head that a training left, alone or together with an embedder; of the packed file, the
/// one of this name.
///
/// # Errors
/// Where the file cannot be read or holds no such head.
pub fn load_head<H>(head: H, path: &Path, name: &str) -> Result<H>
where
    H: Module + ModuleDisplay,
{
    if is_packed(path) {
        return load_packed(path, &format!("heads.{name}"), head);
    }
    let device = Device::flex();
    if load_embedder(path, name, &device).is_err() {
        return load_part(head, path);
    }
    let embedder = Conv4::new(&device);
    Ok(load_part(Trainee { embedder, head }, path)?.head)
}

fn is_packed(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == PACKED)
}

fn load_packed<M: Module>(path: &Path, name: &str, module: M) -> Result<M> {
    let shown = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {shown}"))?;
    let weights = Weights::from_bytes(&bytes).with_context(|| format!("cannot read {shown}"))?;
    Ok(weights.load(name, module)?)
}
