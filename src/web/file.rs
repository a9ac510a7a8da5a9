//! Saved work as it crosses to JavaScript: states into the engine, and `.kshot` files out and in.

use js_sys::{Float32Array, Uint8Array};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use super::settings::Setting;
use super::{Engine, Js, give, object, parse, throw};
use crate::classifier::Settings;
use crate::enrollment::{Enrolled, Enrollment, Kind, Shot, Thumbnail};
use crate::error::Error;
use crate::method::Metric;
use crate::method::choice::Choice;

#[wasm_bindgen]
impl Engine {
    /// Puts a saved state in the place of what there is: the classes with their number of
    /// shots, and all embeddings one after another, `[shots, 1280]`.
    pub fn restore(&mut self, state: JsValue, embeddings: &[f32]) -> Js<JsValue> {
        let (settings, classes) = read_state(state)?;
        self.classifier
            .restore(settings, classes, embeddings)
            .map_err(throw)?;
        self.support()
    }

    /// Puts the classes of a saved state after those there are.
    pub fn append(&mut self, state: JsValue, embeddings: &[f32]) -> Js<JsValue> {
        let (_, classes) = read_state(state)?;
        self.classifier.append(classes, embeddings).map_err(throw)?;
        self.support()
    }
}

/// A `.kshot` file of a state: embeddings one after another, `[shots, dimensions]`, thumbnails
/// one after another with the length of each, 0 where there is none.
#[wasm_bindgen]
pub fn write_kshot(
    state: JsValue,
    embeddings: &[f32],
    thumbnails: &[u8],
    lengths: &[u32],
) -> Js<Uint8Array> {
    let state: FileState = serde_wasm_bindgen::from_value(state)
        .map_err(|error| throw(Error::StateInvalid(error.to_string())))?;
    let file = state.write(embeddings, thumbnails, lengths);
    Ok(Uint8Array::from(file.map_err(throw)?.as_slice()))
}

/// What a `.kshot` file of this kind, or of any where it is null, holds: the state, its
/// embeddings, and for each shot where in the file its thumbnail is, or null.
#[wasm_bindgen]
pub fn read_kshot(file: &[u8], kind: JsValue) -> Js<JsValue> {
    let expected: Option<Kind> = parse(kind, "kind", "objects, faces or drawings")?;
    let enrollment = Enrollment::read(file).map_err(throw)?;
    if let Some(expected) = expected
        && enrollment.kind != expected
    {
        return Err(throw(Error::FileOtherKind {
            found: enrollment.kind.name(),
            expected: expected.name(),
        }));
    }
    let shots = || enrollment.classes.iter().flat_map(|class| &class.shots);
    let embeddings: Vec<f32> = shots().flat_map(|shot| &shot.embedding).copied().collect();
    let thumbnails: Vec<Option<Place>> = shots()
        .map(|shot| shot.thumbnail.map(|thumbnail| Place::of(thumbnail, file)))
        .collect();
    object(&[
        ("state", give(&FileState::of(&enrollment))?),
        ("embeddings", Float32Array::from(&embeddings[..]).into()),
        ("thumbnails", give(&thumbnails)?),
    ])
}

/// Where a thumbnail lies in its file.
#[derive(Serialize)]
struct Place {
    start: usize,
    end: usize,
    #[serde(rename = "type")]
    media_type: &'static str,
}

impl Place {
    fn of(thumbnail: Thumbnail<'_>, file: &[u8]) -> Self {
        let bytes = thumbnail.bytes();
        let start = (bytes.as_ptr() as usize).saturating_sub(file.as_ptr() as usize);
        Place {
            start,
            end: start + bytes.len(),
            media_type: thumbnail.media_type(),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct FileState {
    kind: Kind,
    embedder: FileEmbedder,
    settings: SavedSettings,
    classes: Vec<SavedClass>,
}

#[derive(Serialize, Deserialize)]
struct FileEmbedder {
    sha256: String,
    dimensions: usize,
}

impl FileState {
    fn of(enrollment: &Enrollment<'_>) -> Self {
        let hex = enrollment.embedder.map(|byte| format!("{byte:02x}"));
        let settings = enrollment.settings;
        FileState {
            kind: enrollment.kind,
            embedder: FileEmbedder {
                sha256: hex.concat(),
                dimensions: enrollment.dimensions,
            },
            settings: SavedSettings {
                method: settings.method,
                metric: settings.metric,
                temperature: settings.temperature.into(),
                threshold: settings.threshold.into(),
            },
            classes: (enrollment.classes.iter())
                .map(|class| SavedClass {
                    name: class.name.clone(),
                    enabled: class.enabled,
                    shots: class.shots.len(),
                })
                .collect(),
        }
    }

    fn write(
        self,
        embeddings: &[f32],
        thumbnails: &[u8],
        lengths: &[u32],
    ) -> Result<Vec<u8>, Error> {
        let FileEmbedder { sha256, dimensions } = self.embedder;
        let short = || Error::StateInvalid("embeddings or thumbnails are missing".into());
        let mut rows = embeddings.chunks_exact(dimensions.max(1));
        let mut lengths = lengths.iter();
        let mut rest = thumbnails;
        let mut take_shot = || {
            let embedding = rows.next().ok_or_else(short)?.to_vec();
            let length = *lengths.next().ok_or_else(short)? as usize;
            let (bytes, after) = rest.split_at_checked(length).ok_or_else(short)?;
            rest = after;
            let thumbnail = (length > 0).then(|| Thumbnail::new(bytes)).transpose()?;
            Ok(Shot {
                embedding,
                thumbnail,
            })
        };
        let classes = (self.classes.into_iter())
            .map(|class| {
                Ok(Enrolled {
                    name: class.name,
                    enabled: class.enabled,
                    shots: (0..class.shots)
                        .map(|_| take_shot())
                        .collect::<Result<_, Error>>()?,
                })
            })
            .collect::<Result<_, Error>>()?;
        Enrollment {
            kind: self.kind,
            embedder: read_sha256(&sha256)?,
            dimensions,
            settings: self.settings.read(),
            classes,
        }
        .write()
    }
}

fn read_sha256(hex: &str) -> Result<[u8; 32], Error> {
    let mut digest = [0; 32];
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    for (byte, pair) in digest.iter_mut().zip(pairs) {
        let pair = str::from_utf8(pair).unwrap_or_default();
        *byte = u8::from_str_radix(pair, 16)
            .map_err(|_| Error::StateInvalid("the embedder's SHA-256 is no hexadecimal".into()))?;
    }
    if pairs.len() != digest.len() || !rest.is_empty() {
        return Err(Error::StateInvalid(
            "the embedder's SHA-256 is not of 32 bytes".into(),
        ));
    }
    Ok(digest)
}

type Classes = Vec<(String, bool, usize)>;

fn read_state(state: JsValue) -> Js<(Settings, Classes)> {
    let state: SavedState = serde_wasm_bindgen::from_value(state)
        .map_err(|error| throw(Error::StateInvalid(error.to_string())))?;
    let classes = (state.classes.into_iter())
        .map(|class| (class.name, class.enabled, class.shots))
        .collect();
    Ok((state.settings.read(), classes))
}

#[derive(Deserialize)]
struct SavedState {
    settings: SavedSettings,
    classes: Vec<SavedClass>,
}

#[derive(Serialize, Deserialize)]
struct SavedSettings {
    /// States of before there was a choice do not have it.
    #[serde(default)]
    method: Choice,
    metric: Metric,
    temperature: Setting,
    threshold: Setting,
}

impl SavedSettings {
    fn read(self) -> Settings {
        Settings {
            method: self.method,
            metric: self.metric,
            temperature: self.temperature.value(),
            threshold: self.threshold.value(),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct SavedClass {
    name: String,
    enabled: bool,
    shots: usize,
}
