//! How two embeddings are compared.

/// How two embeddings are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Metric {
    /// Squared Euclidean distance, the choice of the prototypical network
    /// (arXiv 1703.05175, section 2.3).
    Euclidean,
    /// Cosine similarity, the choice of the matching network (arXiv 1606.04080, section 2.1.1).
    Cosine,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Metric; 2] = [Metric::Euclidean, Metric::Cosine];

    /// Agreement of a query with a reference of the same length: the cosine, or
    /// `1 - d² / 2` for the squared Euclidean distance `d²`. Both are 1 for the same
    /// direction at length one, and equal to each other where both have length one.
    pub fn similarity(self, query: &[f32], reference: &[f32]) -> f32 {
        self.of_products(
            dot(query, reference),
            dot(query, query),
            dot(reference, reference),
        )
    }

    /// [`similarity`](Self::similarity) of the products of query with reference, query with
    /// itself and reference with itself.
    pub(crate) fn of_products(self, both: f32, query: f32, reference: f32) -> f32 {
        match self {
            Metric::Euclidean => 1.0 - (query - 2.0 * both + reference) / 2.0,
            Metric::Cosine if query * reference > 0.0 => both / (query * reference).sqrt(),
            Metric::Cosine => 0.0,
        }
    }
}

/// The squared distance that stands behind a similarity: between the two, or for the cosine
/// between their directions.
pub(crate) fn squared_distance(similarity: f32) -> f32 {
    2.0 - 2.0 * similarity
}

/// Sum of products, in eight partial sums so that the compiler uses SIMD.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_lanes, a_rest) = a.as_chunks::<8>();
    let (b_lanes, b_rest) = b.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (x, y) in a_lanes.iter().zip(b_lanes) {
        for ((sum, x), y) in sums.iter_mut().zip(x).zip(y) {
            *sum += x * y;
        }
    }
    let rest = a_rest.iter().zip(b_rest).map(|(x, y)| x * y);
    sums.into_iter().chain(rest).sum()
}
