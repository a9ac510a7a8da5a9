//! How similarities of queries are spread, and the threshold that lies between them.

use crate::score::{Compared, ComparedEpisode, Head};
use crate::statistics::percentile;

/// Percentiles that are shown.
pub const SHARES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// Similarities of all queries, by what they say.
pub struct Similarities {
    own: Vec<f32>,
    nearest_wrong: Vec<f32>,
    nearest_known: Vec<f32>,
    nearest_unknown: Vec<f32>,
}

impl Similarities {
    /// Of every query of every episode.
    pub fn collect(episodes: &[ComparedEpisode]) -> Self {
        let mut all = Similarities {
            own: vec![],
            nearest_wrong: vec![],
            nearest_known: vec![],
            nearest_unknown: vec![],
        };
        for Compared {
            similarities, own, ..
        } in episodes.iter().flat_map(|episode| &episode.queries)
        {
            let nearest = similarities.iter().copied().max_by(f32::total_cmp);
            match own {
                Some(own) => {
                    let others = similarities
                        .iter()
                        .enumerate()
                        .filter(|(class, _)| class != own);
                    all.own.extend(similarities.get(*own));
                    all.nearest_wrong
                        .extend(others.map(|(_, value)| *value).max_by(f32::total_cmp));
                    all.nearest_known.extend(nearest);
                }
                None => all.nearest_unknown.extend(nearest),
            }
        }
        all
    }

    /// Percentiles as rows of a table.
    pub fn rows(&mut self, head: Head, shot: usize) -> Vec<Vec<String>> {
        [
            ("own", &mut self.own),
            ("nearest wrong", &mut self.nearest_wrong),
            ("unknown", &mut self.nearest_unknown),
        ]
        .into_iter()
        .map(|(what, values)| {
            let mut row = vec![
                head.method().to_owned(),
                head.metric().to_owned(),
                what.to_owned(),
                shot.to_string(),
            ];
            row.extend(SHARES.map(|share| {
                percentile(values, share)
                    .map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
            }));
            row
        })
        .collect()
    }

    /// The threshold at which the share of known queries under it equals the share of unknown
    /// queries at or over it, and that share.
    pub fn balance(&mut self) -> Option<(f32, f64)> {
        self.nearest_known.sort_by(f32::total_cmp);
        self.nearest_unknown.sort_by(f32::total_cmp);
        let (known, unknown) = (
            self.nearest_known.len() as f64,
            self.nearest_unknown.len() as f64,
        );
        self.nearest_known
            .iter()
            .enumerate()
            .find_map(|(under, &threshold)| {
                let refused = under as f64 / known;
                let quiet = self
                    .nearest_unknown
                    .partition_point(|value| *value < threshold);
                (unknown > 0.0 && refused >= 1.0 - quiet as f64 / unknown)
                    .then_some((threshold, refused))
            })
    }
}
