//! What a threshold costs: the scores of a public set, as they were measured, and the rates that
//! follow from them.
//!
//! A genuine score is the similarity of two pictures of one person, an impostor's that of
//! pictures of two. The false reject rate is the share of genuine scores under a threshold, the
//! false accept rate the share of impostors' that reach it.

mod measured;

pub use measured::SHIPPED;

/// Histograms of scores.
#[derive(Debug, Clone, Copy)]
pub struct Distribution {
    /// The set, in words for people.
    pub set: &'static str,
    /// People in it.
    pub people: u32,
    /// Pictures in which a face was found.
    pub pictures: u32,
    /// Lower edge of the first bin.
    pub low: f32,
    /// Width of a bin.
    pub step: f32,
    /// Genuine pairs, one count a bin.
    pub genuine: &'static [u32],
    /// Impostor pairs, one count a bin.
    pub impostor: &'static [u32],
}

/// Shares of 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rates {
    /// Strangers let in.
    pub false_accept: f64,
    /// Owners shut out.
    pub false_reject: f64,
}

/// The false accept rate that the shipped threshold is chosen for: one stranger in a thousand.
pub const FALSE_ACCEPT: f64 = 1e-3;

impl Distribution {
    /// The rates at a threshold; within a bin scores are taken to be spread evenly.
    ///
    /// ```
    /// use kshot::face::scores::SHIPPED;
    ///
    /// assert_eq!(SHIPPED.rates_at(-1.0).false_accept, 1.0);
    /// assert_eq!(SHIPPED.rates_at(1.0).false_accept, 0.0);
    /// ```
    pub fn rates_at(&self, threshold: f32) -> Rates {
        let place = f64::from((threshold - self.low) / self.step);
        let under = |counts: &[u32]| {
            let mut sum = 0.0;
            for (bin, count) in counts.iter().enumerate() {
                sum += f64::from(*count) * (place - bin as f64).clamp(0.0, 1.0);
            }
            sum / f64::from(counts.iter().sum::<u32>().max(1))
        };
        Rates {
            false_accept: 1.0 - under(self.impostor),
            false_reject: under(self.genuine),
        }
    }

    /// Threshold of a place that is counted in bins.
    fn edge(&self, place: f32) -> f32 {
        self.low + self.step * place
    }

    /// The rates at every edge of a bin, from the lowest on.
    pub fn curve(&self) -> Vec<Rates> {
        (0..=self.genuine.len())
            .map(|bin| self.rates_at(self.edge(bin as f32)))
            .collect()
    }

    /// The lowest threshold at which no more than this share of strangers is let in.
    pub fn threshold_for(&self, false_accept: f64) -> f32 {
        self.crossing(|rates| rates.false_accept <= false_accept)
    }

    /// Where both rates are the same: the rate and the threshold.
    pub fn equal_error(&self) -> (f64, f32) {
        let threshold = self.crossing(|rates| rates.false_accept <= rates.false_reject);
        let rates = self.rates_at(threshold);
        ((rates.false_accept + rates.false_reject) / 2.0, threshold)
    }

    /// The lowest threshold from which something holds, which then goes on holding.
    fn crossing(&self, holds: impl Fn(Rates) -> bool) -> f32 {
        let (mut no, mut yes) = (0.0, self.genuine.len() as f32);
        for _ in 0..32 {
            let middle = (no + yes) / 2.0;
            if holds(self.rates_at(self.edge(middle))) {
                yes = middle;
            } else {
                no = middle;
            }
        }
        self.edge(yes)
    }
}
