//! A liveness challenge: turn left and right in an order that nobody can know before.
//!
//! Time comes in from outside, in seconds from any start. A lesson, not a lock: a video of a
//! head that turns both ways can be lucky, and an interactive one always is.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use serde::Serialize;

use super::look::Look;

/// Degrees of yaw that count as a turn, and within which a head looks straight ahead.
const TURNED: f32 = 22.0;
const STRAIGHT: f32 = 12.0;

/// Looks in a row, straight ahead, that must be of another person before the challenge fails:
/// one may be blurred.
const STRANGER_LOOKS: u8 = 3;

/// Seconds without a face after which it fails.
const NO_FACE: f64 = 2.0;

/// Failures in a row that lock, and for how many seconds.
pub const FAILURES: u32 = 5;
const LOCKED: f64 = 30.0;

/// A way to turn, by the person's own left and right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Turn {
    Left,
    Right,
}

/// Why a challenge failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Failure {
    TooLate,
    WrongWay,
    AnotherPerson,
    NoFace,
}

/// Where a challenge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for the face to look straight ahead: at first, between turns and at the end.
    Centre,
    /// Waits for a turn.
    Turn,
    /// All turns were made, in time.
    Passed,
    /// It failed.
    Failed,
    /// Too many failed: wait.
    Locked,
}

/// A challenge under way or at its end.
#[derive(Debug, Clone)]
pub struct Challenge {
    turns: Vec<Turn>,
    made: usize,
    state: State,
    failure: Option<Failure>,
    until: f64,
    seen: f64,
    stranger: u8,
}

/// Counts failures over challenges.
#[derive(Debug, Clone, Copy, Default)]
pub struct Guard {
    failures: u32,
    locked_until: f64,
}

impl Guard {
    /// Goes on from failures in a row, and a lock of so many seconds from now.
    ///
    /// ```
    /// use kshot::face::challenge::{Guard, State};
    ///
    /// let mut guard = Guard::resume(2, 20.0, 100.0);
    /// assert_eq!((guard.failures(), guard.locked_for(105.0)), (2, 15.0));
    /// assert_eq!(guard.start(2, 10.0, 7, 105.0).state(), State::Locked);
    /// ```
    pub fn resume(failures: u32, locked_for: f64, now: f64) -> Self {
        Guard {
            failures: failures.min(FAILURES - 1),
            locked_until: now + locked_for.clamp(0.0, LOCKED),
        }
    }

    /// Starts a challenge of so many turns, both ways among them, unless it is locked.
    ///
    /// ```
    /// use kshot::face::challenge::{Guard, State};
    ///
    /// let mut guard = Guard::default();
    /// let challenge = guard.start(2, 10.0, 7, 0.0);
    /// assert_eq!(challenge.state(), State::Centre);
    /// assert_eq!(challenge.turns().len(), 2);
    /// ```
    pub fn start(&mut self, turns: usize, seconds: f64, seed: u64, now: f64) -> Challenge {
        let mut order: Vec<Turn> = [Turn::Left, Turn::Right]
            .into_iter()
            .cycle()
            .take(turns)
            .collect();
        order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        let locked = self.locked_for(now) > 0.0;
        Challenge {
            turns: order,
            made: 0,
            state: if locked { State::Locked } else { State::Centre },
            failure: None,
            until: now + seconds,
            seen: now,
            stranger: 0,
        }
    }

    /// Takes the end of a challenge in.
    fn end(&mut self, passed: bool, now: f64) {
        if passed {
            self.failures = 0;
            return;
        }
        self.failures += 1;
        if self.failures >= FAILURES {
            self.failures = 0;
            self.locked_until = now + LOCKED;
        }
    }

    /// Failures in a row.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Seconds until a lock ends; 0 where there is none.
    pub fn locked_for(&self, now: f64) -> f64 {
        (self.locked_until - now).max(0.0)
    }
}

impl Challenge {
    /// Turns to make, in this order.
    pub fn turns(&self) -> &[Turn] {
        &self.turns
    }

    /// Turns made.
    pub fn made(&self) -> usize {
        self.made
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        self.state
    }

    /// Why it failed.
    pub fn failure(&self) -> Option<Failure> {
        self.failure
    }

    /// Seconds until time is up; 0 at the end.
    pub fn seconds_left(&self, now: f64) -> f64 {
        match self.state {
            State::Centre | State::Turn => (self.until - now).max(0.0),
            _ => 0.0,
        }
    }

    /// Takes a look in. `same` says whether the face, looked at straight, is the person's.
    pub fn step(&mut self, look: &Look, same: bool, guard: &mut Guard, now: f64) {
        if !matches!(self.state, State::Centre | State::Turn) {
            return;
        }
        if now >= self.until {
            return self.fail(Failure::TooLate, guard, now);
        }
        let Some(largest) = &look.largest else {
            if now - self.seen > NO_FACE {
                self.fail(Failure::NoFace, guard, now);
            }
            return;
        };
        self.seen = now;
        let yaw = largest.pose.yaw;
        match self.state {
            State::Centre if yaw.abs() <= STRAIGHT => {
                if !same {
                    self.stranger += 1;
                    if self.stranger >= STRANGER_LOOKS {
                        self.fail(Failure::AnotherPerson, guard, now);
                    }
                    return;
                }
                self.stranger = 0;
                self.state = if self.made == self.turns.len() {
                    guard.end(true, now);
                    State::Passed
                } else {
                    State::Turn
                };
            }
            State::Turn if yaw.abs() >= TURNED => {
                let turn = if yaw > 0.0 { Turn::Left } else { Turn::Right };
                if self.turns.get(self.made) != Some(&turn) {
                    return self.fail(Failure::WrongWay, guard, now);
                }
                self.made += 1;
                self.state = State::Centre;
            }
            _ => {}
        }
    }

    fn fail(&mut self, failure: Failure, guard: &mut Guard, now: f64) {
        self.state = State::Failed;
        self.failure = Some(failure);
        guard.end(false, now);
    }
}
