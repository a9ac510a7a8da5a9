//! A picture to its embedding, by the path of the page: one at a time, since a batch would be no
//! faster on the CPU.

use anyhow::{Context, Result};
use burn::tensor::{Device, Tensor, TensorData};
use kshot::embedder::projection::Projection;
use kshot::embedder::{Embedder, WEIGHTS};
use kshot::frame::{SIDE, input_from_rgba};

use crate::pictures::{Picture, PictureSet};

/// A class with the embeddings of its usable pictures.
#[derive(Debug, Clone)]
pub struct EmbeddedClass {
    /// Its name.
    pub name: String,
    /// L2-normalised, `[1280]` each, in the order of the pictures.
    pub embeddings: Vec<Vec<f32>>,
}

/// The embedder on the CPU.
pub struct CpuEmbedder {
    device: Device,
    embedder: Embedder,
    projection: Projection,
}

impl CpuEmbedder {
    /// Builds it from the bundled weights.
    ///
    /// # Errors
    /// Where the weights are damaged.
    pub fn new() -> Result<Self> {
        let device = Device::flex();
        let embedder =
            Embedder::from_bytes(WEIGHTS, &device).context("cannot build the embedder")?;
        let projection = Projection::shipped().context("cannot read the projection")?;
        Ok(Self {
            device,
            embedder,
            projection,
        })
    }

    /// The device in words.
    pub fn describe(&self) -> String {
        format!("CPU, {} threads", rayon::current_num_threads())
    }

    /// Embeds one picture: L2-normalised, `[1280]`.
    ///
    /// # Errors
    /// Where the picture cannot be read, or its embedding is not usable.
    pub fn embed(&self, set: &PictureSet, picture: &Picture) -> Result<Vec<f32>> {
        let pixels = set.read(picture)?;
        let input = input_from_rgba(&pixels.rgba, pixels.width, pixels.height)?; // [3, 224, 224]
        let input =
            Tensor::<4>::from_data(TensorData::new(input, [1, 3, SIDE, SIDE]), &self.device);
        let corners = self.embedder.corners(input); // [1, 1280, 2, 2]
        Ok(self.projection.embed(&corners.try_into_vec_as::<f32>()?)?)
    }
}
