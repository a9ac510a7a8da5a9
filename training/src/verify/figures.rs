//! Scores to figures: accuracy by folds, equal error rate, true accept rates.

/// Scores of pairs, more for more alike.
#[derive(Debug, Clone, Default)]
pub struct Scores {
    /// Of one person.
    pub genuine: Vec<f32>,
    /// Of two.
    pub impostor: Vec<f32>,
}

/// The scores of a fold.
pub type Fold = Scores;

/// Accuracy by folds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Accuracy {
    /// Mean over the folds, 0 to 1.
    pub mean: f64,
    /// Standard error of that mean.
    pub error: f64,
    /// Mean threshold.
    pub threshold: f32,
}

impl Scores {
    /// All folds in one.
    pub fn join<'a>(folds: impl IntoIterator<Item = &'a Scores>) -> Scores {
        let mut all = Scores::default();
        for fold in folds {
            all.genuine.extend(&fold.genuine);
            all.impostor.extend(&fold.impostor);
        }
        all
    }

    /// Shares of 0 to 1: impostors that reach a threshold, genuine pairs under it.
    pub fn rates_at(&self, threshold: f32) -> (f64, f64) {
        let share = |scores: &[f32], counts: &dyn Fn(f32) -> bool| {
            let number = scores.iter().filter(|score| counts(**score)).count();
            number as f64 / scores.len().max(1) as f64
        };
        (
            share(&self.impostor, &|score| score >= threshold),
            share(&self.genuine, &|score| score < threshold),
        )
    }

    /// Every score as a threshold, ascending, with its rates: false accept, false reject.
    pub fn curve(&self) -> Vec<(f32, f64, f64)> {
        let sorted = |scores: &[f32]| {
            let mut scores = scores.to_vec();
            scores.sort_by(f32::total_cmp);
            scores
        };
        let (genuine, impostor) = (sorted(&self.genuine), sorted(&self.impostor));
        let mut thresholds = sorted(&[genuine.clone(), impostor.clone()].concat());
        thresholds.dedup();
        let under = |scores: &[f32], threshold: f32| {
            let below = scores.partition_point(|score| *score < threshold);
            below as f64 / scores.len().max(1) as f64
        };
        (thresholds.into_iter())
            .map(|threshold| {
                let accepted = 1.0 - under(&impostor, threshold);
                (threshold, accepted, under(&genuine, threshold))
            })
            .collect()
    }

    /// The threshold with the most pairs told rightly, in the middle of those that do.
    pub fn best_threshold(&self) -> f32 {
        let right = |(_, accepted, rejected): &(f32, f64, f64)| {
            (1.0 - accepted) * self.impostor.len() as f64
                + (1.0 - rejected) * self.genuine.len() as f64
        };
        let curve = self.curve();
        let most = curve.iter().map(right).fold(0.0, f64::max);
        let best = curve.iter().position(|point| right(point) >= most - 0.5);
        let at = |place: usize| curve.get(place).map(|(threshold, ..)| *threshold);
        let best = best.unwrap_or_default();
        // Any threshold down to the score before does the same.
        match (best.checked_sub(1).and_then(at), at(best)) {
            (Some(before), Some(here)) if before.is_finite() => (before + here) / 2.0,
            (_, Some(here)) => here,
            _ => 0.0,
        }
    }

    /// The rate at which both errors are the same, and its threshold.
    pub fn equal_error(&self) -> (f64, f32) {
        let mut best = (f64::MAX, 0.0, 0.0);
        for (threshold, accepted, rejected) in self.curve() {
            let apart = (accepted - rejected).abs();
            if apart < best.0 {
                best = (apart, (accepted + rejected) / 2.0, threshold);
            }
        }
        (best.1, best.2)
    }

    /// The true accept rate where at most this share of impostors is accepted, and its threshold.
    pub fn true_accepts(&self, false_accept: f64) -> (f64, f32) {
        (self.curve().into_iter())
            .find(|(_, accepted, _)| *accepted <= false_accept)
            .map_or((0.0, 1.0), |(threshold, _, rejected)| {
                (1.0 - rejected, threshold)
            })
    }

    /// The figures as a row of a table.
    pub fn row(&self, name: &str) -> Vec<String> {
        let (equal, at) = self.equal_error();
        let mut row = vec![
            name.to_owned(),
            self.genuine.len().to_string(),
            self.impostor.len().to_string(),
            format!("{:.2}", 100.0 * equal),
            format!("{at:.3}"),
        ];
        for false_accept in [1e-2, 1e-3] {
            let (accepted, at) = self.true_accepts(false_accept);
            row.push(format!("{:.2}", 100.0 * accepted));
            row.push(format!("{at:.3}"));
        }
        row
    }
}

/// The header above [`Scores::row`].
pub fn header() -> Vec<String> {
    [
        "",
        "genuine",
        "impostor",
        "EER, %",
        "threshold",
        "TAR at FAR 1e-2, %",
        "threshold",
        "TAR at FAR 1e-3, %",
        "threshold",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// Each fold by the best threshold of the others.
pub fn by_folds(folds: &[Fold]) -> Accuracy {
    let mut accuracies = Vec::new();
    let mut thresholds = 0.0;
    for (number, fold) in folds.iter().enumerate() {
        let others = (folds.iter().enumerate()).filter(|(other, _)| *other != number);
        let others = Scores::join(others.map(|(_, fold)| fold));
        let threshold = if others.genuine.is_empty() {
            fold.best_threshold()
        } else {
            others.best_threshold()
        };
        let (accepted, rejected) = fold.rates_at(threshold);
        let (genuine, impostor) = (fold.genuine.len() as f64, fold.impostor.len() as f64);
        let wrong = accepted * impostor + rejected * genuine;
        accuracies.push(1.0 - wrong / (genuine + impostor));
        thresholds += threshold / folds.len() as f32;
    }
    let count = accuracies.len() as f64;
    let mean = accuracies.iter().sum::<f64>() / count;
    let squares: f64 = accuracies.iter().map(|one| (one - mean).powi(2)).sum();
    Accuracy {
        mean,
        error: if count > 1.0 {
            (squares / (count - 1.0) / count).sqrt()
        } else {
            0.0
        },
        threshold: thresholds,
    }
}
