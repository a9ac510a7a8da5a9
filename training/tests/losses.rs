//! Do the losses and their gradients have the values that NumPy, or a pencil, gives?
#![allow(clippy::unwrap_used)]

use std::fmt::Debug;

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Tensor, TensorData};
use kshot::episode::Shape;
use serde_json::Value;
use training::conv4::tensor_values;
use training::losses::arcface::ArcFace;
use training::losses::autoencoder::pixel_cross_entropy;
use training::losses::centres::{Centres, MarginSoftmax};
use training::losses::cosface::CosFace;
use training::losses::prototypical::{Prototypical, PrototypicalCosine};
use training::losses::siamese::Siamese;
use training::losses::sphereface::{SphereFace, lambda, psi};
use training::losses::triplet::Triplet;
use training::losses::{Given, NoHead, Objective};

/// Two drawings each of six classes, as the margin losses have them in the fixture.
const PAIRS: Shape = Shape {
    way: 6,
    shot: 1,
    queries: 1,
};

const CLASSES: [usize; 6] = [0, 3, 1, 4, 2, 0];

fn fixture(name: &str) -> Value {
    let text = include_str!("fixtures/losses/losses.json");
    serde_json::from_str::<Value>(text).unwrap()[name].clone()
}

/// A matrix, or a single row, of the fixture.
fn matrix(value: &Value) -> Tensor<2> {
    let rows = value.as_array().unwrap();
    let numbers = |row: &Value| -> Vec<f32> {
        let row = row.as_array().unwrap().iter();
        row.map(|v| v.as_f64().unwrap() as f32).collect()
    };
    let rows: Vec<Vec<f32>> = if rows[0].is_array() {
        rows.iter().map(numbers).collect()
    } else {
        vec![numbers(value)]
    };
    let shape = [rows.len(), rows[0].len()];
    Tensor::from_data(
        TensorData::new(rows.concat(), shape),
        &Device::flex().autodiff(),
    )
}

fn vector(value: &Value) -> Tensor<1> {
    matrix(value).flatten(0, 1)
}

fn assert_near(found: &[f32], expected: &[f32], name: impl Debug) {
    assert_eq!(found.len(), expected.len(), "{name:?}");
    for (a, b) in found.iter().zip(expected) {
        assert!(
            (a - b).abs() <= 1e-4 * b.abs().max(1.0),
            "{name:?}: {a} and {b}"
        );
    }
}

/// Compares loss and gradient with the fixture.
fn check(name: &str, loss: impl FnOnce(Tensor<2>) -> Tensor<1>) {
    let expected = fixture(name);
    let embeddings = matrix(&expected["embeddings"]).require_grad();
    let loss = loss(embeddings.clone());
    let found = tensor_values(loss.clone()).unwrap();
    assert_near(&found, &[expected["loss"].as_f64().unwrap() as f32], name);
    let gradient = embeddings.grad(&loss.backward()).unwrap();
    let expected = tensor_values(matrix(&expected["gradient"])).unwrap();
    assert_near(&tensor_values(gradient).unwrap(), &expected, name);
}

fn given(number: u64) -> Given<'static> {
    Given {
        classes: &CLASSES,
        ink: &[],
        number,
    }
}

fn centres(name: &str) -> Centres {
    Centres {
        centres: Param::from_tensor(matrix(&fixture(name)["centres"])),
    }
}

#[test]
fn prototypical_is_the_one_of_numpy() {
    let shape = Shape {
        way: 3,
        shot: 2,
        queries: 2,
    };
    let loss = Prototypical { shape };
    check("prototypical", |x| {
        loss.loss(&NoHead, x, &given(0)).unwrap()
    });
}

#[test]
fn prototypical_is_the_one_worked_by_hand() {
    // On a line: one class at 0 and 0, the other at 2 and 1. With the first of each as shots,
    // the queries at 0 and 1 have the squared distances 0 and 4, and 1 and 1:
    // (ln(1 + e^-4) + ln 2) / 2 = (0.0181499 + 0.6931472) / 2 = 0.3556485.
    // With the second of each as shots, at 0 and 1, the queries at 0 and 2 have 0 and 1, and 4
    // and 1: (ln(1 + e^-1) + ln(1 + e^-3)) / 2 = (0.3132617 + 0.0485874) / 2 = 0.1809245.
    // The mean of the two is 0.2682865.
    let shape = Shape {
        way: 2,
        shot: 1,
        queries: 1,
    };
    let x = TensorData::new(vec![0.0_f32, 0.0, 2.0, 1.0], [4, 1]);
    let x = Tensor::<2>::from_data(x, &Device::flex().autodiff());
    let loss = Prototypical { shape }.loss(&NoHead, x, &given(0)).unwrap();
    assert_near(&tensor_values(loss).unwrap(), &[0.268_286_5], "by hand");
}

#[test]
fn prototypical_with_cosines_is_the_one_by_hand() {
    // Two classes with a shot and a query each. The embeddings point to 0, 90, 90 and 180
    // degrees, and their lengths must not matter. With the first of each as shots, at 0 and 90
    // degrees, the queries at 90 and 180 have the cosines 0 and 1, and -1 and 0: times two, the
    // first loss is ln(1 + e^2) = 2.1269280 and the second ln(1 + e^-2) = 0.1269280. With the
    // second as shots, at 90 and 180, the queries at 0 and 90 have 0 and -1, and 1 and 0: again
    // 0.1269280 and 2.1269280. The mean is 1.1269280.
    let shape = Shape {
        way: 2,
        shot: 1,
        queries: 1,
    };
    let x = TensorData::new(vec![3.0_f32, 0.0, 0.0, 0.5, 0.0, 2.0, -1.0, 0.0], [4, 2]);
    let x = Tensor::<2>::from_data(x, &Device::flex().autodiff());
    let loss = PrototypicalCosine { shape, scale: 2.0 };
    let loss = loss.loss(&NoHead, x, &given(0)).unwrap();
    assert_near(&tensor_values(loss).unwrap(), &[1.126_928], "by hand");
}

fn weight_device() -> Device {
    Device::flex().autodiff()
}

/// Puts weights in the place of the module's: a matrix and a vector.
struct SetSiamese {
    alpha: Tensor<2>,
    bias: Tensor<1>,
}

impl ModuleMapper for SetSiamese {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let id = param.id;
        let values = if D == 2 {
            let [rows, columns] = self.alpha.dims();
            self.alpha.clone().reshape([rows * columns])
        } else {
            self.bias.clone()
        };
        let [count] = values.dims();
        let mut shape = [1; D];
        shape[0] = count;
        Param::initialized(id, values.reshape(shape).require_grad())
    }
}

#[test]
fn siamese_is_the_one_of_numpy() {
    let numbers = fixture("siamese");
    let weight = -vector(&numbers["weight"]); // NumPy takes it away, the module adds
    let [dimensions] = weight.dims();
    let mut set = SetSiamese {
        alpha: weight.reshape([dimensions, 1]),
        bias: vector(&numbers["bias"]),
    };
    let head = kshot::method::siamese::Siamese::new(&weight_device()).map(&mut set);
    let loss = Siamese { shape: PAIRS };
    check("siamese", |x| loss.loss(&head, x, &given(0)).unwrap());
}

#[test]
fn triplet_is_the_one_of_numpy() {
    let loss = Triplet {
        shape: Shape {
            way: 3,
            shot: 1,
            queries: 3,
        },
        margin: 0.2,
    };
    check("triplet", |x| loss.loss(&NoHead, x, &given(0)).unwrap());
}

#[test]
fn the_negative_is_the_nearest_beyond_the_positive_or_else_the_furthest() {
    // Two of each of two classes; the squared distances by hand. Anchor 0 has its positive at
    // 0.5 and negatives at 0.4 and 0.6: 0.6 is the nearest beyond. Anchor 2 has its positive at
    // 1 and negatives at 0.4 and 0.7, none beyond: the furthest is 0.7.
    let distances = [
        0.0, 0.5, 0.4, 0.6, //
        0.5, 0.0, 0.7, 0.8, //
        0.4, 0.7, 0.0, 1.0, //
        0.6, 0.8, 1.0, 0.0,
    ];
    let triples = Triplet::mine(&distances, 4, 2);
    assert_eq!(triples, [[0, 1, 3], [1, 0, 2], [2, 3, 1], [3, 2, 1]]);
}

#[test]
fn cosface_is_the_one_of_numpy() {
    let loss = MarginSoftmax {
        shape: PAIRS,
        scale: 30.0,
        margin: CosFace { margin: 0.35 },
    };
    let head = centres("cosface");
    check("cosface", |x| loss.loss(&head, x, &given(0)).unwrap());
}

#[test]
fn arcface_is_the_one_of_numpy() {
    let loss = MarginSoftmax {
        shape: PAIRS,
        scale: 64.0,
        margin: ArcFace { margin: 0.5 },
    };
    let head = centres("arcface");
    check("arcface", |x| loss.loss(&head, x, &given(0)).unwrap());
}

#[test]
fn sphereface_is_the_one_of_numpy() {
    let loss = MarginSoftmax {
        shape: PAIRS,
        scale: 30.0,
        margin: SphereFace,
    };
    let head = centres("sphereface");
    // So late that lambda is at its least, 5.
    check("sphereface", |x| {
        loss.loss(&head, x, &given(1_000_000)).unwrap()
    });
}

#[test]
fn the_margin_of_sphereface_falls_without_a_step_and_comes_in_slowly() {
    let numbers = fixture("psi");
    let found = psi(matrix(&numbers["cosines"])).unwrap();
    let expected = tensor_values(matrix(&numbers["values"])).unwrap();
    assert_near(&tensor_values(found).unwrap(), &expected, "psi");
    assert!(expected.is_sorted_by(|a, b| a > b));
    assert_eq!(
        (lambda(0), lambda(100), lambda(100_000)),
        (1000.0, 1000.0 / 13.0, 5.0)
    );
}

#[test]
fn the_pixels_of_the_autoencoder_are_compared_as_numpy_does() {
    let ink = matrix(&fixture("autoencoder")["ink"]);
    check("autoencoder", |logits| pixel_cross_entropy(logits, ink));
}
