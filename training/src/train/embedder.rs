//! Trains a Conv-4 by one of the [`losses`](crate::losses).

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor, TensorData};
use kshot::embedder::conv4::{Conv4, DIMENSIONS, SIDE};
use kshot::episode::Sampler;
use rand::SeedableRng;
use rand::rngs::ChaCha12Rng;

use super::jitter::Jitter;
use super::start::{SHARED, load_embedder};
use super::task::{Right, Step, Task};
use crate::conv4::{Conv4Pass, tensor_values};
use crate::losses::{Given, Objective};
use crate::measure::EmbeddedClass;
use crate::omniglot::{Class, Drawing};

/// Drawings that are embedded at once outside training.
pub const BATCH: usize = 280;

/// The embedder, and what its loss learns beside it.
#[derive(Module, Debug)]
pub struct Trainee<H: Module> {
    /// What is kept.
    pub embedder: Conv4,
    /// The loss's own: class centres, a decoder, nothing.
    pub head: H,
}

/// The training of an embedder.
pub struct EmbedderTask<O> {
    objective: O,
    train: Vec<Class>,
    validation: Vec<Class>,
    sampler: Sampler,
    jitter: Option<Jitter>,
    start: Option<PathBuf>,
    seed: u64,
    pass: Conv4Pass,
}

impl<O: Objective> EmbedderTask<O> {
    /// On these classes.
    ///
    /// # Errors
    /// Where there are too few classes for the loss or for the validation.
    pub fn new(
        objective: O,
        train: Vec<Class>,
        validation: Vec<Class>,
        jitter: Option<Jitter>,
        seed: u64,
    ) -> Result<Self> {
        let counts = train.iter().map(|class| class.drawings.len()).collect();
        let sampler = Sampler::new(counts, objective.shape(), seed)?;
        Ok(EmbedderTask {
            objective,
            train,
            validation,
            sampler,
            jitter,
            start: None,
            seed,
            pass: Conv4Pass::default(),
        })
    }

    /// Starts from the embedder of another training in place of random weights.
    pub fn starting_from(self, weights: PathBuf) -> Self {
        EmbedderTask {
            start: Some(weights),
            ..self
        }
    }

    /// Drawings of a step as ink, `[way * (shot + queries) * 28 * 28]`, class by class, shots
    /// first; and the classes.
    fn draw(&self, number: u64) -> Result<(Vec<f32>, Vec<usize>)> {
        let episode = self.sampler.draw(number);
        let mut random = ChaCha12Rng::seed_from_u64(self.seed ^ JITTER_SEED);
        random.set_stream(number);
        let mut ink = Vec::with_capacity(self.objective.shape().pictures() * SIDE * SIDE);
        let mut classes = Vec::new();
        for drawn in &episode.classes {
            for drawing in drawn.support.iter().chain(&drawn.queries) {
                let drawing = self
                    .train
                    .get(drawn.class)
                    .and_then(|class| class.drawings.get(*drawing))
                    .context("the sampler names a drawing that there is not")?;
                match &self.jitter {
                    Some(jitter) => ink.extend(jitter.ink(drawing, &mut random)),
                    None => ink.extend(drawing.ink()),
                }
            }
            classes.push(drawn.class);
        }
        Ok((ink, classes))
    }
}

/// Keeps the jitter's random numbers apart from the sampler's.
const JITTER_SEED: u64 = 0x6a69_7474_6572;

impl<O: Objective> Task for EmbedderTask<O> {
    type Model = Trainee<O::Head>;

    fn start(&self, device: &Device) -> Result<Self::Model> {
        let Some(path) = &self.start else {
            return Ok(Trainee {
                embedder: Conv4::new(device),
                head: self.objective.head(self.train.len(), device),
            });
        };
        let embedder = load_embedder(path, SHARED, device)?;
        let means = || {
            let embedded = embed(&mut Conv4Pass::default(), &embedder, &self.train)?;
            let means: Vec<f32> = embedded.iter().flat_map(|class| mean(class)).collect();
            let means = TensorData::new(means, [embedded.len(), DIMENSIONS]);
            Ok(Tensor::from_data(means, device))
        };
        let objective = &self.objective;
        let head = objective.head_beside(self.train.len(), device, &means)?;
        Ok(Trainee { embedder, head })
    }

    fn step(&mut self, model: &Self::Model, number: u64) -> Result<Step> {
        let (ink, classes) = self.draw(number)?;
        let n = ink.len() / (SIDE * SIDE);
        let given = Given {
            classes: &classes,
            ink: &ink,
            number,
        };
        let embeddings = self.pass.train(&model.embedder, ink.clone())?;
        let device = Device::flex().autodiff();
        let data = TensorData::new(embeddings, [n, DIMENSIONS]);
        let embeddings = Tensor::<2>::from_data(data, &device).require_grad(); // [n, 64]
        let loss = self
            .objective
            .loss(&model.head, embeddings.clone(), &given)?;
        let mut graph = loss.backward();
        let gradient = embeddings
            .grad(&graph)
            .context("the loss does not depend on the embeddings")?;
        let mut gradients = GradientsParams::from_module(&mut graph, &model.head);
        let gradient = tensor_values(gradient)?;
        let plain = Device::flex();
        self.pass
            .backward(&model.embedder, gradient, &mut gradients, &plain)?;
        let loss = tensor_values(loss)?;
        let loss = loss.first().context("the loss is no number")?;
        Ok(Step {
            loss: f64::from(*loss),
            gradients,
        })
    }

    fn validate(&mut self, model: &Self::Model) -> Result<Right> {
        let classes = embed(&mut self.pass, &model.embedder, &self.validation)?;
        self.objective.right(&model.head, &classes)
    }
}

/// Embeds every drawing of some classes with the running statistics, as in use.
///
/// # Errors
/// Where the weights cannot be read, and where an embedding is not finite.
pub fn embed(
    pass: &mut Conv4Pass,
    embedder: &Conv4,
    classes: &[Class],
) -> Result<Vec<EmbeddedClass>> {
    embed_with(pass, embedder, classes, |drawing| drawing.ink().collect())
}

/// [`embed`] with every drawing changed as while training.
///
/// # Errors
/// As [`embed`].
pub fn embed_jittered(
    pass: &mut Conv4Pass,
    embedder: &Conv4,
    classes: &[Class],
    jitter: &Jitter,
    seed: u64,
) -> Result<Vec<EmbeddedClass>> {
    let mut random = ChaCha12Rng::seed_from_u64(seed ^ JITTER_SEED);
    embed_with(pass, embedder, classes, |drawing| {
        jitter.ink(drawing, &mut random).to_vec()
    })
}

/// The mean of some embeddings, `[64]`.
fn mean(embeddings: &[Vec<f32>]) -> Vec<f32> {
    let mut mean = vec![0.0; DIMENSIONS];
    for embedding in embeddings {
        for (sum, value) in mean.iter_mut().zip(embedding) {
            *sum += value / embeddings.len() as f32;
        }
    }
    mean
}

fn embed_with(
    pass: &mut Conv4Pass,
    embedder: &Conv4,
    classes: &[Class],
    mut ink: impl FnMut(&Drawing) -> Vec<f32>,
) -> Result<Vec<EmbeddedClass>> {
    let drawings: Vec<_> = classes.iter().flat_map(|class| &class.drawings).collect();
    let mut embeddings = Vec::with_capacity(drawings.len());
    for batch in drawings.chunks(BATCH) {
        let ink = batch.iter().flat_map(|drawing| ink(drawing)).collect();
        let values = pass.embed(embedder, ink)?;
        ensure!(
            values.iter().all(|value| value.is_finite()),
            "an embedding is not finite"
        );
        embeddings.extend(values.chunks_exact(DIMENSIONS).map(<[f32]>::to_vec));
    }
    let mut embeddings = embeddings.into_iter();
    Ok(classes
        .iter()
        .map(|class| embeddings.by_ref().take(class.drawings.len()).collect())
        .collect())
}
