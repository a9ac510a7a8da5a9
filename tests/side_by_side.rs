//! Does every method answer on the same drawings as it does alone, and does only the order of
//! the shots change what may change? The weights are made up: what counts here is what the lab
//! does with them.
#![allow(clippy::unwrap_used)]

mod made_up;

use burn::tensor::{Device, Tensor, TensorData};
use kshot::embedder::conv4::Conv4;
use kshot::frame::drawing::Ink;
use kshot::lab::{Lab, MAX_CLASSES, Name, Said, Shot};
use kshot::method::imaginary::Imaginary;
use kshot::method::lstm::PlainLstm;
use kshot::method::mann::Mann;
use kshot::method::matching::Matching;
use kshot::method::relation::Relation;
use kshot::method::siamese::Siamese;
use kshot::method::snail::Snail;
use kshot::method::{Attended, Method, Support};
use kshot::weights::Writer;
use made_up::{fill, numbers};

const EMBEDDERS: [&str; 10] = [
    "prototypical",
    "siamese",
    "triplet",
    "sphereface",
    "cosface",
    "arcface",
    "autoencoder",
    "matching",
    "relation",
    "snail",
];

/// Methods whose answers may change with the order of the shots.
const ORDERED: [Name; 4] = [Name::MatchingContext, Name::Lstm, Name::Mann, Name::Snail];

/// Another order is another order of sums, in up to 14 layers.
const TOLERANCE: f32 = 1e-4;

fn weights() -> Vec<u8> {
    let device = Device::flex();
    let mut writer = Writer::default();
    for name in EMBEDDERS {
        let conv4 = fill(name, Conv4::new(&device));
        writer.add(&format!("embedders.{name}"), &conv4).unwrap();
    }
    macro_rules! head {
        ($name:literal, $method:ty) => {
            let head = fill($name, <$method>::new(&device));
            writer.add(concat!("heads.", $name), &head).unwrap();
        };
    }
    head!("siamese", Siamese);
    head!("matching", Matching);
    head!("relation", Relation);
    head!("imaginary", Imaginary);
    head!("lstm", PlainLstm);
    head!("mann", Mann);
    head!("snail", Snail);
    writer.into_bytes().unwrap()
}

fn lab() -> Lab {
    Lab::new(&weights()).unwrap()
}

/// A drawing made from its name: a quarter of it is ink.
fn ink(name: &str) -> Ink {
    let values = numbers(name, 28 * 28, 1.0);
    std::array::from_fn(|pixel| u8::from(values[pixel] > 0.5))
}

fn shots(classes: usize, each: usize) -> Vec<Shot> {
    (0..each * classes)
        .map(|shot| (shot % classes, ink(&format!("shot {shot}"))))
        .collect()
}

fn assert_same(before: &[Said], after: &[Said]) {
    for (before, after) in before.iter().zip(after) {
        assert!(change(before, after) < TOLERANCE, "{:?}", before.name);
    }
}

/// The largest change of a score, relative to the largest score.
fn change(before: &Said, after: &Said) -> f32 {
    let (before, after) = (&before.reading.scores, &after.reading.scores);
    assert_eq!(before.len(), after.len());
    let most = before
        .iter()
        .fold(1.0f32, |most, score| most.max(score.abs()));
    let changes = before.iter().zip(after).map(|(a, b)| (a - b).abs() / most);
    changes.fold(0.0, f32::max)
}

#[test]
fn every_method_answers_with_what_it_looked_at() {
    let mut lab = lab();
    let support = shots(3, 2);
    let said = lab.read(&support, &ink("query")).unwrap();
    assert_eq!(said.len(), 15);
    assert!(lab.names().eq(said.iter().map(|said| said.name)));
    for said in said {
        assert_eq!(said.reading.scores.len(), 3, "{:?}", said.name);
        assert!(said.reading.scores.iter().all(|score| score.is_finite()));
        let looked_at = match said.reading.attended {
            Attended::Prototypes { distances } => distances.len() == 3,
            Attended::Shots { weights } => weights.len() == support.len(),
            Attended::Relations { scores } => scores.iter().all(|s| (0.0..=1.0).contains(s)),
            Attended::Imagined {
                examples,
                distances,
            } => {
                let map = said.map.as_ref().unwrap();
                assert_eq!((map.shots.len(), map.prototypes.len()), (6, 3));
                assert_eq!(map.imagined.len(), examples.len());
                examples.len() == 5 * support.len() && distances.len() == 3
            }
            Attended::Memory { reads, written_by } => {
                assert!((reads.iter().sum::<f32>() - 1.0).abs() < 1e-5);
                reads.len() == written_by.len()
            }
            Attended::Nothing => said.name == Name::Lstm,
        };
        assert!(looked_at, "{:?}", said.name);
        assert_eq!(said.map.is_some(), said.name == Name::Imaginary);
    }
}

#[test]
fn a_method_answers_as_it_does_alone_on_its_embedder() {
    let device = Device::flex();
    let embed = |embedder: &str, inks: &[Ink]| {
        let conv4 = fill(embedder, Conv4::new(&device));
        let values: Vec<f32> = inks.iter().flatten().map(|ink| f32::from(*ink)).collect();
        let data = TensorData::new(values, [inks.len(), 1, 28, 28]);
        let embeddings = conv4.forward(Tensor::from_data(data, &device));
        embeddings.try_into_vec_as::<f32>().unwrap()
    };
    let support = shots(4, 2);
    let inks: Vec<Ink> = support.iter().map(|(_, ink)| *ink).collect();
    let query = ink("query");
    let (snail, relation) = (Snail::new(&device), Relation::new(&device));
    let alone: [(Name, &str, &dyn Method); 3] = [
        (Name::Snail, "snail", &fill("snail", snail)),
        (Name::Relation, "relation", &fill("relation", relation)),
        (
            Name::Mann,
            "prototypical",
            &fill("mann", Mann::new(&device)),
        ),
    ];
    let said = lab().read(&support, &query).unwrap();
    for (name, embedder, method) in alone {
        let embedded = embed(embedder, &inks);
        let embedded = Support {
            shots: (support.iter().map(|(class, _)| *class))
                .zip(embedded.chunks(64))
                .collect(),
            classes: 4,
        };
        let fitted = method.fit(&embedded).unwrap();
        let alone = fitted.read(&embed(embedder, &[query])).unwrap();
        let said = said.iter().find(|said| said.name == name).unwrap();
        for (alone, said) in alone.scores.iter().zip(&said.reading.scores) {
            assert!((alone - said).abs() < TOLERANCE, "{name:?}");
        }
    }
}

#[test]
fn only_those_that_read_the_shots_in_order_mind_their_order() {
    let mut lab = lab();
    let support = shots(4, 3);
    let query = ink("query");
    let before = lab.read(&support, &query).unwrap();
    let reversed: Vec<Shot> = support.iter().rev().copied().collect();
    let after = lab.read(&reversed, &query).unwrap();
    for (before, after) in before.iter().zip(&after) {
        let changed = change(before, after);
        if ORDERED.contains(&before.name) {
            assert!(changed > TOLERANCE, "{:?}", before.name);
        } else {
            assert!(changed < TOLERANCE, "{:?} {changed}", before.name);
        }
    }
}

#[test]
fn what_is_kept_gives_the_answers_of_a_lab_that_keeps_nothing() {
    let mut kept = lab();
    let support = shots(3, 4);
    let query = ink("query");
    for shots in [3, 9, 12, 4, 12] {
        let said = kept.read(&support[..shots], &query).unwrap();
        let fresh = lab().read(&support[..shots], &query).unwrap();
        assert_same(&said, &fresh);
    }
    // More drawings than are kept go through; the support set stays.
    for batch in 0..9 {
        let others: Vec<Shot> = (0..100)
            .map(|drawing| (0, ink(&format!("other {batch} {drawing}"))))
            .collect();
        kept.measure(&support, &others).unwrap();
    }
    let said = kept.read(&support, &query).unwrap();
    assert_same(&said, &lab().read(&support, &query).unwrap());
}

#[test]
fn an_episode_is_measured_as_its_queries_are_read() {
    let mut lab = lab();
    let support = shots(5, 1);
    let queries: Vec<Shot> = (0..10)
        .map(|query| (query % 5, ink(&format!("query {query}"))))
        .collect();
    let measured = lab.measure(&support, &queries).unwrap();
    let mut counts = vec![0; measured.len()];
    for (class, query) in &queries {
        for (count, said) in counts.iter_mut().zip(lab.read(&support, query).unwrap()) {
            let scores = said.reading.scores;
            let most = scores.iter().copied().fold(f32::MIN, f32::max);
            *count += usize::from(scores.iter().position(|s| *s == most) == Some(*class));
        }
    }
    let measured: Vec<usize> = measured.iter().map(|right| right.count).collect();
    assert_eq!(measured, counts);
}

#[test]
fn a_support_set_that_no_method_takes_is_refused_and_the_lab_goes_on() {
    let mut lab = lab();
    let query = ink("query");
    let good = shots(2, 1);
    let many = shots(MAX_CLASSES + 1, 1);
    let gap = [(0, ink("a")), (2, ink("b"))];
    let cases: [(&[Shot], &str); 3] = [
        (&[], "embedding_invalid"),
        (&gap, "embedding_invalid"),
        (&many, "too_many_classes"),
    ];
    for (bad, code) in cases {
        assert_eq!(lab.read(bad, &query).unwrap_err().code(), code);
        assert_eq!(lab.measure(bad, &good).unwrap_err().code(), code);
        assert_eq!(lab.read(&good, &query).unwrap().len(), 15);
    }
    assert_eq!(lab.read(&many[..MAX_CLASSES], &query).unwrap().len(), 15);
}

#[test]
fn damaged_weights_are_refused() {
    let weights = weights();
    for damaged in [&weights[1..], &weights[..weights.len() - 1], &[]] {
        let error = Lab::new(damaged).err().unwrap();
        assert_eq!(error.code(), "weights_damaged");
    }
    assert!(weights.len() < 8_000_000, "{}", weights.len());
}
