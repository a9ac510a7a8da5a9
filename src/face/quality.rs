//! Whether a face is good enough to learn from, and what to change first where it is not.

use serde::Serialize;

use super::detector::Face;
use super::pose::Pose;
use super::resnet::SIDE;

/// Least width of a face's box in pixels: under it half of the chip's detail is made up.
const LEAST_SIZE: f32 = 60.0;

/// Most of the picture's shorter side that a face may take, so that a turned head stays inside.
const MOST_SHARE: f32 = 0.85;

/// Least and most mean luminance of a face. Of `verify-eval`'s 430 faces the six under the least
/// are taken against the light, and the one above the most is burnt out.
const LEAST_BRIGHTNESS: f32 = 0.2;
const MOST_BRIGHTNESS: f32 = 0.88;

/// Mean luminance of a picture without a face up to which darkness is why: nine photos that are
/// darkened step by step lose theirs at 0.006 to 0.032, and a rocket before a night sky has 0.26.
const DARK: f32 = 0.04;

/// What counts as sharp: of the same faces all have at least 1.4 times as much, and reduced to a
/// face of 20 pixels and enlarged again 97 of 100 have less.
const SHARP: f32 = 0.3;

/// Least [`Quality::sharpness`].
const LEAST_SHARPNESS: f32 = 1.0;

/// Most degrees of yaw, of pitch, with both eyes to be seen.
const MOST_YAW: f32 = 50.0;
const MOST_PITCH: f32 = 40.0;

/// Least distance of the eyes in widths of the box: docs/face.md has what it was measured on. Heads
/// that look ahead have 0.37 and more, three-quarter views 0.33 and more, and a photo from the side,
/// whose hidden eye the detector makes up, 0.26 to 0.32 in several sizes, at a yaw of only 36 to 47.
const LEAST_EYES: f32 = 0.33;

/// A second face of this share of the largest one's width may be the one that is meant.
const RIVAL: f32 = 0.75;

/// How good the look at a face is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Quality {
    /// Width of its box in pixels of the source.
    pub size: f32,
    /// Detail beside contrast; 1 and more is sharp.
    pub sharpness: f32,
    /// Mean luminance, 0 to 1.
    pub brightness: f32,
}

/// What to do next, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Advice {
    NoFace,
    SeveralFaces,
    HalfFace,
    ComeCloser,
    MoveBack,
    TooDark,
    TooBright,
    Blurred,
    Profile,
    AnotherPerson,
    TurnLeft,
    TurnRight,
    TurnUp,
    TurnDown,
    LookStraight,
    HoldStill,
    PassDone,
    Done,
    Ready,
}

impl Quality {
    /// Of a chip `[3, 150, 150]` of 0 to 255, whose face is `size` pixels wide in its source.
    pub fn of(chip: &[f32], size: f32) -> Quality {
        let luminance = luminance(chip);
        let mean = luminance.iter().sum::<f32>() / luminance.len() as f32;
        let spread = |values: &mut dyn Iterator<Item = f32>| {
            let (mut count, mut sum, mut squares) = (0.0f32, 0.0, 0.0);
            for value in values {
                count += 1.0;
                sum += value;
                squares += value * value;
            }
            (squares / count - (sum / count).powi(2)).max(0.0).sqrt()
        };
        let contrast = spread(&mut luminance.iter().copied());
        let at = |x: usize, y: usize| luminance.get(y * HALF + x).copied().unwrap_or_default();
        let mut edges = (1..HALF - 1).flat_map(|y| {
            (1..HALF - 1).map(move |x| {
                4.0 * at(x, y) - at(x - 1, y) - at(x + 1, y) - at(x, y - 1) - at(x, y + 1)
            })
        });
        let detail = spread(&mut edges);
        Quality {
            size,
            sharpness: detail / contrast.max(1.0) / SHARP,
            brightness: mean / 255.0,
        }
    }
}

/// Side of the face, without what is round it, at half of the chip's size: so that a face of
/// half of the chip's pixels is not called blurred.
const HALF: usize = SIDE / 2 - 2 * MARGIN;
const MARGIN: usize = 10;

/// `[HALF, HALF]` of 0 to 255, each the mean of four pixels. Weights of Rec. 601.
fn luminance(chip: &[f32]) -> Vec<f32> {
    let plane = SIDE * SIDE;
    let pixel = |x: usize, y: usize| {
        let place = y * SIDE + x;
        let channel = |channel: usize| chip.get(channel * plane + place).copied();
        let [red, green, blue] = [0, 1, 2].map(|i| channel(i).unwrap_or_default());
        0.299 * red + 0.587 * green + 0.114 * blue
    };
    (MARGIN..SIDE / 2 - MARGIN)
        .flat_map(|y| (MARGIN..SIDE / 2 - MARGIN).map(move |x| (2 * x, 2 * y)))
        .map(|(x, y)| (pixel(x, y) + pixel(x + 1, y) + pixel(x, y + 1) + pixel(x + 1, y + 1)) / 4.0)
        .collect()
}

/// What to change for a better look, [`Advice::Ready`] for nothing. `faces` are the largest
/// first, in pixels of a picture of this size; pose and quality are of the first.
pub fn advise(
    faces: &[Face],
    (width, height): (usize, usize),
    pose: Pose,
    quality: Quality,
) -> Advice {
    let Some((face, others)) = faces.split_first() else {
        return Advice::NoFace;
    };
    let (width, height) = (width as f32, height as f32);
    let outside = |[x, y]: [f32; 2]| x < 0.0 || y < 0.0 || x > width || y > height;
    let [right_eye, left_eye, ..] = face.keypoints;
    let eyes = (right_eye[0] - left_eye[0]).hypot(right_eye[1] - left_eye[1]);
    let hidden = eyes < LEAST_EYES * face.bounds[2];
    let rival = others
        .iter()
        .any(|other| other.bounds[2] > RIVAL * face.bounds[2]);
    if rival {
        Advice::SeveralFaces
    } else if cut(face, width, height) || face.keypoints[..4].iter().any(|point| outside(*point)) {
        Advice::HalfFace
    } else if quality.size < LEAST_SIZE {
        Advice::ComeCloser
    } else if face.bounds[2] > MOST_SHARE * width.min(height) {
        Advice::MoveBack
    } else if quality.brightness < LEAST_BRIGHTNESS {
        Advice::TooDark
    } else if quality.brightness > MOST_BRIGHTNESS {
        Advice::TooBright
    } else if hidden || pose.yaw.abs() > MOST_YAW || pose.pitch.abs() > MOST_PITCH {
        Advice::Profile
    } else if quality.sharpness < LEAST_SHARPNESS {
        Advice::Blurred
    } else {
        Advice::Ready
    }
}

/// The same of a picture in which no face was found, by its mean luminance, 0 to 1.
pub fn advise_without_face(brightness: f32) -> Advice {
    if brightness < DARK {
        Advice::TooDark
    } else {
        Advice::NoFace
    }
}

/// Whether the picture's edge cuts off more than a tenth of the box.
fn cut(face: &Face, width: f32, height: f32) -> bool {
    let [left, top, wide, tall] = face.bounds;
    let inside = |start: f32, length: f32, end: f32| (start + length).min(end) - start.max(0.0);
    inside(left, wide, width) < 0.9 * wide || inside(top, tall, height) < 0.9 * tall
}
