//! What kshot answers in an episode: its method, its temperature, its threshold.

use anyhow::{Context, Result};
use kshot::decision;
use kshot::episode::Episode;
use kshot::method::prototypical::Prototypes;
use kshot::method::{Method, Metric, Shots};

use crate::embed::EmbeddedClass;
use crate::statistics::Calibration;

/// A query's similarities to the classes of its episode, and which class is right.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// One a class, in the order of the episode.
    pub similarities: Vec<f32>,
    /// Index of its own class in the episode; `None` for a query of a class outside.
    pub own: Option<usize>,
}

/// An episode seen by the prototypical head.
#[derive(Debug, Clone)]
pub struct ComparedEpisode {
    /// Every query.
    pub queries: Vec<Compared>,
    /// The "none of these" threshold of this support set.
    pub threshold: f32,
}

/// What came of one episode.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Share of the known queries whose own class is the most similar.
    pub accuracy: f64,
    /// Stated probabilities against what came true, over the known queries.
    pub calibration: Calibration,
    /// Known queries, and those of them answered with "none of these".
    pub known: usize,
    /// See [`known`](Self::known).
    pub refused: usize,
    /// Queries of classes outside, and those of them that got a name.
    pub unknown: usize,
    /// See [`unknown`](Self::unknown).
    pub named: usize,
    /// The threshold that was used.
    pub threshold: f32,
}

/// Fits the head to an episode's support set and compares all its queries.
///
/// # Errors
/// Where kshot refuses the support set.
pub fn compare(
    classes: &[EmbeddedClass],
    episode: &Episode,
    metric: Metric,
) -> Result<ComparedEpisode> {
    let embedding = |class: usize, picture: usize| {
        classes
            .get(class)
            .and_then(|class| class.embeddings.get(picture))
            .map(Vec::as_slice)
            .with_context(|| format!("there is no picture {picture} of class {class}"))
    };
    let mut shots: Vec<Vec<&[f32]>> = Vec::new();
    let mut asked = Vec::new();
    for (own, drawn) in episode.classes.iter().enumerate() {
        let support = drawn
            .support
            .iter()
            .map(|&picture| embedding(drawn.class, picture));
        shots.push(support.collect::<Result<_>>()?);
        for &picture in &drawn.queries {
            asked.push((Some(own), embedding(drawn.class, picture)?));
        }
    }
    for &(class, picture) in &episode.unknown {
        asked.push((None, embedding(class, picture)?));
    }
    let support: Vec<Shots<'_>> = shots.iter().map(Vec::as_slice).collect();
    let prototypes = Prototypes::fit(&support, metric)?;
    let queries = asked
        .into_iter()
        .map(|(own, query)| Compared {
            similarities: prototypes.similarities(query),
            own,
        })
        .collect();
    Ok(ComparedEpisode {
        queries,
        threshold: decision::leave_one_out_threshold(&support, metric)?,
    })
}

/// Decides every query at a temperature, as the page does.
pub fn judge(episode: &ComparedEpisode, temperature: f32) -> Outcome {
    let mut outcome = Outcome {
        threshold: episode.threshold,
        ..Outcome::default()
    };
    let mut right = 0;
    for query in &episode.queries {
        let named = decision::decide(&query.similarities, episode.threshold);
        let Some(own) = query.own else {
            outcome.unknown += 1;
            outcome.named += usize::from(named.is_some());
            continue;
        };
        let nearest = decision::decide(&query.similarities, f32::NEG_INFINITY);
        let correct = nearest == Some(own);
        let probabilities = decision::probabilities(&query.similarities, temperature);
        outcome
            .calibration
            .add(probabilities.iter().copied().fold(0.0, f32::max), correct);
        outcome.known += 1;
        outcome.refused += usize::from(named.is_none());
        right += usize::from(correct);
    }
    outcome.accuracy = right as f64 / outcome.known as f64;
    outcome
}
