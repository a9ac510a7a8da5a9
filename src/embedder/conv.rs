//! One convolution with its bias and what follows it, as a Burn operation: Burn's own
//! `conv2d`, or the hand-made [`kernels`] of the CPU and shaders of WebGPU, which give the same.
//!
//! Between the hand-made ones a picture stays channels last in memory behind Burn's
//! `[n, channels, height, width]`, so that nothing is reordered or copied on the way.

use burn::module::{Module, Param};
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Tensor, TensorData};
use half::f16;
use safetensors::{Dtype, SafeTensors};

use super::kernels::{self, Finish, LANES, Window};

pub use super::kernels::Activation;
use crate::error::Error;

/// One convolution of a network, as the weights file holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// `stem`, `blocks.3.depthwise`, `head`; the file holds `{name}.weight` and `{name}.bias`.
    pub name: String,
    /// `[channels_out, channels_in / groups, kernel, kernel]`.
    pub weight: [usize; 4],
    /// Step in pixels, the same in both directions.
    pub stride: usize,
    /// 1, or the number of channels for a depthwise convolution.
    pub groups: usize,
    /// Zeros round the input.
    pub padding: Padding,
    /// What the output goes through.
    pub activation: Activation,
}

impl Layer {
    /// Zeros before and after.
    pub(super) fn padding(&self) -> (usize, usize) {
        match self.padding {
            Padding::Same => {
                let all = self.weight[2] - self.stride;
                (all / 2, all - all / 2)
            }
            Padding::None => (0, 0),
        }
    }

    /// A convolution over few channels comes from the frame, which is planar; its patches are
    /// taken from there as they lie.
    pub(super) fn reads_planes(&self) -> bool {
        let [_, per_group, kernel, _] = self.weight;
        kernel > 1 && self.groups == 1 && per_group < LANES
    }

    /// Side of the output for a side of the input.
    pub(super) fn output_side(&self, input: usize) -> usize {
        let (before, after) = self.padding();
        (before + input + after - self.weight[2]) / self.stride + 1
    }
}

/// Zeros round the input of a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Padding {
    /// TensorFlow's "same" padding of an even input: the smaller half before.
    Same,
    /// None: the output is smaller.
    None,
}

/// Which code computes a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernels {
    /// Burn's, on any device; the reference.
    Burn,
    /// The hand-made ones, on the CPU ([`Device::flex`]) and in the browser on WebGPU.
    HandMade,
}

impl Kernels {
    /// The faster ones that there are for a device: the hand-made where they run.
    pub fn for_device(device: &Device) -> Self {
        if cfg!(target_arch = "wasm32") || *device == Device::flex() {
            Kernels::HandMade
        } else {
            Kernels::Burn
        }
    }
}

/// A convolution, loaded.
#[derive(Module, Debug)]
pub enum Conv {
    /// See [`Kernels::Burn`].
    Burn(BurnConv),
    /// See [`Kernels::HandMade`].
    Cpu(CpuConv),
    /// See [`Kernels::HandMade`].
    #[cfg(target_arch = "wasm32")]
    WebGpu(super::webgpu::WebGpuConv),
}

impl Conv {
    /// Takes weights of the layer's shape, row-major, and `[channels_out]` biases.
    pub fn new(
        layer: &Layer,
        weight: Vec<f32>,
        bias: Vec<f32>,
        kernels: Kernels,
        device: &Device,
    ) -> Self {
        match kernels {
            Kernels::Burn => Conv::Burn(BurnConv::new(layer, weight, bias, device)),
            #[cfg(target_arch = "wasm32")]
            Kernels::HandMade if *device != Device::flex() => {
                Conv::WebGpu(super::webgpu::WebGpuConv::new(layer, weight, bias, device))
            }
            Kernels::HandMade => Conv::Cpu(CpuConv::new(layer, weight, bias)),
        }
    }

    /// Reads `{name}.weight` and `{name}.bias` of a weights file, in half precision.
    ///
    /// # Errors
    /// [`Error::WeightsInvalid`] where a tensor is missing or of another shape or type.
    pub fn from_safetensors(
        file: &SafeTensors<'_>,
        layer: &Layer,
        kernels: Kernels,
        device: &Device,
    ) -> Result<Self, Error> {
        let weight = read_f16(file, &format!("{}.weight", layer.name), &layer.weight)?;
        let bias = read_f16(file, &format!("{}.bias", layer.name), &layer.weight[..1])?;
        Ok(Conv::new(layer, weight, bias, kernels, device))
    }

    /// `[n, channels_in, height, width]` to `[n, channels_out, height / stride, width /
    /// stride]`, less without padding; `past` has the output's shape and is added to it before
    /// the activation.
    pub fn forward(&self, input: Tensor<4>, past: Option<Tensor<4>>) -> Tensor<4> {
        match self {
            Conv::Burn(conv) => conv.forward(input, past),
            Conv::Cpu(conv) => conv.forward(input, past),
            #[cfg(target_arch = "wasm32")]
            Conv::WebGpu(conv) => conv.forward(input, past),
        }
    }
}

/// A convolution by Burn's `conv2d`.
#[derive(Module, Debug)]
pub struct BurnConv {
    weight: Param<Tensor<4>>, // [channels_out, channels_in / groups, kernel, kernel]
    bias: Param<Tensor<1>>,   // [channels_out]
    #[module(skip)]
    layer: Layer,
}

impl BurnConv {
    fn new(layer: &Layer, weight: Vec<f32>, bias: Vec<f32>, device: &Device) -> Self {
        let [out, per_group, height, width] = layer.weight;
        let weight = if height == 1 {
            Tensor::from_data(TensorData::new(weight, layer.weight), device)
        } else {
            // Channels last in memory: the GPU convolution wants them so, and would
            // otherwise copy the weights anew for every frame.
            let order = [out, height, width, per_group];
            let last = channels_last(&weight, layer.weight);
            Tensor::<4>::from_data(TensorData::new(last, order), device).permute([0, 3, 1, 2])
        };
        BurnConv {
            weight: Param::from_tensor(weight),
            bias: Param::from_tensor(Tensor::from_data(TensorData::new(bias, [out]), device)),
            layer: layer.clone(),
        }
    }

    fn forward(&self, input: Tensor<4>, past: Option<Tensor<4>>) -> Tensor<4> {
        let (stride, padding) = (self.layer.stride, self.layer.padding());
        let output = conv2d(
            input,
            self.weight.val(),
            Some(self.bias.val()),
            ConvOptions::new_with_padding([stride; 2], [padding; 2], [1, 1], self.layer.groups),
        );
        let output = match past {
            Some(past) => output + past,
            None => output,
        };
        match self.layer.activation {
            Activation::None => output,
            Activation::Relu => output.clamp_min(0.0),
            Activation::Relu6 => output.clamp(0.0, 6.0),
        }
    }
}

/// A convolution by the hand-made kernels, on the CPU.
#[derive(Module, Debug)]
pub struct CpuConv {
    #[module(skip)]
    layer: Layer,
    #[module(skip)]
    weight: Vec<f32>, // as the kernel of its kind reads it
    #[module(skip)]
    bias: Vec<f32>, // [channels_out]
}

impl CpuConv {
    fn new(layer: &Layer, weight: Vec<f32>, bias: Vec<f32>) -> Self {
        let [out, per_group, height, width] = layer.weight;
        let weight = if layer.groups == out {
            kernels::transpose(&weight, height * width) // [kernel, kernel, channels]
        } else if layer.reads_planes() {
            kernels::pack(&weight, per_group * height * width)
        } else {
            let last = channels_last(&weight, layer.weight);
            drop(weight); // Two copies at most: WebAssembly gives no memory back.
            kernels::pack(&last, per_group * height * width)
        };
        CpuConv {
            layer: layer.clone(),
            weight,
            bias,
        }
    }

    fn forward(&self, input: Tensor<4>, past: Option<Tensor<4>>) -> Tensor<4> {
        let device = input.device();
        let [n, channels, height, width] = input.dims();
        let [out, _, kernel, _] = self.layer.weight;
        let (depthwise, planar) = (self.layer.groups == out, self.layer.reads_planes());
        let window = Window {
            kernel,
            stride: self.layer.stride,
            before: self.layer.padding().0,
        };
        let input = (if planar {
            input
        } else {
            input.permute([0, 2, 3, 1])
        })
        .into_data();
        let past = past.map(|past| past.permute([0, 2, 3, 1]).into_data());
        let past = past.as_ref().map(values);
        let shape = [channels, height, width];
        let (rows, columns) = (
            self.layer.output_side(height),
            self.layer.output_side(width),
        );
        let area = rows * columns * out;
        let mut output = vec![0.0; n * area];
        let pictures = values(&input).chunks_exact(channels * height * width);
        for (number, (picture, output)) in pictures.zip(output.chunks_exact_mut(area)).enumerate() {
            let finish = Finish {
                bias: &self.bias,
                activation: self.layer.activation,
                past: past.map(|past| &past[number * area..][..area]),
            };
            if depthwise {
                kernels::depthwise(picture, shape, &self.weight, window, finish, output);
            } else if planar {
                let patches = kernels::unfold(picture, shape, window, (rows, columns));
                kernels::pointwise(&patches, &self.weight, finish, output);
            } else if kernel > 1 {
                let size = (rows, columns);
                kernels::dense(picture, shape, &self.weight, window, size, finish, output);
            } else {
                kernels::pointwise(picture, &self.weight, finish, output);
            }
        }
        let output = TensorData::new(output, [n, rows, columns, out]);
        Tensor::<4>::from_data(output, &device).permute([0, 3, 1, 2])
    }
}

fn values(data: &TensorData) -> &[f32] {
    match data.as_slice() {
        Ok(values) => values,
        Err(error) => unreachable!("the network is in single precision: {error:?}"),
    }
}

/// `[out, in, height, width]` to `[out, height, width, in]`.
pub(super) fn channels_last(weight: &[f32], [_, per_group, height, width]: [usize; 4]) -> Vec<f32> {
    let filters = weight.chunks_exact(per_group * height * width);
    let mut last = Vec::with_capacity(weight.len());
    for filter in filters {
        last.extend(kernels::transpose(filter, height * width));
    }
    last
}

/// A tensor of a weights file, in half precision.
///
/// # Errors
/// [`Error::WeightsInvalid`] where it is missing or of another shape or type.
pub fn read_f16(file: &SafeTensors<'_>, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
    let tensor = file
        .tensor(name)
        .map_err(|error| Error::WeightsInvalid(format!("{name}: {error}")))?;
    if tensor.dtype() != Dtype::F16 || tensor.shape() != shape {
        return Err(Error::WeightsInvalid(format!(
            "{name} is {:?} {:?}, expected F16 {shape:?}",
            tensor.dtype(),
            tensor.shape()
        )));
    }
    let (pairs, _) = tensor.data().as_chunks::<2>();
    Ok(pairs
        .iter()
        .map(|pair| f16::from_le_bytes(*pair).to_f32())
        .collect())
}
