//! What a support set says of itself while it is being recorded: every shot is asked about as if
//! it were a query, the rest of the support set answering (leave one out).
//!
//! It changes nothing and needs no pictures. The shots of a burst are alike, so what is found
//! here is a promise on the bright side: a shot that is wrong even so is worth a look.

use crate::decision;
use crate::method::comparison::Compared;
use crate::method::{Support, dot};
use crate::support::{Class, Shot};

/// Two classes look alike from this expected share of wrong answers between the two on: one
/// query in seven is what a user notices within a few tries.
const ALIKE: f32 = 0.15;

/// Shots of one half of the burst that is looked at: 0.4 s of recording.
const HALF: usize = 4;

/// Cosine of the means of two halves of a burst from which on nothing moved between them. The
/// means, since the noise of a camera alone moves single shots.
///
/// Source: `tests/guidance.rs`: on four photos, noise of two levels in 255 gives 0.998 or more,
/// a turn of five degrees in the course of the burst 0.989 or less.
const STILL: f32 = 0.995;

/// What was found; classes and shots by their ids.
#[derive(Debug, Clone, PartialEq)]
pub struct Guidance {
    /// The answering classes, in their order.
    pub classes: Vec<u32>,
    /// What was said of the shots that were left out: a row for each class, a column for each
    /// answer, the last of them "none of these", `[classes, classes + 1]`.
    pub confusion: Vec<Vec<usize>>,
    /// Shots that look more like another class than like the others of their own.
    pub misplaced: Vec<Misplaced>,
    /// Pairs of classes that are hard to tell apart.
    pub alike: Vec<Alike>,
    /// Classes whose last shots are nearly the same picture.
    pub still: Vec<u32>,
}

/// A shot that looks like another class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misplaced {
    /// The shot.
    pub shot: u32,
    /// The class that it is in.
    pub class: u32,
    /// The class that it looks like.
    pub looks_like: u32,
}

/// Two classes that look alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alike {
    /// The earlier class.
    pub first: u32,
    /// The later class.
    pub second: u32,
}

impl Guidance {
    /// Shots that were asked about, and how many of them were named rightly.
    pub fn right(&self) -> (usize, usize) {
        let asked = self.confusion.iter().flatten().sum();
        let right = self.confusion.iter().enumerate();
        let right = right.filter_map(|(class, row)| row.get(class)).sum();
        (asked, right)
    }
}

/// How two classes answer each other's shots.
#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    wrong: f32, // summed probability of the other class
    shots: f32,
    nearest: Option<f32>, // of shots that have none of their own class beside them
}

/// Looks at the shots at `asked`, as the method in use sees them.
///
/// `classes` are those of `support`, in its order; `temperature` and `threshold` those in use.
pub fn look(
    classes: &[&Class],
    support: &Support<'_>,
    fitted: &dyn Compared,
    asked: impl Iterator<Item = usize>,
    temperature: f32,
    threshold: f32,
) -> Guidance {
    let count = classes.len();
    let id_of = |class: usize| classes.get(class).map(|one| one.id);
    let shots: Vec<u32> = (classes.iter())
        .flat_map(|class| class.shots.iter().map(|shot| shot.id))
        .collect();
    let mut confusion = vec![vec![0; count + 1]; count];
    let mut pairs = vec![vec![Pair::default(); count]; count];
    let mut misplaced = Vec::new();
    for left in asked {
        let similarities = fitted.similarities_without(support, left);
        let Some((own, _)) = support.shots.get(left) else {
            continue;
        };
        let to_own = similarities.get(*own).copied().flatten();
        let scores: Vec<f32> = (similarities.iter())
            .map(|similarity| similarity.unwrap_or(f32::NEG_INFINITY))
            .collect();
        // Over all classes: what a third one explains is no likeness of these two.
        let probabilities = decision::probabilities(&scores, temperature);
        for (other, similarity) in similarities.iter().enumerate() {
            let (low, high) = (other.min(*own), other.max(*own));
            let pair = pairs.get_mut(low).and_then(|row| row.get_mut(high));
            let (Some(pair), Some(similarity), true) = (pair, similarity, other != *own) else {
                continue;
            };
            match to_own {
                Some(_) => {
                    pair.wrong += probabilities.get(other).copied().unwrap_or_default();
                    pair.shots += 1.0;
                }
                None => {
                    pair.nearest = Some(pair.nearest.map_or(*similarity, |n| n.max(*similarity)));
                }
            }
        }
        if to_own.is_none() {
            continue; // with no other shot of its class, it could only be named wrongly
        }
        let said = decision::decide(&scores, &scores, threshold);
        if let Some(row) = confusion.get_mut(*own)
            && let Some(cell) = row.get_mut(said.unwrap_or(count))
        {
            *cell += 1;
        }
        let nearest = decision::decide(&scores, &scores, f32::NEG_INFINITY);
        if let Some(nearest) = nearest.filter(|nearest| nearest != own)
            && let (Some(shot), Some(class)) = (shots.get(left), id_of(*own))
            && let Some(looks_like) = id_of(nearest)
        {
            misplaced.push(Misplaced {
                shot: *shot,
                class,
                looks_like,
            });
        }
    }
    let alike = (pairs.iter().enumerate())
        .flat_map(|(first, row)| {
            row.iter()
                .enumerate()
                .map(move |(second, p)| (first, second, p))
        })
        .filter(|(_, _, pair)| pair.is_alike(threshold))
        .filter_map(|(first, second, _)| {
            Some(Alike {
                first: id_of(first)?,
                second: id_of(second)?,
            })
        })
        .collect();
    Guidance {
        classes: classes.iter().map(|class| class.id).collect(),
        confusion,
        misplaced,
        alike,
        still: (classes.iter())
            .filter(|class| is_still(class))
            .map(|class| class.id)
            .collect(),
    }
}

impl Pair {
    fn is_alike(&self, threshold: f32) -> bool {
        if self.shots > 0.0 {
            self.wrong / self.shots >= ALIKE
        } else {
            self.nearest.is_some_and(|nearest| nearest >= threshold)
        }
    }
}

fn is_still(class: &Class) -> bool {
    let Some(first) = class.shots.len().checked_sub(2 * HALF) else {
        return false;
    };
    let mean_of = |shots: &[Shot]| {
        let mut sum = vec![0.0; shots.first().map_or(0, |shot| shot.embedding.len())];
        for shot in shots {
            (sum.iter_mut().zip(shot.embedding.iter())).for_each(|(sum, value)| *sum += value);
        }
        sum
    };
    let (earlier, later) = class.shots.get(first..).unwrap_or_default().split_at(HALF);
    let (earlier, later) = (mean_of(earlier), mean_of(later));
    let squares = dot(&earlier, &earlier) * dot(&later, &later);
    dot(&earlier, &later) >= STILL * squares.sqrt()
}
