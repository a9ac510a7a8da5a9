//! Faces as they cross to JavaScript: the networks, the devices, a look, and what is held of anyone.
//! `enrolment`, `people`, `verdict` and `challenge` have the rest; `resume` is what the
//! next engine is given.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use super::{Engine, Js, give, object, parse, throw};
use crate::backend::Choice;
use crate::error::Error;
use crate::face::challenge::Guard;
use crate::face::devices::{Devices, Sight};
use crate::face::look::{NAME, Networks, WEIGHTS_SHA256};
use crate::face::people::People;
use crate::face::resnet::DIMENSIONS;
use crate::frame::source::Source;

mod challenge;
mod enrolment;
mod people;
mod resume;
mod sight;
mod verdict;
mod view;

use challenge::Asked;
use enrolment::UnderWay;
use sight::give_sight;
use view::HeldView;

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
    /// `live`: a small face in it is looked for in one part after another, frame by frame.
    pub async fn look(&mut self, source: JsValue, live: bool) -> Js<JsValue> {
        give_sight(&self.look_at(source, live).await?)
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
}
