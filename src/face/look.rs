//! One look at a picture: faces, and of the largest its pose, its quality and its embedding.
//!
//! Owns the two networks and the check of their weights. The picture is read once; a face that
//! is small in a large photo is read again from near.

use burn::tensor::{Device, Tensor, TensorData};
use safetensors::SafeTensors;

use super::detector::{Detector, Face};
use super::pose::Pose;
use super::quality::{Advice, Quality, advise, advise_without_face};
use super::resnet::{DIMENSIONS, ResNet, SIDE};
use super::search::Search;
use super::{alignment, blazeface};
use crate::backend::{at_once, noise};
use crate::embedder::conv::Kernels;
use crate::error::Error;
use crate::frame::picture::{Picture, Region, Scene, Similarity, check_size};
use crate::method::tensors;
use crate::weights::check_digest;

/// Name of the embedder, as it is kept beside saved embeddings.
pub const NAME: &str = "dlib_face_resnet";

/// SHA-256 of `weights/faces.safetensors`, in hexadecimal.
pub const WEIGHTS_SHA256: &str = "be7970d0c7619a9c02dc4bbcbc14b177c5d105b0b7a344473370e804e82b8b3a";

/// The bundled weights. The browser fetches the same file when faces are opened.
#[cfg(not(target_arch = "wasm32"))]
pub const WEIGHTS: &[u8] = include_bytes!("../../weights/faces.safetensors");

/// Longest side of the working copy: a camera's frame as it is, a photo shrunk.
const MOST_SIDE: usize = 1280;

/// What is round a face that is read from near, in widths of its box to each side.
const ROUND: f32 = 0.75;

/// A picture looked at, but not yet embedded.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// Width and height of the source in pixels.
    pub size: (usize, usize),
    /// Faces in pixels of the source, the largest first.
    pub faces: Vec<Face>,
    /// Of the largest.
    pub largest: Option<Largest>,
    /// What to change.
    pub advice: Advice,
}

/// The largest face.
#[derive(Debug, Clone, PartialEq)]
pub struct Largest {
    /// How it is turned.
    pub pose: Pose,
    /// How good the look at it is.
    pub quality: Quality,
    /// Aligned, planar `[3, 150, 150]`, 0 to 255.
    pub chip: Vec<f32>,
}

/// Both networks on a device. What does not say otherwise is for the CPU, which answers at once.
///
/// ```no_run
/// use kshot::face::look::{Networks, WEIGHTS};
/// use kshot::frame::picture::Picture;
///
/// let networks = Networks::from_bytes(WEIGHTS)?;
/// let picture = Picture::from_rgba(&[255; 640 * 480 * 4], 640, 480)?;
/// let (look, embedding) = networks.look(&picture)?;
/// assert!(look.faces.is_empty() && embedding.is_none());
/// # Ok::<(), kshot::Error>(())
/// ```
pub struct Networks {
    detector: Detector,
    embedder: Embedder,
}

impl Networks {
    /// Builds both on the CPU from the bytes of the weights file.
    ///
    /// # Errors
    /// As [`on`](Self::on).
    pub fn from_bytes(weights: &[u8]) -> Result<Self, Error> {
        Self::on(weights, &Device::flex())
    }

    /// Builds both from the bytes of the weights file.
    ///
    /// # Errors
    /// [`Error::WeightsDamaged`] where the bytes are not the pinned file,
    /// [`Error::WeightsInvalid`] where they do not hold the networks.
    pub fn on(weights: &[u8], device: &Device) -> Result<Self, Error> {
        check_digest(weights, WEIGHTS_SHA256)?;
        let kernels = Kernels::for_device(device);
        let file = SafeTensors::deserialize(weights)
            .map_err(|error| Error::WeightsInvalid(error.to_string()))?;
        Ok(Networks {
            detector: Detector::from_safetensors(&file, kernels, device)?,
            embedder: Embedder::from_bytes(weights, kernels, device)?,
        })
    }

    /// The embedder.
    pub fn embedder(&self) -> &Embedder {
        &self.embedder
    }

    /// As much arithmetic as a look at one face takes, on noise: what comes of it, `[896 * 17]`
    /// and `[128]`, to warm a device up, to time it and to compare it with.
    ///
    /// # Errors
    /// As [`find_async`](Self::find_async) and [`Embedder::embed_async`].
    pub async fn exercise(&self) -> Result<[Vec<f32>; 2], Error> {
        let input = noise(3 * blazeface::SIDE * blazeface::SIDE);
        // The whole picture and the face from near.
        self.detector.forward_async(input.clone()).await?;
        let anchors = self.detector.forward_async(input).await?;
        let chip: Vec<f32> = noise(3 * SIDE * SIDE)
            .iter()
            .map(|value| 127.5 * (value + 1.0))
            .collect();
        Ok([anchors, self.embedder.embed_async(&chip).await?])
    }

    /// A look with the embedding `[128]` of the largest face.
    ///
    /// # Errors
    /// As [`see`](Self::see), and as [`Embedder::embed`].
    pub fn look(&self, scene: &dyn Scene) -> Result<(Look, Option<Vec<f32>>), Error> {
        let look = self.see(scene)?;
        let embedding = (look.largest.as_ref())
            .map(|largest| self.embedder.embed(&largest.chip))
            .transpose()?;
        Ok((look, embedding))
    }

    /// Finds the faces and aligns the largest.
    ///
    /// # Errors
    /// As [`check_size`], [`Scene::picture`] and [`Detector::find_async`].
    pub fn see(&self, scene: &dyn Scene) -> Result<Look, Error> {
        let found = at_once(self.find_async(scene, Search::Parts))?;
        Ok(align(found))
    }

    /// Finds the faces, and sharpens the largest one's keypoints, on any device.
    ///
    /// # Errors
    /// As [`see`](Self::see).
    pub async fn find_async(&self, scene: &dyn Scene, search: Search) -> Result<Found, Error> {
        let size = scene.size();
        let (width, height) = size;
        check_size(width, height)?;
        let whole = Region {
            left: 0,
            top: 0,
            width,
            height,
        };
        let copy = scene.picture(whole, MOST_SIDE)?;
        let shrunk = width as f32 / copy.size().0 as f32;
        let mut faces = self.detector.find_async(&copy, search).await?;
        let Some(largest) = faces.first_mut() else {
            return Ok(Found {
                size,
                faces,
                near: None,
                missing: advise_without_face(copy.brightness()),
            });
        };
        let (picture, to_source) = if shrunk > 1.0 {
            let region = around(largest, shrunk, size);
            let picture = scene.picture(region, MOST_SIDE)?;
            let to_source = Similarity {
                a: region.width as f32 / picture.size().0 as f32,
                b: 0.0,
                origin: [region.left as f32, region.top as f32],
            };
            // Into the near picture, where it is looked at again.
            *largest = largest.moved(|[x, y]| {
                let [left, top] = to_source.origin;
                [
                    (x * shrunk - left) / to_source.a,
                    (y * shrunk - top) / to_source.a,
                ]
            });
            (picture, to_source)
        } else {
            let same = Similarity {
                a: 1.0,
                b: 0.0,
                origin: [0.0; 2],
            };
            (copy, same)
        };
        let face = self.detector.sharpen_async(&picture, largest).await?;
        *largest = face.moved(|point| to_source.at(point));
        for face in faces.iter_mut().skip(1) {
            *face = face.moved(|[x, y]| [x * shrunk, y * shrunk]);
        }
        Ok(Found {
            size,
            faces,
            near: Some((picture, face)),
            missing: Advice::NoFace,
        })
    }
}

/// Faces found, and the largest where it can be cut out.
pub struct Found {
    size: (usize, usize),
    faces: Vec<Face>,
    near: Option<(Picture, Face)>,
    /// What to change where there is none.
    missing: Advice,
}

impl Found {
    /// Centre of the largest face, in shares of the picture's width and height.
    pub fn place(&self) -> Option<[f32; 2]> {
        let [x, y] = self.faces.first()?.centre();
        let (width, height) = self.size;
        Some([x / width as f32, y / height as f32])
    }
}

/// Aligns the largest face and says what to change.
pub fn align(found: Found) -> Look {
    let Found {
        size,
        faces,
        near,
        missing,
    } = found;
    let largest = near.zip(faces.first()).map(|((picture, near), face)| {
        let chip = alignment::chip(&picture, &near);
        Largest {
            pose: Pose::of(face),
            quality: Quality::of(&chip, face.bounds[2]),
            chip,
        }
    });
    let advice = largest.as_ref().map_or(missing, |largest| {
        advise(&faces, size, largest.pose, largest.quality)
    });
    Look {
        size,
        faces,
        largest,
        advice,
    }
}

/// A face and what is round it, in pixels of the source.
fn around(face: &Face, shrunk: f32, (width, height): (usize, usize)) -> Region {
    let [left, top, wide, tall] = face.bounds.map(|value| value * shrunk);
    let clip = |start: f32, length: f32, most: usize| {
        let from = (start - ROUND * length).max(0.0).min(most as f32 - 1.0);
        let to = (start + (1.0 + ROUND) * length).clamp(from + 1.0, most as f32);
        (from as usize, (to - from).ceil() as usize)
    };
    let (left, width_) = clip(left, wide, width);
    let (top, height_) = clip(top, tall, height);
    Region {
        left,
        top,
        width: width_.min(width - left),
        height: height_.min(height - top),
    }
}

/// dlib's network on a device.
pub struct Embedder {
    network: ResNet,
    device: Device,
}

impl Embedder {
    /// Reads the network from the weights file.
    ///
    /// # Errors
    /// [`Error::WeightsInvalid`] where the bytes do not hold it.
    pub fn from_bytes(weights: &[u8], kernels: Kernels, device: &Device) -> Result<Self, Error> {
        let file = SafeTensors::deserialize(weights)
            .map_err(|error| Error::WeightsInvalid(error.to_string()))?;
        Ok(Embedder {
            network: ResNet::from_safetensors(&file, kernels, device)?,
            device: device.clone(),
        })
    }

    /// The embedding `[1, 128]` of a chip, still on the device.
    pub fn forward(&self, chip: &[f32]) -> Tensor<2> {
        let input = TensorData::new(alignment::normalise(chip.to_vec()), [1, 3, SIDE, SIDE]);
        self.network.forward(Tensor::from_data(input, &self.device))
    }

    /// The embedding `[128]` of a chip, of dlib's own length, about 1.4; on the CPU.
    ///
    /// # Errors
    /// As [`embed_async`](Self::embed_async).
    pub fn embed(&self, chip: &[f32]) -> Result<Vec<f32>, Error> {
        at_once(self.embed_async(chip))
    }

    /// As [`embed`](Self::embed), on any device.
    ///
    /// # Errors
    /// [`Error::DeviceLost`] where the device does not answer, and as [`check`].
    pub async fn embed_async(&self, chip: &[f32]) -> Result<Vec<f32>, Error> {
        check(tensors::read_async(self.forward(chip)).await?)
    }
}

/// Refuses what is no embedding, so that a device that failed is never mistaken for a face.
///
/// # Errors
/// [`Error::EmbeddingInvalid`] where it has another length than [`DIMENSIONS`], holds a value that
/// is not finite, or is zero throughout.
pub fn check(embedding: Vec<f32>) -> Result<Vec<f32>, Error> {
    let square: f32 = embedding.iter().map(|value| value * value).sum();
    if embedding.len() != DIMENSIONS {
        return Err(Error::EmbeddingInvalid(format!(
            "it has {} values, expected {DIMENSIONS}",
            embedding.len()
        )));
    }
    if !square.is_finite() || square <= f32::MIN_POSITIVE {
        return Err(Error::EmbeddingInvalid(format!("its length is {square}")));
    }
    Ok(embedding)
}
