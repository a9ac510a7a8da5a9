//! WebGPU or CPU: what can be asked for, how either is timed, when a GPU is refused, and the rule
//! that chooses. The embedder of the camera (`device`) and the networks of faces go by the same.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use rand::rngs::ChaCha12Rng;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};
use web_time::Instant;

use crate::error::Error;

/// Rounds timed after a warm-up; the median counts.
const TIMED_ROUNDS: usize = 3;

/// A device this much slower in its first timed round is not timed further.
const HOPELESS: f64 = 3.0;

/// How far WebGPU's numbers may be from the CPU's, in shares of the largest of them. What differs is
/// the order of sums: 2e-6 to 3e-6 on the software adapter, for all three networks.
const MOST_APART: f32 = 1e-3;

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

/// Noise of -1 to 1, the same everywhere: what networks are warmed up, timed and compared with.
pub fn noise(values: usize) -> Vec<f32> {
    let mut random = ChaCha12Rng::seed_from_u64(0);
    (0..values)
        .map(|_| random.random_range(-1.0..1.0))
        .collect()
}

/// Refuses a GPU that computes other numbers than the CPU from the same input.
///
/// # Errors
/// [`Error::WebGpuUnavailable`] where they are further apart than rounding explains, or not finite.
///
/// ```
/// use kshot::backend::compare;
///
/// assert!(compare(&[0.5, 6.0], &[0.5, 6.000_01]).is_ok());
/// assert!(compare(&[0.5, 0.0], &[0.5, 6.0]).is_err());
/// ```
pub fn compare(webgpu: &[f32], cpu: &[f32]) -> Result<(), Error> {
    let most = cpu
        .iter()
        .fold(0.0, |most: f32, value| most.max(value.abs()));
    let apart = webgpu.iter().zip(cpu).map(|(a, b)| (a - b).abs());
    let apart = apart.max_by(f32::total_cmp).unwrap_or(f32::NAN); // also of a value that is none
    let near = apart <= MOST_APART * most;
    if webgpu.len() == cpu.len() && near {
        return Ok(());
    }
    Err(Error::WebGpuUnavailable(format!(
        "its numbers differ from the CPU's by up to {apart}, which reach {most}"
    )))
}

/// Why WebGPU is not used: whatever went wrong there, the CPU goes on.
pub fn without_webgpu(error: Error) -> Error {
    match error {
        Error::WebGpuUnavailable(_) => error,
        other => Error::WebGpuUnavailable(other.to_string()),
    }
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
