//! Does a training that was stopped end where one that was not does, and leave what it should?
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};
use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};
use kshot::episode::Shape;
use kshot::method::relation::Relation;
use training::conv4::tensor_values;
use training::losses::Objective;
use training::losses::arcface::ArcFace;
use training::losses::centres::MarginSoftmax;
use training::losses::joint::Joint;
use training::losses::prototypical::Prototypical;
use training::omniglot::{Class, Drawing};
use training::train::checkpoint::{Progress, load_model};
use training::train::embedder::EmbedderTask;
use training::train::jitter::Jitter;
use training::train::run::{Output, Settings, run};
use training::train::task::{Right, Step, Task};

/// Classes that differ in the slope of a line, drawings in where it is.
fn classes() -> Vec<Class> {
    let drawing = |class: usize, drawer: usize| {
        Drawing::from_ink(|row, column| {
            let line = 4 + drawer + class * row / 24;
            (5..24).contains(&row) && (line..line + 2).contains(&column)
        })
    };
    let class = |number| Class {
        character: number,
        quarters: 0,
        drawings: (0..9).map(|drawer| drawing(number, drawer)).collect(),
    };
    (0..22).map(class).collect()
}

fn task<O: Objective>(objective: O) -> EmbedderTask<O> {
    EmbedderTask::new(objective, classes(), classes(), Some(Jitter::MILD), 5).unwrap()
}

fn settings() -> Settings {
    Settings {
        method: "a test".into(),
        seed: 5,
        learning_rate: 1e-2,
        halve_every: 3,
        validate_every: 2,
        method_settings: serde_json::to_value(Jitter::MILD).unwrap(),
    }
}

fn output(folder: &Path, steps: u64) -> Output {
    Output {
        folder: folder.to_owned(),
        steps,
        bar: false,
    }
}

/// The bits of all numbers of a model.
#[derive(Default)]
struct Bits(Vec<u32>);

impl ModuleVisitor for Bits {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let values = tensor_values(param.val()).unwrap();
        self.0.extend(values.into_iter().map(f32::to_bits));
    }
}

fn bits<T: Task>(task: &T, file: &Path) -> Vec<u32> {
    let device = Device::flex().autodiff();
    let mut bits = Bits::default();
    load_model(task.start(&device).unwrap(), file)
        .unwrap()
        .visit(&mut bits);
    bits.0
}

/// Fails at a step, as a machine that is switched off does.
struct Stopping<T> {
    task: T,
    at: u64,
}

impl<T: Task> Task for Stopping<T> {
    type Model = T::Model;

    fn start(&self, device: &Device) -> Result<T::Model> {
        self.task.start(device)
    }

    fn step(&mut self, model: &T::Model, number: u64) -> Result<Step> {
        if number == self.at {
            bail!("stopped");
        }
        self.task.step(model, number)
    }

    fn validate(&mut self, model: &T::Model) -> Result<Right> {
        self.task.validate(model)
    }
}

fn assert_stopping_changes_nothing<O: Objective + Clone>(objective: &O) -> Progress {
    let (whole, stopped) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let expected = run(
        &mut task(objective.clone()),
        &settings(),
        &output(whole.path(), 7),
    )
    .unwrap();

    // Stopped after a checkpoint and a step more; then at its end, and made longer.
    let mut stopping = Stopping {
        task: task(objective.clone()),
        at: 3,
    };
    run(&mut stopping, &settings(), &output(stopped.path(), 4)).unwrap_err();
    let halfway = run(
        &mut task(objective.clone()),
        &settings(),
        &output(stopped.path(), 4),
    )
    .unwrap();
    assert_eq!(halfway.step, 4);
    let found = run(
        &mut task(objective.clone()),
        &settings(),
        &output(stopped.path(), 7),
    )
    .unwrap();

    assert_eq!(found, expected);
    let task = task(objective.clone());
    for file in ["checkpoint/model.bpk", "weights.bpk"] {
        let start = bits(&task, &whole.path().join(file));
        assert_eq!(start, bits(&task, &stopped.path().join(file)), "{file}");
    }
    assert_ne!(
        bits(&task, &whole.path().join("checkpoint/model.bpk")),
        {
            let mut bits = Bits::default();
            task.start(&Device::flex().autodiff())
                .unwrap()
                .visit(&mut bits);
            bits.0
        },
        "nothing was learnt"
    );
    expected
}

const SHAPE: Shape = Shape {
    way: 5,
    shot: 1,
    queries: 2,
};

#[test]
fn a_stopped_training_of_the_embedder_ends_in_the_same_weights() {
    let progress = assert_stopping_changes_nothing(&Prototypical { shape: SHAPE });
    let steps: Vec<u64> = progress.validations.iter().map(|(step, _)| *step).collect();
    assert_eq!(steps, [2, 4, 6, 7]);
}

#[test]
fn a_stopped_training_with_weights_of_the_loss_ends_in_the_same_weights() {
    assert_stopping_changes_nothing(&MarginSoftmax {
        shape: SHAPE,
        scale: 16.0,
        margin: ArcFace { margin: 0.1 },
    });
}

/// Seven drawings each of twenty classes, from which every size of episode can be drawn.
const POOL: Shape = Shape {
    way: 20,
    shot: 5,
    queries: 2,
};

#[test]
fn a_stopped_training_of_head_and_embedder_together_ends_in_the_same_weights() {
    let joint = Joint::<Relation>::new(POOL, None, 5).unwrap();
    let progress = assert_stopping_changes_nothing(&joint);
    let of: Vec<usize> = (progress.validations.iter())
        .map(|(_, right)| right.of)
        .collect();
    assert_eq!(of, [12 * (32 * 20 + 16 * 40 + 16 * 20 + 4 * 40); 4]); // all four cells
}

#[test]
fn head_and_embedder_together_start_as_they_were_left_and_both_learn() {
    let folder = tempfile::tempdir().unwrap();
    let first = Joint::<Relation>::new(POOL, None, 5).unwrap();
    run(&mut task(first), &settings(), &output(folder.path(), 2)).unwrap();
    let left = folder.path().join("weights.bpk");

    let start = Some((left.clone(), "relation".into()));
    let second = Joint::<Relation>::new(POOL, start, 5).unwrap();
    let mut task = task(second).starting_from(left.clone());
    let device = Device::flex().autodiff();
    let start = task.start(&device).unwrap();
    let mut found = Bits::default();
    start.visit(&mut found);
    assert_eq!(found.0, bits(&task, &left));

    let step = task.step(&start, 0).unwrap();
    let learns = |model: &dyn Fn(&mut Gradients)| {
        let mut gradients = Gradients {
            given: &step.gradients,
            moved: 0,
            all: 0,
        };
        model(&mut gradients);
        (gradients.moved, gradients.all)
    };
    // The running means and variances of the four blocks are not learnt.
    let (moved, all) = learns(&|gradients| start.embedder.visit(gradients));
    assert_eq!((moved, all), (12, 20));
    let (moved, all) = learns(&|gradients| start.head.visit(gradients));
    assert_eq!(moved, all);
}

/// Counts the parameters that are given a gradient that is not zero throughout.
struct Gradients<'a> {
    given: &'a GradientsParams,
    moved: usize,
    all: usize,
}

impl ModuleVisitor for Gradients<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.all += 1;
        if let Some(gradient) = self.given.get::<D>(param.id) {
            let values = tensor_values(gradient).unwrap();
            self.moved += usize::from(values.iter().any(|value| *value != 0.0));
        }
    }
}

#[test]
fn a_training_leaves_its_curve_and_its_settings() {
    let folder = tempfile::tempdir().unwrap();
    let objective = Prototypical { shape: SHAPE };
    run(
        &mut task(objective),
        &settings(),
        &output(folder.path(), 50),
    )
    .unwrap();
    let svg = fs::read_to_string(folder.path().join("curve.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("50 steps") && svg.contains("a test"));
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    let text = fs::read_to_string(folder.path().join("settings.json")).unwrap();
    let found: Settings = serde_json::from_str(&text).unwrap();
    assert_eq!(found.learning_rate, settings().learning_rate);
    let jitter: Jitter = serde_json::from_value(found.method_settings).unwrap();
    assert_eq!(jitter, Jitter::MILD);
}

#[test]
fn another_training_and_a_damaged_checkpoint_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let objective = Prototypical { shape: SHAPE };
    let attempt = |settings: &Settings| {
        let result = run(&mut task(objective), settings, &output(folder.path(), 3));
        result.map_err(|error| format!("{error:#}"))
    };
    attempt(&settings()).unwrap();
    let other = Settings {
        seed: 6,
        ..settings()
    };
    assert!(
        attempt(&other)
            .unwrap_err()
            .contains("a training with other settings")
    );
    for file in ["model.bpk", "adam.bpk", "progress.json"] {
        let path = folder.path().join("checkpoint").join(file);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        let error = attempt(&settings()).unwrap_err();
        assert!(error.contains(file), "{error}");
        fs::write(&path, bytes).unwrap();
    }
    attempt(&settings()).unwrap();
}
