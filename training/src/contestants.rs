//! The methods of the table, each with its embedder, its weights, and what was published.

use anyhow::Result;
use burn::tensor::{Device, Tensor};
use kshot::method::imaginary::Imaginary;
use kshot::method::lstm::PlainLstm;
use kshot::method::mann::Mann;
use kshot::method::matching::{self, Matching};
use kshot::method::relation::Relation;
use kshot::method::siamese::Siamese;
use kshot::method::snail::Snail;
use kshot::method::{Metric, Sizes, prototypical};
use kshot::weights::Weights;

use crate::drawings::EMBEDDERS;
use crate::heads::{Episodes, Head};
use crate::train::start::SHARED;

/// Temperature of the matching network without full context embeddings: cosines times ten, the
/// start of the one with them. It decides how attentions to several shots of a class add up.
const TEMPERATURE: f32 = 0.2;

/// Percent right in the four cells of the table; `None` where nothing was published.
pub type Published = [Option<f64>; 4];

/// Scores of every class for every query, `[b, q, c]`.
pub type Scores = Box<dyn Fn(&Episodes) -> Tensor<3>>;

/// One row of the table.
pub struct Contestant {
    /// What it is called.
    pub name: &'static str,
    /// Whose embeddings it is given.
    pub embedder: &'static str,
    /// What was published.
    pub published: Published,
    /// Where.
    pub source: &'static str,
    /// Why ours may be below.
    pub why: &'static str,
    /// How it answers.
    pub scores: Scores,
}

const NOTHING: Published = [None; 4];

const fn published(values: [f64; 4]) -> Published {
    [
        Some(values[0]),
        Some(values[1]),
        Some(values[2]),
        Some(values[3]),
    ]
}

/// Why a method with weights of its own can be below.
const JOINT: &str = "head and encoder learnt together for a quarter of an hour of shared cores, 140 \
                     drawings a step, from an encoder that had under an hour";

/// All rows, in the lecture's order, with the weights of a file.
///
/// # Errors
/// Where the file does not hold a method.
pub fn contestants(weights: &Weights<'_>) -> Result<Vec<Contestant>> {
    let device = Device::flex();
    let siamese = weights.load("heads.siamese", Siamese::new(&device))?;
    let by_cosine = |name, embedder, source| Contestant {
        name,
        embedder,
        published: NOTHING,
        source,
        why: "",
        scores: Box::new(nearest_by_cosine),
    };
    Ok(vec![
        Contestant {
            name: "Siamese, pair loss",
            embedder: "siamese",
            published: published([97.3, 98.4, 88.2, 97.0]),
            source: "1707.03141, table 1",
            why: "the loss asks whether two drawings are the same, and nearly all pairs are easy",
            scores: Box::new(move |episodes| {
                let Episodes {
                    shots,
                    labels,
                    queries,
                    ..
                } = episodes.clone();
                siamese.forward(shots, labels, queries)
            }),
        },
        by_cosine("Triplet, semi-hard", "triplet", "no Omniglot in 1503.03832"),
        by_cosine("SphereFace", "sphereface", "no Omniglot in 1704.08063"),
        by_cosine(
            "AM-softmax (CosFace)",
            "cosface",
            "no Omniglot in 1801.05599",
        ),
        by_cosine("ArcFace", "arcface", "no Omniglot in 1801.07698"),
        Contestant {
            name: "Auto-encoder, nearest mean",
            embedder: "autoencoder",
            published: NOTHING,
            source: "the lecture's counter-example",
            why: "",
            scores: Box::new(nearest_mean),
        },
        Contestant {
            name: "Prototypical, Euclidean",
            embedder: "prototypical",
            published: published([98.8, 99.7, 96.0, 98.9]),
            source: "1703.05175, table 1",
            why: "the encoder had under an hour of two shared cores",
            scores: Box::new(nearest_mean),
        },
        by_cosine(
            "Prototypical, cosine",
            "prototypical",
            "no Omniglot figure in 1703.05175",
        ),
        Contestant {
            name: "Matching, no context",
            embedder: "prototypical",
            published: published([98.1, 98.9, 93.8, 98.5]),
            source: "1707.03141, table 1",
            why: "the embeddings were trained for squared distances, not for cosines",
            scores: Box::new(|episodes| {
                let Episodes {
                    shots,
                    labels,
                    queries,
                    ..
                } = episodes.clone();
                matching::forward(shots, labels, queries, TEMPERATURE)
            }),
        },
        of::<Matching>(
            weights,
            "Matching, full context",
            "matching",
            published([98.1, 98.9, 93.8, 98.5]),
            "1707.03141, table 1 (no context)",
        )?,
        of::<Relation>(
            weights,
            "Relation network",
            "relation",
            published([99.6, 99.8, 97.6, 99.1]),
            "1711.06025, table 1",
        )?,
        of::<Imaginary>(
            weights,
            "Imaginary data",
            "imaginary",
            NOTHING,
            "no Omniglot in 1801.05401",
        )?,
        of::<PlainLstm>(
            weights,
            "Plain LSTM",
            "lstm",
            NOTHING,
            "the lecture: it does not learn this",
        )?,
        of::<Mann>(
            weights,
            "MANN",
            "mann",
            [Some(82.8), Some(94.9), None, None],
            "1707.03141, table 1",
        )?,
        of::<Snail>(
            weights,
            "SNAIL",
            "snail",
            published([99.07, 99.78, 97.64, 99.36]),
            "1707.03141, table 1",
        )?,
    ])
}

/// A method with weights of its own, on an embedder of its own or the prototypical one.
fn of<H: Head + 'static>(
    weights: &Weights<'_>,
    name: &'static str,
    file: &'static str,
    published: Published,
    source: &'static str,
) -> Result<Contestant> {
    let head = weights.load(
        &format!("heads.{file}"),
        H::start(Sizes::DRAWINGS, &Device::flex()),
    )?;
    Ok(Contestant {
        name,
        embedder: if EMBEDDERS.contains(&file) {
            file
        } else {
            SHARED
        },
        published,
        source,
        why: JOINT,
        scores: Box::new(move |episodes| head.scores(episodes)),
    })
}

/// Scores by the squared distance to the mean of a class's shots.
pub fn nearest_mean(episodes: &Episodes) -> Tensor<3> {
    let Episodes {
        shots,
        labels,
        queries,
        ..
    } = episodes.clone();
    prototypical::forward(shots, labels, queries, Metric::Euclidean)
}

/// Scores by the cosine to the mean of a class's shots.
pub fn nearest_by_cosine(episodes: &Episodes) -> Tensor<3> {
    let Episodes {
        shots,
        labels,
        queries,
        ..
    } = episodes.clone();
    prototypical::forward(shots, labels, queries, Metric::Cosine)
}
