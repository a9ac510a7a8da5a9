//! Few-shot recognition: show it a few examples and it recognises the rest.
//!
//! The data path, the same in the browser, in tests and in training:
//!
//! ```text
//! camera frame ─ frame ─▶ network input ─ embedder ─▶ embedding ─ method ─▶ similarities ─ decision ─▶ answer
//!   (or photo)                                            │          ▲
//!                                                         └─ support ┘   classes x shots, as embeddings
//! ```
//!
//! - [`frame`]: pixels to network input; the only crop, resize and normalisation.
//!   [`frame::drawing`]: pixels of a drawing to ink
//! - [`embedder`]: network input to a 1280-d embedding, on WebGPU or the CPU
//! - [`support`]: the support set, and undo
//! - [`method`]: what every few-shot method offers, and the methods
//! - [`decision`]: similarities to an answer, "none of these" among them
//! - [`episode`]: which classes, which pictures are support, which are queries
//! - [`characters`]: sample characters of the drawing page
//! - [`classifier`]: support set, settings and method put together
//! - [`enrollment`]: the `.kshot` file, which keeps all of that
//! - [`guidance`]: what a support set says of itself while it is recorded
//! - [`lab`]: every method on one support set of drawings
//! - [`face`]: faces: find, align, embed; enrolment, verification, recognition
//! - [`space`]: the embeddings drawn on a plane
//! - [`weights`]: the weights of every network but the camera's, in one file
//! - [`backend`]: WebGPU or CPU, and how either is timed
//! - `device` and `web`: the devices, and what crosses to JavaScript (WebAssembly only)

pub mod backend;
pub mod characters;
pub mod classifier;
pub mod decision;
pub mod embedder;
pub mod enrollment;
pub mod episode;
pub mod error;
pub mod face;
pub mod frame;
pub mod guidance;
pub mod lab;
pub mod method;
pub mod space;
pub mod support;
pub mod weights;

#[cfg(target_arch = "wasm32")]
pub mod device;
#[cfg(target_arch = "wasm32")]
pub mod web;

pub use error::Error;
