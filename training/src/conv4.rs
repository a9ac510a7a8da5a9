//! Conv-4 for training: the same network as [`kshot::embedder::conv4`], its forward pass and
//! its gradient by hand.
//!
//! The Burn module stays the owner of the weights and the reference that tests hold this to.
//! Here its numbers are laid out channels last, and what Burn's graph does in a dozen passes
//! over memory is done in three ([`norm`]). A loss sees an embedding as a tensor of its own,
//! which requires a gradient; that gradient goes back through [`Conv4Pass::backward`].

use anyhow::{Result, anyhow, ensure};
use burn::module::Param;
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor, TensorData};
use kshot::embedder::conv4::{Conv4, DIMENSIONS, FILTERS, SIDE};

use block::{Kept, Size, Statistics, TAPS, Weights};

pub mod block;
pub mod norm;
pub mod product;

/// One pass through the network, and what its gradient needs. Kept from step to step, so that
/// its memory is used again.
#[derive(Debug, Default)]
pub struct Conv4Pass {
    input: Vec<f32>, // [n, 28, 28]
    kept: Vec<Kept>,
    weights: Vec<Weights>,
    statistics: Vec<Statistics>,
}

impl Conv4Pass {
    /// Embeds with the statistics of this batch, and takes them into the network's running
    /// statistics, as Burn's BatchNorm does on an autodiff device. `ink` is `[n, 28, 28]`; the
    /// result is `[n, 64]`.
    ///
    /// # Errors
    /// Where the weights cannot be read from their device.
    pub fn train(&mut self, network: &Conv4, ink: Vec<f32>) -> Result<Vec<f32>> {
        self.forward(network, ink, false)?;
        for (block, statistics) in network.blocks.iter().zip(&self.statistics) {
            let norm = &block.norm;
            let momentum = norm.momentum;
            for (running, found) in [
                (&norm.running_mean, &statistics.mean),
                (&norm.running_var, &statistics.variance),
            ] {
                let before = running.value_sync();
                let found = Tensor::<1>::from_floats(found.as_slice(), &before.device());
                running.update(before * (1.0 - momentum) + found * momentum);
                running.value_sync();
            }
        }
        Ok(self.output())
    }

    /// Embeds with the running statistics, as in use: `[n, 28, 28]` to `[n, 64]`.
    ///
    /// # Errors
    /// Where the weights cannot be read from their device.
    pub fn embed(&mut self, network: &Conv4, ink: Vec<f32>) -> Result<Vec<f32>> {
        self.forward(network, ink, true)?;
        Ok(self.output())
    }

    fn output(&self) -> Vec<f32> {
        self.kept
            .last()
            .map_or_else(Vec::new, |kept| kept.output.clone())
    }

    fn forward(&mut self, network: &Conv4, ink: Vec<f32>, running: bool) -> Result<()> {
        ensure!(
            ink.len().is_multiple_of(SIDE * SIDE),
            "{} values are no number of drawings",
            ink.len()
        );
        self.input = ink;
        self.kept.resize_with(network.blocks.len(), Kept::default);
        self.weights.clear();
        self.statistics.clear();
        let mut input = self.input.as_slice();
        for ((block, size), kept) in network.blocks.iter().zip(sizes()).zip(&mut self.kept) {
            let weights = Weights {
                conv: taps_first(&values(&block.conv.weight)?, size.channels),
                gamma: values(&block.norm.gamma)?,
                beta: values(&block.norm.beta)?,
            };
            let statistics = Statistics {
                mean: tensor_values(block.norm.running_mean.value_sync())?,
                variance: tensor_values(block.norm.running_var.value_sync())?,
            };
            let used = running.then_some(&statistics);
            let used = block::forward(size, &weights, input, used, kept);
            self.weights.push(weights);
            self.statistics.push(used);
            input = &kept.output;
        }
        Ok(())
    }

    /// Gradients of the last [`train`](Self::train), given that of its result, `[n, 64]`. They
    /// are added to `gradients` under the ids of the network's parameters, on `device`.
    ///
    /// # Errors
    /// Where `embeddings` has another size than the result had.
    pub fn backward(
        &self,
        network: &Conv4,
        embeddings: Vec<f32>,
        gradients: &mut GradientsParams,
        device: &Device,
    ) -> Result<()> {
        let n = self.input.len() / (SIDE * SIDE);
        ensure!(
            embeddings.len() == n * DIMENSIONS,
            "the gradient has {} values, expected {n} x {DIMENSIONS}",
            embeddings.len()
        );
        let inputs = std::iter::once(&self.input).chain(self.kept.iter().map(|kept| &kept.output));
        let passed: Vec<_> = network
            .blocks
            .iter()
            .zip(sizes())
            .zip(inputs)
            .zip(
                self.weights
                    .iter()
                    .zip(self.statistics.iter().zip(&self.kept)),
            )
            .collect();
        let mut output = embeddings;
        for (number, (((block, size), input), (weights, past))) in
            passed.into_iter().enumerate().rev()
        {
            let found = block::backward(size, weights, input, past, &mut output, number > 0);
            let shape = [FILTERS, size.channels, 3, 3];
            let conv = TensorData::new(filters_first(&found.conv, size.channels), shape);
            gradients.register(block.conv.weight.id, Tensor::<4>::from_data(conv, device));
            for (param, values) in [
                (&block.norm.gamma, &found.gamma),
                (&block.norm.beta, &found.beta),
            ] {
                let values = Tensor::<1>::from_floats(values.as_slice(), device);
                gradients.register(param.id, values);
            }
            output = found.input;
        }
        Ok(())
    }
}

fn sizes() -> impl Iterator<Item = Size> {
    let channels = std::iter::once(1).chain(std::iter::repeat(FILTERS));
    let sides = std::iter::successors(Some(SIDE), |side| Some(side / 2));
    sides
        .zip(channels)
        .map(|(side, channels)| Size { side, channels })
}

/// `[64, channels, 3, 3]` to `[9, channels, 64]`.
fn taps_first(weight: &[f32], channels: usize) -> Vec<f32> {
    let mut turned = Vec::with_capacity(weight.len());
    for tap in 0..TAPS {
        for channel in 0..channels {
            let filters = weight.iter().skip(channel * TAPS + tap);
            turned.extend(filters.step_by(channels * TAPS));
        }
    }
    turned
}

/// `[9, channels, 64]` to `[64, channels, 3, 3]`.
fn filters_first(weight: &[f32], channels: usize) -> Vec<f32> {
    let mut turned = Vec::with_capacity(weight.len());
    for filter in 0..FILTERS {
        for channel in 0..channels {
            let taps = weight.iter().skip(channel * FILTERS + filter);
            turned.extend(taps.step_by(channels * FILTERS));
        }
    }
    turned
}

fn values<const D: usize>(param: &Param<Tensor<D>>) -> Result<Vec<f32>> {
    tensor_values(param.val())
}

/// The numbers of a tensor, row-major.
///
/// # Errors
/// Where it cannot be read from its device.
pub fn tensor_values<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>> {
    let data = tensor.into_data();
    data.try_to_vec()
        .map_err(|error| anyhow!("a tensor cannot be read: {error:?}"))
}
