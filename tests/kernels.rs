//! Does every hand-made convolution give what Burn's gives?
#![allow(clippy::unwrap_used)]

use burn::tensor::{Device, Distribution, Tensor};
use kshot::embedder::conv::{Activation, Conv, Kernels, Layer, Padding};

/// Input and output channels, side of the picture.
type Size = (usize, usize, usize);

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().unwrap()
}

fn random<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::random(shape, Distribution::Uniform(-1.0, 1.0), device)
}

fn assert_same(kernel: usize, stride: usize, depthwise: bool, size: Size) {
    assert_same_padded(Padding::Same, kernel, stride, depthwise, size);
}

fn assert_same_padded(
    padding: Padding,
    kernel: usize,
    stride: usize,
    depthwise: bool,
    (from, to, side): Size,
) {
    let device = Device::flex();
    device.seed(7);
    let per_group = if depthwise { 1 } else { from };
    for (activation, with_past) in [
        (Activation::None, false),
        (Activation::Relu6, false),
        (Activation::Relu, !depthwise),
    ] {
        let layer = Layer {
            name: "test".into(),
            weight: [to, per_group, kernel, kernel],
            stride,
            groups: if depthwise { to } else { 1 },
            padding,
            activation,
        };
        let weight = values(random(layer.weight, &device));
        let bias = values(random([to], &device));
        let conv = |kernels| Conv::new(&layer, weight.clone(), bias.clone(), kernels, &device);
        let input = random([2, from, side, side], &device);
        let output = match padding {
            Padding::Same => side / stride,
            Padding::None => (side - kernel) / stride + 1,
        };
        let past = with_past.then(|| random([2, to, output, output], &device));
        let expected = conv(Kernels::Burn).forward(input.clone(), past.clone());
        let found = conv(Kernels::HandMade).forward(input, past);
        assert_eq!(found.dims(), expected.dims());
        // The two add in different orders: what rounding leaves grows with the number of summands.
        let summands = per_group * kernel * kernel;
        let tolerance = 1e-5 + f32::EPSILON * summands as f32;
        for (a, b) in values(found).into_iter().zip(values(expected)) {
            assert!((a - b).abs() < tolerance, "{layer:?}: {a} and {b}");
        }
    }
}

#[test]
fn pointwise_for_any_number_of_pixels() {
    // 1, 4, 9 and 49 pixels: none, all and some left over from fours.
    for side in [1, 2, 3, 7] {
        assert_same(1, 1, false, (24, 40, side));
    }
}

#[test]
fn pointwise_over_more_than_one_block_of_pixels() {
    assert_same(1, 1, false, (16, 8, 40));
    assert_same(1, 1, false, (1152, 16, 7));
}

#[test]
fn depthwise_of_either_kernel_and_stride() {
    for kernel in [3, 5] {
        for stride in [1, 2] {
            for side in [4, 10, 14] {
                assert_same(kernel, stride, true, (16, 16, side));
            }
        }
    }
}

#[test]
fn depthwise_of_a_picture_smaller_than_the_kernel_and_of_odd_side() {
    assert_same(5, 1, true, (8, 8, 2));
    assert_same(3, 1, true, (8, 8, 7));
}

#[test]
fn a_convolution_over_few_channels() {
    assert_same(3, 2, false, (3, 32, 12));
}

#[test]
fn a_convolution_over_many_channels() {
    // 1, 16, 81 and 1,225 pixels: less than are laid out at a time, and more.
    for side in [1, 4, 9, 35] {
        assert_same(3, 1, false, (32, 40, side));
    }
    assert_same(3, 1, false, (256, 8, 9));
}

#[test]
fn a_convolution_without_padding() {
    for side in [7, 8, 30] {
        assert_same_padded(Padding::None, 7, 2, false, (3, 32, side));
        assert_same_padded(Padding::None, 3, 2, false, (32, 64, side));
    }
}
