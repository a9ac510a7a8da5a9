//! Support sets and queries as tensors for the methods that are Burn modules, and what
//! several of them compute. The answer of one query is a batch of one episode with one query,
//! so that the page runs the very lines that were trained.

use burn::module::Param;
use burn::nn::Linear;
use burn::tensor::{Device, Tensor, TensorData};

use super::Support;
use crate::error::Error;

/// Added to a squared length, so that a zero vector has a direction and a gradient.
const EPSILON: f32 = 1e-12;

/// The shots `[1, shots, 64]` and their one-hot labels `[1, shots, classes]`.
///
/// # Errors
/// As [`Support::check`], and [`Error::EmbeddingInvalid`] where the embeddings are not of
/// `expected` numbers.
pub fn from_support(
    support: &Support<'_>,
    expected: usize,
    device: &Device,
) -> Result<(Tensor<3>, Tensor<3>), Error> {
    let dimensions = support.check()?;
    if dimensions != expected {
        return Err(Error::EmbeddingInvalid(format!(
            "a shot has {dimensions} values, the method takes {expected}"
        )));
    }
    let (shots, classes) = (support.shots.len(), support.classes);
    let values: Vec<f32> = (support.shots.iter())
        .flat_map(|(_, shot)| shot.iter().copied())
        .collect();
    let one_hot: Vec<f32> = (support.shots.iter())
        .flat_map(|(class, _)| (0..classes).map(move |other| f32::from(u8::from(other == *class))))
        .collect();
    Ok((
        Tensor::from_data(TensorData::new(values, [1, shots, dimensions]), device),
        Tensor::from_data(TensorData::new(one_hot, [1, shots, classes]), device),
    ))
}

/// A query of `expected` numbers: `[1, 1, expected]`.
///
/// # Errors
/// [`Error::EmbeddingInvalid`] where it has another length.
pub fn from_query(query: &[f32], expected: usize, device: &Device) -> Result<Tensor<3>, Error> {
    super::check_query(query, expected)?;
    let data = TensorData::new(query.to_vec(), [1, 1, expected]);
    Ok(Tensor::from_data(data, device))
}

/// A linear layer that does something before it is trained: weights `(input, output, weight)` added
/// to its random ones, which are made smaller.
///
/// # Errors
/// As [`read`].
pub fn plant(
    linear: Linear,
    weights: impl IntoIterator<Item = (usize, usize, f32)>,
) -> Result<Linear, Error> {
    let [inputs, outputs] = linear.weight.dims();
    let device = linear.weight.device();
    let mut planted = read(linear.weight.val())?;
    planted.iter_mut().for_each(|value| *value *= RANDOM);
    for (input, output, weight) in weights {
        if let Some(value) = planted.get_mut(input * outputs + output) {
            *value += weight;
        }
    }
    let planted = TensorData::new(planted, [inputs, outputs]);
    Ok(Linear {
        weight: Param::from_data(planted, &device),
        ..linear
    })
}

/// How large the random weights of a planted layer stay: enough for its units to differ.
const RANDOM: f32 = 0.3;

/// All values of a tensor, row-major.
///
/// # Errors
/// [`Error::DeviceLost`] where the device does not give them.
pub fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, Error> {
    tensor
        .try_into_vec_as::<f32>()
        .map_err(|error| Error::DeviceLost(error.to_string()))
}

/// As [`read`], for devices that answer later.
///
/// # Errors
/// As [`read`].
pub async fn read_async<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, Error> {
    let data = tensor.into_data_async().await;
    data.map_err(|error| Error::DeviceLost(error.to_string()))?
        .try_to_vec::<f32>()
        .map_err(|error| Error::DeviceLost(format!("{error:?}")))
}

/// The mean of each class's shots: shots `[b, s, d]`, labels `[b, s, c]` to `[b, c, d]`.
pub fn class_means(shots: Tensor<3>, labels: Tensor<3>) -> Tensor<3> {
    let counts = labels.clone().sum_dim(1).swap_dims(1, 2); // [b, c, 1]
    labels.swap_dims(1, 2).matmul(shots) / counts // [b, c, d]
}

/// Squared Euclidean distances: queries `[b, q, d]`, references `[b, r, d]` to `[b, q, r]`.
pub fn squared_distances(queries: Tensor<3>, references: Tensor<3>) -> Tensor<3> {
    let own = queries.clone().square().sum_dim(2); // [b, q, 1]
    let other = references.clone().square().sum_dim(2).swap_dims(1, 2); // [b, 1, r]
    let products = queries.matmul(references.swap_dims(1, 2)); // [b, q, r]
    own + other - products * 2.0 // [b, q, r]
}

/// Cosines: queries `[b, q, d]`, references `[b, r, d]` to `[b, q, r]`.
pub fn cosines(queries: Tensor<3>, references: Tensor<3>) -> Tensor<3> {
    unit(queries).matmul(unit(references).swap_dims(1, 2)) // [b, q, r]
}

/// Scales each row `[..., d]` to length one.
fn unit(rows: Tensor<3>) -> Tensor<3> {
    let squares = rows.clone().square().sum_dim(2); // [b, n, 1]
    rows / squares.add_scalar(EPSILON).sqrt() // [b, n, d]
}
