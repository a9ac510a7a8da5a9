//! Does the final table's command run on a few photos, say what it left out, and refuse what it
//! cannot measure? And is no class that it measures among those that were fitted to?
#![allow(clippy::unwrap_used)]

mod fixture;

use std::collections::{BTreeMap, BTreeSet};

use fixture::{command, photos, run, stdout};

/// The rows of the Markdown table, cell by cell.
fn rows(text: &str) -> Vec<Vec<String>> {
    text.lines()
        .filter(|line| line.starts_with("| photos |"))
        .map(|line| {
            line.trim_matches(['|', ' '])
                .split(" | ")
                .map(str::to_owned)
                .collect()
        })
        .collect()
}

const SMALL: [&str; 8] = [
    "--shot",
    "1,2",
    "--queries",
    "2",
    "--episodes",
    "12",
    "--dense-episodes",
    "2",
];

#[test]
fn the_table_has_a_row_for_every_shape_that_there_are_pictures_for() {
    let photos = photos();
    let table = |path: &str| {
        stdout(&run(&[
            &["accuracy-table", path, "--way", "3,9"],
            &SMALL[..],
        ]
        .concat()))
    };
    let text = table(photos.to_str().unwrap());
    let found = rows(&text);
    let shapes: Vec<_> = found.iter().map(|row| (&*row[1], &*row[2])).collect();
    assert_eq!(shapes, [("3", "1"), ("3", "2")], "{text}");
    for row in &found {
        for cell in &row[3..] {
            let accuracy: f64 = cell.split(" ± ").next().unwrap().parse().unwrap();
            assert!((60.0..=100.0).contains(&accuracy), "{text}");
        }
    }
    assert!(text.contains("9 way 1 shot left out, 6 classes"), "{text}");

    // From a file of features it is the same, but for their rounding to half precision.
    let folder = tempfile::tempdir().unwrap();
    let features = folder.path().join("photos.features");
    let features = features.to_str().unwrap();
    let said = stdout(&run(&[
        "features",
        photos.to_str().unwrap(),
        features,
        "--plain",
    ]));
    assert!(said.contains("24 pictures, 6 classes"), "{said}");
    assert_eq!(rows(&table(features)), found);
}

#[test]
fn a_set_without_enough_pictures_for_any_row_is_refused() {
    let photos = photos();
    let start = ["accuracy-table", photos.to_str().unwrap(), "--way", "20"];
    let output = command(&[&start[..], &SMALL[..]].concat())
        .output()
        .unwrap();
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("too few pictures for any row"), "{error}");
}

#[test]
fn evaluate_draws_accuracy_and_reliability_for_each_number_of_shots() {
    let folder = tempfile::tempdir().unwrap();
    let svg = folder.path().join("plot.svg");
    let photos = photos();
    let text = stdout(&run(&[
        "evaluate",
        photos.to_str().unwrap(),
        "--way",
        "3",
        "--shot",
        "1,2",
        "--queries",
        "2",
        "--episodes",
        "10",
        "--plot",
        svg.to_str().unwrap(),
    ]));
    let svg = std::fs::read_to_string(svg).unwrap();
    assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
    assert!(svg.contains(">1 shot, error") && svg.contains(">2 shots, error"));
    for name in ["ridge", "prototypical, euclidean", "prototypical, cosine"] {
        assert!(svg.contains(&format!(">{name}</text>")), "{name}");
    }
    // Each row of the table is a point, as high as its accuracy.
    let heights = svg.split("cy=\"").skip(1).map(|rest| {
        let height: f64 = rest.split('"').next().unwrap().parse().unwrap();
        100.0 * (308.0 - height) / 260.0
    });
    let mut drawn: Vec<f64> = heights.collect();
    let rows = text.lines().filter(|line| line.contains(" ± "));
    let mut stated: Vec<f64> = rows
        .filter_map(|line| {
            line.split(" ± ")
                .next()?
                .split_whitespace()
                .last()?
                .parse()
                .ok()
        })
        .collect();
    drawn.sort_by(f64::total_cmp);
    stated.sort_by(f64::total_cmp);
    assert_eq!((drawn.len(), stated.len()), (6, 6), "{text}");
    for (drawn, stated) in drawn.iter().zip(&stated) {
        assert!((drawn - stated).abs() < 0.05, "{drawn} {stated}");
    }
}

#[test]
fn no_class_that_is_measured_was_fitted_to() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/splits/camera.csv");
    let mut classes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for record in csv::Reader::from_path(path).unwrap().deserialize() {
        let (set, class, uses): (String, String, String) = record.unwrap();
        classes
            .entry(uses)
            .or_default()
            .insert(format!("{set}/{class}"));
    }
    assert_eq!(
        classes.keys().collect::<Vec<_>>(),
        ["calibrate", "fit", "test", "train"]
    );
    for fitted in ["calibrate", "fit", "train"] {
        let both: Vec<_> = classes[fitted].intersection(&classes["test"]).collect();
        assert!(both.is_empty(), "{fitted}: {both:?}");
    }
    // Nor were the heads chosen by what they were trained on.
    let both: Vec<_> = (classes["calibrate"].intersection(&classes["train"])).collect();
    assert!(both.is_empty(), "{both:?}");
    assert_eq!(
        classes["fit"].len(),
        kshot::method::impostors::of(1280).unwrap().len()
    );
}
