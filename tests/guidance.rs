//! Does the support set say what is worth another look, and nothing of what is well?
#![allow(clippy::unwrap_used)]

mod photos;

use burn::tensor::{Device, Tensor, TensorData};
use kshot::classifier::{Classifier, Settings};
use kshot::embedder::projection::Projection;
use kshot::embedder::{Embedder, WEIGHTS};
use kshot::frame::{SIDE, input_from_rgba};
use kshot::guidance::{Alike, Misplaced};
use kshot::method::comparison::Comparison;
use photos::{NAMES, Photo, read_photo};
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

/// A unit vector on an axis of a class, leaning towards one of its own.
fn leaning(axis: usize, own: usize, lean: f32) -> Vec<f32> {
    let mut vector = vec![0.0; 16];
    (vector[8 + own], vector[axis]) = lean.sin_cos();
    vector
}

/// Compares with prototypes, whose similarities are worked by hand here.
fn by_prototypes() -> Classifier {
    let mut classifier = Classifier::default();
    let settings = Settings {
        method: Comparison::Prototypical.into(),
        ..Settings::default()
    };
    classifier.set_settings(settings).unwrap();
    classifier
}

/// Classes on axes of their own, with so many shots; gives the ids of the shots too.
fn classifier(shots: &[usize]) -> (Classifier, Vec<u32>, Vec<Vec<u32>>) {
    let mut classifier = by_prototypes();
    let (mut classes, mut ids) = (Vec::new(), Vec::new());
    for (axis, count) in shots.iter().enumerate() {
        let class = classifier.support.add_class("one").unwrap();
        let support = &mut classifier.support;
        let added =
            (0..*count).map(|own| support.add_shot(class, leaning(axis, own, 0.3)).unwrap());
        ids.push(added.collect());
        classes.push(class);
    }
    (classifier, classes, ids)
}

#[test]
fn classes_that_are_apart_give_nothing_to_say() {
    let (mut classifier, classes, _) = classifier(&[3, 4]);
    let found = classifier.guidance().unwrap().unwrap();
    assert_eq!(found.classes, classes);
    assert_eq!(found.confusion, [[3, 0, 0], [0, 4, 0]]);
    assert_eq!(found.right(), (7, 7));
    assert!(found.misplaced.is_empty() && found.alike.is_empty() && found.still.is_empty());
}

#[test]
fn an_empty_support_set_has_no_guidance() {
    assert_eq!(Classifier::default().guidance().unwrap(), None);
}

#[test]
fn a_shot_in_the_wrong_class_is_found_by_every_method_and_moving_it_mends_it() {
    for method in Comparison::ALL {
        let (mut classifier, classes, _) = classifier(&[4, 4]);
        let settings = Settings {
            method: method.into(),
            ..classifier.settings()
        };
        classifier.set_settings(settings).unwrap();
        let shot = classifier
            .support
            .add_shot(classes[0], leaning(1, 7, 0.3))
            .unwrap();
        let found = classifier.guidance().unwrap().unwrap();
        let (class, looks_like) = (classes[0], classes[1]);
        assert_eq!(
            found.misplaced,
            [Misplaced {
                shot,
                class,
                looks_like
            }]
        );
        assert_eq!(found.right(), (9, 8));
        classifier.support.move_shot(shot, looks_like).unwrap();
        let found = classifier.guidance().unwrap().unwrap();
        assert!(found.misplaced.is_empty());
        assert_eq!(found.right(), (9, 9));
    }
}

#[test]
fn classes_of_the_same_thing_look_alike_with_one_shot_and_with_many() {
    for count in [1, 6] {
        let (mut classifier, classes, _) = classifier(&[count, count]);
        let twin = classifier.support.add_class("twin").unwrap();
        for own in 0..count {
            let shot = leaning(0, 7 - own, 0.4);
            classifier.support.add_shot(twin, shot).unwrap();
        }
        let alike = classifier.guidance().unwrap().unwrap().alike;
        let (first, second) = (classes[0], twin);
        assert_eq!(alike, [Alike { first, second }], "{count} shots");
    }
}

#[test]
fn a_single_shot_is_not_asked_about() {
    let (mut classifier, _, _) = classifier(&[1, 3]);
    let found = classifier.guidance().unwrap().unwrap();
    assert_eq!(found.confusion, [[0, 0, 0], [0, 3, 0]]);
}

#[test]
fn what_is_under_the_threshold_counts_as_none_of_these() {
    let (mut classifier, _, _) = classifier(&[2, 2]);
    let settings = Settings {
        threshold: Some(1.0),
        ..classifier.settings()
    };
    classifier.set_settings(settings).unwrap();
    let found = classifier.guidance().unwrap().unwrap();
    assert_eq!(found.confusion, [[0, 0, 2], [0, 0, 2]]);
    assert!(found.misplaced.is_empty());
}

/// The photo turned about its middle by degrees, nearest pixel, the edge repeated.
fn turned(photo: &Photo, degrees: f32) -> Vec<u8> {
    let (width, height) = (photo.width as f32, photo.height as f32);
    let (sine, cosine) = degrees.to_radians().sin_cos();
    let mut rgba = Vec::with_capacity(photo.rgba.len());
    for y in 0..photo.height {
        for x in 0..photo.width {
            let (u, v) = (x as f32 - width / 2.0, y as f32 - height / 2.0);
            let x = cosine * u - sine * v + width / 2.0;
            let y = sine * u + cosine * v + height / 2.0;
            let (x, y) = (x.clamp(0.0, width - 1.0), y.clamp(0.0, height - 1.0));
            let at = 4 * (y as usize * photo.width + x as usize);
            rgba.extend_from_slice(&photo.rgba[at..at + 4]);
        }
    }
    rgba
}

#[test]
fn a_burst_of_a_thing_that_stands_still_is_told_from_one_that_moves() {
    let device = Device::flex();
    let embedder = Embedder::from_bytes(WEIGHTS, &device).unwrap();
    let projection = Projection::shipped().unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut is_still = |photo: &Photo, degrees: f32| {
        let mut classifier = Classifier::default();
        let class = classifier.support.add_class("one").unwrap();
        for step in (0..8).map(|step| step as f32 / 7.0) {
            let mut rgba = turned(photo, degrees * step);
            for value in &mut rgba {
                *value = value.saturating_add_signed(random.random_range(-2..=2));
            }
            let input = input_from_rgba(&rgba, photo.width, photo.height).unwrap();
            let input = TensorData::new(input, [1, 3, SIDE, SIDE]);
            let corners = embedder.corners(Tensor::<4>::from_data(input, &device));
            let corners: Vec<f32> = corners.into_data().try_to_vec().unwrap();
            let embedding = projection.embed(&corners).unwrap();
            classifier.support.add_shot(class, embedding).unwrap();
        }
        !classifier.guidance().unwrap().unwrap().still.is_empty()
    };
    for name in NAMES {
        let photo = read_photo(&format!("photos/{name}.png"));
        assert!(is_still(&photo, 0.0), "{name} with noise");
        assert!(!is_still(&photo, 5.0), "{name} turned");
    }
}
