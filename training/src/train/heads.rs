//! Trains a method with weights of its own on the embeddings of a trained embedder, which are
//! computed once and kept in memory.

use std::marker::PhantomData;

use anyhow::{Context, Result};
use burn::optim::GradientsParams;
use burn::tensor::Device;
use kshot::embedder::conv4::Conv4;
use kshot::method::Sizes;

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
pub const SIZES: [Size; 4] = [
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
    train: Vec<Embedded>, // sets, in turns
    validation: Vec<Vec<EmbeddedClass>>,
    turns: Vec<Size>,
    few: bool, // classes: they start comparing, and a set may have too few pictures for a size
    sizes: Sizes,
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
            train: vec![Embedded::new(versions, &SIZES, seed)?],
            validation: vec![embed(&mut pass, embedder, validation)?],
            turns: SIZES.to_vec(),
            few: false,
            sizes: Sizes::DRAWINGS,
            head: PhantomData,
        })
    }

    /// On embeddings that there are already, of several sets in turns, with episodes of the sizes
    /// of `turns`; their shots stand class by class half of the time, as they are recorded.
    ///
    /// # Errors
    /// Where there are too few classes or pictures.
    pub fn of_embeddings(
        train: Vec<Vec<EmbeddedClass>>,
        validation: Vec<Vec<EmbeddedClass>>,
        turns: &[Size],
        sizes: Sizes,
        seed: u64,
    ) -> Result<Self> {
        let sets = train.into_iter().map(|set| {
            let embedded = Embedded::new(vec![set], turns, seed)?;
            Ok(embedded.sometimes_in_order())
        });
        Ok(HeadTask {
            train: sets.collect::<Result<_>>()?,
            validation,
            turns: turns.to_vec(),
            few: true,
            sizes,
            head: PhantomData,
        })
    }
}

impl<H: Head> Task for HeadTask<H> {
    type Model = H;

    fn start(&self, device: &Device) -> Result<H> {
        match self.few {
            true => H::start_comparing(self.sizes, device),
            false => Ok(H::start(self.sizes, device)),
        }
    }

    fn step(&mut self, model: &H, number: u64) -> Result<Step> {
        let device = Device::flex().autodiff();
        // A set stays for a round of all sizes.
        let round = number as usize / self.turns.len().max(1);
        let set = round % self.train.len().max(1);
        let set = self
            .train
            .get(set)
            .context("there is nothing to train on")?;
        let episodes = set.draw(number, &device)?;
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
        let mut right = Right { right: 0, of: 0 };
        for set in &self.validation {
            let of_set = match self.few {
                true => validate_each(model, set, &self.turns)?,
                false => validate(model, set, &self.turns)?,
            };
            right.right += of_set.right;
            right.of += of_set.of;
        }
        Ok(right)
    }
}

/// [`validate`] for one size after the other, on the classes with pictures enough for it; sizes
/// with more ways than there are such classes are left out.
fn validate_each<H: Head>(head: &H, classes: &[EmbeddedClass], turns: &[Size]) -> Result<Right> {
    let mut right = Right { right: 0, of: 0 };
    for size in turns {
        let enough = classes
            .iter()
            .filter(|class| class.len() >= size.0.pictures());
        let enough: Vec<EmbeddedClass> = enough.cloned().collect();
        if enough.len() >= size.0.way {
            let of_size = validate(head, &enough, &[*size])?;
            right.right += of_size.right;
            right.of += of_size.of;
        }
    }
    Ok(right)
}

/// Answers of a head to episodes of all sizes in turns, always the same ones of some classes.
///
/// # Errors
/// Where there are too few classes, and where a tensor cannot be read.
pub fn validate<H: Head>(head: &H, classes: &[EmbeddedClass], turns: &[Size]) -> Result<Right> {
    let embedded = Embedded::new(vec![classes.to_vec()], turns, VALIDATION_SEED)?;
    let head = head.valid();
    let mut right = Right { right: 0, of: 0 };
    for number in 0..VALIDATION_BATCHES * turns.len() as u64 {
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
