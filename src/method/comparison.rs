//! The methods without weights of their own, which compare by a metric: what the camera task
//! chooses from, and leaving a shot out, by which it finds its "none of these".

use serde::{Deserialize, Serialize};

use super::matching::Attention;
use super::prototypical::Prototypical;
use super::ridge::Ridge;
use super::siamese::NearestShot;
use super::{Fitted, Metric, Support, check_query, dot, impostors};
use crate::error::Error;

/// A method without weights of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Comparison {
    /// With the mean of each class's shots ([`super::prototypical`]).
    #[default]
    Prototypical,
    /// With each shot; the nearest speaks for its class ([`super::siamese`]).
    Siamese,
    /// With each shot; all of them vote, the nearer the more ([`super::matching`]). It compares
    /// by the cosine, whatever the metric.
    Matching,
    /// With what tells the classes apart, from each other and from impostors
    /// ([`super::ridge`]). It compares in its own way, whatever the metric.
    Ridge,
}

impl Comparison {
    /// Every one.
    pub const ALL: [Comparison; 4] = [
        Comparison::Prototypical,
        Comparison::Siamese,
        Comparison::Matching,
        Comparison::Ridge,
    ];

    /// Fits the method to a support set.
    ///
    /// # Errors
    /// As [`Support::check`].
    pub fn fit(
        self,
        metric: Metric,
        temperature: f32,
        support: &Support<'_>,
    ) -> Result<Box<dyn Compared>, Error> {
        Ok(match self {
            Comparison::Prototypical => Box::new(
                Prototypical {
                    metric,
                    temperature,
                }
                .compare(support)?,
            ),
            Comparison::Siamese => Box::new(
                NearestShot {
                    metric,
                    temperature,
                }
                .compare(support)?,
            ),
            Comparison::Matching => Box::new(Attention { temperature }.compare(support)?),
            Comparison::Ridge => Box::new(
                Ridge {
                    impostors: impostors::of(support.check()?)?,
                    temperature,
                }
                .compare(support)?,
            ),
        })
    }
}

/// A fitted method that compares by a metric: its readings have similarities.
pub trait Compared: Fitted {
    /// What a shot's similarities would be had it been a query, one a class: `None` for its own
    /// class where it is the only shot. `support` is the support set that it was fitted to, and
    /// `shot` counts in its order; of a shot that is not there, nothing.
    fn similarities_without(&self, support: &Support<'_>, shot: usize) -> Vec<Option<f32>>;

    /// Changes what divides the scores; above 0.
    fn set_temperature(&mut self, temperature: f32);

    /// Of [`similarities_without`](Self::similarities_without), that of the shot's own class and
    /// the highest of the others; `None` where there is none to compare with.
    fn leave_one_out(&self, support: &Support<'_>, shot: usize) -> (Option<f32>, Option<f32>) {
        let Some((own, _)) = support.shots.get(shot) else {
            return (None, None);
        };
        let similarities = self.similarities_without(support, shot);
        let others = (similarities.iter().enumerate())
            .filter(|(class, _)| class != own)
            .filter_map(|(_, similarity)| *similarity);
        let highest = others.max_by(f32::total_cmp);
        (similarities.get(*own).copied().flatten(), highest)
    }
}

/// All shots of a support set, one after another in memory.
#[derive(Debug, Clone)]
pub(crate) struct Shots {
    values: Vec<f32>,       // [shots, d]
    squares: Vec<f32>,      // one a shot
    classes_of: Vec<usize>, // one a shot
    classes: usize,
    dimensions: usize,
}

impl Shots {
    pub(crate) fn new(support: &Support<'_>) -> Result<Self, Error> {
        let dimensions = support.check()?;
        let mut values = Vec::with_capacity(support.shots.len() * dimensions);
        for (_, shot) in &support.shots {
            values.extend_from_slice(shot);
        }
        Ok(Shots {
            values,
            squares: support.shots.iter().map(|(_, s)| dot(s, s)).collect(),
            classes_of: support.shots.iter().map(|(class, _)| *class).collect(),
            classes: support.classes,
            dimensions,
        })
    }

    /// Class of each shot.
    pub(crate) fn classes_of(&self) -> &[usize] {
        &self.classes_of
    }

    /// Similarity of a query to each shot.
    pub(crate) fn similarities(&self, query: &[f32], metric: Metric) -> Result<Vec<f32>, Error> {
        check_query(query, self.dimensions)?;
        let square = dot(query, query);
        let shots = self.values.chunks_exact(self.dimensions);
        Ok(shots
            .zip(&self.squares)
            .map(|(shot, other)| metric.of_products(dot(query, shot), square, *other))
            .collect())
    }

    /// The highest of each class of one value a shot.
    pub(crate) fn best_of_class(&self, values: &[f32]) -> Vec<f32> {
        let mut best = vec![f32::NEG_INFINITY; self.classes];
        for (class, value) in self.classes_of.iter().zip(values) {
            if let Some(most) = best.get_mut(*class) {
                *most = most.max(*value);
            }
        }
        best
    }

    /// See [`Compared::similarities_without`]; here the nearest shot speaks for its class.
    pub(crate) fn similarities_without(
        &self,
        support: &Support<'_>,
        left: usize,
        metric: Metric,
    ) -> Vec<Option<f32>> {
        let Some((_, query)) = support.shots.get(left) else {
            return Vec::new();
        };
        let Ok(similarities) = self.similarities(query, metric) else {
            return Vec::new();
        };
        let mut nearest: Vec<Option<f32>> = vec![None; self.classes];
        for (shot, (class, value)) in self.classes_of.iter().zip(similarities).enumerate() {
            if shot != left
                && let Some(most) = nearest.get_mut(*class)
            {
                *most = Some(most.map_or(value, |before| before.max(value)));
            }
        }
        nearest
    }
}
