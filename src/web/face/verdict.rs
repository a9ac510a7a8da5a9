//! Verification and recognition as they cross to JavaScript, and the threshold with what it costs.

use wasm_bindgen::prelude::*;

use super::Faces;
use super::view::{RecognitionView, ScoreView, ScoresView, ThresholdView, VerdictView};
use crate::error::Error;
use crate::face::scores::{FALSE_ACCEPT, Rates, SHIPPED};
use crate::web::{Js, give, throw};

#[wasm_bindgen]
impl Faces {
    /// Is the last look this person? `{ personId, same, similarity, threshold }`, or null where
    /// there was no face.
    pub fn verify(&self, person: u32) -> Js<JsValue> {
        self.people.person(person).map_err(throw)?;
        let Some(face) = &self.last else {
            return Ok(JsValue::NULL);
        };
        let similarity = self.people.similarity(person, face).map_err(throw)?;
        let threshold = self.threshold_in_force();
        give(&VerdictView {
            person_id: person,
            same: similarity >= threshold,
            similarity,
            threshold,
        })
    }

    /// Who is the last look? `{ best, scores, threshold }`, or null where there was no face.
    pub fn recognise(&self) -> Js<JsValue> {
        let Some(face) = &self.last else {
            return Ok(JsValue::NULL);
        };
        let threshold = self.threshold_in_force();
        let mut scores = Vec::new();
        for (person, similarity) in self.people.similarities(face) {
            scores.push(ScoreView {
                person_id: person,
                name: &self.people.person(person).map_err(throw)?.name,
                similarity,
            });
        }
        let best = scores.first().filter(|score| score.similarity >= threshold);
        give(&RecognitionView {
            best: best.map(|score| score.person_id),
            scores,
            threshold,
        })
    }

    /// The threshold with what it costs: `{ threshold, auto, falseAccept, falseReject }`.
    pub fn threshold(&self) -> Js<JsValue> {
        let threshold = self.threshold_in_force();
        let Rates {
            false_accept,
            false_reject,
        } = SHIPPED.rates_at(threshold);
        give(&ThresholdView {
            threshold,
            auto: self.threshold.is_none(),
            false_accept,
            false_reject,
        })
    }

    /// Changes the threshold; without a value it is the shipped one.
    pub fn set_threshold(&mut self, threshold: Option<f32>) -> Js<JsValue> {
        if let Some(value) = threshold
            && !(-1.0..=1.0).contains(&value)
        {
            return Err(throw(Error::SettingInvalid {
                name: "threshold",
                range: "a number from -1 to 1",
                value: value.to_string(),
            }));
        }
        self.threshold = threshold;
        self.threshold()
    }

    /// The scores that ship with the app.
    pub fn scores(&self) -> Js<JsValue> {
        let (equal_error_rate, equal_error_threshold) = SHIPPED.equal_error();
        give(&ScoresView {
            set: SHIPPED.set,
            people: SHIPPED.people,
            pictures: SHIPPED.pictures,
            genuine_pairs: SHIPPED.genuine.iter().sum(),
            impostor_pairs: SHIPPED.impostor.iter().sum(),
            low: SHIPPED.low,
            step: SHIPPED.step,
            genuine: SHIPPED.genuine,
            impostor: SHIPPED.impostor,
            rates: SHIPPED.curve(),
            equal_error_rate,
            equal_error_threshold,
            auto_threshold: SHIPPED.threshold_for(FALSE_ACCEPT),
        })
    }

    /// What a threshold costs: `{ falseAccept, falseReject }`.
    pub fn rates_at(&self, threshold: f32) -> Js<JsValue> {
        give(&SHIPPED.rates_at(threshold))
    }
}

impl Faces {
    pub(super) fn threshold_in_force(&self) -> f32 {
        let shipped = || SHIPPED.threshold_for(FALSE_ACCEPT);
        self.threshold.unwrap_or_else(shipped)
    }
}
