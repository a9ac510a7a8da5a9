//! `fit-projection`: the projection that turns the corners of the network's last map into an
//! embedding, from the statistics of photos of many classes.
//!
//! With x the square root of a map's mean, scaled to length one:
//!
//! ```text
//! C = covariance of x within the classes     what differs though the thing is the same
//! B = covariance of the means of the classes
//! A = C + λ t I = L Lᵀ,  t = mean variance   λ keeps what hardly varies here from being blown up
//! P = the 320 directions of L⁻¹ (C + B) L⁻ᵀ in which most varies
//! projection = Pᵀ L⁻¹                        [320, 1280]
//! ```
//!
//! That is a linear discriminant analysis with shrinkage. Embeddings are compared by their
//! products, which a rotation does not change, so P need not be the eigenvectors themselves:
//! subspace iteration finds the space that they span. `docs/accuracy.md` has how λ was chosen.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use half::f16;
use kshot::embedder::projection::{CHANNELS, CORNER_DIMENSIONS, Projection};
use kshot::embedder::{DIMENSIONS, normalise};

use crate::conv4::product::{Matrix, multiply};
use crate::features::FeatureFile;
use crate::pinned::write_pinned;
use crate::report::count;
use crate::safetensors_file::{HalfTensor, write_to_bytes};

/// Arguments of `fit-projection`.
#[derive(clap::Args, Debug, Clone)]
#[command(after_help = "\
weights/README.md has the commands that the shipped projection comes from.")]
pub struct Arguments {
    /// A file written by features
    pub features: PathBuf,
    /// The file to write
    pub output: PathBuf,
    /// A projection that fine-tune has tuned, to be taken as it is: only impostors are fitted
    #[arg(long)]
    pub tuned: Option<PathBuf>,
    /// λ, in units of the mean variance within a class
    #[arg(long, default_value_t = 1.0)]
    pub shrinkage: f32,
}

/// Fits, writes, and says what came of it.
///
/// # Errors
/// Where the features cannot be read or hold no class with two pictures, and where the file
/// cannot be written.
pub fn fit_projection(arguments: &Arguments) -> Result<String> {
    ensure!(
        arguments.shrinkage > 0.0,
        "--shrinkage must be above 0, not {}",
        arguments.shrinkage
    );
    let file = FeatureFile::open(&arguments.features)?;
    let mut tensors = match &arguments.tuned {
        Some(path) => {
            let bytes = std::fs::read(path);
            let bytes = bytes.with_context(|| format!("cannot read {}", path.display()))?;
            let tuned =
                Projection::from_safetensors(&bytes).with_context(|| path.display().to_string())?;
            tensors(tuned.mean(), tuned.rows())
        }
        None => {
            let (mean, rows) = fit(&file, arguments.shrinkage)?;
            tensors(&mean, &rows)
        }
    };
    let impostors = impostors(&file, &write_to_bytes(&[], &tensors)?)?;
    tensors.push(half(
        "impostors",
        vec![impostors.len() / DIMENSIONS, DIMENSIONS],
        &impostors,
    ));
    let bytes = write_to_bytes(
        &[("source", "kshot fit-projection, Caltech-101 (CC BY 4.0)")],
        &tensors,
    )?;
    Ok(format!(
        "of {}, {}\n{}",
        count(file.rows.len(), "picture", "pictures"),
        count(file.classes.len(), "class", "classes"),
        write_pinned(&arguments.output, &bytes)?
    ))
}

/// The mean embedding of each class under the projection just fitted, of length one, one after
/// another.
fn impostors(file: &FeatureFile, projection: &[u8]) -> Result<Vec<f32>> {
    let projection = Projection::from_safetensors(projection)?;
    let mut impostors = Vec::new();
    for class in 0..file.classes.len() {
        let mut sum = vec![0.0; DIMENSIONS];
        for row in file.rows.iter().filter(|row| row.class == class) {
            let embedding = projection.embed(&row.corners())?;
            sum.iter_mut()
                .zip(embedding)
                .for_each(|(sum, value)| *sum += value);
        }
        impostors.extend(normalise(sum)?);
    }
    Ok(impostors)
}

/// The tensors of a projection without impostors.
pub fn tensors(mean: &[f32], rows: &[f32]) -> Vec<HalfTensor> {
    vec![
        half("mean", vec![CHANNELS], mean),
        half("projection", vec![CORNER_DIMENSIONS, CHANNELS], rows),
    ]
}

fn half(name: &str, shape: Vec<usize>, values: &[f32]) -> HalfTensor {
    HalfTensor {
        name: name.to_owned(),
        shape,
        values: values.iter().copied().map(f16::from_f32).collect(),
    }
}

/// Rounds of subspace iteration: embeddings change by less than a thousandth after half of them.
const ROUNDS: usize = 60;

/// The mean `[1280]` and the projection `[320, 1280]`, of the plain network's features: fine-tune
/// starts from both.
fn fit(file: &FeatureFile, shrinkage: f32) -> Result<(Vec<f32>, Vec<f32>)> {
    let classes: Vec<Vec<Vec<f32>>> = (0..file.classes.len())
        .map(|class| {
            let rows = file.rows.iter().filter(|row| row.class == class);
            rows.map(|row| row.plain.as_deref().map(rooted)).collect()
        })
        .collect::<Option<_>>()
        .context("the features were written without --plain")?;
    discriminant(&classes, CORNER_DIMENSIONS, shrinkage)
}

/// The discriminant analysis of classes of rows of 1280: the mean `[1280]`, and `directions` rows
/// of 1280.
///
/// # Errors
/// Where no class has two rows.
pub fn discriminant(
    classes: &[Vec<Vec<f32>>],
    directions: usize,
    shrinkage: f32,
) -> Result<(Vec<f32>, Vec<f32>)> {
    let mut means: Vec<Vec<f32>> = Vec::new();
    let mut differences: Vec<f32> = Vec::new(); // [pictures, 1280]
    for of_class in classes {
        if of_class.len() < 2 {
            continue;
        }
        let n = of_class.len() as f32;
        let mean = mean_of(of_class);
        let unbiased = (n / (n - 1.0)).sqrt();
        for x in of_class {
            differences.extend(x.iter().zip(&mean).map(|(x, m)| (x - m) * unbiased));
        }
        means.push(mean);
    }
    ensure!(!means.is_empty(), "no class has two pictures");
    let mean = mean_of(&means);
    let apart: Vec<f32> = (means.iter())
        .flat_map(|class| class.iter().zip(&mean).map(|(class, mean)| class - mean))
        .collect(); // [classes, 1280]
    let within = covariance(&differences); // C, [1280, 1280]
    let between = covariance(&apart); // B, [1280, 1280]

    let diagonal = || (0..CHANNELS).map(|i| i * CHANNELS + i);
    let t = diagonal().filter_map(|at| within.get(at)).sum::<f32>() / CHANNELS as f32;
    let mut shrunk = within.clone(); // A
    for at in diagonal() {
        if let Some(value) = shrunk.get_mut(at) {
            *value += shrinkage * t;
        }
    }
    let inverse = inverse_of_cholesky(&shrunk)?; // L⁻¹, [1280, 1280]
    let total: Vec<f32> = within.iter().zip(&between).map(|(c, b)| c + b).collect();
    let half = product(square(&inverse), square(&total), CHANNELS); // L⁻¹ (C + B)
    let whitened = product(square(&half), square(&inverse).transposed(), CHANNELS);

    // The rows of the first of the means of the classes would do as a start, but there may be
    // fewer than 320 of them: rows of the matrix itself, evenly spaced, are as near.
    let mut space: Vec<f32> = (0..directions)
        .map(|row| row * CHANNELS / directions)
        .filter_map(|row| whitened.get(row * CHANNELS..(row + 1) * CHANNELS))
        .flatten()
        .copied()
        .collect(); // [directions, 1280]
    for _ in 0..ROUNDS {
        make_orthonormal(&mut space);
        space = product(square(&space), square(&whitened), CHANNELS);
    }
    make_orthonormal(&mut space);
    Ok((mean, product(square(&space), square(&inverse), CHANNELS)))
}

/// Any number of rows of 1280.
fn square(values: &[f32]) -> Matrix<'_> {
    Matrix::new(values, CHANNELS)
}

fn product(left: Matrix<'_>, right: Matrix<'_>, columns: usize) -> Vec<f32> {
    let mut output = vec![0.0; left.rows() * columns];
    multiply(left, right, &mut output, false);
    output
}

/// Mean of the outer products of rows of 1280.
fn covariance(rows: &[f32]) -> Vec<f32> {
    let n = (rows.len() / CHANNELS) as f32;
    let mut sums = product(square(rows).transposed(), square(rows), CHANNELS);
    sums.iter_mut().for_each(|sum| *sum /= n);
    sums
}

fn mean_of(rows: &[Vec<f32>]) -> Vec<f32> {
    let mut mean = vec![0.0; CHANNELS];
    for row in rows {
        for (sum, value) in mean.iter_mut().zip(row) {
            *sum += value / rows.len() as f32;
        }
    }
    mean
}

/// L⁻¹ of a positive definite matrix L Lᵀ, in double precision within.
fn inverse_of_cholesky(matrix: &[f32]) -> Result<Vec<f32>> {
    let mut factor: Vec<Vec<f64>> = Vec::with_capacity(CHANNELS);
    for (i, row) in matrix.chunks_exact(CHANNELS).enumerate() {
        let mut row: Vec<f64> = row.iter().take(i + 1).map(|v| f64::from(*v)).collect();
        for (j, above) in factor.iter().enumerate() {
            row[j] = (row[j] - dot(&row[..j], &above[..j])) / above[j];
        }
        let pivot = row[i] - dot(&row[..i], &row[..i]);
        ensure!(
            pivot > 0.0,
            "the statistics are degenerate: too few pictures"
        );
        row[i] = pivot.sqrt();
        factor.push(row);
    }
    // Column j of the inverse from L y = e_j; rows of its transpose, so that sums run along rows.
    let mut transposed = vec![vec![0.0f64; CHANNELS]; CHANNELS];
    for (j, column) in transposed.iter_mut().enumerate() {
        for (i, row) in factor.iter().enumerate().skip(j) {
            let known = if i == j {
                1.0
            } else {
                -dot(&row[j..i], &column[j..i])
            };
            column[i] = known / row[i];
        }
    }
    let rows = (0..CHANNELS).flat_map(|i| transposed.iter().map(move |column| column[i] as f32));
    Ok(rows.collect())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Makes rows of 1280 orthogonal and of length one, one after another, each twice, so that
/// rounding leaves nothing.
fn make_orthonormal(rows: &mut [f32]) {
    for i in 0..rows.len() / CHANNELS {
        let (before, rest) = rows.split_at_mut(i * CHANNELS);
        let Some(row) = rest.get_mut(..CHANNELS) else {
            return;
        };
        for _ in 0..2 {
            for other in before.chunks_exact(CHANNELS) {
                let along: f32 = row.iter().zip(other).map(|(a, b)| a * b).sum();
                for (value, other) in row.iter_mut().zip(other) {
                    *value -= along * other;
                }
            }
        }
        let length = row.iter().map(|v| v * v).sum::<f32>().sqrt();
        row.iter_mut().for_each(|value| *value /= length);
    }
}

/// The square root of a map's mean, of length one.
fn rooted(pooled: &[f32]) -> Vec<f32> {
    let roots: Vec<f32> = pooled.iter().map(|v| v.max(0.0).sqrt()).collect();
    let length = roots.iter().map(|v| v * v).sum::<f32>().sqrt();
    roots.into_iter().map(|root| root / length).collect()
}
