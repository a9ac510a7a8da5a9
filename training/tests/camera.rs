//! Do the methods with weights of their own that ship name the things on a few photos, and is
//! nothing trained on a class that is kept for the final figures?
#![allow(clippy::unwrap_used)]

mod fixture;

use burn::tensor::Device;
use fixture::{complaint, photos, run, stdout};
use kshot::method::Sizes;
use kshot::method::choice::Choice;
use kshot::method::imaginary::Imaginary;
use kshot::method::mann::Mann;
use kshot::method::matching::Matching;
use kshot::method::relation::Relation;
use kshot::method::snail::Snail;
use rand::rngs::ChaCha12Rng;
use rand::{RngExt, SeedableRng};
use training::camera::TURNS;
use training::features::FeatureFile;
use training::heads::Head;
use training::measure::EmbeddedClass;
use training::train::heads::validate;

const WEIGHTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../weights/camera.safetensors");

#[test]
fn every_method_is_right_far_more_often_than_by_chance() {
    let folder = tempfile::tempdir().unwrap();
    let features = folder.path().join("photos.features");
    let (photos, features) = (photos(), features.to_str().unwrap());
    stdout(&run(&["features", photos.to_str().unwrap(), features]));
    let table = |more: &[&str]| {
        let start = ["camera-table", features, "--weights", WEIGHTS, "--way", "5"];
        let sizes = ["--shot", "1,2", "--queries", "2", "--episodes", "30"];
        stdout(&run(&[&start[..], &sizes, more].concat()))
    };
    let said = table(&[]);
    let rows: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("| photos |"))
        .collect();
    assert_eq!(rows.len(), 2, "{said}");
    for row in rows {
        let cells: Vec<&str> = row.trim_matches(['|', ' ']).split(" | ").skip(3).collect();
        assert_eq!(cells.len(), Choice::ALL.len(), "{row}");
        for cell in cells {
            let accuracy: f64 = cell.split(' ').next().unwrap().parse().unwrap();
            assert!(accuracy > 60.0, "chance is 20: {row}"); // three times chance
        }
    }

    // Each wants a temperature that is no accident of the search's ends.
    let wanted = table(&["--temperatures"]);
    assert_eq!(wanted.lines().count(), 5, "{wanted}");
    for line in wanted.lines() {
        let (_, temperature) = line.split_once(": ").unwrap();
        let temperature: f64 = temperature.parse().unwrap();
        assert!((0.01..5.0).contains(&temperature), "{line}");
    }
}

#[test]
fn nothing_is_trained_on_a_class_that_is_tested_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("things.features");
    let file = FeatureFile {
        classes: vec!["n01641577".into(), "n01443537".into()], // of train, and of test
        rows: Vec::new(),
    };
    file.write(&path).unwrap();
    let path = path.to_str().unwrap();
    let said = complaint(&run(&["train-camera", path, "--validate", path]));
    assert!(
        said.contains("n01443537 is a class that is tested on"),
        "{said}"
    );
}

/// Twenty-four classes of fourteen pictures as the heads are given them: 128 numbers of length 4,
/// two of a class about as alike as two photos of a kind of thing.
fn reduced() -> Vec<EmbeddedClass> {
    let mut random = ChaCha12Rng::seed_from_u64(1);
    let mut noise = |scale: f32| -> Vec<f32> {
        (0..128)
            .map(|_| scale * (random.random::<f32>() - 0.5))
            .collect()
    };
    (0..24)
        .map(|_| {
            let middle = noise(1.0);
            let picture = |_| {
                let values: Vec<f32> = middle.iter().zip(noise(1.0)).map(|(a, b)| a + b).collect();
                let length = values.iter().map(|v| v * v).sum::<f32>().sqrt();
                values.iter().map(|value| 4.0 * value / length).collect()
            };
            (0..14).map(picture).collect()
        })
        .collect()
}

#[test]
fn a_head_compares_before_it_has_learnt() {
    fn right<H: Head>() -> f64 {
        let head = H::start_comparing(Sizes::CAMERA, &Device::flex()).unwrap();
        let share = validate(&head, &reduced(), &TURNS[..3]).unwrap().share();
        println!("{}: {share:.3}", std::any::type_name::<H>());
        share
    }
    for share in [
        right::<Relation>(),
        right::<Imaginary>(),
        right::<Matching>(),
        right::<Mann>(),
        right::<Snail>(),
    ] {
        assert!(share > 0.9, "{share}");
    }
}
