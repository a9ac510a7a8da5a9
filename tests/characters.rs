//! Is the file of sample characters read whole, and refused where it is not?
#![allow(clippy::unwrap_used)]

use kshot::characters::{Alphabet, Characters, DRAWING_BYTES};
use kshot::episode::Shape;

fn file() -> Vec<u8> {
    std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/weights/omniglot-test.characters"
    ))
    .unwrap()
}

fn small() -> Characters {
    let alphabet = |name: &str, characters| Alphabet {
        name: name.into(),
        characters,
    };
    // Each drawing is known by its first byte.
    let bits = (0..10u8)
        .flat_map(|place| std::iter::once(place).chain(std::iter::repeat_n(0, DRAWING_BYTES - 1)))
        .collect();
    Characters::new(vec![alphabet("A", 2), alphabet("Б", 3)], 2, bits).unwrap()
}

#[test]
fn the_shipped_file_has_vinyals_test_split() {
    let characters = Characters::shipped(&file()).unwrap();
    // arXiv 1606.04080, section 4.1.1: 1,623 characters, 1,200 of them to train on.
    assert_eq!((characters.len(), characters.drawers()), (423, 20));
    assert_eq!(characters.alphabets().len(), 13);
    assert_eq!(characters.name(0), Some(("Gurmukhi", 1)));
    assert_eq!(characters.name(422), Some(("ULOG", 26)));
    assert_eq!(characters.name(423), None);
    for character in [0, 200, 422] {
        let ink = characters.ink(character, 19).unwrap();
        let on = ink.iter().filter(|value| **value == 1).count();
        assert!(
            (10..400).contains(&on),
            "character {character}: {on} pixels"
        );
    }
    assert_eq!(characters.ink(423, 0), None);
    assert_eq!(characters.ink(0, 20), None);
}

#[test]
fn bits_are_read_from_the_most_significant_down() {
    let characters = small();
    // Character 3, second drawer: place 7, 0b0000_0111.
    let ink = characters.ink(3, 1).unwrap();
    assert_eq!(ink[..9], [0, 0, 0, 0, 0, 1, 1, 1, 0]);
    assert_eq!(characters.name(3), Some(("Б", 2)));
}

#[test]
fn a_file_is_written_as_it_was_read() {
    let bytes = small().to_bytes();
    assert_eq!(Characters::from_bytes(&bytes).unwrap(), small());
    assert_eq!(Characters::shipped(&file()).unwrap().to_bytes(), file());
}

#[test]
fn damaged_files_are_refused() {
    let whole = small().to_bytes();
    for length in 0..whole.len() {
        let error = Characters::from_bytes(&whole[..length]).unwrap_err();
        assert_eq!(error.code(), "characters_damaged", "{length} bytes");
    }
    let mut long = whole.clone();
    long.push(0);
    assert!(Characters::from_bytes(&long).is_err());
    // Every byte of the header turned round: an error, or another file, but never a panic.
    for at in 0..whole.len() - 10 * DRAWING_BYTES {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xff;
        let _ = Characters::from_bytes(&damaged);
    }
    let mut turned = file();
    turned[400_000] ^= 1;
    assert_eq!(
        Characters::shipped(&turned).unwrap_err().code(),
        "characters_damaged"
    );
    assert!(Characters::new(Vec::new(), 20, Vec::new()).is_err());
}

#[test]
fn episodes_of_an_alphabet_stay_within_it_and_are_always_the_same() {
    let characters = Characters::shipped(&file()).unwrap();
    let shape = Shape {
        way: 5,
        shot: 2,
        queries: 3,
    };
    for alphabet in 1..characters.alphabets().len() {
        let name = characters.alphabets()[alphabet].name.as_str();
        let episode = characters.episode(shape, Some(alphabet), 7, 3).unwrap();
        for class in &episode.classes {
            assert_eq!(characters.name(class.class).unwrap().0, name);
            let mut drawers = [class.support.clone(), class.queries.clone()].concat();
            drawers.sort_unstable();
            drawers.dedup();
            assert_eq!(drawers.len(), 5, "no drawing is shot and query");
        }
        assert_eq!(
            characters.episode(shape, Some(alphabet), 7, 3).unwrap(),
            episode
        );
    }
    assert!(
        characters.episode(shape, Some(13), 7, 0).is_err(),
        "no such alphabet"
    );
    assert!(
        characters.episode(shape, Some(0), 7, 0).is_err(),
        "Gurmukhi has four"
    );
}
