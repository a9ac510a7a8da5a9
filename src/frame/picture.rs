//! A picture in memory, and any part of it in any size, turned or not: what faces are read from.
//!
//! Only the working copy lies in memory: a large photo is shrunk while its rows come. Sampling
//! is by the triangle filter of [`frame`](crate::frame), its support grown with the reduction, so
//! that a face of a thousand pixels is not read from a few of them. What lies outside of the
//! picture is black, as for dlib and MediaPipe.

use super::{Taps, over_white, triangle};
use crate::error::Error;

/// A part of a picture in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// Distance from the left edge.
    pub left: usize,
    /// Distance from the top edge.
    pub top: usize,
    /// Width.
    pub width: usize,
    /// Height.
    pub height: usize,
}

/// Something that pictures can be taken of: a decoded photo, a frame of a camera.
pub trait Scene {
    /// Width and height in pixels.
    fn size(&self) -> (usize, usize);

    /// A part of it, shrunk so that no side is longer than `most`.
    ///
    /// # Errors
    /// [`Error::PictureUnreadable`] where the pixels cannot be had.
    fn picture(&self, region: Region, most: usize) -> Result<Picture, Error>;
}

/// Turns, scales and moves: from the pixels that are wanted to those that there are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Similarity {
    /// Scale times the cosine.
    pub a: f32,
    /// Scale times the sine.
    pub b: f32,
    /// Where the origin goes.
    pub origin: [f32; 2],
}

impl Similarity {
    /// Where a point goes.
    ///
    /// ```
    /// use kshot::frame::picture::Similarity;
    ///
    /// let quarter_turn = Similarity { a: 0.0, b: 2.0, origin: [10.0, 0.0] };
    /// assert_eq!(quarter_turn.at([1.0, 0.0]), [10.0, 2.0]);
    /// ```
    pub fn at(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [left, top] = self.origin;
        [
            self.a * x - self.b * y + left,
            self.b * x + self.a * y + top,
        ]
    }

    /// Pixels that there are to a pixel that is wanted.
    pub fn scale(&self) -> f32 {
        self.a.hypot(self.b)
    }
}

/// Red, green and blue in memory, over white where the source is transparent.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 3]>, // [height * width]
}

impl Picture {
    /// From RGBA bytes, alpha not premultiplied, row-major.
    ///
    /// # Errors
    /// [`Error::PictureTooSmall`], [`Error::PictureTooLarge`], and
    /// [`Error::PictureUnreadable`] where the bytes do not fill the size.
    pub fn from_rgba(rgba: &[u8], width: usize, height: usize) -> Result<Self, Error> {
        check_size(width, height)?;
        let mut shrinker = Shrinker::new(width, height, width.max(height));
        if rgba.len() != width * height * 4 {
            return Err(Error::PictureUnreadable(format!(
                "{} bytes for {width} x {height} pixels",
                rgba.len()
            )));
        }
        for row in rgba.chunks_exact(width * 4) {
            shrinker.push_row(row);
        }
        Ok(shrinker.finish())
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Mean luminance, 0 to 1, by the weights of Rec. 601.
    pub fn brightness(&self) -> f32 {
        let sum: f64 = (self.pixels.iter())
            .map(|pixel| {
                let [red, green, blue] = pixel.map(f64::from);
                0.299 * red + 0.587 * green + 0.114 * blue
            })
            .sum();
        (sum / (255 * self.pixels.len().max(1)) as f64) as f32
    }

    /// `side` x `side` pixels, each from where `to_source` leads: planar `[3, side, side]`,
    /// 0 to 255.
    pub fn sample(&self, to_source: &Similarity, side: usize) -> Vec<f32> {
        if to_source.b == 0.0 && to_source.a > 0.0 {
            self.sample_upright(to_source, side)
        } else {
            self.sample_turned(to_source, side)
        }
    }

    /// Rows and columns one after the other, as the filter allows where nothing is turned.
    fn sample_upright(&self, to_source: &Similarity, side: usize) -> Vec<f32> {
        let [left, top] = to_source.origin;
        let columns = taps(to_source.a, left, side, self.width);
        let rows = taps(to_source.a, top, side, self.height);
        let plane = side * side;
        let mut output = vec![0.0; 3 * plane];
        let mut line = vec![[0.0f32; 3]; side];
        for (y, source) in self.pixels.chunks_exact(self.width).enumerate() {
            let mut needed = (rows.iter().enumerate())
                .filter_map(|(row, taps)| {
                    let weight = y
                        .checked_sub(taps.first)
                        .and_then(|i| taps.weights.get(i))?;
                    Some((row, *weight))
                })
                .peekable();
            if needed.peek().is_none() {
                continue;
            }
            for (target, taps) in line.iter_mut().zip(&columns) {
                *target = [0.0; 3];
                for (pixel, weight) in source[taps.first..].iter().zip(&taps.weights) {
                    for (sum, value) in target.iter_mut().zip(pixel) {
                        *sum += weight * f32::from(*value);
                    }
                }
            }
            for (row, weight) in needed {
                for (channel, output) in output.chunks_exact_mut(plane).enumerate() {
                    let output = &mut output[row * side..(row + 1) * side];
                    for (sum, pixel) in output.iter_mut().zip(&line) {
                        *sum += weight * pixel[channel];
                    }
                }
            }
        }
        output
    }

    fn sample_turned(&self, to_source: &Similarity, side: usize) -> Vec<f32> {
        let plane = side * side;
        let mut output = vec![0.0; 3 * plane];
        let scale = to_source.scale().max(f32::MIN_POSITIVE);
        // Directions of the rows and columns wanted, and the filter's reach along them.
        let (cos, sin) = (to_source.a / scale, to_source.b / scale);
        let support = scale.max(1.0);
        let reach = support * (cos.abs() + sin.abs());
        for y in 0..side {
            for x in 0..side {
                let [centre_x, centre_y] = to_source.at([x as f32 + 0.5, y as f32 + 0.5]);
                let mut sums = [0.0f32; 3];
                let mut all = 0.0;
                for row in (centre_y - reach).floor() as isize..(centre_y + reach).ceil() as isize {
                    let dy = row as f32 + 0.5 - centre_y;
                    let line = usize::try_from(row).ok().filter(|row| *row < self.height);
                    let first = (centre_x - reach).floor() as isize;
                    for column in first..(centre_x + reach).ceil() as isize {
                        let dx = column as f32 + 0.5 - centre_x;
                        let along = 1.0 - (dx * cos + dy * sin).abs() / support;
                        let across = 1.0 - (dy * cos - dx * sin).abs() / support;
                        if along <= 0.0 || across <= 0.0 {
                            continue;
                        }
                        let weight = along * across;
                        all += weight;
                        let column = usize::try_from(column).ok();
                        let pixel = column.zip(line).and_then(|(column, line)| {
                            (column < self.width)
                                .then(|| self.pixels.get(line * self.width + column))
                                .flatten()
                        });
                        for (sum, value) in sums.iter_mut().zip(pixel.unwrap_or(&[0; 3])) {
                            *sum += weight * f32::from(*value);
                        }
                    }
                }
                for (channel, sum) in sums.into_iter().enumerate() {
                    output[channel * plane + y * side + x] = sum / all.max(f32::MIN_POSITIVE);
                }
            }
        }
        output
    }
}

impl Scene for Picture {
    fn size(&self) -> (usize, usize) {
        self.size()
    }

    fn picture(&self, region: Region, most: usize) -> Result<Picture, Error> {
        let mut shrinker = Shrinker::new(region.width, region.height, most);
        let rows = self.pixels.chunks_exact(self.width);
        for row in rows.skip(region.top).take(region.height) {
            let row = row.get(region.left..region.left + region.width);
            let row = row.ok_or_else(|| Error::PictureUnreadable("a part outside".into()))?;
            shrinker.push(row.iter().copied());
        }
        Ok(shrinker.finish())
    }
}

/// Refuses pictures that are too small or too large, as [`Crop`](super::Crop) does.
///
/// # Errors
/// [`Error::PictureTooSmall`] and [`Error::PictureTooLarge`].
pub fn check_size(width: usize, height: usize) -> Result<(), Error> {
    super::Crop::centred(width, height).map(|_| ())
}

/// The filter along one axis for pixels that start at `start` and are `scale` apart. The
/// weights of what lies outside are left out but counted, so that it is black.
fn taps(scale: f32, start: f32, side: usize, source: usize) -> Vec<Taps> {
    let support = scale.max(1.0);
    (0..side)
        .map(|target| {
            let centre = (target as f32 + 0.5) * scale + start;
            let weight =
                |place: isize| (1.0 - (place as f32 + 0.5 - centre).abs() / support).max(0.0);
            let first = (centre - support).floor() as isize;
            let end = (centre + support).ceil() as isize;
            let sum: f32 = (first..end).map(weight).sum();
            let inside = first.clamp(0, source as isize)..end.clamp(0, source as isize);
            Taps {
                first: inside.start as usize,
                weights: inside.map(|place| weight(place) / sum).collect(),
            }
        })
        .collect()
}

/// Takes rows as they come and keeps a picture no side of which is longer than asked.
pub struct Shrinker {
    size: (usize, usize),
    filter: Option<(Vec<Taps>, Vec<Taps>)>, // columns and rows, where it is shrunk
    next: usize,
    sums: Vec<[f32; 3]>, // [rows begun and not finished]
    pixels: Vec<[u8; 3]>,
}

impl Shrinker {
    /// For a picture of this size.
    pub fn new(width: usize, height: usize, most: usize) -> Self {
        let longest = width.max(height);
        if longest <= most {
            return Shrinker {
                size: (width, height),
                filter: None,
                next: 0,
                sums: Vec::new(),
                pixels: Vec::with_capacity(width * height),
            };
        }
        let shrink = |side: usize| (side * most / longest).max(1);
        let size = (shrink(width), shrink(height));
        Shrinker {
            size,
            filter: Some((triangle(width, size.0), triangle(height, size.1))),
            next: 0,
            sums: vec![[0.0; 3]; size.0 * size.1],
            pixels: Vec::new(),
        }
    }

    /// The next row, RGBA, alpha not premultiplied.
    pub fn push_row(&mut self, rgba: &[u8]) {
        let (pixels, _) = rgba.as_chunks::<4>();
        self.push(pixels.iter().map(|pixel| match pixel {
            [red, green, blue, 255] => [*red, *green, *blue],
            pixel => {
                let [red, green, blue, _] = over_white(*pixel);
                [red, green, blue].map(|value| value.round() as u8)
            }
        }));
    }

    fn push(&mut self, row: impl Iterator<Item = [u8; 3]>) {
        let Some((columns, rows)) = &self.filter else {
            self.pixels.extend(row);
            return;
        };
        let source: Vec<[u8; 3]> = row.collect();
        let (width, _) = self.size;
        let mut line = vec![[0.0f32; 3]; width];
        for (target, taps) in line.iter_mut().zip(columns) {
            for (pixel, weight) in source[taps.first..].iter().zip(&taps.weights) {
                for (sum, value) in target.iter_mut().zip(pixel) {
                    *sum += weight * f32::from(*value);
                }
            }
        }
        for (taps, sums) in rows.iter().zip(self.sums.chunks_exact_mut(width)) {
            let weight = (self.next.checked_sub(taps.first)).and_then(|i| taps.weights.get(i));
            let Some(weight) = weight else {
                continue;
            };
            for (sum, value) in sums.as_flattened_mut().iter_mut().zip(line.as_flattened()) {
                *sum += weight * value;
            }
        }
        self.next += 1;
    }

    /// The picture; rows that did not come are black.
    pub fn finish(mut self) -> Picture {
        let (width, height) = self.size;
        if self.filter.is_some() {
            self.pixels = (self.sums.iter())
                .map(|pixel| pixel.map(|value| value.round().clamp(0.0, 255.0) as u8))
                .collect();
        }
        self.pixels.resize(width * height, [0; 3]);
        Picture {
            width,
            height,
            pixels: self.pixels,
        }
    }
}
