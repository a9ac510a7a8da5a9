//! Faces: find, align, embed, and what is done with the embeddings.
//!
//! ```text
//! frame ─ detector ─▶ faces ─ alignment ─▶ chip ─ embedder ─▶ embedding ─ people ─▶ similarity ─ threshold ─▶ yes / no
//!                       │                    │                                                     │
//!                       └─ pose              └─ quality ─▶ advice ─ enrolment, challenge           └─ scores: what it costs
//! ```
//!
//! - [`look`]: one look at a picture, and the networks with their weights
//! - `devices`: those networks on WebGPU or the CPU, in the browser
//! - [`blazeface`], [`detector`] and [`search`]: where the faces are; [`alignment`] and [`resnet`]:
//!   the largest one's embedding; [`pose`] and [`quality`]: what can be said of it besides
//! - [`enrolment`]: the ring that fills as a head turns; [`challenge`]: turn left, turn right
//! - [`people`]: who is enrolled, and the two questions asked of them
//! - [`scores`]: what a threshold costs, by a public set

pub mod alignment;
pub mod blazeface;
pub mod challenge;
mod decoding;
pub mod detector;
#[cfg(target_arch = "wasm32")]
pub mod devices;
pub mod enrolment;
pub mod look;
pub mod people;
pub mod pose;
pub mod quality;
pub mod resnet;
pub mod scores;
pub mod search;
