//! Is a picture cropped, resized and normalised as the network was trained?
#![allow(clippy::unwrap_used)]

mod photos;

use kshot::Error;
use kshot::frame::{Crop, MAX_PIXELS, MEAN, MIN_SIDE, Resizer, SCALE, SIDE, input_from_rgba};
use photos::read_photo;

fn values(input: &[f32]) -> impl Iterator<Item = f32> {
    input.iter().map(|value| value * SCALE + MEAN)
}

fn assert_like_pillow(name: &str) {
    let photo = read_photo(&format!("resize/{name}.png"));
    let expected = read_photo(&format!("resize/{name}_pillow.png"));
    let input = input_from_rgba(&photo.rgba, photo.width, photo.height).unwrap();
    let plane = SIDE * SIDE;
    let mut worst = 0.0f32;
    for (index, value) in values(&input).enumerate() {
        let (channel, pixel) = (index / plane, index % plane);
        let pillow = f32::from(expected.rgba[pixel * 4 + channel]);
        worst = worst.max((value - pillow).abs());
    }
    // Pillow rounds to whole values twice, after each direction: half a value each time.
    assert!(worst <= 1.0, "{name}: {worst} of 255 apart");
}

#[test]
fn a_larger_photo_is_reduced_as_pillow_reduces_it() {
    assert_like_pillow("landscape_401x351");
}

#[test]
fn a_smaller_photo_is_enlarged_as_pillow_enlarges_it() {
    assert_like_pillow("portrait_97x121");
}

#[test]
fn a_photo_of_the_right_size_keeps_its_values() {
    let photo = read_photo("photos/coffee.png");
    let input = input_from_rgba(&photo.rgba, photo.width, photo.height).unwrap();
    for (pixel, value) in values(&input).take(SIDE * SIDE).enumerate() {
        assert!((value - f32::from(photo.rgba[pixel * 4])).abs() < 1e-3);
    }
}

#[test]
fn transparent_pixels_are_white() {
    let clear = [10, 20, 30, 0].repeat(50 * 50);
    let input = input_from_rgba(&clear, 50, 50).unwrap();
    assert!(values(&input).all(|value| (value - 255.0).abs() < 1e-3));
}

#[test]
fn only_the_centred_square_is_seen() {
    // Green left and right of a red square.
    let (width, height) = (300, 100);
    let rgba: Vec<u8> = (0..width * height)
        .flat_map(|pixel| match pixel % width {
            100..200 => [255, 0, 0, 255],
            _ => [0, 255, 0, 255],
        })
        .collect();
    let input = input_from_rgba(&rgba, width, height).unwrap();
    let (red, rest) = input.split_at(SIDE * SIDE);
    assert!(values(red).all(|value| (value - 255.0).abs() < 1e-3));
    assert!(values(rest).all(|value| value.abs() < 1e-3));
}

#[test]
fn pictures_too_small_and_too_large_are_refused() {
    for (width, height) in [(1, 1), (0, 0), (MIN_SIDE - 1, 500)] {
        let error = Crop::centred(width, height).unwrap_err();
        assert_eq!(error.code(), "picture_too_small");
        assert!(error.to_string().contains(&format!("{width} x {height}")));
    }
    for (width, height) in [
        (20_000, 20_000),
        (MAX_PIXELS + 1, MIN_SIDE),
        (usize::MAX, 8),
    ] {
        let code = Crop::centred(width, height).unwrap_err().code();
        assert_eq!(code, "picture_too_large");
    }
    assert_eq!(Crop::centred(20_000, 100).unwrap().side, 100);
}

#[test]
fn pixels_that_do_not_fill_the_picture_are_an_error() {
    let error = input_from_rgba(&[0; 10], 20, 20).unwrap_err();
    assert!(matches!(error, Error::PictureUnreadable(_)));
}

#[test]
fn a_resizer_refuses_rows_too_many_too_few_and_of_another_length() {
    let mut resizer = Resizer::new(8);
    assert!(resizer.push_row(&[0; 8]).is_err());
    for _ in 0..8 {
        resizer.push_row(&[0; 32]).unwrap();
    }
    assert!(resizer.push_row(&[0; 32]).is_err());
    assert!(resizer.finish().is_ok());

    let mut short = Resizer::new(8);
    short.push_row(&[0; 32]).unwrap();
    assert_eq!(short.finish().unwrap_err().code(), "picture_unreadable");
}
