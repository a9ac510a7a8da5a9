//! Frame to network input on WebGPU: the browser copies the centre square into a texture,
//! one dispatch resizes and normalises it into the buffer of a Burn tensor, so that no pixel comes
//! to the CPU. The arithmetic is that of [`super::Resizer`].

use burn::cubecl::wgpu::{AutoCompiler, WgpuServer};
use burn::tensor::{Device, Tensor};
use burn_wgpu::Wgpu;
use wasm_bindgen::prelude::*;
use wgpu::util::DeviceExt;

use super::source::Source;
use super::{Crop, MEAN, SCALE, SIDE};
use crate::error::Error;
use crate::web::object;

/// Largest side of the texture: 16 MB. Larger photos take the CPU's way, in strips.
pub const MAX_TEXTURE_SIDE: usize = 2048;

const WORKGROUP: u32 = 8;

#[wasm_bindgen]
extern "C" {
    /// The browser's queue. wgpu's own call panics where the browser refuses a source.
    type GPUQueue;

    #[wasm_bindgen(method, catch, js_name = copyExternalImageToTexture)]
    fn copy_external_image_to_texture(
        this: &GPUQueue,
        source: &JsValue,
        destination: &JsValue,
        size: &JsValue,
    ) -> Result<(), JsValue>;
}

/// The pipeline, and the texture of the last frame's size.
pub struct FrameKernel {
    device: wgpu::Device,
    queue: wgpu::Queue,
    pipeline: wgpu::ComputePipeline,
    frame: Option<(usize, wgpu::Texture, wgpu::Buffer)>,
}

impl FrameKernel {
    /// Compiles the shader.
    pub fn new(device: wgpu::Device, queue: wgpu::Queue) -> Self {
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("frame"),
            source: wgpu::ShaderSource::Wgsl(include_str!("frame.wgsl").into()),
        });
        let constants = [
            ("SIDE", SIDE as f64),
            ("MEAN", f64::from(MEAN)),
            ("SCALE", f64::from(SCALE)),
        ];
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some("frame"),
            layout: None,
            module: &module,
            entry_point: Some("resize"),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: &constants,
                ..Default::default()
            },
            cache: None,
        });
        FrameKernel {
            device,
            queue,
            pipeline,
            frame: None,
        }
    }

    /// Whether the square fits the texture.
    pub fn takes(crop: &Crop) -> bool {
        crop.side <= MAX_TEXTURE_SIDE
    }

    /// The network input `[1, 3, 224, 224]`, channels last in memory as the convolutions
    /// want it. The work is submitted, not waited for.
    ///
    /// # Errors
    /// [`Error::PictureUnreadable`] where the browser does not hand this source to its GPU,
    /// [`Error::DeviceLost`] where the tensor's buffer cannot be had.
    pub fn input(
        &mut self,
        source: &Source,
        crop: &Crop,
        burn: &Device,
    ) -> Result<Tensor<4>, Error> {
        self.resize(crop.side);
        let Some((_, texture, taps)) = &self.frame else {
            return Err(Error::DeviceLost("the frame's texture is missing".into()));
        };
        copy(&self.queue, source, crop, texture)
            .map_err(|error| Error::PictureUnreadable(format!("{error:?}")))?;

        let lost = |error: &dyn std::fmt::Debug| Error::DeviceLost(format!("{error:?}"));
        let input = Tensor::<4>::empty([1, SIDE, SIDE, 3], burn);
        let primitive = input
            .try_into_primitive::<Wgpu>()
            .map_err(|error| lost(&error))?;
        // What Burn has queued may still read this buffer from the frame before.
        primitive.client.flush().map_err(|error| lost(&error))?;
        let resource = primitive
            .client
            .get_resource::<WgpuServer<AutoCompiler>>(primitive.handle.clone())
            .map_err(|error| lost(&error))?;
        let bindings = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("frame"),
            layout: &self.pipeline.get_bind_group_layout(0),
            entries: &[
                wgpu::BindGroupEntry {
                    binding: 0,
                    resource: wgpu::BindingResource::TextureView(
                        &texture.create_view(&Default::default()),
                    ),
                },
                wgpu::BindGroupEntry {
                    binding: 1,
                    resource: resource.resource().as_wgpu_bind_resource(),
                },
                wgpu::BindGroupEntry {
                    binding: 2,
                    resource: taps.as_entire_binding(),
                },
            ],
        });
        let mut encoder = self.device.create_command_encoder(&Default::default());
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_pipeline(&self.pipeline);
            pass.set_bind_group(0, &bindings, &[]);
            let groups = (SIDE as u32).div_ceil(WORKGROUP);
            pass.dispatch_workgroups(groups, groups, 1);
        }
        self.queue.submit([encoder.finish()]);
        Ok(Tensor::<4>::from_primitive::<Wgpu>(primitive).permute([0, 3, 1, 2]))
    }

    fn resize(&mut self, side: usize) {
        if self.frame.as_ref().is_some_and(|(now, _, _)| *now == side) {
            return;
        }
        if let Some((_, texture, taps)) = self.frame.take() {
            texture.destroy();
            taps.destroy();
        }
        let texture = self.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("frame"),
            size: wgpu::Extent3d {
                width: side as u32,
                height: side as u32,
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: wgpu::TextureFormat::Rgba8Unorm,
            usage: wgpu::TextureUsages::COPY_DST
                | wgpu::TextureUsages::TEXTURE_BINDING
                | wgpu::TextureUsages::RENDER_ATTACHMENT,
            view_formats: &[],
        });
        let taps = self
            .device
            .create_buffer_init(&wgpu::util::BufferInitDescriptor {
                label: Some("taps"),
                contents: &encode_taps(side),
                usage: wgpu::BufferUsages::STORAGE,
            });
        self.frame = Some((side, texture, taps));
    }
}

/// The centre square into the texture, alpha not premultiplied.
fn copy(
    queue: &wgpu::Queue,
    source: &Source,
    crop: &Crop,
    texture: &wgpu::Texture,
) -> Result<(), JsValue> {
    let (Some(queue), Some(texture)) = (queue.as_webgpu(), texture.as_webgpu()) else {
        return Err("the device is not the browser's".into());
    };
    let origin = object(&[("x", crop.left.into()), ("y", crop.top.into())])?;
    let source = object(&[("source", source.as_js().clone()), ("origin", origin)])?;
    let destination = object(&[("texture", JsValue::clone(texture))])?;
    let size = object(&[("width", crop.side.into()), ("height", crop.side.into())])?;
    queue
        .unchecked_ref::<GPUQueue>()
        .copy_external_image_to_texture(&source, &destination, &size)
}

/// The triangle filter as the shader reads it: `SIDE` pairs of the first tap and the
/// number of taps, then all weights, `most` to a target pixel.
fn encode_taps(side: usize) -> Vec<u8> {
    let taps = super::triangle(side, SIDE);
    let most = taps
        .iter()
        .map(|taps| taps.weights.len())
        .max()
        .unwrap_or(0);
    let mut bytes = Vec::new();
    for taps in &taps {
        bytes.extend((taps.first as u32).to_le_bytes());
        bytes.extend((taps.weights.len() as u32).to_le_bytes());
    }
    for taps in &taps {
        let padding = most - taps.weights.len();
        let weights = taps.weights.iter().copied();
        for weight in weights.chain(std::iter::repeat_n(0.0, padding)) {
            bytes.extend(weight.to_le_bytes());
        }
    }
    bytes
}
