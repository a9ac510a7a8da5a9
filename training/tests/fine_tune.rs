//! Are the network's last layers tuned as they are used, and nothing else of it?
#![allow(clippy::unwrap_used)]

mod fixture;

use burn::tensor::{Device, Tensor, TensorData};
use fixture::{complaint, files, photos, run, stdout};
use kshot::embedder::PLAIN_WEIGHTS;
use kshot::embedder::efficientnet_lite0::layers;
use kshot::embedder::projection::Projection;
use kshot::frame::input_from_rgba;
use kshot::weights::digest;
use safetensors::SafeTensors;
use training::fine_tune::inverse::inverse;
use training::fine_tune::maps::Plain;
use training::fine_tune::tail::{CHANNELS, FIRST, POSITIONS, Tail};
use training::pictures::PictureSet;

/// What a training starts from here.
const START: [&str; 4] = [
    "--start",
    concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../weights/efficientnet_lite0.safetensors"
    ),
    "--projection",
    concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../weights/projection.safetensors"
    ),
];

#[test]
fn the_layers_as_matrices_give_the_networks_embedding() {
    let set = PictureSet::open(&photos()).unwrap();
    let picture = set.classes.values().next().unwrap().first().unwrap();
    let pixels = set.read(picture).unwrap();
    let input = input_from_rgba(&pixels.rgba, pixels.width, pixels.height).unwrap();
    let projection = Projection::shipped().unwrap();
    let plain = Plain::read(PLAIN_WEIGHTS, projection.clone()).unwrap();
    let map = plain.map(input).unwrap();

    let device = Device::flex();
    let values: Vec<f32> = map.values.iter().map(|value| value.to_f32()).collect();
    let maps = Tensor::<3>::from_data(TensorData::new(values, [CHANNELS, 1, POSITIONS]), &device);
    let corners = Tail::read(PLAIN_WEIGHTS, &projection, &device)
        .unwrap()
        .corners(maps)
        .unwrap();
    assert_eq!(corners.dims(), [1280, 1, 4]);
    let corners = corners.try_into_vec_as::<f32>().unwrap();
    let embedding = projection.embed(&corners).unwrap();
    let cosine: f32 = (embedding.iter().zip(&map.embedding))
        .map(|(a, b)| a * b.to_f32())
        .sum();
    assert!(cosine > 0.9999, "{cosine}"); // both are rounded to half precision on the way
}

#[test]
fn the_last_layers_change_and_the_same_seed_gives_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let set = format!("{}:1", photos().display());
    let twice = folder.path().join("twice");
    for (class, file) in files() {
        let class = twice.join(class);
        std::fs::create_dir_all(&class).unwrap();
        let name = file.file_name().unwrap().to_str().unwrap();
        for copy in ["a", "b"] {
            std::fs::copy(&file, class.join(format!("{copy}_{name}"))).unwrap();
        }
    }
    let twice = twice.to_str().unwrap().to_owned();
    let tune = |name: &str| {
        let path = |name: String| folder.path().join(name).to_str().unwrap().to_owned();
        let runs = path(name.into());
        let out = path(format!("{name}.safetensors"));
        let projection = path(format!("{name}-projection.safetensors"));
        let arguments = ["fine-tune", &set, "--photos", &set, "--way", "2"];
        let short = ["--steps", "3", "--runs", &runs, "--out", &out];
        let more = ["--out-projection", &projection, "--validate", &twice];
        let said = stdout(&run(&[
            &arguments[..],
            &START,
            &short,
            &more,
            &["--blends", "0,1"],
        ]
        .concat()));
        let written = [out, projection].map(|path| std::fs::read(path).unwrap());
        for bytes in &written {
            assert!(said.contains(&digest(bytes)), "{said}");
        }
        // Eight photos a class are enough for one shot and five queries, and too few for five.
        let row = said
            .lines()
            .find(|line| line.starts_with(&format!("| {twice}")));
        let cells: Vec<&str> = row.unwrap().split('|').skip(2).map(str::trim).collect();
        assert_eq!(cells.len(), 3, "{said}"); // two ways, and what is behind the last line
        for cell in &cells[..2] {
            let (one, five) = cell.split_once(" / ").unwrap();
            assert!(one.parse::<f64>().unwrap() > 40.0, "{said}"); // chance is 20
            assert_eq!(five, "-");
        }
        written
    };
    let (first, again) = (tune("first"), tune("again"));
    assert!(first == again);
    let [first, projection] = first;
    let projection = Projection::from_safetensors(&projection).unwrap();
    let shipped = Projection::shipped().unwrap();
    assert_eq!(projection.mean(), shipped.mean());
    assert_ne!(projection.rows(), shipped.rows());

    let before = SafeTensors::deserialize(PLAIN_WEIGHTS).unwrap();
    let after = SafeTensors::deserialize(&first).unwrap();
    assert_eq!(before.len(), after.len());
    let tuned = |name: &str| {
        let block = name
            .strip_prefix("blocks.")
            .and_then(|rest| rest.split('.').next());
        name.starts_with("head")
            || block.is_some_and(|block| block.parse::<usize>().unwrap() >= FIRST)
    };
    for layer in layers() {
        let name = format!("{}.weight", layer.name);
        let (before, after) = (before.tensor(&name).unwrap(), after.tensor(&name).unwrap());
        assert_eq!(before.shape(), after.shape());
        assert_eq!(before.data() != after.data(), tuned(&name), "{name}");
    }
}

#[test]
fn a_set_without_a_share_one_with_too_few_classes_and_none_at_all_are_refused() {
    let photos = photos();
    let bare = photos.to_str().unwrap();
    let tune = |arguments: &[&str]| complaint(&run(&[arguments, &START].concat()));
    let said = tune(&["fine-tune", bare, "--photos", bare]);
    assert!(said.contains("has no share"), "{said}");
    let set = format!("{bare}:1");
    let said = tune(&["fine-tune", &set, "--photos", &set, "--way", "99"]);
    assert!(said.contains("--way is 99"), "{said}");
    for (validate, why) in [
        ("nowhere", "nowhere"),
        ("photos@val", "needs --split-table"),
    ] {
        let said = tune(&["fine-tune", &set, "--photos", &set, "--validate", validate]);
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn a_matrix_times_its_inverse_is_one() {
    let matrix = [4.0, 1.0, 0.5, 1.0, 3.0, -0.2, 0.5, -0.2, 2.0];
    let inverted = inverse(&matrix, 3).unwrap();
    for row in 0..3 {
        for column in 0..3 {
            let products = (0..3).map(|k| matrix[3 * row + k] * inverted[3 * k + column]);
            let wanted = if row == column { 1.0 } else { 0.0 };
            assert!((products.sum::<f32>() - wanted).abs() < 1e-6);
        }
    }
    assert!(inverse(&[0.0], 1).is_err());
}
