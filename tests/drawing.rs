//! Does a drawing, from a pad or a photo, become ink as Omniglot's?
#![allow(clippy::unwrap_used)]

use kshot::characters::Characters;
use kshot::frame::drawing::{Ink, Luminance, SIDE, WORKING_SIDE, ink_from_rgba};

const PICTURE: usize = 300;

/// A picture by a function of column and row, grey values 0 to 255.
fn picture(value: impl Fn(usize, usize) -> f32) -> Vec<u8> {
    (0..PICTURE * PICTURE)
        .flat_map(|at| {
            let grey = value(at % PICTURE, at / PICTURE).round().clamp(0.0, 255.0) as u8;
            [grey, grey, grey, 255]
        })
        .collect()
}

fn ink(rgba: &[u8]) -> Ink {
    ink_from_rgba(rgba, PICTURE, PICTURE).unwrap()
}

fn pixels(ink: &Ink) -> Vec<(usize, usize)> {
    let on = ink.iter().enumerate().filter(|(_, value)| **value == 1);
    on.map(|(at, _)| (at % SIDE, at / SIDE)).collect()
}

/// Black, `thick` pixels wide, on white: a line from (50, 150) to (250, 150).
fn line(thick: usize) -> impl Fn(usize, usize) -> f32 {
    move |x, y| {
        let inside = (50..250).contains(&x) && y.abs_diff(150) * 2 <= thick;
        if inside { 0.0 } else { 255.0 }
    }
}

#[test]
fn a_line_of_any_thickness_is_eighteen_pixels_long_two_thick_and_in_the_middle() {
    // The middle line is 16 long, from 5.5 to 21.5, at 13.5; ink is what lies within 1.05.
    let expected: Vec<_> = [13, 14]
        .into_iter()
        .flat_map(|y| (5..=22).map(move |x| (x, y)))
        .collect();
    for thick in [4, 10, 25] {
        assert_eq!(
            pixels(&ink(&picture(line(thick)))),
            expected,
            "{thick} thick"
        );
    }
}

#[test]
fn a_dot_is_the_four_pixels_in_the_middle() {
    let dot = picture(|x, y| {
        let near = x.abs_diff(90).pow(2) + y.abs_diff(40).pow(2) <= 64;
        if near { 0.0 } else { 255.0 }
    });
    assert_eq!(pixels(&ink(&dot)), [(13, 13), (14, 13), (13, 14), (14, 14)]);
}

#[test]
fn a_tall_drawing_is_scaled_by_its_height_and_keeps_its_shape() {
    // A T: 200 high, 100 wide. Scaled by its height, its bar is 8 long.
    let letter = picture(|x, y| {
        let bar = (100..200).contains(&x) && y.abs_diff(50) <= 4;
        let stem = x.abs_diff(150) <= 4 && (50..250).contains(&y);
        if bar || stem { 0.0 } else { 255.0 }
    });
    let on = pixels(&ink(&letter));
    let range = |values: Vec<usize>| (*values.iter().min().unwrap(), *values.iter().max().unwrap());
    let (top, bottom) = range(on.iter().map(|pixel| pixel.1).collect());
    assert!(bottom - top + 1 == 18, "rows {top} to {bottom}");
    let (left, right) = range(on.iter().map(|pixel| pixel.0).collect());
    assert!(
        (9..=11).contains(&(right - left + 1)),
        "columns {left} to {right}"
    );
}

#[test]
fn chalk_on_a_board_is_ink_as_a_pen_on_paper_is() {
    let dark = line(10);
    let board = picture(|x, y| 230.0 - dark(x, y) * 0.8);
    assert_eq!(ink(&board), ink(&picture(line(10))));
}

#[test]
fn uneven_light_leaves_no_ink_and_takes_none() {
    // From 40 in one corner to 240 in the other: the ink in the light is brighter than the
    // paper in the dark.
    let pen = line(10);
    let lit = picture(|x, y| {
        let light = 40.0 + 200.0 * (x + y) as f32 / (2 * PICTURE) as f32;
        if pen(x, y) == 0.0 { light * 0.5 } else { light }
    });
    assert_eq!(ink(&lit), ink(&picture(line(10))));
}

#[test]
fn specks_and_what_runs_out_of_the_picture_are_left_out() {
    let pen = line(10);
    let messy = picture(|x, y| {
        let speck = (x == 20 || x == 21) && (y == 30 || y == 31);
        // The edge of a table under the paper.
        let table = y > 285;
        if speck || table { 60.0 } else { pen(x, y) }
    });
    assert_eq!(ink(&messy), ink(&picture(line(10))));
}

#[test]
fn what_is_transparent_is_paper() {
    let mut rgba = picture(line(10));
    for pixel in rgba.chunks_exact_mut(4).filter(|pixel| pixel[0] == 255) {
        pixel.copy_from_slice(&[0, 0, 0, 0]);
    }
    assert_eq!(ink(&rgba), ink(&picture(line(10))));
}

#[test]
fn a_large_photo_is_reduced_and_gives_the_same_ink() {
    let side = WORKING_SIDE * 3;
    let mut photo = Luminance::new(side, side).unwrap();
    let pen = line(10);
    let small = |at: usize| at * PICTURE / side;
    for y in 0..side {
        let row: Vec<u8> = (0..side)
            .flat_map(|x| [pen(small(x), small(y)) as u8; 3].into_iter().chain([255]))
            .collect();
        photo.push_row(&row).unwrap();
    }
    assert_eq!(photo.finish().unwrap(), ink(&picture(line(10))));
}

#[test]
fn a_picture_without_a_drawing_is_refused() {
    for paper in [255.0, 128.0, 0.0] {
        let error = ink_from_rgba(&picture(|_, _| paper), PICTURE, PICTURE).unwrap_err();
        assert_eq!(error.code(), "drawing_empty");
    }
    // Light that changes slowly is no drawing either.
    let wall = picture(|x, _| 100.0 + x as f32 / 4.0);
    let error = ink_from_rgba(&wall, PICTURE, PICTURE).unwrap_err();
    assert_eq!(error.code(), "drawing_empty");
}

#[test]
fn pictures_too_small_too_large_and_not_whole_are_refused() {
    let code = |width, height| Luminance::new(width, height).err().unwrap().code();
    assert_eq!(code(3, 100), "picture_too_small");
    assert_eq!(code(20_000, 20_000), "picture_too_large");
    assert_eq!(code(usize::MAX, 8), "picture_too_large");
    let mut picture = Luminance::new(10, 10).unwrap();
    assert!(picture.push_row(&[255; 39]).is_err());
    picture.push_row(&[255; 40]).unwrap();
    assert_eq!(picture.finish().unwrap_err().code(), "picture_unreadable");
}

/// An Omniglot drawing enlarged: `paper` and `pen` give the brightness where there is none and
/// where there is ink.
fn enlarge(ink: &Ink, grey: impl Fn(usize, usize, f32) -> f32) -> Vec<u8> {
    let at = |x: i32, y: i32| match (usize::try_from(x), usize::try_from(y)) {
        (Ok(x), Ok(y)) if x < SIDE && y < SIDE => f32::from(ink[y * SIDE + x]),
        _ => 0.0,
    };
    picture(|x, y| {
        let place = |value: usize| (value as f32 + 0.5) * SIDE as f32 / PICTURE as f32 - 0.5;
        let (fx, fy) = (place(x), place(y));
        let (left, top) = (fx.floor(), fy.floor());
        let (dx, dy) = (fx - left, fy - top);
        let (left, top) = (left as i32, top as i32);
        let upper = at(left, top) * (1.0 - dx) + at(left + 1, top) * dx;
        let lower = at(left, top + 1) * (1.0 - dx) + at(left + 1, top + 1) * dx;
        let coverage = upper * (1.0 - dy) + lower * dy;
        grey(x, y, ((coverage - 0.5) * 6.0 + 0.5).clamp(0.0, 1.0))
    })
}

/// The ink that both have, as a part of what either has.
fn overlap(a: &Ink, b: &Ink) -> f32 {
    let both = a.iter().zip(b).filter(|(a, b)| **a & **b == 1).count();
    let either = a.iter().zip(b).filter(|(a, b)| **a | **b == 1).count();
    both as f32 / either as f32
}

/// `b` moved to where it fits `a` best: Omniglot's drawings are not in the middle.
fn best_overlap(a: &Ink, b: &Ink) -> f32 {
    let shifted = |dx: i32, dy: i32| {
        let mut moved = [0; SIDE * SIDE];
        for (x, y) in pixels(b) {
            let (x, y) = (x as i32 + dx, y as i32 + dy);
            if (0..SIDE as i32).contains(&x) && (0..SIDE as i32).contains(&y) {
                moved[y as usize * SIDE + x as usize] = 1;
            }
        }
        overlap(a, &moved)
    };
    let shifts = (-8..=8).flat_map(|dx| (-8..=8).map(move |dy| (dx, dy)));
    shifts.map(|(dx, dy)| shifted(dx, dy)).fold(0.0, f32::max)
}

/// Every fortieth drawing of the sample characters.
fn omniglot() -> Vec<Ink> {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/weights/omniglot-test.characters"
    );
    let characters = Characters::shipped(&std::fs::read(file).unwrap()).unwrap();
    let all = (0..characters.len()).flat_map(|c| (0..characters.drawers()).map(move |d| (c, d)));
    all.step_by(40)
        .map(|(character, drawer)| characters.ink(character, drawer).unwrap())
        .collect()
}

#[test]
fn omniglots_own_drawings_come_back_nearly_the_same_from_a_pad_and_from_a_photo() {
    let mut random = 1u64;
    let mut noise = || {
        // Three uniform numbers: xorshift (Marsaglia 2003), enough for the grain of a camera.
        (0..3)
            .map(|_| {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                (random >> 40) as f32 / (1u64 << 24) as f32 - 0.5
            })
            .sum::<f32>()
    };
    let drawings = omniglot();
    let (mut pads, mut photos, mut sized) = (Vec::new(), Vec::new(), Vec::new());
    let (mut before, mut after) = (0, 0);
    for drawing in &drawings {
        let pad = ink(&enlarge(drawing, |_, _, coverage| 255.0 * (1.0 - coverage)));
        let grain: Vec<f32> = (0..PICTURE * PICTURE).map(|_| 16.0 * noise()).collect();
        let photo = ink(&enlarge(drawing, |x, y, coverage| {
            let light = 120.0 + 110.0 * (x as f32 + 0.6 * y as f32) / (1.6 * PICTURE as f32);
            light * (1.0 - 0.65 * coverage) + grain[y * PICTURE + x]
        }));
        photos.push(overlap(&pad, &photo));
        pads.push(best_overlap(&pad, drawing));
        // Those that have Omniglot's usual size are not scaled.
        let side =
            |values: Vec<usize>| values.iter().max().unwrap() - values.iter().min().unwrap() + 1;
        let on = pixels(drawing);
        let extent =
            side(on.iter().map(|p| p.0).collect()).max(side(on.iter().map(|p| p.1).collect()));
        if extent == 18 {
            sized.push(best_overlap(&pad, drawing));
        }
        before += on.len();
        after += pixels(&pad).len();
    }
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
    assert!(drawings.len() > 200 && sized.len() > 10);
    // Measured: 0.94, 0.80, 1.03 and 0.55. A stroke is two pixels wide, so half a pixel to the
    // side leaves an overlap of 0.6.
    assert!(mean(&photos) > 0.9, "photo against pad: {}", mean(&photos));
    assert!(
        mean(&sized) > 0.75,
        "pad against Omniglot: {}",
        mean(&sized)
    );
    let share = after as f32 / before as f32;
    assert!((0.9..1.1).contains(&share), "ink after / before: {share}");
    assert!(mean(&pads) > 0.5, "of any size: {}", mean(&pads));
}
