//! The lab as it crosses to JavaScript: drawings as bytes in, plain objects out.

use js_sys::Uint8Array;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use super::{Js, give, parse, throw};
use crate::characters::Characters;
use crate::decision::softmax;
use crate::embedder::conv4::SIDE;
use crate::episode::{Episode, Shape};
use crate::error::Error;
use crate::frame::drawing::Ink;
use crate::frame::source::{Canvas, Source};
use crate::lab::{self, Map, Name, Said, Shot};
use crate::method::Attended;

/// The ink of a drawing, `[28 * 28]` of 0 and 1.
#[wasm_bindgen]
pub fn ink_of(source: JsValue) -> Js<Uint8Array> {
    let source = Source::from_js(source).map_err(throw)?;
    let ink = Canvas::new().and_then(|canvas| canvas.ink(&source));
    Ok(Uint8Array::from(ink.map_err(throw)?.as_slice()))
}

/// Every method with its weights, and the sample characters.
#[wasm_bindgen]
pub struct Lab {
    lab: lab::Lab,
    characters: Characters,
}

#[wasm_bindgen]
impl Lab {
    /// Checks and reads both files.
    #[wasm_bindgen(constructor)]
    pub fn new(weights: &[u8], characters: &[u8]) -> Js<Lab> {
        Ok(Lab {
            lab: lab::Lab::shipped(weights).map_err(throw)?,
            characters: Characters::shipped(characters).map_err(throw)?,
        })
    }

    /// `[{ name, characters }]`.
    pub fn alphabets(&self) -> Js<JsValue> {
        let views: Vec<AlphabetView<'_>> = (self.characters.alphabets().iter())
            .map(|alphabet| AlphabetView {
                name: &alphabet.name,
                characters: alphabet.characters,
            })
            .collect();
        give(&views)
    }

    /// What every method says of a drawing: the class of each shot, the shots' ink one after
    /// another, and the query's ink.
    pub fn read(&mut self, classes: &[u8], inks: &[u8], query: &[u8]) -> Js<JsValue> {
        let support = shots(classes, inks).map_err(throw)?;
        let query = ink(query).map_err(throw)?;
        let said = self.lab.read(&support, &query).map_err(throw)?;
        give(&said.iter().map(ReadingView::new).collect::<Vec<_>>())
    }

    /// Draws a task: `{ classes: [{ alphabet, character, shots, queries }] }`.
    pub fn task(&self, shape: JsValue) -> Js<JsValue> {
        let task: TaskShape = parse(shape, "shape", SHAPE)?;
        let episode = task.episode(&self.characters, 0).map_err(throw)?;
        let mut classes = Vec::new();
        for class in &episode.classes {
            let (alphabet, character) =
                (self.characters.name(class.class)).ok_or_else(|| throw(missing()))?;
            classes.push(ClassView {
                alphabet,
                character,
                shots: self.inks(class.class, &class.support).map_err(throw)?,
                queries: self.inks(class.class, &class.queries).map_err(throw)?,
            });
        }
        give(&TaskView { classes })
    }

    /// Measures every method on the episode of this number:
    /// `{ queries, right: [{ method, count }] }`.
    pub fn measure(&mut self, shape: JsValue, number: u32) -> Js<JsValue> {
        let task: TaskShape = parse(shape, "shape", SHAPE)?;
        let episode = task
            .episode(&self.characters, number.into())
            .map_err(throw)?;
        let (support, queries) = self.drawings(&episode).map_err(throw)?;
        let right = self.lab.measure(&support, &queries).map_err(throw)?;
        give(&EpisodeView {
            queries: queries.len(),
            right,
        })
    }
}

impl Lab {
    fn drawings(&self, episode: &Episode) -> Result<(Vec<Shot>, Vec<Shot>), Error> {
        let ink = |character, drawer| self.characters.ink(character, drawer).ok_or_else(missing);
        let (mut support, mut queries) = (Vec::new(), Vec::new());
        for (place, class) in episode.classes.iter().enumerate() {
            for drawer in &class.support {
                support.push((place, ink(class.class, *drawer)?));
            }
            for drawer in &class.queries {
                queries.push((place, ink(class.class, *drawer)?));
            }
        }
        Ok((support, queries))
    }

    fn inks(&self, character: usize, drawers: &[usize]) -> Result<Vec<InkView>, Error> {
        let ink = |drawer: &usize| self.characters.ink(character, *drawer).map(InkView);
        drawers
            .iter()
            .map(|drawer| ink(drawer).ok_or_else(missing))
            .collect()
    }
}

/// What `shape` may be, in words.
const SHAPE: &str =
    "way, shot and queries whole numbers, alphabet a place or null, seed a whole number";

fn ink(bytes: &[u8]) -> Result<Ink, Error> {
    let ink: Ink = bytes
        .try_into()
        .map_err(|_| Error::PictureUnreadable(format!("a drawing has {} bytes", bytes.len())))?;
    if ink.iter().any(|value| *value > 1) {
        return Err(Error::PictureUnreadable("ink is 0 or 1".into()));
    }
    Ok(ink)
}

fn shots(classes: &[u8], inks: &[u8]) -> Result<Vec<Shot>, Error> {
    if inks.len() != classes.len() * SIDE * SIDE {
        return Err(Error::PictureUnreadable(format!(
            "{} bytes for {} drawings",
            inks.len(),
            classes.len()
        )));
    }
    classes
        .iter()
        .zip(inks.chunks_exact(SIDE * SIDE))
        .map(|(class, bytes)| Ok((usize::from(*class), ink(bytes)?)))
        .collect()
}

/// An episode names only what there is.
fn missing() -> Error {
    Error::CharactersInvalid("a drawing is missing".into())
}

#[derive(Deserialize)]
struct TaskShape {
    way: usize,
    shot: usize,
    queries: usize,
    alphabet: Option<usize>,
    seed: u32,
}

impl TaskShape {
    fn episode(&self, characters: &Characters, number: u64) -> Result<Episode, Error> {
        let shape = Shape {
            way: self.way,
            shot: self.shot,
            queries: self.queries,
        };
        characters.episode(shape, self.alphabet, self.seed.into(), number)
    }
}

#[derive(Serialize)]
struct AlphabetView<'a> {
    name: &'a str,
    characters: usize,
}

#[derive(Serialize)]
struct TaskView<'a> {
    classes: Vec<ClassView<'a>>,
}

#[derive(Serialize)]
struct ClassView<'a> {
    alphabet: &'a str,
    character: usize,
    shots: Vec<InkView>,
    queries: Vec<InkView>,
}

/// Crosses as a `Uint8Array`.
struct InkView(Ink);

impl Serialize for InkView {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

#[derive(Serialize)]
struct EpisodeView {
    queries: usize,
    right: Vec<lab::Right>,
}

#[derive(Serialize)]
struct ReadingView {
    method: Name,
    scores: Vec<f32>,
    probabilities: Vec<f32>,
    attended: AttendedView,
}

impl ReadingView {
    fn new(said: &Said) -> Self {
        ReadingView {
            method: said.name,
            scores: said.reading.scores.clone(),
            probabilities: softmax(&said.reading.scores),
            attended: AttendedView::new(said),
        }
    }
}

#[derive(Serialize)]
#[serde(
    tag = "kind",
    rename_all = "lowercase",
    rename_all_fields = "camelCase"
)]
enum AttendedView {
    Prototypes {
        distances: Vec<f32>,
    },
    Shots {
        weights: Vec<f32>,
        measure: &'static str,
    },
    Relations {
        scores: Vec<f32>,
    },
    Imagined {
        distances: Vec<f32>,
        points: Vec<PointView>,
    },
    Memory {
        reads: Vec<f32>,
        written_by: Vec<Option<usize>>,
    },
    Nothing,
}

impl AttendedView {
    fn new(said: &Said) -> Self {
        match said.reading.attended.clone() {
            Attended::Prototypes { distances } => AttendedView::Prototypes { distances },
            Attended::Shots { weights } => AttendedView::Shots {
                weights,
                measure: match said.name {
                    Name::Matching | Name::MatchingContext | Name::Snail => "attention",
                    _ => "similarity",
                },
            },
            Attended::Relations { scores } => AttendedView::Relations { scores },
            Attended::Imagined { distances, .. } => AttendedView::Imagined {
                distances,
                points: said.map.as_ref().map(points).unwrap_or_default(),
            },
            Attended::Memory { reads, written_by } => AttendedView::Memory { reads, written_by },
            Attended::Nothing => AttendedView::Nothing,
        }
    }
}

#[derive(Serialize)]
struct PointView {
    kind: &'static str,
    place: Option<usize>,
    x: f32,
    y: f32,
}

fn points(map: &Map) -> Vec<PointView> {
    let point = |kind, place, [x, y]: [f32; 2]| PointView { kind, place, x, y };
    let of = |kind, places: &[(usize, [f32; 2])]| -> Vec<PointView> {
        let places = places.iter();
        places
            .map(|(class, at)| point(kind, Some(*class), *at))
            .collect()
    };
    let mut all = of("shot", &map.shots);
    all.extend(of("imagined", &map.imagined));
    all.extend(of("prototype", &map.prototypes));
    all.push(point("query", None, map.query));
    all
}
