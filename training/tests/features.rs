//! Does a file of features stand for its pictures in every command, and for those of this network
//! alone?
#![allow(clippy::unwrap_used)]

mod fixture;

use std::fs;
use std::path::{Path, PathBuf};

use fixture::{complaint, photos, run, stdout};

const WEIGHTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../weights/camera.safetensors");

const SMALL: [&str; 6] = ["--way", "3", "--queries", "2", "--episodes", "9"];

/// Writes the features of the photos; returns their file.
fn write(folder: &Path) -> PathBuf {
    let file = folder.join("photos.features");
    let photos = photos();
    stdout(&run(&[
        "features",
        photos.to_str().unwrap(),
        file.to_str().unwrap(),
        "--plain",
    ]));
    file
}

#[test]
fn a_split_is_kept_to_as_with_the_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path());
    let table = folder.path().join("splits.csv");
    fs::write(
        &table,
        "wnid,suggested_split\nflamingo,test\nlamp,train\nstapler,test\n",
    )
    .unwrap();
    let table = table.to_str().unwrap();
    let photos = photos();
    let run = |command: &str, path: &Path, split: &str| {
        let start = [command, path.to_str().unwrap(), "--split-table", table];
        run(&[&start[..], &["--split", split], &SMALL].concat())
    };
    let rows = |text: String| -> Vec<String> {
        let rows = text.lines().filter(|line| line.contains(" ± "));
        rows.map(str::to_owned).collect()
    };
    let text = stdout(&run("evaluate", &file, "train"));
    assert!(text.contains("2 classes are of another split"), "{text}");
    assert!(text.contains("16 pictures, 4 classes; "), "{text}");
    assert_eq!(rows(text), rows(stdout(&run("evaluate", &photos, "train"))));
    for command in ["accuracy-table", "none-of-these", "calibrate"] {
        let error = complaint(&run(command, &file, "trian"));
        assert!(error.contains("has no split trian"), "{command}: {error}");
    }
    let table = |path: &Path| {
        let more = ["--split", "train", "--dense-episodes", "0", "--shot", "1"];
        let start = [
            "accuracy-table",
            path.to_str().unwrap(),
            "--split-table",
            table,
        ];
        rows(stdout(&fixture::run(&[&start[..], &SMALL, &more].concat())))
    };
    assert_eq!(table(&file), table(&photos));
}

#[test]
fn a_file_of_another_network_and_one_that_does_not_say_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path());
    let whole = fs::read(&file).unwrap();
    let digest = kshot::embedder::WEIGHTS_SHA256;
    for (from, to) in [(digest, "0".repeat(64)), ("network", "unknown".to_owned())] {
        let at = whole
            .windows(from.len())
            .position(|part| part == from.as_bytes());
        let at = at.unwrap();
        let mut other = whole.clone();
        other[at..at + from.len()].copy_from_slice(to.as_bytes());
        fs::write(&file, other).unwrap();
        let path = file.to_str().unwrap();
        for arguments in [
            vec!["evaluate", path],
            vec!["accuracy-table", path],
            vec!["camera-table", path, "--weights", WEIGHTS],
            vec!["fit-projection", path, "never-written.safetensors"],
        ] {
            let error = complaint(&run(&arguments));
            let expected = "was made with another network than the one that ships";
            assert!(error.contains(expected), "{arguments:?}: {error}");
            assert!(error.contains("make it anew with features"), "{error}");
        }
    }
}
