//! Episodes of several sizes in turns: which drawings, in which order, and their embeddings.
//!
//! One set of weights serves every cell of the table: episodes are 5- and 20-way, 1- and 5-shot
//! in turns, their shots in random order.

use anyhow::{Context, Result};
use burn::tensor::{Device, Int, Tensor, TensorData};
use kshot::episode::{Sampler, Shape};
use rand::rngs::ChaCha12Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use crate::heads::Episodes;
use crate::measure::EmbeddedClass;

/// Keeps the order of the shots apart from the sampler's random numbers.
const ORDER_SEED: u64 = 0x006f_7264_6572;

/// Size of an episode, and how many stand side by side.
pub type Size = (Shape, usize);

/// The shape of an episode.
pub const fn shape(way: usize, shot: usize, queries: usize) -> Shape {
    Shape { way, shot, queries }
}

/// A drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    version: usize, // as it is, or changed
    class: usize,
    drawing: usize,
}

/// Which drawings some episodes of one size have, side by side.
#[derive(Debug)]
struct Places {
    batch: usize,
    way: usize,
    shots: Vec<Place>,   // [b * s], in the order in which they are read
    labels: Vec<f32>,    // [b * s * c], one-hot
    queries: Vec<Place>, // [b * q]
    own: Vec<usize>,     // [b * q]
}

impl Places {
    /// With their embeddings: of the shots `[b * s, 64]`, of the queries `[b * q, 64]`.
    fn with(self, shots: Tensor<2>, queries: Tensor<2>) -> Episodes {
        let (batch, way) = (self.batch, self.way);
        let [all_shots, dimensions] = shots.dims();
        let [all_queries, _] = queries.dims();
        let labels = TensorData::new(self.labels, [batch, all_shots / batch, way]);
        Episodes {
            labels: Tensor::from_data(labels, &shots.device()),
            shots: shots.reshape([batch, all_shots / batch, dimensions]),
            queries: queries.reshape([batch, all_queries / batch, dimensions]),
            own: self.own,
        }
    }
}

/// Draws episodes of several sizes in turns.
#[derive(Debug, Clone)]
pub struct Turns {
    sizes: Vec<(Size, Sampler)>,
    seed: u64,
    in_order: bool, // every other episode has its shots class by class
}

impl Turns {
    /// From classes with so many drawings each.
    ///
    /// # Errors
    /// Where there are too few classes or drawings.
    pub fn new(counts: &[usize], sizes: &[Size], seed: u64) -> Result<Self> {
        let sizes = sizes
            .iter()
            .map(|size| Ok((*size, Sampler::new(counts.to_vec(), size.0, seed)?)))
            .collect::<Result<_>>()?;
        Ok(Turns {
            sizes,
            seed,
            in_order: false,
        })
    }

    /// The episodes of this number, of the size whose turn it is, every drawing in one of
    /// `versions`.
    fn draw(&self, number: u64, versions: usize) -> Result<Places> {
        let turn = number as usize % self.sizes.len().max(1);
        let (size, sampler) = self.sizes.get(turn).context("there are no sizes")?;
        let (Shape { way, .. }, batch) = *size;
        let mut random = ChaCha12Rng::seed_from_u64(self.seed ^ ORDER_SEED);
        random.set_stream(number);
        let mut places = Places {
            batch,
            way,
            shots: Vec::new(),
            labels: Vec::new(),
            queries: Vec::new(),
            own: Vec::new(),
        };
        for part in 0..batch as u64 {
            let episode = sampler.draw(number * batch as u64 + part);
            let mut shots = Vec::new();
            for (own, drawn) in episode.classes.iter().enumerate() {
                let class = drawn.class;
                shots.extend(drawn.support.iter().map(|drawing| (own, class, *drawing)));
                for &drawing in &drawn.queries {
                    let version = random.random_range(0..versions);
                    places.queries.push(Place {
                        version,
                        class,
                        drawing,
                    });
                    places.own.push(own);
                }
            }
            if !self.in_order || part % 2 == 0 {
                shots.shuffle(&mut random);
            }
            for (label, class, drawing) in shots {
                let version = random.random_range(0..versions);
                places.shots.push(Place {
                    version,
                    class,
                    drawing,
                });
                let labels = (0..way).map(|other| f32::from(u8::from(other == label)));
                places.labels.extend(labels);
            }
        }
        Ok(places)
    }

    /// The episodes of this number among embeddings `[classes * each, 64]`, class by class, with
    /// `each` drawings a class. They depend on the embeddings in Burn's graph.
    ///
    /// # Errors
    /// Where there are no sizes.
    pub fn among(&self, embeddings: &Tensor<2>, each: usize, number: u64) -> Result<Episodes> {
        let places = self.draw(number, 1)?;
        let select = |of: &[Place]| {
            let rows = of.iter().map(|place| place.class * each + place.drawing);
            let rows: Vec<i64> = rows.map(|row| row as i64).collect();
            let rows = TensorData::new(rows, [of.len()]);
            let rows = Tensor::<1, Int>::from_data(rows, &embeddings.device());
            embeddings.clone().select(0, rows) // [b * s or b * q, 64]
        };
        let (shots, queries) = (select(&places.shots), select(&places.queries));
        Ok(places.with(shots, queries))
    }
}

/// Embeddings that are kept, to draw episodes from.
pub struct Embedded {
    versions: Vec<Vec<EmbeddedClass>>, // of every drawing: as it is, and changed
    turns: Turns,
}

impl Embedded {
    /// Of `versions` of the same classes, for episodes of these sizes.
    ///
    /// # Errors
    /// Where there are too few classes or drawings.
    pub fn new(versions: Vec<Vec<EmbeddedClass>>, sizes: &[Size], seed: u64) -> Result<Self> {
        let first = versions.first().context("there are no embeddings")?;
        let counts: Vec<usize> = first.iter().map(Vec::len).collect();
        let turns = Turns::new(&counts, sizes, seed)?;
        Ok(Embedded { versions, turns })
    }

    /// The same, but every other episode has its shots class by class in place of any order.
    #[must_use]
    pub fn sometimes_in_order(mut self) -> Self {
        self.turns.in_order = true;
        self
    }

    /// The episodes of this number, of the size whose turn it is.
    ///
    /// # Errors
    /// Where the versions are not of the same classes.
    pub fn draw(&self, number: u64, device: &Device) -> Result<Episodes> {
        let places = self.turns.draw(number, self.versions.len())?;
        let tensor = |of: &[Place]| {
            let mut values: Vec<f32> = Vec::new();
            for place in of {
                values.extend(self.embedding(*place)?);
            }
            let dimensions = values.len() / of.len().max(1);
            let values = TensorData::new(values, [of.len(), dimensions]);
            anyhow::Ok(Tensor::<2>::from_data(values, device))
        };
        let (shots, queries) = (tensor(&places.shots)?, tensor(&places.queries)?);
        Ok(places.with(shots, queries))
    }

    fn embedding(&self, place: Place) -> Result<&[f32]> {
        let classes = self.versions.get(place.version);
        let class = classes.and_then(|classes| classes.get(place.class));
        class
            .and_then(|class| class.get(place.drawing))
            .map(Vec::as_slice)
            .context("the versions are not of the same classes")
    }
}
