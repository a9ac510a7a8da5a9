//! Ridge regression to the classes in closed form: the base learner R2-D2 of Bertinetto,
//! Henriques, Torr and Vedaldi, "Meta-learning with differentiable closed-form solvers"
//! (arXiv 1805.08136, section 3).
//!
//! A linear map takes each shot to 1 for its class and to 0 for the others, and impostors, which
//! are other things altogether ([`impostors`](super::impostors)), to 0 for every class, as well
//! as a penalty on its length allows. Where the mean of a class looks at every direction alike,
//! the map turns away from those in which shots of one class differ. It is the solution of one
//! system of linear equations in as many unknowns as there are shots and impostors (equation
//! 3), so nothing is trained.
//!
//! The output is its similarity: near 1 for what a class's shots are like and the others are
//! not, near 0 for what is like none. It falls with the distance to a class, with the nearness of
//! another and with that of an impostor, so one threshold on it serves for all three.

use super::comparison::Compared;
use super::{Attended, Fitted, Method, Reading, Support, check_query, dot, squared_distance};
use crate::error::Error;

/// The penalty λ, in units of a class's squared length: shots have length one and those of a
/// class weigh 1 together, however many they are.
///
/// Source: `docs/accuracy.md`, "the penalty".
pub const PENALTY: f32 = 0.03;

/// What all impostors weigh together, where a class weighs 1. They may be of the user's own kinds
/// of thing, so they must not count like a class of their own.
///
/// Source: `docs/accuracy.md`, "impostors".
const IMPOSTORS_WEIGHT: f32 = 0.3;

/// Rows of shots in the system of equations at most. With more shots than that, those of a class
/// that follow one another are averaged: they are the most alike, so that recording stays smooth.
const MOST_ROWS: usize = 200;

/// Ridge regression over given embeddings: it has no weights of its own.
///
/// ```
/// use kshot::method::{Method, Support, ridge::Ridge};
///
/// let (east, north) = ([1.0, 0.0], [0.0, 1.0]);
/// let support = Support { shots: vec![(0, &east[..]), (1, &north[..])], classes: 2 };
/// let ridge = Ridge { impostors: &[], temperature: 1.0 };
/// let reading = ridge.fit(&support)?.read(&east)?;
/// let similarities = reading.similarities.unwrap_or_default();
/// assert!(similarities[0] > 0.9 && similarities[1] < 0.1);
/// # Ok::<(), kshot::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Ridge<'a> {
    /// Embeddings of what is of no class, as long as the shots.
    pub impostors: &'a [Vec<f32>],
    /// Divides the scores; above 0.
    pub temperature: f32,
}

impl Ridge<'_> {
    /// As [`Method::fit`], able to leave a shot out.
    ///
    /// # Errors
    /// As [`Support::check`].
    pub fn compare(&self, support: &Support<'_>) -> Result<Regression, Error> {
        let dimensions = support.check()?;
        let (rows, row_of) = rows(support, self.impostors);
        let system = System::new(&rows);
        let mut columns = Vec::with_capacity(support.classes);
        let mut without = vec![vec![None; support.classes]; system.diagonal.len()];
        for class in 0..support.classes {
            let weights = system.solve(&rows, class);
            let mut column = vec![0.0; dimensions];
            for (weight, row) in weights.iter().zip(&rows) {
                let weight = *weight as f32 * row.share.sqrt();
                for (sum, value) in column.iter_mut().zip(&row.values) {
                    *sum += weight * value;
                }
            }
            columns.push(column);
            let left_out = rows.iter().zip(&weights).zip(&system.diagonal);
            for (outputs, ((row, weight), diagonal)) in without.iter_mut().zip(left_out) {
                let target = if row.class == Some(class) { 1.0 } else { 0.0 };
                let output = target - weight / diagonal / f64::from(row.share).sqrt();
                let alone = row.class == Some(class) && row.share > ALL_OF_IT;
                if let Some(value) = outputs.get_mut(class) {
                    *value = (!alone).then_some((output as f32).min(1.0));
                }
            }
        }
        Ok(Regression {
            columns,
            without,
            row_of,
            dimensions,
            temperature: self.temperature,
        })
    }
}

/// A row with so large a share of its class is all that there is of it.
const ALL_OF_IT: f32 = 0.999;

impl Method for Ridge<'_> {
    fn fit(&self, support: &Support<'_>) -> Result<Box<dyn Fitted>, Error> {
        Ok(Box::new(self.compare(support)?))
    }
}

/// The linear map, and what it would be without each row.
#[derive(Debug, Clone)]
pub struct Regression {
    columns: Vec<Vec<f32>>,         // [classes, d]
    without: Vec<Vec<Option<f32>>>, // [rows of shots, classes]
    row_of: Vec<usize>,             // one a shot
    dimensions: usize,
    temperature: f32,
}

impl Fitted for Regression {
    fn read(&self, query: &[f32]) -> Result<Reading, Error> {
        check_query(query, self.dimensions)?;
        let outputs: Vec<f32> = (self.columns.iter())
            .map(|column| dot(column, query))
            .collect();
        Ok(Reading {
            scores: (outputs.iter())
                .map(|output| -squared_distance(*output) / self.temperature)
                .collect(),
            similarities: Some(outputs.iter().map(|output| output.min(1.0)).collect()),
            attended: Attended::Nothing,
        })
    }
}

impl Compared for Regression {
    /// By the leave-one-out formula of linear smoothers: without row i its output is
    /// y - a / k, where a is its weight in the solution and k its place on the diagonal of the
    /// inverse of the system. Shots that were averaged are left out together.
    fn similarities_without(&self, _: &Support<'_>, shot: usize) -> Vec<Option<f32>> {
        let row = self.row_of.get(shot).and_then(|row| self.without.get(*row));
        row.cloned().unwrap_or_default()
    }

    fn set_temperature(&mut self, temperature: f32) {
        self.temperature = temperature;
    }
}

/// A shot, or the mean of several, with its share of its class.
struct Row {
    class: Option<usize>, // an impostor is of none
    values: Vec<f32>,
    share: f32,
}

/// The rows of the system: the shots, averaged where they are too many, then the impostors; and
/// which row each shot is in.
fn rows(support: &Support<'_>, impostors: &[Vec<f32>]) -> (Vec<Row>, Vec<usize>) {
    let counts = support.counts();
    let many = support.shots.len() > MOST_ROWS;
    let most = (MOST_ROWS / support.classes.max(1)).max(1); // of a class
    let mut seen = vec![0; support.classes];
    let mut open: Vec<Option<(usize, usize)>> = vec![None; support.classes]; // group, row
    let mut rows: Vec<Row> = Vec::new();
    let mut row_of = Vec::with_capacity(support.shots.len());
    for (class, shot) in &support.shots {
        let (Some(count), Some(seen), Some(open)) = (
            counts.get(*class),
            seen.get_mut(*class),
            open.get_mut(*class),
        ) else {
            continue; // there is none: the support set was checked
        };
        let groups = if many { most.min(*count) } else { *count };
        let group = *seen * groups / count;
        *seen += 1;
        let share = 1.0 / *count as f32;
        match *open {
            Some((of, at)) if of == group => {
                row_of.push(at);
                if let Some(row) = rows.get_mut(at) {
                    row.share += share;
                    for (sum, value) in row.values.iter_mut().zip(*shot) {
                        *sum += share * value;
                    }
                }
            }
            _ => {
                row_of.push(rows.len());
                *open = Some((group, rows.len()));
                rows.push(Row {
                    class: Some(*class),
                    values: shot.iter().map(|value| share * value).collect(),
                    share,
                });
            }
        }
    }
    for row in &mut rows {
        let share = row.share;
        row.values.iter_mut().for_each(|value| *value /= share);
    }
    rows.extend(impostors.iter().map(|impostor| Row {
        class: None,
        values: impostor.clone(),
        share: IMPOSTORS_WEIGHT / impostors.len() as f32,
    }));
    (rows, row_of)
}

/// The system X Xᵀ + λ I = L Lᵀ (equation 3), of rows X that are weighted so that every class
/// counts the same.
struct System {
    factor: Vec<Vec<f64>>, // L
    diagonal: Vec<f64>,    // of the inverse, for rows of shots
}

impl System {
    fn new(rows: &[Row]) -> Self {
        let mut matrix = Vec::with_capacity(rows.len()); // the lower triangle
        for (i, a) in rows.iter().enumerate() {
            let mut line: Vec<f64> = (rows.iter().take(i + 1))
                .map(|b| f64::from(dot(&a.values, &b.values) * (a.share * b.share).sqrt()))
                .collect();
            if let Some(value) = line.last_mut() {
                *value += f64::from(PENALTY);
            }
            matrix.push(line);
        }
        let factor = cholesky(matrix);
        // Shots come first: e_i has nothing above i, so neither has L⁻¹ e_i.
        let diagonal = (rows.iter().enumerate())
            .take_while(|(_, row)| row.class.is_some())
            .map(|(i, _)| {
                let mut unit = vec![0.0; rows.len()];
                if let Some(value) = unit.get_mut(i) {
                    *value = 1.0;
                }
                substitute_forward(&factor, &mut unit, i);
                product(&unit, &unit)
            })
            .collect();
        System { factor, diagonal }
    }

    /// The weights of the rows in the map of one class.
    fn solve(&self, rows: &[Row], class: usize) -> Vec<f64> {
        let mut target: Vec<f64> = (rows.iter())
            .map(|row| match row.class {
                Some(of) if of == class => f64::from(row.share).sqrt(),
                _ => 0.0,
            })
            .collect();
        substitute_forward(&self.factor, &mut target, 0);
        substitute_back(&self.factor, &mut target);
        target
    }
}

/// The lower triangle L of a positive definite matrix A = L Lᵀ, from A's lower triangle.
fn cholesky(matrix: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let mut done: Vec<Vec<f64>> = Vec::with_capacity(matrix.len());
    for (i, mut row) in matrix.into_iter().enumerate() {
        row.truncate(i + 1);
        for (j, above) in done.iter().enumerate() {
            let (before, rest) = row.split_at_mut(j);
            if let (Some(value), Some(pivot)) = (rest.first_mut(), above.last()) {
                *value = (*value - product(before, above)) / pivot;
            }
        }
        let (before, rest) = row.split_at_mut(i);
        if let Some(value) = rest.first_mut() {
            // The penalty on the diagonal keeps this well above 0.
            *value = (*value - product(before, before))
                .max(f64::MIN_POSITIVE)
                .sqrt();
        }
        done.push(row);
    }
    done
}

/// x of L x = b in the place of b, which is 0 before `first`.
fn substitute_forward(factor: &[Vec<f64>], b: &mut [f64], first: usize) {
    for (i, row) in factor.iter().enumerate().skip(first) {
        let (before, rest) = b.split_at_mut(i);
        let known = (before.get(first..).zip(row.get(first..))).map_or(0.0, |(x, l)| product(x, l));
        if let (Some(value), Some(pivot)) = (rest.first_mut(), row.last()) {
            *value = (*value - known) / pivot;
        }
    }
}

/// x of Lᵀ x = b in the place of b.
fn substitute_back(factor: &[Vec<f64>], b: &mut [f64]) {
    for (i, row) in factor.iter().enumerate().rev() {
        let (before, rest) = b.split_at_mut(i);
        if let (Some(value), Some(pivot)) = (rest.first_mut(), row.last()) {
            *value /= pivot;
            for (earlier, factor) in before.iter_mut().zip(row) {
                *earlier -= factor * *value;
            }
        }
    }
}

/// Sum of products over the shorter length.
fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
