//! Does `verify-eval` read LFW's layout, give the figures of its pairs, and refuse what is not whole?
#![allow(clippy::unwrap_used)]

mod fixture;

use std::fs;
use std::path::Path;

use fixture::{run, stdout};
use training::verify::figures::{Scores, by_folds};
use training::verify::pairs::parse;

/// Folders as in LFW: `ann/ann_0001.jpg`; four people with three photos each.
fn write_folders(root: &Path) {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/faces");
    for (person, name) in [
        ("p05", "ann"),
        ("p15", "ben"),
        ("p21", "cleo"),
        ("p25", "dora"),
    ] {
        fs::create_dir_all(root.join(name)).unwrap();
        for number in 1..=3 {
            fs::copy(
                fixtures.join(format!("caltech-{person}-{number}.jpg")),
                root.join(name).join(format!("{name}_{number:04}.jpg")),
            )
            .unwrap();
        }
    }
}

const PAIRS: &str = "2\t3
ann\t1\t2
ann\t1\t3
ben\t2\t3
ann\t1\tben\t1
ann\t2\tcleo\t1
dora\t1\tben\t3
cleo\t1\t2
cleo\t1\t3
dora\t1\t3
ann\t3\tdora\t3
ben\t2\tcleo\t1
cleo\t2\tdora\t2
";

#[test]
fn people_in_folders_are_told_apart_by_the_pairs_of_a_list() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("lfw");
    write_folders(&set);
    let list = folder.path().join("pairs.txt");
    fs::write(&list, PAIRS).unwrap();
    let svg = folder.path().join("roc.svg");
    let text = stdout(&run(&[
        "verify-eval",
        set.to_str().unwrap(),
        "--pairs",
        list.to_str().unwrap(),
        "--svg",
        svg.to_str().unwrap(),
    ]));
    assert!(text.contains("4 people, 12 pictures with a face"), "{text}");
    assert!(
        text.contains("2-fold accuracy over 12 pairs: 100.00 %"),
        "{text}"
    );
    let drawn = fs::read_to_string(svg).unwrap();
    assert!(drawn.contains("<polyline") && drawn.contains("equal error rate 0.00 %"));
}

#[test]
fn pictures_are_measured_without_their_colours_and_with_mirror_images_but_do_not_ship_so() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("lfw");
    write_folders(&set);
    let measure = |more: &[&str]| {
        let list = folder.path().join("pairs.txt");
        fs::write(&list, PAIRS).unwrap();
        let all = ["verify-eval", set.to_str().unwrap(), "--pairs"];
        run(&[&all[..], &[list.to_str().unwrap()], more].concat())
    };
    let plain = stdout(&measure(&[]));
    for way in [&["--grey"][..], &["--mirror"], &["--grey", "--mirror"]] {
        let text = stdout(&measure(way));
        assert!(text.contains("over 12 pairs: 100.00 %"), "{way:?}: {text}");
        // From the accuracy on: the line before it has the seconds that it took.
        let figures = |text: &str| text.split_once("accuracy").unwrap().1.to_owned();
        assert_ne!(figures(&text), figures(&plain), "{way:?}");
        assert!(
            text.contains("Said of them by themselves: Ready 12"),
            "{text}"
        );
    }
    let file = folder.path().join("measured.rs");
    let ship = ["--grey", "--name", "Grey", "--ship", file.to_str().unwrap()];
    assert!(!measure(&ship).status.success());
    assert!(!file.exists());
}

#[test]
fn pairs_are_drawn_where_there_is_no_list_and_scores_can_ship() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("faces");
    write_folders(&set);
    let shipped = folder.path().join("measured.rs");
    let text = stdout(&run(&[
        "verify-eval",
        set.to_str().unwrap(),
        "--folds",
        "3",
        "--shots",
        "2",
        "--ship",
        shipped.to_str().unwrap(),
        "--name",
        "Four people",
    ]));
    assert!(
        text.contains("3-fold accuracy over 24 pairs: 100.00 %"),
        "{text}"
    );
    assert!(
        text.contains("people of 2 photos        4        12"),
        "{text}"
    );
    let source = fs::read_to_string(shipped).unwrap();
    assert!(source.contains("set: \"Four people\"") && source.contains("people: 4,"));
    // 12 genuine and 54 impostor pairs, each counted once.
    let counted: u32 = (source.lines())
        .filter(|line| line.starts_with("    ") && line.ends_with(','))
        .filter(|line| !line.contains(':'))
        .flat_map(|line| line.split(','))
        .filter_map(|count| count.trim().parse::<u32>().ok())
        .sum();
    assert_eq!(counted, 12 + 54);
}

#[test]
fn a_list_that_is_not_whole_is_refused() {
    assert_eq!(parse(PAIRS).unwrap().len(), 2);
    let (cut, _) = PAIRS.rsplit_once("cleo\t2").unwrap();
    assert!(parse(cut).unwrap_err().to_string().contains("cut short"));
    for wrong in [
        "",
        "x\t3",
        "1\t1\nann\t1\t2\nann\t1\t2",
        "1\t1\nann\t0\t2\nann\t1\tben\t1",
    ] {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
    let folder = tempfile::tempdir().unwrap();
    write_folders(&folder.path().join("lfw"));
    let list = folder.path().join("pairs.txt");
    fs::write(&list, "1\t1\nann\t1\t9\nann\t1\tben\t1\n").unwrap();
    let set = folder.path().join("lfw");
    let refused = run(&[
        "verify-eval",
        set.to_str().unwrap(),
        "--pairs",
        list.to_str().unwrap(),
    ]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("ann has no such picture"));
}

#[test]
fn figures_are_those_worked_out_by_hand() {
    let scores = Scores {
        genuine: vec![0.9, 0.8, 0.7, 0.3],
        impostor: vec![0.4, 0.2, 0.1, 0.0],
    };
    assert_eq!(scores.rates_at(0.35), (0.25, 0.25));
    let (rate, _) = scores.equal_error();
    assert_eq!(rate, 0.25);
    // None of four impostors may pass: the threshold is above 0.4, and three of four get in.
    let (accepted, threshold) = scores.true_accepts(0.01);
    assert_eq!((accepted, threshold), (0.75, 0.7));
    let fold = |genuine: f32, impostor: f32| Scores {
        genuine: vec![genuine],
        impostor: vec![impostor],
    };
    // The second fold's threshold, 0.5, comes from the first and lets its impostor in.
    let accuracy = by_folds(&[fold(0.8, 0.2), fold(0.9, 0.6)]);
    assert_eq!(accuracy.mean, 0.75);
    assert!((accuracy.error - 0.25).abs() < 1e-9);
}
