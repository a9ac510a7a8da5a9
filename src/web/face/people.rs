//! Who is enrolled, as it crosses to JavaScript: photos, names, undo, and everyone at once.

use js_sys::Float32Array;
use wasm_bindgen::prelude::*;

use super::Faces;
use super::sight::give_sight;
use super::view::{PeopleView, PersonView, SavedPerson};
use crate::error::Error;
use crate::face::enrolment::SAME_PERSON;
use crate::face::look::check;
use crate::face::people::alike;
use crate::face::quality::Advice;
use crate::face::resnet::DIMENSIONS;
use crate::support::Shot;
use crate::web::{Js, give, object, throw};

#[wasm_bindgen]
impl Faces {
    /// Adds a photo to a person where it is good: `{ look, taken, advice }`.
    pub async fn add_photo(&mut self, person: u32, source: JsValue) -> Js<JsValue> {
        self.people.person(person).map_err(throw)?;
        let sight = self.see(source, false).await?;
        let mut advice = sight.look.advice;
        if let (Advice::Ready, Some(face)) = (advice, &sight.embedding) {
            let shots = &self.people.person(person).map_err(throw)?.shots;
            let same = |shot: &Shot| alike(&shot.embedding, face) >= SAME_PERSON;
            if shots.is_empty() || shots.iter().any(same) {
                (self.people)
                    .add_shots(person, vec![face.clone()])
                    .map_err(throw)?;
            } else {
                advice = Advice::AnotherPerson;
            }
        }
        object(&[
            ("look", give_sight(&sight)?),
            ("taken", (advice == Advice::Ready).into()),
            ("advice", give(&advice)?),
        ])
    }

    /// Adds a person without shots; gives the id.
    pub fn add_person(&mut self, name: &str) -> Js<u32> {
        self.people.add(name).map_err(throw)
    }

    /// Gives a person another name.
    pub fn rename_person(&mut self, person: u32, name: &str) -> Js<()> {
        self.people.rename(person, name).map_err(throw)
    }

    /// Removes a person with their shots.
    pub fn remove_person(&mut self, person: u32) -> Js<()> {
        self.people.remove(person).map_err(throw)
    }

    /// Removes one shot.
    pub fn remove_shot(&mut self, shot: u32) -> Js<()> {
        self.people.remove_shot(shot).map_err(throw)
    }

    /// Takes the last change of people back.
    pub fn undo(&mut self) -> Js<()> {
        self.people.undo().map_err(throw)
    }

    /// Everyone: `{ people: [{ id, name, shots }], undo }`.
    pub fn people(&self) -> Js<JsValue> {
        give(&PeopleView {
            people: (self.people.list().iter())
                .map(|person| PersonView {
                    id: person.id,
                    name: &person.name,
                    shots: person.shots.iter().map(|shot| shot.id).collect(),
                })
                .collect(),
            undo: self.people.undoable(),
        })
    }

    /// All embeddings, `[shots, 128]`, in the order of [`people`](Self::people).
    pub fn embeddings(&self) -> Float32Array {
        let all: Vec<f32> = (self.people.list().iter())
            .flat_map(|person| &person.shots)
            .flat_map(|shot| shot.embedding.iter().copied())
            .collect();
        Float32Array::from(all.as_slice())
    }

    /// Puts people in the place of everyone, `[{ id, name, shots: number of them }]` and their
    /// embeddings `[shots, 128]`. With `resume`, under their own ids and without undo: for an
    /// engine that follows one that died.
    pub fn restore(&mut self, people: JsValue, embeddings: &[f32], resume: bool) -> Js<()> {
        let invalid = |problem: String| throw(Error::StateInvalid(problem));
        let saved: Vec<SavedPerson> =
            serde_wasm_bindgen::from_value(people).map_err(|error| invalid(error.to_string()))?;
        let count: usize = saved.iter().map(|person| person.shots).sum();
        if embeddings.len() != count * DIMENSIONS {
            return Err(invalid(format!(
                "{} values for {count} shots",
                embeddings.len()
            )));
        }
        let mut rows = embeddings.chunks_exact(DIMENSIONS);
        let mut kept = Vec::new();
        for person in saved {
            let shots = (rows.by_ref().take(person.shots))
                .map(|row| check(row.to_vec()))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|error| invalid(error.to_string()))?;
            kept.push((person.id, person.name, shots));
        }
        if resume {
            self.people.resume(kept).map_err(throw)
        } else {
            let named = kept.into_iter().map(|(_, name, shots)| (name, shots));
            self.people.restore(named.collect()).map_err(throw)
        }
    }
}

impl Faces {
    /// Embeddings of a person's shots; none of nobody's.
    pub(super) fn shots_of(&self, person: Option<u32>) -> Result<Vec<Vec<f32>>, Error> {
        let Some(person) = person else {
            return Ok(Vec::new());
        };
        let shots = self.people.person(person)?.shots.iter();
        Ok(shots.map(|shot| shot.embedding.to_vec()).collect())
    }
}
