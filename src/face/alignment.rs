//! Keypoints to the chip that the embedder wants: turned, scaled and moved so that eyes, nose
//! and mouth lie where dlib puts them.

use super::detector::Face;
use super::resnet::SIDE;
use crate::frame::picture::{Picture, Similarity};

/// Where the person's right eye, left eye, nose tip and mouth lie in dlib's 150x150 chip:
/// measured by aligning faces by dlib's five-point template with a padding of 0.25.
const TEMPLATE: [[f32; 2]; 4] = [[47.7, 47.1], [100.3, 47.1], [74.0, 77.0], [74.0, 108.0]];

/// Mean of dlib's input, red, green and blue of 0 to 255: `input_rgb_image_sized`.
const MEAN: [f32; 3] = [122.782, 117.001, 104.298];

/// Scale of dlib's input.
const SCALE: f32 = 256.0;

/// From pixels of the chip to those of the picture: the similarity with the least squares of
/// the distances to the keypoints.
pub fn to_picture(face: &Face) -> Similarity {
    let count = TEMPLATE.len() as f32;
    let mean = |points: &[[f32; 2]]| {
        let sum = (points.iter()).fold([0.0; 2], |[a, b], [x, y]| [a + x, b + y]);
        sum.map(|sum| sum / count)
    };
    let points = &face.keypoints[..TEMPLATE.len()];
    let (from, to) = (mean(&TEMPLATE), mean(points));
    let (mut a, mut b, mut spread) = (0.0, 0.0, 0.0);
    for ([x, y], [u, v]) in TEMPLATE.iter().zip(points) {
        let (x, y) = (x - from[0], y - from[1]);
        let (u, v) = (u - to[0], v - to[1]);
        a += x * u + y * v;
        b += x * v - y * u;
        spread += x * x + y * y;
    }
    let turn = Similarity {
        a: a / spread,
        b: b / spread,
        origin: [0.0; 2],
    };
    let [x, y] = turn.at(from);
    Similarity {
        origin: [to[0] - x, to[1] - y],
        ..turn
    }
}

/// The aligned face, planar `[3, 150, 150]`, RGB of 0 to 255.
pub fn chip(picture: &Picture, face: &Face) -> Vec<f32> {
    picture.sample(&to_picture(face), SIDE)
}

/// What the embedder takes of a chip, `[3, 150, 150]`.
pub fn normalise(mut chip: Vec<f32>) -> Vec<f32> {
    for (plane, mean) in chip.chunks_exact_mut(SIDE * SIDE).zip(MEAN) {
        plane
            .iter_mut()
            .for_each(|value| *value = (*value - mean) / SCALE);
    }
    chip
}
