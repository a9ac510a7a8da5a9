//! What can be trained, and how each is trained where the command line says nothing else.

use anyhow::{Context, Result};
use clap::ValueEnum;
use kshot::episode::Shape;

/// What can be trained.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The embedder of the prototypical network
    Prototypical,
    /// The same with cosines in place of squared distances
    PrototypicalCosine,
    /// An embedder by pairs, with its comparison
    Siamese,
    /// An embedder by triplets with semi-hard mining
    Triplet,
    /// An embedder by a multiplicative margin on the angle
    Sphereface,
    /// An embedder by an additive margin on the cosine
    Cosface,
    /// An embedder by an additive margin on the angle
    Arcface,
    /// An embedder that keeps what it needs to draw the drawing again
    Autoencoder,
    /// Full context embeddings of the matching network, on embeddings of --encoder
    Matching,
    /// The relation network's comparison, on embeddings of --encoder
    Relation,
    /// The generator of imaginary data, on embeddings of --encoder
    Imaginary,
    /// A plain LSTM over shots and query, on embeddings of --encoder
    Lstm,
    /// A memory-augmented network over shots and query, on embeddings of --encoder
    Mann,
    /// Convolutions and attention over shots and query, on embeddings of --encoder
    Snail,
}

/// How a method is trained.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Steps in all.
    pub steps: u64,
    /// What a step of an embedder takes; heads have sizes of their own.
    pub shape: Shape,
    /// Of the losses that have one.
    pub margin: f32,
    /// What losses on cosines multiply them by.
    pub scale: f32,
}

impl Method {
    /// As it is written on the command line.
    ///
    /// # Errors
    /// For a method that the command line does not offer; there is none.
    pub fn name(self) -> Result<String> {
        let value = self.to_possible_value().context("the method is hidden")?;
        Ok(value.get_name().to_owned())
    }

    /// What it is trained with where nothing else is said; `weights/README.md` has how the
    /// shipped weights were made.
    pub fn plan(self) -> Plan {
        let plan = |steps, (way, shot, queries), margin| Plan {
            steps,
            shape: Shape { way, shot, queries },
            margin,
            scale: match self {
                // The paper's softmax has no factor.
                Method::PrototypicalCosine => 1.0,
                // Section 3.2 of arXiv 1801.05599.
                _ => 30.0,
            },
        };
        match self {
            // Section 3.1 of arXiv 1703.05175 has 60 classes and 5 queries in 1-shot episodes.
            Method::Prototypical | Method::PrototypicalCosine => plan(12_000, (60, 1, 3), 0.0),
            Method::Siamese => plan(3000, (60, 1, 1), 0.0),
            // Section 3.3 of arXiv 1503.03832.
            Method::Triplet => plan(2400, (30, 1, 3), 0.2),
            Method::Sphereface => plan(2400, (60, 1, 1), 0.0),
            // Both papers have more, for faces and 512 dimensions: 0.35 and 0.5.
            Method::Cosface => plan(2400, (60, 1, 1), 0.2),
            Method::Arcface => plan(2400, (60, 1, 1), 0.3),
            Method::Autoencoder => plan(1500, (60, 1, 1), 0.0),
            Method::Relation => plan(6000, (20, 5, 2), 0.0),
            Method::Matching | Method::Imaginary | Method::Lstm => plan(3000, (20, 5, 2), 0.0),
            Method::Mann | Method::Snail => plan(2500, (20, 5, 2), 0.0),
        }
    }
}
