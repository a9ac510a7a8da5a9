//! WebGPU or CPU: what can be asked for, how either is timed, and the rule that chooses. The
//! embedder of the camera (`device`) and the networks of faces go by the same.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use serde::{Deserialize, Serialize};
use web_time::Instant;

use crate::error::Error;

/// Rounds timed after a warm-up; the median counts.
const TIMED_ROUNDS: usize = 3;

/// A device this much slower in its first timed round is not timed further.
const HOPELESS: f64 = 3.0;

/// Where a network runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Backend {
    WebGpu,
    Cpu,
}

/// What the user asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Choice {
    Auto,
    WebGpu,
    Cpu,
}

/// Median times of the same work on both, in milliseconds, where they were measured.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Times {
    /// On the CPU.
    pub cpu: Option<f64>,
    /// On WebGPU.
    pub webgpu: Option<f64>,
}

impl Times {
    /// Whether WebGPU, where there is one, is what is used: unless the CPU was asked for, or
    /// nothing was and the CPU is faster.
    ///
    /// ```
    /// use kshot::backend::{Choice, Times};
    ///
    /// let times = Times { cpu: Some(20.0), webgpu: Some(8.0) };
    /// assert!(times.keep_webgpu(Choice::Auto));
    /// ```
    pub fn keep_webgpu(&self, choice: Choice) -> bool {
        let slower = matches!((self.cpu, self.webgpu), (Some(cpu), Some(webgpu)) if webgpu > cpu);
        match choice {
            Choice::Auto => !slower,
            Choice::WebGpu => true,
            Choice::Cpu => false,
        }
    }
}

/// Median time of some work in milliseconds; one round only where that is hopeless beside the
/// `other` device's.
///
/// # Errors
/// The work's own.
pub async fn time(
    work: impl AsyncFn() -> Result<(), Error>,
    other: Option<f64>,
) -> Result<Option<f64>, Error> {
    let mut times = Vec::new();
    for _ in 0..TIMED_ROUNDS {
        let start = Instant::now();
        work().await?;
        let time = milliseconds(start);
        times.push(time);
        if other.is_some_and(|other| time > HOPELESS * other) {
            break;
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(times.get(times.len() / 2).copied())
}

/// Milliseconds since then.
pub fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

/// What a future gives that never waits, as none does on the CPU.
///
/// # Errors
/// The future's own, and [`Error::DeviceLost`] where it waits after all.
pub fn at_once<T>(future: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(Error::DeviceLost("it does not answer at once".into())),
    }
}
