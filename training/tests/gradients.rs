//! Can every method with weights be trained: does the loss reach each of its tensors, also of
//! weights that were loaded?
#![allow(clippy::unwrap_used)]

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Distribution, Gradients, Tensor};
use kshot::method::imaginary::Imaginary;
use kshot::method::lstm::PlainLstm;
use kshot::method::mann::Mann;
use kshot::method::matching::Matching;
use kshot::method::relation::Relation;
use kshot::method::siamese::Siamese;
use kshot::method::snail::Snail;
use kshot::weights::{Weights, Writer};

const CLASSES: usize = 3;

/// Shots `[2, 6, 64]`, labels `[2, 6, 3]`, queries `[2, 3, 64]`, of class 0, 1 and 2.
fn episodes(device: &Device) -> [Tensor<3>; 3] {
    device.seed(7);
    let random = |count| Tensor::random([2, count, 64], Distribution::Uniform(0.0, 1.0), device);
    let one = Tensor::<2>::eye(CLASSES, device);
    let labels = Tensor::cat(vec![one.clone(), one], 0).unsqueeze::<3>(); // [1, 6, 3]
    [random(6), labels.repeat_dim(0, 2), random(CLASSES)]
}

struct Reached<'a> {
    gradients: &'a Gradients,
    path: Vec<String>,
    missed: Vec<String>,
}

impl ModuleVisitor for Reached<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let gradient = param.val().grad(self.gradients);
        let values = gradient.map(|gradient| gradient.try_into_vec_as::<f32>().unwrap());
        let reached = values.is_some_and(|values| {
            values.iter().all(|value| value.is_finite()) && values.iter().any(|value| *value != 0.0)
        });
        if !reached {
            self.missed.push(self.path.join("."));
        }
    }
}

/// The tensors that the loss of a module, saved and loaded for training, does not reach. Its
/// scores must be those of the same weights where nothing is trained.
fn missed<M: Module>(
    new: impl Fn(&Device) -> M,
    forward: impl Fn(&M, [Tensor<3>; 3]) -> Tensor<3>,
) -> Vec<String> {
    let plain = Device::flex();
    let trained = Device::flex().autodiff();
    let mut writer = Writer::default();
    writer.add("heads.it", &new(&plain)).unwrap();
    let bytes = writer.into_bytes().unwrap();
    let weights = Weights::from_bytes(&bytes).unwrap();
    let module = weights.load("heads.it", new(&plain)).unwrap();
    let expected = forward(&module, episodes(&plain));
    let module = weights.load("heads.it", new(&trained)).unwrap();
    let inputs = episodes(&plain).map(|tensor| tensor.to_device(&trained).autodiff());
    let scores = forward(&module, inputs);
    let difference = (scores.clone().inner() - expected).abs().max();
    assert!(difference.into_scalar::<f32>() < 1e-5);

    let right = Tensor::<2>::eye(CLASSES, &plain)
        .unsqueeze::<3>()
        .autodiff();
    let loss = (scores - right).square().sum();
    let gradients = loss.backward();
    let mut reached = Reached {
        gradients: &gradients,
        path: Vec::new(),
        missed: Vec::new(),
    };
    module.visit(&mut reached);
    reached.missed
}

#[test]
fn the_loss_reaches_every_tensor() {
    let none: [String; 0] = [];
    macro_rules! reaches {
        ($method:ty) => {
            missed(<$method>::new, |method, [shots, labels, queries]| {
                method.forward(shots, labels, queries)
            })
        };
    }
    assert_eq!(reaches!(Matching), none);
    assert_eq!(reaches!(Relation), none);
    assert_eq!(reaches!(PlainLstm), none);
    assert_eq!(reaches!(Mann), none);
    assert_eq!(reaches!(Snail), Vec::from(OUT_OF_REACH.map(str::to_owned)));
    assert_eq!(reaches!(Siamese), none);
    // The generator starts with a last layer of zeros, through which nothing flows back.
    let last: Vec<String> = reaches!(Imaginary);
    assert!(
        last.iter().all(|name| !name.starts_with("last")),
        "{last:?}"
    );
}

/// With six shots there is no step 8 or more before.
const OUT_OF_REACH: [&str; 8] = [
    "convolutions.0.3.earlier.weight",
    "convolutions.0.4.earlier.weight",
    "convolutions.0.5.earlier.weight",
    "convolutions.0.6.earlier.weight",
    "convolutions.1.3.earlier.weight",
    "convolutions.1.4.earlier.weight",
    "convolutions.1.5.earlier.weight",
    "convolutions.1.6.earlier.weight",
];
