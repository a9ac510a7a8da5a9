//! What the margin softmax losses share: a centre for every training class, and cosines to it.

use burn::module::{Module, Param};
use burn::tensor::{Device, Distribution, Tensor};
use kshot::embedder::conv4::DIMENSIONS;

use super::{column, unit_rows};

/// Standard deviation of a centre's numbers at the start.
const START: f64 = 0.01;

/// A direction for every training class.
#[derive(Module, Debug)]
pub struct Centres {
    /// `[classes, 64]`, of any length.
    pub centres: Param<Tensor<2>>,
}

impl Centres {
    /// Random directions, short: only the direction counts, and a short vector turns further in
    /// a step of Adam. ArcFace's own code starts them so; ten times as long, they had hardly
    /// turned after 800 steps.
    pub fn new(classes: usize, device: &Device) -> Self {
        let normal = Distribution::Normal(0.0, START);
        let centres = Tensor::random([classes, DIMENSIONS], normal, device);
        Centres {
            centres: Param::from_tensor(centres),
        }
    }

    /// In the directions of the classes' mean embeddings, `[classes, 64]`.
    pub fn at(means: Tensor<2>) -> Self {
        Centres {
            centres: Param::from_tensor(unit_rows(means)),
        }
    }

    /// Cosines of embeddings, `[n, 64]`, to every centre: `[n, classes]`.
    pub fn cosines(&self, embeddings: Tensor<2>) -> Tensor<2> {
        let centres = unit_rows(self.centres.val()); // [classes, 64]
        unit_rows(embeddings).matmul(centres.transpose())
    }
}

/// Changes the cosine of each row's own class, `[n, 1]`, and leaves the others of `[n, classes]`
/// as they are.
pub fn with_margin(
    cosines: Tensor<2>,
    labels: &[usize],
    change: impl FnOnce(Tensor<2>) -> Tensor<2>,
) -> Tensor<2> {
    let labels = column(labels.to_vec(), &cosines.device()); // [n, 1]
    let own = cosines.clone().gather(1, labels.clone()); // [n, 1]
    let difference = change(own.clone()) - own;
    cosines.scatter(1, labels, difference, burn::tensor::IndexingUpdateOp::Add)
}
