//! How far a long step is, on standard error: a bar on a terminal, elsewhere ten lines.

use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

/// Lines of a step where there is no terminal.
const LINES: u64 = 10;

/// Of one step, until it is dropped.
pub struct Progress {
    bar: ProgressBar,
    doing: &'static str,
    what: &'static str,
    total: u64,
    done: AtomicU64,
}

impl Progress {
    /// Of `embedding` so many `pictures`, say.
    pub fn new(doing: &'static str, what: &'static str, total: usize) -> Self {
        let total = total as u64;
        let bar = ProgressBar::new(total);
        let template =
            format!("{doing} {{wide_bar}} {{pos}}/{{len}} {what}, {{per_sec}}, {{eta}} left");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        Progress {
            bar,
            doing,
            what,
            total,
            done: AtomicU64::new(0),
        }
    }

    /// One more is done.
    pub fn advance(&self) {
        self.bar.inc(1);
        let before = self.done.fetch_add(1, Ordering::Relaxed);
        let done = before + 1;
        let lines = |done: u64| done * LINES / self.total.max(1);
        if self.bar.is_hidden() && lines(done) > lines(before) {
            eprintln!("{}: {done} of {} {}", self.doing, self.total, self.what);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
