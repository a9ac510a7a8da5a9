//! Network input to embedding: the network's last map, its corners, and their projection. Owns
//! the bundled weights and the check that they are intact; the network and the projection stand
//! in files of their own.
//!
//! There are two files of weights for the one network: [`PLAIN_WEIGHTS`], trained on ImageNet,
//! and [`WEIGHTS`], the same with its later layers meta-trained, which embeds the pictures.
//!
//! It refuses weights whose SHA-256 differs from the pinned one, so that a damaged
//! download is an error and never a wrong answer.

use burn::module::Module;
use burn::tensor::module::avg_pool2d;
use burn::tensor::ops::AvgPoolOptions;
use burn::tensor::{Device, Tensor};

use crate::error::Error;
use crate::frame::SIDE;

pub mod conv;
pub mod conv4;
pub mod efficientnet_lite0;
pub mod kernels;
pub mod projection;
#[cfg(target_arch = "wasm32")]
pub mod webgpu;

use conv::Kernels;
use efficientnet_lite0::EfficientNetLite0;

/// Length of an embedding.
pub const DIMENSIONS: usize = 1280;

/// Name of the network, as it is kept beside saved embeddings.
pub const NAME: &str = "efficientnet_lite0";

/// SHA-256 of `weights/embedder.safetensors`, in hexadecimal.
pub const WEIGHTS_SHA256: &str = "3bb81f6c3519cf5dfce4371a57101b4fbae7230c639d582fedf5d88ab24480ff";

/// SHA-256 of [`WEIGHTS_SHA256`] and [`projection::PROJECTION_SHA256`] one after another, in
/// hexadecimal: what made an embedding, as it is kept beside saved ones.
pub const SHA256: &str = "31d8fee0ee092b15372b88cc64c9e6a21b6bf95b9641c09f4347318a25922e12";

/// The bundled weights. The browser fetches the same file, to show its progress.
#[cfg(not(target_arch = "wasm32"))]
pub const WEIGHTS: &[u8] = include_bytes!("../weights/embedder.safetensors");

/// SHA-256 of `weights/efficientnet_lite0.safetensors`, in hexadecimal.
pub const PLAIN_WEIGHTS_SHA256: &str =
    "12b5df24923471046d907782e4c3768155bc6c8a10472a5b2065705babf0d2d5";

/// The network as it was trained on ImageNet: what meta-training began with, and what it is
/// measured against. Not a part of the page.
#[cfg(not(target_arch = "wasm32"))]
pub const PLAIN_WEIGHTS: &[u8] = include_bytes!("../weights/efficientnet_lite0.safetensors");

/// A pretrained network on a device.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kshot::embedder::{Embedder, DIMENSIONS, WEIGHTS};
///
/// # fn main() -> Result<(), kshot::Error> {
/// let device = Device::flex();
/// let embedder = Embedder::from_bytes(WEIGHTS, &device)?;
/// let grey = Tensor::<4>::zeros([1, 3, 224, 224], &device);
/// assert_eq!(embedder.forward(grey).dims(), [1, DIMENSIONS]);
/// # Ok(())
/// # }
/// ```
#[derive(Module, Debug)]
pub struct Embedder {
    network: EfficientNetLite0,
}

impl Embedder {
    /// Builds the network from the bytes of the weights file, with the faster kernels that there
    /// are for the device ([`Kernels::for_device`]).
    ///
    /// # Errors
    /// [`Error::WeightsDamaged`] where the bytes are not the pinned file,
    /// [`Error::WeightsInvalid`] where they do not hold this network.
    pub fn from_bytes(weights: &[u8], device: &Device) -> Result<Self, Error> {
        Self::with_kernels(weights, Kernels::for_device(device), device)
    }

    /// The network of [`PLAIN_WEIGHTS`].
    ///
    /// # Errors
    /// As [`from_bytes`](Self::from_bytes).
    #[cfg(not(target_arch = "wasm32"))]
    pub fn plain(device: &Device) -> Result<Self, Error> {
        crate::weights::check_digest(PLAIN_WEIGHTS, PLAIN_WEIGHTS_SHA256)?;
        let kernels = Kernels::for_device(device);
        Ok(Self {
            network: EfficientNetLite0::from_safetensors(PLAIN_WEIGHTS, kernels, device)?,
        })
    }

    /// Like [`from_bytes`](Self::from_bytes), with the kernels chosen: the reference for
    /// tests and benchmarks.
    ///
    /// # Errors
    /// As [`from_bytes`](Self::from_bytes).
    pub fn with_kernels(weights: &[u8], kernels: Kernels, device: &Device) -> Result<Self, Error> {
        check_digest(weights)?;
        Ok(Self {
            network: EfficientNetLite0::from_safetensors(weights, kernels, device)?,
        })
    }

    /// The mean of the last map, as PyTorch's pooling gives it: what the network was trained
    /// with on ImageNet. Input `[n, 3, 224, 224]` as
    /// made by [`crate::frame`], output `[n, 1280]`, not normalised.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<2> {
        debug_assert_eq!(input.dims()[1..], [3, SIDE, SIDE]);
        self.network.forward(input)
    }

    /// The means of the last map's four corners, from which [`projection::Projection::embed`]
    /// makes an embedding: `[n, 3, 224, 224]` to `[n, 1280, 2, 2]`.
    pub fn corners(&self, input: Tensor<4>) -> Tensor<4> {
        let map = self.last_map(input); // [n, 1280, 7, 7]
        avg_pool2d(map, AvgPoolOptions::new([4, 4]).with_stride([3, 3])) // [n, 1280, 2, 2]
    }

    /// The last map: `[n, 3, 224, 224]` to `[n, 1280, 7, 7]`.
    pub fn last_map(&self, input: Tensor<4>) -> Tensor<4> {
        debug_assert_eq!(input.dims()[1..], [3, SIDE, SIDE]);
        self.network.last_map(input)
    }
}

/// Compares the SHA-256 of a weights file with [`WEIGHTS_SHA256`].
///
/// # Errors
/// [`Error::WeightsDamaged`] where they differ.
pub fn check_digest(weights: &[u8]) -> Result<(), Error> {
    crate::weights::check_digest(weights, WEIGHTS_SHA256)
}

/// Scales an embedding to length one.
///
/// # Errors
/// [`Error::EmbeddingInvalid`] where it has another length than [`DIMENSIONS`], holds a
/// value that is not finite, or is zero throughout: a device that failed is never
/// mistaken for a picture.
pub fn normalise(mut embedding: Vec<f32>) -> Result<Vec<f32>, Error> {
    if embedding.len() != DIMENSIONS {
        return Err(Error::EmbeddingInvalid(format!(
            "it has {} values, expected {DIMENSIONS}",
            embedding.len()
        )));
    }
    let norm = embedding.iter().map(|v| v * v).sum::<f32>().sqrt();
    if !norm.is_finite() || norm <= f32::MIN_POSITIVE {
        return Err(Error::EmbeddingInvalid(format!("its length is {norm}")));
    }
    for value in &mut embedding {
        *value /= norm;
    }
    Ok(embedding)
}
