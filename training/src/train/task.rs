//! What can be trained: a model, the loss and gradients of a step, and a measure to choose by.

use anyhow::Result;
use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::Device;

/// What came of one step.
#[derive(Debug)]
pub struct Step {
    /// The loss, before the weights change.
    pub loss: f64,
    /// Under the ids of the model's parameters, on the plain device.
    pub gradients: GradientsParams,
}

/// Right answers among all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Right {
    /// Right ones.
    pub right: usize,
    /// All.
    pub of: usize,
}

impl Right {
    /// 0 to 1.
    pub fn share(self) -> f64 {
        self.right as f64 / self.of as f64
    }
}

/// A training. A step depends on the model and the step's number alone, so that a training that
/// was stopped goes on as if it had not been.
pub trait Task {
    /// Everything that is learnt.
    type Model: Module + Clone;

    /// The weights before the first step, on a device that keeps gradients.
    ///
    /// # Errors
    /// Where they are to be read from a file and cannot.
    fn start(&self, device: &Device) -> Result<Self::Model>;

    /// Loss and gradients of a step.
    ///
    /// # Errors
    /// Where a tensor cannot be read, and where the loss is not finite.
    fn step(&mut self, model: &Self::Model, number: u64) -> Result<Step>;

    /// Answers on the validation split.
    ///
    /// # Errors
    /// Where a tensor cannot be read.
    fn validate(&mut self, model: &Self::Model) -> Result<Right>;
}
