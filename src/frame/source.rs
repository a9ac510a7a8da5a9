//! What the browser hands over, and its pixels on the CPU path: a strip of rows at a
//! time through one canvas, so that memory stays flat whatever the size of the photo.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ImageBitmap, ImageData, OffscreenCanvas, OffscreenCanvasRenderingContext2d};

use super::drawing::{Ink, Luminance};
use super::picture::{Picture, Region, Scene, Shrinker};
use super::{Crop, Resizer};
use crate::error::Error;

/// Pixels read from the canvas at once: 4 MB, a whole frame of a 720p camera.
const STRIP_PIXELS: usize = 1 << 20;

/// A picture the browser has decoded, upright.
pub struct Source(ImageBitmap);

impl Source {
    /// Takes what JavaScript gave.
    ///
    /// # Errors
    /// [`Error::PictureUnreadable`] for anything but an open `ImageBitmap`.
    pub fn from_js(value: JsValue) -> Result<Self, Error> {
        let bitmap: ImageBitmap = value
            .dyn_into()
            .map_err(|_| Error::PictureUnreadable("it is no ImageBitmap".into()))?;
        let source = Source(bitmap);
        if source.size() == (0, 0) {
            return Err(Error::PictureUnreadable("it is closed already".into()));
        }
        Ok(source)
    }

    /// What JavaScript gave.
    pub fn as_js(&self) -> &JsValue {
        &self.0
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (usize, usize) {
        (self.0.width() as usize, self.0.height() as usize)
    }
}

/// A decoded picture with the canvas that reads it.
pub struct Seen<'a> {
    /// Reads it.
    pub canvas: &'a Canvas,
    /// The picture.
    pub source: &'a Source,
}

impl Scene for Seen<'_> {
    fn size(&self) -> (usize, usize) {
        self.source.size()
    }

    fn picture(&self, region: Region, most: usize) -> Result<Picture, Error> {
        let mut shrinker = Shrinker::new(region.width, region.height, most);
        let place = (region.left, region.top, region.width, region.height);
        self.canvas.rows(self.source, place, |row| {
            shrinker.push_row(row);
            Ok(())
        })?;
        Ok(shrinker.finish())
    }
}

/// Reads pixels of decoded pictures back to the CPU.
pub struct Canvas {
    canvas: OffscreenCanvas,
    context: OffscreenCanvasRenderingContext2d,
}

impl Canvas {
    /// A canvas kept in main memory.
    ///
    /// # Errors
    /// [`Error::PictureUnreadable`] where the browser gives no 2d context.
    pub fn new() -> Result<Self, Error> {
        let canvas = OffscreenCanvas::new(1, 1).map_err(unreadable)?;
        let options = js_sys::Object::new();
        js_sys::Reflect::set(&options, &"willReadFrequently".into(), &true.into())
            .map_err(unreadable)?;
        let context = canvas
            .get_context_with_context_options("2d", &options)
            .map_err(unreadable)?
            .ok_or_else(|| Error::PictureUnreadable("there is no 2d canvas".into()))?
            .unchecked_into::<OffscreenCanvasRenderingContext2d>();
        Ok(Canvas { canvas, context })
    }

    /// The network input `[3, 224, 224]` of a picture.
    ///
    /// # Errors
    /// As [`Crop::centred`], and [`Error::PictureUnreadable`] where the browser refuses.
    pub fn input(&self, source: &Source) -> Result<Vec<f32>, Error> {
        let (width, height) = source.size();
        let crop = Crop::centred(width, height)?;
        let mut resizer = Resizer::new(crop.side);
        let place = (crop.left, crop.top, crop.side, crop.side);
        self.rows(source, place, |row| resizer.push_row(row))?;
        resizer.finish()
    }

    /// The ink of a drawing, `[28 * 28]`; all of the picture is looked at.
    ///
    /// # Errors
    /// As [`Luminance::new`] and [`Luminance::finish`], and [`Error::PictureUnreadable`] where
    /// the browser refuses.
    pub fn ink(&self, source: &Source) -> Result<Ink, Error> {
        let (width, height) = source.size();
        let mut picture = Luminance::new(width, height)?;
        self.rows(source, (0, 0, width, height), |row| picture.push_row(row))?;
        picture.finish()
    }

    /// The rows of a part of the picture, `(left, top, width, height)`.
    fn rows(
        &self,
        source: &Source,
        (left, top, width, height): (usize, usize, usize, usize),
        mut take: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let most = (STRIP_PIXELS / width).clamp(1, height);
        self.resize(width, most);
        let mut done = 0;
        while done < height {
            let rows = most.min(height - done);
            let strip = self.read(source, (left, top + done), (width, rows))?;
            for row in strip.data().0.chunks_exact(width * 4) {
                take(row)?;
            }
            done += rows;
        }
        Ok(())
    }

    fn resize(&self, width: usize, height: usize) {
        if self.canvas.width() as usize != width || self.canvas.height() as usize != height {
            self.canvas.set_width(width as u32);
            self.canvas.set_height(height as u32);
            // Replace, not blend: what the last picture left must not shine through.
            // Setting the size resets the context, so it is said again.
            let _ = self.context.set_global_composite_operation("copy");
        }
    }

    fn read(
        &self,
        source: &Source,
        (left, top): (usize, usize),
        (width, height): (usize, usize),
    ) -> Result<ImageData, Error> {
        let (left, from) = (left as f64, top as f64);
        let (width, height) = (width as f64, height as f64);
        self.context
            .draw_image_with_image_bitmap_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                &source.0, left, from, width, height, 0.0, 0.0, width, height,
            )
            .map_err(unreadable)?;
        self.context
            .get_image_data(0.0, 0.0, width, height)
            .map_err(unreadable)
    }
}

fn unreadable(error: JsValue) -> Error {
    Error::PictureUnreadable(format!("{error:?}"))
}
