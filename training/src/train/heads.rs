//! Trains a method with weights of its own on the embeddings of a trained embedder, which are
//! computed once and kept in memory.

use std::marker::PhantomData;

use anyhow::{Context, Result};
use burn::optim::GradientsParams;
use burn::tensor::Device;
use kshot::embedder::conv4::Conv4;

use super::embedder::{embed, embed_jittered};
use super::episodes::{Embedded, Size, shape};
use super::jitter::Jitter;
use super::task::{Right, Step, Task};
use crate::conv4::{Conv4Pass, tensor_values};
use crate::heads::{Head, answers};
use crate::measure::EmbeddedClass;
use crate::omniglot::Class;

/// Sizes of episodes while training, and how many stand side by side: about as much work in each
/// step.
const SIZES: [Size; 4] = [
    (shape(5, 1, 4), 32),
    (shape(20, 1, 2), 16),
    (shape(5, 5, 4), 16),
    (shape(20, 5, 2), 4),
];

/// Batches of each size that a validation asks.
const VALIDATION_BATCHES: u64 = 12;

/// Seed of the validation's episodes.
const VALIDATION_SEED: u64 = 1;

/// The training of a head.
pub struct HeadTask<H> {
    train: Embedded,
    validation: Vec<EmbeddedClass>,
    head: PhantomData<H>,
}

impl<H: Head> HeadTask<H> {
    /// Embeds the classes: those to train on as they are and once more with jitter, since an
    /// embedder has classes it was trained on closer together than others.
    ///
    /// # Errors
    /// Where there are too few classes, and where an embedding is not finite.
    pub fn new(
        embedder: &Conv4,
        train: &[Class],
        validation: &[Class],
        jitter: Option<Jitter>,
        seed: u64,
    ) -> Result<Self> {
        let mut pass = Conv4Pass::default();
        let mut versions = vec![embed(&mut pass, embedder, train)?];
        if let Some(jitter) = jitter {
            versions.push(embed_jittered(&mut pass, embedder, train, &jitter, seed)?);
        }
        Ok(HeadTask {
            train: Embedded::new(versions, &SIZES, seed)?,
            validation: embed(&mut pass, embedder, validation)?,
            head: PhantomData,
        })
    }
}

impl<H: Head> Task for HeadTask<H> {
    type Model = H;

    fn start(&self, device: &Device) -> Result<H> {
        Ok(H::start(device))
    }

    fn step(&mut self, model: &H, number: u64) -> Result<Step> {
        let device = Device::flex().autodiff();
        let episodes = self.train.draw(number, &device)?;
        let loss = model.loss(&episodes, number);
        let mut graph = loss.backward();
        let gradients = GradientsParams::from_module(&mut graph, model);
        let loss = tensor_values(loss)?;
        let loss = loss.first().context("the loss is no number")?;
        Ok(Step {
            loss: f64::from(*loss),
            gradients,
        })
    }

    fn validate(&mut self, model: &H) -> Result<Right> {
        validate(model, &self.validation)
    }
}

/// Answers of a head in all four cells of the table, on always the same episodes of some
/// classes.
///
/// # Errors
/// Where there are too few classes, and where a tensor cannot be read.
pub fn validate<H: Head>(head: &H, classes: &[EmbeddedClass]) -> Result<Right> {
    let embedded = Embedded::new(vec![classes.to_vec()], &SIZES, VALIDATION_SEED)?;
    let head = head.valid();
    let mut right = Right { right: 0, of: 0 };
    for number in 0..VALIDATION_BATCHES * SIZES.len() as u64 {
        let episodes = embedded.draw(number, &Device::flex())?;
        let answers = answers(head.scores(&episodes))?;
        right.of += answers.len();
        right.right += answers
            .iter()
            .zip(&episodes.own)
            .filter(|(a, b)| a == b)
            .count();
    }
    Ok(right)
}
