//! Numbers made from names, the same here and in tests/fixtures/methods/reference.py: weights
//! for modules and inputs for them, without files.
#![allow(dead_code)]

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Tensor, TensorData};
use half::f16;
use kshot::embedder::DIMENSIONS;
use kshot::method::comparison::Comparison;

pub const BATCH: usize = 2;
pub const QUERIES: usize = 3;
pub const CLASSES: usize = 3;
/// Class of each shot, in an order that is no class's own.
pub const CLASS_OF: [usize; 7] = [2, 0, 1, 1, 0, 2, 1];
pub const SHOTS: usize = CLASS_OF.len();

/// The methods whose similarity is that of the metric; ridge regression has tests of its own.
pub const BY_METRIC: [Comparison; 3] = [
    Comparison::Prototypical,
    Comparison::Siamese,
    Comparison::Matching,
];

/// A unit vector of 1280 values in the plane of the first two, at an angle in degrees.
pub fn at(degrees: f32) -> Vec<f32> {
    let mut vector = vec![0.0; DIMENSIONS];
    (vector[1], vector[0]) = degrees.to_radians().sin_cos();
    vector
}

/// Uniform in -scale to scale, by the FNV-1a hash of the name; rounded to half precision.
pub fn numbers(name: &str, count: usize, scale: f32) -> Vec<f32> {
    let mut state = name.bytes().fold(0xCBF2_9CE4_8422_2325u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
    });
    (0..count)
        .map(|_| {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^= z >> 31;
            let value = (z >> 40) as f32 / (1u64 << 24) as f32 * 2.0 - 1.0;
            half(value * scale)
        })
        .collect()
}

/// Rounded to half precision.
fn half(value: f32) -> f32 {
    f16::from_f32(value).to_f32()
}

/// The module with weights made from their names.
pub fn fill<M: Module>(name: &str, module: M) -> M {
    module.map(&mut Filler(vec![name.to_owned()]))
}

struct Filler(Vec<String>);

impl ModuleMapper for Filler {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.0.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.0.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let name = self.0.join(".");
        let shape: [usize; D] = param.lazy_shape().dims();
        let count = shape.iter().product();
        // Variances are not below 0, attention is sharp; biases have no input to be scaled by.
        let values = match shape {
            _ if name.ends_with("running_var") => numbers(&name, count, 0.5)
                .iter()
                .map(|v| half(v + 1.0))
                .collect(),
            _ if name.ends_with("sharpness") => numbers(&name, count, 0.5)
                .iter()
                .map(|v| half(v + 10.0))
                .collect(),
            _ if D == 1 => numbers(&name, count, 0.5),
            _ if D == 2 => numbers(&name, count, (3.0 / shape[0] as f32).sqrt()),
            _ => numbers(&name, count, (6.0 / (count / shape[0]) as f32).sqrt()),
        };
        let (device, id) = (param.lazy_device(), param.id);
        let data = TensorData::new(values, shape.to_vec());
        param.transform_for_load(Tensor::from_data(data, &device), id)
    }
}

/// Shots `[2, 7, 64]`, one-hot labels `[2, 7, 3]`, queries `[2, 3, 64]`.
pub fn episodes(device: &Device) -> (Tensor<3>, Tensor<3>, Tensor<3>) {
    let tensor =
        |values, shape: [usize; 3]| Tensor::<3>::from_data(TensorData::new(values, shape), device);
    let labels: Vec<f32> = (CLASS_OF.iter().cycle().take(BATCH * SHOTS))
        .flat_map(|class| (0..CLASSES).map(move |other| f32::from(u8::from(other == *class))))
        .collect();
    (
        tensor(
            numbers("shots", BATCH * SHOTS * 64, 1.0),
            [BATCH, SHOTS, 64],
        ),
        tensor(labels, [BATCH, SHOTS, CLASSES]),
        tensor(
            numbers("queries", BATCH * QUERIES * 64, 1.0),
            [BATCH, QUERIES, 64],
        ),
    )
}
