//! What an engine is given that follows one that died, beside the people: an enrolment under way
//! and the failures of challenges. The page's side keeps them meanwhile.

use js_sys::Float32Array;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use super::Faces;
use super::enrolment::UnderWay;
use crate::error::Error;
use crate::face::challenge::Guard;
use crate::face::enrolment::{Enrolment, Progress};
use crate::face::look::check;
use crate::face::resnet::DIMENSIONS;
use crate::web::{Js, give, object, throw};

#[derive(Serialize, Deserialize)]
struct SavedEnrolment {
    name: String,
    person: Option<u32>,
    progress: Progress,
}

#[wasm_bindgen]
impl Faces {
    /// The enrolment under way: `{ saved, shots }`, its embeddings `[shots, 128]`; or null.
    pub fn save_enrolment(&self) -> Js<JsValue> {
        let Some(under_way) = &self.enrolment else {
            return Ok(JsValue::NULL);
        };
        let shots: Vec<f32> = under_way.enrolment.shots().concat();
        object(&[
            (
                "saved",
                give(&SavedEnrolment {
                    name: under_way.name.clone(),
                    person: under_way.person,
                    progress: under_way.enrolment.progress(),
                })?,
            ),
            ("shots", Float32Array::from(shots.as_slice()).into()),
        ])
    }

    /// Goes on with the enrolment of the engine before this one, after the people were restored.
    pub fn resume_enrolment(&mut self, saved: JsValue, shots: &[f32]) -> Js<()> {
        let invalid = |problem: String| throw(Error::StateInvalid(problem));
        let SavedEnrolment {
            name,
            person,
            progress,
        } = serde_wasm_bindgen::from_value(saved).map_err(|error| invalid(error.to_string()))?;
        let known = self.shots_of(person).map_err(throw)?;
        let (rows, rest) = shots.as_chunks::<DIMENSIONS>();
        if !rest.is_empty() {
            return Err(invalid(format!("a shot is not of {DIMENSIONS} numbers")));
        }
        let shots = (rows.iter().map(|row| check(row.to_vec())))
            .collect::<Result<Vec<_>, _>>()
            .map_err(throw)?;
        self.enrolment = Some(UnderWay {
            name,
            person,
            enrolment: Enrolment::resume(progress, shots, known),
        });
        Ok(())
    }

    /// Counts on from the failures of the engine before this one; `now` is in seconds.
    pub fn resume_guard(&mut self, failures: u32, locked_for: f64, now: f64) {
        self.guard = Guard::resume(failures, locked_for, now);
    }
}
