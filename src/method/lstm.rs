//! Train and test as one sequence, with a plain LSTM: it reads the shots with their labels,
//! then the query with an empty one, and has nowhere but its state to keep them. The lecture's
//! counter-example; the baseline of arXiv 1605.06065, section 4.

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

use super::recurrent::{LstmCell, State};
use super::sequence::{self, MAX_CLASSES};
use super::{Attended, Fitted, Method, Reading, Sizes, Support, tensors};
use crate::error::Error;

/// Width of the state: that of MANN's controller (arXiv 1605.06065, section 4), so that the
/// memory is all the difference.
pub const HIDDEN: usize = 200;

/// An LSTM of one layer and a linear layer that names the class.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kshot::method::lstm::PlainLstm;
///
/// // Two episodes of five classes with a shot each, and three queries.
/// let device = Device::flex();
/// let shots = Tensor::<3>::zeros([2, 5, 64], &device);
/// let labels = Tensor::<2>::eye(5, &device).unsqueeze::<3>().repeat_dim(0, 2);
/// let queries = Tensor::<3>::zeros([2, 3, 64], &device);
/// let scores = PlainLstm::new(&device).forward(shots, labels, queries);
/// assert_eq!(scores.dims(), [2, 3, 5]);
/// ```
#[derive(Module, Debug)]
pub struct PlainLstm {
    cell: LstmCell,
    answer: Linear,
}

impl PlainLstm {
    /// For drawings, randomly initialised.
    pub fn new(device: &Device) -> Self {
        Self::of(Sizes::DRAWINGS, device)
    }

    /// Of this size, randomly initialised.
    pub fn of(sizes: Sizes, device: &Device) -> Self {
        PlainLstm {
            cell: LstmCell::new(sequence::inputs(sizes), HIDDEN, HIDDEN, device),
            answer: LinearConfig::new(HIDDEN, MAX_CLASSES).init(device),
        }
    }

    /// Logits: shots `[b, s, 64]`, one-hot labels `[b, s, c]`, queries `[b, q, 64]` to
    /// `[b, q, c]`, c at most [`MAX_CLASSES`].
    pub fn forward(&self, shots: Tensor<3>, labels: Tensor<3>, queries: Tensor<3>) -> Tensor<3> {
        let [_, _, classes] = labels.dims();
        let state = self.remember(shots, labels);
        self.ask(state, queries).narrow(2, 0, classes) // [b, q, c]
    }

    /// Numbers of an embedding.
    fn dimensions(&self) -> usize {
        self.cell.inputs().saturating_sub(MAX_CLASSES)
    }

    /// The state after the shots: `[b, s, 64]` and `[b, s, c]` to `[b, 200]`.
    fn remember(&self, shots: Tensor<3>, labels: Tensor<3>) -> State<2> {
        let [batch, _, _] = shots.dims();
        let state = State::zeros([batch, HIDDEN], &shots.device());
        sequence::steps(sequence::with_labels(shots, labels)) // s times [b, 84]
            .fold(state, |state, step| self.cell.advance(step, state)) // [b, 200]
    }

    /// The queries, each the next step: state `[b, 200]` and `[b, q, 64]` to `[b, q, 20]`.
    fn ask(&self, state: State<2>, queries: Tensor<3>) -> Tensor<3> {
        let queries = sequence::without_labels(queries); // [b, q, 84]
        let state = self.cell.advance(queries, state.for_queries()); // [b, q, 200]
        self.answer.forward(state.output) // [b, q, 20]
    }
}

impl Method for PlainLstm {
    fn fit(&self, support: &Support<'_>) -> Result<Box<dyn Fitted>, Error> {
        sequence::check(support)?;
        let lstm = self.valid();
        let device = lstm.answer.weight.device();
        let (shots, labels) = tensors::from_support(support, lstm.dimensions(), &device)?;
        let state = lstm.remember(shots, labels); // [1, 200]
        Ok(Box::new(FittedLstm {
            lstm,
            state,
            classes: support.classes,
        }))
    }
}

struct FittedLstm {
    lstm: PlainLstm,
    state: State<2>,
    classes: usize,
}

impl Fitted for FittedLstm {
    fn read(&self, query: &[f32]) -> Result<Reading, Error> {
        let device = self.state.output.device();
        let query = tensors::from_query(query, self.lstm.dimensions(), &device)?; // [1, 1, 64]
        let scores = self.lstm.ask(self.state.clone(), query); // [1, 1, 20]
        Ok(Reading {
            scores: tensors::read(scores.narrow(2, 0, self.classes))?,
            similarities: None,
            attended: Attended::Nothing,
        })
    }
}
