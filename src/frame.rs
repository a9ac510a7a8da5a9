//! Pixels to network input: the only crop, resize and normalisation.
//!
//! Every picture goes the same way: the largest centred square, resized to
//! [`SIDE`] x [`SIDE`] by a triangle filter whose support grows with the reduction (the
//! antialiased bilinear filter of Pillow and torchvision), laid over white where it is
//! transparent, then `(value - 127) / 128` for values 0 to 255. The CPU takes rows as
//! they come, so that a large photo never lies in memory whole; `webgpu` does the same in
//! one dispatch, from a texture.

use crate::error::Error;

pub mod drawing;
pub mod picture;
#[cfg(target_arch = "wasm32")]
pub mod source;
#[cfg(target_arch = "wasm32")]
pub mod webgpu;

/// Side of the network input in pixels.
pub const SIDE: usize = 224;

/// Smallest side of a picture in pixels: under it there is nothing to see.
pub const MIN_SIDE: usize = 8;

/// Most pixels of a picture: a 64-megapixel photo takes 256 MB once decoded, as much as a
/// phone's browser can be expected to give.
pub const MAX_PIXELS: usize = 64_000_000;

/// Mean of EfficientNet-Lite's input, for values 0 to 255.
pub const MEAN: f32 = 127.0;

/// Scale of EfficientNet-Lite's input, for values 0 to 255.
pub const SCALE: f32 = 128.0;

/// The centred square of a picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crop {
    /// Distance from the left edge.
    pub left: usize,
    /// Distance from the top edge.
    pub top: usize,
    /// Width and height.
    pub side: usize,
}

impl Crop {
    /// The largest centred square of a picture.
    ///
    /// # Errors
    /// [`Error::PictureTooSmall`] and [`Error::PictureTooLarge`], by [`MIN_SIDE`] and
    /// [`MAX_PIXELS`].
    ///
    /// ```
    /// let crop = kshot::frame::Crop::centred(640, 480)?;
    /// assert_eq!((crop.left, crop.top, crop.side), (80, 0, 480));
    /// # Ok::<(), kshot::Error>(())
    /// ```
    pub fn centred(width: usize, height: usize) -> Result<Self, Error> {
        check_size(width, height)?;
        let side = width.min(height);
        Ok(Crop {
            left: (width - side) / 2,
            top: (height - side) / 2,
            side,
        })
    }
}

/// Refuses a picture that is too small or too large.
fn check_size(width: usize, height: usize) -> Result<(), Error> {
    if width.min(height) < MIN_SIDE {
        return Err(Error::PictureTooSmall {
            width,
            height,
            least: MIN_SIDE,
        });
    }
    if width.saturating_mul(height) > MAX_PIXELS {
        return Err(Error::PictureTooLarge {
            width,
            height,
            most: MAX_PIXELS / 1_000_000,
        });
    }
    Ok(())
}

/// Refuses a row of RGBA that is not the next of a picture of this width and height.
fn check_row(rgba: &[u8], next: usize, (width, height): (usize, usize)) -> Result<(), Error> {
    if rgba.len() != width * 4 || next >= height {
        return Err(Error::PictureUnreadable(format!(
            "row {next} of {height} has {} bytes",
            rgba.len()
        )));
    }
    Ok(())
}

/// Weights of the source pixels that one target pixel is made of.
struct Taps {
    first: usize,
    weights: Vec<f32>,
}

/// The triangle filter that reduces or enlarges `side` pixels to `wanted`.
fn triangle(side: usize, wanted: usize) -> Vec<Taps> {
    let scale = side as f32 / wanted as f32;
    let support = scale.max(1.0);
    (0..wanted)
        .map(|target| {
            let centre = (target as f32 + 0.5) * scale;
            let first = (centre - support).floor().max(0.0) as usize;
            let last = ((centre + support).ceil() as usize).min(side);
            let mut weights: Vec<f32> = (first..last)
                .map(|source| (1.0 - (source as f32 + 0.5 - centre).abs() / support).max(0.0))
                .collect();
            let sum: f32 = weights.iter().sum();
            weights.iter_mut().for_each(|weight| *weight /= sum);
            Taps { first, weights }
        })
        .collect()
}

/// Resizes a square picture that arrives row by row.
///
/// ```
/// use kshot::frame::{Resizer, SIDE};
///
/// let mut resizer = Resizer::new(448);
/// for _ in 0..448 {
///     resizer.push_row(&[255; 448 * 4])?;
/// }
/// let input = resizer.finish()?; // [3, 224, 224]
/// assert_eq!(input.len(), 3 * SIDE * SIDE);
/// assert_eq!(input[0], 1.0);
/// # Ok::<(), kshot::Error>(())
/// ```
pub struct Resizer {
    side: usize,
    taps: Vec<Taps>,
    next: usize,
    source: Vec<[f32; 4]>, // [side], red, green, blue over white, and an unused lane
    row: Vec<[f32; 4]>,    // [SIDE]
    input: Vec<f32>,       // [3, SIDE, SIDE], in 0 to 255 until finished
}

impl Resizer {
    /// For a square of `side` x `side` pixels.
    pub fn new(side: usize) -> Self {
        Resizer {
            side,
            taps: triangle(side, SIDE),
            next: 0,
            source: Vec::with_capacity(side),
            row: vec![[0.0; 4]; SIDE],
            input: vec![0.0; 3 * SIDE * SIDE],
        }
    }

    /// Takes the next row: RGBA, alpha not premultiplied, `side * 4` bytes.
    ///
    /// # Errors
    /// [`Error::PictureUnreadable`] where the row is of another length or one too many.
    pub fn push_row(&mut self, rgba: &[u8]) -> Result<(), Error> {
        check_row(rgba, self.next, (self.side, self.side))?;
        let (pixels, _) = rgba.as_chunks::<4>();
        self.source.clear();
        self.source
            .extend(pixels.iter().map(|pixel| over_white(*pixel)));
        for (target, taps) in self.row.iter_mut().zip(&self.taps) {
            *target = [0.0; 4];
            for (pixel, weight) in self.source[taps.first..].iter().zip(&taps.weights) {
                for (sum, value) in target.iter_mut().zip(pixel) {
                    *sum += weight * value;
                }
            }
        }
        let plane = SIDE * SIDE;
        for (y, taps) in self.taps.iter().enumerate() {
            let Some(weight) = self
                .next
                .checked_sub(taps.first)
                .and_then(|tap| taps.weights.get(tap))
            else {
                continue;
            };
            for channel in 0..3 {
                let start = channel * plane + y * SIDE;
                let line = &mut self.input[start..start + SIDE];
                for (sum, pixel) in line.iter_mut().zip(&self.row) {
                    *sum += weight * pixel[channel];
                }
            }
        }
        self.next += 1;
        Ok(())
    }

    /// The network input, planar `[3, 224, 224]`, normalised.
    ///
    /// # Errors
    /// [`Error::PictureUnreadable`] where rows are missing.
    pub fn finish(mut self) -> Result<Vec<f32>, Error> {
        if self.next != self.side {
            return Err(Error::PictureUnreadable(format!(
                "{} of {} rows came",
                self.next, self.side
            )));
        }
        for value in &mut self.input {
            *value = (*value - MEAN) / SCALE;
        }
        Ok(self.input)
    }
}

fn over_white([red, green, blue, alpha]: [u8; 4]) -> [f32; 4] {
    let opacity = f32::from(alpha) / 255.0;
    [red, green, blue, 255].map(|value| f32::from(value) * opacity + 255.0 * (1.0 - opacity))
}

/// The whole way on the CPU, from RGBA pixels (alpha not premultiplied, row-major,
/// `width * height * 4` bytes) to the network input `[3, 224, 224]`.
///
/// # Errors
/// [`Error::PictureTooSmall`], [`Error::PictureTooLarge`], and
/// [`Error::PictureUnreadable`] where the bytes do not fill the size.
///
/// ```
/// let white = vec![255; 320 * 240 * 4];
/// let input = kshot::frame::input_from_rgba(&white, 320, 240)?;
/// assert!(input.iter().all(|value| (value - 1.0).abs() < 1e-5));
/// # Ok::<(), kshot::Error>(())
/// ```
pub fn input_from_rgba(rgba: &[u8], width: usize, height: usize) -> Result<Vec<f32>, Error> {
    let crop = Crop::centred(width, height)?;
    if rgba.len() != width * height * 4 {
        return Err(Error::PictureUnreadable(format!(
            "{} bytes for {width} x {height} pixels",
            rgba.len()
        )));
    }
    let mut resizer = Resizer::new(crop.side);
    let rows = rgba.chunks_exact(width * 4).skip(crop.top).take(crop.side);
    for row in rows {
        resizer.push_row(&row[crop.left * 4..(crop.left + crop.side) * 4])?;
    }
    resizer.finish()
}
