//! Does the command measure what it says, from photos to table?
#![allow(clippy::unwrap_used)]

mod fixture;

use std::fs;

use fixture::{command, run, stdout, write_pack};
use kshot::method::choice::Choice;
use kshot::method::comparison::Comparison;

const SMALL: [&str; 8] = [
    "--way",
    "3",
    "--shot",
    "1,2",
    "--queries",
    "2",
    "--episodes",
    "40",
];

/// The lines of the table, without the header.
fn rows(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| line.starts_with("prototypical") || line.starts_with("ridge"))
        .map(str::to_owned)
        .collect()
}

/// The accuracy in a line of the table, in percent.
fn accuracy(row: &str) -> f64 {
    row.split_whitespace().nth(3).unwrap().parse().unwrap()
}

#[test]
fn photos_are_told_apart_and_more_shots_help() {
    let photos = fixture::photos();
    let text = stdout(&run(
        &[&["evaluate", photos.to_str().unwrap()], &SMALL[..]].concat()
    ));
    let rows = rows(&text);
    assert_eq!(rows.len(), 6, "{text}");
    for (row, start) in rows.iter().zip([
        ["ridge", "-", "1"],
        ["prototypical", "euclidean", "1"],
        ["prototypical", "cosine", "1"],
        ["ridge", "-", "2"],
        ["prototypical", "euclidean", "2"],
        ["prototypical", "cosine", "2"],
    ]) {
        assert_eq!(row.split_whitespace().take(3).collect::<Vec<_>>(), start);
        assert!(accuracy(row) > 80.0, "{text}");
        assert!(row.contains('±'));
    }
    assert!(accuracy(&rows[3]) > accuracy(&rows[0]), "{text}");
    assert!(text.contains("24 pictures, 6 classes; "), "{text}");
    assert!(text.contains("CPU, "), "{text}");
}

#[test]
fn every_method_of_the_page_is_measured_when_asked() {
    let photos = fixture::photos();
    let start = ["evaluate", photos.to_str().unwrap(), "--all-methods"];
    let text = stdout(&run(&[&start[..], &SMALL[..]].concat()));
    for method in Choice::ALL {
        let name = training::score::name_of(method);
        let json = serde_json::to_string(&method).unwrap();
        assert_eq!(json.trim_matches('"'), name, "what settings call it");
        let metrics: &[&str] = match method {
            Choice::Comparison(Comparison::Prototypical) => &["euclidean", "cosine"],
            Choice::Comparison(Comparison::Siamese | Comparison::Matching) => &["cosine"],
            _ => &["-"],
        };
        for (metric, shot) in metrics.iter().flat_map(|one| [(one, "1"), (one, "2")]) {
            let row = text.lines().find(|line| {
                let cells = line.split_whitespace().take(3);
                cells.eq([name, *metric, shot])
            });
            let row = row.unwrap_or_else(|| panic!("no {name}, {metric}, {shot}: {text}"));
            assert!(accuracy(row) > 60.0, "chance is 33: {row}");
            assert!(row.contains(" ± "), "{row}");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_figures_and_a_pack_those_of_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let pack = write_pack(folder.path());
    let photos = fixture::photos();
    let figures = |path: &std::path::Path, seed: &str| {
        let start = [
            "evaluate",
            path.to_str().unwrap(),
            "--seed",
            seed,
            "--metric",
            "cosine",
        ];
        rows(&stdout(&run(&[&start[..], &SMALL[..]].concat())))
    };
    let first = figures(&photos, "5");
    assert_eq!(first.len(), 4);
    assert_eq!(first, figures(&pack, "5"));
    assert_ne!(first, figures(&pack, "6"));
}

#[test]
fn a_relative_pack_name_is_found_in_the_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    write_pack(folder.path());
    let arguments = [&["evaluate", "things"], &SMALL[..]].concat();
    let output = command(&arguments)
        .env("KSHOT_DATA", folder.path())
        .output()
        .unwrap();
    assert_eq!(rows(&stdout(&output)).len(), 6);
}

#[test]
fn small_classes_and_unreadable_files_are_named_counted_and_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let copy = fixture::copy_photos(folder.path());
    // Lamp has a file too few once it is decoded, stapler from the start, and one that is none too.
    fs::write(copy.join("lamp/image_0003.jpg"), "this is no picture").unwrap();
    fs::remove_file(copy.join("stapler/image_0007.jpg")).unwrap();
    let cut = copy.join("stapler/image_0032.jpg");
    fs::write(&cut, &fs::read(&cut).unwrap()[..2000]).unwrap();
    for number in 0..12 {
        fs::write(
            copy.join(format!("umbrella/notes_{number:02}.txt")),
            "not a picture",
        )
        .unwrap();
    }
    fs::create_dir(copy.join("umbrella/more")).unwrap();
    let text = stdout(&run(
        &[&["evaluate", copy.to_str().unwrap()], &SMALL[..]].concat()
    ));
    let left_out =
        "2 classes are left out, with fewer than 4 usable pictures: lamp (3), stapler (2)";
    assert!(text.contains(left_out), "{text}");
    let named = [
        "14 files and 1 folder could not be used:",
        "  lamp/image_0003.jpg: it is no picture of a known format",
        "  stapler/image_0032.jpg: it is cut off",
        "  umbrella/more/: it is a folder",
        "  umbrella/notes_00.txt: ",
        "  umbrella/notes_11.txt: ",
    ];
    for name in named {
        assert!(text.contains(name), "{name} in {text}");
    }
    assert!(text.contains("16 pictures, 4 classes; "), "{text}");
}

#[test]
fn each_long_step_says_how_far_it_is_where_there_is_no_terminal() {
    let photos = fixture::photos();
    let output = run(&[&["evaluate", photos.to_str().unwrap()], &SMALL[..]].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    let of = |step: &str| said.lines().filter(|line| line.starts_with(step)).count();
    assert_eq!(of("embedding: "), 10, "{said}");
    assert!(said.contains("embedding: 24 of 24 pictures"), "{said}");
    assert_eq!(of("answering: "), 10, "{said}");
    // Three heads and two numbers of shots, 40 episodes each.
    assert!(said.contains("answering: 24 of 240 episodes"), "{said}");
    assert!(said.contains("answering: 240 of 240 episodes"), "{said}");
}

#[test]
fn where_every_class_takes_part_there_is_no_share_of_misnamed_queries() {
    let photos = fixture::photos();
    let size = [
        "--way",
        "6",
        "--shot",
        "2",
        "--queries",
        "2",
        "--episodes",
        "5",
    ];
    let text = stdout(&run(
        &[&["evaluate", photos.to_str().unwrap()], &size[..]].concat()
    ));
    assert!(rows(&text).iter().all(|row| row.ends_with(" -")), "{text}");
}

#[test]
fn calibrate_prints_a_temperature_and_the_spread_of_similarities() {
    let photos = fixture::photos();
    let text = stdout(&run(&[
        &["calibrate", photos.to_str().unwrap()],
        &SMALL[..],
    ]
    .concat()));
    for head in [
        ["ridge", "-"],
        ["prototypical", "euclidean"],
        ["prototypical", "cosine"],
        ["siamese", "cosine"],
        ["matching", "cosine"],
    ] {
        let of_head = text
            .lines()
            .filter(|line| line.split_whitespace().take(2).eq(head));
        assert_eq!(of_head.count(), 2 + 2 + 6, "{text}");
    }
    assert!(text.contains("nearest wrong"), "{text}");
}
