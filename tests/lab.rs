//! Do the shipped weights answer the same natively and in the browser? What holds for any
//! weights is in tests/side_by_side.rs.
#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::path::PathBuf;

use kshot::characters::Characters;
use kshot::decision::softmax;
use kshot::episode::Shape;
use kshot::lab::{Lab, Shot};

/// Set to write the fixture anew, after other weights were trained.
const WRITE: &str = "KSHOT_WRITE_FIXTURES";

/// Native and browser round differently; the page promises no more digits.
const TOLERANCE: f32 = 1e-4;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn characters() -> Characters {
    Characters::shipped(&std::fs::read(path("weights/omniglot-test.characters")).unwrap()).unwrap()
}

/// The support set and the queries of an episode of the sample characters.
fn task(way: usize, shot: usize, queries: usize) -> (Vec<Shot>, Vec<Shot>) {
    let characters = characters();
    let shape = Shape { way, shot, queries };
    let episode = characters.episode(shape, None, 7, 0).unwrap();
    let (mut support, mut asked) = (Vec::new(), Vec::new());
    for (class, drawn) in episode.classes.iter().enumerate() {
        let ink = |drawer: &usize| (class, characters.ink(drawn.class, *drawer).unwrap());
        support.extend(drawn.support.iter().map(ink));
        asked.extend(drawn.queries.iter().map(ink));
    }
    (support, asked)
}

/// The lines of the fixture: query, method, and the probability of each class.
fn fixture(lab: &mut Lab) -> String {
    let (support, queries) = task(5, 2, 1);
    let mut lines = String::new();
    for (place, (_, ink)) in queries.iter().enumerate() {
        for said in lab.read(&support, ink).unwrap() {
            write!(lines, "{place} {}", said.name.id()).unwrap();
            for probability in softmax(&said.reading.scores) {
                write!(lines, " {probability:.6}").unwrap();
            }
            lines.push('\n');
        }
    }
    lines
}

/// tests/browser/lab.spec.ts holds the browser to the same file.
#[test]
fn imagined_examples_lie_on_a_plane_with_their_shots_and_prototypes() {
    let weights = std::fs::read(path("weights/drawings.safetensors")).unwrap();
    let (support, queries) = task(4, 2, 1);
    let said = Lab::new(&weights)
        .unwrap()
        .read(&support, &queries[0].1)
        .unwrap();
    let map = said.iter().find_map(|one| one.map.as_ref()).unwrap();
    assert_eq!((map.shots.len(), map.prototypes.len()), (8, 4));
    let all = [&map.shots, &map.imagined, &map.prototypes];
    for (class, at) in all.into_iter().flatten() {
        assert!(*class < 4 && at.iter().all(|value| (-1.0..=1.0).contains(value)));
    }
    for (class, prototype) in &map.prototypes {
        for axis in 0..2 {
            let of_class = map.shots.iter().chain(&map.imagined);
            let places: Vec<f32> = of_class
                .filter(|(other, _)| other == class)
                .map(|(_, at)| at[axis])
                .collect();
            let mean = places.iter().sum::<f32>() / places.len() as f32;
            assert!((mean - prototype[axis]).abs() < 1e-5);
        }
    }
}

#[test]
fn the_shipped_weights_say_what_the_fixture_says() {
    let weights = std::fs::read(path("weights/drawings.safetensors")).unwrap();
    let lines = fixture(&mut Lab::new(&weights).unwrap());
    let file = path("tests/fixtures/lab.txt");
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&file, &lines).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap();
    assert_eq!(lines.lines().count(), expected.lines().count());
    for (line, expected) in lines.lines().zip(expected.lines()) {
        let (mut words, mut others) = (line.split(' '), expected.split(' '));
        assert_eq!((words.next(), words.next()), (others.next(), others.next()));
        for (value, expected) in words.zip(others) {
            let (value, expected): (f32, f32) = (value.parse().unwrap(), expected.parse().unwrap());
            assert!((value - expected).abs() <= TOLERANCE, "{line}\n{expected}");
        }
    }
}
