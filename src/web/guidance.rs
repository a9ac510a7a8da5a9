//! Guidance ([`crate::guidance`]) as JavaScript takes it.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{Engine, Js, give, throw};
use crate::guidance::Guidance;

#[wasm_bindgen]
impl Engine {
    /// What the support set says of itself; null of an empty one.
    pub fn guidance(&mut self) -> Js<JsValue> {
        let found = self.classifier.guidance().map_err(throw)?;
        give(&found.map(View::from))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View {
    class_ids: Vec<u32>,
    confusion: Vec<Vec<usize>>,
    asked: usize,
    right: usize,
    misplaced: Vec<MisplacedView>,
    alike: Vec<[u32; 2]>,
    still: Vec<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MisplacedView {
    shot_id: u32,
    class_id: u32,
    looks_like: u32,
}

impl From<Guidance> for View {
    fn from(found: Guidance) -> Self {
        let (asked, right) = found.right();
        View {
            class_ids: found.classes,
            confusion: found.confusion,
            asked,
            right,
            misplaced: (found.misplaced.iter())
                .map(|one| MisplacedView {
                    shot_id: one.shot,
                    class_id: one.class,
                    looks_like: one.looks_like,
                })
                .collect(),
            alike: (found.alike.iter())
                .map(|pair| [pair.first, pair.second])
                .collect(),
            still: found.still,
        }
    }
}
