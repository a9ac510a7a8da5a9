//! Embedding to answer: holds the support set and the settings, and keeps what was
//! computed from them until they change. No pixels, no device: the same in the page, in
//! tests and in training.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::decision;
use crate::embedder::DIMENSIONS;
use crate::error::Error;
use crate::guidance::{self, Guidance};
use crate::method::choice::Choice;
use crate::method::comparison::{Compared, Comparison};
use crate::method::trained::{FittedHead, Heads, Trained};
use crate::method::{Fitted as _, Metric, Support, dot, prototypical};
use crate::support::{Action, Saved, SupportSet};

/// What the user can set. `None` follows the shipped or the computed value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// What a query is compared with.
    pub method: Choice,
    /// How a query is compared with a prototype or a shot.
    pub metric: Metric,
    /// Softmax temperature in units of the squared distance, above 0.
    pub temperature: Option<f32>,
    /// Similarity under which the answer is "none of these", -1 to 1.
    pub threshold: Option<f32>,
}

impl Settings {
    /// Whether every value is within its range.
    ///
    /// # Errors
    /// [`Error::SettingInvalid`].
    pub fn check(&self) -> Result<(), Error> {
        if let Some(value) = self.temperature
            && !(value.is_finite() && value > 0.0)
        {
            return Err(Error::SettingInvalid {
                name: "temperature",
                range: "a number above 0",
                value: value.to_string(),
            });
        }
        if let Some(value) = self.threshold
            && !(-1.0..=1.0).contains(&value)
        {
            return Err(Error::SettingInvalid {
                name: "threshold",
                range: "between -1 and 1",
                value: value.to_string(),
            });
        }
        Ok(())
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            method: Choice::Comparison(Comparison::Ridge),
            metric: Metric::Euclidean,
            temperature: None,
            threshold: None,
        }
    }
}

/// One class with its agreement with the query.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassScore {
    /// Id of the class.
    pub class: u32,
    /// At most 1; see [`Metric::similarity`].
    pub similarity: f32,
    /// Softmax over the answering classes.
    pub probability: f32,
}

/// What is said of one query.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// One entry an answering class, in their order.
    pub scores: Vec<ClassScore>,
    /// Id of the class named, that of the highest probability; `None` for "none of these" and
    /// for an empty support set.
    pub best: Option<u32>,
    /// Whether a class has a single shot, so that percentages would promise too much.
    pub single_shot: bool,
    /// The threshold that was used.
    pub threshold: f32,
}

/// Computed from one revision of the support set and these settings.
struct Fitted {
    revision: u64,
    settings: Settings,
    method: Box<dyn Compared>,
    /// What names the class in its place; fitted when it is first asked.
    head: Option<FittedHead>,
    prototypes: Vec<Vec<f32>>,
    classes: Vec<u32>,
    single_shot: bool,
    temperature: f32,   // the shipped one
    of_similarity: f32, // the same where similarities are read as scores
    threshold: f32,
}

/// A support set that answers.
///
/// ```
/// use kshot::classifier::Classifier;
///
/// let unit = |axis: usize| (0..4).map(|i| if i == axis { 1.0 } else { 0.0 }).collect::<Vec<f32>>();
/// let mut classifier = Classifier::default();
/// let mug = classifier.support.add_class("mug")?;
/// let key = classifier.support.add_class("key")?;
/// classifier.support.add_shot(mug, unit(0))?;
/// classifier.support.add_shot(key, unit(1))?;
/// assert_eq!(classifier.answer(&unit(1))?.best, Some(key));
/// assert_eq!(classifier.answer(&unit(2))?.best, None);
/// # Ok::<(), kshot::Error>(())
/// ```
#[derive(Default)]
pub struct Classifier {
    /// The classes and shots.
    pub support: SupportSet,
    settings: Settings,
    /// The settings before each step with a `restore` that can still be taken back, and maybe older ones.
    replaced: Vec<(u64, Settings)>,
    heads: Option<Rc<Heads>>,
    fitted: Option<Fitted>,
}

impl Classifier {
    /// The settings as the user left them.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// Takes the methods with weights of their own into use; without them they cannot be chosen.
    pub fn use_heads(&mut self, heads: Rc<Heads>) {
        self.heads = Some(heads);
    }

    /// Changes the settings.
    ///
    /// # Errors
    /// [`Error::SettingInvalid`], also for a method with weights of its own where there are none;
    /// then nothing has changed.
    pub fn set_settings(&mut self, settings: Settings) -> Result<(), Error> {
        self.check(settings)?;
        self.settings = settings;
        Ok(())
    }

    /// Puts a saved state in the place of what there is: classes as name, enabled and
    /// number of shots, and the embeddings of all shots one after another, each
    /// L2-normalised, `[shots, 1280]`. [`undo`](Self::undo) brings back the settings too.
    ///
    /// # Errors
    /// [`Error::StateInvalid`] where the embeddings do not fill the shots or are not
    /// normalised, [`Error::SettingInvalid`], and as [`SupportSet::restore`]; then nothing has
    /// changed.
    pub fn restore(
        &mut self,
        settings: Settings,
        classes: Vec<(String, bool, usize)>,
        embeddings: &[f32],
    ) -> Result<(), Error> {
        self.check(settings)?;
        let step = self.support.restore(saved(classes, embeddings)?)?;
        if !self.replaced.iter().any(|(of, _)| *of == step) {
            self.replaced.push((step, self.settings));
        }
        self.settings = settings;
        Ok(())
    }

    /// Puts the classes of a saved state after those there are; the settings stay.
    ///
    /// # Errors
    /// As [`restore`](Self::restore).
    pub fn append(
        &mut self,
        classes: Vec<(String, bool, usize)>,
        embeddings: &[f32],
    ) -> Result<(), Error> {
        self.support.append(saved(classes, embeddings)?)
    }

    /// Takes the newest step back; the settings come back with it where
    /// [`restore`](Self::restore) replaced them.
    ///
    /// # Errors
    /// As [`SupportSet::undo_step`].
    pub fn undo(&mut self) -> Result<Option<Action>, Error> {
        match self.support.newest_step() {
            Some(step) => self.undo_step(step),
            None => Ok(None),
        }
    }

    /// As [`undo`](Self::undo), of any step.
    ///
    /// # Errors
    /// As [`SupportSet::undo_step`].
    pub fn undo_step(&mut self, step: u64) -> Result<Option<Action>, Error> {
        let action = self.support.undo_step(step)?;
        if action.is_some()
            && let Some(place) = self.replaced.iter().position(|(of, _)| *of == step)
        {
            let (_, before) = self.replaced.remove(place);
            // Settings that a later restore replaced come back with that one.
            match self.replaced.get_mut(place) {
                Some((_, replaced)) => *replaced = before,
                None => self.settings = before,
            }
        }
        Ok(action)
    }

    /// Forgets all steps: what is there now is where undo ends.
    pub fn clear_history(&mut self) {
        self.support.clear_history();
        self.replaced.clear();
    }

    /// The softmax temperature for this support set.
    ///
    /// # Errors
    /// As [`answer`](Self::answer).
    pub fn auto_temperature(&mut self) -> Result<f32, Error> {
        let Settings { method, metric, .. } = self.settings;
        let single_shot = match method {
            Choice::Comparison(comparison) => decision::temperature(comparison, metric, 1.0),
            Choice::Trained(trained) => decision::trained_temperature(trained),
        };
        Ok(self.fit()?.map_or(single_shot, |fitted| fitted.temperature))
    }

    /// The threshold that the support set suggests.
    ///
    /// # Errors
    /// As [`answer`](Self::answer).
    pub fn auto_threshold(&mut self) -> Result<f32, Error> {
        let method = self.settings.method.comparison();
        Ok(self
            .fit()?
            .map_or(decision::starting_threshold(method), |fitted| {
                fitted.threshold
            }))
    }

    /// The prototypes of the answering classes, with the ids of the classes.
    ///
    /// # Errors
    /// As [`answer`](Self::answer).
    pub fn prototypes(&mut self) -> Result<Vec<(u32, &[f32])>, Error> {
        Ok(self.fit()?.map_or_else(Vec::new, |fitted| {
            let prototypes = fitted.prototypes.iter().map(Vec::as_slice);
            fitted.classes.iter().copied().zip(prototypes).collect()
        }))
    }

    /// What the support set says of itself: see [`guidance`]. `None` of an empty one.
    ///
    /// # Errors
    /// As [`answer`](Self::answer).
    pub fn guidance(&mut self) -> Result<Option<Guidance>, Error> {
        let settings = self.settings;
        if self.fit()?.is_none() {
            return Ok(None);
        }
        let support = support_of(&self.support);
        Ok(self.fitted.as_ref().map(|fitted| {
            guidance::look(
                &self.support.answering().collect::<Vec<_>>(),
                &support,
                &*fitted.method,
                decision::left_out(settings.method.comparison(), &support),
                match settings.method {
                    Choice::Comparison(_) => settings.temperature.unwrap_or(fitted.temperature),
                    // What the user set divides the head's scores.
                    Choice::Trained(_) => fitted.of_similarity,
                },
                settings.threshold.unwrap_or(fitted.threshold),
            )
        }))
    }

    /// Answers one query, an L2-normalised embedding.
    ///
    /// # Errors
    /// [`Error::EmbeddingInvalid`] where shots and query differ in length,
    /// [`Error::MethodTakesFewer`] where a method with weights of its own was made for fewer
    /// classes.
    pub fn answer(&mut self, query: &[f32]) -> Result<Answer, Error> {
        let Settings {
            method,
            threshold: chosen,
            temperature,
            ..
        } = self.settings;
        let Some(fitted) = self.fit_with_head()? else {
            return Ok(Answer {
                scores: Vec::new(),
                best: None,
                single_shot: true,
                threshold: chosen.unwrap_or(decision::starting_threshold(method.comparison())),
            });
        };
        let threshold = chosen.unwrap_or(fitted.threshold);
        let reading = fitted.method.read(query)?;
        let similarities = reading.similarities.unwrap_or_default();
        let scores = match &fitted.head {
            Some(head) => {
                let temperature = temperature.unwrap_or(fitted.temperature);
                let scores = head.read(query)?.scores.into_iter();
                scores.map(|score| score / temperature).collect()
            }
            None => reading.scores,
        };
        let best = decision::decide(&scores, &similarities, threshold)
            .and_then(|index| fitted.classes.get(index).copied());
        let scores = fitted
            .classes
            .iter()
            .zip(similarities.iter().zip(decision::softmax(&scores)))
            .map(|(class, (similarity, probability))| ClassScore {
                class: *class,
                similarity: *similarity,
                probability,
            })
            .collect();
        Ok(Answer {
            scores,
            best,
            single_shot: fitted.single_shot,
            threshold,
        })
    }

    /// Within their range, and for a method that there is.
    fn check(&self, settings: Settings) -> Result<(), Error> {
        settings.check()?;
        match (settings.method, &self.heads) {
            (Choice::Trained(_), None) => Err(Error::SettingInvalid {
                name: "method",
                range: "one whose weights are loaded",
                value: format!("{:?}", settings.method),
            }),
            _ => Ok(()),
        }
    }

    /// As [`fit`](Self::fit), with the head where the method has one.
    fn fit_with_head(&mut self) -> Result<Option<&Fitted>, Error> {
        self.fit()?;
        if let Some(fitted) = &mut self.fitted
            && fitted.head.is_none()
            && let Some(name) = self.settings.method.trained()
            && let Some(heads) = &self.heads
        {
            fitted.head = Some(fit_head(heads, name, &self.support)?);
        }
        Ok(self.fitted.as_ref())
    }

    /// What the support set gives as it is; `None` of an empty one.
    fn fit(&mut self) -> Result<Option<&Fitted>, Error> {
        let (revision, settings) = (self.support.revision(), self.settings);
        let fresh = self.fitted.as_ref().is_some_and(|fitted| {
            // A threshold that was chosen changes nothing that is computed here.
            let of_now = Settings {
                threshold: fitted.settings.threshold,
                ..settings
            };
            fitted.revision == revision && fitted.settings == of_now
        });
        if !fresh {
            self.fitted = fit(&self.support, settings)?;
        }
        Ok(self.fitted.as_ref())
    }
}

/// What takes part in answers, as the methods take it.
fn support_of(set: &SupportSet) -> Support<'_> {
    Support {
        shots: (set.answering().enumerate())
            .flat_map(|(index, class)| class.shots.iter().map(move |s| (index, &*s.embedding)))
            .collect(),
        classes: set.answering().count(),
    }
}

/// A head on what takes part in answers. Some read the shots in their order, which is class by
/// class, the oldest first: so it stays when the support set is saved or the engine is rebuilt.
fn fit_head(heads: &Heads, name: Trained, set: &SupportSet) -> Result<FittedHead, Error> {
    (heads.fit(name, &support_of(set))).map_err(|error| match error {
        Error::TooManyClasses(most) => Error::MethodTakesFewer(most),
        other => other,
    })
}

fn fit(set: &SupportSet, settings: Settings) -> Result<Option<Fitted>, Error> {
    let support = support_of(set);
    if support.shots.is_empty() {
        return Ok(None);
    }
    let counts = support.counts();
    let Settings { method, metric, .. } = settings;
    let comparison = method.comparison();
    let mut fitted = comparison.fit(metric, 1.0, &support)?;
    let of_similarity = decision::fitted_temperature(comparison, metric, &*fitted, &support);
    fitted.set_temperature(settings.temperature.unwrap_or(of_similarity));
    let threshold = decision::leave_one_out_threshold(comparison, metric, &*fitted, &support);
    Ok(Some(Fitted {
        revision: set.revision(),
        settings,
        method: fitted,
        head: None,
        prototypes: prototypical::means(&support)?,
        classes: set.answering().map(|class| class.id).collect(),
        single_shot: counts.contains(&1),
        temperature: match method {
            Choice::Comparison(_) => of_similarity,
            Choice::Trained(trained) => decision::trained_temperature(trained),
        },
        of_similarity,
        threshold,
    }))
}

/// Each class with its own embeddings, of all that lie one after another, `[shots, 1280]`.
fn saved(classes: Vec<(String, bool, usize)>, embeddings: &[f32]) -> Result<Vec<Saved>, Error> {
    let shots = (classes.iter()).fold(0usize, |sum, (_, _, shots)| sum.saturating_add(*shots));
    if embeddings.len() != shots.saturating_mul(DIMENSIONS) {
        return Err(Error::StateInvalid(format!(
            "{} values for {shots} shots of {DIMENSIONS}",
            embeddings.len()
        )));
    }
    let mut rows = embeddings.chunks_exact(DIMENSIONS);
    if let Some(number) = rows.clone().position(|row| !is_unit(row)) {
        return Err(Error::StateInvalid(format!(
            "the embedding of shot {number} is not of length one"
        )));
    }
    Ok(classes
        .into_iter()
        .map(|(name, enabled, shots)| {
            let embeddings = rows.by_ref().take(shots).map(<[f32]>::to_vec).collect();
            (name, enabled, embeddings)
        })
        .collect())
}

/// Room for the rounding of a sum of 1280 squares in single precision.
const UNIT_TOLERANCE: f32 = 1e-3;

fn is_unit(embedding: &[f32]) -> bool {
    (dot(embedding, embedding) - 1.0).abs() < UNIT_TOLERANCE
}
