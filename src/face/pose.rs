//! How a head is turned, from its six keypoints.
//!
//! A head of mean proportions is laid over the keypoints: the map from its three dimensions to
//! the picture with the least squares of the distances, made a rotation and a scale (DeMenthon
//! and Davis, "Model-based object pose in 25 lines of code", 1995, without perspective). It is an
//! estimate: a person's own proportions look like a few degrees, mostly of pitch.

use serde::{Deserialize, Serialize};

use super::detector::{Face, KEYPOINTS};

/// Angles in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Pose {
    /// Above 0: turned to the person's own left, which is the right of the picture.
    pub yaw: f32,
    /// Above 0: looks up.
    pub pitch: f32,
    /// Above 0: leans to the person's own left shoulder.
    pub roll: f32,
}

/// The keypoints on a head that looks ahead, in centimetres: right in the picture, up, towards
/// the camera. Depths and the eyes are those of MediaPipe's canonical face model, the rest are
/// medians of `verify-eval`'s faces, who look at the camera.
const HEAD: [[f32; 3]; KEYPOINTS] = [
    [-3.15, 2.62, 3.47],
    [3.15, 2.62, 3.47],
    [0.0, -1.19, 7.48],
    [0.0, -4.21, 5.7],
    [-6.45, 1.24, -2.44],
    [6.45, 1.24, -2.44],
];

impl Pose {
    /// The pose of a face.
    pub fn of(face: &Face) -> Pose {
        let head = centred(HEAD);
        // Up is up, for the picture too.
        let points = centred(face.keypoints.map(|[x, y]| [x, -y]));
        let inverse = inverse(moments(&head));
        let [across, upward] = [0, 1].map(|axis| {
            let mut product = [0.0; 3];
            for (place, point) in head.iter().zip(&points) {
                for (sum, value) in product.iter_mut().zip(place) {
                    *sum += value * point[axis];
                }
            }
            unit(inverse.map(|row| dot(row, product)))
        });
        let forward = cross(across, upward);
        // Least squares leave the two not quite at right angles.
        let across = unit(cross(upward, forward));
        let forward = unit(forward);
        Pose {
            yaw: across[2].atan2(forward[2]).to_degrees(),
            pitch: upward[2].clamp(-1.0, 1.0).asin().to_degrees(),
            // The picture's right, as the head's axes see it, turns against the head.
            roll: upward[0].atan2(upward[1]).to_degrees(),
        }
    }
}

fn centred<const N: usize>(points: [[f32; N]; KEYPOINTS]) -> [[f32; N]; KEYPOINTS] {
    let mut mean = [0.0; N];
    for point in &points {
        for (sum, value) in mean.iter_mut().zip(point) {
            *sum += value / KEYPOINTS as f32;
        }
    }
    points.map(|mut point| {
        point
            .iter_mut()
            .zip(mean)
            .for_each(|(value, mean)| *value -= mean);
        point
    })
}

/// Sums of products of the coordinates.
fn moments(points: &[[f32; 3]]) -> [[f32; 3]; 3] {
    let mut sums = [[0.0; 3]; 3];
    for point in points {
        for (row, a) in sums.iter_mut().zip(point) {
            for (sum, b) in row.iter_mut().zip(point) {
                *sum += a * b;
            }
        }
    }
    sums
}

/// Of a symmetric matrix: its adjugate over its determinant.
fn inverse([a, b, c]: [[f32; 3]; 3]) -> [[f32; 3]; 3] {
    let determinant = dot(a, cross(b, c));
    [cross(b, c), cross(c, a), cross(a, b)].map(|row| row.map(|value| value / determinant))
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn cross(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

fn unit(vector: [f32; 3]) -> [f32; 3] {
    let length = dot(vector, vector).sqrt().max(f32::MIN_POSITIVE);
    vector.map(|value| value / length)
}
