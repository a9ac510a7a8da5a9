//! Does the report on "none of these" measure a few photos, the same each time, and say what it
//! left out?
#![allow(clippy::unwrap_used)]

mod fixture;

use fixture::{complaint, photos, run, stdout};

const SMALL: [&str; 6] = ["--queries", "2", "--episodes", "30", "--shot", "1,2"];

fn report(paths: &[&str], more: &[&str]) -> String {
    stdout(&run(&[&["none-of-these"], paths, &SMALL[..], more].concat()))
}

/// The cells of the rows of one set, the ± and what follows it aside.
fn rows(text: &str, set: &str) -> Vec<Vec<f64>> {
    let start = format!("| {set} |");
    (text.lines().filter(|line| line.starts_with(&start)))
        .map(|line| {
            let cells = line.trim_matches(['|', ' ']).split(" | ").skip(1);
            cells
                .map(|cell| cell.split(" ± ").next().unwrap().parse().unwrap())
                .collect()
        })
        .collect()
}

#[test]
fn photos_of_other_things_are_told_from_those_of_the_classes() {
    let photos = photos();
    let text = report(&[photos.to_str().unwrap()], &["--way", "3,6"]);
    let found = rows(&text, "photos");
    assert_eq!(found.len(), 2, "{text}");
    for row in &found {
        let [way, _, accuracy, auroc, refused, named, error] = row[..] else {
            panic!("{text}");
        };
        assert!(way == 3.0 && accuracy > 80.0, "{text}");
        assert!(auroc > 80.0 && auroc <= 100.0, "{text}");
        assert!(refused < named && named < 100.0, "{text}");
        assert!((0.0..=100.0).contains(&error), "{text}");
    }
    assert!(
        text.contains("photos: 6 way 1 shot left out, it needs 7 classes with 3 pictures"),
        "{text}"
    );
    assert_eq!(text, report(&[photos.to_str().unwrap()], &["--way", "3,6"]));
}

#[test]
fn several_sets_stand_together_too() {
    let photos = photos();
    let folder = tempfile::tempdir().unwrap();
    let copy = fixture::copy_photos(folder.path());
    let other = folder.path().join("others");
    std::fs::rename(copy, &other).unwrap();
    let paths = [photos.to_str().unwrap(), other.to_str().unwrap()];
    let text = report(&paths, &["--way", "3"]);
    // The same photos twice: their mean is what each of them has.
    assert_eq!(rows(&text, "photos"), rows(&text, "others"), "{text}");
    assert_eq!(rows(&text, "photos"), rows(&text, "all"), "{text}");
}

#[test]
fn unknown_queries_can_be_of_the_other_sets() {
    let photos = photos();
    let folder = tempfile::tempdir().unwrap();
    let copy = fixture::copy_photos(folder.path());
    let paths = [photos.to_str().unwrap(), copy.to_str().unwrap()];
    let auroc = |text: &str| rows(text, "all").iter().map(|row| row[3]).sum::<f64>();
    let of_same = report(&paths, &["--way", "3"]);
    let of_other = report(&paths, &["--way", "3", "--of-other-sets"]);
    // The other set is a copy, so half of what is to be unknown is of the classes themselves.
    assert!(auroc(&of_other) < auroc(&of_same) - 10.0, "{of_other}");
    assert_eq!(of_other, report(&paths, &["--way", "3", "--of-other-sets"]));
    let alone = ["none-of-these", paths[0], "--of-other-sets"];
    let said = complaint(&run(&[&alone[..], &SMALL[..]].concat()));
    assert!(said.contains("needs two sets or more"), "{said}");
}

#[test]
fn a_set_with_too_few_classes_for_any_row_is_refused() {
    let photos = photos();
    let start = ["none-of-these", photos.to_str().unwrap(), "--way", "6"];
    let output = run(&[&start[..], &SMALL[..]].concat());
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("too few pictures for any row"), "{error}");
    assert!(error.contains("needs 7 classes"), "{error}");
}
