//! Enrolment as a phone does it: a ring of directions round the centre fills as the head turns.
//!
//! A shot is taken where its direction is still empty, the look is good, the head rests and it
//! is the person of the shots before. Everything else is advice, one thing at a time, and what
//! has been taken stays. The centre comes first: by it the other directions are measured, since
//! a person's own proportions look like a few degrees.

use serde::{Deserialize, Serialize};

use super::look::Look;
use super::people::alike;
use super::pose::Pose;
use super::quality::Advice;

/// Directions: the centre, then clockwise from the top as the person sees a mirror.
pub const SEGMENTS: usize = 9;

/// Names of the directions, by the person's own left and right.
pub const DIRECTIONS: [&str; SEGMENTS] = [
    "centre",
    "up",
    "up_right",
    "right",
    "down_right",
    "down",
    "down_left",
    "left",
    "up_left",
];

/// Degrees of yaw and of pitch from which a head points at a direction of the ring: as far as
/// people turn when told to "a little", and twice what keypoints waver.
const YAW: f32 = 14.0;
const PITCH: f32 = 10.0;

/// Up to this share of them it is in the centre.
const CENTRE: f32 = 0.6;

/// How far from straight the first centre shot may be, in degrees; proportions make most of it.
const STRAIGHT_YAW: f32 = 12.0;
const STRAIGHT_PITCH: f32 = 18.0;

/// Degrees between two looks up to which a head rests.
const REST: f32 = 8.0;

/// Least similarity to the nearest shot so far of the same person: the distance of 0.6 that dlib
/// gives for its network, since a turned head is less alike.
pub const SAME_PERSON: f32 = 0.4;

/// An enrolment under way.
#[derive(Debug, Clone)]
pub struct Enrolment {
    passes: u8,
    filled: [u8; SEGMENTS],
    shots: Vec<Vec<f32>>,
    known: Vec<Vec<f32>>,
    neutral: Option<Pose>,
    before: Option<Pose>,
}

/// How far an enrolment is, beside its shots: to go on with it elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    passes: u8,
    filled: [u8; SEGMENTS],
    neutral: Option<Pose>,
}

/// What a look did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Direction of the shot that was taken.
    pub taken: Option<usize>,
    /// Direction that the head points at.
    pub at: Option<usize>,
    /// What to do next.
    pub advice: Advice,
}

impl Enrolment {
    /// With one or two passes over the ring. `known` are shots that the person has already, for
    /// another appearance.
    pub fn new(passes: u8, known: Vec<Vec<f32>>) -> Self {
        Enrolment {
            passes: passes.clamp(1, 2),
            filled: [0; SEGMENTS],
            shots: Vec::new(),
            known,
            neutral: None,
            before: None,
        }
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        Progress {
            passes: self.passes,
            filled: self.filled,
            neutral: self.neutral,
        }
    }

    /// Goes on from where another one was, with its shots.
    pub fn resume(progress: Progress, shots: Vec<Vec<f32>>, known: Vec<Vec<f32>>) -> Self {
        Enrolment {
            filled: progress.filled,
            neutral: progress.neutral,
            shots,
            ..Enrolment::new(progress.passes, known)
        }
    }

    /// Passes in which each direction has a shot.
    pub fn filled(&self) -> [u8; SEGMENTS] {
        self.filled
    }

    /// The pass under way, from 1.
    pub fn pass(&self) -> u8 {
        self.passes.min(self.full() + 1)
    }

    /// Passes asked for.
    pub fn passes(&self) -> u8 {
        self.passes
    }

    /// Whether every direction has its shots.
    pub fn is_done(&self) -> bool {
        self.full() >= self.passes
    }

    /// Embeddings of the shots, in the order in which they were taken.
    pub fn shots(&self) -> &[Vec<f32>] {
        &self.shots
    }

    /// The shots, at the end.
    pub fn into_shots(self) -> Vec<Vec<f32>> {
        self.shots
    }

    /// The empty direction that the advice leads to: the centre, else the nearest.
    pub fn wanted(&self) -> Option<usize> {
        if self.is_done() {
            return None;
        }
        let empty = |segment: &usize| self.is_empty(*segment);
        if self.neutral.is_none() || self.is_empty(0) {
            return Some(0);
        }
        let at = self.before.map(|pose| self.aim(pose));
        (1..SEGMENTS).filter(empty).min_by(|a, b| {
            let distance = |segment: usize| {
                let [x, y] = direction(segment);
                at.map_or(0.0, |[u, v]| (x - u).hypot(y - v))
            };
            distance(*a).total_cmp(&distance(*b))
        })
    }

    /// Takes a look in, with the embedding of its largest face.
    pub fn step(&mut self, look: &Look, embedding: Option<&[f32]>) -> Step {
        let (Some(largest), Some(embedding)) = (&look.largest, embedding) else {
            self.before = None;
            let dark = look.advice == Advice::TooDark;
            let advice = if dark { look.advice } else { Advice::NoFace };
            return self.nothing(advice, None);
        };
        if look.advice != Advice::Ready {
            self.before = None;
            return self.nothing(look.advice, None);
        }
        if !self.is_same_person(embedding) {
            self.before = None;
            return self.nothing(Advice::AnotherPerson, None);
        }
        let pose = largest.pose;
        let rests = self.before.is_none_or(|before| {
            (pose.yaw - before.yaw).abs() < REST && (pose.pitch - before.pitch).abs() < REST
        });
        self.before = Some(pose);
        let at = self.at(pose);
        let Some(segment) = at.filter(|segment| self.is_open(*segment)) else {
            return self.nothing(self.lead(pose), at);
        };
        if !rests {
            return self.nothing(Advice::HoldStill, at);
        }
        let full = self.full();
        if segment == 0 && self.neutral.is_none() {
            self.neutral = Some(pose);
        }
        if let Some(filled) = self.filled.get_mut(segment) {
            *filled += 1;
        }
        self.shots.push(embedding.to_vec());
        let advice = if self.is_done() {
            Advice::Done
        } else if self.full() > full {
            Advice::PassDone
        } else {
            self.lead(pose)
        };
        Step {
            taken: Some(segment),
            at,
            advice,
        }
    }

    fn nothing(&self, advice: Advice, at: Option<usize>) -> Step {
        Step {
            taken: None,
            at,
            advice,
        }
    }

    fn full(&self) -> u8 {
        self.filled.into_iter().min().unwrap_or_default()
    }

    fn is_empty(&self, segment: usize) -> bool {
        let filled = self.filled.get(segment).copied();
        filled.is_some_and(|filled| filled < self.pass())
    }

    /// Whether a shot may be taken: nothing before the centre.
    fn is_open(&self, segment: usize) -> bool {
        self.is_empty(segment) && (segment == 0 || self.neutral.is_some())
    }

    fn is_same_person(&self, embedding: &[f32]) -> bool {
        let mut all = self.shots.iter().chain(&self.known).peekable();
        all.peek().is_none() || all.any(|shot| alike(shot, embedding) >= SAME_PERSON)
    }

    /// Where a head points, in widths of the ring: to the person's right, up.
    fn aim(&self, pose: Pose) -> [f32; 2] {
        let neutral = self.neutral.unwrap_or_default();
        [
            (neutral.yaw - pose.yaw) / YAW,
            (pose.pitch - neutral.pitch) / PITCH,
        ]
    }

    /// The direction that a head points at; between centre and ring it is none.
    fn at(&self, pose: Pose) -> Option<usize> {
        if self.neutral.is_none() {
            let straight = pose.yaw.abs() <= STRAIGHT_YAW && pose.pitch.abs() <= STRAIGHT_PITCH;
            return straight.then_some(0);
        }
        let [right, up] = self.aim(pose);
        let far = right.hypot(up);
        if far <= CENTRE {
            return Some(0);
        }
        let eighth = std::f32::consts::FRAC_PI_4;
        let turn = right.atan2(up).rem_euclid(2.0 * std::f32::consts::PI);
        (far >= 1.0).then(|| 1 + (turn / eighth).round() as usize % (SEGMENTS - 1))
    }

    /// The way to the empty direction that is wanted.
    fn lead(&self, pose: Pose) -> Advice {
        let Some(wanted) = self.wanted() else {
            return Advice::Done;
        };
        if wanted == 0 {
            return Advice::LookStraight;
        }
        let [right, up] = self.aim(pose);
        let [to_right, to_up] = direction(wanted);
        let [dx, dy] = [to_right - right, to_up - up];
        match (dx.abs() > dy.abs(), dx > 0.0, dy > 0.0) {
            (true, true, _) => Advice::TurnRight,
            (true, false, _) => Advice::TurnLeft,
            (false, _, true) => Advice::TurnUp,
            (false, _, false) => Advice::TurnDown,
        }
    }
}

/// The middle of a direction, in widths of the ring: to the person's right, up.
fn direction(segment: usize) -> [f32; 2] {
    if segment == 0 {
        return [0.0; 2];
    }
    let turn = (segment - 1) as f32 * std::f32::consts::FRAC_PI_4;
    [turn.sin(), turn.cos()].map(|value| 1.3 * value)
}
