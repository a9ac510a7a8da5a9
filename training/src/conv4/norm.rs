//! BatchNorm, ReLU and pool of a block in one pass, and their gradient in another.
//!
//! With `x` the convolution's output, `m` and `v` its mean and variance over a batch of `N`
//! pixels, `s = 1 / √(v + ε)` and `x' = (x - m) s`, BatchNorm gives `y = γ x' + β` (Ioffe and
//! Szegedy, arXiv 1502.03167, algorithm 1). Its gradient (section 3 there) comes to
//! `dx = γ s (dy - Σ dy / N - x' Σ dy x' / N)`, with `Σ dy = dβ` and `Σ dy x' = dγ`. Of the
//! four pixels that a pool looks at only the largest has a `dy`, and only where ReLU lets it.

use kshot::embedder::conv4::FILTERS;

use super::block::{Size, Statistics, Weights};

/// A value of each filter.
type Pixel = [f32; FILTERS];

/// What BatchNorm adds to a variance: `BatchNormConfig`'s default, as in PyTorch.
const EPSILON: f32 = 1e-5;

/// In place of a corner: the largest of the four is not above 0, and ReLU passes nothing on.
const NONE: u32 = 4;

/// Pixels that are summed in single precision, before their sum is added in double.
const RUN: usize = 256;

/// Two sums for each filter.
#[derive(Debug, Clone)]
pub struct Sums {
    first: [f64; FILTERS],
    second: [f64; FILTERS],
}

impl Sums {
    /// Of `values`, and of `values` times `others`; both `[pixels, 64]`.
    pub fn of(values: &[f32], others: &[f32]) -> Self {
        let mut sums = Sums::total(&[]);
        let runs = values.chunks(RUN * FILTERS);
        for (values, others) in runs.zip(others.chunks(RUN * FILTERS)) {
            let (mut first, mut second) = ([0.0; FILTERS], [0.0; FILTERS]);
            for (values, others) in in_pixels(values).iter().zip(in_pixels(others)) {
                for filter in 0..FILTERS {
                    first[filter] += values[filter];
                    second[filter] += values[filter] * others[filter];
                }
            }
            for filter in 0..FILTERS {
                sums.first[filter] += f64::from(first[filter]);
                sums.second[filter] += f64::from(second[filter]);
            }
        }
        sums
    }

    /// Of sums, in their order.
    pub fn total(parts: &[Sums]) -> Self {
        let mut total = Sums {
            first: [0.0; FILTERS],
            second: [0.0; FILTERS],
        };
        for part in parts {
            for filter in 0..FILTERS {
                total.first[filter] += part.first[filter];
                total.second[filter] += part.second[filter];
            }
        }
        total
    }

    /// Mean and variance of so many values, from their sum and the sum of their squares.
    pub fn statistics(&self, count: usize) -> Statistics {
        let mean = self.first.map(|sum| sum / count as f64);
        let variance = self.second.iter().zip(mean).map(|(sum, mean)| {
            let variance = sum / count as f64 - mean * mean;
            variance.max(0.0) as f32
        });
        Statistics {
            mean: mean.map(|mean| mean as f32).to_vec(),
            variance: variance.collect(),
        }
    }
}

/// BatchNorm as `y = scale · x + shift`.
#[derive(Debug, Clone)]
pub struct Affine {
    scale: Pixel,
    shift: Pixel,
}

impl Affine {
    /// With these statistics.
    pub fn new(weights: &Weights, statistics: &Statistics) -> Self {
        let scale = std::array::from_fn(|filter| {
            weights.gamma[filter] / (statistics.variance[filter] + EPSILON).sqrt()
        });
        Affine {
            scale,
            shift: std::array::from_fn(|filter| {
                weights.beta[filter] - statistics.mean[filter] * scale[filter]
            }),
        }
    }
}

/// What the pools chose, all `[n, side / 2, side / 2, 64]`.
pub struct Chosen<'a> {
    /// The convolution's output where BatchNorm's is largest.
    pub values: &'a mut [f32],
    /// Which of the four that is, or 4 where ReLU passes nothing on.
    pub corners: &'a mut [u32],
    /// The block's output.
    pub output: &'a mut [f32],
}

/// BatchNorm, ReLU and pool of `convolved`, `[n, side, side, 64]`.
pub fn pool(size: Size, affine: &Affine, convolved: &[f32], chosen: Chosen<'_>) {
    let chosen = in_pixels_mut(chosen.values)
        .iter_mut()
        .zip(chosen.corners.as_chunks_mut::<FILTERS>().0)
        .zip(in_pixels_mut(chosen.output));
    let pixels = in_pixels(convolved);
    for (top, ((values, corners), output)) in corners_of(size, pixels.len()).zip(chosen) {
        let [first, rest @ ..] = top.map(|place| &pixels[place]);
        for filter in 0..FILTERS {
            let (scale, shift) = (affine.scale[filter], affine.shift[filter]);
            let mut value = first[filter];
            let mut most = scale * value + shift;
            let mut corner = 0;
            for (number, pixel) in (1..).zip(rest) {
                let other = scale * pixel[filter] + shift;
                let more = other > most;
                value = if more { pixel[filter] } else { value };
                corner = if more { number } else { corner };
                most = if more { other } else { most };
            }
            values[filter] = value;
            corners[filter] = if most > 0.0 { corner } else { NONE };
            output[filter] = most.max(0.0);
        }
    }
}

/// Clears the gradient where ReLU passed nothing on.
pub fn mask(corners: &[u32], gradient: &mut [f32]) {
    for (corner, value) in corners.iter().zip(gradient) {
        *value = if *corner == NONE { 0.0 } else { *value };
    }
}

/// The gradient of BatchNorm.
#[derive(Debug, Clone)]
pub struct Spread {
    scale: Pixel, // dx = scale · dy + factor · x + constant
    factor: Pixel,
    constant: Pixel,
    /// `[64]`, the gradient of gamma.
    pub gamma: Vec<f32>,
    /// `[64]`, the gradient of beta.
    pub beta: Vec<f32>,
}

impl Spread {
    /// Of the sums of `dy` and of `dy · x` over `count` pixels.
    pub fn new(weights: &Weights, statistics: &Statistics, sums: &Sums, count: usize) -> Self {
        let mut spread = Spread {
            scale: [0.0; FILTERS],
            factor: [0.0; FILTERS],
            constant: [0.0; FILTERS],
            gamma: vec![0.0; FILTERS],
            beta: vec![0.0; FILTERS],
        };
        for filter in 0..FILTERS {
            let mean = f64::from(statistics.mean[filter]);
            let invert = 1.0 / f64::from(statistics.variance[filter] + EPSILON).sqrt();
            let beta = sums.first[filter];
            let gamma = (sums.second[filter] - mean * beta) * invert;
            let scale = f64::from(weights.gamma[filter]) * invert;
            let factor = -scale * invert * gamma / count as f64;
            spread.scale[filter] = scale as f32;
            spread.factor[filter] = factor as f32;
            spread.constant[filter] = (-scale * beta / count as f64 - factor * mean) as f32;
            spread.gamma[filter] = gamma as f32;
            spread.beta[filter] = beta as f32;
        }
        spread
    }

    /// Gradient of the convolution's output, `[n, side, side, 64]`, from the masked gradient of
    /// the block's output, `[n, side / 2, side / 2, 64]`.
    pub fn unpool(
        &self,
        size: Size,
        convolved: &[f32],
        corners: &[u32],
        output: &[f32],
        gradient: &mut Vec<f32>,
    ) {
        gradient.resize(convolved.len(), 0.0);
        let gradient = in_pixels_mut(gradient);
        for (gradient, pixel) in gradient.iter_mut().zip(in_pixels(convolved)) {
            for filter in 0..FILTERS {
                gradient[filter] = self.factor[filter] * pixel[filter] + self.constant[filter];
            }
        }
        let pools = corners
            .as_chunks::<FILTERS>()
            .0
            .iter()
            .zip(in_pixels(output));
        for (top, (corners, output)) in corners_of(size, gradient.len()).zip(pools) {
            for (number, place) in (0..).zip(top) {
                let gradient = &mut gradient[place];
                for filter in 0..FILTERS {
                    let dy = self.scale[filter] * output[filter];
                    gradient[filter] += if corners[filter] == number { dy } else { 0.0 };
                }
            }
        }
    }
}

/// The four pixels of every pool, pool by pool, picture by picture.
fn corners_of(size: Size, pixels: usize) -> impl Iterator<Item = [usize; 4]> {
    let side = size.side;
    (0..pixels).step_by(side * side).flat_map(move |picture| {
        (0..size.pooled()).flat_map(move |row| {
            (0..size.pooled()).map(move |column| {
                let first = picture + 2 * row * side + 2 * column;
                [first, first + 1, first + side, first + side + 1]
            })
        })
    })
}

fn in_pixels(values: &[f32]) -> &[Pixel] {
    values.as_chunks().0
}

fn in_pixels_mut(values: &mut [f32]) -> &mut [Pixel] {
    values.as_chunks_mut().0
}
