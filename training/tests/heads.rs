//! Does every method with weights of its own learn from episodes, and are the episodes right?
#![allow(clippy::unwrap_used)]

use std::sync::{Mutex, PoisonError};

use burn::optim::AdamConfig;
use burn::tensor::Device;
use kshot::embedder::conv4::{Conv4, DIMENSIONS};
use kshot::episode::Shape;
use kshot::method::imaginary::Imaginary;
use kshot::method::lstm::PlainLstm;
use kshot::method::mann::Mann;
use kshot::method::matching::Matching;
use kshot::method::relation::Relation;
use kshot::method::snail::Snail;
use training::conv4::tensor_values;
use training::heads::Head;
use training::measure::EmbeddedClass;
use training::omniglot::{Class, Drawing};
use training::train::episodes::Embedded;
use training::train::heads::HeadTask;
use training::train::jitter::Jitter;
use training::train::task::Task;

/// Class `c` is at `c` in its first number, drawing `d` at `d` in the second, version `v` at
/// `v` in the third.
fn told(version: usize) -> Vec<EmbeddedClass> {
    let embedding = |class: usize, drawing: usize| {
        let mut values = vec![0.0; DIMENSIONS];
        values[..3].copy_from_slice(&[class as f32, drawing as f32, version as f32]);
        values
    };
    let class = |class| (0..9).map(|drawing| embedding(class, drawing)).collect();
    (0..24).map(class).collect()
}

#[test]
fn an_episode_has_every_shot_with_its_label_and_no_query_among_the_shots() {
    let sizes = [(5, 1, 4), (20, 1, 2), (5, 5, 4), (20, 5, 2)];
    let shapes = sizes.map(|(way, shot, queries)| (Shape { way, shot, queries }, 8));
    let embedded = Embedded::new(vec![told(0), told(1)], &shapes, 4).unwrap();
    let mut versions = [0; 2];
    let mut unsorted = 0;
    for (number, (way, shot, queries)) in (0..8).zip(sizes.into_iter().cycle()) {
        let episodes = embedded.draw(number, &Device::flex()).unwrap();
        let [batch, shots, classes] = episodes.labels.dims();
        assert_eq!((shots, classes), (way * shot, way));
        assert_eq!(episodes.shots.dims(), [batch, shots, DIMENSIONS]);
        assert_eq!(episodes.queries.dims(), [batch, way * queries, DIMENSIONS]);
        let of_shots = tensor_values(episodes.shots).unwrap();
        let labels = tensor_values(episodes.labels).unwrap();
        let of_queries = tensor_values(episodes.queries).unwrap();
        for episode in 0..batch {
            let mut class_of = vec![None; way];
            let mut seen = Vec::new();
            let mut order = Vec::new();
            for place in episode * shots..(episode + 1) * shots {
                let label = &labels[place * way..(place + 1) * way];
                assert_eq!(label.iter().sum::<f32>(), 1.0);
                let label = label.iter().position(|v| *v == 1.0).unwrap();
                let values = &of_shots[place * DIMENSIONS..][..3];
                assert!(class_of[label].is_none_or(|class| class == values[0]));
                class_of[label] = Some(values[0]);
                versions[values[2] as usize] += 1;
                seen.push((values[0] as usize, values[1] as usize));
                order.push(label);
            }
            unsorted += usize::from(!order.is_sorted());
            for query in episode * way * queries..(episode + 1) * way * queries {
                let values = &of_queries[query * DIMENSIONS..][..2];
                assert_eq!(class_of[episodes.own[query]], Some(values[0]));
                assert!(!seen.contains(&(values[0] as usize, values[1] as usize)));
            }
        }
    }
    assert!(unsorted > 50 && versions[0] > 500 && versions[1] > 500);
}

/// Classes that a random Conv-4 tells apart.
fn classes() -> Vec<Class> {
    let drawing = |class: usize, drawer: usize| {
        Drawing::from_ink(|row, column| {
            let place = row * 28 + column;
            (place * (class + 3)) % 17 < 3 && (row + drawer) % 9 > 1
        })
    };
    let class = |number| Class {
        character: number,
        quarters: 0,
        drawings: (0..9).map(|drawer| drawing(number, drawer)).collect(),
    };
    (0..24).map(class).collect()
}

/// Mean loss of the first four and of the last four of some steps, every size once.
fn learn<H: Head>(steps: u64, rate: f64) -> (f64, f64) {
    // Burn's random numbers are one stream for the whole process: one test after another.
    static STREAM: Mutex<()> = Mutex::new(());
    let _alone = STREAM.lock().unwrap_or_else(PoisonError::into_inner);
    let device = Device::flex().autodiff();
    device.seed(1);
    let embedder = Conv4::new(&device);
    let classes = classes();
    let mut task =
        HeadTask::<H>::new(&embedder, &classes, &classes, Some(Jitter::MILD), 1).unwrap();
    let mut model = task.start(&device).unwrap();
    let mut adam = AdamConfig::new().init();
    let mut losses = Vec::new();
    let start = std::time::Instant::now();
    for number in 0..steps {
        let step = task.step(&model, number).unwrap();
        model = adam.step(rate, model, step.gradients);
        losses.push(step.loss);
    }
    let each = start.elapsed() / steps as u32;
    let right = task.validate(&model).unwrap();
    let name = std::any::type_name::<H>();
    println!(
        "{name}: {each:?} a step, {:.1} % right",
        100.0 * right.share()
    );
    assert_eq!(right.of, 12 * (32 * 20 + 16 * 40 + 16 * 20 + 4 * 40));
    let mean = |losses: &[f64]| losses.iter().sum::<f64>() / losses.len() as f64;
    (mean(&losses[..4]), mean(&losses[losses.len() - 4..]))
}

fn assert_learns<H: Head>(steps: u64, rate: f64) {
    let (before, after) = learn::<H>(steps, rate);
    assert!(after < before, "from {before} to {after}");
}

#[test]
fn matching_learns() {
    assert_learns::<Matching>(16, 1e-3);
}

#[test]
fn the_relation_network_learns() {
    assert_learns::<Relation>(16, 1e-3);
}

#[test]
fn the_generator_of_imaginary_data_learns() {
    assert_learns::<Imaginary>(16, 1e-3);
}

#[test]
fn the_plain_lstm_learns_something() {
    assert_learns::<PlainLstm>(48, 1e-3);
}

#[test]
fn the_memory_augmented_network_learns() {
    assert_learns::<Mann>(48, 1e-3);
}

#[test]
fn snail_learns() {
    assert_learns::<Snail>(48, 1e-3);
}
