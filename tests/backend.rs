//! Which device is used, by what was measured and what was asked for.
#![allow(clippy::unwrap_used)]

use std::cell::Cell;
use std::time::Duration;

use kshot::Error;
use kshot::backend::{Choice, Times, at_once, compare, time};

#[test]
fn the_faster_device_is_used_unless_one_is_asked_for() {
    let times = |cpu, webgpu| Times { cpu, webgpu };
    for (times, choice, expected) in [
        (times(Some(20.0), Some(8.0)), Choice::Auto, true),
        (times(Some(20.0), Some(21.0)), Choice::Auto, false),
        (times(Some(20.0), Some(8.0)), Choice::Cpu, false),
        (times(Some(20.0), Some(900.0)), Choice::WebGpu, true),
        // What was not measured is no reason against it.
        (times(Some(20.0), None), Choice::Auto, true),
    ] {
        assert_eq!(times.keep_webgpu(choice), expected, "{times:?} {choice:?}");
    }
}

#[test]
fn a_device_is_timed_by_its_median_and_a_hopeless_one_only_once() {
    let rounds = Cell::new(0);
    let time_beside = |other| {
        rounds.set(0);
        at_once(time(
            async || {
                // The first round is the slowest, as where something is left to warm up.
                let rest = if rounds.get() == 0 { 400 } else { 0 };
                rounds.set(rounds.get() + 1);
                std::thread::sleep(Duration::from_millis(rest));
                Ok(())
            },
            other,
        ))
    };
    assert!(time_beside(None).unwrap().unwrap() < 400.0);
    assert_eq!(rounds.get(), 3);
    assert!(time_beside(Some(1.0)).unwrap().unwrap() >= 400.0);
    assert_eq!(rounds.get(), 1);
}

#[test]
fn work_that_fails_or_waits_is_an_error() {
    let lost = || Error::DeviceLost("gone".into());
    let failed = at_once(time(async || Err(lost()), None));
    assert_eq!(failed.unwrap_err().code(), lost().code());
    let waiting = at_once(time(async || std::future::pending().await, None));
    assert_eq!(waiting.unwrap_err().code(), lost().code());
}

#[test]
fn a_gpu_is_refused_whose_numbers_are_further_from_the_cpus_than_rounding_takes_them() {
    let cpu = [0.0, -2.0, 4.0];
    for (webgpu, taken) in [
        (vec![0.0, -2.0, 4.0], true),
        (vec![0.003, -2.003, 3.997], true),
        (vec![0.005, -2.0, 4.0], false),
        (vec![0.0, 2.0, 4.0], false),
        (vec![0.0, f32::NAN, 4.0], false),
        (vec![f32::INFINITY, -2.0, 4.0], false),
        (vec![0.0; 3], false),
        (vec![0.0, -2.0], false),
        (vec![], false),
    ] {
        let compared = compare(&webgpu, &cpu);
        assert_eq!(compared.is_ok(), taken, "{webgpu:?}");
        let refused = matches!(compared, Err(Error::WebGpuUnavailable(_)));
        assert_ne!(refused, taken, "{webgpu:?}");
    }
}
