//! Faces on WebGPU or the CPU: both networks on either, timed after a warm-up, the faster kept, and
//! the CPU where WebGPU computes other numbers.
//!
//! The GPU's device is that of the engine's embedder, and so faces are only tried on it where the
//! embedder runs on it: where the embedder is faster on the CPU, nothing is built or timed here.
//! Pictures are read and faces aligned on the CPU in either case.

use burn::tensor::Device;
use serde::Serialize;
use web_time::Instant;

use super::look::{Look, Networks, align};
use super::search::{Rhythm, Search};
use crate::backend::{Backend, Choice, Times, compare, milliseconds, time, without_webgpu};
use crate::error::Error;
use crate::frame::source::{Canvas, Seen, Source};

/// Which device is used, and what was measured to choose it. Times in milliseconds.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The device in use.
    pub backend: Backend,
    /// Median time of the networks for one face on the CPU, where it was measured.
    pub cpu_ms: Option<f64>,
    /// The same on WebGPU.
    pub webgpu_ms: Option<f64>,
}

/// A look with its embedding.
pub struct Sight {
    /// What was seen.
    pub look: Look,
    /// The embedding `[128]` of the largest face.
    pub embedding: Option<Vec<f32>>,
    /// Where the networks ran.
    pub backend: Backend,
    /// Reading the picture and finding the faces, in milliseconds.
    pub detect: f64,
    /// Aligning.
    pub align: f64,
    /// Embedding.
    pub embed: f64,
}

/// The networks on the CPU, and on WebGPU where that is in use.
pub struct Devices {
    cpu: Networks,
    webgpu: Option<Networks>,
    canvas: Canvas,
    rhythm: Rhythm,
    report: Report,
}

impl Devices {
    /// Builds the CPU's networks.
    ///
    /// # Errors
    /// As [`Networks::from_bytes`], and [`Error::PictureUnreadable`] without a canvas.
    pub fn new(weights: &[u8]) -> Result<Self, Error> {
        Ok(Devices {
            cpu: Networks::from_bytes(weights)?,
            webgpu: None,
            canvas: Canvas::new()?,
            rhythm: Rhythm::default(),
            report: Report {
                backend: Backend::Cpu,
                cpu_ms: None,
                webgpu_ms: None,
            },
        })
    }

    /// Builds the networks on a GPU and runs them once, which compiles every shader. It takes
    /// nothing of [`Devices`], so that frames are answered meanwhile.
    ///
    /// # Errors
    /// As [`Networks::on`] and [`Networks::exercise`].
    pub async fn open(weights: Vec<u8>, device: Device) -> Result<Networks, Error> {
        let networks = Networks::on(&weights, &device)?;
        drop(weights);
        networks.exercise().await?;
        Ok(networks)
    }

    /// What is in use, and why.
    pub fn report(&self) -> Report {
        self.report
    }

    /// Changes the device; `candidate` is what [`open`](Self::open) gave, and not needed for the
    /// CPU or where WebGPU is in use already.
    ///
    /// # Errors
    /// [`Error::WebGpuUnavailable`] where WebGPU was asked for by name and does not answer, or
    /// computes other numbers than the CPU, which is then in use.
    pub async fn choose(
        &mut self,
        choice: Choice,
        candidate: Option<Result<Networks, Error>>,
    ) -> Result<Report, Error> {
        let adopted = match candidate {
            Some(candidate) if choice != Choice::Cpu => self.adopt(candidate).await,
            _ => Ok(()),
        };
        let times = Times {
            cpu: self.report.cpu_ms,
            webgpu: self.report.webgpu_ms,
        };
        if adopted.is_err() || !times.keep_webgpu(choice) {
            self.leave_webgpu();
        }
        match adopted {
            Err(error) if choice == Choice::WebGpu => Err(without_webgpu(error)),
            _ => Ok(self.report),
        }
    }

    async fn adopt(&mut self, candidate: Result<Networks, Error>) -> Result<(), Error> {
        let webgpu = candidate?;
        let exercise = async |networks: &Networks| networks.exercise().await.map(drop);
        let expected = self.cpu.exercise().await?;
        for (found, expected) in webgpu.exercise().await?.iter().zip(&expected) {
            compare(found, expected)?;
        }
        if self.report.cpu_ms.is_none() {
            self.report.cpu_ms = time(async || exercise(&self.cpu).await, None).await?;
        }
        self.report.webgpu_ms = time(async || exercise(&webgpu).await, self.report.cpu_ms).await?;
        self.report.backend = Backend::WebGpu;
        self.webgpu = Some(webgpu);
        Ok(())
    }

    /// Goes on with the CPU: the engine's device is no longer there.
    pub fn leave_webgpu(&mut self) {
        self.webgpu = None;
        self.report.backend = Backend::Cpu;
    }

    /// A look at a picture with the embedding of the largest face. Frames of a camera are `live`:
    /// a small face in them is looked for in one part after another, frame by frame.
    ///
    /// # Errors
    /// As [`Networks::find_async`] and [`Embedder::embed_async`](super::look::Embedder::embed_async).
    pub async fn look(&mut self, source: &Source, live: bool) -> Result<Sight, Error> {
        let networks = self.webgpu.as_ref().unwrap_or(&self.cpu);
        let start = Instant::now();
        let scene = Seen {
            canvas: &self.canvas,
            source,
        };
        let search = if live {
            self.rhythm.search()
        } else {
            Search::Parts
        };
        let found = networks.find_async(&scene, search).await?;
        if live {
            self.rhythm.take(found.place());
        }
        let detect = milliseconds(start);
        let look = align(found);
        let align = milliseconds(start) - detect;
        let embedding = match &look.largest {
            Some(largest) => Some(networks.embedder().embed_async(&largest.chip).await?),
            None => None,
        };
        Ok(Sight {
            look,
            embedding,
            backend: self.report.backend,
            detect,
            align,
            embed: milliseconds(start) - align - detect,
        })
    }
}
