//! Trains a method with weights of its own on the embeddings of a trained embedder, which are
//! computed once and kept in memory.
//!
//! One set of weights serves every cell of the table: episodes are 5- and 20-way, 1- and 5-shot
//! in turns, their shots in random order.

use std::marker::PhantomData;

use anyhow::{Context, Result};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor, TensorData};
use kshot::embedder::conv4::{Conv4, DIMENSIONS};
use kshot::episode::{Sampler, Shape};
use rand::rngs::ChaCha12Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use super::embedder::{embed, embed_jittered};
use super::jitter::Jitter;
use super::task::{Right, Step, Task};
use crate::conv4::{Conv4Pass, tensor_values};
use crate::heads::{Episodes, Head, answers};
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

/// Keeps the order of the shots apart from the sampler's random numbers.
const ORDER_SEED: u64 = 0x006f_7264_6572;

const fn shape(way: usize, shot: usize, queries: usize) -> Shape {
    Shape { way, shot, queries }
}

/// Size of an episode, and how many stand side by side.
pub type Size = (Shape, usize);

/// Embeddings to draw episodes from.
pub struct Embedded {
    versions: Vec<Vec<EmbeddedClass>>, // of every drawing: as it is, and changed
    sizes: Vec<(Size, Sampler)>,
    seed: u64,
}

impl Embedded {
    /// Of `versions` of the same classes, for episodes of these sizes.
    ///
    /// # Errors
    /// Where there are too few classes or drawings.
    pub fn new(versions: Vec<Vec<EmbeddedClass>>, sizes: &[Size], seed: u64) -> Result<Self> {
        let first = versions.first().context("there are no embeddings")?;
        let counts: Vec<usize> = first.iter().map(Vec::len).collect();
        let sizes = sizes
            .iter()
            .map(|size| Ok((*size, Sampler::new(counts.clone(), size.0, seed)?)))
            .collect::<Result<_>>()?;
        Ok(Embedded {
            versions,
            sizes,
            seed,
        })
    }

    /// The episodes of this number, of the size whose turn it is.
    ///
    /// # Errors
    /// Where the versions are not of the same classes.
    pub fn draw(&self, number: u64, device: &Device) -> Result<Episodes> {
        let turn = number as usize % self.sizes.len().max(1);
        let (size, sampler) = self.sizes.get(turn).context("there are no sizes")?;
        let (Shape { way, shot, queries }, batch) = *size;
        let mut random = ChaCha12Rng::seed_from_u64(self.seed ^ ORDER_SEED);
        random.set_stream(number);
        let (mut of_shots, mut labels, mut of_queries) = (Vec::new(), Vec::new(), Vec::new());
        let mut own = Vec::new();
        for part in 0..batch as u64 {
            let episode = sampler.draw(number * batch as u64 + part);
            let mut shots = Vec::new();
            for (class, drawn) in episode.classes.iter().enumerate() {
                shots.extend(
                    drawn
                        .support
                        .iter()
                        .map(|drawing| (class, drawn.class, *drawing)),
                );
                for &drawing in &drawn.queries {
                    let version = random.random_range(0..self.versions.len());
                    of_queries.extend(self.embedding(version, drawn.class, drawing)?);
                    own.push(class);
                }
            }
            shots.shuffle(&mut random);
            for (label, class, drawing) in shots {
                let version = random.random_range(0..self.versions.len());
                of_shots.extend(self.embedding(version, class, drawing)?);
                labels.extend((0..way).map(|other| f32::from(u8::from(other == label))));
            }
        }
        let tensor = |values, rows, width| {
            Tensor::<3>::from_data(TensorData::new(values, [batch, rows, width]), device)
        };
        Ok(Episodes {
            shots: tensor(of_shots, way * shot, DIMENSIONS),
            labels: tensor(labels, way * shot, way),
            queries: tensor(of_queries, way * queries, DIMENSIONS),
            own,
        })
    }

    fn embedding(&self, version: usize, class: usize, drawing: usize) -> Result<&[f32]> {
        let class = self
            .versions
            .get(version)
            .and_then(|classes| classes.get(class));
        class
            .and_then(|class| class.get(drawing))
            .map(Vec::as_slice)
            .context("the versions are not of the same classes")
    }
}

/// The training of a head.
pub struct HeadTask<H> {
    train: Embedded,
    validation: Embedded,
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
        let validation = embed(&mut pass, embedder, validation)?;
        Ok(HeadTask {
            train: Embedded::new(versions, &SIZES, seed)?,
            validation: Embedded::new(vec![validation], &SIZES, VALIDATION_SEED)?,
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
        let model = model.valid();
        let mut right = Right { right: 0, of: 0 };
        for number in 0..VALIDATION_BATCHES * SIZES.len() as u64 {
            let episodes = self.validation.draw(number, &Device::flex())?;
            let answers = answers(model.scores(&episodes))?;
            right.of += answers.len();
            right.right += answers
                .iter()
                .zip(&episodes.own)
                .filter(|(a, b)| a == b)
                .count();
        }
        Ok(right)
    }
}
