//! Do trained weights come into one small file, and does the table come out of it?
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use burn::module::{Module, ModuleDisplay};
use burn::tensor::{Device, Distribution, Tensor, TensorData};
use kshot::embedder::conv4::{Conv4, SIDE};
use kshot::method::imaginary::Imaginary;
use kshot::method::lstm::PlainLstm;
use kshot::method::mann::Mann;
use kshot::method::matching::Matching;
use kshot::method::relation::Relation;
use kshot::method::siamese::Siamese;
use kshot::method::snail::Snail;
use kshot::weights::Weights;
use safetensors::SafeTensors;
use training::conv4::tensor_values;
use training::cosine_pair;
use training::drawings::{EMBEDDERS, pack_to_bytes};
use training::losses::NoHead;
use training::losses::centres::Centres;
use training::omniglot::{Class, Drawing};
use training::omniglot_table::table;
use training::train::checkpoint::save_model;
use training::train::embedder::Trainee;

fn save<M: Module>(runs: &Path, name: &str, model: &M) {
    let folder = runs.join(name);
    fs::create_dir_all(&folder).unwrap();
    save_model(model, &folder.join("weights.bpk")).unwrap();
}

fn trainee<H: Module + ModuleDisplay>(head: H) -> Trainee<H> {
    Trainee {
        embedder: Conv4::new(&Device::flex()),
        head,
    }
}

/// Every training with the weights that it starts from.
fn write_runs(runs: &Path) {
    let device = Device::flex();
    for name in EMBEDDERS {
        match name {
            "siamese" => save(runs, name, &trainee(Siamese::new(&device))),
            "arcface" => save(runs, name, &trainee(Centres::new(30, &device))),
            "matching" => save(runs, name, &trainee(Matching::new(&device))),
            "relation" => save(runs, name, &trainee(Relation::new(&device))),
            "snail" => save(runs, name, &trainee(Snail::new(&device))),
            _ => save(runs, name, &trainee(NoHead)),
        }
    }
    save(runs, "imaginary", &Imaginary::new(&device));
    save(runs, "lstm", &PlainLstm::new(&device));
    save(runs, "mann", &Mann::new(&device));
}

fn ink() -> Tensor<4> {
    let noise = Tensor::<1>::random([4 * SIDE * SIDE], Distribution::Default, &Device::flex());
    let ink = tensor_values(noise).unwrap();
    let ink: Vec<f32> = ink.into_iter().map(f32::round).collect();
    Tensor::from_data(TensorData::new(ink, [4, 1, SIDE, SIDE]), &Device::flex())
}

#[test]
fn the_file_holds_every_method_and_the_embedders_embed_as_before() {
    let runs = tempfile::tempdir().unwrap();
    write_runs(runs.path());
    let bytes = pack_to_bytes(runs.path(), None).unwrap();
    assert!(bytes.len() < 8_000_000, "{}", bytes.len());
    let weights = Weights::from_bytes(&bytes).unwrap();
    for name in EMBEDDERS {
        let path = runs.path().join(name).join("weights.bpk");
        let trained = training::train::start::load_embedder(&path, name, &Device::flex()).unwrap();
        let start = Conv4::new(&Device::flex());
        let packed = weights.load(&format!("embedders.{name}"), start).unwrap();
        let ink = ink();
        let difference = (trained.forward(ink.clone()) - packed.forward(ink))
            .abs()
            .max();
        assert!(tensor_values(difference).unwrap()[0] < 2e-2, "{name}"); // half precision
    }
    weights
        .load("heads.snail", Snail::new(&Device::flex()))
        .unwrap();
}

#[test]
fn a_method_that_the_folder_lacks_is_taken_from_the_packed_file_to_the_bit() {
    let (all, few) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_runs(all.path());
    let bytes = pack_to_bytes(all.path(), None).unwrap();
    let packed = few.path().join("drawings.safetensors");
    fs::write(&packed, &bytes).unwrap();
    assert_eq!(pack_to_bytes(few.path(), Some(&packed)).unwrap(), bytes);

    // One other training, and all else as it was.
    save(few.path(), "snail", &trainee(Snail::new(&Device::flex())));
    let other = pack_to_bytes(few.path(), Some(&packed)).unwrap();
    let (before, after) = (
        SafeTensors::deserialize(&bytes).unwrap(),
        SafeTensors::deserialize(&other).unwrap(),
    );
    for (name, tensor) in before.tensors() {
        let same = after.tensor(&name).unwrap().data() == tensor.data();
        let of_snail = name.contains(".snail.");
        // Biases, means and variances start equal.
        assert!(same || of_snail, "{name}");
        assert!(!(same && of_snail && name.ends_with("weight")), "{name}");
    }
}

#[test]
fn the_section_of_the_cosines_is_found_at_the_end_of_a_document_or_is_nothing() {
    let section = "\n## Prototypes by cosine\n\n| a | b |\n";
    assert_eq!(
        cosine_pair::section(&format!("# Table\n{section}")),
        section
    );
    assert_eq!(
        cosine_pair::section("# Table\n\n## What the order changes\n"),
        ""
    );
}

#[test]
fn a_missing_training_is_named() {
    let runs = tempfile::tempdir().unwrap();
    write_runs(runs.path());
    fs::remove_file(runs.path().join("mann/weights.bpk")).unwrap();
    let error = format!("{:#}", pack_to_bytes(runs.path(), None).unwrap_err());
    assert!(error.contains("mann/weights.bpk"), "{error}");
}

#[test]
fn the_table_has_every_method_and_says_what_is_below() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_runs(folder);
    let weights = pack_to_bytes(folder, None).unwrap();
    let classes: Vec<Class> = (0..24)
        .map(|number| Class {
            character: number,
            quarters: 0,
            drawings: (0..12)
                .map(|drawer| {
                    Drawing::from_ink(|row, column| {
                        (row * 28 + column) * (number + 3) % 19 < 3 + drawer % 2
                    })
                })
                .collect(),
        })
        .collect();
    let text = table(&weights, &classes, 20, 1).unwrap();
    assert_eq!(text, table(&weights, &classes, 20, 1).unwrap());
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ")).collect();
    assert_eq!(rows.len(), 2 * (1 + 15), "{text}"); // two tables, each with its header
    assert!(text.contains("- **SNAIL**: 5-way 1-shot by "), "{text}");
    let unmoved = rows
        .iter()
        .filter(|row| row.ends_with("Euclidean | 0.00 |"));
    assert_eq!(unmoved.count(), 1, "{text}");
}
