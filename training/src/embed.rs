//! Every picture to its embedding, once, by the path of the page.
//!
//! One picture at a time, as in the page, and as many at once as there are cores: a batch
//! would be no faster on the CPU. What cannot be embedded is named, never replaced.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use burn::tensor::{Device, Tensor, TensorData};
use indicatif::{ProgressBar, ProgressStyle};
use kshot::embedder::projection::Projection;
use kshot::embedder::{Embedder, WEIGHTS};
use kshot::frame::{SIDE, input_from_rgba};
use rayon::prelude::*;

use crate::pictures::{Picture, PictureSet, Unreadable};

/// A class with the embeddings of its usable pictures.
#[derive(Debug, Clone)]
pub struct EmbeddedClass {
    /// Its name.
    pub name: String,
    /// L2-normalised, `[1280]` each, in the order of the pictures.
    pub embeddings: Vec<Vec<f32>>,
}

/// All that is known of a picture set once it is embedded.
#[derive(Debug, Clone)]
pub struct EmbeddedSet {
    /// In the order of the names.
    pub classes: Vec<EmbeddedClass>,
    /// What could not be embedded, and why.
    pub unreadable: Vec<Unreadable>,
    /// How long it took.
    pub elapsed: Duration,
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

    /// Embeds every picture of a set, with a progress bar where there is a terminal.
    pub fn embed_all(&self, set: &PictureSet) -> EmbeddedSet {
        let started = Instant::now();
        let bar = progress_bar(set.len() as u64);
        let mut embedded = EmbeddedSet {
            classes: Vec::new(),
            unreadable: set.unreadable.clone(),
            elapsed: Duration::ZERO,
        };
        for (name, pictures) in &set.classes {
            let results: Vec<_> = pictures
                .par_iter()
                .map(|picture| {
                    let result = self.embed(set, picture);
                    bar.inc(1);
                    result
                })
                .collect();
            let mut embeddings = Vec::with_capacity(pictures.len());
            for (picture, result) in pictures.iter().zip(results) {
                match result {
                    Ok(embedding) => embeddings.push(embedding),
                    Err(error) => embedded.unreadable.push(Unreadable {
                        name: picture.name.clone(),
                        reason: format!("{error:#}"),
                    }),
                }
            }
            embedded.classes.push(EmbeddedClass {
                name: name.clone(),
                embeddings,
            });
        }
        bar.finish_and_clear();
        embedded.elapsed = started.elapsed();
        embedded
    }
}

/// A bar of so many pictures, where there is a terminal.
pub fn progress_bar(pictures: u64) -> ProgressBar {
    let style = ProgressStyle::with_template(
        "embedding {wide_bar} {pos}/{len} pictures, {per_sec}, {eta} left",
    );
    let bar = ProgressBar::new(pictures);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
