//! Is a query named as the methods' papers say, and is "none of these" said when it should?
#![allow(clippy::unwrap_used)]

mod made_up;

use std::slice::from_ref;

use kshot::classifier::{Classifier, Settings};
use kshot::decision::{SINGLE_SHOT_THRESHOLD, leave_one_out_threshold, probabilities};
use kshot::embedder::DIMENSIONS;
use kshot::method::comparison::Comparison;
use kshot::method::prototypical::Prototypical;
use kshot::method::{Metric, Support};
use kshot::space::{Kind, Space};
use made_up::{BY_METRIC, at};

fn classifier(classes: &[(&str, &[f32])]) -> (Classifier, Vec<u32>) {
    let mut classifier = Classifier::default();
    let settings = Settings {
        method: Comparison::Prototypical.into(),
        ..Settings::default()
    };
    classifier.set_settings(settings).unwrap();
    let ids = classes
        .iter()
        .map(|(name, shots)| {
            let id = classifier.support.add_class(name).unwrap();
            for degrees in *shots {
                classifier.support.add_shot(id, at(*degrees)).unwrap();
            }
            id
        })
        .collect();
    (classifier, ids)
}

/// The threshold of the shots of each class, by one method.
fn threshold(classes: &[&[Vec<f32>]], method: Comparison, metric: Metric) -> f32 {
    let shots = classes.iter().enumerate();
    let support = Support {
        shots: shots
            .flat_map(|(class, shots)| shots.iter().map(move |shot| (class, &shot[..])))
            .collect(),
        classes: classes.len(),
    };
    let fitted = method.fit(metric, 0.1, &support).unwrap();
    leave_one_out_threshold(method, metric, &*fitted, &support)
}

#[test]
fn similarities_are_those_worked_by_hand() {
    // Shots at 0 and 90 degrees: prototype (1/2, 1/2). Query at 0 degrees:
    // d² = 1/4 + 1/4 = 1/2, so 1 - d²/2 = 3/4; cosine = 1/sqrt 2.
    let (a, b, query) = ([1.0, 0.0], [0.0, 1.0], [1.0, 0.0]);
    let support = Support {
        shots: vec![(0, &a[..]), (0, &b[..])],
        classes: 1,
    };
    let [euclidean, cosine] = Metric::ALL.map(|metric| {
        let prototypical = Prototypical {
            metric,
            temperature: 1.0,
        };
        prototypical.compare(&support).unwrap()
    });
    assert_eq!(euclidean.prototypes(), [[0.5, 0.5]]);
    assert!((euclidean.similarities(&query).unwrap()[0] - 0.75).abs() < 1e-6);
    assert!((cosine.similarities(&query).unwrap()[0] - 0.5f32.sqrt()).abs() < 1e-6);
}

#[test]
fn probabilities_are_the_softmax_of_minus_the_squared_distance() {
    // d² = 0.2 and 1.2, temperature 0.5: exp(-0.4) against exp(-2.4).
    let p = probabilities(&[0.9, 0.4], 0.5);
    let expected = (-0.4f32).exp() / ((-0.4f32).exp() + (-2.4f32).exp());
    assert!((p[0] - expected).abs() < 1e-6);
    assert!((p[0] + p[1] - 1.0).abs() < 1e-6);
}

#[test]
fn probabilities_stay_finite_at_extreme_temperatures() {
    for temperature in [1e-6, 1e6] {
        let p = probabilities(&[1.0, -1.0, 0.5], temperature);
        assert!(p.iter().all(|value| value.is_finite()));
        assert!((p.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }
}

#[test]
fn the_nearest_class_is_named() {
    let (mut classifier, ids) = classifier(&[("east", &[0.0, 10.0]), ("north", &[80.0, 90.0])]);
    assert_eq!(classifier.answer(&at(20.0)).unwrap().best, Some(ids[0]));
    assert_eq!(classifier.answer(&at(70.0)).unwrap().best, Some(ids[1]));
}

#[test]
fn the_answer_does_not_depend_on_the_order_of_the_shots() {
    let (mut forwards, ids) = classifier(&[("east", &[0.0, 10.0, 25.0]), ("north", &[80.0, 95.0])]);
    let (mut backwards, _) = classifier(&[("east", &[25.0, 10.0, 0.0]), ("north", &[95.0, 80.0])]);
    for degrees in 0..36 {
        let query = at(degrees as f32 * 10.0);
        let (one, other) = (
            forwards.answer(&query).unwrap(),
            backwards.answer(&query).unwrap(),
        );
        assert_eq!(one.best, other.best);
        for (a, b) in one.scores.iter().zip(&other.scores) {
            assert!((a.similarity - b.similarity).abs() < 1e-6);
        }
    }
    assert_eq!(ids.len(), 2);
}

#[test]
fn what_is_far_from_everything_is_none_of_these() {
    let (mut classifier, _) = classifier(&[("east", &[0.0, 5.0, 10.0]), ("north", &[80.0, 85.0])]);
    assert_eq!(classifier.answer(&at(225.0)).unwrap().best, None);
}

#[test]
fn answers_follow_every_change_at_once() {
    let (mut classifier, ids) = classifier(&[("east", &[0.0]), ("north", &[90.0])]);
    let query = at(40.0);
    assert_eq!(classifier.answer(&query).unwrap().best, Some(ids[0]));
    classifier.support.add_shot(ids[1], at(30.0)).unwrap();
    classifier.support.add_shot(ids[1], at(50.0)).unwrap();
    assert_eq!(classifier.answer(&query).unwrap().best, Some(ids[1]));
    classifier.support.enable_class(ids[1], false).unwrap();
    let answer = classifier.answer(&query).unwrap();
    assert_eq!(answer.scores.len(), 1);
    classifier.support.undo().unwrap();
    assert_eq!(classifier.answer(&query).unwrap().best, Some(ids[1]));
}

#[test]
fn a_single_shot_is_said_so_that_no_percentages_are_shown() {
    let (mut classifier, ids) = classifier(&[("east", &[0.0, 1.0]), ("north", &[90.0])]);
    assert!(classifier.answer(&at(0.0)).unwrap().single_shot);
    classifier.support.add_shot(ids[1], at(91.0)).unwrap();
    assert!(!classifier.answer(&at(0.0)).unwrap().single_shot);
}

#[test]
fn an_empty_support_set_answers_nothing() {
    let mut classifier = Classifier::default();
    let answer = classifier.answer(&at(0.0)).unwrap();
    assert_eq!((answer.best, answer.scores.len()), (None, 0));
}

#[test]
fn the_threshold_lies_between_a_class_and_its_neighbours() {
    let shots = [0.0, 4.0, 8.0, 90.0, 94.0, 98.0].map(at);
    for method in BY_METRIC {
        for metric in Metric::ALL {
            let threshold = threshold(&[&shots[..3], &shots[3..]], method, metric);
            // Own class: at most 8 degrees apart. The other: at least 82.
            assert!(threshold < metric.similarity(&at(0.0), &at(8.0)));
            assert!(threshold > metric.similarity(&at(8.0), &at(90.0)));
        }
    }
}

#[test]
fn a_burst_that_hardly_moved_does_not_shut_out_the_thing_turned_round() {
    let (mut classifier, ids) = classifier(&[("east", &[0.0, 0.1, 0.2]), ("north", &[90.0, 90.1])]);
    assert_eq!(
        classifier.answer(&at(45.0 - 10.0)).unwrap().best,
        Some(ids[0])
    );
}

#[test]
fn leaving_a_shot_out_is_worked_by_hand() {
    // Shots at 0 and 90 degrees: prototype (1/2, 1/2), squared length 1/2. Each shot's
    // product with the mean of the others is 0, so 1 - d²/2 = 1 - (1 - 0 + 1/2) / 2 = 1/4.
    // Without another class the threshold lies halfway to the shipped one.
    let shots = [at(0.0), at(90.0)];
    let found = threshold(&[&shots], Comparison::Prototypical, Metric::Euclidean);
    assert!((found - (0.25 + SINGLE_SHOT_THRESHOLD) / 2.0).abs() < 1e-6);
}

#[test]
fn percentages_are_more_decided_the_more_shots_there_are() {
    let (mut few, ids) = classifier(&[("east", &[0.0, 10.0]), ("north", &[80.0, 90.0])]);
    let before = few.answer(&at(44.0)).unwrap();
    for class in &ids {
        let shots = few.support.classes()[usize::from(*class != ids[0])]
            .shots
            .clone();
        for shot in shots.iter().cycle().take(18) {
            few.support
                .add_shot(*class, shot.embedding.to_vec())
                .unwrap();
        }
    }
    let after = few.answer(&at(44.0)).unwrap();
    assert!((before.scores[0].similarity - after.scores[0].similarity).abs() < 1e-5);
    assert!(after.scores[0].probability > before.scores[0].probability);
}

#[test]
fn with_single_shots_the_threshold_is_the_shipped_one() {
    let (east, north) = (at(0.0), at(90.0));
    for method in BY_METRIC {
        let found = threshold(&[from_ref(&east), from_ref(&north)], method, Metric::Cosine);
        assert_eq!(found, SINGLE_SHOT_THRESHOLD);
    }
}

#[test]
fn settings_are_used_and_bad_ones_are_refused() {
    let (mut classifier, ids) = classifier(&[("east", &[0.0, 10.0]), ("north", &[80.0, 90.0])]);
    let usual = classifier.settings();
    let strict = Settings {
        threshold: Some(0.999),
        ..usual
    };
    classifier.set_settings(strict).unwrap();
    assert_eq!(classifier.answer(&at(20.0)).unwrap().best, None);
    for (temperature, threshold) in [
        (Some(0.0), None),
        (Some(-1.0), None),
        (Some(f32::NAN), None),
        (None, Some(1.5)),
        (None, Some(f32::NAN)),
    ] {
        let bad = Settings {
            temperature,
            threshold,
            ..usual
        };
        let error = classifier.set_settings(bad).unwrap_err();
        assert_eq!(error.code(), "setting_invalid");
    }
    assert_eq!(classifier.settings(), strict);
    classifier.set_settings(usual).unwrap();
    assert_eq!(classifier.answer(&at(20.0)).unwrap().best, Some(ids[0]));
}

#[test]
fn a_query_of_another_length_is_an_error() {
    let (mut classifier, _) = classifier(&[("east", &[0.0])]);
    let error = classifier.answer(&[1.0, 0.0]).unwrap_err();
    assert_eq!(error.code(), "embedding_invalid");
}

#[test]
fn a_state_is_restored_whole_or_not_at_all() {
    let (mut classifier, ids) = classifier(&[("east", &[0.0])]);
    let classes = || vec![("up".to_owned(), true, 1), ("down".to_owned(), false, 1)];
    let embeddings = [at(90.0), at(270.0)].concat();
    let damaged = [at(90.0), vec![f32::NAN; DIMENSIONS]].concat();
    for bad in [&embeddings[1..], &damaged] {
        let error = classifier.restore(Settings::default(), classes(), bad);
        assert_eq!(error.unwrap_err().code(), "state_invalid");
        assert_eq!(classifier.answer(&at(0.0)).unwrap().best, Some(ids[0]));
    }
    classifier
        .restore(Settings::default(), classes(), &embeddings)
        .unwrap();
    let classes = classifier.support.classes();
    assert_eq!(*classes[0].shots[0].embedding, *at(90.0));
    assert!(!classes[1].enabled);
}

#[test]
fn the_plane_shows_every_shot_and_keeps_classes_apart() {
    let (mut classifier, ids) = classifier(&[("east", &[0.0, 5.0]), ("north", &[85.0, 90.0])]);
    let mut space = Space::default();
    let query = at(2.0);
    let points = space.points(&mut classifier, Some(&query)).unwrap();
    let count = |wanted: fn(&Kind) -> bool| points.iter().filter(|p| wanted(&p.kind)).count();
    assert_eq!(count(|kind| matches!(kind, Kind::Shot(_))), 4);
    assert_eq!(count(|kind| *kind == Kind::Prototype), 2);
    assert_eq!(count(|kind| *kind == Kind::Query), 1);
    let prototype = |class| {
        let mut found = points.iter().filter(|p| p.kind == Kind::Prototype);
        found.find(|p| p.class == Some(class)).unwrap()
    };
    let query = points.iter().find(|p| p.kind == Kind::Query).unwrap();
    let distance = |class| {
        let other = prototype(class);
        (other.x - query.x).hypot(other.y - query.y)
    };
    assert!(distance(ids[0]) < distance(ids[1]) / 4.0);
    assert!(points.iter().all(|p| p.x.abs() <= 1.0 && p.y.abs() <= 1.0));
}

#[test]
fn undo_of_a_restore_brings_the_settings_back_too() {
    let (mut classifier, _) = classifier(&[("a", &[0.0])]);
    let before = Settings {
        threshold: Some(0.5),
        ..Settings::default()
    };
    classifier.set_settings(before).unwrap();
    let saved = Settings {
        method: Comparison::Siamese.into(),
        ..Settings::default()
    };
    let other = || vec![("b".to_owned(), true, 1)];
    classifier.restore(saved, other(), &at(90.0)).unwrap();
    classifier.append(other(), &at(80.0)).unwrap();
    assert_eq!(
        classifier.settings(),
        saved,
        "what is added leaves the settings"
    );
    classifier.undo().unwrap();
    assert_eq!(classifier.settings(), saved);
    classifier.undo().unwrap();
    assert_eq!(classifier.settings(), before);
    assert_eq!(classifier.support.classes()[0].name, "a");
}

#[test]
fn of_two_restores_either_can_be_taken_back_with_its_settings() {
    let with = |threshold| Settings {
        threshold: Some(threshold),
        ..Settings::default()
    };
    for older in [true, false] {
        let (mut classifier, _) = classifier(&[("a", &[0.0])]);
        classifier.set_settings(with(0.1)).unwrap();
        for (step, threshold) in [(1, 0.2), (2, 0.3)] {
            classifier.support.take_step(Some(step));
            let other = vec![("b".to_owned(), true, 1)];
            classifier
                .restore(with(threshold), other, &at(90.0))
                .unwrap();
        }
        classifier.undo_step(if older { 1 } else { 2 }).unwrap();
        assert_eq!(classifier.settings(), with(if older { 0.3 } else { 0.2 }));
        classifier.undo().unwrap();
        assert_eq!(classifier.settings(), with(0.1));
    }
}
