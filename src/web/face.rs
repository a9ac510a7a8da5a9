//! Faces as they cross to JavaScript: looks, enrolment, people, verification and the challenge.

use js_sys::{Float32Array, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use super::{Engine, Js, give, object, parse, throw};
use crate::device::Choice;
use crate::error::Error;
use crate::face::challenge::{self, Guard};
use crate::face::devices::{Devices, Sight};
use crate::face::enrolment::{DIRECTIONS, Enrolment, SAME_PERSON};
use crate::face::look::{NAME, Networks, WEIGHTS_SHA256, check};
use crate::face::people::{People, alike};
use crate::face::quality::Advice;
use crate::face::resnet::DIMENSIONS;
use crate::face::scores::{FALSE_ACCEPT, Rates, SHIPPED};
use crate::frame::source::Source;

mod resume;
mod view;

use view::{
    BoxView, ChallengeView, EnrolmentView, FaceView, HeldView, LookView, PeopleView, PersonView,
    PoseView, RecognitionView, SavedPerson, ScoreView, ScoresView, SegmentView, ThresholdView,
    TimingView, VerdictView,
};

/// Most turns and seconds of a challenge.
const MOST_TURNS: usize = 8;
const MOST_SECONDS: f64 = 120.0;

/// The networks on WebGPU, not in use yet, or why they could not be built there.
#[wasm_bindgen]
pub struct FacesCandidate(Result<Networks, Error>);

/// The networks, the people, and what is under way.
#[wasm_bindgen]
pub struct Faces {
    devices: Devices,
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
            devices: Devices::new(weights).map_err(throw)?,
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

    /// Builds and warms up the networks on the engine's WebGPU: a promise of a candidate for
    /// [`choose_backend`](Self::choose_backend), which also carries a failure there. Frames can be
    /// answered until it is fulfilled. Undefined where the engine runs on the CPU.
    pub fn open_webgpu(engine: &Engine, weights: Vec<u8>) -> Option<Promise> {
        let device = engine.devices.webgpu_device()?;
        Some(future_to_promise(async move {
            Ok(FacesCandidate(Devices::open(weights, device).await).into())
        }))
    }

    /// Changes the device, as [`Engine::choose_backend`] does. Returns the report.
    pub async fn choose_backend(
        &mut self,
        choice: JsValue,
        candidate: Option<FacesCandidate>,
    ) -> Js<JsValue> {
        let choice: Choice = parse(choice, "backend", "auto, webgpu or cpu")?;
        let candidate = candidate.map(|FacesCandidate(opened)| opened);
        let report = self.devices.choose(choice, candidate).await;
        give(&report.map_err(throw)?)
    }

    /// Goes on with the CPU, since the engine has left WebGPU. Returns the report.
    pub fn leave_webgpu(&mut self) -> Js<JsValue> {
        self.devices.leave_webgpu();
        self.report()
    }

    /// Which device is used, and what was measured to choose it.
    pub fn report(&self) -> Js<JsValue> {
        give(&self.devices.report())
    }

    /// Looks at a picture and keeps the largest face as the last look. A frame of a camera is
    /// `live`: small faces in it are looked for now and then.
    pub async fn look(&mut self, source: JsValue, live: bool) -> Js<JsValue> {
        give_sight(&self.look_at(source, live).await?)
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

    /// Adds a photo to a person where it is good: `{ look, taken, advice }`.
    pub async fn add_photo(&mut self, person: u32, source: JsValue) -> Js<JsValue> {
        self.people.person(person).map_err(throw)?;
        let sight = self.see(source, false).await?;
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
            ("look", give_sight(&sight)?),
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

    /// Embeddings of a person's shots; none of nobody's.
    fn shots_of(&self, person: Option<u32>) -> Result<Vec<Vec<f32>>, Error> {
        let Some(person) = person else {
            return Ok(Vec::new());
        };
        let shots = self.people.person(person)?.shots.iter();
        Ok(shots.map(|shot| shot.embedding.to_vec()).collect())
    }

    /// What `verify` and `recognise` are then about. A photo that becomes a shot is not.
    async fn look_at(&mut self, source: JsValue, live: bool) -> Js<Sight> {
        let sight = self.see(source, live).await?;
        self.last.clone_from(&sight.embedding);
        Ok(sight)
    }

    async fn see(&mut self, source: JsValue, live: bool) -> Js<Sight> {
        let source = Source::from_js(source).map_err(throw)?;
        self.devices.look(&source, live).await.map_err(throw)
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

fn give_sight(sight: &Sight) -> Js<JsValue> {
    let (width, height) = sight.look.size;
    let place = |[x, y]: [f32; 2]| [x / width as f32, y / height as f32];
    let faces = sight.look.faces.iter().map(|face| {
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
    let largest = sight.look.largest.as_ref();
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
        advice: sight.look.advice,
        backend: sight.backend,
        timing: TimingView {
            detect: sight.detect,
            align: sight.align,
            embed: sight.embed,
            total: sight.detect + sight.align + sight.embed,
        },
    })?;
    let embedding = sight.embedding.as_deref();
    let embedding = embedding.map_or(JsValue::NULL, |values| Float32Array::from(values).into());
    js_sys::Reflect::set(&view, &"embedding".into(), &embedding)?;
    Ok(view)
}

fn index(place: Option<usize>) -> JsValue {
    place.map_or(JsValue::NULL, JsValue::from)
}
