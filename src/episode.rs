//! Episodes: which classes, which pictures are support, which are queries.
//!
//! Episode `i` has a random stream of its own, so that the same seed gives the same episodes
//! whatever is computed in parallel, and the first hundred of six hundred are those of a
//! hundred. Sampling is without replacement within an episode and with replacement between
//! episodes, as is usual (arXiv 1606.04080, section 4.1).

use rand::rngs::ChaCha12Rng;
use rand::seq::{IndexedRandom, SliceRandom, index};
use rand::{RngExt, SeedableRng};

use crate::error::Error;

/// The size of an episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Classes of an episode.
    pub way: usize,
    /// Support pictures a class.
    pub shot: usize,
    /// Queries a class.
    pub queries: usize,
}

/// One class of an episode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// Index of the class.
    pub class: usize,
    /// Indices of its support pictures.
    pub support: Vec<usize>,
    /// Indices of its queries.
    pub queries: Vec<usize>,
}

/// A small classification task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Episode {
    /// Its classes.
    pub classes: Vec<Drawn>,
    /// Class and picture of queries that belong to no class of the episode: as many as there
    /// are other queries, or none where all classes take part.
    pub unknown: Vec<(usize, usize)>,
}

/// Draws episodes from classes with a given number of pictures each.
///
/// ```
/// use kshot::episode::{Sampler, Shape};
///
/// let shape = Shape { way: 5, shot: 1, queries: 3 };
/// let sampler = Sampler::new(vec![20; 30], shape, 7)?; // 30 classes of 20 pictures
/// assert_eq!(sampler.draw(0).classes.len(), 5);
/// assert_eq!(sampler.draw(0), sampler.draw(0));
/// # Ok::<(), kshot::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sampler {
    counts: Vec<usize>,
    shape: Shape,
    seed: u64,
}

impl Sampler {
    /// For classes with `counts` pictures.
    ///
    /// # Errors
    /// [`Error::EpisodeImpossible`] as [`Shape::check`], for fewer classes than the way, and for
    /// a class with too few pictures.
    pub fn new(counts: Vec<usize>, shape: Shape, seed: u64) -> Result<Self, Error> {
        shape.check()?;
        if counts.len() < shape.way {
            return Err(Error::EpisodeImpossible(format!(
                "{} classes are usable, {} are needed for a way of {}",
                counts.len(),
                shape.way,
                shape.way
            )));
        }
        let needed = shape.pictures();
        match counts.iter().min() {
            Some(fewest) if *fewest < needed => Err(Error::EpisodeImpossible(format!(
                "a class has {fewest} pictures, {needed} are needed"
            ))),
            _ => Ok(Self {
                counts,
                shape,
                seed,
            }),
        }
    }

    /// The episode of this number, always the same.
    pub fn draw(&self, number: u64) -> Episode {
        let mut random = ChaCha12Rng::seed_from_u64(self.seed);
        random.set_stream(number);
        let Shape { way, shot, queries } = self.shape;
        let mut order: Vec<(usize, usize)> = self.counts.iter().copied().enumerate().collect();
        order.shuffle(&mut random);
        let (inside, outside) = order.split_at(way);
        let classes = inside
            .iter()
            .map(|&(class, count)| {
                let drawn = index::sample(&mut random, count, shot + queries).into_vec();
                let (support, queries) = drawn.split_at(shot);
                Drawn {
                    class,
                    support: support.to_vec(),
                    queries: queries.to_vec(),
                }
            })
            .collect();
        let unknown = (0..way * queries)
            .filter_map(|_| {
                let &(class, count) = outside.choose(&mut random)?;
                Some((class, random.random_range(0..count)))
            })
            .collect();
        Episode { classes, unknown }
    }
}

impl Shape {
    /// Pictures that a class needs.
    pub fn pictures(&self) -> usize {
        self.shot.saturating_add(self.queries)
    }

    /// Refuses an episode in which there is nothing to learn from or to decide.
    ///
    /// # Errors
    /// [`Error::EpisodeImpossible`] for a way under 2, no shots, no queries.
    pub fn check(&self) -> Result<(), Error> {
        let refuse = |why: String| Err(Error::EpisodeImpossible(why));
        if self.way < 2 {
            refuse(format!(
                "way must be at least 2, not {}: with one class there is nothing to tell apart",
                self.way
            ))
        } else if self.shot == 0 {
            refuse("shot must be at least 1: a class is known by its shots".into())
        } else if self.queries == 0 {
            refuse("queries must be at least 1".into())
        } else {
            Ok(())
        }
    }
}
