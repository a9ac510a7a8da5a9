//! What every few-shot method offers, and the methods, one file each.
//!
//! A method is fitted to a support set and then reads queries: nothing is trained in use.
//! Those with weights of their own are Burn modules, whose batched `forward` is what is
//! trained and whose `fit` and `read` are what is asked; both give the same numbers.

use crate::error::Error;

pub mod choice;
pub mod comparison;
pub mod imaginary;
pub mod impostors;
pub mod lstm;
pub mod mann;
pub mod matching;
mod metric;
pub mod prototypical;
pub mod recurrent;
pub mod relation;
pub mod ridge;
pub mod sequence;
pub mod siamese;
pub mod snail;
mod support;
pub mod tensors;
pub mod trained;

pub use metric::Metric;
pub(crate) use metric::{dot, squared_distance};
pub(crate) use support::check_query;

/// How large the methods with weights of their own are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Numbers of the embeddings that they take.
    pub dimensions: usize,
    /// Filters of each dense block of SNAIL.
    pub filters: usize,
    /// Length of keys and of values of each attention block of SNAIL.
    pub attention: [(usize, usize); 3],
}

impl Sizes {
    /// Over the embeddings of drawings. SNAIL has a quarter of its paper's filters and, but for
    /// the first block, keys and values of half the length.
    pub const DRAWINGS: Sizes = Sizes {
        dimensions: crate::embedder::conv4::DIMENSIONS,
        filters: 32,
        attention: [(64, 32), (128, 64), (256, 128)],
    };

    /// Over the camera's embeddings, reduced ([`trained`]): with half of the widths of SNAIL for
    /// drawings, so that all heads together are under 4 MB in half precision.
    pub const CAMERA: Sizes = Sizes {
        dimensions: 128,
        filters: 16,
        attention: [(32, 16), (64, 32), (128, 64)],
    };
}

/// A support set as every method takes it: shots in order, each with its class, 0 to
/// `classes`.
#[derive(Debug, Clone)]
pub struct Support<'a> {
    /// Class and embedding of each shot. The order counts for matching with full context
    /// embeddings and for the sequence models.
    pub shots: Vec<(usize, &'a [f32])>,
    /// Number of classes, each with a shot or more.
    pub classes: usize,
}

/// What a method says of one query.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// One a class: their softmax is the method's probabilities.
    pub scores: Vec<f32>,
    /// One a class, at most 1, of a method that compares by a metric; "none of these" is
    /// decided by them.
    pub similarities: Option<Vec<f32>>,
    /// What it looked at.
    pub attended: Attended,
}

/// What a method looked at to read a query.
#[derive(Debug, Clone, PartialEq)]
pub enum Attended {
    /// Squared distance to each class's prototype.
    Prototypes {
        /// One a class.
        distances: Vec<f32>,
    },
    /// Each shot, in the order of the support set. Attention for matching and SNAIL: 0 to 1,
    /// and 1 in all (SNAIL's with what the query keeps for itself). For the Siamese methods
    /// the pair's similarity, or its probability: each pair for itself.
    Shots {
        /// One a shot.
        weights: Vec<f32>,
    },
    /// The relation score of each class, 0 to 1.
    Relations {
        /// One a class.
        scores: Vec<f32>,
    },
    /// Examples that were imagined, and the prototypes that they moved.
    Imagined {
        /// Class and embedding of each.
        examples: Vec<(usize, Vec<f32>)>,
        /// Squared distance to each class's prototype.
        distances: Vec<f32>,
    },
    /// The rows of a memory.
    Memory {
        /// How much of each row was read, 1 in all.
        reads: Vec<f32>,
        /// The shot that was last written to each row, where one was.
        written_by: Vec<Option<usize>>,
    },
    /// Nothing that can be shown: a plain LSTM keeps everything in its state, ridge regression
    /// in its map.
    Nothing,
}

/// A few-shot method, with its weights if it has any.
pub trait Method {
    /// Takes in a support set.
    ///
    /// # Errors
    /// As [`Support::check`], and [`Error::TooManyClasses`] from the sequence models.
    fn fit(&self, support: &Support<'_>) -> Result<Box<dyn Fitted>, Error>;
}

/// A few-shot method fitted to a support set.
pub trait Fitted {
    /// Reads one query, as long as the shots.
    ///
    /// # Errors
    /// [`Error::EmbeddingInvalid`] where it has another length.
    fn read(&self, query: &[f32]) -> Result<Reading, Error>;
}
