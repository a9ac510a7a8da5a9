//! Is Omniglot read whole, in one order, in splits that do not mix, and refused when damaged?
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use image::{GrayImage, ImageFormat, Luma};
use kshot::episode::{Sampler, Shape};
use training::omniglot::{Class, DRAWERS, Drawing, Omniglot, Split, characters};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const SPLITS: [Split; 3] = [Split::Train, Split::Validation, Split::Test];

/// A drawing that tells its character and its drawer: both in binary, a bit a pixel.
fn drawing(character: usize, drawer: usize) -> Drawing {
    Drawing::from_ink(|row, column| match row {
        4 => (character >> column.min(20)) & 1 == 1,
        8 => (drawer >> column.min(20)) & 1 == 1,
        12 => column < 14,
        _ => false,
    })
}

fn write_pack(folder: &Path) {
    let characters = characters().unwrap();
    let mut table = String::from("index,alphabet,character\n");
    let mut bytes = Vec::new();
    for (index, character) in characters.iter().enumerate() {
        table.push_str(&format!(
            "{index},{},{}\n",
            character.alphabet, character.name
        ));
        for drawer in 0..DRAWERS {
            bytes.extend(drawing(index, drawer).0);
        }
    }
    fs::write(folder.join("characters.csv"), table).unwrap();
    fs::write(folder.join("omniglot28_1bit.bin"), bytes).unwrap();
}

fn refusal(folder: &Path) -> String {
    format!("{:#}", Omniglot::open(folder).unwrap_err())
}

fn assert_drawn(class: &Class) {
    for (drawer, found) in class.drawings.iter().enumerate() {
        assert_eq!(
            *found,
            drawing(class.character, drawer).turned(class.quarters)
        );
    }
}

#[test]
fn a_pack_gives_every_drawing_in_its_four_rotations() {
    let folder = tempfile::tempdir().unwrap();
    write_pack(folder.path());
    let omniglot = Omniglot::open(folder.path()).unwrap();
    let counts = SPLITS.map(|split| omniglot.classes(split).len());
    assert_eq!(counts, [4 * 1028, 4 * 172, 4 * 423]);
    let mut seen = BTreeSet::new();
    for class in SPLITS.into_iter().flat_map(|split| omniglot.classes(split)) {
        assert_drawn(&class);
        assert!(seen.insert((class.character, class.quarters)));
    }
    assert_eq!(seen.len(), 4 * 1623);
}

#[test]
fn no_character_is_in_two_splits_and_no_episode_mixes_them() {
    let folder = tempfile::tempdir().unwrap();
    write_pack(folder.path());
    let omniglot = Omniglot::open(folder.path()).unwrap();
    let shape = Shape {
        way: 20,
        shot: 5,
        queries: 5,
    };
    let mut owner = vec![None; omniglot.characters().len()];
    for split in SPLITS {
        let classes = omniglot.classes(split);
        for class in &classes {
            let other = owner[class.character].replace(split);
            assert!(other.is_none_or(|other| other == split));
        }
        let counts = classes.iter().map(|class| class.drawings.len()).collect();
        let sampler = Sampler::new(counts, shape, 3).unwrap();
        let mut characters = BTreeSet::new();
        for number in 0..300 {
            let episode = sampler.draw(number);
            let outside = episode.unknown.iter().map(|(class, _)| *class);
            for class in episode
                .classes
                .iter()
                .map(|drawn| drawn.class)
                .chain(outside)
            {
                characters.insert(classes[class].character);
            }
        }
        for character in characters {
            assert_eq!(omniglot.characters()[character].split, split);
        }
    }
    assert!(owner.iter().all(Option::is_some));
}

#[test]
fn four_quarter_turns_are_none_and_one_turns_against_the_clock() {
    let corner = Drawing::from_ink(|row, column| row == 1 && column == 25);
    assert_eq!(corner.turned(4), corner);
    assert_eq!(corner.turned(1).turned(3), corner);
    assert!(corner.turned(1).has_ink(2, 1)); // from the upper right to the upper left
    assert_eq!(corner.ink().sum::<f32>(), 1.0);
    assert_eq!(corner.ink().position(|ink| ink == 1.0), Some(28 + 25));
}

/// A 105x105 picture of a drawing, black on white.
fn png(drawing: &Drawing) -> Vec<u8> {
    let scale = |place: u32| (f64::from(place) + 0.5) * 28.0 / 105.0;
    let picture = GrayImage::from_fn(105, 105, |x, y| {
        let ink = drawing.has_ink(scale(y) as usize, scale(x) as usize);
        Luma([if ink { 0 } else { 255 }])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Every file of an original set.
fn originals(background: bool) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for (index, character) in characters().unwrap().iter().enumerate() {
        if character.background == background {
            for drawer in 0..DRAWERS {
                let name = format!(
                    "{}/{}/{:04}_{:02}.png",
                    character.alphabet,
                    character.name,
                    index + 1,
                    drawer + 1
                );
                files.push((name, png(&drawing(index, drawer))));
            }
        }
    }
    files
}

fn write_zip(folder: &Path, set: &str, files: &[(String, Vec<u8>)]) {
    let file = File::create(folder.join(format!("{set}.zip"))).unwrap();
    let mut zip = ZipWriter::new(file);
    zip.add_directory(format!("{set}/"), SimpleFileOptions::default())
        .unwrap();
    for (name, bytes) in files {
        zip.start_file(format!("{set}/{name}"), SimpleFileOptions::default())
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

/// The original zip files, or folders in their place.
fn write_originals(folder: &Path, unpacked: bool) {
    for (set, background) in [("images_background", true), ("images_evaluation", false)] {
        let files = originals(background);
        if !unpacked {
            write_zip(folder, set, &files);
            continue;
        }
        for (name, bytes) in files {
            let path = folder.join(set).join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
}

#[test]
fn the_original_zip_files_and_their_folders_give_what_the_pack_gives() {
    for unpacked in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        write_originals(folder.path(), unpacked);
        let omniglot = Omniglot::open(folder.path()).unwrap();
        for split in SPLITS {
            omniglot.classes(split).iter().for_each(assert_drawn);
        }
    }
}

#[test]
fn a_zip_file_that_is_none_or_lacks_something_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = originals(true);
    write_zip(folder.path(), "images_background", &files);
    let error = refusal(folder.path());
    assert!(
        error.contains("images_evaluation.zip; both sets are needed"),
        "{error}"
    );

    let evaluation = folder.path().join("images_evaluation.zip");
    fs::write(&evaluation, "no zip file").unwrap();
    let error = refusal(folder.path());
    assert!(
        error.contains("is no zip file, or not all of one"),
        "{error}"
    );

    let others = originals(false);
    write_zip(folder.path(), "images_evaluation", &others);
    let whole = fs::read(&evaluation).unwrap();
    fs::write(&evaluation, &whole[..whole.len() / 2]).unwrap();
    let error = refusal(folder.path());
    assert!(
        error.contains("is no zip file, or not all of one"),
        "{error}"
    );
    fs::write(&evaluation, whole).unwrap();

    files[45].1 = b"no picture".to_vec();
    write_zip(folder.path(), "images_background", &files);
    let error = refusal(folder.path());
    assert!(error.contains("character03/0003_06.png"), "{error}");
    assert!(error.contains("is damaged"), "{error}");

    files.remove(45);
    write_zip(folder.path(), "images_background", &files);
    let error = refusal(folder.path());
    let expected = "images_background has 19 drawings of Arcadian/character03, expected 20";
    assert!(error.contains(expected), "{error}");

    files.retain(|(name, _)| !name.contains("Arcadian/character03"));
    write_zip(folder.path(), "images_background", &files);
    let error = refusal(folder.path());
    assert!(
        error.contains("has 0 drawings of Arcadian/character03"),
        "{error}"
    );
}

#[test]
fn a_damaged_pack_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write_pack(folder.path());
    let (bin, table) = (
        folder.path().join("omniglot28_1bit.bin"),
        folder.path().join("characters.csv"),
    );
    let (bytes, text) = (fs::read(&bin).unwrap(), fs::read_to_string(&table).unwrap());
    for size in [0, bytes.len() - 1, bytes.len() + 98] {
        let mut wrong = bytes.clone();
        wrong.resize(size, 0);
        fs::write(&bin, wrong).unwrap();
        let error = refusal(folder.path());
        assert!(
            error.contains(&format!("has {size} bytes, expected 3181080")),
            "{error}"
        );
    }
    fs::write(&bin, bytes).unwrap();

    fs::write(
        &table,
        text.replace("1,Arcadian,character02", "1,Arcadian,character99"),
    )
    .unwrap();
    let error = refusal(folder.path());
    let expected = "is Arcadian character99, expected Arcadian character02";
    assert!(error.contains(expected), "{error}");

    fs::write(&table, text.trim_end().rsplit_once('\n').unwrap().0).unwrap();
    let error = refusal(folder.path());
    assert!(
        error.contains("lists 1622 characters, Omniglot has 1623"),
        "{error}"
    );

    fs::write(&table, "name\nArcadian\n").unwrap();
    assert!(refusal(folder.path()).contains("columns alphabet and character"));

    fs::remove_file(&table).unwrap();
    assert!(refusal(folder.path()).contains("characters.csv, the table of"));
}

#[test]
fn without_omniglot_the_message_says_where_to_get_it() {
    let folder = tempfile::tempdir().unwrap();
    assert!(refusal(folder.path()).contains("https://github.com/brendenlake/omniglot"));
}
