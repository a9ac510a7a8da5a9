//! A picture's bytes to pixels, as a browser gives them to the page: its orientation and its
//! colour profile applied, and refused where it is cut off.

use std::io::Cursor;

use anyhow::{Result, ensure};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};
use kshot::frame::Crop;
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

/// Pixels of a picture the right way up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    /// RGBA, alpha not premultiplied, row-major.
    pub rgba: Vec<u8>,
    /// In pixels.
    pub width: usize,
    /// In pixels.
    pub height: usize,
}

/// Decodes a picture of any common format.
///
/// # Errors
/// Where it is no picture of a known format, is damaged, or is smaller or larger than
/// [`kshot::frame`] takes.
pub fn decode(bytes: &[u8]) -> Result<Pixels> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    let format = reader.format();
    ensure!(format.is_some(), "it is no picture of a known format");
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    // Before the pixels are unpacked: a small file can claim to be a huge picture.
    Crop::centred(width as usize, height as usize)?;
    ensure!(
        format != Some(ImageFormat::Jpeg) || reaches_end_of_image(bytes),
        "it is cut off: its end is missing"
    );
    // A damaged EXIF block or profile does not make a picture unreadable, in a browser neither.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().unwrap_or_default();
    let mut image = DynamicImage::from_decoder(decoder)?;
    image.apply_orientation(orientation);
    Ok(Pixels {
        width: image.width() as usize,
        height: image.height() as usize,
        rgba: profile
            .and_then(|profile| to_srgb(&image, &profile))
            .unwrap_or_else(|| image.into_rgba8().into_raw()),
    })
}

/// RGBA in sRGB; `None` where the profile is damaged or not one of such a picture.
fn to_srgb(image: &DynamicImage, profile: &[u8]) -> Option<Vec<u8>> {
    let profile = ColorProfile::new_from_slice(profile).ok()?;
    let (layout, pixels) = match profile.color_space {
        DataColorSpace::Rgb => (Layout::Rgba, image.to_rgba8().into_raw()),
        DataColorSpace::Gray if !image.color().has_color() => {
            (Layout::GrayAlpha, image.to_luma_alpha8().into_raw())
        }
        _ => return None,
    };
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions {
        prefer_fixed_point: false, // browsers convert in floating point
        ..TransformOptions::default()
    };
    let transform = profile
        .create_transform_8bit(layout, &srgb, Layout::Rgba, options)
        .ok()?;
    let mut rgba = vec![0; 4 * image.width() as usize * image.height() as usize];
    transform.transform(&pixels, &mut rgba).ok()?;
    Some(rgba)
}

/// Whether a JPEG stream has its last marker. Browsers refuse one that has not, and the decoder
/// fills it up with grey. A thumbnail's own markers lie within a segment, which is passed over.
fn reaches_end_of_image(mut jpeg: &[u8]) -> bool {
    while let [first, rest @ ..] = jpeg {
        jpeg = match rest {
            _ if *first != 0xff => rest,
            [0xd9, ..] => return true,
            // Stuffed, fill byte, or a marker without a segment (ITU T.81, table B.1).
            [0x00 | 0x01 | 0xff | 0xd0..=0xd8, ..] => rest,
            [_, high, low, ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                rest.get(1 + length..).unwrap_or_default()
            }
            _ => return false,
        };
    }
    false
}
