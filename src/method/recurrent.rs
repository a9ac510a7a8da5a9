//! The LSTM cell that matching, the plain LSTM and MANN share: gates in one product, and
//! the hidden input apart from the output, since the attention LSTM of the matching network
//! feeds back more than it puts out.
//!
//! Hochreiter and Schmidhuber, "Long Short-Term Memory" (Neural Computation 9, 1997), with
//! the forget gate of Gers et al. (Neural Computation 12, 2000).

use burn::module::{Module, Param};
use burn::nn::{Initializer, Linear, LinearConfig};
use burn::tensor::activation::{sigmoid, tanh};
use burn::tensor::{Device, Tensor};

/// What the cell remembers: output and cell state, each `[..., hidden]`.
#[derive(Debug, Clone)]
pub struct State<const D: usize> {
    /// The output h.
    pub output: Tensor<D>,
    /// The cell state c.
    pub cell: Tensor<D>,
}

impl<const D: usize> State<D> {
    /// Zero throughout, of this shape.
    pub fn zeros(shape: [usize; D], device: &Device) -> Self {
        State {
            output: Tensor::zeros(shape, device),
            cell: Tensor::zeros(shape, device),
        }
    }
}

impl State<2> {
    /// The same state for each of the queries that follow: `[batch, 1, hidden]`.
    pub fn for_queries(self) -> State<3> {
        State {
            output: self.output.unsqueeze_dim(1), // [b, 1, h]
            cell: self.cell.unsqueeze_dim(1),     // [b, 1, h]
        }
    }
}

/// Bias of an output gate that is nearly shut: it lets a twentieth through.
const SHUT: f32 = -3.0;

/// An LSTM cell. The gates stand in the order input, forget, output, candidate.
#[derive(Module, Debug)]
pub struct LstmCell {
    input: Linear,
    hidden: Linear,
}

impl LstmCell {
    /// A cell for inputs of `inputs` numbers that is fed back `fed_back` and puts out
    /// `hidden`, randomly initialised.
    pub fn new(inputs: usize, fed_back: usize, hidden: usize, device: &Device) -> Self {
        // The bound 1/sqrt(hidden) is PyTorch's for its LSTM.
        let bound = (hidden as f64).recip().sqrt();
        let initializer = Initializer::Uniform {
            min: -bound,
            max: bound,
        };
        let linear =
            |from: usize| LinearConfig::new(from, 4 * hidden).with_initializer(initializer.clone());
        let mut input = linear(inputs).init(device);
        // Open forget gates let the first gradients reach far back (Gers et al.; Jozefowicz et
        // al., ICML 2015, section 2.2).
        let bias: Vec<f32> = (0..4 * hidden)
            .map(|unit| f32::from(u8::from((hidden..2 * hidden).contains(&unit))))
            .collect();
        input.bias = Some(Param::from_data(bias.as_slice(), device));
        LstmCell {
            input,
            hidden: linear(fed_back).with_bias(false).init(device),
        }
    }

    /// The same with its output gates nearly shut: it puts out almost nothing until it is trained.
    #[must_use]
    pub fn nearly_shut(mut self) -> Self {
        let [_, gates] = self.input.weight.dims();
        let hidden = gates / 4;
        let bias: Vec<f32> = [0.0, 1.0, SHUT, 0.0]
            .into_iter()
            .flat_map(|gate| std::iter::repeat_n(gate, hidden))
            .collect();
        let device = self.input.weight.device();
        self.input.bias = Some(Param::from_data(bias.as_slice(), &device));
        self
    }

    /// Numbers of an input.
    pub fn inputs(&self) -> usize {
        let [inputs, _] = self.input.weight.dims();
        inputs
    }

    /// One step: input `[..., inputs]`, fed back `[..., fed_back]`, cell `[..., hidden]`.
    /// Axes of one are broadcast.
    pub fn step<const D: usize>(
        &self,
        input: Tensor<D>,
        fed_back: Tensor<D>,
        cell: Tensor<D>,
    ) -> State<D> {
        let hidden = cell.dims()[D - 1];
        let gates = self.input.forward(input) + self.hidden.forward(fed_back); // [..., 4 h]
        let open = sigmoid(gates.clone().narrow(D - 1, 0, 3 * hidden)); // [..., 3 h]
        let candidate = tanh(gates.narrow(D - 1, 3 * hidden, hidden)); // [..., h]
        let admit = open.clone().narrow(D - 1, 0, hidden); // [..., h]
        let keep = open.clone().narrow(D - 1, hidden, hidden); // [..., h]
        let show = open.narrow(D - 1, 2 * hidden, hidden); // [..., h]
        let cell = keep * cell + admit * candidate; // [..., h]
        State {
            output: show * tanh(cell.clone()), // [..., h]
            cell,
        }
    }

    /// One step of a plain LSTM, which is fed back its output.
    pub fn advance<const D: usize>(&self, input: Tensor<D>, state: State<D>) -> State<D> {
        self.step(input, state.output, state.cell)
    }
}
