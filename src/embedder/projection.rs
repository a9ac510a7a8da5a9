//! The four corners of the last map to one embedding.
//!
//! The mean of the whole map says what is in a picture and not where; of its corners apart, a
//! raised finger and a folded one differ. Each corner is square-rooted, so that a few loud
//! channels do not drown the rest, scaled to length one, centred, and projected to 320 numbers
//! in which pictures of one class differ little and those of different classes much. The
//! projection was worked out once from photos of other things (`docs/accuracy.md`).
//!
//! Plain arithmetic on the CPU, 1.6 M multiply-adds: the GPU is read once a frame either way.

use safetensors::SafeTensors;

use super::DIMENSIONS;
use super::conv::read_f16;
use crate::error::Error;
use crate::method::dot;

/// Channels of the last map.
pub const CHANNELS: usize = 1280;

/// Corners of the map: 4 x 4 of its 7 x 7 positions each, so that they share the middle.
pub const CORNERS: usize = 4;

/// Numbers that each corner gives to an embedding.
pub const CORNER_DIMENSIONS: usize = DIMENSIONS / CORNERS;

/// SHA-256 of `weights/projection.safetensors`, in hexadecimal.
pub const PROJECTION_SHA256: &str =
    "296b76ff20b83073c0172414ac0992fb24c6de53ac41d7676b5b1e3274794afb";

/// The bundled projection and impostors, 1.1 MB.
const PROJECTION: &[u8] = include_bytes!("../../weights/projection.safetensors");

/// Where corners are moved to and projected.
///
/// ```
/// use kshot::embedder::DIMENSIONS;
/// use kshot::embedder::projection::{CHANNELS, CORNERS, Projection};
///
/// let projection = Projection::shipped()?;
/// let corners: Vec<f32> = (0..CHANNELS * CORNERS).map(|i| (i % 7) as f32).collect();
/// let embedding = projection.embed(&corners)?;
/// assert_eq!(embedding.len(), DIMENSIONS);
/// assert!((embedding.iter().map(|v| v * v).sum::<f32>() - 1.0).abs() < 1e-5);
/// # Ok::<(), kshot::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Projection {
    mean: Vec<f32>, // [1280]
    rows: Vec<f32>, // [320, 1280]
}

/// The bundled impostors, `[n, 1280]`, each of length one: see [`crate::method::impostors`].
///
/// # Errors
/// As [`Projection::shipped`].
pub fn impostors() -> Result<Vec<Vec<f32>>, Error> {
    crate::weights::check_digest(PROJECTION, PROJECTION_SHA256)?;
    let file = open(PROJECTION)?;
    let tensor = (file.tensor("impostors"))
        .map_err(|error| Error::WeightsInvalid(format!("impostors: {error}")))?;
    let n = tensor.shape().first().copied().unwrap_or(0);
    read_f16(&file, "impostors", &[n, DIMENSIONS])?
        .chunks_exact(DIMENSIONS)
        .map(|row| super::normalise(row.to_vec()))
        .collect()
}

fn open(bytes: &[u8]) -> Result<SafeTensors<'_>, Error> {
    SafeTensors::deserialize(bytes).map_err(|error| Error::WeightsInvalid(error.to_string()))
}

impl Projection {
    /// The bundled one.
    ///
    /// # Errors
    /// [`Error::WeightsDamaged`], [`Error::WeightsInvalid`].
    pub fn shipped() -> Result<Self, Error> {
        crate::weights::check_digest(PROJECTION, PROJECTION_SHA256)?;
        Self::from_safetensors(PROJECTION)
    }

    /// Reads `mean` `[1280]` and `projection` `[320, 1280]`, in half precision.
    ///
    /// # Errors
    /// [`Error::WeightsInvalid`] where one is missing or of another shape, and where a
    /// value is not finite.
    pub fn from_safetensors(bytes: &[u8]) -> Result<Self, Error> {
        let file = open(bytes)?;
        let projection = Projection {
            mean: read_f16(&file, "mean", &[CHANNELS])?,
            rows: read_f16(&file, "projection", &[CORNER_DIMENSIONS, CHANNELS])?,
        };
        let mut values = projection.mean.iter().chain(&projection.rows);
        if values.any(|value| !value.is_finite()) {
            return Err(Error::WeightsInvalid("a value is not finite".into()));
        }
        Ok(projection)
    }

    /// What is taken from a corner before it is projected, `[1280]`.
    pub fn mean(&self) -> &[f32] {
        &self.mean
    }

    /// The projection, `[320, 1280]`.
    pub fn rows(&self) -> &[f32] {
        &self.rows
    }

    /// Corners `[1280, 4]`, channel by channel as [`Embedder::corners`] gives them, to an
    /// embedding `[1280]` of length one.
    ///
    /// # Errors
    /// [`Error::EmbeddingInvalid`] where there are not so many values, where one is not finite,
    /// and where all are zero: a device that failed is never mistaken for a picture.
    ///
    /// [`Embedder::corners`]: super::Embedder::corners
    pub fn embed(&self, corners: &[f32]) -> Result<Vec<f32>, Error> {
        if corners.len() != CHANNELS * CORNERS {
            return Err(Error::EmbeddingInvalid(format!(
                "the map's corners have {} values, expected {}",
                corners.len(),
                CHANNELS * CORNERS
            )));
        }
        if corners.iter().any(|value| !value.is_finite()) {
            return Err(Error::EmbeddingInvalid("a value is not finite".into()));
        }
        if corners.iter().all(|value| *value == 0.0) {
            return Err(Error::EmbeddingInvalid("the map is zero".into()));
        }
        let mut embedding = Vec::with_capacity(DIMENSIONS);
        for corner in 0..CORNERS {
            let channels = corners.iter().skip(corner).step_by(CORNERS);
            let mut values: Vec<f32> = channels.map(|value| value.max(0.0).sqrt()).collect();
            let length = dot(&values, &values).sqrt().max(f32::MIN_POSITIVE);
            for (value, mean) in values.iter_mut().zip(&self.mean) {
                *value = *value / length - mean;
            }
            let rows = self.rows.chunks_exact(CHANNELS);
            embedding.extend(rows.map(|row| dot(row, &values)));
        }
        super::normalise(embedding)
    }
}
