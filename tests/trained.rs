//! Does the file of the camera's trained methods hold what it should, and do they name the class
//! while regression goes on telling what is none of them?
#![allow(clippy::unwrap_used)]

mod made_up;

use std::rc::Rc;

use kshot::Error;
use kshot::classifier::{Classifier, Settings};
use kshot::embedder::DIMENSIONS;
use kshot::method::choice::Choice;
use kshot::method::comparison::Comparison;
use kshot::method::trained::{Heads, MAX_SHOTS, Trained};
use kshot::method::{Fitted as _, Support};
use made_up::numbers;
use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use serde::de::value::StrDeserializer;

fn file() -> Vec<u8> {
    std::fs::read("weights/camera.safetensors").unwrap()
}

/// An embedding of a thing, a little different every time.
fn embedding(thing: u64, time: u64) -> Vec<f32> {
    let pairs = numbers(&format!("thing {thing}"), DIMENSIONS, 1.0).into_iter();
    let mixed = pairs.zip(numbers(&format!("{thing}, time {time}"), DIMENSIONS, 0.7));
    let values: Vec<f32> = mixed.map(|(a, b)| a + b).collect();
    let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
    values.into_iter().map(|value| value / length).collect()
}

/// A classifier of so many things, each shown so often.
fn taught(things: u64, shots: u64) -> Classifier {
    let mut classifier = Classifier::default();
    for thing in 0..things {
        let class = classifier.support.add_class("thing").unwrap();
        for time in 0..shots {
            classifier
                .support
                .add_shot(class, embedding(thing, time))
                .unwrap();
        }
    }
    classifier
}

fn choose(classifier: &mut Classifier, method: Trained) -> Result<(), Error> {
    classifier.set_settings(Settings {
        method: method.into(),
        ..Settings::default()
    })
}

#[test]
fn the_file_is_the_pinned_one_small_enough_and_no_other() {
    let mut bytes = file();
    assert!(bytes.len() <= 4_000_000, "{} bytes", bytes.len());
    Heads::shipped(&bytes).unwrap();
    bytes[100_000] ^= 1;
    let error = Heads::shipped(&bytes).err().unwrap();
    assert_eq!(error.code(), "weights_damaged");
    let error = Heads::new(&bytes[..200_000]).err().unwrap();
    assert_eq!(error.code(), "weights_damaged");
}

#[test]
fn every_trained_method_names_what_it_was_shown_and_refuses_what_it_was_not() {
    let heads = Rc::new(Heads::shipped(&file()).unwrap());
    for method in Trained::ALL {
        for shots in [1, 4] {
            let mut classifier = taught(5, shots);
            classifier.use_heads(Rc::clone(&heads));
            let ids: Vec<u32> = classifier.support.classes().iter().map(|c| c.id).collect();
            let by_ridge = classifier.answer(&embedding(0, 99)).unwrap();
            choose(&mut classifier, method).unwrap();
            for (thing, id) in ids.iter().enumerate() {
                let answer = classifier.answer(&embedding(thing as u64, 99)).unwrap();
                assert_eq!(answer.best, Some(*id), "{method:?}, {shots} shots");
                let sum: f32 = answer.scores.iter().map(|score| score.probability).sum();
                assert!((sum - 1.0).abs() < 1e-5);
            }
            // Similarities are those of ridge regression, and so is what is none of these.
            let answer = classifier.answer(&embedding(0, 99)).unwrap();
            for (own, ridge) in answer.scores.iter().zip(&by_ridge.scores) {
                assert_eq!(own.similarity, ridge.similarity);
            }
            assert_eq!(answer.threshold, by_ridge.threshold);
            assert_eq!(classifier.answer(&embedding(77, 0)).unwrap().best, None);
        }
    }
}

#[test]
fn a_trained_method_cannot_be_chosen_before_its_weights_are_there() {
    let mut classifier = taught(2, 1);
    let error = choose(&mut classifier, Trained::Snail).unwrap_err();
    assert_eq!(error.code(), "setting_invalid");
    assert_eq!(classifier.settings(), Settings::default());
    let settings = Settings {
        method: Trained::Mann.into(),
        ..Settings::default()
    };
    let error = classifier.restore(settings, Vec::new(), &[]).unwrap_err();
    assert_eq!(error.code(), "setting_invalid");
    assert_eq!(classifier.support.classes().len(), 2);
}

#[test]
fn more_classes_than_a_sequence_has_labels_are_refused_until_some_are_switched_off() {
    let heads = Rc::new(Heads::shipped(&file()).unwrap());
    let mut classifier = taught(21, 1);
    classifier.use_heads(heads);
    for method in Trained::ALL {
        choose(&mut classifier, method).unwrap();
        let answer = classifier.answer(&embedding(3, 99));
        match method {
            Trained::Mann | Trained::Snail => {
                assert_eq!(answer.unwrap_err().code(), "method_takes_fewer");
            }
            _ => assert_eq!(answer.unwrap().scores.len(), 21),
        }
    }
    // What is computed of the support set alone is still told.
    assert!(classifier.auto_threshold().is_ok() && classifier.guidance().is_ok());
    let last = classifier.support.classes().last().unwrap().id;
    classifier.support.enable_class(last, false).unwrap();
    assert_eq!(
        classifier.answer(&embedding(3, 99)).unwrap().scores.len(),
        20
    );
}

#[test]
fn of_more_shots_than_a_head_was_trained_on_every_class_keeps_as_many() {
    let heads = Heads::shipped(&file()).unwrap();
    let things: Vec<Vec<f32>> = (0..3 * MAX_SHOTS as u64)
        .map(|number| embedding(number % 2, number))
        .collect();
    let shots = things.iter().enumerate();
    let all = Support {
        shots: shots
            .map(|(number, shot)| (number % 2, shot.as_slice()))
            .collect(),
        classes: 2,
    };
    // The 150 of a class that are kept are every third.
    let kept = Support {
        shots: (all
            .shots
            .chunks_exact(2)
            .skip(2)
            .step_by(3)
            .flatten()
            .copied())
        .collect(),
        classes: 2,
    };
    assert_eq!((all.shots.len(), kept.shots.len()), (300, 100));
    for method in Trained::ALL {
        let query = embedding(1, 999);
        let of = |support| heads.fit(method, support).unwrap().read(&query).unwrap();
        assert_eq!(of(&all).scores, of(&kept).scores, "{method:?}");
    }
}

#[test]
fn a_method_keeps_its_name_and_its_place_in_files() {
    let names = [
        "prototypical",
        "siamese",
        "matching",
        "ridge",
        "matching_context",
        "relation",
        "imaginary",
        "mann",
        "snail",
    ];
    for (choice, name) in Choice::ALL.into_iter().zip(names) {
        let named: StrDeserializer<'_, serde::de::value::Error> = name.into_deserializer();
        assert_eq!(Choice::deserialize(named).unwrap(), choice);
    }
    assert_eq!(Choice::default(), Comparison::Prototypical.into());
}
