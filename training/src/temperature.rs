//! The softmax temperature that makes stated probabilities come true: temperature scaling
//! (arXiv 1706.04599, section 4.2), by the negative log likelihood.

use rayon::prelude::*;

use crate::score::ComparedEpisode;

/// Temperatures between which the best is looked for.
const TEMPERATURES: (f64, f64) = (1e-3, 10.0);

/// Steps of the search; each narrows the range, on a logarithmic scale, by 0.618.
const SEARCH_STEPS: usize = 40;

/// The temperature with the lowest negative log likelihood, by golden-section search on a
/// logarithmic scale.
pub fn best_temperature(episodes: &[ComparedEpisode]) -> f32 {
    let golden = (5_f64.sqrt() - 1.0) / 2.0;
    let loss = |logarithm: f64| negative_log_likelihood(episodes, logarithm.exp() as f32);
    let (mut low, mut high) = (TEMPERATURES.0.ln(), TEMPERATURES.1.ln());
    let (mut left, mut right) = (high - golden * (high - low), low + golden * (high - low));
    let (mut left_loss, mut right_loss) = (loss(left), loss(right));
    for _ in 0..SEARCH_STEPS {
        if left_loss <= right_loss {
            (high, right, right_loss) = (right, left, left_loss);
            left = high - golden * (high - low);
            left_loss = loss(left);
        } else {
            (low, left, left_loss) = (left, right, right_loss);
            right = low + golden * (high - low);
            right_loss = loss(right);
        }
    }
    ((low + high) / 2.0).exp() as f32
}

/// Mean over the known queries of the negative logarithm of the probability of their own class.
pub fn negative_log_likelihood(episodes: &[ComparedEpisode], temperature: f32) -> f64 {
    let losses: Vec<(f64, usize)> = episodes
        .par_iter()
        .map(|episode| {
            let losses = episode.queries.iter().filter_map(|query| {
                let probabilities = query.probabilities(temperature);
                let own = *probabilities.get(query.own?)?;
                // Zero by underflow at a very low temperature: a large loss, not an infinite one.
                Some(-f64::from(own.max(f32::MIN_POSITIVE)).ln())
            });
            losses.fold((0.0, 0), |(sum, count), loss| (sum + loss, count + 1))
        })
        .collect();
    let (sum, count) = losses.iter().fold((0.0, 0), |(sum, count), loss| {
        (sum + loss.0, count + loss.1)
    });
    sum / count as f64
}
