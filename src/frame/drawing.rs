//! A drawing, from a pad or from a photo of one, to ink as Omniglot's: `[28 * 28]` of 0 and 1.
//!
//! Where it stands on the path: RGBA rows in, what `embedder::conv4` takes out. It refuses
//! pictures in which nothing is drawn. What is done, in order:
//!
//! 1. [`Luminance`] takes the rows and reduces them to at most [`WORKING_SIDE`] pixels.
//! 2. `strokes` finds the ink: darker, or on a blackboard lighter, than its neighbourhood.
//! 3. `thinning` leaves the middle line of every stroke.
//! 4. The line is moved to the middle, scaled to Omniglot's usual size and drawn again with
//!    Omniglot's stroke: what pen, paper and distance added is gone.
//!
//! Omniglot's figures behind the constants are means over 1,500 random drawings of its 32,460,
//! at 28 x 28 pixels: ink on 11.4 % of the pixels; the larger side of the bounding box 18.2
//! pixels (10th to 90th percentile 14 to 23); its middle at (13.6, 13.4); 2.3 pixels of ink
//! a pixel of thinned line.

use super::{check_row, check_size};
use crate::error::Error;

pub use crate::embedder::conv4::SIDE;

mod strokes;
mod thinning;

/// Ink is 1, paper 0; row after row.
pub type Ink = [u8; SIDE * SIDE];

/// Longest side at which ink is looked for: a stroke as thin as 1/450 of the picture is still
/// a pixel wide, and thinning takes milliseconds.
pub const WORKING_SIDE: usize = 448;

/// Longest side of the drawn line's bounding box in pixels; with the stroke it is Omniglot's 18.
const EXTENT: f32 = 16.0;

/// The pixel coordinate that the middle of the drawing lies on: Omniglot's 13.5, halfway
/// between the two middle pixels.
const MIDDLE: f32 = 13.5;

/// How far from the line a pixel's middle may lie to be ink: chosen so that Omniglot's own
/// drawings keep their share of ink (`tests/drawing.rs`).
const REACH: f32 = 1.05;

/// Brightness of a picture, reduced as its rows arrive, so that a large photo never lies in
/// memory whole.
///
/// ```
/// use kshot::frame::drawing::{Luminance, SIDE};
///
/// // A thick black line on white paper, 100 pixels long.
/// let mut picture = Luminance::new(120, 120)?;
/// for y in 0..120 {
///     let row: Vec<u8> = (0..120)
///         .flat_map(|x| if (55..65).contains(&y) && (10..110).contains(&x) { [0, 0, 0, 255] } else { [255; 4] })
///         .collect();
///     picture.push_row(&row)?;
/// }
/// let ink = picture.finish()?; // [28 * 28]
/// let rows: Vec<usize> = (0..SIDE).filter(|y| ink[y * SIDE + 14] == 1).collect();
/// assert_eq!(rows, [13, 14], "in the middle, two pixels thick");
/// # Ok::<(), kshot::Error>(())
/// ```
pub struct Luminance {
    width: usize,
    height: usize,
    factor: usize,
    rows: usize,
    sums: Vec<f32>, // [reduced height, reduced width], sums of factor x factor values
}

impl Luminance {
    /// For a picture of `width` x `height` pixels; all of it is looked at.
    ///
    /// # Errors
    /// [`Error::PictureTooSmall`] and [`Error::PictureTooLarge`], by [`MIN_SIDE`](super::MIN_SIDE)
    /// and [`MAX_PIXELS`](super::MAX_PIXELS).
    pub fn new(width: usize, height: usize) -> Result<Self, Error> {
        check_size(width, height)?;
        let factor = width.max(height).div_ceil(WORKING_SIDE);
        // A long strip is never reduced to nothing.
        let factor = factor.min(width.min(height));
        Ok(Luminance {
            width,
            height,
            factor,
            rows: 0,
            sums: vec![0.0; (width / factor) * (height / factor)],
        })
    }

    /// Takes the next row: RGBA, alpha not premultiplied, `width * 4` bytes. What is
    /// transparent lies over white paper.
    ///
    /// # Errors
    /// [`Error::PictureUnreadable`] where the row is of another length or one too many.
    pub fn push_row(&mut self, rgba: &[u8]) -> Result<(), Error> {
        check_row(rgba, self.rows, (self.width, self.height))?;
        let across = self.width / self.factor;
        let start = self.rows / self.factor * across;
        self.rows += 1;
        // The last rows and columns that fill no block are left out.
        let Some(sums) = self.sums.get_mut(start..start + across) else {
            return Ok(());
        };
        let (pixels, _) = rgba.as_chunks::<4>();
        for (sum, block) in sums.iter_mut().zip(pixels.chunks_exact(self.factor)) {
            *sum += block.iter().map(luminance).sum::<f32>();
        }
        Ok(())
    }

    /// The ink of the drawing.
    ///
    /// # Errors
    /// [`Error::PictureUnreadable`] where rows are missing, [`Error::DrawingEmpty`] where
    /// nothing is drawn.
    pub fn finish(self) -> Result<Ink, Error> {
        if self.rows != self.height {
            return Err(Error::PictureUnreadable(format!(
                "{} of {} rows came",
                self.rows, self.height
            )));
        }
        let width = self.width / self.factor;
        let count = (self.factor * self.factor) as f32;
        let values: Vec<f32> = self.sums.iter().map(|sum| sum / count).collect();
        let strokes = strokes::find(&values, width).ok_or(Error::DrawingEmpty)?;
        let line = thinning::thin(strokes, width);
        draw(&line, width).ok_or(Error::DrawingEmpty)
    }
}

/// The ink of a whole picture: RGBA, alpha not premultiplied, `width * height * 4` bytes.
///
/// # Errors
/// As [`Luminance::new`] and [`Luminance::finish`].
///
/// ```
/// let paper = [255; 50 * 50 * 4];
/// let error = kshot::frame::drawing::ink_from_rgba(&paper, 50, 50).unwrap_err();
/// assert_eq!(error.code(), "drawing_empty");
/// ```
pub fn ink_from_rgba(rgba: &[u8], width: usize, height: usize) -> Result<Ink, Error> {
    let mut picture = Luminance::new(width, height)?;
    for row in rgba.chunks(width * 4) {
        picture.push_row(row)?;
    }
    picture.finish()
}

/// Brightness over white paper, 0 to 255, by the weights of Rec. 709.
fn luminance([red, green, blue, alpha]: &[u8; 4]) -> f32 {
    let value = 0.2126 * f32::from(*red) + 0.7152 * f32::from(*green) + 0.0722 * f32::from(*blue);
    255.0 + (value - 255.0) * f32::from(*alpha) / 255.0
}

/// Draws a thinned line, a mask of `width` columns, in Omniglot's place, size and stroke.
fn draw(line: &[bool], width: usize) -> Option<Ink> {
    let points: Vec<(usize, usize)> = line
        .iter()
        .enumerate()
        .filter(|(_, on)| **on)
        .map(|(at, _)| (at % width, at / width))
        .collect();
    let (left, right) = range(points.iter().map(|point| point.0))?;
    let (top, bottom) = range(points.iter().map(|point| point.1))?;
    // A single dot has no extent and stays one.
    let longest = (right - left).max(bottom - top).max(1) as f32;
    let scale = EXTENT / longest;
    let place = |(x, y): (usize, usize)| {
        let across = x as f32 - (left + right) as f32 / 2.0;
        let down = y as f32 - (top + bottom) as f32 / 2.0;
        (MIDDLE + across * scale, MIDDLE + down * scale)
    };
    let on = |x: usize, y: usize| x < width && line.get(y * width + x).copied().unwrap_or(false);
    let mut ink = [0; SIDE * SIDE];
    for &(x, y) in &points {
        let from = place((x, y));
        stroke(&mut ink, from, from);
        let mut next = vec![(x + 1, y), (x, y + 1), (x + 1, y + 1)];
        next.extend(x.checked_sub(1).map(|x| (x, y + 1)));
        for (x, y) in next {
            if on(x, y) {
                stroke(&mut ink, from, place((x, y)));
            }
        }
    }
    Some(ink)
}

/// Inks every pixel whose middle lies within [`REACH`] of the segment.
fn stroke(ink: &mut Ink, (x0, y0): (f32, f32), (x1, y1): (f32, f32)) {
    let pixels = |a: f32, b: f32| {
        let first = (a.min(b) - REACH).ceil().max(0.0) as usize;
        let last = (a.max(b) + REACH).floor().min(SIDE as f32 - 1.0) as usize;
        first..=last
    };
    let (dx, dy) = (x1 - x0, y1 - y0);
    let length = dx * dx + dy * dy;
    for y in pixels(y0, y1) {
        for x in pixels(x0, x1) {
            let (px, py) = (x as f32 - x0, y as f32 - y0);
            let along = if length > 0.0 {
                ((px * dx + py * dy) / length).clamp(0.0, 1.0)
            } else {
                0.0
            };
            let (ox, oy) = (px - along * dx, py - along * dy);
            if ox * ox + oy * oy <= REACH * REACH
                && let Some(pixel) = ink.get_mut(y * SIDE + x)
            {
                *pixel = 1;
            }
        }
    }
}

fn range(values: impl Iterator<Item = usize>) -> Option<(usize, usize)> {
    values.fold(None, |range, value| match range {
        None => Some((value, value)),
        Some((least, most)) => Some((least.min(value), most.max(value))),
    })
}
