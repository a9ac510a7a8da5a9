//! Ridge regression, the camera's method: is the map the one that the equation gives, does a class
//! count the same however many shots it has, and what do impostors and left out shots do?
#![allow(clippy::unwrap_used)]

mod made_up;

use kshot::classifier::{Classifier, Settings};
use kshot::decision::of_ridge::{self, HIGHEST_THRESHOLD, LOWEST_THRESHOLD, LeftOut};
use kshot::embedder::DIMENSIONS;
use kshot::method::comparison::{Compared, Comparison};
use kshot::method::ridge::{PENALTY, Regression, Ridge};
use kshot::method::{Fitted, Support, impostors};
use made_up::numbers;

/// A unit vector of made-up numbers near another: the larger `apart`, the farther.
fn near(seed: &str, thing: &str, apart: f32) -> Vec<f32> {
    let pairs = numbers(thing, DIMENSIONS, 1.0).into_iter();
    let mixed = pairs.zip(numbers(seed, DIMENSIONS, apart));
    unit(mixed.map(|(a, b)| a + b).collect())
}

fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|v| v * v).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|value| *value /= length);
    vector
}

fn fit(shots: &[(usize, Vec<f32>)], classes: usize, impostors: &[Vec<f32>]) -> Regression {
    let support = support(shots, classes);
    let ridge = Ridge {
        impostors,
        temperature: 1.0,
    };
    ridge.compare(&support).unwrap()
}

fn support(shots: &[(usize, Vec<f32>)], classes: usize) -> Support<'_> {
    Support {
        shots: shots
            .iter()
            .map(|(class, shot)| (*class, &shot[..]))
            .collect(),
        classes,
    }
}

fn similarities(fitted: &Regression, query: &[f32]) -> Vec<f32> {
    fitted.read(query).unwrap().similarities.unwrap()
}

#[test]
fn two_shots_at_a_right_angle_are_worked_by_hand() {
    // X is the identity, so W = (I + λ I)⁻¹: 1 / (1 + λ) for the own class and 0 for the other.
    let shots = [(0, vec![1.0, 0.0]), (1, vec![0.0, 1.0])];
    let found = similarities(&fit(&shots, 2, &[]), &[1.0, 0.0]);
    assert!((found[0] - 1.0 / (1.0 + PENALTY)).abs() < 1e-6);
    assert!(found[1].abs() < 1e-6);
}

#[test]
fn what_the_classes_have_in_common_does_not_count() {
    // Both classes are mostly the first direction; only the second and third tell them apart.
    let shots = [
        (0, unit(vec![1.0, 0.3, 0.0])),
        (1, unit(vec![1.0, 0.0, 0.3])),
    ];
    let fitted = fit(&shots, 2, &[]);
    let both = similarities(&fitted, &unit(vec![1.0, 0.2, 0.0]));
    assert!(both[0] > both[1] + 0.3, "{both:?}");
}

#[test]
fn a_class_counts_the_same_however_many_shots_it_has() {
    let (cup, key) = (near("1", "cup", 0.3), near("2", "key", 0.3));
    let few = vec![(0, cup.clone()), (1, key.clone())];
    let mut many = few.clone();
    many.extend((0..50).map(|_| (0, cup.clone())));
    for query in [
        near("3", "cup", 0.6),
        near("4", "key", 0.6),
        near("5", "jar", 0.6),
    ] {
        let few = similarities(&fit(&few, 2, &[]), &query);
        let many = similarities(&fit(&many, 2, &[]), &query);
        for (a, b) in few.iter().zip(many) {
            assert!((a - b).abs() < 1e-4, "{a} {b}");
        }
    }
}

#[test]
fn thousands_of_shots_are_averaged_and_name_the_same_class() {
    let shots: Vec<_> = (0..2_000)
        .map(|i| {
            let class = i % 2;
            let thing = if class == 0 { "cup" } else { "key" };
            (class, near(&i.to_string(), thing, 0.8))
        })
        .collect();
    let fitted = fit(&shots, 2, &[]);
    let found = similarities(&fitted, &near("query", "key", 0.8));
    assert!(found[1] > found[0] + 0.3, "{found:?}");
    let left_out = fitted.similarities_without(&support(&shots, 2), 1_999);
    assert!(left_out[1].unwrap() > left_out[0].unwrap(), "{left_out:?}");
}

#[test]
fn a_shot_that_is_left_out_does_not_see_itself() {
    let shots = [
        (0, near("1", "cup", 0.4)),
        (0, near("2", "cup", 0.4)),
        (0, near("3", "key", 0.4)), // a key among the cups
        (1, near("4", "key", 0.4)),
        (1, near("5", "key", 0.4)),
    ];
    let fitted = fit(&shots, 2, &[]);
    let without = |shot| fitted.similarities_without(&support(&shots, 2), shot);
    assert!(without(0)[0] > without(0)[1]);
    assert!(without(2)[1] > without(2)[0], "{:?}", without(2));
    assert!(without(9).is_empty());
    // With it, the map takes it for a cup.
    let seen = similarities(&fitted, &shots[2].1);
    assert!(seen[0] > without(2)[0].unwrap() + 0.1);
}

#[test]
fn a_single_shot_has_nothing_to_be_left_to() {
    let shots = [(0, near("1", "cup", 0.3)), (1, near("2", "key", 0.3))];
    let fitted = fit(&shots, 2, &[]);
    let without = fitted.similarities_without(&support(&shots, 2), 0);
    assert_eq!(without[0], None);
    assert!(without[1].is_some());
}

#[test]
fn what_is_like_an_impostor_is_like_no_class() {
    // The cup was shown beside a lamp, and the lamp alone is asked about.
    let (cup, lamp) = (near("1", "cup", 0.3), near("2", "lamp", 0.3));
    let both: Vec<f32> = cup.iter().zip(&lamp).map(|(a, b)| a + b).collect();
    let shots = [(0, unit(both)), (1, near("3", "key", 0.3))];
    let alone = similarities(&fit(&shots, 2, &[]), &near("4", "lamp", 0.3));
    let beside = similarities(&fit(&shots, 2, &[lamp]), &near("4", "lamp", 0.3));
    assert!(alone[0] > 0.4, "{alone:?}");
    assert!(beside[0] < 0.2, "{beside:?}");
}

#[test]
fn the_shipped_impostors_are_embeddings_of_length_one() {
    let shipped = impostors::of(DIMENSIONS).unwrap();
    assert!(shipped.len() >= 50);
    for impostor in shipped {
        assert_eq!(impostor.len(), DIMENSIONS);
        let length: f32 = impostor.iter().map(|v| v * v).sum();
        assert!((length - 1.0).abs() < 1e-3);
    }
    assert!(impostors::of(64).unwrap().is_empty());
}

#[test]
fn the_threshold_moves_as_shots_arrive_and_keeps_within_its_bounds() {
    let mut classifier = Classifier::default();
    assert_eq!(classifier.settings().method, Comparison::Ridge.into());
    let start = classifier.auto_threshold().unwrap();
    let ids = ["cup", "key"].map(|thing| classifier.support.add_class(thing).unwrap());
    let mut seen = vec![start];
    for round in 0..6 {
        for (id, thing) in ids.iter().zip(["cup", "key"]) {
            let shot = near(&format!("{thing} {round}"), thing, 1.0);
            classifier.support.add_shot(*id, shot).unwrap();
            seen.push(classifier.auto_threshold().unwrap());
        }
    }
    for threshold in &seen {
        assert!(
            (LOWEST_THRESHOLD..=HIGHEST_THRESHOLD).contains(threshold),
            "{seen:?}"
        );
    }
    assert!(seen.last() > seen.get(2), "{seen:?}");
    // Another thing is none of these, the same thing is itself.
    let answer = classifier.answer(&near("query", "lamp", 0.5)).unwrap();
    assert_eq!(answer.best, None, "{answer:?}");
    let answer = classifier.answer(&near("query", "key", 1.0)).unwrap();
    assert_eq!(answer.best, Some(ids[1]), "{answer:?}");
    // A threshold that the user set stays.
    let settings = Settings {
        threshold: Some(0.9),
        ..classifier.settings()
    };
    classifier.set_settings(settings).unwrap();
    assert_eq!(
        classifier.answer(&near("query", "key", 1.0)).unwrap().best,
        None
    );
}

#[test]
fn a_burst_that_hardly_moved_does_not_shut_out_the_thing_turned_round() {
    let mut classifier = Classifier::default();
    for thing in ["cup", "key"] {
        let id = classifier.support.add_class(thing).unwrap();
        for shot in 0..12 {
            let shot = near(&shot.to_string(), thing, 0.01);
            classifier.support.add_shot(id, shot).unwrap();
        }
    }
    let answer = classifier.answer(&near("turned", "cup", 1.0)).unwrap();
    assert!(answer.best.is_some(), "{answer:?}");
}

#[test]
fn percentages_are_more_decided_where_left_out_shots_were_named_rightly() {
    for way in [2, 3, 5, 12, 20, 300] {
        for shots in [2.0, 3.5, 5.0, 10.0, 400.0] {
            let of = |temperature| {
                let left_out = LeftOut {
                    temperature: Some(temperature),
                    ..LeftOut::default()
                };
                of_ridge::temperature(way, shots, &left_out)
            };
            let (easy, hard) = (of(0.05), of(1.0));
            assert!(easy <= hard, "{way} way, {shots} shots: {easy} {hard}");
            assert!(easy > 0.0 && hard.is_finite());
        }
    }
}
