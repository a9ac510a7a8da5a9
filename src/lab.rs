//! The lab: every method of the lecture on one support set of drawings.
//!
//! Where it stands on the path: ink `[28 * 28]` in ([`crate::frame::drawing`] makes it, or
//! [`crate::characters`] has it), each embedder's embeddings of it ([`crate::embedder::conv4`]), then each
//! method's reading. It owns which method stands on which embedder, and keeps what was worked
//! out until the support set changes: an embedding belongs to its drawing, so one more shot is
//! one more forward pass, and another order is none.

use std::collections::HashMap;

use burn::tensor::{Device, Tensor, TensorData};
use serde::Serialize;

use crate::embedder::conv4::{Conv4, DIMENSIONS, SIDE};
use crate::error::Error;
use crate::frame::drawing::Ink;
use crate::method::imaginary::Imaginary;
use crate::method::lstm::PlainLstm;
use crate::method::mann::Mann;
use crate::method::matching::{Attention, Matching};
use crate::method::prototypical::Prototypical;
use crate::method::relation::Relation;
use crate::method::siamese::Siamese;
use crate::method::snail::Snail;
use crate::method::{Attended, Fitted, Method, Metric, Reading, Support, tensors};
use crate::weights::{Weights, check_digest};

mod map;
mod name;

pub use map::Map;
pub use name::Name;

/// SHA-256 of `weights/drawings.safetensors`, in hexadecimal.
pub const WEIGHTS_SHA256: &str = "4aa0e026d97b7044a712e3adcb30ef707068b5e9f4d9c45672e128637be7f78a";

/// Most classes: what the sequence models were made for (arXiv 1707.03141, section 5.1).
pub const MAX_CLASSES: usize = 20;

/// Drawings that are embedded at once: the first block's maps take 200 KB each.
const BATCH: usize = 32;

/// Embeddings that are kept: a 20-way support set with 20 shots, and as much again.
const KEPT: usize = 800;

/// Divides the squared distance of directions, 2 - 2 cos, of the embedders that were trained
/// with a scale of 30 on the cosine (arXiv 1801.05599, section 3.2), so that theirs are the
/// scores of that softmax.
const MARGIN_TEMPERATURE: f32 = 2.0 / 30.0;

/// Of prototypes on embeddings that are not normalised: the paper's own (arXiv 1703.05175,
/// equation 2).
const TEMPERATURE: f32 = 1.0;

/// Of matching without full context embeddings: cosines times ten, where training of those
/// with them starts; the table is made with the same (`omniglot-table`).
const MATCHING_TEMPERATURE: f32 = 0.2;

/// The embedders, named as in the weights file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Embedder {
    Prototypical,
    Siamese,
    Triplet,
    Sphereface,
    Cosface,
    Arcface,
    Autoencoder,
    Matching,
    Relation,
    Snail,
}

impl Embedder {
    const ALL: [(Embedder, &str); 10] = [
        (Embedder::Prototypical, "embedders.prototypical"),
        (Embedder::Siamese, "embedders.siamese"),
        (Embedder::Triplet, "embedders.triplet"),
        (Embedder::Sphereface, "embedders.sphereface"),
        (Embedder::Cosface, "embedders.cosface"),
        (Embedder::Arcface, "embedders.arcface"),
        (Embedder::Autoencoder, "embedders.autoencoder"),
        (Embedder::Matching, "embedders.matching"),
        (Embedder::Relation, "embedders.relation"),
        (Embedder::Snail, "embedders.snail"),
    ];
}

/// What each method says of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// Which method.
    pub name: Name,
    /// Scores and what was attended to.
    pub reading: Reading,
    /// Shots, imagined examples, prototypes and the query drawn on a plane; only of
    /// [`Name::Imaginary`].
    pub map: Option<Map>,
}

/// How many queries of an episode a method named rightly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Right {
    /// Which method.
    pub method: Name,
    /// How many.
    pub count: usize,
}

/// A drawing and its class, 0 to the number of classes.
pub type Shot = (usize, Ink);

/// A method with the embedder that it stands on.
type Entry = (Name, Embedder, Box<dyn Method>);

/// A drawing's embedding by each embedder, `[embedders][64]`.
type Embeddings = Vec<Vec<f32>>;

/// Every method with its weights, and the support set it was fitted to last.
pub struct Lab {
    embedders: Vec<Conv4>,
    methods: Vec<Entry>,
    known: HashMap<Ink, Embeddings>,
    support: Vec<Shot>,
    fitted: Vec<Box<dyn Fitted>>,
}

impl Lab {
    /// Reads the weights of all methods: `embedders.NAME` and `heads.NAME` of a file that
    /// [`crate::weights`] wrote.
    ///
    /// # Errors
    /// [`Error::WeightsInvalid`], as [`Weights::load`].
    pub fn new(weights: &[u8]) -> Result<Self, Error> {
        let device = Device::flex();
        let weights = Weights::from_bytes(weights)?;
        let embedders = Embedder::ALL
            .iter()
            .map(|(_, name)| weights.load(name, Conv4::new(&device)))
            .collect::<Result<_, _>>()?;
        Ok(Lab {
            embedders,
            methods: methods(&weights, &device)?,
            known: HashMap::new(),
            support: Vec::new(),
            fitted: Vec::new(),
        })
    }

    /// Reads the file that ships, `weights/drawings.safetensors`.
    ///
    /// # Errors
    /// [`Error::WeightsDamaged`] where the bytes are not the pinned file.
    pub fn shipped(weights: &[u8]) -> Result<Self, Error> {
        check_digest(weights, WEIGHTS_SHA256)?;
        Lab::new(weights)
    }

    /// The methods, in the order in which they answer, as a lecture goes through them.
    pub fn names(&self) -> impl Iterator<Item = Name> + '_ {
        self.methods.iter().map(|(name, _, _)| *name)
    }

    /// What every method says of a drawing. The order of the shots is that in which they are
    /// read; classes are 0, 1, 2 and so on, each with a shot.
    ///
    /// # Errors
    /// [`Error::TooManyClasses`] for more than [`MAX_CLASSES`], [`Error::EmbeddingInvalid`]
    /// for no shots, a class without any, and embeddings that are not finite.
    pub fn read(&mut self, support: &[Shot], query: &Ink) -> Result<Vec<Said>, Error> {
        self.fit(support)?;
        let query = self.embed(&[*query])?;
        let query = query.first().ok_or_else(nothing)?;
        let mut said = Vec::new();
        for (fitted, (name, embedder, _)) in self.fitted.iter().zip(&self.methods) {
            let query = query.get(*embedder as usize).ok_or_else(nothing)?;
            let reading = fitted.read(query)?;
            let map = match &reading.attended {
                Attended::Imagined { examples, .. } => {
                    Some(Map::new(&self.shots(*embedder)?, examples, query))
                }
                _ => None,
            };
            said.push(Said {
                name: *name,
                reading,
                map,
            });
        }
        Ok(said)
    }

    /// How many of the queries, each with its class, every method names rightly: the class of
    /// the highest score, of equal ones the first.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn measure(&mut self, support: &[Shot], queries: &[Shot]) -> Result<Vec<Right>, Error> {
        self.fit(support)?;
        let inks: Vec<Ink> = queries.iter().map(|(_, ink)| *ink).collect();
        let embedded = self.embed(&inks)?;
        let mut all = Vec::new();
        for (fitted, (name, embedder, _)) in self.fitted.iter().zip(&self.methods) {
            let mut count = 0;
            for ((class, _), query) in queries.iter().zip(&embedded) {
                let query = query.get(*embedder as usize).ok_or_else(nothing)?;
                count += usize::from(best(&fitted.read(query)?.scores) == Some(*class));
            }
            all.push(Right {
                method: *name,
                count,
            });
        }
        Ok(all)
    }

    /// Fits every method, unless it is fitted to this support set already.
    fn fit(&mut self, support: &[Shot]) -> Result<(), Error> {
        if self.support == support && !self.fitted.is_empty() {
            return Ok(());
        }
        let classes = support
            .iter()
            .map(|(class, _)| class + 1)
            .max()
            .unwrap_or(0);
        if classes > MAX_CLASSES {
            return Err(Error::TooManyClasses(MAX_CLASSES));
        }
        self.support.clear();
        self.fitted.clear();
        let inks: Vec<Ink> = support.iter().map(|(_, ink)| *ink).collect();
        // Embeds what is new, and keeps all of it.
        self.embed(&inks)?;
        self.support = support.to_vec();
        let mut fitted = Vec::new();
        for (_, embedder, method) in &self.methods {
            let shots = self.shots(*embedder)?;
            fitted.push(method.fit(&Support { shots, classes })?);
        }
        self.fitted = fitted;
        Ok(())
    }

    /// Class and embedding of every shot, by one embedder.
    fn shots(&self, embedder: Embedder) -> Result<Vec<(usize, &[f32])>, Error> {
        (self.support.iter())
            .map(|(class, ink)| {
                let embeddings = self
                    .known
                    .get(ink)
                    .and_then(|all| all.get(embedder as usize));
                Ok((*class, embeddings.ok_or_else(nothing)?.as_slice()))
            })
            .collect()
    }

    /// The embeddings of drawings, each worked out once.
    fn embed(&mut self, inks: &[Ink]) -> Result<Vec<Embeddings>, Error> {
        let mut new: Vec<Ink> = Vec::new();
        for ink in inks {
            if !self.known.contains_key(ink) && !new.contains(ink) {
                new.push(*ink);
            }
        }
        if self.known.len() + new.len() > KEPT {
            let support: Vec<Ink> = self.support.iter().map(|(_, ink)| *ink).collect();
            self.known
                .retain(|ink, _| support.contains(ink) || inks.contains(ink));
        }
        for batch in new.chunks(BATCH) {
            let mut embeddings = vec![Vec::new(); batch.len()];
            for embedder in &self.embedders {
                let values = tensors::read(embedder.forward(tensor(batch)))?; // [n, 64]
                if values.iter().any(|value| !value.is_finite()) {
                    return Err(Error::EmbeddingInvalid("it holds no finite number".into()));
                }
                let rows = values.chunks_exact(DIMENSIONS);
                for (all, row) in embeddings.iter_mut().zip(rows) {
                    all.push(row.to_vec());
                }
            }
            self.known.extend(batch.iter().copied().zip(embeddings));
        }
        inks.iter()
            .map(|ink| self.known.get(ink).cloned().ok_or_else(nothing))
            .collect()
    }
}

/// Drawings as the embedders take them, `[n, 1, 28, 28]`.
fn tensor(inks: &[Ink]) -> Tensor<4> {
    let values: Vec<f32> = inks.iter().flatten().map(|ink| f32::from(*ink)).collect();
    let data = TensorData::new(values, [inks.len(), 1, SIDE, SIDE]);
    Tensor::from_data(data, &Device::flex())
}

/// Which method stands on which embedder, in the order of the lecture.
fn methods(weights: &Weights<'_>, device: &Device) -> Result<Vec<Entry>, Error> {
    // Class by class as the table compares them (`omniglot-table`).
    let prototypical = |metric, temperature| -> Box<dyn Method> {
        Box::new(Prototypical {
            metric,
            temperature,
        })
    };
    let margin = |name, embedder| {
        let method = prototypical(Metric::Cosine, MARGIN_TEMPERATURE);
        (name, embedder, method)
    };
    let siamese = weights.load("heads.siamese", Siamese::new(device))?;
    let matching = weights.load("heads.matching", Matching::new(device))?;
    let relation = weights.load("heads.relation", Relation::new(device))?;
    let imaginary = weights.load("heads.imaginary", Imaginary::new(device))?;
    let lstm = weights.load("heads.lstm", PlainLstm::new(device))?;
    let mann = weights.load("heads.mann", Mann::new(device))?;
    let snail = weights.load("heads.snail", Snail::new(device))?;
    // Three heads were trained together with an embedder of their own, the others on the
    // embeddings of the prototypical one.
    let shared = Embedder::Prototypical;
    Ok(vec![
        (
            Name::Siamese,
            Embedder::Siamese,
            Box::new(siamese) as Box<dyn Method>,
        ),
        margin(Name::Triplet, Embedder::Triplet),
        margin(Name::Sphereface, Embedder::Sphereface),
        margin(Name::Cosface, Embedder::Cosface),
        margin(Name::Arcface, Embedder::Arcface),
        (
            Name::Prototypical,
            shared,
            prototypical(Metric::Euclidean, TEMPERATURE),
        ),
        (
            Name::PrototypicalCosine,
            shared,
            prototypical(Metric::Cosine, TEMPERATURE),
        ),
        (
            Name::Matching,
            shared,
            Box::new(Attention {
                temperature: MATCHING_TEMPERATURE,
            }),
        ),
        (
            Name::MatchingContext,
            Embedder::Matching,
            Box::new(matching),
        ),
        (Name::Relation, Embedder::Relation, Box::new(relation)),
        (Name::Imaginary, shared, Box::new(imaginary)),
        (Name::Lstm, shared, Box::new(lstm)),
        (Name::Mann, shared, Box::new(mann)),
        (Name::Snail, Embedder::Snail, Box::new(snail)),
        (
            Name::Autoencoder,
            Embedder::Autoencoder,
            prototypical(Metric::Euclidean, TEMPERATURE),
        ),
    ])
}

/// Place of the highest score, of equal ones the first.
fn best(scores: &[f32]) -> Option<usize> {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    scores.iter().position(|score| *score == highest)
}

fn nothing() -> Error {
    Error::EmbeddingInvalid("there is none".into())
}
