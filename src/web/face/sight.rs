//! A look at a picture as JavaScript is given it, in shares of the picture's width and height.

use js_sys::{Float32Array, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::backend::Backend;
use crate::face::devices::Sight;
use crate::face::quality::{Advice, Quality};
use crate::web::{Js, give};

#[derive(Serialize)]
struct LookView {
    width: usize,
    height: usize,
    faces: Vec<FaceView>,
    pose: Option<PoseView>,
    quality: Option<Quality>,
    advice: Advice,
    backend: Backend,
    timing: TimingView,
}

#[derive(Serialize)]
struct FaceView {
    score: f32,
    r#box: BoxView,
    keypoints: [[f32; 2]; 6],
}

#[derive(Serialize)]
struct BoxView {
    left: f32,
    top: f32,
    width: f32,
    height: f32,
}

#[derive(Serialize)]
struct PoseView {
    yaw: f32,
    pitch: f32,
    roll: f32,
}

#[derive(Clone, Copy, Serialize)]
struct TimingView {
    detect: f64,
    align: f64,
    embed: f64,
    total: f64,
}

/// The look, with its embedding as a `Float32Array`.
pub(super) fn give_sight(sight: &Sight) -> Js<JsValue> {
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
    Reflect::set(&view, &"embedding".into(), &embedding)?;
    Ok(view)
}
