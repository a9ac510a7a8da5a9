//! What JavaScript is given of people, of an enrolment and of a threshold, field by field: the shapes of `www/src/face-types.ts`.

use serde::{Deserialize, Serialize};

use crate::face::challenge;
use crate::face::people::Change;
use crate::face::scores::Rates;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EnrolmentView<'a> {
    pub(super) name: &'a str,
    pub(super) person_id: Option<u32>,
    pub(super) passes: u8,
    pub(super) pass: u8,
    pub(super) segments: Vec<SegmentView>,
    pub(super) wanted: Option<usize>,
    pub(super) shots: usize,
    pub(super) done: bool,
}

#[derive(Serialize)]
pub(super) struct SegmentView {
    pub(super) direction: &'static str,
    pub(super) filled: u8,
}

#[derive(Serialize)]
pub(super) struct PeopleView<'a> {
    pub(super) people: Vec<PersonView<'a>>,
    pub(super) undo: Option<Change>,
}

#[derive(Serialize)]
pub(super) struct PersonView<'a> {
    pub(super) id: u32,
    pub(super) name: &'a str,
    pub(super) shots: Vec<u32>,
}

#[derive(Deserialize)]
pub(super) struct SavedPerson {
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) shots: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VerdictView {
    pub(super) person_id: u32,
    pub(super) same: bool,
    pub(super) similarity: f32,
    pub(super) threshold: f32,
}

#[derive(Serialize)]
pub(super) struct RecognitionView<'a> {
    pub(super) best: Option<u32>,
    pub(super) scores: Vec<ScoreView<'a>>,
    pub(super) threshold: f32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ScoreView<'a> {
    pub(super) person_id: u32,
    pub(super) name: &'a str,
    pub(super) similarity: f32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ThresholdView {
    pub(super) threshold: f32,
    pub(super) auto: bool,
    pub(super) false_accept: f64,
    pub(super) false_reject: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ScoresView<'a> {
    pub(super) set: &'a str,
    pub(super) people: u32,
    pub(super) pictures: u32,
    pub(super) genuine_pairs: u32,
    pub(super) impostor_pairs: u32,
    pub(super) low: f32,
    pub(super) step: f32,
    pub(super) genuine: &'a [u32],
    pub(super) impostor: &'a [u32],
    pub(super) rates: Vec<Rates>,
    pub(super) equal_error_rate: f64,
    pub(super) equal_error_threshold: f32,
    pub(super) auto_threshold: f32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChallengeView<'a> {
    pub(super) state: challenge::State,
    pub(super) turns: &'a [challenge::Turn],
    pub(super) made: usize,
    pub(super) seconds_left: f64,
    pub(super) failure: Option<challenge::Failure>,
    pub(super) failures: u32,
    pub(super) locked_for: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HeldView {
    pub(super) people: usize,
    pub(super) shots: usize,
    pub(super) undo: usize,
    pub(super) enrolment_shots: usize,
    pub(super) last_look: bool,
    pub(super) challenge: bool,
    pub(super) bytes: usize,
}
