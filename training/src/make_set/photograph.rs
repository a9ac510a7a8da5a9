//! What a webcam does to a thing: it is turned and tilted, near or far, and the light is bad.

use image::imageops::{FilterType, blur, resize};
use image::{Rgb, RgbImage, Rgba, RgbaImage};
use rand::rngs::ChaCha12Rng;
use rand::{RngExt, SeedableRng};

/// The random numbers of one picture.
pub type Random = ChaCha12Rng;

/// A stream of its own for every picture, so that they are the same whatever is made in parallel.
pub fn random(seed: u64, picture: u64) -> Random {
    let mut random = ChaCha12Rng::seed_from_u64(seed);
    random.set_stream(picture);
    random
}

/// How far each corner is moved, in sides of the thing: what a tilt of some 30 degrees does.
const TILT: f32 = 0.15;

/// Turned by so many degrees to either side.
const TURN: f32 = 35.0;

/// Out of the middle, in sides of the picture.
const ASIDE: f32 = 0.12;

/// Puts a cut-out whose longer side is `size` of the picture's side somewhere near the middle.
pub fn paste(
    mut picture: RgbImage,
    cut_out: &RgbaImage,
    size: f32,
    random: &mut Random,
) -> RgbImage {
    let side = picture.width() as f32;
    let (width, height) = (cut_out.width() as f32, cut_out.height() as f32);
    let scale = size * side / width.max(height);
    let (width, height) = ((width * scale).max(1.0), (height * scale).max(1.0));
    // Scaled first, so that the turned picture is sampled nearly one to one.
    let scaled = resize(cut_out, width as u32, height as u32, FilterType::Triangle);
    let (width, height) = (scaled.width() as f32, scaled.height() as f32);
    let (sine, cosine) = random.random_range(-TURN..TURN).to_radians().sin_cos();
    let mut aside = || side / 2.0 + side * random.random_range(-ASIDE..ASIDE);
    let (middle_x, middle_y) = (aside(), aside());
    let mut corner = |x: f32, y: f32| {
        let x = (x + random.random_range(-TILT..TILT)) * width;
        let y = (y + random.random_range(-TILT..TILT)) * height;
        (
            middle_x + cosine * x - sine * y,
            middle_y + sine * x + cosine * y,
        )
    };
    let corners = [
        corner(-0.5, -0.5),
        corner(0.5, -0.5),
        corner(0.5, 0.5),
        corner(-0.5, 0.5),
    ];
    let to_square = into_unit_square(corners);
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let (u, v) = to_square(x as f32 + 0.5, y as f32 + 0.5);
        if (0.0..1.0).contains(&u) && (0.0..1.0).contains(&v) {
            let ([r, g, b], alpha) = sample(&scaled, u * width - 0.5, v * height - 0.5);
            let Rgb([x, y, z]) = *pixel;
            let over = |under: u8, over: f32| (over + f32::from(under) * (1.0 - alpha)) as u8;
            *pixel = Rgb([over(x, r), over(y, g), over(z, b)]);
        }
    }
    picture
}

/// The projective map that takes four corners, in the order of the clock from the one at the top
/// left, to those of the unit square.
///
/// Source: Heckbert, "Fundamentals of texture mapping and image warping" (1989), section 2.2.3.
fn into_unit_square(corners: [(f32, f32); 4]) -> impl Fn(f32, f32) -> (f32, f32) {
    let [(x0, y0), (x1, y1), (x2, y2), (x3, y3)] = corners;
    let (dx1, dx2, sx) = (x1 - x2, x3 - x2, x0 - x1 + x2 - x3);
    let (dy1, dy2, sy) = (y1 - y2, y3 - y2, y0 - y1 + y2 - y3);
    let area = dx1 * dy2 - dx2 * dy1;
    let (g, h) = ((sx * dy2 - dx2 * sy) / area, (dx1 * sy - sx * dy1) / area);
    let (a, b, c) = (x1 - x0 + g * x1, x3 - x0 + h * x3, x0);
    let (d, e, f) = (y1 - y0 + g * y1, y3 - y0 + h * y3, y0);
    // The adjugate, which is the inverse but for a factor.
    move |x, y| {
        let u = (e - f * h) * x + (c * h - b) * y + (b * f - c * e);
        let v = (f * g - d) * x + (a - c * g) * y + (c * d - a * f);
        let w = (d * h - e * g) * x + (b * g - a * h) * y + (a * e - b * d);
        (u / w, v / w)
    }
}

/// Colour times alpha, and alpha 0 to 1, between the four pixels around a place.
fn sample(image: &RgbaImage, x: f32, y: f32) -> ([f32; 3], f32) {
    let (left, top) = (x.floor(), y.floor());
    let mut colour = [0.0; 3];
    let mut alpha = 0.0;
    for (dx, dy) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
        let (at_x, at_y) = (left + dx, top + dy);
        let weight = (1.0 - (x - at_x).abs()) * (1.0 - (y - at_y).abs());
        let (at_x, at_y) = (at_x.max(0.0) as u32, at_y.max(0.0) as u32);
        let at_x = at_x.min(image.width() - 1);
        let at_y = at_y.min(image.height() - 1);
        let Rgba([r, g, b, a]) = *image.get_pixel(at_x, at_y);
        let a = weight * f32::from(a) / 255.0;
        alpha += a;
        for (sum, value) in colour.iter_mut().zip([r, g, b]) {
            *sum += a * f32::from(value);
        }
    }
    (colour, alpha)
}

/// Exposure, contrast, colour, tint, a lamp at one side, noise, and a lens out of focus.
pub fn light(mut picture: RgbImage, random: &mut Random) -> RgbImage {
    let brightness: f32 = random.random_range(0.55..1.35);
    let contrast: f32 = random.random_range(0.7..1.25);
    let colour: f32 = random.random_range(0.5..1.4);
    let tint: [f32; 3] = std::array::from_fn(|_| random.random_range(0.85..1.15));
    let (left, right): (f32, f32) = (random.random_range(0.7..1.0), random.random_range(0.9..1.2));
    let noise: f32 = if random.random() {
        random.random_range(2.0..12.0)
    } else {
        0.0
    };
    let grey = |[r, g, b]: [f32; 3]| 0.299 * r + 0.587 * g + 0.114 * b; // ITU-R BT.601
    let pixels = f32::max((picture.width() * picture.height()) as f32, 1.0);
    let sum: f32 = picture
        .pixels()
        .map(|pixel| grey(pixel.0.map(f32::from)))
        .sum();
    let middle = brightness * sum / pixels;
    let width = picture.width() as f32;
    for (x, _, pixel) in picture.enumerate_pixels_mut() {
        let lamp = left + (right - left) * x as f32 / width;
        let mut values = pixel.0.map(|value| {
            let value = brightness * f32::from(value);
            middle + contrast * (value - middle)
        });
        let own = grey(values);
        for (value, tint) in values.iter_mut().zip(tint) {
            *value = (own + colour * (*value - own)) * tint * lamp;
            if noise > 0.0 {
                *value += noise * normal(random);
            }
        }
        pixel.0 = values.map(|value| value.clamp(0.0, 255.0) as u8);
    }
    if random.random() {
        blur(&picture, random.random_range(0.3..2.0))
    } else {
        picture
    }
}

/// Normally distributed, of deviation one (Box and Muller).
fn normal(random: &mut Random) -> f32 {
    let (a, b): (f32, f32) = (random.random(), random.random());
    (-2.0 * (1.0 - a).ln()).sqrt() * (std::f32::consts::TAU * b).cos()
}
