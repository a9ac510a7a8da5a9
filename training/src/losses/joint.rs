//! The loss of a method with weights of its own ([`Head`]), so that the embedder learns together
//! with it.
//!
//! A step embeds a pool of drawings once and draws episodes of several sizes from it in turns.
//! The embeddings are there already, so more episodes cost the head alone.

use std::marker::PhantomData;
use std::path::PathBuf;

use anyhow::Result;
use burn::tensor::{Device, Tensor};
use kshot::episode::Shape;
use kshot::method::Sizes;

use super::{Given, Objective};
use crate::heads::Head;
use crate::measure::EmbeddedClass;
use crate::train::episodes::{Size, Turns, shape};
use crate::train::heads;
use crate::train::start::load_head;
use crate::train::task::Right;

/// Sizes of episodes, and how many are drawn from a pool.
const SIZES: [Size; 4] = [
    (shape(5, 1, 4), 16),
    (shape(20, 1, 2), 8),
    (shape(5, 5, 2), 16),
    (shape(20, 5, 2), 4),
];

/// Where a head's weights at the start are: a file, and the head's name in the packed one.
pub type Start = (PathBuf, String);

/// The loss.
#[derive(Debug, Clone)]
pub struct Joint<H> {
    shape: Shape,
    turns: Turns,
    start: Option<Start>,
    head: PhantomData<H>,
}

impl<H: Head> Joint<H> {
    /// With pools of this shape; the head starts from random weights, or with a trained embedder
    /// as it is in a file.
    ///
    /// # Errors
    /// Where a pool is too small for an episode.
    pub fn new(shape: Shape, start: Option<Start>, seed: u64) -> Result<Self> {
        let counts = vec![shape.pictures(); shape.way];
        Ok(Joint {
            shape,
            turns: Turns::new(&counts, &SIZES, seed)?,
            start,
            head: PhantomData,
        })
    }
}

impl<H: Head> Objective for Joint<H> {
    type Head = H;

    fn shape(&self) -> Shape {
        self.shape
    }

    fn head(&self, _classes: usize, device: &Device) -> H {
        H::start(Sizes::DRAWINGS, device)
    }

    fn head_beside(
        &self,
        classes: usize,
        device: &Device,
        _means: &dyn Fn() -> Result<Tensor<2>>,
    ) -> Result<H> {
        match &self.start {
            Some((path, name)) => load_head(H::start(Sizes::DRAWINGS, device), path, name),
            None => Ok(self.head(classes, device)),
        }
    }

    fn loss(&self, head: &H, embeddings: Tensor<2>, given: &Given<'_>) -> Result<Tensor<1>> {
        let each = self.shape.pictures();
        let episodes = self.turns.among(&embeddings, each, given.number)?;
        Ok(head.loss(&episodes, given.number))
    }

    fn right(&self, head: &H, classes: &[EmbeddedClass]) -> Result<Right> {
        heads::validate(head, classes, &heads::SIZES)
    }
}
