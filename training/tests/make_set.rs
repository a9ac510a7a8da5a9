//! Are the picture sets that the method was chosen by made again, the same for a seed?
#![allow(clippy::unwrap_used)]

mod fixture;

use std::path::Path;

use fixture::{photos, run, stdout};

/// Makes a set and returns its files by name.
fn make(kind: &str, seed: &str, out: &Path, more: &[&str]) -> Vec<(String, Vec<u8>)> {
    let start = ["make-set", kind, out.to_str().unwrap(), "--seed", seed];
    let said = stdout(&run(&[&start[..], more].concat()));
    assert!(said.contains("classes"), "{said}");
    let mut files = Vec::new();
    for class in std::fs::read_dir(out).unwrap() {
        for file in std::fs::read_dir(class.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let name = path.strip_prefix(out).unwrap().display().to_string();
            files.push((name, std::fs::read(path).unwrap()));
        }
    }
    files.sort();
    files
}

#[test]
fn things_made_of_photos_are_the_same_for_a_seed_and_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let photos = photos();
    let size = ["--classes", "6", "--per-class", "4"];
    let more = [&["--photos", photos.to_str().unwrap()], &size[..]].concat();
    let of = |name: &str, seed: &str| make("instances", seed, &folder.path().join(name), &more);
    let first = of("first", "3");
    assert_eq!(first.len(), 24);
    assert!(first == of("again", "3"));
    let other = of("other", "4");
    assert!(
        first
            .iter()
            .zip(&other)
            .all(|(a, b)| a.0 == b.0 && a.1 != b.1)
    );

    let set = folder.path().join("first");
    let arguments = [
        "evaluate",
        set.to_str().unwrap(),
        "--way",
        "3",
        "--queries",
        "3",
    ];
    let text = stdout(&run(&[&arguments[..], &["--episodes", "40"]].concat()));
    let ridge = text.lines().find(|line| line.starts_with("ridge")).unwrap();
    let accuracy: f64 = ridge.split_whitespace().nth(3).unwrap().parse().unwrap();
    assert!(accuracy > 60.0, "{text}");
}

#[test]
fn ink_needs_no_photos_and_what_is_missing_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let small = ["--classes", "3", "--per-class", "2"];
    let ink = make("ink", "1", &folder.path().join("ink"), &small);
    assert_eq!(ink.len(), 6);
    for (_, bytes) in &ink {
        let pixels = training::decode::decode(bytes).unwrap();
        assert_eq!((pixels.width, pixels.height), (256, 256));
        let grey = pixels.rgba.chunks_exact(4).map(|pixel| pixel[1]);
        let (least, most) = (grey.clone().min().unwrap(), grey.max().unwrap());
        assert!(most - least > 60, "there is no ink: {least} to {most}");
    }

    let photos = photos();
    for (kind, why) in [
        ("emoji", "no emoji 1f44c"),
        ("hands", "no pictures"),
        ("mesh-hands", "no pictures"),
    ] {
        let out = folder.path().join(kind);
        let empty = tempfile::tempdir().unwrap();
        let start = ["make-set", kind, out.to_str().unwrap()];
        let more = ["--photos", photos.to_str().unwrap(), "--from"];
        let from = [empty.path().to_str().unwrap()];
        let output = run(&[&start[..], &more, &from].concat());
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains(why), "{error}");
        let output = run(&start);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("--from"), "{error}");
    }
}

#[test]
fn figures_are_the_same_for_a_seed_and_ten_poses_of_each_kind() {
    let folder = tempfile::tempdir().unwrap();
    let photos = photos();
    let size = ["--classes", "4", "--per-class", "3"]; // a hand, a creature, a rope, branches
    let more = [&["--photos", photos.to_str().unwrap()], &size[..]].concat();
    let of = |name: &str| make("figures", "3", &folder.path().join(name), &more);
    let first = of("first");
    assert_eq!(first.len(), 4 * 10 * 3);
    assert!(
        first.iter().all(|(name, _)| name.contains('_')),
        "{first:?}"
    );
    assert!(first == of("again"));

    let set = folder.path().join("first");
    let arguments = [
        "evaluate",
        set.to_str().unwrap(),
        "--way",
        "5",
        "--queries",
        "2",
    ];
    let text = stdout(&run(&[&arguments[..], &["--episodes", "40"]].concat()));
    let ridge = text.lines().find(|line| line.starts_with("ridge")).unwrap();
    let accuracy: f64 = ridge.split_whitespace().nth(3).unwrap().parse().unwrap();
    assert!(accuracy > 30.0, "{text}"); // chance is 20
}

#[test]
fn views_are_of_ten_photos_of_a_kind_and_too_few_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, photos) in [("many", 310u32), ("few", 3)] {
        std::fs::create_dir_all(folder.path().join("photos").join(kind)).unwrap();
        for number in 0..photos {
            let (x, y) = (number % 18, number / 18);
            let mut photo = image::RgbImage::from_pixel(48, 48, image::Rgb([90, 140, 60]));
            for (dx, dy) in [(0, 0), (12, 0), (0, 12), (12, 12), (24, 24)] {
                photo.put_pixel(x + dx, y + dy, image::Rgb([250, 20, 20]));
            }
            let name = format!("photos/{kind}/{number:03}.png");
            photo.save(folder.path().join(name)).unwrap();
        }
    }
    let photos = folder.path().join("photos");
    let more = ["--per-class", "2", "--photos", photos.to_str().unwrap()];
    let views = make("views", "7", &folder.path().join("views"), &more);
    assert_eq!(views.len(), 10 * 2);
    assert!(
        views.iter().all(|(name, _)| name.starts_with("000_")),
        "{views:?}"
    );

    let out = folder.path().join("none");
    let few = fixture::photos();
    let said = fixture::complaint(&run(&[
        "make-set",
        "views",
        out.to_str().unwrap(),
        "--photos",
        few.to_str().unwrap(),
    ]));
    assert!(said.contains("no class of 10 photos"), "{said}");
}
