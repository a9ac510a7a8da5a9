//! Does a `.kshot` file bring back what was written, to the last bit, and nothing else?
#![allow(clippy::unwrap_used)]

use kshot::Error;
use kshot::classifier::Settings;
use kshot::enrollment::{
    CHECKSUM_BYTES, Enrolled, Enrollment, HEADER_BYTES, Kind, MAX_DIMENSIONS, MAX_FILE_BYTES,
    MAX_FILE_SHOTS, MAX_THUMBNAIL_BYTES, Shot, Thumbnail, VERSION,
};
use kshot::method::Metric;
use kshot::method::choice::Choice;
use kshot::method::comparison::Comparison;
use kshot::support::{MAX_CLASSES, MAX_NAME_BYTES, MAX_SHOTS};
use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt, SeedableRng};
use sha2::{Digest, Sha256};

const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0 a picture";
const PNG: &[u8] = b"\x89PNG\r\n\x1A\n another";
const WEBP: &[u8] = b"RIFF\x08\0\0\0WEBPVP8 ";

// Offsets of the layout in the module's documentation.
const AT_VERSION: usize = 8;
const AT_KIND: usize = 10;
const AT_METHOD: usize = 11;
const AT_METRIC: usize = 12;
const AT_FLAGS: usize = 13;
const AT_DIMENSIONS: usize = 14;
const AT_TEMPERATURE: usize = 16;
const AT_THRESHOLD: usize = 20;
const AT_CLASSES: usize = 24;
const AT_SHOTS: usize = 28;
const AT_LENGTH: usize = 32;
const AT_EMBEDDER: usize = 40;

fn shot(embedding: &[f32], thumbnail: Option<&'static [u8]>) -> Shot<'static> {
    Shot {
        embedding: embedding.to_vec(),
        thumbnail: thumbnail.map(|bytes| Thumbnail::new(bytes).unwrap()),
    }
}

fn class(name: &str, shots: Vec<Shot<'static>>) -> Enrolled<'static> {
    Enrolled {
        name: name.into(),
        enabled: true,
        shots,
    }
}

/// Two classes, three shots of two dimensions.
fn small() -> Enrollment<'static> {
    Enrollment {
        kind: Kind::Objects,
        embedder: [7; 32],
        dimensions: 2,
        settings: Settings {
            method: Comparison::Prototypical.into(),
            temperature: Some(0.25),
            ..Settings::default()
        },
        classes: vec![
            class(
                "mug",
                vec![shot(&[0.6, 0.8], Some(JPEG)), shot(&[1.0, 0.0], None)],
            ),
            class(
                "键",
                vec![shot(&[-0.0, f32::MIN_POSITIVE / 4.0], Some(PNG))],
            ),
        ],
    }
}

/// Puts bytes into a file and makes its checksum fit again.
fn patch(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = small().write().unwrap();
    file[at..at + bytes.len()].copy_from_slice(bytes);
    seal(file)
}

fn seal(mut file: Vec<u8>) -> Vec<u8> {
    let end = file.len() - CHECKSUM_BYTES;
    let checksum = Sha256::digest(&file[..end]);
    file[end..].copy_from_slice(&checksum);
    file
}

fn code(file: &[u8]) -> &'static str {
    Enrollment::read(file).map_or_else(|error| error.code(), |_| "read")
}

/// Two that agree to the last bit, which `==` of floats does not say: 0 and -0 are equal.
fn bits(enrollment: &Enrollment<'_>) -> Vec<u32> {
    let shots = enrollment.classes.iter().flat_map(|class| &class.shots);
    let values = shots.flat_map(|shot| &shot.embedding);
    values.map(|value| value.to_bits()).collect()
}

fn random(rng: &mut ChaCha8Rng) -> Enrollment<'static> {
    let dimensions = rng.random_range(1..40);
    let mut finite = || loop {
        let value = f32::from_bits(rng.next_u32());
        if value.is_finite() {
            return value;
        }
    };
    let values: Vec<f32> = (0..4_000).map(|_| finite()).collect();
    let mut values = values.into_iter().cycle();
    let letters = ["a", "é", "杯", "🎈", " ", "\u{200D}", "'"];
    let classes = (0..rng.random_range(0..6))
        .map(|number| Enrolled {
            name: (0..rng.random_range(0..9))
                .map(|_| letters[rng.random_range(0..letters.len())])
                .fold(format!("n{number}"), |name, letter| name + letter)
                .trim()
                .into(),
            enabled: rng.random(),
            shots: (0..rng.random_range(0..9))
                .map(|_| Shot {
                    embedding: values.by_ref().take(dimensions).collect(),
                    thumbnail: [None, Some(JPEG), Some(PNG), Some(WEBP)][rng.random_range(0..4)]
                        .map(|bytes| Thumbnail::new(bytes).unwrap()),
                })
                .collect(),
        })
        .collect();
    let mut set = |low, high| rng.random::<bool>().then(|| rng.random_range(low..high));
    let (temperature, threshold) = (set(1e-6_f32, 9.0), set(-1.0, 1.0));
    Enrollment {
        kind: Kind::ALL[rng.random_range(0..3)],
        embedder: rng.random(),
        dimensions,
        settings: Settings {
            method: Choice::ALL[rng.random_range(0..9)],
            metric: Metric::ALL[rng.random_range(0..2)],
            temperature,
            threshold,
        },
        classes,
    }
}

#[test]
fn what_is_written_is_read_to_the_last_bit() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    for _ in 0..500 {
        let written = random(&mut rng);
        let file = written.write().unwrap();
        let read = Enrollment::read(&file).unwrap();
        assert_eq!(read, written);
        assert_eq!(bits(&read), bits(&written));
        assert_eq!(read.write().unwrap(), file, "and the same bytes again");
    }
}

#[test]
fn a_file_is_laid_out_as_it_is_documented() {
    let file = small().write().unwrap();
    assert_eq!(file[..8], *b"\x89KSHOT\r\n");
    assert_eq!(file[AT_VERSION..AT_DIMENSIONS], [1, 0, 0, 0, 0, 0b01]);
    assert_eq!(file[AT_DIMENSIONS..AT_TEMPERATURE], [2, 0]);
    assert_eq!(file[AT_TEMPERATURE..AT_THRESHOLD], 0.25_f32.to_le_bytes());
    assert_eq!(file[AT_THRESHOLD..AT_CLASSES], [0; 4]);
    assert_eq!(file[AT_CLASSES..AT_LENGTH], [2, 0, 0, 0, 3, 0, 0, 0]);
    assert_eq!(
        file[AT_LENGTH..AT_EMBEDDER],
        (file.len() as u64).to_le_bytes()
    );
    assert_eq!(file[AT_EMBEDDER..HEADER_BYTES], [7; 32]);
    let mut rest = vec![1, 3, 0, b'm', b'u', b'g', 2, 0, 0, 0];
    rest.extend([1, 3, 0]);
    rest.extend("键".bytes());
    rest.extend([1, 0, 0, 0]);
    for value in [0.6, 0.8, 1.0, 0.0, -0.0, f32::MIN_POSITIVE / 4.0] {
        rest.extend(value.to_le_bytes());
    }
    for thumbnail in [JPEG, &[], PNG] {
        rest.extend((thumbnail.len() as u32).to_le_bytes());
        rest.extend(thumbnail);
    }
    assert_eq!(file[HEADER_BYTES..file.len() - CHECKSUM_BYTES], rest);
}

#[test]
fn a_file_that_ends_early_is_refused_wherever_it_ends() {
    let file = small().write().unwrap();
    for length in 0..file.len() {
        let expected = if length < 8 {
            "file_not_kshot"
        } else {
            "file_cut_off"
        };
        assert_eq!(code(&file[..length]), expected, "after {length} bytes");
    }
}

#[test]
fn a_file_with_any_bit_flipped_is_refused() {
    let file = small().write().unwrap();
    for bit in 0..file.len() * 8 {
        let mut flipped = file.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let told = code(&flipped);
        let may = match bit / 8 {
            0..8 => &["file_not_kshot"][..],
            AT_VERSION..AT_KIND => &["file_version"],
            AT_DIMENSIONS..AT_TEMPERATURE | AT_CLASSES..AT_LENGTH => {
                &["file_damaged", "file_too_large", "file_invalid"]
            }
            AT_LENGTH..AT_EMBEDDER => &["file_cut_off", "file_damaged", "file_too_large"],
            _ => &["file_damaged"],
        };
        assert!(may.contains(&told), "bit {bit}: {told}");
    }
}

#[test]
fn a_file_that_goes_on_after_its_end_is_refused() {
    let mut file = small().write().unwrap();
    file.push(0);
    assert_eq!(code(&file), "file_damaged");
    // The same with a length and a checksum that fit.
    let mut file = small().write().unwrap();
    let end = file.len() - CHECKSUM_BYTES;
    file.insert(end, 0);
    let length = file.len() as u64;
    file[AT_LENGTH..AT_EMBEDDER].copy_from_slice(&length.to_le_bytes());
    assert_eq!(code(&seal(file)), "file_invalid");
}

#[test]
fn anything_else_is_no_kshot_file() {
    assert_eq!(code(b""), "file_not_kshot");
    assert_eq!(code(JPEG), "file_not_kshot");
    assert_eq!(code(b"PK\x03\x04"), "file_not_kshot");
    // A copy that turned line ends.
    let file = small().write().unwrap();
    let turned: Vec<u8> = file.iter().copied().filter(|byte| *byte != b'\r').collect();
    assert_eq!(code(&turned), "file_not_kshot");
}

#[test]
fn another_version_is_refused_by_its_number() {
    let file = patch(AT_VERSION, &2_u16.to_le_bytes());
    assert_eq!(Enrollment::read(&file), Err(Error::FileVersion(2)));
    assert_eq!(
        code(&patch(AT_VERSION, &(VERSION - 1).to_le_bytes())),
        "file_version"
    );
}

#[test]
fn values_that_none_may_have_are_refused_though_the_checksum_fits() {
    for (what, at, bytes) in [
        ("an unknown kind", AT_KIND, &[3][..]),
        ("an unknown method", AT_METHOD, &[9]),
        ("an unknown metric", AT_METRIC, &[2]),
        ("an unknown flag", AT_FLAGS, &[0b101]),
        ("no dimensions", AT_DIMENSIONS, &[0, 0]),
        ("a temperature of 0", AT_TEMPERATURE, &0.0_f32.to_le_bytes()),
        (
            "a temperature of NaN",
            AT_TEMPERATURE,
            &f32::NAN.to_le_bytes(),
        ),
        (
            "a threshold that is not set",
            AT_THRESHOLD,
            &0.5_f32.to_le_bytes(),
        ),
        ("another number of shots", AT_SHOTS, &2_u32.to_le_bytes()),
        (
            "another number of classes",
            AT_CLASSES,
            &1_u32.to_le_bytes(),
        ),
        ("a class that is enabled by 2", HEADER_BYTES, &[2]),
        ("a name that is no UTF-8", HEADER_BYTES + 3, &[0xFF]),
        ("a name of white space", HEADER_BYTES + 3, b"   "),
        ("a name with white space around", HEADER_BYTES + 3, b"mu "),
        (
            "a name that reaches over the end",
            HEADER_BYTES + 1,
            &[0xFF, 0xFF],
        ),
    ] {
        assert_eq!(code(&patch(at, bytes)), "file_invalid", "{what}");
    }
    let threshold_of_2 = {
        let mut file = patch(AT_THRESHOLD, &2.0_f32.to_le_bytes());
        file[AT_FLAGS] = 0b11;
        seal(file)
    };
    assert_eq!(code(&threshold_of_2), "file_invalid");
}

#[test]
fn embeddings_that_are_not_finite_are_neither_read_nor_written() {
    let embeddings = HEADER_BYTES + 20;
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        assert_eq!(
            code(&patch(embeddings, &value.to_le_bytes())),
            "file_invalid"
        );
        let mut enrollment = small();
        enrollment.classes[1].shots[0].embedding[1] = value;
        assert_eq!(enrollment.write().unwrap_err().code(), "file_invalid");
    }
}

#[test]
fn thumbnails_that_are_no_pictures_are_neither_read_nor_written() {
    for bytes in [
        &b"<svg></svg>"[..],
        b"GIF89a",
        b"RIFF\0\0\0\0WAVE",
        b"\xFF\xD8",
    ] {
        assert_eq!(Thumbnail::new(bytes).unwrap_err().code(), "file_invalid");
    }
    let first = HEADER_BYTES + 20 + 24 + 4;
    assert_eq!(code(&patch(first, b"GIF")), "file_invalid");
    assert_eq!(
        code(&patch(first - 4, &u32::MAX.to_le_bytes())),
        "file_invalid"
    );
    let types = [JPEG, PNG, WEBP].map(|bytes| Thumbnail::new(bytes).unwrap().media_type());
    assert_eq!(types, ["image/jpeg", "image/png", "image/webp"]);
}

#[test]
fn embeddings_of_another_length_are_not_written() {
    let mut enrollment = small();
    enrollment.classes[0].shots[1].embedding.push(0.0);
    assert_eq!(enrollment.write().unwrap_err().code(), "file_invalid");
}

#[test]
fn each_limit_is_held_when_reading_and_when_writing() {
    let over = |most: usize| (most as u32 + 1).to_le_bytes();
    for (what, file) in [
        ("classes", patch(AT_CLASSES, &over(MAX_CLASSES))),
        ("shots", patch(AT_SHOTS, &over(MAX_FILE_SHOTS))),
        (
            "dimensions",
            patch(AT_DIMENSIONS, &over(MAX_DIMENSIONS)[..2]),
        ),
        (
            "bytes",
            patch(AT_LENGTH, &(MAX_FILE_BYTES as u64 + 1).to_le_bytes()),
        ),
        (
            "shots of a class",
            patch(HEADER_BYTES + 6, &over(MAX_SHOTS)),
        ),
    ] {
        assert_eq!(code(&file), "file_too_large", "{what}");
    }
    let with = |change: &dyn Fn(&mut Enrollment<'static>)| {
        let mut enrollment = small();
        enrollment.dimensions = 1;
        enrollment.classes = vec![class("a", vec![shot(&[1.0], None)])];
        change(&mut enrollment);
        enrollment
            .write()
            .map_or_else(|error| error.code(), |_| "written")
    };
    let shots = |count| vec![shot(&[1.0], None); count];
    assert_eq!(
        with(&|e| e.classes = vec![class("a", vec![]); MAX_CLASSES]),
        "written"
    );
    assert_eq!(
        with(&|e| e.classes = vec![class("a", vec![]); MAX_CLASSES + 1]),
        "file_too_large"
    );
    assert_eq!(with(&|e| e.classes[0].shots = shots(MAX_SHOTS)), "written");
    assert_eq!(
        with(&|e| e.classes[0].shots = shots(MAX_SHOTS + 1)),
        "file_too_large"
    );
    let per_class = MAX_FILE_SHOTS / 10;
    assert_eq!(
        with(&|e| e.classes = vec![class("a", shots(per_class)); 10]),
        "written"
    );
    assert_eq!(
        with(&|e| {
            e.classes = vec![class("a", shots(per_class)); 10];
            e.classes.push(class("b", shots(1)));
        }),
        "file_too_large"
    );
    assert_eq!(
        with(&|e| e.dimensions = MAX_DIMENSIONS + 1),
        "file_too_large"
    );
    assert_eq!(with(&|e| e.dimensions = 0), "file_invalid");
    assert_eq!(
        with(&|e| e.classes[0].name = "n".repeat(MAX_NAME_BYTES)),
        "written"
    );
    assert_eq!(
        with(&|e| e.classes[0].name = "n".repeat(MAX_NAME_BYTES + 1)),
        "file_invalid"
    );
    let mut picture = JPEG.to_vec();
    picture.resize(MAX_THUMBNAIL_BYTES, 0);
    assert!(Thumbnail::new(&picture).is_ok());
    picture.push(0);
    assert_eq!(
        Thumbnail::new(&picture).unwrap_err().code(),
        "file_too_large"
    );
}

#[test]
fn a_file_over_the_largest_size_is_not_written() {
    let mut picture = JPEG.to_vec();
    picture.resize(MAX_THUMBNAIL_BYTES, 0);
    let thumbnail = Thumbnail::new(&picture).unwrap();
    let mut enrollment = Enrollment {
        dimensions: 1,
        ..small()
    };
    let shot = Shot {
        embedding: vec![1.0],
        thumbnail: Some(thumbnail),
    };
    let count = MAX_FILE_BYTES / MAX_THUMBNAIL_BYTES;
    enrollment.classes = vec![Enrolled {
        name: "a".into(),
        enabled: true,
        shots: vec![shot; count],
    }];
    assert_eq!(enrollment.write().unwrap_err().code(), "file_too_large");
}
