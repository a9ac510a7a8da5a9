//! Where the faces of a picture are: anchors, decoding, non-maximum suppression, and the passes
//! over a picture.
//!
//! The whole picture is looked at first, as MediaPipe does; where nothing is found, overlapping
//! parts of it are, for small faces: always in a photo, and in a camera's frames now and then.
//! The largest face is then looked at again from near and upright, which sharpens its keypoints.

use burn::tensor::{Device, Tensor, TensorData};
use safetensors::SafeTensors;

use super::at_once;
use super::blazeface::{ANCHORS, ANCHORS_A_CELL, BlazeFace, GEOMETRY, SIDE};
use crate::embedder::conv::Kernels;
use crate::error::Error;
use crate::frame::picture::{Picture, Similarity};
use crate::method::tensors;

/// Keypoints of a face: the person's right eye and left eye, nose tip, mouth, right ear, left ear.
pub const KEYPOINTS: usize = 6;

/// Least score of a face. MediaPipe's short-range graph has 0.5; a cat from near reaches 0.58, and
/// the least of `verify-eval`'s 430 faces has 0.81.
const LEAST_SCORE: f32 = 0.65;

/// Least score of an anchor that is averaged into a face: MediaPipe's.
const LEAST_SCORE_OF_ANCHOR: f32 = 0.5;

/// Least score of a face that only a part of the picture shows: there are many parts, and photos
/// of a cat, a cup and a rocket reach 0.6 in one.
const LEAST_SCORE_OF_PART: f32 = 0.7;

/// Overlap, intersection over union, from which two boxes are of one face:
/// `min_suppression_threshold` of the same.
const SAME_FACE: f32 = 0.3;

/// Side of the part that is looked at from near, in sides of the face's box: measured on
/// `verify-eval`'s faces, see docs/face.md.
const NEAR: f32 = 1.8;

/// Length of the side of a part that is searched when the whole picture has no face, as a share
/// of its shorter side, and the step from part to part as a share of the part.
const PART: f32 = 0.333;
const PART_STEP: f32 = 0.67;

/// Frames without a face from one search of the parts to the next. The parts of a 4:3 picture are
/// 24 passes, so that a frame costs three on average, and at twenty frames a second a small face is
/// found after half a second.
const REST: u32 = 12;

/// How far a picture is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// The whole picture at once.
    Whole,
    /// And its parts, where that shows no face.
    Parts,
}

/// How far the next frame of a camera is searched: a room with nobody in it shall not cost two
/// dozen passes a frame.
///
/// ```
/// use kshot::face::detector::{Rhythm, Search};
///
/// let mut rhythm = Rhythm::default();
/// assert_eq!(rhythm.search(), Search::Parts);
/// rhythm.take(false);
/// assert_eq!(rhythm.search(), Search::Whole);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Rhythm {
    /// Frames until the parts are searched.
    rest: u32,
}

impl Rhythm {
    /// What the next frame is searched for.
    pub fn search(&self) -> Search {
        if self.rest == 0 {
            Search::Parts
        } else {
            Search::Whole
        }
    }

    /// Takes in whether that frame had a face. Where only a part showed one, so will those of the
    /// next frame.
    pub fn take(&mut self, found: bool) {
        self.rest = match self.search() {
            Search::Parts if found => 0,
            Search::Parts => REST - 1,
            Search::Whole => self.rest - 1,
        };
    }
}

/// A face in pixels of its picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Face {
    /// How sure the detector is, 0 to 1.
    pub score: f32,
    /// Left, top, width, height.
    pub bounds: [f32; 4],
    /// In the order of [`KEYPOINTS`].
    pub keypoints: [[f32; 2]; KEYPOINTS],
}

impl Face {
    /// Width times height.
    pub fn area(&self) -> f32 {
        self.bounds[2] * self.bounds[3]
    }

    /// Centre of the box.
    pub fn centre(&self) -> [f32; 2] {
        let [left, top, width, height] = self.bounds;
        [left + width / 2.0, top + height / 2.0]
    }

    /// The face in other coordinates, that are moved and stretched but not turned.
    pub fn moved(&self, map: impl Fn([f32; 2]) -> [f32; 2]) -> Face {
        let [left, top, width, height] = self.bounds;
        let [from_x, from_y] = map([left, top]);
        let [to_x, to_y] = map([left + width, top + height]);
        Face {
            score: self.score,
            bounds: [from_x, from_y, to_x - from_x, to_y - from_y],
            keypoints: self.keypoints.map(map),
        }
    }

    fn mapped(&self, map: &Similarity) -> Face {
        // A turned box is drawn upright round its own centre.
        let [x, y] = map.at(self.centre());
        let [width, height] = [self.bounds[2], self.bounds[3]].map(|side| side * map.scale());
        Face {
            score: self.score,
            bounds: [x - width / 2.0, y - height / 2.0, width, height],
            keypoints: self.keypoints.map(|point| map.at(point)),
        }
    }

    fn overlap(&self, other: &Face) -> f32 {
        let shared = |start: usize, side: usize| {
            let end = (self.bounds[start] + self.bounds[side])
                .min(other.bounds[start] + other.bounds[side]);
            (end - self.bounds[start].max(other.bounds[start])).max(0.0)
        };
        let both = shared(0, 2) * shared(1, 3);
        both / (self.area() + other.area() - both).max(f32::MIN_POSITIVE)
    }
}

/// BlazeFace on a device.
pub struct Detector {
    network: BlazeFace,
    device: Device,
}

impl Detector {
    /// Reads the network's weights.
    ///
    /// # Errors
    /// As [`BlazeFace::from_safetensors`].
    pub fn from_safetensors(
        file: &SafeTensors<'_>,
        kernels: Kernels,
        device: &Device,
    ) -> Result<Self, Error> {
        Ok(Detector {
            network: BlazeFace::from_safetensors(file, kernels, device)?,
            device: device.clone(),
        })
    }

    /// All faces of a picture, also small ones, the largest first; on the CPU.
    ///
    /// # Errors
    /// As [`find_async`](Self::find_async).
    pub fn find(&self, picture: &Picture) -> Result<Vec<Face>, Error> {
        at_once(self.find_async(picture, Search::Parts))
    }

    /// The faces of a picture, the largest first.
    ///
    /// # Errors
    /// [`Error::DeviceLost`] where the device does not answer.
    pub async fn find_async(&self, picture: &Picture, search: Search) -> Result<Vec<Face>, Error> {
        let mut faces = self.look(picture, &letterbox(picture)).await?;
        if faces.is_empty() && search == Search::Parts {
            for part in parts(picture) {
                let found = self.look(picture, &part).await?.into_iter();
                faces.extend(found.filter(|face| face.score >= LEAST_SCORE_OF_PART));
            }
            faces = suppress(faces);
        }
        faces.sort_by(|a, b| b.area().total_cmp(&a.area()));
        Ok(faces)
    }

    /// A face again, from near and upright, as it was where it is not found there; on the CPU.
    ///
    /// # Errors
    /// As [`find_async`](Self::find_async).
    pub fn sharpen(&self, picture: &Picture, face: &Face) -> Result<Face, Error> {
        at_once(self.sharpen_async(picture, face))
    }

    /// As [`sharpen`](Self::sharpen), on any device.
    ///
    /// # Errors
    /// As [`find_async`](Self::find_async).
    pub async fn sharpen_async(&self, picture: &Picture, face: &Face) -> Result<Face, Error> {
        let near = near(face);
        let again = self.look(picture, &near).await?;
        let best = (again.iter()).max_by(|a, b| a.overlap(face).total_cmp(&b.overlap(face)));
        Ok(match best {
            Some(found) if found.overlap(face) > SAME_FACE => Face {
                keypoints: found.keypoints,
                ..*face
            },
            _ => *face,
        })
    }

    /// Faces of a square part of a picture, in the picture's pixels.
    async fn look(&self, picture: &Picture, part: &Similarity) -> Result<Vec<Face>, Error> {
        let mut input = picture.sample(part, SIDE);
        // 0 to 255 become -1 to 1: `output_tensor_float_range` of MediaPipe's graph.
        input
            .iter_mut()
            .for_each(|value| *value = *value / 127.5 - 1.0);
        let faces = suppress(decode(&self.forward_async(input).await?));
        Ok(faces.iter().map(|face| face.mapped(part)).collect())
    }

    /// `[3, 128, 128]` of -1 to 1 to `[896, 17]`; on the CPU.
    ///
    /// # Errors
    /// As [`find_async`](Self::find_async).
    pub fn forward(&self, input: Vec<f32>) -> Result<Vec<f32>, Error> {
        at_once(self.forward_async(input))
    }

    /// As [`forward`](Self::forward), on any device.
    ///
    /// # Errors
    /// As [`find_async`](Self::find_async).
    pub async fn forward_async(&self, input: Vec<f32>) -> Result<Vec<f32>, Error> {
        let input = TensorData::new(input, [1, 3, SIDE, SIDE]);
        let input = Tensor::<4>::from_data(input, &self.device);
        tensors::read_async(self.network.forward(input)).await
    }
}

/// The whole picture in a square, black beside it.
fn letterbox(picture: &Picture) -> Similarity {
    let (width, height) = picture.size();
    let side = width.max(height) as f32;
    Similarity {
        a: side / SIDE as f32,
        b: 0.0,
        origin: [(width as f32 - side) / 2.0, (height as f32 - side) / 2.0],
    }
}

/// Overlapping squares all over the picture.
fn parts(picture: &Picture) -> Vec<Similarity> {
    let (width, height) = picture.size();
    let side = width.min(height) as f32 * PART;
    let steps = |length: usize| {
        let room = length as f32 - side;
        let count = (room / (side * PART_STEP)).ceil().max(1.0);
        (0..=count as usize).map(move |step| room * step as f32 / count)
    };
    steps(height)
        .flat_map(|top| steps(width).map(move |left| [left, top]))
        .map(|origin| Similarity {
            a: side / SIDE as f32,
            b: 0.0,
            origin,
        })
        .collect()
}

/// The square round a face with its eyes level.
fn near(face: &Face) -> Similarity {
    let [right_eye, left_eye, ..] = face.keypoints;
    let [dx, dy] = [left_eye[0] - right_eye[0], left_eye[1] - right_eye[1]];
    let length = dx.hypot(dy).max(f32::MIN_POSITIVE);
    let scale = NEAR * face.bounds[2].max(face.bounds[3]) / SIDE as f32;
    let upright = Similarity {
        a: scale * dx / length,
        b: scale * dy / length,
        origin: [0.0; 2],
    };
    let middle = upright.at([SIDE as f32 / 2.0; 2]);
    let [x, y] = face.centre();
    Similarity {
        origin: [x - middle[0], y - middle[1]],
        ..upright
    }
}

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
fn decode(output: &[f32]) -> Vec<Face> {
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
fn suppress(mut faces: Vec<Face>) -> Vec<Face> {
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
