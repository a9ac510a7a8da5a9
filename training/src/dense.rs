//! What the popular tools do with the shots: train a dense head on the network's features.
//!
//! A hidden layer of 100 with ReLU and a softmax, 50 epochs of Adam at 0.001 in batches of 16:
//! the defaults of Teachable Machine's image projects.

use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

const HIDDEN: usize = 100;
const EPOCHS: usize = 50;
const BATCH: usize = 16;
const LEARNING_RATE: f32 = 0.001;
const BETA: (f32, f32) = (0.9, 0.999);
const EPSILON: f32 = 1e-7;

/// A matrix of weights with Adam's averages.
struct Weights {
    values: Vec<f32>, // [inputs, outputs]
    outputs: usize,
    first: Vec<f32>,
    second: Vec<f32>,
}

impl Weights {
    /// He's start, uniform.
    fn new(inputs: usize, outputs: usize, random: &mut ChaCha8Rng) -> Self {
        let bound = (6.0 / inputs as f32).sqrt();
        let count = inputs * outputs;
        Weights {
            values: (0..count)
                .map(|_| random.random_range(-bound..bound))
                .collect(),
            outputs,
            first: vec![0.0; count],
            second: vec![0.0; count],
        }
    }

    fn apply(&self, input: &[f32]) -> Vec<f32> {
        let mut output = vec![0.0; self.outputs];
        for (value, row) in input.iter().zip(self.values.chunks_exact(self.outputs)) {
            if *value != 0.0 {
                for (sum, weight) in output.iter_mut().zip(row) {
                    *sum += value * weight;
                }
            }
        }
        output
    }

    fn step(&mut self, gradient: &[f32], number: i32) {
        let (one, two) = (1.0 - BETA.0.powi(number), 1.0 - BETA.1.powi(number));
        let rate = LEARNING_RATE * two.sqrt() / one;
        let averages = self.first.iter_mut().zip(&mut self.second);
        for ((value, (first, second)), g) in self.values.iter_mut().zip(averages).zip(gradient) {
            *first = BETA.0 * *first + (1.0 - BETA.0) * g;
            *second = BETA.1 * *second + (1.0 - BETA.1) * g * g;
            *value -= rate * *first / (second.sqrt() + EPSILON);
        }
    }
}

/// A dense head trained on the shots of one episode.
pub struct Dense {
    hidden: Weights,
    output: Weights,
}

impl Dense {
    /// Trains it: shots as class and features, with a 1 at their end for the bias.
    pub fn train(shots: &[(usize, &[f32])], classes: usize, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let inputs = shots.first().map_or(0, |(_, shot)| shot.len());
        let mut dense = Dense {
            hidden: Weights::new(inputs, HIDDEN, &mut random),
            output: Weights::new(HIDDEN + 1, classes, &mut random),
        };
        let mut order: Vec<usize> = (0..shots.len()).collect();
        let mut number = 0;
        let mut of_hidden = vec![0.0; inputs * HIDDEN];
        let mut of_output = vec![0.0; (HIDDEN + 1) * classes];
        for _ in 0..EPOCHS {
            order.shuffle(&mut random);
            for batch in order.chunks(BATCH) {
                number += 1;
                of_hidden.fill(0.0);
                of_output.fill(0.0);
                for (class, shot) in batch.iter().filter_map(|index| shots.get(*index)) {
                    let hidden = dense.hidden(shot);
                    let mut error = kshot::decision::softmax(&dense.output.apply(&hidden));
                    if let Some(own) = error.get_mut(*class) {
                        *own -= 1.0;
                    }
                    let share = 1.0 / batch.len() as f32;
                    error.iter_mut().for_each(|error| *error *= share);
                    let mut back = Vec::with_capacity(HIDDEN);
                    let rows = dense.output.values.chunks_exact(classes);
                    let gradients = of_output.chunks_exact_mut(classes);
                    for ((value, row), gradient) in hidden.iter().zip(rows).zip(gradients) {
                        for (sum, error) in gradient.iter_mut().zip(&error) {
                            *sum += value * error;
                        }
                        let through: f32 = row.iter().zip(&error).map(|(w, e)| w * e).sum();
                        back.push(if *value > 0.0 { through } else { 0.0 });
                    }
                    for (value, gradient) in shot.iter().zip(of_hidden.chunks_exact_mut(HIDDEN)) {
                        if *value != 0.0 {
                            for (sum, back) in gradient.iter_mut().zip(&back) {
                                *sum += value * back;
                            }
                        }
                    }
                }
                dense.hidden.step(&of_hidden, number);
                dense.output.step(&of_output, number);
            }
        }
        dense
    }

    fn hidden(&self, input: &[f32]) -> Vec<f32> {
        let mut hidden = self.hidden.apply(input);
        hidden.iter_mut().for_each(|value| *value = value.max(0.0));
        hidden.push(1.0); // the bias of the next layer
        hidden
    }

    /// One score a class.
    pub fn scores(&self, query: &[f32]) -> Vec<f32> {
        self.output.apply(&self.hidden(query))
    }
}
