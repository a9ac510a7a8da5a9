//! Faces as they cross to JavaScript: looks, enrolment, people, verification and the challenge.

use js_sys::Float32Array;
use wasm_bindgen::prelude::*;
use web_time::Instant;

use super::{Js, give, object, throw};
use crate::error::Error;
use crate::face::challenge::{self, Guard};
use crate::face::enrolment::{DIRECTIONS, Enrolment, SAME_PERSON};
use crate::face::look::{Look, NAME, Networks, WEIGHTS_SHA256, align, check};
use crate::face::people::{People, alike};
use crate::face::quality::Advice;
use crate::face::resnet::DIMENSIONS;
use crate::face::scores::{FALSE_ACCEPT, Rates, SHIPPED};
use crate::frame::source::{Canvas, Seen, Source};

mod view;

use view::{
    BoxView, ChallengeView, EnrolmentView, FaceView, HeldView, LookView, PeopleView, PersonView,
    PoseView, RecognitionView, SavedPerson, ScoreView, ScoresView, SegmentView, ThresholdView,
    TimingView, VerdictView,
};

/// Most turns and seconds of a challenge.
const MOST_TURNS: usize = 8;
const MOST_SECONDS: f64 = 120.0;

/// The networks, the people, and what is under way.
#[wasm_bindgen]
pub struct Faces {
    networks: Networks,
    canvas: Canvas,
    people: People,
    threshold: Option<f32>,
    last: Option<Vec<f32>>,
    enrolment: Option<UnderWay>,
    challenge: Option<Asked>,
    guard: Guard,
}

struct UnderWay {
    name: String,
    person: Option<u32>,
    enrolment: Enrolment,
}

struct Asked {
    person: Option<u32>,
    first: Option<Vec<f32>>,
    challenge: challenge::Challenge,
}

#[wasm_bindgen]
impl Faces {
    /// Checks the SHA-256 of the weights and builds both networks.
    #[wasm_bindgen(constructor)]
    pub fn new(weights: &[u8]) -> Js<Faces> {
        Ok(Faces {
            networks: Networks::from_bytes(weights).map_err(throw)?,
            canvas: Canvas::new().map_err(throw)?,
            people: People::default(),
            threshold: None,
            last: None,
            enrolment: None,
            challenge: None,
            guard: Guard::default(),
        })
    }

    /// Name, SHA-256 and dimensions of the embedder.
    pub fn embedder(&self) -> Js<JsValue> {
        object(&[
            ("name", NAME.into()),
            ("sha256", WEIGHTS_SHA256.into()),
            ("dimensions", DIMENSIONS.into()),
        ])
    }

    /// Looks at a picture and keeps the largest face as the last look.
    pub fn look(&mut self, source: JsValue) -> Js<JsValue> {
        self.look_at(source)?.give()
    }

    /// Looks at a picture for the enrolment: `{ look, enrolment, taken, at, advice }`. The last
    /// shot adds the person.
    pub fn enrol_frame(&mut self, source: JsValue) -> Js<JsValue> {
        if self.enrolment.is_none() {
            return Err(throw(Error::EnrolmentMissing));
        }
        let sight = self.look_at(source)?;
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
            ("look", sight.give()?),
            ("enrolment", view),
            ("taken", index(step.taken)),
            ("at", index(step.at)),
            ("advice", give(&step.advice)?),
        ])
    }

    /// Looks at a picture for the challenge: `{ look, challenge }`. `now` is in seconds.
    pub fn challenge_frame(&mut self, source: JsValue, now: f64) -> Js<JsValue> {
        if self.challenge.is_none() {
            return Err(throw(Error::ChallengeMissing));
        }
        let sight = self.look_at(source)?;
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
        object(&[("look", sight.give()?), ("challenge", self.challenge(now)?)])
    }

    /// Adds a photo to a person where it is good: `{ look, taken, advice }`.
    pub fn add_photo(&mut self, person: u32, source: JsValue) -> Js<JsValue> {
        self.people.person(person).map_err(throw)?;
        let sight = self.see(source)?;
        let mut advice = sight.look.advice;
        if let (Advice::Ready, Some(face)) = (advice, &sight.embedding) {
            let shots = &self.people.person(person).map_err(throw)?.shots;
            let same = |shot: &crate::support::Shot| alike(&shot.embedding, face) >= SAME_PERSON;
            if shots.is_empty() || shots.iter().any(same) {
                (self.people)
                    .add_shots(person, vec![face.clone()])
                    .map_err(throw)?;
            } else {
                advice = Advice::AnotherPerson;
            }
        }
        object(&[
            ("look", sight.give()?),
            ("taken", (advice == Advice::Ready).into()),
            ("advice", give(&advice)?),
        ])
    }

    /// Starts an enrolment of a new person, or of another appearance of one.
    pub fn start_enrolment(
        &mut self,
        name: Option<String>,
        person: Option<u32>,
        passes: Option<u8>,
    ) -> Js<JsValue> {
        let mut known = Vec::new();
        let name = match person {
            Some(id) => {
                let person = self.people.person(id).map_err(throw)?;
                let shots = person.shots.iter();
                known.extend(shots.map(|shot| shot.embedding.to_vec()));
                person.name.clone()
            }
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
    pub fn undo(&mut self) {
        self.people.undo();
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

    /// Counts of everything that is held of anyone.
    pub fn held(&self) -> Js<JsValue> {
        let people = self.people.list();
        let shots: usize = people.iter().map(|person| person.shots.len()).sum();
        let under_way = self.enrolment.as_ref();
        let enrolment_shots = under_way.map_or(0, |one| one.enrolment.shots().len());
        let first = (self.challenge.as_ref()).is_some_and(|asked| asked.first.is_some());
        let embeddings =
            shots + enrolment_shots + usize::from(self.last.is_some()) + usize::from(first);
        give(&HeldView {
            people: people.len(),
            shots,
            undo: self.people.undo_depth(),
            enrolment_shots,
            last_look: self.last.is_some(),
            challenge: self.challenge.is_some(),
            bytes: embeddings * DIMENSIONS * size_of::<f32>(),
        })
    }

    /// Forgets everyone, undo, the enrolment, the challenge and the last look.
    pub fn forget(&mut self) -> Js<JsValue> {
        self.people.forget();
        self.enrolment = None;
        self.challenge = None;
        self.last = None;
        self.held()
    }
}

impl Faces {
    fn threshold_in_force(&self) -> f32 {
        let shipped = || SHIPPED.threshold_for(FALSE_ACCEPT);
        self.threshold.unwrap_or_else(shipped)
    }

    /// What `verify` and `recognise` are then about. A photo that becomes a shot is not.
    fn look_at(&mut self, source: JsValue) -> Js<Sight> {
        let sight = self.see(source)?;
        self.last.clone_from(&sight.embedding);
        Ok(sight)
    }

    fn see(&self, source: JsValue) -> Js<Sight> {
        let source = Source::from_js(source).map_err(throw)?;
        let start = Instant::now();
        let milliseconds = |since: Instant| since.elapsed().as_secs_f64() * 1000.0;
        let scene = Seen {
            canvas: &self.canvas,
            source: &source,
        };
        let found = self.networks.find(&scene).map_err(throw)?;
        let detect = milliseconds(start);
        let look = align(found);
        let align = milliseconds(start) - detect;
        let embedding = match &look.largest {
            Some(largest) => {
                let embedder = self.networks.embedder();
                Some(embedder.embed(&largest.chip).map_err(throw)?)
            }
            None => None,
        };
        let total = milliseconds(start);
        Ok(Sight {
            look,
            embedding,
            timing: TimingView {
                detect,
                align,
                embed: total - align - detect,
                total,
            },
        })
    }

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

/// A look with its embedding.
struct Sight {
    look: Look,
    embedding: Option<Vec<f32>>,
    timing: TimingView,
}

impl Sight {
    fn give(&self) -> Js<JsValue> {
        let (width, height) = self.look.size;
        let place = |[x, y]: [f32; 2]| [x / width as f32, y / height as f32];
        let faces = self.look.faces.iter().map(|face| {
            let [left, top, wide, tall] = face.bounds;
            let ([left, top], [wide, tall]) = (place([left, top]), place([wide, tall]));
            FaceView {
                score: face.score,
                r#box: BoxView {
                    left,
                    top,
                    width: wide,
                    height: tall,
                },
                keypoints: face.keypoints.map(place),
            }
        });
        let largest = self.look.largest.as_ref();
        let view = give(&LookView {
            width,
            height,
            faces: faces.collect(),
            pose: largest.map(|largest| PoseView {
                yaw: largest.pose.yaw,
                pitch: largest.pose.pitch,
                roll: largest.pose.roll,
            }),
            quality: largest.map(|largest| largest.quality),
            advice: self.look.advice,
            timing: self.timing,
        })?;
        let embedding = self.embedding.as_deref();
        let embedding = embedding.map_or(JsValue::NULL, |values| Float32Array::from(values).into());
        js_sys::Reflect::set(&view, &"embedding".into(), &embedding)?;
        Ok(view)
    }
}

fn index(place: Option<usize>) -> JsValue {
    place.map_or(JsValue::NULL, JsValue::from)
}
