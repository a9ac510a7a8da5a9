//! `train`: one command trains a method, and goes on where it stopped.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use kshot::episode::Shape;
use kshot::method::imaginary::Imaginary;
use kshot::method::lstm::PlainLstm;
use kshot::method::mann::Mann;
use kshot::method::matching::Matching;
use kshot::method::relation::Relation;
use kshot::method::snail::Snail;

use crate::losses::arcface::ArcFace;
use crate::losses::autoencoder::AutoEncoder;
use crate::losses::cosface::CosFace;
use crate::losses::prototypical::{Prototypical, PrototypicalCosine};
use crate::losses::siamese::Siamese;
use crate::losses::sphereface::SphereFace;
use crate::losses::triplet::Triplet;
use launch::{embedder, head, margins};
use plan::Method;

pub mod checkpoint;
pub mod curve;
pub mod embedder;
pub mod episodes;
pub mod heads;
pub mod jitter;
pub mod launch;
pub mod plan;
pub mod run;
pub mod start;
pub mod task;

/// Arguments of `train`.
#[derive(clap::Args, Debug, Clone)]
#[command(after_help = "\
The output folder gets settings.json, curve.svg (loss and validation accuracy), weights.bpk (the best
by validation) and checkpoint. A training that was stopped goes on from its last checkpoint when the
same command is given again; so does one that is to be made longer by a larger --steps.

Examples:
  KSHOT_DATA=data cargo run --release -p training -- train prototypical
  KSHOT_DATA=data cargo run --release -p training -- train arcface --steps 8000 --out runs/arcface
  KSHOT_DATA=data cargo run --release -p training -- train snail --joint \\
    --encoder weights/drawings.safetensors --start weights/drawings.safetensors")]
pub struct Arguments {
    /// What to train
    #[arg(value_enum)]
    pub method: Method,
    /// Omniglot: the folder with the pack or with the original zip files
    #[arg(long, default_value = "omniglot")]
    pub data: PathBuf,
    /// Output folder [default: runs/METHOD]
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Steps in all [default: the method's]
    #[arg(long)]
    pub steps: Option<u64>,
    /// The same seed gives the same weights
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Adam's step size at the start
    #[arg(long, default_value_t = 1e-3)]
    pub learning_rate: f64,
    /// Steps after which the step size is halved, again and again [default: a sixth of the
    /// method's steps]
    #[arg(long)]
    pub halve_every: Option<u64>,
    /// Steps between validations, each with a checkpoint
    #[arg(long, default_value_t = 500)]
    pub validate_every: u64,
    /// Classes of a step [default: the method's]
    #[arg(long)]
    pub way: Option<usize>,
    /// Shots a class of an episode [default: the method's]
    #[arg(long)]
    pub shot: Option<usize>,
    /// Queries a class of an episode [default: the method's]
    #[arg(long)]
    pub queries: Option<usize>,
    /// Margin of triplet, cosface and arcface [default: 0.2, 0.2 and 0.3]
    #[arg(long)]
    pub margin: Option<f32>,
    /// What losses on cosines multiply them by [default: 30, prototypical-cosine 1]
    #[arg(long)]
    pub scale: Option<f32>,
    /// Weights to start from in place of random ones: of another training, or the packed file,
    /// whose prototypical embedder and whose head of this method are taken
    #[arg(long)]
    pub start: Option<PathBuf>,
    /// The embedder on whose embeddings a head is trained: of a training, or the packed file
    #[arg(long, default_value = "runs/prototypical/weights.bpk")]
    pub encoder: PathBuf,
    /// Train a head together with an embedder of its own, which starts as --encoder is
    #[arg(long)]
    pub joint: bool,
    /// Change the training drawings a little, each time otherwise
    #[arg(long)]
    pub jitter: bool,
}

/// Trains, or goes on training, and returns a summary as text.
///
/// # Errors
/// Where the data cannot be read, the output folder cannot be written or holds another
/// training, or the loss stops being finite.
pub fn train(arguments: &Arguments) -> Result<String> {
    ensure!(
        arguments.validate_every >= 1,
        "--validate-every must be at least 1"
    );
    let plan = arguments.method.plan();
    let shape = Shape {
        way: arguments.way.unwrap_or(plan.shape.way),
        shot: arguments.shot.unwrap_or(plan.shape.shot),
        queries: arguments.queries.unwrap_or(plan.shape.queries),
    };
    crate::usable::check(shape)?;
    let joint = arguments.joint.then_some(shape);
    let scale = arguments.scale.unwrap_or(plan.scale);
    let margin = arguments.margin.unwrap_or(plan.margin);
    match arguments.method {
        Method::Prototypical => embedder(arguments, &plan, Prototypical { shape }),
        Method::PrototypicalCosine => {
            embedder(arguments, &plan, PrototypicalCosine { shape, scale })
        }
        Method::Siamese => {
            ensure!(
                shape.pictures() == 2,
                "a pair is one --shot and one of --queries"
            );
            embedder(arguments, &plan, Siamese { shape })
        }
        Method::Triplet => embedder(arguments, &plan, Triplet { shape, margin }),
        Method::Sphereface => margins(arguments, &plan, shape, SphereFace),
        Method::Cosface => margins(arguments, &plan, shape, CosFace { margin }),
        Method::Arcface => margins(arguments, &plan, shape, ArcFace { margin }),
        Method::Autoencoder => embedder(arguments, &plan, AutoEncoder { shape }),
        Method::Matching => head::<Matching>(arguments, &plan, joint),
        Method::Relation => head::<Relation>(arguments, &plan, joint),
        Method::Imaginary => head::<Imaginary>(arguments, &plan, joint),
        Method::Lstm => head::<PlainLstm>(arguments, &plan, joint),
        Method::Mann => head::<Mann>(arguments, &plan, joint),
        Method::Snail => head::<Snail>(arguments, &plan, joint),
    }
}
