//! The CPU's convolutions by hand: pictures channels last, bias, activation and the way past a
//! block done while the sums are still in registers. Burn's `conv2d` is the reference that
//! the tests hold them to.
//!
//! Plain Rust over fixed-size arrays that the compiler turns into SIMD; no threads, so
//! that it runs in any browser. Every number of output channels is a multiple of
//! [`LANES`], as throughout EfficientNet.

#[cfg(target_arch = "wasm32")]
use core::arch::wasm32::{f32x4, f32x4_extract_lane, f32x4_pmax, f32x4_pmin, f32x4_splat, v128};

/// Channels that are summed side by side: two 128-bit registers.
pub const LANES: usize = 8;

/// Pixels that are summed side by side: with [`LANES`], eight registers of sums, and the
/// rest of the sixteen for weights and pixels.
const PIXELS: usize = 4;

/// Input values kept in the first-level cache while all weights pass by: 16 KB.
const BLOCK: usize = 4096;

/// Values under the window that [`dense`] lays out at a time: 128 KB, of the second-level cache.
const PATCHES: usize = 32_768;

type Lanes = [f32; LANES];

/// What happens to a sum before it is stored.
#[derive(Debug, Clone, Copy)]
pub struct Finish<'a> {
    /// Added to every pixel, `[channels_out]`.
    pub bias: &'a [f32],
    /// What the sum goes through.
    pub activation: Activation,
    /// Added to it, of the output's shape.
    pub past: Option<&'a [f32]>,
}

/// What a sum goes through before it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activation {
    /// Nothing.
    None,
    /// Negative values become 0.
    Relu,
    /// Values are cut to 0 to 6.
    Relu6,
}

impl Activation {
    #[inline(always)]
    fn of(self, sum: Lanes) -> Lanes {
        match self {
            Activation::None => sum,
            Activation::Relu => at_least_zero(sum),
            Activation::Relu6 => at_most_six(at_least_zero(sum)),
        }
    }
}

/// Reorders `[out, in]` so that the weights of [`LANES`] outputs lie together:
/// `[out / LANES, in, LANES]`.
pub fn pack(weight: &[f32], channels_in: usize) -> Vec<f32> {
    let mut packed = Vec::with_capacity(weight.len());
    for rows in weight.chunks_exact(channels_in * LANES) {
        for channel in 0..channels_in {
            packed.extend(rows.iter().skip(channel).step_by(channels_in));
        }
    }
    packed
}

/// `[rows, columns]` to `[columns, rows]`.
pub fn transpose(values: &[f32], columns: usize) -> Vec<f32> {
    let mut turned = Vec::with_capacity(values.len());
    for column in 0..columns {
        turned.extend(values.iter().skip(column).step_by(columns));
    }
    turned
}

/// Every pixel times a matrix: `[pixels, in]` to `[pixels, out]`, weights from [`pack`].
pub fn pointwise(input: &[f32], packed: &[f32], finish: Finish<'_>, output: &mut [f32]) {
    let channels_out = finish.bias.len();
    let channels_in = packed.len() / channels_out;
    let (packed, _) = packed.as_chunks::<LANES>();
    let block = (BLOCK / channels_in).max(PIXELS).next_multiple_of(PIXELS);
    let inputs = input.chunks(block * channels_in);
    let outputs = output.chunks_mut(block * channels_out);
    for (number, (input, output)) in inputs.zip(outputs).enumerate() {
        let start = number * block * channels_out;
        let past = finish.past.map(|past| &past[start..start + output.len()]);
        let (bias, _) = finish.bias.as_chunks::<LANES>();
        for (panel, (weights, bias)) in packed.chunks_exact(channels_in).zip(bias).enumerate() {
            let store = Store {
                channel: panel * LANES,
                channels: channels_out,
                bias,
                activation: finish.activation,
                past,
            };
            let quads = input.chunks_exact(PIXELS * channels_in);
            let first_left = quads.len() * PIXELS;
            for (quad, rows) in quads.enumerate() {
                store.put(output, quad * PIXELS, &multiply_quad(rows, weights));
            }
            let rest = input[first_left * channels_in..].chunks_exact(channels_in);
            for (pixel, row) in rest.enumerate() {
                store.put(output, first_left + pixel, &[multiply(row, weights)]);
            }
        }
    }
}

fn multiply_quad(rows: &[f32], weights: &[Lanes]) -> [Lanes; PIXELS] {
    let (first, rows) = rows.split_at(weights.len());
    let (second, rows) = rows.split_at(weights.len());
    let (third, fourth) = rows.split_at(weights.len());
    let mut sums = [[0.0; LANES]; PIXELS];
    for ((((weight, a), b), c), d) in weights.iter().zip(first).zip(second).zip(third).zip(fourth) {
        for (sum, value) in sums.iter_mut().zip([a, b, c, d]) {
            add_product(sum, *value, weight);
        }
    }
    sums
}

fn multiply(row: &[f32], weights: &[Lanes]) -> Lanes {
    let mut sum = [0.0; LANES];
    for (weight, value) in weights.iter().zip(row) {
        add_product(&mut sum, *value, weight);
    }
    sum
}

#[inline(always)]
fn add_product(sum: &mut Lanes, value: f32, weight: &Lanes) {
    for (total, weight) in sum.iter_mut().zip(weight) {
        *total += value * weight;
    }
}

/// Where sums go, and what is done to them on the way.
struct Store<'a> {
    channel: usize,
    channels: usize,
    bias: &'a Lanes,
    activation: Activation,
    past: Option<&'a [f32]>,
}

impl Store<'_> {
    #[inline(always)]
    fn put(&self, output: &mut [f32], pixel: usize, sums: &[Lanes]) {
        for (number, sum) in sums.iter().enumerate() {
            let start = (pixel + number) * self.channels + self.channel;
            let mut sum = *sum;
            for (total, bias) in sum.iter_mut().zip(self.bias) {
                *total += bias;
            }
            if let Some(past) = self.past {
                for (total, past) in sum.iter_mut().zip(&past[start..start + LANES]) {
                    *total += past;
                }
            }
            output[start..start + LANES].copy_from_slice(&self.activation.of(sum));
        }
    }
}

// A choice for each lane by itself would be a branch for each in the browser, and half of them
// mispredicted.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
fn by_halves(sum: Lanes, each: impl Fn(v128) -> v128) -> Lanes {
    let [a, b, c, d, e, f, g, h] = sum;
    let (left, right) = (each(f32x4(a, b, c, d)), each(f32x4(e, f, g, h)));
    [
        f32x4_extract_lane::<0>(left),
        f32x4_extract_lane::<1>(left),
        f32x4_extract_lane::<2>(left),
        f32x4_extract_lane::<3>(left),
        f32x4_extract_lane::<0>(right),
        f32x4_extract_lane::<1>(right),
        f32x4_extract_lane::<2>(right),
        f32x4_extract_lane::<3>(right),
    ]
}

#[cfg(target_arch = "wasm32")]
#[inline(always)]
fn at_least_zero(sum: Lanes) -> Lanes {
    by_halves(sum, |half| f32x4_pmax(f32x4_splat(0.0), half))
}

#[cfg(target_arch = "wasm32")]
#[inline(always)]
fn at_most_six(sum: Lanes) -> Lanes {
    by_halves(sum, |half| f32x4_pmin(f32x4_splat(6.0), half))
}

#[cfg(not(target_arch = "wasm32"))]
#[inline(always)]
fn at_least_zero(sum: Lanes) -> Lanes {
    sum.map(|value| if value > 0.0 { value } else { 0.0 })
}

#[cfg(not(target_arch = "wasm32"))]
#[inline(always)]
fn at_most_six(sum: Lanes) -> Lanes {
    sum.map(|value| if value < 6.0 { value } else { 6.0 })
}

/// Side of the kernel, step, and zeros before the first pixel, the same in both directions.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// Kernel side.
    pub kernel: usize,
    /// Step in pixels.
    pub stride: usize,
    /// Padding before.
    pub before: usize,
}

/// Every channel by itself: `[height, width, channels]` to `[height / stride, width /
/// stride, channels]`, weights `[kernel, kernel, channels]`, kernel 3 or 5, stride 1 or 2.
pub fn depthwise(
    input: &[f32],
    shape: [usize; 3],
    weight: &[f32],
    window: Window,
    finish: Finish<'_>,
    output: &mut [f32],
) {
    let run = match (window.kernel, window.stride) {
        (3, 1) => depthwise_of::<3, 1>,
        (3, 2) => depthwise_of::<3, 2>,
        (5, 1) => depthwise_of::<5, 1>,
        (5, 2) => depthwise_of::<5, 2>,
        other => unreachable!("no depthwise convolution of kernel and stride {other:?}"),
    };
    run(input, shape, weight, window.before, finish, output);
}

fn depthwise_of<const KERNEL: usize, const STRIDE: usize>(
    input: &[f32],
    [channels, height, width]: [usize; 3],
    weight: &[f32],
    before: usize,
    finish: Finish<'_>,
    output: &mut [f32],
) {
    let groups = channels / LANES;
    let (rows, columns) = (height / STRIDE, width / STRIDE);
    // Zeros all round, and to the right as far as the last pixels side by side reach.
    let padded_width = (columns.next_multiple_of(PIXELS) - 1) * STRIDE + KERNEL;
    let padded_height = (rows - 1) * STRIDE + KERNEL;
    let padded = pad(
        input,
        width * channels,
        before,
        [channels, padded_height, padded_width],
    );
    let (padded, _) = padded.as_chunks::<LANES>();
    let (weight, _) = weight.as_chunks::<LANES>();
    let (bias, _) = finish.bias.as_chunks::<LANES>();
    for (y, line) in output.chunks_exact_mut(columns * channels).enumerate() {
        let (line, _) = line.as_chunks_mut::<LANES>();
        let rows: [&[Lanes]; KERNEL] = std::array::from_fn(|row| {
            let start = (y * STRIDE + row) * padded_width * groups;
            &padded[start..start + padded_width * groups]
        });
        for (group, bias) in bias.iter().enumerate() {
            let taps: [[Lanes; KERNEL]; KERNEL] = std::array::from_fn(|row| {
                std::array::from_fn(|column| weight[(row * KERNEL + column) * groups + group])
            });
            for left in (0..columns).step_by(PIXELS) {
                let mut sums = [*bias; PIXELS];
                for (row, taps) in rows.iter().zip(&taps) {
                    let row = &row[left * STRIDE * groups + group..];
                    for (column, tap) in taps.iter().enumerate() {
                        for (pixel, sum) in sums.iter_mut().enumerate() {
                            let values = &row[(pixel * STRIDE + column) * groups];
                            for ((total, value), tap) in sum.iter_mut().zip(values).zip(tap) {
                                *total += value * tap;
                            }
                        }
                    }
                }
                for (pixel, sum) in sums.iter().enumerate().take(columns - left) {
                    line[(left + pixel) * groups + group] = finish.activation.of(*sum);
                }
            }
        }
    }
}

/// The picture inside a larger one of zeros, `before` pixels from its top and left; `line`
/// values a row.
fn pad(
    input: &[f32],
    line: usize,
    before: usize,
    [channels, height, width]: [usize; 3],
) -> Vec<f32> {
    let mut padded = vec![0.0; height * width * channels];
    let targets = padded.chunks_exact_mut(width * channels).skip(before);
    let start = before * channels;
    for (values, target) in input.chunks_exact(line).zip(targets) {
        let kept = line.min(target.len() - start);
        target[start..start + kept].copy_from_slice(&values[..kept]);
    }
    padded
}

/// The pixels under the window, for a convolution over few channels as a [`pointwise`] one:
/// planar `[channels, height, width]` to `[rows * columns, channels * kernel * kernel]`.
pub fn unfold(
    planes: &[f32],
    [channels, height, width]: [usize; 3],
    window: Window,
    (rows, columns): (usize, usize),
) -> Vec<f32> {
    let area = window.kernel * window.kernel;
    let mut patches = vec![0.0; rows * columns * channels * area];
    for (number, patch) in patches.chunks_exact_mut(channels * area).enumerate() {
        let (top, skipped_rows, tall) = window.taps(number / columns, height);
        let (left, skipped_columns, wide) = window.taps(number % columns, width);
        for (plane, patch) in planes
            .chunks_exact(height * width)
            .zip(patch.chunks_exact_mut(area))
        {
            for row in 0..tall {
                let from = (top + row) * width + left;
                let to = (skipped_rows + row) * window.kernel + skipped_columns;
                patch[to..to + wide].copy_from_slice(&plane[from..from + wide]);
            }
        }
    }
    patches
}

/// Every channel with every other: `[height, width, channels]` to `[rows, columns,
/// channels_out]`, weights from [`pack`] with the input's channels last. The pixels under
/// the window are laid side by side for a few targets at a time, while they are in the cache.
pub fn dense(
    input: &[f32],
    [channels, height, width]: [usize; 3],
    packed: &[f32],
    window: Window,
    (rows, columns): (usize, usize),
    finish: Finish<'_>,
    output: &mut [f32],
) {
    let channels_out = finish.bias.len();
    let area = window.kernel * window.kernel * channels;
    let most = (PATCHES / area).max(PIXELS).next_multiple_of(PIXELS);
    let mut patches = vec![0.0; most.min(rows * columns) * area];
    for (number, output) in output.chunks_mut(most * channels_out).enumerate() {
        let first = number * most;
        let count = output.len() / channels_out;
        let patches = &mut patches[..count * area];
        patches.fill(0.0);
        for (target, patch) in (first..).zip(patches.chunks_exact_mut(area)) {
            let (top, skipped_rows, tall) = window.taps(target / columns, height);
            let (left, skipped_columns, wide) = window.taps(target % columns, width);
            for row in 0..tall {
                let from = ((top + row) * width + left) * channels;
                let to = ((skipped_rows + row) * window.kernel + skipped_columns) * channels;
                let line = wide * channels;
                patch[to..to + line].copy_from_slice(&input[from..from + line]);
            }
        }
        let finish = Finish {
            past: (finish.past).map(|past| &past[first * channels_out..][..output.len()]),
            ..finish
        };
        pointwise(patches, packed, finish, output);
    }
}

impl Window {
    /// The taps of a target position inside the picture: first source position, first tap,
    /// number of taps.
    fn taps(&self, target: usize, size: usize) -> (usize, usize, usize) {
        let first = (target * self.stride).saturating_sub(self.before);
        let skipped = self.before.saturating_sub(target * self.stride);
        let end = (target * self.stride + self.kernel - self.before).min(size);
        (first, skipped, end - first)
    }
}
