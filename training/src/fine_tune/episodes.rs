//! The tasks that the network is tuned by: which set, which classes, which pictures.

use anyhow::{Context, Result, ensure};
use rand::rngs::ChaCha12Rng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};

use super::maps::{Map, MapSet};
use crate::report::count;

/// Shots of an episode.
pub const SHOTS: [usize; 4] = [1, 2, 3, 5];

/// Queries of a class.
const QUERIES: usize = 4;

/// How often an episode has classes of one group alone, in sets that have groups.
const TOGETHER: f64 = 0.85;

impl MapSet {
    /// Classes with pictures for so many shots and a query, by their places.
    pub fn usable(&self, shot: usize) -> Vec<usize> {
        let enough = |place: &usize| {
            self.classes
                .get(*place)
                .is_some_and(|class| class.len() > shot)
        };
        (0..self.classes.len()).filter(enough).collect()
    }
}

/// One episode.
pub struct Episode<'a> {
    /// Class by class.
    pub shots: Vec<&'a Map>,
    /// Likewise.
    pub queries: Vec<&'a Map>,
    /// The class of each query.
    pub own: Vec<usize>,
    /// Shots of a class.
    pub shot: usize,
}

/// Sets, and what is drawn from them.
pub struct Episodes {
    /// Sets that are no photos come first.
    pub sets: Vec<MapSet>,
    /// How many those are.
    pub others: usize,
    /// Classes of an episode.
    pub way: usize,
    /// The same seed gives the same episodes.
    pub seed: u64,
}

impl Episodes {
    /// The episode of a step, and whether it is of photos.
    ///
    /// # Errors
    /// Where a class has too few pictures.
    pub fn draw(&self, number: u64) -> Result<(Episode<'_>, bool)> {
        let mut random = ChaCha12Rng::seed_from_u64(self.seed);
        random.set_stream(number);
        let all: f64 = self.sets.iter().map(|set| set.share).sum();
        let mut at = random.random_range(0.0..all);
        let mut chosen = 0;
        for (place, set) in self.sets.iter().enumerate() {
            chosen = place;
            if at < set.share {
                break;
            }
            at -= set.share;
        }
        let set = self.sets.get(chosen).context("there is no set")?;
        let shots: Vec<usize> = (SHOTS.iter().copied())
            .filter(|shot| set.usable(*shot).len() >= self.way)
            .collect();
        let shot = shots.choose(&mut random).copied().unwrap_or(1);
        let usable = set.usable(shot);
        let mut classes = match set.groups.choose(&mut random) {
            Some(group) if random.random_bool(TOGETHER) => group.clone(),
            _ => usable.clone(),
        };
        classes.retain(|class| usable.contains(class));
        if classes.len() < self.way {
            classes = usable;
        }
        classes.shuffle(&mut random);
        classes.truncate(self.way);
        let mut episode = Episode {
            shots: Vec::new(),
            queries: Vec::new(),
            own: Vec::new(),
            shot,
        };
        for (own, place) in classes.iter().enumerate() {
            let class = set.classes.get(*place).context("there is no such class")?;
            ensure!(
                class.len() > shot,
                "a class has {}, too few",
                count(class.len(), "picture", "pictures")
            );
            let mut maps: Vec<&Map> = class.iter().collect();
            maps.shuffle(&mut random);
            episode.shots.extend(maps.iter().take(shot));
            let queries = maps.iter().skip(shot).take(QUERIES);
            episode.own.extend(queries.clone().map(|_| own));
            episode.queries.extend(queries);
        }
        Ok((episode, chosen >= self.others))
    }
}
