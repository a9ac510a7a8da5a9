//! The detector's output as faces: anchors, decoding, and non-maximum suppression.

use super::blazeface::{ANCHORS, ANCHORS_A_CELL, GEOMETRY, SIDE};
use super::detector::{Face, KEYPOINTS};

/// Least score of a face. MediaPipe's short-range graph has 0.5; a cat from near reaches 0.58, and
/// the least of `verify-eval`'s 430 faces has 0.81.
const LEAST_SCORE: f32 = 0.65;

/// Least score of an anchor that is averaged into a face: MediaPipe's.
const LEAST_SCORE_OF_ANCHOR: f32 = 0.5;

/// Overlap, intersection over union, from which two boxes are of one face:
/// `min_suppression_threshold` of the same.
pub(super) const SAME_FACE: f32 = 0.3;

/// Centres of the anchors in pixels: cells row by row, their anchors one after another.
fn anchors() -> impl Iterator<Item = [f32; 2]> {
    ANCHORS_A_CELL.into_iter().flat_map(|(cells, anchors)| {
        let pixels = SIDE as f32 / cells as f32;
        (0..cells * cells).flat_map(move |cell| {
            let centre = [cell % cells, cell / cells].map(|i| (i as f32 + 0.5) * pixels);
            std::iter::repeat_n(centre, anchors)
        })
    })
}

/// Anchors `[896, 17]` that are sure of a face, in pixels of the input.
pub(super) fn decode(output: &[f32]) -> Vec<Face> {
    debug_assert_eq!(output.len(), ANCHORS * (GEOMETRY + 1));
    let (values, _) = output.as_chunks::<{ GEOMETRY + 1 }>();
    values
        .iter()
        .zip(anchors())
        .filter_map(|([logit, x, y, width, height, points @ ..], [left, top])| {
            let score = 1.0 / (1.0 + (-logit).exp());
            let (points, _) = points.as_chunks::<2>();
            let mut keypoints = [[0.0; 2]; KEYPOINTS];
            for (keypoint, [x, y]) in keypoints.iter_mut().zip(points) {
                *keypoint = [left + x, top + y];
            }
            let corner = [left + x - width / 2.0, top + y - height / 2.0];
            (score >= LEAST_SCORE_OF_ANCHOR).then_some(Face {
                score,
                bounds: [corner[0], corner[1], *width, *height],
                keypoints,
            })
        })
        .collect()
}

/// Non-maximum suppression where those of one face are averaged, weighted by their scores:
/// `WEIGHTED` of MediaPipe, section 3.4 of arXiv 1907.05047.
pub(super) fn suppress(mut faces: Vec<Face>) -> Vec<Face> {
    faces.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept = Vec::new();
    while let Some(best) = faces.first().copied() {
        let (same, rest): (Vec<Face>, Vec<Face>) =
            (faces.into_iter()).partition(|face| best.overlap(face) > SAME_FACE);
        // A box without an area overlaps with nothing, itself not either.
        faces = if same.is_empty() {
            rest.into_iter().skip(1).collect()
        } else {
            if best.score >= LEAST_SCORE {
                kept.push(average(&same, best.score));
            }
            rest
        };
    }
    kept
}

fn average(faces: &[Face], score: f32) -> Face {
    let all: f32 = faces.iter().map(|face| face.score).sum();
    let mut mean = Face {
        score,
        bounds: [0.0; 4],
        keypoints: [[0.0; 2]; KEYPOINTS],
    };
    for face in faces {
        let weight = face.score / all;
        for (sum, value) in mean.bounds.iter_mut().zip(face.bounds) {
            *sum += weight * value;
        }
        let points = mean.keypoints.as_flattened_mut().iter_mut();
        for (sum, value) in points.zip(face.keypoints.as_flattened()) {
            *sum += weight * value;
        }
    }
    mean
}
