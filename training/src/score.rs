//! What kshot answers in an episode: its method, its temperature, its threshold.

use anyhow::{Context, Result};
use kshot::decision;
use kshot::decision::of_ridge::LeftOut;
use kshot::episode::Episode;
use kshot::method::choice::Choice;
use kshot::method::comparison::Comparison;
use kshot::method::trained::{Heads, Trained};
use kshot::method::{Fitted, Metric, Support};

use crate::embed::EmbeddedClass;
use crate::statistics::{Calibration, auroc};

/// A query's similarities to the classes of its episode, and which class is right.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// One a class, in the order of the episode.
    pub similarities: Vec<f32>,
    /// Class and similarity of each that has a say in the probabilities: of every shot for
    /// matching, of every class otherwise; half its score for a method with weights of its own.
    pub votes: Vec<(usize, f32)>,
    /// Index of its own class in the episode; `None` for a query of a class outside.
    pub own: Option<usize>,
}

impl Compared {
    /// Each class's share of the votes at a temperature.
    pub fn probabilities(&self, temperature: f32) -> Vec<f32> {
        let values: Vec<f32> = self.votes.iter().map(|(_, value)| *value).collect();
        let shares = decision::probabilities(&values, temperature);
        let mut probabilities = vec![0.0; self.similarities.len()];
        for ((class, _), share) in self.votes.iter().zip(shares) {
            if let Some(probability) = probabilities.get_mut(*class) {
                *probability += share;
            }
        }
        probabilities
    }
}

/// An episode seen by one head.
#[derive(Debug, Clone)]
pub struct ComparedEpisode {
    /// Every query.
    pub queries: Vec<Compared>,
    /// The "none of these" threshold of this support set.
    pub threshold: f32,
    /// The softmax temperature of this support set.
    pub temperature: f32,
    /// What shots say that are left out.
    pub left_out: LeftOut,
}

/// What came of one episode.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Share of the known queries whose own class is the most probable.
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
    /// How well the highest similarity tells known queries from unknown ones: see [`auroc`];
    /// `None` where every class takes part.
    pub separation: Option<f64>,
    /// The threshold that was used.
    pub threshold: f32,
}

/// A method without weights of its own, and how it compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// What a query is compared with.
    pub method: Comparison,
    /// And how.
    pub metric: Metric,
}

impl Head {
    /// Ridge regression, which compares in its own way.
    pub const RIDGE: Head = Head {
        method: Comparison::Ridge,
        metric: Metric::Cosine,
    };

    /// What is measured unless more is asked for: the page's method, and the prototypical heads.
    pub const USUAL: [Head; 3] = [
        Head::RIDGE,
        Head::prototypical(Metric::Euclidean),
        Head::prototypical(Metric::Cosine),
    ];

    /// Every head. On embeddings of length one both metrics are the same between two of them,
    /// so the methods that compare with shots stand here once.
    pub const ALL: [Head; 5] = [
        Head::RIDGE,
        Head::prototypical(Metric::Euclidean),
        Head::prototypical(Metric::Cosine),
        Head {
            method: Comparison::Siamese,
            metric: Metric::Cosine,
        },
        Head {
            method: Comparison::Matching,
            metric: Metric::Cosine,
        },
    ];

    const fn prototypical(metric: Metric) -> Head {
        Head {
            method: Comparison::Prototypical,
            metric,
        }
    }

    /// The method's name in a table.
    pub fn method(self) -> &'static str {
        name_of(self.method.into())
    }

    /// The metric's name in a table.
    pub fn metric(self) -> &'static str {
        if self.method == Comparison::Ridge {
            return "-";
        }
        match self.metric {
            Metric::Euclidean => "euclidean",
            Metric::Cosine => "cosine",
        }
    }
}

/// A method's name in a table, as settings name it.
pub fn name_of(method: Choice) -> &'static str {
    match method {
        Choice::Comparison(Comparison::Prototypical) => "prototypical",
        Choice::Comparison(Comparison::Siamese) => "siamese",
        Choice::Comparison(Comparison::Matching) => "matching",
        Choice::Comparison(Comparison::Ridge) => "ridge",
        Choice::Trained(Trained::MatchingContext) => "matching_context",
        Choice::Trained(Trained::Relation) => "relation",
        Choice::Trained(Trained::Imaginary) => "imaginary",
        Choice::Trained(Trained::Mann) => "mann",
        Choice::Trained(Trained::Snail) => "snail",
    }
}

/// The scores of a query as votes. Votes count twice as much when they are divided by a
/// temperature: see [`decision::probabilities`].
pub fn votes(fitted: &dyn Fitted, query: &[f32]) -> Result<Vec<(usize, f32)>> {
    let scores = fitted.read(query)?.scores.into_iter();
    Ok(scores.map(|score| score / 2.0).enumerate().collect())
}

/// Shots and queries of an episode.
pub struct Drawn<'a> {
    /// Its shots, class by class.
    pub support: Support<'a>,
    /// Its queries, each with its own class: see [`Compared::own`].
    pub queries: Vec<(Option<usize>, &'a [f32])>,
}

impl<'a> Drawn<'a> {
    /// From the embeddings by class and picture.
    ///
    /// # Errors
    /// Where there is none.
    pub fn of(
        episode: &Episode,
        embeddings: impl Fn(usize, usize) -> Option<&'a Vec<f32>>,
    ) -> Result<Self> {
        let embedding = |class, picture| {
            let found = embeddings(class, picture).map(Vec::as_slice);
            found.with_context(|| format!("there is no picture {picture} of class {class}"))
        };
        let mut support = Support {
            shots: Vec::new(),
            classes: episode.classes.len(),
        };
        let mut queries = Vec::new();
        for (own, drawn) in episode.classes.iter().enumerate() {
            for &picture in &drawn.support {
                support.shots.push((own, embedding(drawn.class, picture)?));
            }
            for &picture in &drawn.queries {
                queries.push((Some(own), embedding(drawn.class, picture)?));
            }
        }
        for &(class, picture) in &episode.unknown {
            queries.push((None, embedding(class, picture)?));
        }
        Ok(Drawn { support, queries })
    }

    fn of_classes(episode: &Episode, classes: &'a [EmbeddedClass]) -> Result<Self> {
        Drawn::of(episode, |class, picture| {
            classes.get(class)?.embeddings.get(picture)
        })
    }
}

/// As [`compare`] by ridge regression, but a method with weights of its own has the say, as in
/// the page.
///
/// # Errors
/// As [`compare`].
pub fn compare_trained(
    classes: &[EmbeddedClass],
    episode: &Episode,
    heads: &Heads,
    trained: Trained,
) -> Result<ComparedEpisode> {
    let mut compared = compare(classes, episode, Head::RIDGE)?;
    let drawn = Drawn::of_classes(episode, classes)?;
    let fitted = heads.fit(trained, &drawn.support)?;
    for (compared, (_, query)) in compared.queries.iter_mut().zip(drawn.queries) {
        compared.votes = votes(&fitted, query)?;
    }
    compared.temperature = decision::trained_temperature(trained);
    Ok(compared)
}

/// Fits a head to an episode's support set and compares all its queries.
///
/// # Errors
/// Where kshot refuses the support set.
pub fn compare(
    classes: &[EmbeddedClass],
    episode: &Episode,
    head: Head,
) -> Result<ComparedEpisode> {
    let Drawn { support, queries } = Drawn::of_classes(episode, classes)?;
    // Readings have similarities at any temperature; judge() searches for the best one.
    let Head { method, metric } = head;
    let fitted = method.fit(metric, 1.0, &support)?;
    let queries = queries
        .into_iter()
        .map(|(own, query)| {
            let reading = fitted.read(query)?;
            let similarities = reading.similarities.context("no similarities")?;
            let votes = match method {
                Comparison::Matching => (support.shots.iter())
                    .map(|(class, shot)| (*class, metric.similarity(query, shot)))
                    .collect(),
                _ => similarities.iter().copied().enumerate().collect(),
            };
            Ok(Compared {
                similarities,
                votes,
                own,
            })
        })
        .collect::<Result<_>>()?;
    Ok(ComparedEpisode {
        queries,
        left_out: LeftOut::of(&*fitted, &support),
        temperature: decision::fitted_temperature(method, metric, &*fitted, &support),
        threshold: decision::leave_one_out_threshold(method, metric, &*fitted, &support),
    })
}

/// Decides every query at a temperature, as the page does.
pub fn judge(episode: &ComparedEpisode, temperature: f32) -> Outcome {
    let mut outcome = Outcome {
        threshold: episode.threshold,
        ..Outcome::default()
    };
    let mut right = 0;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for query in &episode.queries {
        let probabilities = query.probabilities(temperature);
        let named = decision::decide(&probabilities, &query.similarities, episode.threshold);
        let highest = query.similarities.iter().copied();
        let highest = highest.fold(f32::NEG_INFINITY, f32::max);
        let Some(own) = query.own else {
            unknown.push(highest);
            outcome.unknown += 1;
            outcome.named += usize::from(named.is_some());
            continue;
        };
        known.push(highest);
        let nearest = decision::decide(&probabilities, &query.similarities, f32::NEG_INFINITY);
        let correct = nearest == Some(own);
        outcome
            .calibration
            .add(probabilities.iter().copied().fold(0.0, f32::max), correct);
        outcome.known += 1;
        outcome.refused += usize::from(named.is_none());
        right += usize::from(correct);
    }
    outcome.separation = auroc(&known, &unknown);
    outcome.accuracy = right as f64 / outcome.known as f64;
    outcome
}
