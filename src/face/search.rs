//! How far a picture is searched for small faces where the whole of it shows none.
//!
//! A photo is searched in all its parts at once. In frames of a camera the parts take turns, one a
//! frame, so that a room with nobody in it costs each frame the same; where a part has shown a
//! face, the next frame is searched there first.

use super::blazeface::SIDE;
use crate::frame::picture::{Picture, Similarity};

/// Length of the side of a part, as a share of the picture's shorter side, and the step from part
/// to part as a share of the part.
const PART: f32 = 0.333;
const PART_STEP: f32 = 0.67;

/// How far a picture is searched, where the whole of it has no face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Search {
    /// In all its parts: a photo.
    Parts,
    /// In one of them, whose turn it is; counted on without an end.
    Turn(usize),
    /// In one round this point, in shares of the width and the height.
    Round([f32; 2]),
}

/// How far the next frame of a camera is searched. The parts of a 4:3 picture are 24: at twenty
/// frames a second a small face is found after a second or sooner.
///
/// ```
/// use kshot::face::search::{Rhythm, Search};
///
/// let mut rhythm = Rhythm::default();
/// rhythm.take(None);
/// assert_eq!(rhythm.search(), Search::Turn(1));
/// rhythm.take(Some([0.3, 0.6]));
/// assert_eq!(rhythm.search(), Search::Round([0.3, 0.6]));
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Rhythm {
    turn: usize,
    last: Option<[f32; 2]>,
}

impl Rhythm {
    /// How the next frame is searched.
    pub fn search(&self) -> Search {
        self.last.map_or(Search::Turn(self.turn), Search::Round)
    }

    /// Takes in where that frame had its largest face, in shares of the width and the height.
    pub fn take(&mut self, face: Option<[f32; 2]>) {
        if face.is_none() && self.last.is_none() {
            self.turn = self.turn.wrapping_add(1);
        }
        self.last = face;
    }
}

impl Search {
    /// The squares of a picture that are looked at.
    pub(super) fn squares(self, picture: &Picture) -> Vec<Similarity> {
        let (width, height) = picture.size();
        match self {
            Search::Parts => parts(picture),
            Search::Turn(turn) => {
                let all = parts(picture);
                (all.get(turn % all.len().max(1)).copied().into_iter()).collect()
            }
            Search::Round([x, y]) => {
                let half = side(picture) / 2.0;
                vec![square(
                    picture,
                    [x * width as f32 - half, y * height as f32 - half],
                )]
            }
        }
    }
}

/// Overlapping squares all over the picture.
fn parts(picture: &Picture) -> Vec<Similarity> {
    let (width, height) = picture.size();
    let steps = |length: usize| {
        let room = length as f32 - side(picture);
        let count = (room / (side(picture) * PART_STEP)).ceil().max(1.0);
        (0..=count as usize).map(move |step| room * step as f32 / count)
    };
    steps(height)
        .flat_map(|top| steps(width).map(move |left| square(picture, [left, top])))
        .collect()
}

fn side(picture: &Picture) -> f32 {
    let (width, height) = picture.size();
    width.min(height) as f32 * PART
}

fn square(picture: &Picture, origin: [f32; 2]) -> Similarity {
    Similarity {
        a: side(picture) / SIDE as f32,
        b: 0.0,
        origin,
    }
}
