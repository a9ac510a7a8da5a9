//! Does the network give what PyTorch gives, and is a damaged file refused?
#![allow(clippy::unwrap_used)]

mod photos;

use burn::tensor::{Device, Tensor, TensorData};
use kshot::Error;
use kshot::embedder::conv::Kernels;
use kshot::embedder::projection::{CHANNELS, CORNERS, PROJECTION_SHA256, Projection};
use kshot::embedder::{DIMENSIONS, Embedder, SHA256, WEIGHTS, WEIGHTS_SHA256, normalise};
use kshot::frame::{SIDE, input_from_rgba};
use photos::{NAMES, read_photo};

/// What the plain network's mean gives.
fn embed(name: &str) -> Vec<f32> {
    let device = Device::flex();
    let embedder = Embedder::plain(&device).unwrap();
    let photo = read_photo(&format!("photos/{name}.png"));
    let input = input_from_rgba(&photo.rgba, photo.width, photo.height).unwrap();
    let input = Tensor::<4>::from_data(TensorData::new(input, [1, 3, SIDE, SIDE]), &device);
    let embedding = embedder.forward(input).into_data();
    normalise(embedding.try_to_vec().unwrap()).unwrap()
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |x: &[f32], y: &[f32]| -> f64 {
        let products = x.iter().zip(y).map(|(x, y)| f64::from(*x) * f64::from(*y));
        products.sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

#[test]
fn the_plain_network_agrees_with_pytorch() {
    let file = std::fs::read("tests/fixtures/embeddings.safetensors").unwrap();
    let expected = safetensors::SafeTensors::deserialize(&file).unwrap();
    for name in NAMES {
        let reference = expected.tensor(&format!("{name}.embedding")).unwrap();
        let (values, _) = reference.data().as_chunks::<4>();
        let reference: Vec<f32> = values.iter().map(|v| f32::from_le_bytes(*v)).collect();
        let cosine = cosine(&embed(name), &reference);
        assert!(cosine >= 0.9999, "{name}: cosine {cosine}");
    }
}

#[test]
fn different_photos_have_different_embeddings() {
    assert!(cosine(&embed("coffee"), &embed("rocket")) < 0.5);
}

#[test]
fn a_batch_gives_what_its_pictures_give_alone() {
    let device = Device::flex();
    let embedder = Embedder::from_bytes(WEIGHTS, &device).unwrap();
    let inputs: Vec<Vec<f32>> = ["coffee", "chelsea"]
        .map(|name| {
            let photo = read_photo(&format!("photos/{name}.png"));
            input_from_rgba(&photo.rgba, photo.width, photo.height).unwrap()
        })
        .to_vec();
    let batch = TensorData::new(inputs.concat(), [2, 3, SIDE, SIDE]);
    let together = embedder.forward(Tensor::<4>::from_data(batch, &device));
    let together: Vec<f32> = together.into_data().try_to_vec().unwrap();
    for (input, row) in inputs.into_iter().zip(together.chunks(DIMENSIONS)) {
        let input = TensorData::new(input, [1, 3, SIDE, SIDE]);
        let alone = embedder.forward(Tensor::<4>::from_data(input, &device));
        let alone: Vec<f32> = alone.into_data().try_to_vec().unwrap();
        assert!(cosine(&alone, row) > 0.999_999);
    }
}

#[test]
fn the_hand_made_kernels_give_what_burn_gives() {
    let device = Device::flex();
    let network = |kernels| Embedder::with_kernels(WEIGHTS, kernels, &device).unwrap();
    let (burn, hand_made) = (network(Kernels::Burn), network(Kernels::HandMade));
    for name in NAMES {
        let photo = read_photo(&format!("photos/{name}.png"));
        let input = input_from_rgba(&photo.rgba, photo.width, photo.height).unwrap();
        let input = Tensor::<4>::from_data(TensorData::new(input, [1, 3, SIDE, SIDE]), &device);
        let difference = burn.forward(input.clone()) - hand_made.forward(input);
        let worst: f32 = difference.abs().max().into_scalar();
        // Sums of up to 1,152 products in another order, of values up to 6.
        assert!(worst < 1e-4, "{name}: {worst}");
    }
}

#[test]
fn one_flipped_bit_in_the_weights_is_an_error() {
    let mut damaged = WEIGHTS.to_vec();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    let error = Embedder::from_bytes(&damaged, &Device::flex()).unwrap_err();
    assert_eq!(error.code(), "weights_damaged");
    assert!(error.to_string().contains("SHA-256"));
}

#[test]
fn truncated_and_empty_weights_are_an_error() {
    for length in [0, 7, WEIGHTS.len() - 1] {
        let error = Embedder::from_bytes(&WEIGHTS[..length], &Device::flex()).unwrap_err();
        assert_eq!(error.code(), "weights_damaged", "{length} bytes");
    }
}

#[test]
fn a_network_with_a_tensor_missing_is_an_error_that_names_it() {
    use kshot::embedder::efficientnet_lite0::EfficientNetLite0;
    let empty = safetensors::serialize(
        Vec::<(String, safetensors::tensor::TensorView<'_>)>::new(),
        None,
    )
    .unwrap();
    let device = Device::flex();
    let error = EfficientNetLite0::from_safetensors(&empty, Kernels::Burn, &device).unwrap_err();
    assert!(matches!(&error, Error::WeightsInvalid(why) if why.contains("stem.weight")));
}

#[test]
fn an_embedding_that_says_nothing_is_refused() {
    for bad in [
        vec![0.0; DIMENSIONS],
        vec![f32::NAN; DIMENSIONS],
        vec![1.0; 3],
    ] {
        assert_eq!(normalise(bad).unwrap_err().code(), "embedding_invalid");
    }
    let mut infinite = vec![1.0; DIMENSIONS];
    infinite[7] = f32::INFINITY;
    assert_eq!(normalise(infinite).unwrap_err().code(), "embedding_invalid");
}

/// The last map of a photo, `[1280, 7, 7]`, and its corners, `[1280, 4]`.
fn map_and_corners(name: &str) -> (Vec<f32>, Vec<f32>) {
    let device = Device::flex();
    let embedder = Embedder::from_bytes(WEIGHTS, &device).unwrap();
    let photo = read_photo(&format!("photos/{name}.png"));
    let input = input_from_rgba(&photo.rgba, photo.width, photo.height).unwrap();
    let input = Tensor::<4>::from_data(TensorData::new(input, [1, 3, SIDE, SIDE]), &device);
    let map = embedder.last_map(input.clone()).into_data();
    let corners = embedder.corners(input).into_data();
    (map.try_to_vec().unwrap(), corners.try_to_vec().unwrap())
}

#[test]
fn corners_are_the_means_of_four_by_four_positions() {
    let (map, corners) = map_and_corners("coffee");
    for (channel, found) in corners.chunks(CORNERS).enumerate() {
        for (corner, found) in found.iter().enumerate() {
            let (top, left) = (3 * (corner / 2), 3 * (corner % 2));
            let mut sum = 0.0;
            for row in top..top + 4 {
                for column in left..left + 4 {
                    sum += map[channel * 49 + row * 7 + column];
                }
            }
            assert!((found - sum / 16.0).abs() < 1e-4, "{channel} {corner}");
        }
    }
}

#[test]
fn an_embedding_has_length_one_and_tells_photos_apart() {
    let projection = Projection::shipped().unwrap();
    let embed = |name| projection.embed(&map_and_corners(name).1).unwrap();
    let coffee = embed("coffee");
    assert_eq!(coffee.len(), DIMENSIONS);
    assert!((cosine(&coffee, &coffee) - 1.0).abs() < 1e-6);
    assert!(cosine(&coffee, &embed("rocket")) < 0.3);
}

#[test]
fn embeddings_agree_with_pytorch_and_numpy() {
    let file = std::fs::read("tests/fixtures/embeddings.safetensors").unwrap();
    let expected = safetensors::SafeTensors::deserialize(&file).unwrap();
    let projection = Projection::shipped().unwrap();
    for name in NAMES {
        let reference = expected.tensor(&format!("{name}.projected")).unwrap();
        let (values, _) = reference.data().as_chunks::<4>();
        let reference: Vec<f32> = values.iter().map(|v| f32::from_le_bytes(*v)).collect();
        let cosine = cosine(
            &projection.embed(&map_and_corners(name).1).unwrap(),
            &reference,
        );
        assert!(cosine >= 0.9999, "{name}: cosine {cosine}");
    }
}

#[test]
fn corners_that_say_nothing_are_refused() {
    let projection = Projection::shipped().unwrap();
    let mut infinite = vec![1.0; CHANNELS * CORNERS];
    infinite[7] = f32::INFINITY;
    for bad in [
        vec![0.0; CHANNELS * CORNERS],
        vec![f32::NAN; CHANNELS * CORNERS],
        vec![1.0; CHANNELS],
        infinite,
    ] {
        assert_eq!(
            projection.embed(&bad).unwrap_err().code(),
            "embedding_invalid"
        );
    }
}

#[test]
fn a_projection_with_a_tensor_missing_is_an_error_that_names_it() {
    let empty = safetensors::serialize(
        Vec::<(String, safetensors::tensor::TensorView<'_>)>::new(),
        None,
    )
    .unwrap();
    let error = Projection::from_safetensors(&empty).unwrap_err();
    assert!(matches!(&error, Error::WeightsInvalid(why) if why.contains("mean")));
}

#[test]
fn the_digest_beside_saved_embeddings_is_of_network_and_projection() {
    use sha2::{Digest, Sha256};
    let both = Sha256::digest(format!("{WEIGHTS_SHA256}{PROJECTION_SHA256}"));
    let hexadecimal: String = both.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hexadecimal, SHA256);
}
