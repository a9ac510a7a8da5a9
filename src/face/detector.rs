//! Where the faces of a picture are: the passes over it.
//!
//! The whole picture is looked at first, as MediaPipe does; where nothing is found, parts of it are,
//! for small faces: how many at once is [`Search`]'s.
//! The largest face is then looked at again from near and upright, which sharpens its keypoints.

use burn::tensor::{Device, Tensor, TensorData};
use safetensors::SafeTensors;

use super::blazeface::{BlazeFace, SIDE};
use super::decoding::{SAME_FACE, decode, suppress};
use super::search::Search;
use crate::backend::at_once;
use crate::embedder::conv::Kernels;
use crate::error::Error;
use crate::frame::picture::{Picture, Similarity};
use crate::method::tensors;

/// Keypoints of a face: the person's right eye and left eye, nose tip, mouth, right ear, left ear.
pub const KEYPOINTS: usize = 6;

/// Least score of a face that only a part of the picture shows: there are many parts, and photos
/// of a cat, a cup and a rocket reach 0.6 in one.
const LEAST_SCORE_OF_PART: f32 = 0.7;

/// Side of the part that is looked at from near, in sides of the face's box: measured on
/// `verify-eval`'s faces, see docs/face.md.
const NEAR: f32 = 1.8;

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

    pub(super) fn overlap(&self, other: &Face) -> f32 {
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
        if faces.is_empty() {
            for part in search.squares(picture) {
                let found = self.look(picture, &part).await?.into_iter();
                faces.extend(found.filter(|face| face.score >= LEAST_SCORE_OF_PART));
            }
            faces = suppress(faces);
        }
        faces.sort_by(|a, b| b.area().total_cmp(&a.area()));
        Ok(faces)
    }

    /// A face again, from near and upright, as it was where it is not found there; on the CPU. Its
    /// box is then that of a head held straight, however it leans.
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
                score: face.score,
                ..*found
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
