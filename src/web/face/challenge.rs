//! The liveness challenge as it crosses to JavaScript. Times are in seconds, and the page's.

use wasm_bindgen::prelude::*;

use super::Faces;
use super::sight::give_sight;
use super::view::ChallengeView;
use crate::error::Error;
use crate::face::challenge::Challenge;
use crate::face::enrolment::SAME_PERSON;
use crate::face::people::alike;
use crate::web::{Js, give, object, throw};

/// Most turns and seconds of a challenge.
const MOST_TURNS: usize = 8;
const MOST_SECONDS: f64 = 120.0;

pub(super) struct Asked {
    pub(super) person: Option<u32>,
    pub(super) first: Option<Vec<f32>>,
    pub(super) challenge: Challenge,
}

#[wasm_bindgen]
impl Faces {
    /// Starts a challenge; `now` is in seconds, `seed` decides the order of the turns.
    pub fn start_challenge(
        &mut self,
        person: Option<u32>,
        turns: usize,
        seconds: f64,
        seed: u32,
        now: f64,
    ) -> Js<JsValue> {
        if let Some(person) = person {
            self.people.person(person).map_err(throw)?;
        }
        if !((1..=MOST_TURNS).contains(&turns) && seconds > 0.0 && seconds <= MOST_SECONDS) {
            return Err(throw(Error::SettingInvalid {
                name: "challenge",
                range: "1 to 8 turns in up to 120 seconds",
                value: format!("{turns} turns in {seconds} seconds"),
            }));
        }
        self.challenge = Some(Asked {
            person,
            first: None,
            challenge: self.guard.start(turns, seconds, seed.into(), now),
        });
        self.challenge(now)
    }

    /// The challenge as it stands, or null.
    pub fn challenge(&self, now: f64) -> Js<JsValue> {
        let Some(Asked { challenge, .. }) = &self.challenge else {
            return Ok(JsValue::NULL);
        };
        give(&ChallengeView {
            state: challenge.state(),
            turns: challenge.turns(),
            made: challenge.made(),
            seconds_left: challenge.seconds_left(now),
            failure: challenge.failure(),
            failures: self.guard.failures(),
            locked_for: self.guard.locked_for(now),
        })
    }

    /// Drops the challenge.
    pub fn end_challenge(&mut self) {
        self.challenge = None;
    }

    /// Looks at a picture for the challenge: `{ look, challenge }`. `now` is in seconds.
    pub async fn challenge_frame(&mut self, source: JsValue, live: bool, now: f64) -> Js<JsValue> {
        if self.challenge.is_none() {
            return Err(throw(Error::ChallengeMissing));
        }
        let sight = self.look_at(source, live).await?;
        let threshold = self.threshold_in_force();
        if let Some(asked) = &mut self.challenge {
            let same = match (&sight.embedding, asked.person, &asked.first) {
                (None, ..) => false,
                (Some(face), Some(person), _) => (self.people.similarity(person, face))
                    .is_ok_and(|similarity| similarity >= threshold),
                (Some(face), None, Some(first)) => alike(first, face) >= SAME_PERSON,
                (Some(_), None, None) => true,
            };
            if asked.first.is_none() {
                asked.first.clone_from(&sight.embedding);
            }
            (asked.challenge).step(&sight.look, same, &mut self.guard, now);
        }
        object(&[
            ("look", give_sight(&sight)?),
            ("challenge", self.challenge(now)?),
        ])
    }
}
