//! Does the lab put every method on the same support set, and answer the same natively and in
//! the browser?
#![allow(clippy::unwrap_used)]

mod made_up;

use std::fmt::Write;
use std::path::PathBuf;

use burn::tensor::Device;
use kshot::characters::Characters;
use kshot::decision::softmax;
use kshot::embedder::conv4::Conv4;
use kshot::episode::Shape;
use kshot::lab::{Lab, MAX_CLASSES, Name, Said, Shot};
use kshot::method::Attended;
use kshot::method::imaginary::Imaginary;
use kshot::method::lstm::PlainLstm;
use kshot::method::mann::Mann;
use kshot::method::matching::Matching;
use kshot::method::relation::Relation;
use kshot::method::siamese::Siamese;
use kshot::method::snail::Snail;
use kshot::weights::Writer;

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

/// A weights file of made-up numbers; `without` names a part to leave out.
fn made_up_weights(without: &str) -> Vec<u8> {
    let device = Device::flex();
    let mut writer = Writer::default();
    for name in [
        "prototypical",
        "siamese",
        "triplet",
        "sphereface",
        "cosface",
        "arcface",
        "autoencoder",
    ] {
        let name = format!("embedders.{name}");
        if name != without {
            writer
                .add(&name, &made_up::fill(&name, Conv4::new(&device)))
                .unwrap();
        }
    }
    macro_rules! head {
        ($name:literal, $module:expr) => {
            if $name != without {
                writer.add($name, &made_up::fill($name, $module)).unwrap();
            }
        };
    }
    head!("heads.siamese", Siamese::new(&device));
    head!("heads.matching", Matching::new(&device));
    head!("heads.relation", Relation::new(&device));
    head!("heads.imaginary", Imaginary::new(&device));
    head!("heads.lstm", PlainLstm::new(&device));
    head!("heads.mann", Mann::new(&device));
    head!("heads.snail", Snail::new(&device));
    writer.into_bytes().unwrap()
}

fn lab() -> Lab {
    Lab::new(&made_up_weights("")).unwrap()
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

#[test]
fn every_method_answers_with_a_score_a_class_and_what_it_looked_at() {
    let (support, queries) = task(4, 2, 1);
    let mut lab = lab();
    let said = lab.read(&support, &queries[0].1).unwrap();
    let names: Vec<Name> = lab.names().collect();
    assert_eq!(said.iter().map(|one| one.name).collect::<Vec<_>>(), names);
    let mut ids: Vec<&str> = names.iter().map(|name| name.id()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 15);
    for Said { name, reading, map } in &said {
        assert_eq!(reading.scores.len(), 4, "{name:?}");
        let sum: f32 = softmax(&reading.scores).iter().sum();
        assert!((sum - 1.0).abs() < 1e-5, "{name:?}: {sum}");
        match &reading.attended {
            Attended::Prototypes { distances } => assert_eq!(distances.len(), 4),
            Attended::Shots { weights } => assert_eq!(weights.len(), support.len()),
            Attended::Relations { scores } => assert_eq!(scores.len(), 4),
            Attended::Imagined { examples, .. } => {
                let map = map.as_ref().unwrap();
                assert_eq!(map.imagined.len(), examples.len());
                assert_eq!((map.shots.len(), map.prototypes.len()), (8, 4));
                let all = [&map.shots, &map.imagined, &map.prototypes];
                for (_, at) in all.into_iter().flatten() {
                    assert!(at.iter().all(|value| (-1.0..=1.0).contains(value)));
                }
            }
            Attended::Memory { reads, written_by } => assert_eq!(reads.len(), written_by.len()),
            Attended::Nothing => assert_eq!(*name, Name::Lstm),
        }
    }
}

#[test]
fn another_order_of_the_shots_moves_those_that_read_it_and_no_other() {
    let (mut support, queries) = task(5, 2, 1);
    let mut lab = lab();
    let before = lab.read(&support, &queries[0].1).unwrap();
    support.reverse();
    let after = lab.read(&support, &queries[0].1).unwrap();
    for (before, after) in before.iter().zip(&after) {
        let (was, is) = (
            softmax(&before.reading.scores),
            softmax(&after.reading.scores),
        );
        let moved = was
            .iter()
            .zip(&is)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max);
        let reads_order = matches!(
            before.name,
            Name::MatchingContext | Name::Lstm | Name::Mann | Name::Snail
        );
        assert_eq!(
            moved > 1e-5,
            reads_order,
            "{:?} moved by {moved}",
            before.name
        );
    }
}

#[test]
fn a_support_set_that_changed_and_changed_back_gives_the_same_to_the_last_bit() {
    let (support, queries) = task(3, 2, 2);
    let mut lab = lab();
    let first = lab.read(&support, &queries[0].1).unwrap();
    assert_eq!(lab.read(&support, &queries[0].1).unwrap(), first);
    lab.read(&support[..5], &queries[1].1).unwrap();
    assert_eq!(lab.read(&support, &queries[0].1).unwrap(), first);
}

#[test]
fn measuring_counts_what_reading_says() {
    let (support, queries) = task(3, 1, 3);
    let mut lab = lab();
    let right = lab.measure(&support, &queries).unwrap();
    let mut counts = vec![0; right.len()];
    for (class, ink) in &queries {
        for (count, said) in counts.iter_mut().zip(lab.read(&support, ink).unwrap()) {
            let scores = &said.reading.scores;
            let best = (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b]));
            *count += usize::from(best == Some(*class));
        }
    }
    assert_eq!(
        right.iter().map(|one| one.count).collect::<Vec<_>>(),
        counts
    );
}

#[test]
fn support_sets_that_no_method_takes_are_refused() {
    let (support, queries) = task(3, 1, 1);
    let mut lab = lab();
    let query = queries[0].1;
    let code = |lab: &mut Lab, support: &[Shot]| lab.read(support, &query).unwrap_err().code();
    assert_eq!(code(&mut lab, &[]), "embedding_invalid");
    // Class 1 has no shot.
    assert_eq!(
        code(&mut lab, &[support[0], support[2]]),
        "embedding_invalid"
    );
    let many: Vec<Shot> = (0..=MAX_CLASSES)
        .map(|class| (class, support[0].1))
        .collect();
    assert_eq!(code(&mut lab, &many), "too_many_classes");
    assert!(lab.read(&support, &query).is_ok(), "it still works");
}

#[test]
fn weights_that_lack_a_part_or_are_cut_short_are_refused() {
    let whole = made_up_weights("");
    for (what, bytes) in [
        ("cut short", whole[..whole.len() - 1].to_vec()),
        ("empty", Vec::new()),
        ("without an embedder", made_up_weights("embedders.arcface")),
        ("without a head", made_up_weights("heads.mann")),
    ] {
        let code = Lab::new(&bytes).err().map(|error| error.code());
        assert_eq!(code, Some("weights_damaged"), "{what}");
    }
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
