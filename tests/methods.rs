//! Are the methods with weights those of their papers, and is what the page asks what was
//! trained? The papers' part is tests/fixtures/methods/reference.py, written a second time in
//! numpy, one number after another.
#![allow(clippy::unwrap_used)]

mod made_up;

use burn::tensor::{Device, Tensor};
use kshot::method::imaginary::Imaginary;
use kshot::method::lstm::PlainLstm;
use kshot::method::mann::{self, Mann};
use kshot::method::matching::{self, Attention, Matching};
use kshot::method::relation::Relation;
use kshot::method::sequence::MAX_CLASSES;
use kshot::method::siamese::Siamese;
use kshot::method::snail::Snail;
use kshot::method::{Attended, Method, Support, prototypical};
use made_up::{BATCH, CLASS_OF, CLASSES, QUERIES, SHOTS, episodes, fill, numbers};
use safetensors::SafeTensors;

/// Single precision against the reference's double, over up to 14 layers.
const TOLERANCE: f32 = 2e-5;

fn expected(name: &str) -> Vec<f32> {
    let file = include_bytes!("fixtures/methods/expected.safetensors");
    let file = SafeTensors::deserialize(file).unwrap();
    let (values, _) = file.tensor(name).unwrap().data().as_chunks::<4>();
    values
        .iter()
        .map(|value| f32::from_le_bytes(*value))
        .collect()
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.try_into_vec_as::<f32>().unwrap()
}

fn assert_near(found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len());
    let most = expected
        .iter()
        .fold(1.0f32, |most, value| most.max(value.abs()));
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (found - expected).abs() <= TOLERANCE * most,
            "{found} is not {expected}"
        );
    }
}

/// Holds a method's batched scores to the reference, and its readings to the batch. Gives what
/// the first query attended to.
fn check(name: &str, scores: Tensor<3>, method: &dyn Method) -> Attended {
    assert_eq!(scores.dims(), [BATCH, QUERIES, CLASSES]);
    let scores = values(scores);
    assert_near(&scores, &expected(&format!("{name}.scores")));
    let (shots, queries) = inputs();
    let mut attended = None;
    for (episode, shots) in shots.chunks(SHOTS * 64).enumerate() {
        let fitted = method.fit(&support(shots, &CLASS_OF)).unwrap();
        for (number, query) in queries
            .chunks(64)
            .skip(episode * QUERIES)
            .take(QUERIES)
            .enumerate()
        {
            let reading = fitted.read(query).unwrap();
            let start = (episode * QUERIES + number) * CLASSES;
            assert_near(&reading.scores, &scores[start..start + CLASSES]);
            attended.get_or_insert(reading.attended);
        }
    }
    attended.unwrap()
}

fn inputs() -> (Vec<f32>, Vec<f32>) {
    let (shots, _, queries) = episodes(&Device::flex());
    (values(shots), values(queries))
}

fn support<'a>(shots: &'a [f32], classes: &[usize]) -> Support<'a> {
    Support {
        shots: classes.iter().copied().zip(shots.chunks(64)).collect(),
        classes: classes.iter().max().map_or(0, |most| most + 1),
    }
}

#[test]
fn siamese_is_that_of_the_paper() {
    let device = Device::flex();
    let siamese = fill("siamese", Siamese::new(&device));
    let (shots, labels, queries) = episodes(&device);
    let attended = check("siamese", siamese.forward(shots, labels, queries), &siamese);
    let Attended::Shots { weights } = attended else {
        panic!("{attended:?}");
    };
    assert_near(&weights, &expected("siamese.attended"));
}

#[test]
fn matching_without_context_is_that_of_the_paper() {
    let (shots, labels, queries) = episodes(&Device::flex());
    let scores = matching::forward(shots, labels, queries, 2.0);
    let attended = check("attention", scores, &Attention { temperature: 2.0 });
    let Attended::Shots { weights } = attended else {
        panic!("{attended:?}");
    };
    assert_near(&weights, &expected("attention.attended"));
    assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-6);
}

#[test]
fn matching_with_context_is_that_of_the_paper() {
    let device = Device::flex();
    let matching = fill("matching", Matching::new(&device));
    let (shots, labels, queries) = episodes(&device);
    let attended = check(
        "matching",
        matching.forward(shots, labels, queries),
        &matching,
    );
    let Attended::Shots { weights } = attended else {
        panic!("{attended:?}");
    };
    assert_near(&weights, &expected("matching.attended"));
}

#[test]
fn relation_is_that_of_the_paper() {
    let device = Device::flex();
    let relation = fill("relation", Relation::new(&device));
    let (shots, labels, queries) = episodes(&device);
    let attended = check(
        "relation",
        relation.forward(shots, labels, queries),
        &relation,
    );
    let Attended::Relations { scores } = attended else {
        panic!("{attended:?}");
    };
    assert_near(&scores, &expected("relation.attended"));
}

#[test]
fn imaginary_data_is_that_of_the_paper() {
    let device = Device::flex();
    let imaginary = fill("imaginary", Imaginary::new(&device));
    let (shots, labels, queries) = episodes(&device);
    let attended = check(
        "imaginary",
        imaginary.forward(shots, labels, queries),
        &imaginary,
    );
    let Attended::Imagined { examples, .. } = attended else {
        panic!("{attended:?}");
    };
    let classes: Vec<usize> = examples.iter().map(|(class, _)| *class).collect();
    assert_eq!(classes[..10], [[2; 5], [0; 5]].concat());
    let examples: Vec<f32> = examples
        .into_iter()
        .flat_map(|(_, example)| example)
        .collect();
    assert_near(&examples, &expected("imaginary.attended"));
}

#[test]
fn a_generator_that_has_not_learned_imagines_the_shots_themselves() {
    let device = Device::flex();
    let (shots, labels, queries) = episodes(&device);
    let imaginary = Imaginary::new(&device).forward(shots.clone(), labels.clone(), queries.clone());
    let metric = kshot::method::Metric::Euclidean;
    let plain = prototypical::forward(shots, labels, queries, metric);
    assert_near(&values(imaginary), &values(plain));
}

#[test]
fn the_plain_lstm_is_that_of_the_books() {
    let device = Device::flex();
    let lstm = fill("lstm", PlainLstm::new(&device));
    let (shots, labels, queries) = episodes(&device);
    let attended = check("lstm", lstm.forward(shots, labels, queries), &lstm);
    assert_eq!(attended, Attended::Nothing);
}

#[test]
fn mann_is_that_of_the_paper() {
    let device = Device::flex();
    let mann = fill("mann", Mann::new(&device));
    let (shots, labels, queries) = episodes(&device);
    let attended = check("mann", mann.forward(shots, labels, queries), &mann);
    let Attended::Memory { reads, written_by } = attended else {
        panic!("{attended:?}");
    };
    assert_near(&reads, &expected("mann.attended"));
    assert_eq!(written_by.len(), mann::ROWS);
    assert!(written_by.iter().flatten().all(|shot| *shot < SHOTS));
}

#[test]
fn a_memory_that_has_not_learned_keeps_each_shot_in_a_row_of_its_own() {
    // Its gate starts at σ(-2): most of a key goes to the least used row.
    let mann = Mann::new(&Device::flex());
    let way = MAX_CLASSES;
    let shots = numbers("many", 5 * way * 64, 1.0);
    let classes: Vec<usize> = (0..5 * way).map(|shot| shot % way).collect();
    let fitted = mann.fit(&support(&shots, &classes)).unwrap();
    let Attended::Memory { written_by, .. } = fitted.read(&shots[..64]).unwrap().attended else {
        panic!();
    };
    let expected: Vec<Option<usize>> = (0..mann::ROWS)
        .map(|row| (row < 5 * way).then_some(row))
        .collect();
    assert_eq!(written_by, expected);
}

#[test]
fn snail_is_that_of_the_paper() {
    let device = Device::flex();
    let snail = fill("snail", Snail::new(&device));
    let (shots, labels, queries) = episodes(&device);
    let attended = check("snail", snail.forward(shots, labels, queries), &snail);
    let Attended::Shots { weights } = attended else {
        panic!("{attended:?}");
    };
    assert_near(&weights, &expected("snail.attended"));
}

#[test]
fn the_networks_are_of_the_sizes_that_the_weights_file_has_room_for() {
    use burn::module::Module;
    let device = Device::flex();
    let sizes = [
        Siamese::new(&device).num_params(),
        Matching::new(&device).num_params(),
        Relation::new(&device).num_params(),
        Imaginary::new(&device).num_params(),
        PlainLstm::new(&device).num_params(),
        Mann::new(&device).num_params(),
        Snail::new(&device).num_params(),
    ];
    assert!(sizes[6] < 1_500_000, "SNAIL has {}", sizes[6]);
    // Two bytes a number; seven Conv-4 take another 1.6 MB of the file's 8.
    assert!(2 * sizes.iter().sum::<usize>() < 6_000_000, "{sizes:?}");
}

#[test]
fn twenty_classes_of_five_shots_are_the_most_that_a_sequence_takes() {
    let device = Device::flex();
    let methods: [&dyn Method; 3] = [
        &PlainLstm::new(&device),
        &Mann::new(&device),
        &Snail::new(&device),
    ];
    let classes = |way| (0..5 * way).map(|shot| shot % way).collect::<Vec<_>>();
    let shots = numbers("many", 5 * (MAX_CLASSES + 1) * 64, 1.0);
    for method in methods {
        let fitted = method.fit(&support(&shots, &classes(MAX_CLASSES))).unwrap();
        assert_eq!(fitted.read(&shots[..64]).unwrap().scores.len(), MAX_CLASSES);
        let refused = method.fit(&support(&shots, &classes(MAX_CLASSES + 1)));
        assert_eq!(refused.err().unwrap().code(), "too_many_classes");
    }
}

#[test]
fn a_support_set_or_query_that_does_not_fit_is_an_error() {
    let device = Device::flex();
    let methods: [&dyn Method; 7] = [
        &Siamese::new(&device),
        &Matching::new(&device),
        &Relation::new(&device),
        &Imaginary::new(&device),
        &PlainLstm::new(&device),
        &Mann::new(&device),
        &Snail::new(&device),
    ];
    let long = [0.5; 64];
    let support = |shots: &[(usize, &'static [f32])], classes| Support {
        shots: shots.to_vec(),
        classes,
    };
    static LONG: [f32; 64] = [0.5; 64];
    static SHORT: [f32; 63] = [0.5; 63];
    for method in methods {
        for bad in [
            support(&[], 0),
            support(&[(0, &LONG)], 2),
            support(&[(1, &LONG)], 1),
            support(&[(0, &LONG), (0, &SHORT)], 1),
            support(&[(0, &SHORT)], 1),
        ] {
            assert_eq!(method.fit(&bad).err().unwrap().code(), "embedding_invalid");
        }
        let fitted = method.fit(&support(&[(0, &LONG)], 1)).unwrap();
        assert_eq!(
            fitted.read(&long[1..]).unwrap_err().code(),
            "embedding_invalid"
        );
        assert_eq!(fitted.read(&long).unwrap().scores.len(), 1);
    }
}
