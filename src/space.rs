//! The embeddings drawn on a plane: the two directions in which the shots differ most
//! (principal components, by power iteration), kept from one drawing to the next so that
//! the picture does not jump.

use crate::classifier::Classifier;
use crate::error::Error;
use crate::method::dot;

/// Shots that the directions are worked out from, at most, evenly spaced.
const SAMPLES: usize = 128;

/// Rounds of power iteration; the picture needs no more digits.
const ROUNDS: usize = 24;

/// How far from the middle the farthest shot is drawn.
const EXTENT: f32 = 0.85;

/// What a point stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A shot, with its id.
    Shot(u32),
    /// The mean of a class.
    Prototype,
    /// The picture being asked about.
    Query,
}

/// A point of the drawing, coordinates -1 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// What it stands for.
    pub kind: Kind,
    /// Its class; `None` for the query.
    pub class: Option<u32>,
    /// To the right.
    pub x: f32,
    /// Upwards.
    pub y: f32,
}

/// The plane in which given embeddings differ most.
///
/// ```
/// use kshot::space::Plane;
///
/// let embeddings: [&[f32]; 3] = [&[0.0, 0.0, 1.0], &[4.0, 0.0, 1.0], &[8.0, 0.0, 1.0]];
/// let mut plane = Plane::default();
/// plane.fit(&embeddings);
/// let [left, right] = [embeddings[0], embeddings[2]].map(|embedding| plane.place(embedding));
/// assert!((left[0] + right[0]).abs() < 1e-6 && left[0].abs() > 0.8);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Plane {
    centre: Vec<f32>,
    axes: [Vec<f32>; 2],
    scale: f32,
}

impl Plane {
    /// Lays the plane through these embeddings, all of one length, turned as little as may be
    /// from where it lay.
    pub fn fit(&mut self, embeddings: &[&[f32]]) {
        let step = embeddings.len().div_ceil(SAMPLES).max(1);
        let samples: Vec<&[f32]> = embeddings.iter().copied().step_by(step).collect();
        self.centre = mean(&samples);
        let mut centred: Vec<Vec<f32>> = samples
            .iter()
            .map(|sample| difference(sample, &self.centre))
            .collect();
        let first = principal(&centred, &self.axes[0]);
        flatten(&mut centred, &first);
        let second = principal(&centred, &self.axes[1]);
        self.axes = [first, second];
        let farthest = embeddings
            .iter()
            .flat_map(|embedding| self.project(embedding))
            .fold(0.0f32, |most, value| most.max(value.abs()));
        self.scale = if farthest > 0.0 {
            EXTENT / farthest
        } else {
            1.0
        };
    }

    /// Whether there is no plane: nothing to lay it through.
    pub fn is_empty(&self) -> bool {
        self.centre.is_empty()
    }

    /// Where an embedding of the same length lies, to the right and upwards, each -1 to 1. The
    /// farthest of those that the plane was laid through is near the edge; what lies farther
    /// out is drawn at the edge.
    pub fn place(&self, embedding: &[f32]) -> [f32; 2] {
        self.project(embedding)
            .map(|value| (value * self.scale).clamp(-1.0, 1.0))
    }

    fn project(&self, embedding: &[f32]) -> [f32; 2] {
        let offset = difference(embedding, &self.centre);
        [dot(&offset, &self.axes[0]), dot(&offset, &self.axes[1])]
    }
}

/// A plane through the support set of the camera.
#[derive(Debug, Default)]
pub struct Space {
    revision: Option<u64>,
    plane: Plane,
}

impl Space {
    /// Shots and prototypes of the answering classes, and the query if there is one.
    ///
    /// # Errors
    /// As [`Classifier::answer`].
    pub fn points(
        &mut self,
        classifier: &mut Classifier,
        query: Option<&[f32]>,
    ) -> Result<Vec<Point>, Error> {
        self.fit(classifier);
        if self.plane.is_empty() {
            return Ok(Vec::new());
        }
        let mut points = Vec::new();
        for class in classifier.support.answering() {
            for shot in &class.shots {
                points.push(self.point(Kind::Shot(shot.id), Some(class.id), &shot.embedding));
            }
        }
        for (class, prototype) in classifier.prototypes()? {
            points.push(self.point(Kind::Prototype, Some(class), prototype));
        }
        if let Some(query) = query {
            points.push(self.point(Kind::Query, None, query));
        }
        Ok(points)
    }

    fn fit(&mut self, classifier: &Classifier) {
        let revision = classifier.support.revision();
        if self.revision == Some(revision) {
            return;
        }
        self.revision = Some(revision);
        let shots: Vec<&[f32]> = classifier
            .support
            .answering()
            .flat_map(|class| class.shots.iter().map(|shot| &*shot.embedding))
            .collect();
        self.plane.fit(&shots);
    }

    fn point(&self, kind: Kind, class: Option<u32>, embedding: &[f32]) -> Point {
        let [x, y] = self.plane.place(embedding);
        Point { kind, class, x, y }
    }
}

/// The direction of most variance, starting from `start` where that is one.
fn principal(centred: &[Vec<f32>], start: &[f32]) -> Vec<f32> {
    let Some(longest) = centred
        .iter()
        .max_by(|a, b| dot(a, a).total_cmp(&dot(b, b)))
    else {
        return Vec::new();
    };
    let mut axis = if start.len() == longest.len() && dot(start, longest) != 0.0 {
        start.to_vec()
    } else {
        longest.clone()
    };
    for _ in 0..ROUNDS {
        let mut next = vec![0.0; axis.len()];
        for sample in centred {
            let along = dot(sample, &axis);
            for (sum, value) in next.iter_mut().zip(sample) {
                *sum += along * value;
            }
        }
        let norm = dot(&next, &next).sqrt();
        if norm <= f32::MIN_POSITIVE {
            return vec![0.0; axis.len()];
        }
        next.iter_mut().for_each(|value| *value /= norm);
        axis = next;
    }
    axis
}

/// Takes the part along `axis` out of every sample.
fn flatten(centred: &mut [Vec<f32>], axis: &[f32]) {
    for sample in centred {
        let along = dot(sample, axis);
        for (value, taken) in sample.iter_mut().zip(axis) {
            *value -= along * taken;
        }
    }
}

fn mean(samples: &[&[f32]]) -> Vec<f32> {
    let mut sum = vec![0.0; samples.first().map_or(0, |sample| sample.len())];
    for sample in samples {
        for (total, value) in sum.iter_mut().zip(*sample) {
            *total += value;
        }
    }
    sum.iter_mut()
        .for_each(|total| *total /= samples.len() as f32);
    sum
}

fn difference(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(x, y)| x - y).collect()
}
