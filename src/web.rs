//! Everything that crosses to JavaScript, and no arithmetic: the [`Engine`] of the camera, saved
//! work ([`file`]), the lab of drawings ([`lab`]) and faces ([`face`]). They live in a worker, which calls one method at a time.

use std::collections::BTreeMap;
use std::mem;
use std::rc::Rc;

use js_sys::{Float32Array, Object, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_time::Instant;

use crate::backend::Choice;
use crate::classifier::Classifier;
use crate::device::{Devices, Timing, WebGpu};
use crate::embedder::{DIMENSIONS, NAME, SHA256};
use crate::error::Error;
use crate::frame::source::Source;
use crate::frame::{MAX_PIXELS, MIN_SIDE};
use crate::method::trained::Heads;
use crate::space::{Kind, Space};

pub mod face;
pub mod file;
mod guidance;
pub mod lab;
mod settings;
mod support;

type Js<T> = Result<T, JsValue>;

unsafe extern "C" {
    /// Made by the linker. A module that calls it itself is a "reactor": otherwise every
    /// export is wrapped in a call of all constructors, 3.5 ms each time.
    fn __wasm_call_ctors();
}

/// Runs once when the module is instantiated: a panic is the end of the module, so it is
/// told to the page before the trap, also from within a callback of the GPU.
#[wasm_bindgen(start)]
pub fn start() {
    // SAFETY: these are the constructors of `inventory`, which CubeCL uses; they take and
    // return nothing, and this is the one place that runs them.
    unsafe { __wasm_call_ctors() };
    std::panic::set_hook(Box::new(|info| {
        let Ok(scope) = js_sys::global().dyn_into::<web_sys::DedicatedWorkerGlobalScope>() else {
            return;
        };
        let message = object(&[
            ("type", "panic".into()),
            ("message", info.to_string().into()),
        ]);
        if let Ok(message) = message {
            let _ = scope.post_message(&message);
        }
    }));
}

/// Which pictures are taken: `{ minSide, maxPixels }`.
#[wasm_bindgen]
pub fn picture_limits() -> Js<JsValue> {
    object(&[
        ("minSide", MIN_SIDE.into()),
        ("maxPixels", MAX_PIXELS.into()),
    ])
}

/// WebGPU, opened but not in use, or why it could not be opened.
#[wasm_bindgen]
pub struct Candidate(Result<WebGpu, Error>);

#[wasm_bindgen]
impl Candidate {
    /// One that was given up.
    pub fn failed(why: String) -> Candidate {
        Candidate(Err(Error::WebGpuUnavailable(why)))
    }
}

/// One support set with its settings and its last query. Several share the devices of one
/// engine: every element on a page of slides has its own.
#[derive(Default)]
struct Seat {
    classifier: Classifier,
    space: Space,
    query: Option<Vec<f32>>,
    timing: Timing,
}

/// Frame to answer: devices, and the support set that calls are about.
#[wasm_bindgen]
pub struct Engine {
    devices: Devices,
    classifier: Classifier,
    space: Space,
    query: Option<Vec<f32>>,
    timing: Timing,
    /// The seat whose parts are above; all others are parked.
    seat: u32,
    parked: BTreeMap<u32, Seat>,
    /// The methods with weights of their own, once they are wanted.
    heads: Option<Rc<Heads>>,
}

#[wasm_bindgen]
impl Engine {
    /// Checks the SHA-256 of the weights, builds the CPU's embedder and times it.
    #[wasm_bindgen(constructor)]
    pub fn new(weights: Vec<u8>) -> Js<Engine> {
        Ok(Engine {
            devices: Devices::new(weights).map_err(throw)?,
            classifier: Classifier::default(),
            space: Space::default(),
            query: None,
            timing: Timing::default(),
            seat: 0,
            parked: BTreeMap::new(),
            heads: None,
        })
    }

    /// Says which support set later calls are about; one that is new is empty.
    pub fn take_seat(&mut self, seat: u32) {
        if seat == self.seat {
            return;
        }
        let next = self.parked.remove(&seat).unwrap_or_default();
        let left = Seat {
            classifier: mem::replace(&mut self.classifier, next.classifier),
            space: mem::replace(&mut self.space, next.space),
            query: mem::replace(&mut self.query, next.query),
            timing: mem::replace(&mut self.timing, next.timing),
        };
        self.parked.insert(mem::replace(&mut self.seat, seat), left);
        if let Some(heads) = &self.heads {
            self.classifier.use_heads(Rc::clone(heads));
        }
    }

    /// Reads the weights of the methods that have some, for every support set.
    pub fn load_methods(&mut self, weights: &[u8]) -> Js<()> {
        let heads = Rc::new(Heads::shipped(weights).map_err(throw)?);
        self.classifier.use_heads(Rc::clone(&heads));
        self.heads = Some(heads);
        Ok(())
    }

    /// Forgets the support set that calls are about; number 0 is next.
    pub fn leave_seat(&mut self) {
        let left = self.seat;
        self.take_seat(u32::MAX);
        self.parked.remove(&left);
        self.take_seat(0);
        self.parked.remove(&u32::MAX);
    }

    /// Builds and warms up WebGPU: a promise of a candidate for
    /// [`choose_backend`](Self::choose_backend), which also carries a failure there. Frames
    /// can be answered until it is fulfilled.
    pub fn open_webgpu(&self) -> js_sys::Promise {
        let weights = self.devices.weights();
        future_to_promise(async move { Ok(Candidate(WebGpu::open(weights).await).into()) })
    }

    /// Changes the device: `auto`, `webgpu` or `cpu`; for the first two with a candidate,
    /// if WebGPU is not in use already. Returns the report.
    pub async fn choose_backend(
        &mut self,
        choice: JsValue,
        candidate: Option<Candidate>,
    ) -> Js<JsValue> {
        let choice: Choice = parse(choice, "backend", "auto, webgpu or cpu")?;
        let candidate = candidate.map(|Candidate(opened)| opened);
        give(
            self.devices
                .choose(choice, candidate)
                .await
                .map_err(throw)?,
        )
    }

    /// Which device is used, and what was measured to choose it.
    pub fn report(&self) -> Js<JsValue> {
        give(self.devices.report())
    }

    /// Name, SHA-256 and dimensions of the embedder.
    pub fn embedder(&self) -> Js<JsValue> {
        object(&[
            ("name", NAME.into()),
            ("sha256", SHA256.into()),
            ("dimensions", DIMENSIONS.into()),
        ])
    }

    /// Answers a picture and keeps it as the last query.
    pub async fn classify(&mut self, source: JsValue) -> Js<JsValue> {
        let source = Source::from_js(source).map_err(throw)?;
        let start = Instant::now();
        let (embedding, timing) = self.devices.embed(&source).await.map_err(throw)?;
        self.query = Some(embedding);
        self.timing = timing;
        self.answer_since(start)
    }

    /// The last query again, under the support set and settings as they are now; null
    /// before the first.
    pub fn answer(&mut self) -> Js<JsValue> {
        if self.query.is_none() {
            return Ok(JsValue::NULL);
        }
        self.timing = Timing::default();
        self.answer_since(Instant::now())
    }

    /// The L2-normalised embedding of a picture.
    pub async fn embed(&mut self, source: JsValue) -> Js<Float32Array> {
        let source = Source::from_js(source).map_err(throw)?;
        let (embedding, _) = self.devices.embed(&source).await.map_err(throw)?;
        Ok(Float32Array::from(embedding.as_slice()))
    }

    /// The network input `[3, 224, 224]` of a picture, as the device in use makes it.
    pub async fn frame_input(&mut self, source: JsValue) -> Js<Float32Array> {
        let source = Source::from_js(source).map_err(throw)?;
        let input = self.devices.frame_input(&source).await.map_err(throw)?;
        Ok(Float32Array::from(input.as_slice()))
    }

    /// Adds a picture to a class. Returns `{ shotId, embedding, support }`.
    pub async fn add_shot(&mut self, class: u32, source: JsValue) -> Js<JsValue> {
        let source = Source::from_js(source).map_err(throw)?;
        let (embedding, _) = self.devices.embed(&source).await.map_err(throw)?;
        let copy = Float32Array::from(embedding.as_slice());
        let shot = self.classifier.support.add_shot(class, embedding);
        object(&[
            ("shotId", shot.map_err(throw)?.into()),
            ("embedding", copy.into()),
            ("support", self.support()?),
        ])
    }

    /// Shots, prototypes and the last query on a plane.
    pub fn space(&mut self) -> Js<JsValue> {
        let points = self
            .space
            .points(&mut self.classifier, self.query.as_deref())
            .map_err(throw)?;
        let views: Vec<PointView> = points
            .into_iter()
            .map(|point| PointView {
                kind: match point.kind {
                    Kind::Shot(_) => "shot",
                    Kind::Prototype => "prototype",
                    Kind::Query => "query",
                },
                class_id: point.class,
                shot_id: match point.kind {
                    Kind::Shot(id) => Some(id),
                    _ => None,
                },
                x: point.x,
                y: point.y,
            })
            .collect();
        give(&views)
    }

    /// Bytes in use: `{ wasmBytes, gpuBytes }`; `gpuBytes` is null without WebGPU.
    pub fn memory(&self) -> Js<JsValue> {
        let wasm = wasm_bindgen::memory().unchecked_into::<js_sys::WebAssembly::Memory>();
        let buffer = wasm.buffer().unchecked_into::<js_sys::ArrayBuffer>();
        let gpu = self.devices.gpu_bytes();
        object(&[
            ("wasmBytes", buffer.byte_length().into()),
            (
                "gpuBytes",
                gpu.map_or(JsValue::NULL, |bytes| (bytes as f64).into()),
            ),
        ])
    }

    fn answer_since(&mut self, start: Instant) -> Js<JsValue> {
        let query = self.query.as_deref().unwrap_or_default();
        let head = Instant::now();
        let answer = self.classifier.answer(query).map_err(throw)?;
        let head = head.elapsed();
        let support = &self.classifier.support;
        give(&AnswerView {
            scores: answer
                .scores
                .iter()
                .zip(support.answering())
                .map(|(score, class)| ScoreView {
                    class_id: score.class,
                    name: &class.name,
                    similarity: score.similarity,
                    probability: score.probability,
                })
                .collect(),
            best: answer.best,
            scale: if answer.single_shot {
                "similarity"
            } else {
                "probability"
            },
            threshold: answer.threshold,
            timing: TimingView {
                frame: self.timing.frame,
                embed: self.timing.embed,
                head: head.as_secs_f64() * 1000.0,
                total: start.elapsed().as_secs_f64() * 1000.0,
            },
        })
    }
}

#[derive(Serialize)]
struct AnswerView<'a> {
    scores: Vec<ScoreView<'a>>,
    best: Option<u32>,
    scale: &'static str,
    threshold: f32,
    timing: TimingView,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScoreView<'a> {
    class_id: u32,
    name: &'a str,
    similarity: f32,
    probability: f32,
}

#[derive(Serialize)]
struct TimingView {
    frame: f64,
    embed: f64,
    head: f64,
    total: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PointView {
    kind: &'static str,
    class_id: Option<u32>,
    shot_id: Option<u32>,
    x: f32,
    y: f32,
}

fn give<T: Serialize + ?Sized>(value: &T) -> Js<JsValue> {
    // Null, not undefined, for what is absent: it survives JSON and reads the same.
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true);
    Ok(value.serialize(&serializer)?)
}

fn parse<T: DeserializeOwned>(value: JsValue, name: &'static str, range: &'static str) -> Js<T> {
    let shown = js_sys::JSON::stringify(&value).map_or_else(|_| "this".into(), String::from);
    serde_wasm_bindgen::from_value(value).map_err(|_| {
        throw(Error::SettingInvalid {
            name,
            range,
            value: shown,
        })
    })
}

/// A plain object.
pub(crate) fn object(entries: &[(&str, JsValue)]) -> Js<JsValue> {
    let object = Object::new();
    for (key, value) in entries {
        Reflect::set(&object, &(*key).into(), value)?;
    }
    Ok(object.into())
}

/// An `Error` with the stable code of ours.
fn throw(error: Error) -> JsValue {
    let thrown = js_sys::Error::new(&error.to_string());
    let _ = Reflect::set(&thrown, &"code".into(), &error.code().into());
    thrown.into()
}
