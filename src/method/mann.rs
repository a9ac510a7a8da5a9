//! Train and test as one sequence, with an external memory: Santoro, Bartunov, Botvinick,
//! Wierstra and Lillicrap, "One-shot Learning with Memory-Augmented Neural Networks"
//! (arXiv 1605.06065), and its least recently used access.
//!
//! At each step the controller, an LSTM, and what it sees make a key. The key is written to
//! the row that was used least or to the row that was read last; then the rows most alike the
//! key are read, and what was read, with the controller's output, names the class.
//!
//! Departures. A step sees an embedding together with its label, as the lecture has it, where
//! the paper delays labels by one. The query only reads: it has nothing to store. There is one
//! read head in place of four, so that 128 rows hold a shot each of the largest support set.
//! The key is made from the step itself beside the controller's output: from the output alone
//! it takes about three times as many episodes until two drawings of a class have like keys.
//! And equation 3 is sharpened by a key strength, as in the Neural Turing Machine (arXiv
//! 1410.5401, equation 5), which the paper builds on: cosines alone leave it nearly flat.

use burn::module::{Module, Param};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::{sigmoid, softmax, softplus, tanh};
use burn::tensor::{Device, Int, Tensor};

use super::recurrent::{LstmCell, State};
use super::sequence::{self, MAX_CLASSES};
use super::{Attended, Fitted, Method, Reading, Sizes, Support, tensors};
use crate::error::Error;

/// Rows of the memory (section 4).
pub const ROWS: usize = 128;

/// Length of a row. The paper has 40; ours holds an embedding of a drawing, 64 numbers, and as much
/// again for its label.
pub const WIDTH: usize = 128;

/// Width of the controller (section 4).
const HIDDEN: usize = 200;

/// γ of equation 5, by which usage fades.
const DECAY: f32 = 0.99;

/// Rows that were never used are taken in order: each starts with this much more usage than
/// the one before, far less than a single read adds, far more than rounding.
const ORDER: f32 = 1e-5;

/// Where gate and key strength start: most of a key is written to the least used row, and reads
/// are sharp enough for one row in 128 to stand out.
const ACCESS_BIAS: [f32; 2] = [-2.0, 5.0];

/// What [`Mann::near_memory`] starts with in its place. Next to nothing goes to the row that was read
/// last: what little goes to rows never written would have a direction like any other. Reads are
/// sharp enough for a shot to stand out from a hundred empty rows.
const MEMORY_BIAS: [f32; 2] = [-12.0, 15.0];

/// And the logit of a class that all of what was read is of.
const DECIDED: f32 = 10.0;

/// The controller, what it asks of the memory, and the layer that names the class.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kshot::method::mann::Mann;
///
/// // Two episodes of five classes with a shot each, and three queries.
/// let device = Device::flex();
/// let shots = Tensor::<3>::zeros([2, 5, 64], &device);
/// let labels = Tensor::<2>::eye(5, &device).unsqueeze::<3>().repeat_dim(0, 2);
/// let queries = Tensor::<3>::zeros([2, 3, 64], &device);
/// let scores = Mann::new(&device).forward(shots, labels, queries);
/// assert_eq!(scores.dims(), [2, 3, 5]);
/// ```
#[derive(Module, Debug)]
pub struct Mann {
    controller: LstmCell,
    key: Linear,
    access: Linear, // the gate α and the key strength
    answer: Linear,
}

/// Everything that one step leaves to the next.
#[derive(Debug, Clone)]
struct Memory {
    state: State<2>,         // [b, 200]
    rows: Tensor<3>,         // M: [b, 128, w]
    usage: Tensor<2>,        // w^u: [b, 128]
    least_used: Tensor<2>,   // w^lu: [b, 128], one in one row
    read_weights: Tensor<2>, // w^r: [b, 128]
    read: Tensor<2>,         // r: [b, w]
}

/// What the controller asks for.
struct Access<const D: usize> {
    key: Tensor<D>,      // k: [..., w]
    gate: Tensor<D>,     // σ(α): [..., 1]
    strength: Tensor<D>, // [..., 1]
}

impl Mann {
    /// For drawings, randomly initialised.
    pub fn new(device: &Device) -> Self {
        Self::of(Sizes::DRAWINGS, device)
    }

    /// Of this size, randomly initialised.
    pub fn of(sizes: Sizes, device: &Device) -> Self {
        let inputs = sequence::inputs(sizes);
        let linear = LinearConfig::new;
        let mut access = linear(HIDDEN, 2).init(device);
        access.bias = Some(Param::from_data(ACCESS_BIAS, device));
        Mann {
            controller: LstmCell::new(inputs + WIDTH, HIDDEN, HIDDEN, device),
            key: linear(inputs + HIDDEN, WIDTH).init(device),
            access,
            answer: linear(HIDDEN + WIDTH, MAX_CLASSES).init(device),
        }
    }

    /// Of this size, and starting as a memory of shots: a key is most of the embedding and the
    /// label after it, each goes to a row of its own, and the answer takes the labels that were read.
    ///
    /// # Errors
    /// As [`tensors::read`].
    pub fn near_memory(sizes: Sizes, device: &Device) -> Result<Self, Error> {
        let mut mann = Self::of(sizes, device);
        let seen = WIDTH - MAX_CLASSES;
        let same = (0..seen.min(sizes.dimensions)).map(|i| (i, i, 1.0));
        let label = (0..MAX_CLASSES).map(|class| (sizes.dimensions + class, seen + class, 1.0));
        mann.key = tensors::plant(mann.key, same.chain(label))?;
        mann.access.bias = Some(Param::from_data(MEMORY_BIAS, device));
        let read = (0..MAX_CLASSES).map(|class| (HIDDEN + seen + class, class, DECIDED));
        mann.answer = tensors::plant(mann.answer, read)?;
        Ok(mann)
    }

    /// Logits: shots `[b, s, 64]`, one-hot labels `[b, s, c]`, queries `[b, q, 64]` to
    /// `[b, q, c]`, c at most [`MAX_CLASSES`].
    pub fn forward(&self, shots: Tensor<3>, labels: Tensor<3>, queries: Tensor<3>) -> Tensor<3> {
        let [batch, _, classes] = labels.dims();
        let mut memory = Memory::new(batch, &shots.device());
        for step in sequence::steps(sequence::with_labels(shots, labels)) {
            (memory, _) = self.write(memory, step);
        }
        let (logits, _) = self.ask(memory, queries); // [b, q, 20]
        logits.narrow(2, 0, classes) // [b, q, c]
    }

    /// Numbers of an embedding.
    fn dimensions(&self) -> usize {
        self.controller.inputs().saturating_sub(MAX_CLASSES + WIDTH)
    }

    /// One shot `[b, 84]`: write, then read. Also gives the write weights `[b, 128]`.
    fn write(&self, memory: Memory, step: Tensor<2>) -> (Memory, Tensor<2>) {
        let input = Tensor::cat(vec![step.clone(), memory.read], 1); // [b, 84 + w]
        let state = self.controller.advance(input, memory.state); // [b, 200]
        let Access {
            key,
            gate,
            strength,
        } = self.access(step, state.output.clone());
        let unused = memory.least_used.clone();
        let written = gate.clone() * memory.read_weights + (-gate + 1.0) * unused; // equation 7
        let kept = memory.rows * (-memory.least_used + 1.0).unsqueeze_dim::<3>(2); // [b, 128, w]
        let added = written.clone().unsqueeze_dim::<3>(2) * key.clone().unsqueeze_dim::<3>(1);
        let rows = kept + added; // equation 8: [b, 128, w]

        let (read_weights, read) = address(
            rows.clone(),
            key.unsqueeze_dim(1),
            strength.unsqueeze_dim(1),
        );
        let read_weights = read_weights.squeeze_dim::<2>(1); // [b, 128]
        let used = read_weights.clone().detach() + written.clone().detach();
        let usage = memory.usage * DECAY + used; // equation 5
        let memory = Memory {
            state,
            rows,
            least_used: least_used(usage.clone()), // equation 6
            usage,
            read_weights,
            read: read.squeeze_dim(1), // [b, w]
        };
        (memory, written)
    }

    /// Queries `[b, q, 64]`, each the next step: logits `[b, q, 20]` and the weights of what
    /// was read `[b, q, 128]`.
    fn ask(&self, memory: Memory, queries: Tensor<3>) -> (Tensor<3>, Tensor<3>) {
        let [batch, count, _] = queries.dims();
        let read = memory.read.unsqueeze_dim::<3>(1); // [b, 1, w]
        let read = read.expand([batch, count, WIDTH]); // [b, q, w]
        let step = sequence::without_labels(queries); // [b, q, 84]
        let input = Tensor::cat(vec![step.clone(), read], 2);
        let state = self.controller.advance(input, memory.state.for_queries()); // [b, q, 200]
        let access = self.access(step, state.output.clone());
        let (weights, read) = address(memory.rows, access.key, access.strength);
        let seen = Tensor::cat(vec![state.output, read], 2); // [b, q, 200 + w]
        (self.answer.forward(seen), weights) // [b, q, 20], [b, q, 128]
    }

    /// What to write and read: from the step `[..., 84]` and the controller's output `[..., 200]`.
    fn access<const D: usize>(&self, step: Tensor<D>, output: Tensor<D>) -> Access<D> {
        let access = self.access.forward(output.clone()); // [..., 2]
        let seen = Tensor::cat(vec![step, output], D - 1); // [..., 84 + 200]
        Access {
            key: tanh(self.key.forward(seen)),                 // [..., w]
            gate: sigmoid(access.clone().narrow(D - 1, 0, 1)), // [..., 1]
            strength: softplus(access.narrow(D - 1, 1, 1), 1.0) + 1.0, // [..., 1]
        }
    }
}

/// Reads by content: rows `[b, 128, w]`, keys `[b, q, w]`, strengths `[b, q, 1]` to weights
/// `[b, q, 128]` and what was read `[b, q, w]`.
fn address(rows: Tensor<3>, keys: Tensor<3>, strengths: Tensor<3>) -> (Tensor<3>, Tensor<3>) {
    let alike = tensors::cosines(keys, rows.clone()); // equation 2
    let weights = softmax(alike * strengths, 2); // equation 3
    let read = weights.clone().matmul(rows); // equation 4
    (weights, read)
}

/// Equation 6 for one read head: one in the row of least usage, zero elsewhere. `[b, 128]`.
fn least_used(usage: Tensor<2>) -> Tensor<2> {
    let [batch, rows] = usage.dims();
    let device = usage.device();
    let least = usage.argmin(1).expand([batch, rows]); // [b, 128]
    let row = Tensor::<1, Int>::arange(0..rows as i64, &device).reshape([1, rows]);
    row.expand([batch, rows]).equal(least).float()
}

impl Memory {
    fn new(batch: usize, device: &Device) -> Self {
        let order = Tensor::<1, Int>::arange(0..ROWS as i64, device).float() * ORDER; // [128]
        let usage = order.reshape([1, ROWS]).expand([batch, ROWS]); // [b, 128]
        Memory {
            state: State::zeros([batch, HIDDEN], device),
            rows: Tensor::zeros([batch, ROWS, WIDTH], device),
            least_used: least_used(usage.clone()),
            usage,
            read_weights: Tensor::zeros([batch, ROWS], device),
            read: Tensor::zeros([batch, WIDTH], device),
        }
    }
}

impl Method for Mann {
    fn fit(&self, support: &Support<'_>) -> Result<Box<dyn Fitted>, Error> {
        sequence::check(support)?;
        let mann = self.valid();
        let device = mann.answer.weight.device();
        let (shots, labels) = tensors::from_support(support, mann.dimensions(), &device)?;
        let mut memory = Memory::new(1, &device);
        let mut written_by = vec![None; ROWS];
        for (shot, step) in sequence::steps(sequence::with_labels(shots, labels)).enumerate() {
            let emptied = tensors::read(memory.least_used.clone())?;
            let (after, written) = mann.write(memory, step);
            memory = after;
            let written = tensors::read(written)?;
            let most = written.iter().copied().fold(0.0, f32::max);
            let shares = emptied.into_iter().zip(written);
            for (writer, (emptied, written)) in written_by.iter_mut().zip(shares) {
                if written == most {
                    *writer = Some(shot);
                } else if emptied > 0.5 {
                    *writer = None;
                }
            }
        }
        Ok(Box::new(FittedMann {
            mann,
            memory,
            written_by,
            classes: support.classes,
        }))
    }
}

struct FittedMann {
    mann: Mann,
    memory: Memory,
    written_by: Vec<Option<usize>>,
    classes: usize,
}

impl Fitted for FittedMann {
    fn read(&self, query: &[f32]) -> Result<Reading, Error> {
        let device = self.memory.rows.device();
        let query = tensors::from_query(query, self.mann.dimensions(), &device)?; // [1, 1, 64]
        let (logits, weights) = self.mann.ask(self.memory.clone(), query); // [1, 1, 20], [1, 1, 128]
        Ok(Reading {
            scores: tensors::read(logits.narrow(2, 0, self.classes))?,
            similarities: None,
            attended: Attended::Memory {
                reads: tensors::read(weights)?,
                written_by: self.written_by.clone(),
            },
        })
    }
}
