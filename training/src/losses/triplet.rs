//! Triplets with semi-hard mining: Schroff, Kalenichenko and Philbin, "FaceNet" (arXiv
//! 1503.03832).
//!
//! With embeddings of length one, the loss of an anchor, a positive and a negative is
//! `max(0, |a - p|² - |a - n|² + margin)` (equation 3). Every pair of one class is an anchor and
//! its positive; the negative is the nearest one further off than the positive (equation 4,
//! "semi-hard"), and where there is none, the furthest there is.

use anyhow::Result;
use burn::tensor::{Device, Int, Tensor, TensorData};
use kshot::episode::Shape;

use super::{Given, NoHead, Objective};
use crate::conv4::tensor_values;
use crate::measure::Distance;

/// The loss.
#[derive(Debug, Clone, Copy)]
pub struct Triplet {
    /// `shot + queries` drawings of each class.
    pub shape: Shape,
    /// How much further off a negative must be; 0.2 in section 3.3 of the paper.
    pub margin: f32,
}

/// Row indices of anchor, positive and negative.
pub type Triple = [usize; 3];

impl Triplet {
    /// The triples of embeddings of length one, `n` rows of `each` a class: `distances` is
    /// `[n, n]`, squared.
    pub fn mine(distances: &[f32], n: usize, each: usize) -> Vec<Triple> {
        let mut triples = Vec::new();
        for (anchor, row) in distances.chunks_exact(n).enumerate() {
            let class = anchor / each;
            let others = |place: &usize| place / each != class;
            for positive in (class * each..(class + 1) * each).filter(|place| *place != anchor) {
                let Some(limit) = row.get(positive) else {
                    continue;
                };
                let by_distance = |a: &(usize, f32), b: &(usize, f32)| a.1.total_cmp(&b.1);
                let negatives = || {
                    let places = row.iter().copied().enumerate();
                    places.filter(|(place, _)| others(place))
                };
                let semi_hard = negatives()
                    .filter(|(_, distance)| distance > limit)
                    .min_by(by_distance);
                let chosen = semi_hard.or_else(|| negatives().max_by(by_distance));
                triples.extend(chosen.map(|(negative, _)| [anchor, positive, negative]));
            }
        }
        triples
    }
}

impl Objective for Triplet {
    type Head = NoHead;

    fn shape(&self) -> Shape {
        self.shape
    }

    fn head(&self, _classes: usize, _device: &Device) -> NoHead {
        NoHead
    }

    fn loss(&self, _: &NoHead, embeddings: Tensor<2>, _: &Given<'_>) -> Result<Tensor<1>> {
        let [n, _] = embeddings.dims();
        let embeddings = super::unit_rows(embeddings); // [n, 64]
        let across = embeddings.clone().detach();
        let distances = tensor_values((across.clone().matmul(across.transpose()) - 1.0) * -2.0)?;
        let triples = Triplet::mine(&distances, n, self.shape.pictures());
        let device = embeddings.device();
        let rows = |part: usize| {
            let places: Vec<i64> = triples.iter().map(|triple| triple[part] as i64).collect();
            let data = TensorData::new(places, [triples.len()]);
            let places: Tensor<1, Int> = Tensor::from_data(data, &device);
            embeddings.clone().select(0, places) // [triples, 64]
        };
        let (anchors, positives, negatives) = (rows(0), rows(1), rows(2));
        let near = (anchors.clone() - positives).square().sum_dim(1); // [triples, 1]
        let far = (anchors - negatives).square().sum_dim(1);
        Ok((near - far + self.margin).clamp_min(0.0).mean())
    }

    fn distance(&self) -> Distance {
        Distance::Cosine
    }
}
