//! What follows from many episodes: means with their intervals, calibration, percentiles.

/// Two-sided 95 % quantile of the normal distribution.
const Z_95: f64 = 1.96;

/// Bins of the expected calibration error (arXiv 1706.04599, section 2).
pub const CALIBRATION_BINS: usize = 15;

/// A mean and half the width of its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The mean.
    pub mean: f64,
    /// `1.96 · standard deviation / √n`, with `n - 1` in the deviation.
    pub interval: f64,
}

/// Mean and 95 % interval of at least two values; not a number for fewer.
pub fn estimate(values: &[f64]) -> Estimate {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let deviation = (squares / (count - 1.0)).sqrt();
    Estimate {
        mean,
        interval: Z_95 * deviation / count.sqrt(),
    }
}

/// The value below which `share` (0 to 1) of the values lies, between two values their
/// weighted mean; `None` of no values. Sorts the values.
pub fn percentile(values: &mut [f32], share: f64) -> Option<f32> {
    values.sort_by(f32::total_cmp);
    let place = share * values.len().checked_sub(1)? as f64;
    let below = values.get(place.floor() as usize)?;
    let above = values.get(place.ceil() as usize)?;
    Some(below + (above - below) * place.fract() as f32)
}

/// The area under the ROC curve: the share of pairs in which the value that should be higher is
/// higher, a tie counting half; `None` where there is no pair.
pub fn auroc(should_be_higher: &[f32], should_be_lower: &[f32]) -> Option<f64> {
    let mut lower = should_be_lower.to_vec();
    lower.sort_by(f32::total_cmp);
    let above = should_be_higher.iter().map(|value| {
        let under = lower.partition_point(|other| other < value);
        let up_to = lower.partition_point(|other| other <= value);
        (under + up_to) as f64 / 2.0
    });
    let pairs = should_be_higher.len() * lower.len();
    (pairs > 0).then(|| above.sum::<f64>() / pairs as f64)
}

/// How far stated probabilities are from what comes true, collected query by query.
#[derive(Debug, Clone, Copy, Default)]
pub struct Calibration {
    bins: [Bin; CALIBRATION_BINS],
}

#[derive(Debug, Clone, Copy, Default)]
struct Bin {
    count: f64,
    confidence: f64,
    correct: f64,
}

impl Calibration {
    /// Adds one query: the probability of the class named first, and whether it was right.
    pub fn add(&mut self, confidence: f32, correct: bool) {
        let place = (confidence * CALIBRATION_BINS as f32) as usize;
        if let Some(bin) = self.bins.get_mut(place.min(CALIBRATION_BINS - 1)) {
            bin.count += 1.0;
            bin.confidence += f64::from(confidence);
            bin.correct += f64::from(u8::from(correct));
        }
    }

    /// Adds what another has collected.
    pub fn merge(&mut self, other: &Calibration) {
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            bin.count += more.count;
            bin.confidence += more.confidence;
            bin.correct += more.correct;
        }
    }

    /// Mean confidence, accuracy and number of queries of each bin that has any.
    pub fn bins(&self) -> Vec<(f64, f64, f64)> {
        let some = self.bins.iter().filter(|bin| bin.count > 0.0);
        some.map(|bin| {
            (
                bin.confidence / bin.count,
                bin.correct / bin.count,
                bin.count,
            )
        })
        .collect()
    }

    /// The expected calibration error, 0 to 1: over the bins, the distance between mean
    /// confidence and accuracy, weighted by the queries in the bin.
    pub fn error(&self) -> f64 {
        let queries: f64 = self.bins.iter().map(|bin| bin.count).sum();
        self.bins
            .iter()
            .map(|bin| (bin.confidence - bin.correct).abs())
            .sum::<f64>()
            / queries
    }
}
