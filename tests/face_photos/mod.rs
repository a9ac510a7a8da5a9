//! The photos of faces in `tests/fixtures`, whole, blurred, darkened, or with the head turned.
#![allow(dead_code, reason = "not every test file needs all of them")]

use image::imageops::{FilterType, blur, overlay, resize};
use image::{Rgba, RgbaImage};
use kshot::face::look::Networks;
use kshot::frame::picture::Picture;

pub fn open(name: &str) -> RgbaImage {
    for path in [
        format!("tests/fixtures/faces/{name}.jpg"),
        format!("tests/fixtures/photos/{name}.png"),
    ] {
        if let Ok(picture) = image::open(path) {
            return picture.to_rgba8();
        }
    }
    panic!("there is no photo {name}");
}

pub fn picture(image: &RgbaImage) -> Picture {
    let (width, height) = image.dimensions();
    Picture::from_rgba(image.as_raw(), width as usize, height as usize).unwrap()
}

pub fn networks() -> Networks {
    Networks::from_bytes(kshot::face::look::WEIGHTS).unwrap()
}

pub fn darkened(image: &RgbaImage, share: f32) -> RgbaImage {
    let mut dark = image.clone();
    for Rgba([red, green, blue, _]) in dark.pixels_mut() {
        for value in [red, green, blue] {
            *value = (f32::from(*value) * share) as u8;
        }
    }
    dark
}

pub fn blurred(image: &RgbaImage, sigma: f32) -> RgbaImage {
    blur(image, sigma)
}

/// The photo with its long side made so long, on a large grey ground.
pub fn far_away(image: &RgbaImage, long_side: u32) -> RgbaImage {
    let (width, height) = image.dimensions();
    let scale = long_side as f32 / width.max(height) as f32;
    let size = [width, height].map(|side| (side as f32 * scale) as u32);
    let small = resize(image, size[0], size[1], FilterType::Triangle);
    let mut ground = RgbaImage::from_pixel(640, 480, Rgba([120, 120, 120, 255]));
    overlay(&mut ground, &small, 320, 200);
    ground
}

/// Photos side by side, so many to a row.
pub fn beside(images: &[RgbaImage], columns: u32) -> RgbaImage {
    let (width, height) = images[0].dimensions();
    let rows = (images.len() as u32).div_ceil(columns);
    let mut all = RgbaImage::new(width * columns, height * rows);
    for (place, image) in (0..).zip(images) {
        let (x, y) = (place % columns * width, place / columns * height);
        overlay(&mut all, image, x.into(), y.into());
    }
    all
}

/// The photo as if the head had turned by about so many degrees to its own left and up: every
/// pixel of the face is moved by the depth of an ellipsoid with a nose, laid over the head, whose
/// middle and half width are given.
pub fn turned(
    image: &RgbaImage,
    (centre_x, centre_y, radius): (f32, f32, f32),
    yaw: f32,
    pitch: f32,
) -> RgbaImage {
    let (width, height) = image.dimensions();
    let (yaw, pitch) = (yaw.to_radians(), pitch.to_radians());
    // Depth of the ellipsoid, which is higher than wide and flat outside, and of the nose.
    let depth = |x: f32, y: f32| {
        let inside = 1.0 - (x / radius).powi(2) - (y / (1.35 * radius)).powi(2);
        let nose = (x.powi(2) + (y - 0.15 * radius).powi(2)) / (2.0 * (0.25 * radius).powi(2));
        radius * (inside.max(0.0).sqrt() + 0.45 * (-nose).exp())
    };
    RgbaImage::from_fn(width, height, |x, y| {
        let (to_x, to_y) = (x as f32 - centre_x, y as f32 - centre_y);
        // Where the pixel comes from is where its own depth moves it here.
        let (mut from_x, mut from_y) = (to_x, to_y);
        for _ in 0..12 {
            let near = depth(from_x, from_y);
            from_x += 0.5 * (to_x - near * yaw.sin() - from_x);
            from_y += 0.5 * (to_y + near * pitch.sin() - from_y);
        }
        sample(image, centre_x + from_x, centre_y + from_y)
    })
}

/// The photo turned about its middle, clockwise.
pub fn leaning(image: &RgbaImage, degrees: f32) -> RgbaImage {
    let (width, height) = image.dimensions();
    let (middle_x, middle_y) = (width as f32 / 2.0, height as f32 / 2.0);
    let (sin, cos) = degrees.to_radians().sin_cos();
    RgbaImage::from_fn(width, height, |x, y| {
        let (x, y) = (x as f32 - middle_x, y as f32 - middle_y);
        sample(
            image,
            middle_x + cos * x + sin * y,
            middle_y - sin * x + cos * y,
        )
    })
}

fn sample(image: &RgbaImage, x: f32, y: f32) -> Rgba<u8> {
    let (width, height) = image.dimensions();
    let (x, y) = (
        x.clamp(0.0, width as f32 - 1.001),
        y.clamp(0.0, height as f32 - 1.001),
    );
    let (left, top) = (x as u32, y as u32);
    let (dx, dy) = (x - left as f32, y - top as f32);
    let mix = |channel: usize| {
        let at = |x: u32, y: u32| {
            f32::from(image.get_pixel(x.min(width - 1), y.min(height - 1))[channel])
        };
        let above = at(left, top) * (1.0 - dx) + at(left + 1, top) * dx;
        let below = at(left, top + 1) * (1.0 - dx) + at(left + 1, top + 1) * dx;
        (above * (1.0 - dy) + below * dy).round() as u8
    };
    Rgba([mix(0), mix(1), mix(2), 255])
}
