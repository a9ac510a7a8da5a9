//! Matching networks: Vinyals, Blundell, Lillicrap, Kavukcuoglu and Wierstra, "Matching
//! Networks for One Shot Learning" (arXiv 1606.04080).
//!
//! The answer is a mean of the shots' labels, weighted by attention (equation 1): a softmax
//! over the cosines of query and shots (section 2.1.1). That is [`Attention`], without
//! weights. Full context embeddings ([`Matching`], section 2.1.2 and appendix A) let the shots
//! bear on each other and on the query before they are compared: a bidirectional LSTM reads
//! the shots in their order, so the order can change the answer.

use burn::module::{Initializer, Module, Param};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Tensor};

use super::comparison::{Compared, Shots};
use super::recurrent::{LstmCell, State};
use super::{Attended, Fitted, Method, Metric, Reading, Sizes, Support, sequence, tensors};
use crate::error::Error;

/// Steps of the attention LSTM. The paper names K but not its value; each looks once at every
/// shot.
const STEPS: usize = 5;

/// What the cosines are multiplied by before the softmax, where training starts. The paper
/// has 1, with which attention over twenty shots can hardly be sharp: the largest weight is at
/// most e² of the smallest. It is learned.
const SHARPNESS: f32 = 10.0;

/// Keeps the logarithm of an attention of zero finite.
const EPSILON: f32 = 1e-9;

/// A matching network with full context embeddings; shapes are those over embeddings of 64 numbers.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kshot::method::matching::Matching;
///
/// // Two episodes of five classes with a shot each, and three queries.
/// let device = Device::flex();
/// let shots = Tensor::<3>::zeros([2, 5, 64], &device);
/// let labels = Tensor::<2>::eye(5, &device).unsqueeze::<3>().repeat_dim(0, 2);
/// let queries = Tensor::<3>::zeros([2, 3, 64], &device);
/// let scores = Matching::new(&device).forward(shots, labels, queries);
/// assert_eq!(scores.dims(), [2, 3, 5]);
/// ```
#[derive(Module, Debug)]
pub struct Matching {
    forwards: LstmCell,
    backwards: LstmCell,
    attending: LstmCell,
    sharpness: Param<Tensor<1>>, // [1]
}

impl Matching {
    /// For drawings, randomly initialised.
    pub fn new(device: &Device) -> Self {
        Self::of(Sizes::DRAWINGS, device)
    }

    /// Of this size, randomly initialised.
    pub fn of(sizes: Sizes, device: &Device) -> Self {
        let n = sizes.dimensions;
        let cell = |fed_back| LstmCell::new(n, fed_back, n, device);
        let sharpness = Initializer::Constant {
            value: f64::from(SHARPNESS),
        };
        Matching {
            forwards: cell(n),
            backwards: cell(n),
            attending: cell(2 * n),
            sharpness: sharpness.init([1], device),
        }
    }

    /// Of this size, and starting as attention without context: what the LSTMs add is next to
    /// nothing at first.
    pub fn near_attention(sizes: Sizes, device: &Device) -> Self {
        let Matching {
            forwards,
            backwards,
            attending,
            sharpness,
        } = Self::of(sizes, device);
        Matching {
            forwards: forwards.nearly_shut(),
            backwards: backwards.nearly_shut(),
            attending: attending.nearly_shut(),
            sharpness,
        }
    }

    /// g, the shots in each other's light (appendix A.2): `[b, s, 64]` to `[b, s, 64]`. Both
    /// directions and the shot itself are added up.
    pub fn embed_shots(&self, shots: Tensor<3>) -> Tensor<3> {
        let steps: Vec<Tensor<2>> = sequence::steps(shots.clone()).collect(); // s times [b, 64]
        let forwards = run(&self.forwards, steps.iter());
        let mut backwards = run(&self.backwards, steps.iter().rev());
        backwards.reverse();
        shots + Tensor::stack(forwards, 1) + Tensor::stack(backwards, 1) // [b, s, 64]
    }

    /// f, the queries in the light of the shots (appendix A.1): queries `[b, q, 64]` and
    /// embedded shots `[b, s, 64]` to `[b, q, 64]`.
    pub fn embed_queries(&self, queries: Tensor<3>, shots: Tensor<3>) -> Tensor<3> {
        let mut state = State::zeros(queries.dims(), &queries.device());
        for _ in 0..STEPS {
            let hidden = state.output + queries.clone(); // equation 4: h [b, q, 64]
            let products = hidden.clone().matmul(shots.clone().swap_dims(1, 2)); // [b, q, s]
            let attention = softmax(products, 2); // equation 6: [b, q, s]
            let read = attention.matmul(shots.clone()); // equation 5: r [b, q, 64]
            let fed_back = Tensor::cat(vec![hidden, read], 2); // [b, q, 128]
            // equation 3
            state = self.attending.step(queries.clone(), fed_back, state.cell); // [b, q, 64]
        }
        state.output + queries // equation 4: [b, q, 64]
    }

    /// The logarithm of each class's attention (equation 1): shots `[b, s, 64]`, one-hot labels
    /// `[b, s, c]`, queries `[b, q, 64]` to `[b, q, c]`.
    pub fn forward(&self, shots: Tensor<3>, labels: Tensor<3>, queries: Tensor<3>) -> Tensor<3> {
        let shots = self.embed_shots(shots); // [b, s, 64]
        let attention = self.attend(shots, queries); // [b, q, s]
        log_of_class(attention, labels) // [b, q, c]
    }

    /// Numbers of an embedding.
    fn dimensions(&self) -> usize {
        self.forwards.inputs()
    }

    /// Attention over embedded shots: `[b, s, 64]` and `[b, q, 64]` to `[b, q, s]`.
    fn attend(&self, shots: Tensor<3>, queries: Tensor<3>) -> Tensor<3> {
        let queries = self.embed_queries(queries, shots.clone()); // [b, q, 64]
        let sharpness = self.sharpness.val().reshape([1, 1, 1]); // [1, 1, 1]
        softmax(tensors::cosines(queries, shots) * sharpness, 2) // [b, q, s]
    }
}

/// The outputs of a cell over steps `[b, 64]`, from a zero state.
fn run<'a>(cell: &LstmCell, steps: impl Iterator<Item = &'a Tensor<2>>) -> Vec<Tensor<2>> {
    let mut state: Option<State<2>> = None;
    steps
        .map(|step| {
            let before = state
                .take()
                .unwrap_or_else(|| State::zeros(step.dims(), &step.device()));
            let after = cell.advance(step.clone(), before); // [b, 64]
            let output = after.output.clone();
            state = Some(after);
            output
        })
        .collect()
}

/// The matching network without full context embeddings, for training an embedder: the
/// logarithm of each class's attention. Shots `[b, s, d]`, one-hot labels `[b, s, c]`, queries
/// `[b, q, d]` to `[b, q, c]`; `temperature` as that of [`Attention`].
pub fn forward(
    shots: Tensor<3>,
    labels: Tensor<3>,
    queries: Tensor<3>,
    temperature: f32,
) -> Tensor<3> {
    let cosines = tensors::cosines(queries, shots); // [b, q, s]
    let attention = softmax(cosines * (2.0 / temperature), 2); // [b, q, s]
    log_of_class(attention, labels) // [b, q, c]
}

/// Attention `[b, q, s]` and labels `[b, s, c]` to the logarithm of equation 1, `[b, q, c]`.
fn log_of_class(attention: Tensor<3>, labels: Tensor<3>) -> Tensor<3> {
    attention.matmul(labels).add_scalar(EPSILON).log()
}

/// A matching network without full context embeddings, and so without weights.
///
/// ```
/// use kshot::method::{Attended, Method, Support, matching::Attention};
///
/// let (east, north) = ([1.0, 0.0], [0.0, 1.0]);
/// let support = Support { shots: vec![(0, &east[..]), (1, &north[..])], classes: 2 };
/// let reading = Attention { temperature: 2.0 }.fit(&support)?.read(&[2.0, 0.0])?;
/// let Attended::Shots { weights } = reading.attended else { panic!() };
/// let e = 1f32.exp();
/// assert!((weights[0] - e / (e + 1.0)).abs() < 1e-6);
/// # Ok::<(), kshot::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Attention {
    /// Above 0. Attention is the softmax of 2 cos / temperature, the squared distance between
    /// the directions but for a constant, as in every method here; the paper has 2.
    pub temperature: f32,
}

impl Attention {
    /// As [`Method::fit`], able to leave a shot out.
    ///
    /// # Errors
    /// As [`Support::check`].
    pub fn compare(&self, support: &Support<'_>) -> Result<AttendedShots, Error> {
        Ok(AttendedShots {
            shots: Shots::new(support)?,
            temperature: self.temperature,
        })
    }
}

impl Method for Attention {
    fn fit(&self, support: &Support<'_>) -> Result<Box<dyn Fitted>, Error> {
        Ok(Box::new(self.compare(support)?))
    }
}

/// Every shot of a support set, all of which are attended to.
#[derive(Debug, Clone)]
pub struct AttendedShots {
    shots: Shots,
    temperature: f32,
}

impl Fitted for AttendedShots {
    /// A class's similarity is that of its nearest shot; the scores are the logarithms of
    /// equation 1.
    fn read(&self, query: &[f32]) -> Result<Reading, Error> {
        let cosines = self.shots.similarities(query, Metric::Cosine)?; // one a shot
        let best = self.shots.best_of_class(&cosines); // one a class
        let most = best.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let kernel = |cosine: f32, most: f32| (2.0 * (cosine - most) / self.temperature).exp();
        let sum: f32 = cosines.iter().map(|cosine| kernel(*cosine, most)).sum();

        // Each class from its own best shot, so that none is lost to rounding.
        let mut scores = vec![0.0; best.len()];
        for (class, cosine) in self.shots.classes_of().iter().zip(&cosines) {
            if let (Some(score), Some(best)) = (scores.get_mut(*class), best.get(*class)) {
                *score += kernel(*cosine, *best);
            }
        }
        for (score, best) in scores.iter_mut().zip(&best) {
            *score = score.ln() + 2.0 * (best - most) / self.temperature - sum.ln();
        }
        Ok(Reading {
            scores,
            similarities: Some(best),
            attended: Attended::Shots {
                weights: (cosines.iter())
                    .map(|cosine| kernel(*cosine, most) / sum)
                    .collect(),
            },
        })
    }
}

impl Compared for AttendedShots {
    fn set_temperature(&mut self, temperature: f32) {
        self.temperature = temperature;
    }

    fn similarities_without(&self, support: &Support<'_>, shot: usize) -> Vec<Option<f32>> {
        self.shots
            .similarities_without(support, shot, Metric::Cosine)
    }
}

impl Method for Matching {
    fn fit(&self, support: &Support<'_>) -> Result<Box<dyn Fitted>, Error> {
        let matching = self.valid();
        let device = matching.sharpness.device();
        let (shots, labels) = tensors::from_support(support, matching.dimensions(), &device)?;
        let shots = matching.embed_shots(shots); // [1, s, 64]
        Ok(Box::new(FittedMatching {
            matching,
            shots,
            labels,
        }))
    }
}

struct FittedMatching {
    matching: Matching,
    shots: Tensor<3>, // in each other's light
    labels: Tensor<3>,
}

impl Fitted for FittedMatching {
    fn read(&self, query: &[f32]) -> Result<Reading, Error> {
        let dimensions = self.matching.dimensions();
        let query = tensors::from_query(query, dimensions, &self.shots.device())?; // [1, 1, 64]
        let attention = self.matching.attend(self.shots.clone(), query); // [1, 1, s]
        let scores = log_of_class(attention.clone(), self.labels.clone()); // [1, 1, c]
        Ok(Reading {
            scores: tensors::read(scores)?,
            similarities: None,
            attended: Attended::Shots {
                weights: tensors::read(attention)?,
            },
        })
    }
}
