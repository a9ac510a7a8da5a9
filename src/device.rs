//! The embedder on WebGPU or the CPU: built on either, timed after a warm-up, the faster kept
//! ([`backend`](crate::backend)). No adapter, a refused or a failed device, and numbers other than
//! the CPU's mean the CPU, with the reason kept.

use std::rc::Rc;

use burn::cubecl::MemoryScope;
use burn::tensor::wgpu::WgpuSetup;
use burn::tensor::{Device, ExecutionError, Tensor, TensorData};
use burn_wgpu::Wgpu;
use js_sys::{Function, Promise, Reflect};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_time::Instant;
use wgpu::ErrorFilter;

use crate::backend::{
    Backend, Choice, Times, at_once, compare, milliseconds, noise, time, without_webgpu,
};
use crate::embedder::Embedder;
use crate::embedder::projection::Projection;
use crate::error::Error;
use crate::frame::source::{Canvas, Source};
use crate::frame::webgpu::FrameKernel;
use crate::frame::{Crop, SIDE};

/// Operations that Burn hands to the GPU at once; a frame is about a hundred, so the GPU
/// starts while the rest is still being recorded.
const TASKS_MAX: usize = 32;

/// Which device is used, and what was measured to choose it. Times in milliseconds.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The device in use.
    pub backend: Backend,
    /// What was asked for.
    pub choice: Choice,
    /// Median time of an embedding on the CPU.
    pub cpu_ms: Option<f64>,
    /// Median time of an embedding on WebGPU.
    pub webgpu_ms: Option<f64>,
    /// The adapter's own name.
    pub adapter: Option<String>,
    /// Why WebGPU is not in use, where it is not only slower.
    pub webgpu_problem: Option<String>,
}

/// Time spent on an embedding, in milliseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timing {
    /// Crop, resize, normalise.
    pub frame: f64,
    /// Forward pass and readback.
    pub embed: f64,
}

/// The embedder on WebGPU, built and warmed up.
pub struct WebGpu {
    setup: WgpuSetup,
    adapter: String,
    device: Device,
    embedder: Embedder,
    kernel: FrameKernel,
}

impl WebGpu {
    /// Asks for a device, builds the embedder and runs it once, which compiles every
    /// shader. It takes nothing of [`Devices`], so that frames are answered meanwhile.
    ///
    /// # Errors
    /// [`Error::WebGpuUnavailable`] without an adapter or a device, and where that refuses a
    /// shader; as [`Embedder::from_bytes`]; [`Error::DeviceLost`] where it does not answer.
    pub async fn open(weights: Rc<[u8]>) -> Result<Self, Error> {
        let setup = request_device().await?;
        let device = Device::wgpu_options()
            .tasks_max(TASKS_MAX)
            .setup(setup.clone())
            .init()
            .map_err(unavailable)?;
        // What it refuses from here on would otherwise be a panic, and the end of the CPU's engine.
        let scopes = [
            ErrorFilter::Internal,
            ErrorFilter::OutOfMemory,
            ErrorFilter::Validation,
        ]
        .map(|filter| setup.device.push_error_scope(filter));
        let opened = Self::build(&weights, setup, device).await;
        let refused: Vec<_> = scopes.into_iter().rev().map(|scope| scope.pop()).collect();
        for error in refused {
            if let Some(error) = error.await {
                return Err(unavailable(error));
            }
        }
        opened
    }

    async fn build(weights: &[u8], setup: WgpuSetup, device: Device) -> Result<Self, Error> {
        let webgpu = WebGpu {
            adapter: name_adapter().await,
            embedder: Embedder::from_bytes(weights, &device)?,
            kernel: FrameKernel::new(setup.device.clone(), setup.queue.clone()),
            device,
            setup,
        };
        webgpu.forward(webgpu.upload(picture())).await?;
        Ok(webgpu)
    }

    fn upload(&self, input: Vec<f32>) -> Tensor<4> {
        Tensor::from_data(TensorData::new(input, [1, 3, SIDE, SIDE]), &self.device)
    }

    async fn forward(&self, input: Tensor<4>) -> Result<Vec<f32>, Error> {
        read(self.embedder.corners(input).into_data_async().await)
    }
}

impl Drop for WebGpu {
    fn drop(&mut self) {
        self.setup.device.destroy();
    }
}

/// The embedder on the CPU, and on WebGPU where that is in use.
pub struct Devices {
    weights: Rc<[u8]>,
    cpu_device: Device,
    cpu: Embedder,
    projection: Projection,
    webgpu: Option<WebGpu>,
    canvas: Canvas,
    report: Report,
}

impl Devices {
    /// Builds the CPU's embedder, warms it up and times it.
    ///
    /// # Errors
    /// As [`Embedder::from_bytes`].
    pub fn new(weights: Vec<u8>) -> Result<Self, Error> {
        let cpu_device = Device::flex();
        let cpu = Embedder::from_bytes(&weights, &cpu_device)?;
        let mut devices = Devices {
            weights: weights.into(),
            cpu_device,
            cpu,
            projection: Projection::shipped()?,
            webgpu: None,
            canvas: Canvas::new()?,
            report: Report {
                backend: Backend::Cpu,
                choice: Choice::Cpu,
                cpu_ms: None,
                webgpu_ms: None,
                adapter: None,
                webgpu_problem: None,
            },
        };
        let picture = picture();
        devices.forward_on_cpu(picture.clone())?;
        let frame = async || {
            let corners = devices.forward_on_cpu(picture.clone())?;
            devices.projection.embed(&corners).map(drop)
        };
        devices.report.cpu_ms = at_once(time(frame, None))?;
        Ok(devices)
    }

    /// What is in use, and why.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Bytes the GPU's allocator holds; `None` without WebGPU.
    pub fn gpu_bytes(&self) -> Option<u64> {
        let webgpu = self.webgpu.as_ref()?;
        let probe = Tensor::<1>::empty([1], &webgpu.device);
        let primitive = probe.try_into_primitive::<Wgpu>().ok()?;
        let usage = primitive.client.memory_report(MemoryScope::Device).usage();
        Some(usage.bytes_reserved)
    }

    /// The GPU's device, where it is in use: other networks may run on it too, and end with it.
    pub fn webgpu_device(&self) -> Option<Device> {
        self.webgpu.as_ref().map(|webgpu| webgpu.device.clone())
    }

    /// The weights, for [`WebGpu::open`].
    pub fn weights(&self) -> Rc<[u8]> {
        self.weights.clone()
    }

    /// Changes the device; `candidate` is what [`WebGpu::open`] gave, and not needed for
    /// the CPU or where WebGPU is in use already.
    ///
    /// # Errors
    /// [`Error::WebGpuUnavailable`] where WebGPU was asked for by name and cannot be had, or
    /// computes other numbers than the CPU; the CPU stays in use.
    pub async fn choose(
        &mut self,
        choice: Choice,
        candidate: Option<Result<WebGpu, Error>>,
    ) -> Result<&Report, Error> {
        self.report.choice = choice;
        self.report.webgpu_problem = None;
        let adopted = match candidate {
            Some(candidate) if choice != Choice::Cpu => self.adopt(candidate).await,
            _ => Ok(()),
        };
        let times = Times {
            cpu: self.report.cpu_ms,
            webgpu: self.report.webgpu_ms,
        };
        if adopted.is_err() || !times.keep_webgpu(choice) {
            self.webgpu = None;
        }
        self.report.backend = match self.webgpu {
            Some(_) => Backend::WebGpu,
            None => Backend::Cpu,
        };
        if let Err(error) = adopted.map_err(without_webgpu) {
            self.report.webgpu_problem = Some(error.to_string());
            if choice == Choice::WebGpu {
                return Err(error);
            }
        }
        Ok(&self.report)
    }

    async fn adopt(&mut self, candidate: Result<WebGpu, Error>) -> Result<(), Error> {
        let webgpu = candidate?;
        self.report.adapter = Some(webgpu.adapter.clone());
        let picture = picture();
        let found = webgpu.forward(webgpu.upload(picture.clone())).await?;
        compare(&found, &self.forward_on_cpu(picture.clone())?)?;
        let frame = async || {
            let corners = webgpu.forward(webgpu.upload(picture.clone())).await?;
            self.projection.embed(&corners).map(drop)
        };
        self.report.webgpu_ms = time(frame, self.report.cpu_ms).await?;
        self.webgpu = Some(webgpu);
        Ok(())
    }

    /// The L2-normalised embedding of a picture, `[1280]`, and the time it took.
    ///
    /// # Errors
    /// As [`Crop::centred`], [`Error::PictureUnreadable`] for pixels the browser refuses,
    /// [`Error::DeviceLost`] where the device does not answer.
    pub async fn embed(&mut self, source: &Source) -> Result<(Vec<f32>, Timing), Error> {
        let start = Instant::now();
        let mut timing = Timing::default();
        let corners = if let Some(webgpu) = &mut self.webgpu {
            let input = input_on_webgpu(webgpu, &self.canvas, source)?;
            timing.frame = milliseconds(start);
            webgpu.forward(input).await?
        } else {
            let input = self.canvas.input(source)?;
            timing.frame = milliseconds(start);
            self.forward_on_cpu(input)?
        };
        let embedding = self.projection.embed(&corners)?;
        timing.embed = milliseconds(start) - timing.frame;
        Ok((embedding, timing))
    }

    /// The network input `[3, 224, 224]` of a picture, as the device in use makes it.
    ///
    /// # Errors
    /// As [`embed`](Self::embed).
    pub async fn frame_input(&mut self, source: &Source) -> Result<Vec<f32>, Error> {
        if let Some(webgpu) = &mut self.webgpu {
            let input = input_on_webgpu(webgpu, &self.canvas, source)?;
            read(input.into_data_async().await)
        } else {
            self.canvas.input(source)
        }
    }

    fn forward_on_cpu(&self, input: Vec<f32>) -> Result<Vec<f32>, Error> {
        let input = TensorData::new(input, [1, 3, SIDE, SIDE]);
        let input = Tensor::<4>::from_data(input, &self.cpu_device);
        read(self.cpu.corners(input).try_into_data())
    }
}

fn input_on_webgpu(
    webgpu: &mut WebGpu,
    canvas: &Canvas,
    source: &Source,
) -> Result<Tensor<4>, Error> {
    let (width, height) = source.size();
    let crop = Crop::centred(width, height)?;
    if FrameKernel::takes(&crop) {
        match webgpu.kernel.input(source, &crop, &webgpu.device) {
            // What the browser does not hand to its GPU, it may still draw on a canvas.
            Err(Error::PictureUnreadable(_)) => {}
            made => return made,
        }
    }
    Ok(webgpu.upload(canvas.input(source)?))
}

async fn request_device() -> Result<WgpuSetup, Error> {
    let backend = wgpu::Backend::BrowserWebGpu;
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends: backend.into(),
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let adapter = instance
        .request_adapter(&wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            ..Default::default()
        })
        .await
        .map_err(|_| unavailable("the browser offers no adapter"))?;
    let (device, queue) = adapter
        .request_device(&wgpu::DeviceDescriptor {
            required_limits: adapter.limits(),
            required_features: adapter.features() & wgpu::Features::SUBGROUP,
            memory_hints: wgpu::MemoryHints::MemoryUsage,
            ..Default::default()
        })
        .await
        .map_err(unavailable)?;
    Ok(WgpuSetup {
        instance,
        adapter,
        device,
        queue,
        backend,
    })
}

fn unavailable(error: impl std::fmt::Display) -> Error {
    Error::WebGpuUnavailable(error.to_string())
}

/// What the browser tells of the adapter, which is less than wgpu passes on: maker and
/// architecture, and a description where the browser is willing.
async fn name_adapter() -> String {
    let info: JsValue = async {
        let navigator = Reflect::get(&js_sys::global(), &"navigator".into())?;
        let gpu = Reflect::get(&navigator, &"gpu".into())?;
        let request: Function = Reflect::get(&gpu, &"requestAdapter".into())?.dyn_into()?;
        let adapter = JsFuture::from(request.call0(&gpu)?.dyn_into::<Promise>()?).await?;
        Reflect::get(&adapter, &"info".into())
    }
    .await
    .unwrap_or_default();
    let read = |key: &str| {
        let value = Reflect::get(&info, &key.into()).ok()?;
        value.as_string().filter(|text| !text.is_empty())
    };
    let parts: Vec<String> = ["vendor", "architecture", "description"]
        .into_iter()
        .filter_map(read)
        .collect();
    if parts.is_empty() {
        "an adapter without a name".into()
    } else {
        parts.join(" ")
    }
}

fn read(data: Result<TensorData, ExecutionError>) -> Result<Vec<f32>, Error> {
    data.map_err(|error| Error::DeviceLost(error.to_string()))?
        .try_to_vec::<f32>()
        .map_err(|error| Error::DeviceLost(format!("{error:?}")))
}

/// The input that a device is warmed up, timed and compared with.
fn picture() -> Vec<f32> {
    noise(3 * SIDE * SIDE)
}
