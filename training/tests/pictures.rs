//! Are the pictures the ones that were meant, the right way up?
#![allow(clippy::unwrap_used)]

mod fixture;

use std::fs;
use std::path::Path;

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};
use moxcms::ColorProfile;
use training::decode::{Pixels, decode};
use training::pictures::PictureSet;
use training::split::SplitChoice;

/// Class and pixels of everything in a set.
fn pixels(set: &PictureSet) -> Vec<(String, Pixels)> {
    let mut all = Vec::new();
    for (class, pictures) in &set.classes {
        for picture in pictures {
            all.push((class.clone(), set.read(picture).unwrap()));
        }
    }
    all
}

#[test]
fn a_pack_and_a_folder_of_the_same_photos_give_the_same_pixels() {
    let folder = tempfile::tempdir().unwrap();
    let pack = PictureSet::open(&fixture::write_pack(folder.path())).unwrap();
    let photos = PictureSet::open(&fixture::photos()).unwrap();
    assert_eq!(photos.len(), 24);
    assert_eq!(photos.classes.len(), 6);
    assert_eq!(pixels(&pack), pixels(&photos));
}

#[test]
fn a_pack_is_found_with_either_extension_and_with_none() {
    let folder = tempfile::tempdir().unwrap();
    let pack = fixture::write_pack(folder.path());
    for path in [
        pack.clone(),
        pack.with_extension("csv"),
        pack.with_extension("bin"),
    ] {
        assert_eq!(
            PictureSet::open(&path).unwrap().len(),
            24,
            "{}",
            path.display()
        );
    }
}

#[test]
fn a_pack_may_have_a_dot_in_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let pack = fixture::write_pack(folder.path());
    for extension in ["csv", "bin"] {
        let dotted = folder.path().join(format!("things.v2.{extension}"));
        fs::rename(pack.with_extension(extension), dotted).unwrap();
    }
    assert_eq!(
        PictureSet::open(&folder.path().join("things.v2"))
            .unwrap()
            .len(),
        24
    );
}

#[test]
fn hidden_files_are_no_pictures_and_no_complaint() {
    let folder = tempfile::tempdir().unwrap();
    let copy = fixture::copy_photos(folder.path());
    fs::write(copy.join("lamp/.DS_Store"), "x").unwrap();
    fs::create_dir(copy.join(".git")).unwrap();
    let set = PictureSet::open(&copy).unwrap();
    assert_eq!(
        (set.len(), set.classes.len(), set.unreadable.len()),
        (24, 6, 0)
    );
}

/// An EXIF block with one entry, the orientation (0x0112).
fn exif(orientation: u8) -> Vec<u8> {
    let mut block = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    block.extend(b"\x01\x12\0\x03\0\0\0\x01\0");
    block.extend([orientation, 0, 0, 0, 0, 0, 0]);
    block
}

#[test]
fn a_photo_is_turned_upright_from_each_of_the_eight_orientations_of_exif() {
    let stored = fs::read(fixture::photo()).unwrap();
    let plain = decode(&stored).unwrap();
    let (w, h) = (plain.width - 1, plain.height - 1);
    let pixel = |of: &Pixels, (x, y): (usize, usize)| {
        let start = (y * of.width + x) * 4;
        of.rgba[start..start + 4].to_vec()
    };
    type Place = fn(usize, usize, usize, usize) -> (usize, usize);
    // Where the stored pixel (x, y) belongs (Exif 2.3, section 4.6.4, Orientation).
    let places: [Place; 8] = [
        |x, y, _, _| (x, y),
        |x, y, w, _| (w - x, y),
        |x, y, w, h| (w - x, h - y),
        |x, y, _, h| (x, h - y),
        |x, y, _, _| (y, x),
        |x, y, _, h| (h - y, x),
        |x, y, w, h| (h - y, w - x),
        |x, y, w, _| (y, w - x),
    ];
    for (orientation, place) in (1..).zip(places) {
        let turned = decode(&[&stored[..2], &exif(orientation), &stored[2..]].concat()).unwrap();
        let (right, bottom) = if orientation < 5 { (w, h) } else { (h, w) };
        assert_eq!((turned.width, turned.height), (right + 1, bottom + 1));
        for (x, y) in [(0, 0), (17, 5), (w, 0), (0, h), (w, h)] {
            assert_eq!(
                pixel(&turned, place(x, y, w, h)),
                pixel(&plain, (x, y)),
                "orientation {orientation}, pixel {x}, {y}"
            );
        }
    }
}

#[test]
fn a_photo_that_is_cut_off_is_refused_as_in_a_browser() {
    let whole = fs::read(fixture::photo()).unwrap();
    for end in [whole.len() / 2, whole.len() - 300, whole.len() - 1] {
        let error = decode(&whole[..end]).unwrap_err().to_string();
        assert!(error.contains("it is cut off"), "{end} bytes: {error}");
    }
    // A thumbnail has an end of its own, and what follows a picture is none of it.
    let thumbnail = b"\xff\xed\0\x06\xff\xd8\xff\xd9";
    let photo = [&whole[..2], thumbnail, &whole[2..], b"more"].concat();
    assert_eq!(decode(&photo).unwrap(), decode(&whole).unwrap());
    let end = photo.len() - 300;
    assert!(decode(&photo[..end]).is_err());
}

#[test]
fn a_colour_profile_is_applied_as_in_a_browser() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/photos");
    let rocket = decode(&fs::read(folder.join("rocket.png")).unwrap()).unwrap();
    // From Adobe RGB, [139, 132, 116] and so on, by Chromium's createImageBitmap.
    for (x, y, rgb) in [
        (112, 112, [143, 133, 116]),
        (40, 30, [18, 45, 82]),
        (150, 200, [97, 71, 69]),
        (55, 223, [255, 164, 0]),
    ] {
        let start = 4 * (224 * y + x);
        for (ours, browser) in rocket.rgba[start..start + 3].iter().zip(rgb) {
            assert!(ours.abs_diff(browser) <= 1, "{x}, {y}: {ours} {browser}");
        }
    }
}

#[test]
fn a_profile_of_another_kind_of_picture_or_a_damaged_one_is_passed_over() {
    let linear = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
    let middle = |colour, profile: &[u8]| {
        let channels = if colour == ExtendedColorType::L8 {
            1
        } else {
            3
        };
        let mut bytes = Vec::new();
        let mut encoder = PngEncoder::new(&mut bytes);
        encoder.set_icc_profile(profile.to_vec()).unwrap();
        let pixels = vec![128; 8 * 8 * channels];
        encoder.write_image(&pixels, 8, 8, colour).unwrap();
        decode(&bytes).unwrap().rgba[..4].to_vec()
    };
    // Linear to sRGB (IEC 61966-2-1).
    assert_eq!(middle(ExtendedColorType::L8, &linear), [188, 188, 188, 255]);
    let as_it_is = [128, 128, 128, 255];
    assert_eq!(middle(ExtendedColorType::Rgb8, &linear), as_it_is);
    assert_eq!(middle(ExtendedColorType::L8, &linear[..99]), as_it_is);
}

#[test]
fn a_picture_of_one_pixel_is_refused_by_size() {
    let one = image::RgbImage::new(1, 1);
    let mut bytes = std::io::Cursor::new(Vec::new());
    one.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    let error = decode(bytes.get_ref()).unwrap_err().to_string();
    assert!(error.contains("1 x 1 pixels"), "{error}");
}

#[test]
fn a_split_table_leaves_out_the_classes_of_other_splits() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("classes.csv");
    fs::write(
        &table,
        "wnid,name,suggested_split\nlamp,Lamp,train\nstapler,\"Stapler, metal\",test\n",
    )
    .unwrap();
    let of = |split: &str| SplitChoice {
        split_table: Some(table.clone()),
        split: Some(split.to_owned()),
    };
    let mut set = PictureSet::open(&fixture::photos()).unwrap();
    assert_eq!(set.keep_split(&of("train")).unwrap(), 1);
    assert!(set.classes.contains_key("lamp") && set.classes.contains_key("umbrella"));
    assert!(!set.classes.contains_key("stapler"));
    let error = set.keep_split(&of("trian")).unwrap_err().to_string();
    assert!(
        error.contains("no split trian; it has: test, train"),
        "{error}"
    );
}
