//! Episodes: which classes, which pictures are support, which are queries.
//!
//! Episode `i` has a random stream of its own, so that the same seed gives the same episodes
//! whatever is computed in parallel, and the first hundred of six hundred are those of a
//! hundred. Sampling is without replacement within an episode and with replacement between
//! episodes, as is usual (arXiv 1606.04080, section 4.1).

use anyhow::{Result, ensure};
use rand::rngs::ChaCha12Rng;
use rand::seq::{IndexedRandom, SliceRandom, index};
use rand::{RngExt, SeedableRng};

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
    /// For a way under 2, no shots, no queries, fewer classes than the way, and a class with
    /// too few pictures.
    pub fn new(counts: Vec<usize>, shape: Shape, seed: u64) -> Result<Self> {
        shape.check()?;
        ensure!(
            counts.len() >= shape.way,
            "{} classes are usable, {} are needed for --way {}",
            counts.len(),
            shape.way,
            shape.way
        );
        if let Some(fewest) = counts.iter().min() {
            ensure!(
                *fewest >= shape.pictures(),
                "a class has {fewest} pictures, {} are needed",
                shape.pictures()
            );
        }
        Ok(Self {
            counts,
            shape,
            seed,
        })
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
    /// For a way under 2, no shots, no queries.
    pub fn check(&self) -> Result<()> {
        ensure!(
            self.way >= 2,
            "--way must be at least 2, not {}: with one class there is nothing to tell apart",
            self.way
        );
        ensure!(
            self.shot >= 1,
            "--shot must be at least 1: a class is known by its shots"
        );
        ensure!(self.queries >= 1, "--queries must be at least 1");
        Ok(())
    }
}
