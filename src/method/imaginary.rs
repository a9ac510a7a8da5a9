//! Imaginary data: Wang, Girshick, Hebert and Hariharan, "Low-Shot Learning from Imaginary
//! Data" (arXiv 1801.05401).
//!
//! A generator G(x, z; w) makes further examples of a class from a shot x and noise z. The
//! classifier, here a prototypical network, is fitted to the shots and what was imagined, and
//! its loss on queries trains the generator too (section 4): it learns to imagine what helps
//! to classify, not what looks real.
//!
//! Every shot imagines with the same few noise vectors, drawn once from a seeded generator,
//! so the answer is reproducible and does not depend on the order of the shots.

use burn::module::{Initializer, Module};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor, TensorData};

use super::{Attended, Fitted, Method, Reading, Sizes, Support, tensors};
use crate::error::Error;

/// Examples that each shot imagines in use.
pub const IMAGINED: usize = 5;

/// Width of the generator's two hidden layers. The paper has three layers and ReLU (section 6,
/// implementation details); this leaves room for a shot and its noise.
const HIDDEN: usize = 128;

/// Seed of the noise in use.
const SEED: u64 = 0x1801_05401;

/// The generator. The paper starts it as the identity of x; ours adds what it makes to x and
/// starts with adding nothing, which is the same for embeddings of any sign.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kshot::method::imaginary::Imaginary;
///
/// // Two episodes of five classes with a shot each, and three queries.
/// let device = Device::flex();
/// let shots = Tensor::<3>::zeros([2, 5, 64], &device);
/// let labels = Tensor::<2>::eye(5, &device).unsqueeze::<3>().repeat_dim(0, 2);
/// let queries = Tensor::<3>::zeros([2, 3, 64], &device);
/// let scores = Imaginary::new(&device).forward(shots, labels, queries);
/// assert_eq!(scores.dims(), [2, 3, 5]);
/// ```
#[derive(Module, Debug)]
pub struct Imaginary {
    of_shot: Linear,  // the first layer's half that sees x
    of_noise: Linear, // and the half that sees z
    middle: Linear,
    last: Linear,
}

impl Imaginary {
    /// For drawings, randomly initialised, the last layer with zeros.
    pub fn new(device: &Device) -> Self {
        Self::of(Sizes::DRAWINGS, device)
    }

    /// Of this size, randomly initialised, the last layer with zeros.
    pub fn of(Sizes { dimensions, .. }: Sizes, device: &Device) -> Self {
        let linear = LinearConfig::new;
        Imaginary {
            of_shot: linear(dimensions, HIDDEN).init(device),
            of_noise: linear(dimensions, HIDDEN).with_bias(false).init(device),
            middle: linear(HIDDEN, HIDDEN).init(device),
            last: linear(HIDDEN, dimensions)
                .with_initializer(Initializer::Zeros)
                .init(device),
        }
    }

    /// G(x, z): shots `[b, s, 64]` and noise `[m, 64]` to `[b, s, m, 64]`.
    pub fn imagine(&self, shots: Tensor<3>, noise: Tensor<2>) -> Tensor<4> {
        let of_shot = self.of_shot.forward(shots.clone()).unsqueeze_dim::<4>(2); // [b, s, 1, 128]
        let of_noise = self.of_noise.forward(noise).unsqueeze_dims::<4>(&[0, 0]); // [1, 1, m, 128]
        let hidden = relu(of_shot + of_noise); // [b, s, m, 128]
        let [b, s, m, width] = hidden.dims();
        let hidden = relu(self.middle.forward(hidden.reshape([b * s * m, width]))); // [b s m, 128]
        let change = self
            .last
            .forward(hidden)
            .reshape([b, s, m, shots.dims()[2]]); // [b, s, m, 64]
        shots.unsqueeze_dim::<4>(2) + change // [b, s, m, 64]
    }

    /// [`forward_with`](Self::forward_with) the noise that is used in the page.
    pub fn forward(&self, shots: Tensor<3>, labels: Tensor<3>, queries: Tensor<3>) -> Tensor<3> {
        let noise = noise(SEED, [IMAGINED, queries.dims()[2]], &queries.device());
        self.forward_with(shots, labels, queries, noise)
    }

    /// Minus the squared distance to each prototype: shots `[b, s, 64]`, one-hot labels
    /// `[b, s, c]`, queries `[b, q, 64]`, noise `[m, 64]` to `[b, q, c]`. Training passes new
    /// noise each time.
    pub fn forward_with(
        &self,
        shots: Tensor<3>,
        labels: Tensor<3>,
        queries: Tensor<3>,
        noise: Tensor<2>,
    ) -> Tensor<3> {
        let imagined = self.imagine(shots.clone(), noise); // [b, s, m, 64]
        let prototypes = prototypes(shots, imagined, labels); // [b, c, 64]
        -tensors::squared_distances(queries, prototypes) // [b, q, c]
    }
}

/// The mean of each class's shots `[b, s, 64]` and imagined examples `[b, s, m, 64]`, by labels
/// `[b, s, c]`: `[b, c, 64]`.
fn prototypes(shots: Tensor<3>, imagined: Tensor<4>, labels: Tensor<3>) -> Tensor<3> {
    let count = imagined.dims()[2] as f32;
    let sums = shots + imagined.sum_dim(2).squeeze_dim(2); // [b, s, 64]
    tensors::class_means(sums / (1.0 + count), labels) // [b, c, 64]
}

/// Noise `[count, dimensions]` of mean 0 and variance 1, the same for the same seed on every machine:
/// sums of twelve uniform numbers (close to Gaussian, and exact where a logarithm is not) of
/// the generator SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
pub fn noise(seed: u64, shape: [usize; 2], device: &Device) -> Tensor<2> {
    let mut state = seed;
    let mut uniform = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        (z >> 40) as f32 / (1u64 << 24) as f32 // 24 bits, all that a single holds
    };
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|_| (0..12).map(|_| uniform()).sum::<f32>() - 6.0)
        .collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

impl Method for Imaginary {
    fn fit(&self, support: &Support<'_>) -> Result<Box<dyn Fitted>, Error> {
        let generator = self.valid();
        let device = generator.last.weight.device();
        let [dimensions, _] = generator.of_shot.weight.dims();
        let (shots, labels) = tensors::from_support(support, dimensions, &device)?;
        let noise = noise(SEED, [IMAGINED, dimensions], &device);
        let imagined = generator.imagine(shots.clone(), noise); // [1, s, m, 64]
        let values = tensors::read(imagined.clone())?;
        let examples = (support.shots.iter())
            .flat_map(|(class, _)| [*class; IMAGINED])
            .zip(values.chunks(dimensions).map(<[f32]>::to_vec))
            .collect();
        Ok(Box::new(FittedImaginary {
            prototypes: prototypes(shots, imagined, labels), // [1, c, 64]
            examples,
        }))
    }
}

struct FittedImaginary {
    prototypes: Tensor<3>, // [1, c, 64]
    examples: Vec<(usize, Vec<f32>)>,
}

impl Fitted for FittedImaginary {
    fn read(&self, query: &[f32]) -> Result<Reading, Error> {
        let [_, _, dimensions] = self.prototypes.dims();
        let query = tensors::from_query(query, dimensions, &self.prototypes.device())?; // [1, 1, 64]
        let distances = tensors::squared_distances(query, self.prototypes.clone()); // [1, 1, c]
        let distances = tensors::read(distances)?;
        Ok(Reading {
            scores: distances.iter().map(|distance| -distance).collect(),
            similarities: None,
            attended: Attended::Imagined {
                examples: self.examples.clone(),
                distances,
            },
        })
    }
}
