//! The GPU's convolutions by hand, in WGSL on Burn's own stream and memory: pictures channels
//! last, four channels a vector, bias, activation and the way past a block done while the sums
//! are still in registers, so that a layer is one dispatch. They are held to the CPU's
//! [`kernels`](super::kernels) whenever a GPU is opened ([`compare`](crate::backend::compare)), and
//! those by the tests to Burn's `conv2d`.
//!
//! A shader knows the kernel's side and step; sizes come with each launch, in a uniform that
//! CubeCL keeps. So few shaders are compiled, and nothing is written to the GPU for a frame.

use burn::cubecl::ir::UIntKind;
use burn::cubecl::ir::attributes::BufferIOAttr;
use burn::cubecl::ir::metadata::Info;
use burn::cubecl::prelude::*;
use burn::cubecl::server::{KernelArguments, MetadataBindingInfo};
use burn::cubecl::{CubeKernel, PrecompiledSource};
use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor, TensorData};
use burn_wgpu::{CubeTensor, Wgpu};

use super::conv::{Activation, Layer, channels_last};
use super::kernels::transpose;

/// Threads that run together; as in the shaders.
const WORKGROUP: usize = 64;

/// Pixels that a thread sums side by side; as in the shaders.
const PIXELS: usize = 4;

/// Channels of a vector.
const VECTOR: usize = 4;

/// Which shader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    /// Every channel with every other.
    Dense,
    /// The same, over so many channels that are fewer than a vector.
    Planes(usize),
    /// Every channel by itself.
    Depthwise,
}

/// One shader: everything that its text depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Shader {
    kind: Kind,
    kernel: usize,
    stride: usize,
    activation: Activation,
    past: bool,
}

impl Shader {
    fn text(&self) -> String {
        let &Shader { kernel, stride, .. } = self;
        let input = match self.kind {
            Kind::Planes(_) => "f32",
            Kind::Dense | Kind::Depthwise => "vec4<f32>",
        };
        let (past, sum) = if self.past {
            (
                buffer(4, "read", "past", "array<vec4<f32>>"),
                "sum + past[to]",
            )
        } else {
            (String::new(), "sum")
        };
        let value = match self.activation {
            Activation::None => sum.into(),
            Activation::Relu => format!("max({sum}, vec4<f32>())"),
            Activation::Relu6 => format!("clamp({sum}, vec4<f32>(), vec4(6.0))"),
        };
        let channels = match self.kind {
            Kind::Planes(channels) => format!("const CHANNELS = {channels}u;\n"),
            Kind::Dense | Kind::Depthwise => String::new(),
        };
        let head = [
            format!("const KERNEL = {kernel}u;\nconst STRIDE = {stride}u;\n{channels}"),
            "struct Shape { height: u32, width: u32, groups_in: u32, rows: u32, columns: u32, groups_out: u32, before: u32, pixels: u32 }\n".into(),
            buffer(0, "read_write", "output", "array<vec4<f32>>"),
            buffer(1, "read", "input", &format!("array<{input}>")),
            buffer(2, "read", "weight", "array<vec4<f32>>"),
            buffer(3, "read", "bias", "array<vec4<f32>>"),
            past,
            buffer(4 + usize::from(self.past), "read", "shape", "Shape"),
            format!("fn store(to: u32, sum: vec4<f32>) {{ output[to] = {value}; }}\n"),
        ]
        .concat();
        let dense = include_str!("webgpu/dense.wgsl");
        head + &match self.kind {
            Kind::Dense => dense.replace("SUM", include_str!("webgpu/vectors.wgsl")),
            Kind::Planes(_) => dense.replace("SUM", include_str!("webgpu/planes.wgsl")),
            Kind::Depthwise => {
                let unrolled = depthwise_line(kernel, stride);
                include_str!("webgpu/depthwise.wgsl").replace("UNROLLED", &unrolled)
            }
        }
    }
}

fn buffer(binding: usize, access: &str, name: &str, kind: &str) -> String {
    format!("@group(0) @binding({binding}) var<storage, {access}> {name}: {kind};\n")
}

/// One line of the window over [`PIXELS`] pixels side by side: each value read once.
fn depthwise_line(kernel: usize, stride: usize) -> String {
    let weights = (0..kernel).map(|tap| format!("let w{tap} = weight[taps + {tap}u * groups];\n"));
    let values = (0..(PIXELS - 1) * stride + kernel)
        .map(|at| format!("let v{at} = value(row, start + {at}, group);\n"));
    let sums = (0..PIXELS).flat_map(|pixel| {
        (0..kernel).map(move |tap| format!("s{pixel} += v{} * w{tap};\n", pixel * stride + tap))
    });
    weights.chain(values).chain(sums).collect()
}

impl KernelMetadata for Shader {
    fn id(&self) -> KernelId {
        KernelId::new::<Self>().info(*self)
    }

    fn address_type(&self) -> ElemType {
        UIntKind::U32.into()
    }
}

impl CubeKernel for Shader {
    fn define(&self) -> KernelDefinition {
        let dim = CubeDim::new_1d(WORKGROUP as u32);
        let settings = KernelSettings::new(dim.0, ExecutionMode::Checked, AddressType::U32);
        KernelDefinition {
            body: Scope::root(settings.clone()),
            settings,
            info: Info::default(),
        }
    }

    fn source(&self) -> Option<PrecompiledSource> {
        Some(PrecompiledSource {
            source: self.text(),
            entrypoint_name: "main".into(),
            lang: "wgsl",
        })
    }
}

/// A convolution by a hand-made shader, on WebGPU.
#[derive(Module, Debug)]
pub struct WebGpuConv {
    weight: Param<Tensor<1>>, // as the shader reads it
    bias: Param<Tensor<1>>,   // [channels_out]
    #[module(skip)]
    layer: Layer,
}

impl WebGpuConv {
    /// Takes weights of the layer's shape, row-major, and `[channels_out]` biases.
    pub fn new(layer: &Layer, weight: Vec<f32>, bias: Vec<f32>, device: &Device) -> Self {
        let [_, per_group, height, width] = layer.weight;
        let taps = per_group * height * width;
        let last = channels_last(&weight, layer.weight);
        drop(weight);
        // [kernel, kernel, channels_in / groups, channels_out]
        let weight = transpose(&last, taps);
        let tensor = |values: Vec<f32>| {
            let shape = [values.len()];
            Tensor::<1>::from_data(TensorData::new(values, shape), device)
        };
        let (weight, bias) = (tensor(weight), tensor(bias));
        // Burn gathers what is to be written: thirty layers at once would stay in memory for good,
        // since WebAssembly gives none back. An error is told by the first answer.
        let _ = on_gpu(bias.clone()).client.flush();
        WebGpuConv {
            weight: Param::from_tensor(weight),
            bias: Param::from_tensor(bias),
            layer: layer.clone(),
        }
    }

    /// As [`super::conv::Conv::forward`].
    pub fn forward(&self, input: Tensor<4>, past: Option<Tensor<4>>) -> Tensor<4> {
        let [n, channels, height, width] = input.dims();
        let out = self.layer.weight[0];
        let (rows, columns) = (
            self.layer.output_side(height),
            self.layer.output_side(width),
        );
        let shader = Shader {
            kind: if self.layer.groups == out {
                Kind::Depthwise
            } else if self.layer.reads_planes() {
                Kind::Planes(channels)
            } else {
                Kind::Dense
            },
            kernel: self.layer.weight[2],
            stride: self.layer.stride,
            activation: self.layer.activation,
            past: past.is_some(),
        };
        let pixels = n * rows * columns;
        let threads = match shader.kind {
            Kind::Depthwise => n * rows * columns.div_ceil(PIXELS) * (out / VECTOR),
            Kind::Dense | Kind::Planes(_) => pixels.div_ceil(PIXELS) * (out / (2 * VECTOR)),
        };
        let shape = [
            height,
            width,
            channels / VECTOR,
            rows,
            columns,
            out / VECTOR,
            self.layer.padding().0,
            pixels,
        ];
        let output = Tensor::<4>::empty([n, rows, columns, out], &input.device());
        let output = on_gpu(output);
        // A launch that fails spoils what it writes: never the weights, which all later ones read.
        let mut arguments = KernelArguments::new()
            .with_buffer_io(output.handle.clone().binding(), BufferIOAttr::WriteOnly);
        let read = [flat(input), self.weight.val(), self.bias.val()];
        for tensor in read.into_iter().chain(past.map(flat)) {
            arguments =
                arguments.with_buffer_io(on_gpu(tensor).handle.binding(), BufferIOAttr::ReadOnly);
        }
        let words = shape.chunks_exact(2);
        let words = words.map(|pair| pair[0] as u64 | (pair[1] as u64) << 32);
        output.client.launch(
            Box::new(shader),
            CubeCount::Static(threads.div_ceil(WORKGROUP) as u32, 1, 1),
            arguments.with_info(MetadataBindingInfo::custom(words.collect())),
        );
        Tensor::<4>::from_primitive::<Wgpu>(output).permute([0, 3, 1, 2])
    }
}

/// Channels last and without gaps: copied only where they are not so already.
fn flat(picture: Tensor<4>) -> Tensor<1> {
    let values = picture.shape().num_elements();
    picture.permute([0, 2, 3, 1]).reshape([values])
}

fn on_gpu<const D: usize>(tensor: Tensor<D>) -> CubeTensor {
    match tensor.try_into_primitive::<Wgpu>() {
        Ok(primitive) => primitive,
        Err(error) => unreachable!("the network is on WebGPU: {error:?}"),
    }
}
