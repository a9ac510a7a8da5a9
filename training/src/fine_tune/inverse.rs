//! The inverse of a small symmetric positive definite matrix, in double precision within.

use anyhow::{Result, ensure};

/// Of `n` rows of `n`, by elimination.
///
/// # Errors
/// Where the matrix has no inverse.
pub fn inverse(matrix: &[f32], n: usize) -> Result<Vec<f32>> {
    ensure!(matrix.len() == n * n && n > 0, "not a square matrix");
    let mut rows: Vec<Vec<f64>> = matrix
        .chunks_exact(n)
        .enumerate()
        .map(|(place, row)| {
            let unit = (0..n).map(|column| f64::from(column == place));
            row.iter().map(|v| f64::from(*v)).chain(unit).collect()
        })
        .collect();
    for pivot in 0..n {
        let mut row = rows[pivot].clone();
        let value = row[pivot];
        ensure!(value.abs() > f64::EPSILON, "the matrix has no inverse");
        row.iter_mut().for_each(|v| *v /= value);
        for (place, other) in rows.iter_mut().enumerate() {
            if place != pivot {
                let by = other[pivot];
                other.iter_mut().zip(&row).for_each(|(v, r)| *v -= by * r);
            }
        }
        rows[pivot] = row;
    }
    Ok(rows
        .iter()
        .flat_map(|row| row.iter().skip(n).map(|v| *v as f32))
        .collect())
}
