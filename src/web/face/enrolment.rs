//! An enrolment as it crosses to JavaScript: begun, shown frames, and ended with a person.

use wasm_bindgen::prelude::*;

use super::Faces;
use super::sight::give_sight;
use super::view::{EnrolmentView, SegmentView};
use crate::error::Error;
use crate::face::enrolment::{DIRECTIONS, Enrolment};
use crate::web::{Js, give, object, throw};

pub(super) struct UnderWay {
    pub(super) name: String,
    pub(super) person: Option<u32>,
    pub(super) enrolment: Enrolment,
}

#[wasm_bindgen]
impl Faces {
    /// Starts an enrolment of a new person, or of another appearance of one.
    pub fn start_enrolment(
        &mut self,
        name: Option<String>,
        person: Option<u32>,
        passes: Option<u8>,
    ) -> Js<JsValue> {
        let known = self.shots_of(person).map_err(throw)?;
        let name = match person {
            Some(id) => self.people.person(id).map_err(throw)?.name.clone(),
            None => name.unwrap_or_default().trim().to_owned(),
        };
        if name.is_empty() {
            return Err(throw(Error::NameEmpty));
        }
        self.enrolment = Some(UnderWay {
            name,
            person,
            enrolment: Enrolment::new(passes.unwrap_or(1), known),
        });
        self.enrolment()
    }

    /// The enrolment as it stands, or null.
    pub fn enrolment(&self) -> Js<JsValue> {
        let Some(under_way) = &self.enrolment else {
            return Ok(JsValue::NULL);
        };
        let enrolment = &under_way.enrolment;
        give(&EnrolmentView {
            name: &under_way.name,
            person_id: under_way.person,
            passes: enrolment.passes(),
            pass: enrolment.pass(),
            segments: (DIRECTIONS.into_iter().zip(enrolment.filled()))
                .map(|(direction, filled)| SegmentView { direction, filled })
                .collect(),
            wanted: enrolment.wanted(),
            shots: enrolment.shots().len(),
            done: enrolment.is_done(),
        })
    }

    /// Adds the person with the shots there are; gives the id.
    pub fn finish_enrolment(&mut self) -> Js<u32> {
        let under_way = self.enrolment.as_ref().ok_or(Error::EnrolmentMissing);
        if under_way.map_err(throw)?.enrolment.shots().is_empty() {
            let none = Error::EmbeddingInvalid("no shot has been taken".into());
            return Err(throw(none));
        }
        let person = self.enrol()?;
        self.enrolment = None;
        Ok(person)
    }

    /// Drops the enrolment with its shots.
    pub fn cancel_enrolment(&mut self) {
        self.enrolment = None;
    }

    /// Looks at a picture for the enrolment: `{ look, enrolment, taken, at, advice }`. The last
    /// shot adds the person.
    pub async fn enrol_frame(&mut self, source: JsValue, live: bool) -> Js<JsValue> {
        if self.enrolment.is_none() {
            return Err(throw(Error::EnrolmentMissing));
        }
        let sight = self.look_at(source, live).await?;
        let under_way = self.enrolment.as_mut().ok_or(Error::EnrolmentMissing);
        let under_way = under_way.map_err(throw)?;
        let step = (under_way.enrolment).step(&sight.look, sight.embedding.as_deref());
        if under_way.enrolment.is_done() {
            self.enrol()?;
        }
        let view = self.enrolment()?;
        if self
            .enrolment
            .as_ref()
            .is_some_and(|one| one.enrolment.is_done())
        {
            self.enrolment = None;
        }
        object(&[
            ("look", give_sight(&sight)?),
            ("enrolment", view),
            ("taken", index(step.taken)),
            ("at", index(step.at)),
            ("advice", give(&step.advice)?),
        ])
    }
}

impl Faces {
    /// Makes the shots of the enrolment a person, or adds them to one.
    fn enrol(&mut self) -> Js<u32> {
        let under_way = self.enrolment.as_mut().ok_or(Error::EnrolmentMissing);
        let under_way = under_way.map_err(throw)?;
        let person = match under_way.person {
            Some(person) => person,
            None => self.people.add(&under_way.name).map_err(throw)?,
        };
        under_way.person = Some(person);
        let shots = under_way.enrolment.shots().to_vec();
        self.people.add_shots(person, shots).map_err(throw)?;
        Ok(person)
    }
}

fn index(place: Option<usize>) -> JsValue {
    place.map_or(JsValue::NULL, JsValue::from)
}
