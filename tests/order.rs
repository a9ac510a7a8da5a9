//! Does the order of the shots change an answer? For most methods it must not; for matching
//! with full context embeddings and for the sequence models it does, and that is a fact about
//! them that the page shows.
#![allow(clippy::unwrap_used)]

mod made_up;

use burn::tensor::Device;
use kshot::method::imaginary::Imaginary;
use kshot::method::lstm::PlainLstm;
use kshot::method::mann::Mann;
use kshot::method::matching::{Attention, Matching};
use kshot::method::prototypical::Prototypical;
use kshot::method::relation::Relation;
use kshot::method::siamese::{NearestShot, Siamese};
use kshot::method::snail::Snail;
use kshot::method::{Method, Metric, Support};
use made_up::{fill, numbers};
use rand::rngs::ChaCha12Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

/// Support sets that are tried.
const CASES: u64 = 60;

/// Sums in another order round otherwise.
const TOLERANCE: f32 = 1e-4;

/// Shots with their classes.
type Shots = Vec<(usize, Vec<f32>)>;

/// A random support set of 1 to 6 classes with 1 to 5 shots each, and a query.
fn case(random: &mut ChaCha12Rng, number: u64) -> (Shots, usize, Vec<f32>) {
    let classes = random.random_range(1..=6);
    let mut shots = Vec::new();
    for class in 0..classes {
        for shot in 0..random.random_range(1..=5) {
            shots.push((class, numbers(&format!("{number}.{class}.{shot}"), 64, 1.0)));
        }
    }
    (shots, classes, numbers(&format!("{number}.query"), 64, 1.0))
}

fn scores(
    method: &dyn Method,
    shots: &[(usize, Vec<f32>)],
    classes: usize,
    query: &[f32],
) -> Vec<f32> {
    let support = Support {
        shots: shots
            .iter()
            .map(|(class, shot)| (*class, &shot[..]))
            .collect(),
        classes,
    };
    method.fit(&support).unwrap().read(query).unwrap().scores
}

/// The largest change of a score, relative to the largest score, that shuffling the shots made
/// in any of the cases.
fn largest_change(method: &dyn Method) -> f32 {
    let mut random = ChaCha12Rng::seed_from_u64(1);
    let mut largest = 0.0f32;
    for number in 0..CASES {
        let (mut shots, classes, query) = case(&mut random, number);
        let before = scores(method, &shots, classes, &query);
        shots.shuffle(&mut random);
        let after = scores(method, &shots, classes, &query);
        let most = before
            .iter()
            .fold(1.0f32, |most, score| most.max(score.abs()));
        for (before, after) in before.iter().zip(after) {
            largest = largest.max((before - after).abs() / most);
        }
    }
    largest
}

#[test]
fn prototypes_do_not_depend_on_the_order_of_the_shots() {
    for metric in Metric::ALL {
        let temperature = 1.0;
        let method = Prototypical {
            metric,
            temperature,
        };
        assert!(largest_change(&method) < TOLERANCE);
    }
}

#[test]
fn siamese_pairs_do_not_depend_on_the_order_of_the_shots() {
    assert!(largest_change(&fill("siamese", Siamese::new(&Device::flex()))) < TOLERANCE);
    for metric in Metric::ALL {
        let temperature = 1.0;
        let method = NearestShot {
            metric,
            temperature,
        };
        assert!(largest_change(&method) < TOLERANCE);
    }
}

#[test]
fn matching_without_context_does_not_depend_on_the_order_of_the_shots() {
    assert!(largest_change(&Attention { temperature: 0.2 }) < TOLERANCE);
}

#[test]
fn relations_do_not_depend_on_the_order_of_the_shots() {
    assert!(largest_change(&fill("relation", Relation::new(&Device::flex()))) < TOLERANCE);
}

#[test]
fn imagined_examples_do_not_depend_on_the_order_of_the_shots() {
    assert!(largest_change(&fill("imaginary", Imaginary::new(&Device::flex()))) < TOLERANCE);
}

#[test]
fn matching_with_context_depends_on_the_order_of_the_shots() {
    assert!(largest_change(&fill("matching", Matching::new(&Device::flex()))) > 0.01);
}

#[test]
fn the_sequence_models_depend_on_the_order_of_the_shots() {
    let device = Device::flex();
    assert!(largest_change(&fill("lstm", PlainLstm::new(&device))) > 0.01);
    assert!(largest_change(&fill("mann", Mann::new(&device))) > 0.01);
    assert!(largest_change(&fill("snail", Snail::new(&device))) > 0.01);
}
