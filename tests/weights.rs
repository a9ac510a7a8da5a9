//! Do weights come back as they were saved, and is a file that is damaged or of another
//! network refused?
#![allow(clippy::unwrap_used)]

mod made_up;

use burn::module::Module;
use burn::nn::LinearConfig;
use burn::tensor::{Device, Tensor};
use kshot::embedder::conv4::Conv4;
use kshot::lab::Lab;
use kshot::method::mann::Mann;
use kshot::method::relation::Relation;
use kshot::method::siamese::Siamese;
use kshot::method::snail::Snail;
use kshot::weights::{Weights, Writer};
use made_up::{episodes, fill};

fn file() -> Vec<u8> {
    let device = Device::flex();
    let mut writer = Writer::default();
    writer
        .add("heads.snail", &fill("snail", Snail::new(&device)))
        .unwrap();
    writer
        .add("heads.relation", &fill("relation", Relation::new(&device)))
        .unwrap();
    writer
        .add("embedders.triplet", &fill("conv4", Conv4::new(&device)))
        .unwrap();
    writer.into_bytes().unwrap()
}

/// What loading says of a file, over `module`.
fn refuse<M: Module>(bytes: &[u8], name: &str, module: M) -> String {
    let error = match Weights::from_bytes(bytes) {
        Ok(weights) => weights.load(name, module).unwrap_err(),
        Err(error) => error,
    };
    assert_eq!(error.code(), "weights_damaged");
    error.to_string()
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.try_into_vec_as::<f32>().unwrap()
}

#[test]
fn weights_come_back_as_they_were_saved() {
    let device = Device::flex();
    let bytes = file();
    let weights = Weights::from_bytes(&bytes).unwrap();
    let (shots, labels, queries) = episodes(&device);

    let snail = weights.load("heads.snail", Snail::new(&device)).unwrap();
    let before = fill("snail", Snail::new(&device));
    let scores =
        |snail: &Snail| values(snail.forward(shots.clone(), labels.clone(), queries.clone()));
    assert_eq!(scores(&snail), scores(&before));

    // BatchNorm's running statistics are weights too.
    let conv4 = weights
        .load("embedders.triplet", Conv4::new(&device))
        .unwrap();
    let before = fill("conv4", Conv4::new(&device));
    let ink = Tensor::<4>::ones([1, 1, 28, 28], &device).triu(0);
    let scores = |conv4: &Conv4| values(conv4.forward(ink.clone()));
    assert_eq!(scores(&conv4), scores(&before));
    assert_ne!(scores(&conv4), scores(&Conv4::new(&device)));
}

#[test]
fn the_same_modules_give_the_same_file() {
    assert_eq!(file(), file());
}

#[test]
fn a_loaded_module_can_be_saved_again_without_a_change() {
    let device = Device::flex();
    let bytes = file();
    let weights = Weights::from_bytes(&bytes).unwrap();
    let mut writer = Writer::default();
    let conv4 = weights
        .load("embedders.triplet", Conv4::new(&device))
        .unwrap();
    let relation = weights
        .load("heads.relation", Relation::new(&device))
        .unwrap();
    let snail = weights.load("heads.snail", Snail::new(&device)).unwrap();
    writer.add("embedders.triplet", &conv4).unwrap();
    writer.add("heads.relation", &relation).unwrap();
    writer.add("heads.snail", &snail).unwrap();
    assert_eq!(writer.into_bytes().unwrap(), bytes);
}

#[test]
fn a_file_that_is_cut_short_is_refused() {
    let bytes = file();
    for length in [0, 7, 8, 100, bytes.len() / 2, bytes.len() - 1] {
        refuse(&bytes[..length], "heads.snail", Snail::new(&Device::flex()));
    }
    let longer = [&bytes[..], &[0]].concat();
    refuse(&longer, "heads.snail", Snail::new(&Device::flex()));
}

#[test]
fn any_damaged_byte_of_the_header_is_refused_or_changes_nothing_but_a_name() {
    let bytes = file();
    let device = Device::flex();
    let header = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    for at in (0..header).step_by(37) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x04;
        let Ok(weights) = Weights::from_bytes(&damaged) else {
            continue;
        };
        let all = weights.load("heads.snail", Snail::new(&device)).is_ok()
            && weights
                .load("heads.relation", Relation::new(&device))
                .is_ok()
            && weights
                .load("embedders.triplet", Conv4::new(&device))
                .is_ok();
        assert!(!all, "byte {at} was damaged and nothing said so");
    }
}

#[test]
fn a_missing_or_additional_tensor_is_named() {
    let device = Device::flex();
    let bytes = file();
    let text = refuse(&bytes, "heads.mann", Mann::new(&device));
    assert!(text.contains("heads.mann.controller"), "{text}");
    let mut writer = Writer::default();
    writer.add("head", &Relation::new(&device)).unwrap();
    writer.add("head", &Siamese::new(&device)).unwrap();
    let text = refuse(&writer.into_bytes().unwrap(), "head", Siamese::new(&device));
    assert!(text.contains("head.last.bias is no tensor"), "{text}");
}

#[test]
fn a_tensor_of_another_shape_is_named() {
    let device = Device::flex();
    let mut writer = Writer::default();
    let linear = |inputs, outputs| LinearConfig::new(inputs, outputs).init(&device);
    writer.add("head", &linear(2, 3)).unwrap();
    let text = refuse(&writer.into_bytes().unwrap(), "head", linear(3, 2));
    assert!(
        text.contains("head.weight is F16 [2, 3], expected F16 [3, 2]"),
        "{text}"
    );
}

#[test]
fn a_value_that_half_precision_cannot_hold_is_refused() {
    use burn::module::{ModuleMapper, Param};
    struct Huge;
    impl ModuleMapper for Huge {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            param.map(|tensor| tensor * 1e7)
        }
    }
    let siamese = Siamese::new(&Device::flex()).map(&mut Huge);
    let error = Writer::default()
        .add("heads.siamese", &siamese)
        .unwrap_err();
    assert!(error.to_string().contains("heads.siamese.alpha"), "{error}");
}

#[test]
fn a_value_that_is_not_finite_is_refused() {
    let device = Device::flex();
    let mut writer = Writer::default();
    writer.add("heads.siamese", &Siamese::new(&device)).unwrap();
    let mut bytes = writer.into_bytes().unwrap();
    let end = bytes.len();
    bytes[end - 2..].copy_from_slice(&[0x00, 0x7C]); // infinity
    let text = refuse(&bytes, "heads.siamese", Siamese::new(&device));
    assert!(text.contains("not finite"), "{text}");
}

#[test]
fn the_drawing_weights_that_ship_are_the_pinned_ones_and_a_damaged_copy_is_refused() {
    let mut bytes = std::fs::read("weights/drawings.safetensors").unwrap();
    assert!(bytes.len() <= 8_000_000, "{}", bytes.len());
    assert_eq!(Lab::shipped(&bytes).unwrap().names().count(), 15);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    assert_eq!(
        Lab::shipped(&bytes).err().unwrap().code(),
        "weights_damaged"
    );
}
