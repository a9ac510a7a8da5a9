//! The sample characters of the drawing page: Omniglot's test split, which no method was
//! trained on, as one small file.
//!
//! ```text
//! "KSHOTCHR"  version u32  alphabets u32              all numbers little-endian
//! then for each alphabet:  length u16  name, UTF-8  characters u16
//! drawers u16
//! then for each character, for each drawer:  28 x 28 bits, row-major, most significant bit
//!                                            first, ink is 1: 98 bytes
//! ```
//!
//! It refuses a file that is cut short, too long, or of another version; the page's own is
//! pinned by its SHA-256 besides.

use crate::embedder::conv4::SIDE;
use crate::episode::{Episode, Sampler, Shape};
use crate::error::Error;
use crate::frame::drawing::Ink;
use crate::weights::digest;

/// SHA-256 of `weights/omniglot-test.characters`, in hexadecimal, as `omniglot-samples` of the
/// training commands writes it.
pub const SHA256: &str = "96a9a9e0fd5696256ff7e953e4e8fb62917e0cb0a4cd61815b25941e9797ee65";

/// Bytes of a drawing.
pub const DRAWING_BYTES: usize = SIDE * SIDE / 8;

const MAGIC: &[u8; 8] = b"KSHOTCHR";
const VERSION: u32 = 1;

/// Most alphabets, characters of one and drawers that a file may name: more than any writing
/// system has, so that a damaged number cannot ask for all memory.
const MOST: usize = 10_000;

/// Some characters of one writing system, which stand together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alphabet {
    /// Its name.
    pub name: String,
    /// How many characters it has here.
    pub characters: usize,
}

/// Characters, each drawn by the same number of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Characters {
    alphabets: Vec<Alphabet>,
    drawers: usize,
    bits: Vec<u8>, // [characters, drawers, DRAWING_BYTES]
}

impl Characters {
    /// Puts characters together: `bits` has [`DRAWING_BYTES`] for each drawer of each
    /// character of each alphabet, in this order.
    ///
    /// # Errors
    /// [`Error::CharactersInvalid`] where the bits are too few or too many, there is nothing,
    /// or a number is beyond what the file can hold.
    pub fn new(alphabets: Vec<Alphabet>, drawers: usize, bits: Vec<u8>) -> Result<Self, Error> {
        let count: usize = alphabets.iter().map(|alphabet| alphabet.characters).sum();
        let sensible = alphabets.len() <= MOST
            && drawers <= MOST
            && alphabets
                .iter()
                .all(|one| one.characters <= MOST && one.name.len() <= MOST);
        if !sensible || count == 0 || drawers == 0 {
            return Err(invalid(format!(
                "{} alphabets, {count} characters, {drawers} drawers",
                alphabets.len()
            )));
        }
        let expected = count * drawers * DRAWING_BYTES;
        if bits.len() != expected {
            return Err(invalid(format!(
                "{} bytes of drawings, expected {expected}",
                bits.len()
            )));
        }
        Ok(Characters {
            alphabets,
            drawers,
            bits,
        })
    }

    /// Reads any file of this format.
    ///
    /// # Errors
    /// [`Error::CharactersInvalid`] where it is not whole, or is something else.
    ///
    /// ```
    /// use kshot::characters::{Alphabet, Characters, DRAWING_BYTES};
    ///
    /// let alphabets = vec![Alphabet { name: "Strokes".into(), characters: 2 }];
    /// let characters = Characters::new(alphabets, 1, vec![0xff; 2 * DRAWING_BYTES])?;
    /// let bytes = characters.to_bytes();
    /// assert_eq!(Characters::from_bytes(&bytes)?, characters);
    /// assert!(Characters::from_bytes(&bytes[..bytes.len() - 1]).is_err());
    /// # Ok::<(), kshot::Error>(())
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader(bytes);
        if reader.take(MAGIC.len())? != MAGIC {
            return Err(invalid("it is no file of characters"));
        }
        let version = reader.number::<4>()?;
        if version != VERSION as usize {
            return Err(invalid(format!("version {version}, expected {VERSION}")));
        }
        let count = reader.number::<4>()?;
        let mut alphabets = Vec::new();
        for _ in 0..count {
            let length = reader.number::<2>()?;
            let name = String::from_utf8(reader.take(length)?.to_vec())
                .map_err(|_| invalid("the name of an alphabet is not UTF-8"))?;
            let characters = reader.number::<2>()?;
            alphabets.push(Alphabet { name, characters });
        }
        let drawers = reader.number::<2>()?;
        Characters::new(alphabets, drawers, reader.0.to_vec())
    }

    /// Reads the file that this build was made for.
    ///
    /// # Errors
    /// [`Error::CharactersInvalid`] where its SHA-256 is not [`SHA256`].
    pub fn shipped(bytes: &[u8]) -> Result<Self, Error> {
        let found = digest(bytes);
        if found != SHA256 {
            return Err(invalid(format!("SHA-256 {found}, expected {SHA256}")));
        }
        Characters::from_bytes(bytes)
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend((self.alphabets.len() as u32).to_le_bytes());
        for alphabet in &self.alphabets {
            bytes.extend((alphabet.name.len() as u16).to_le_bytes());
            bytes.extend(alphabet.name.as_bytes());
            bytes.extend((alphabet.characters as u16).to_le_bytes());
        }
        bytes.extend((self.drawers as u16).to_le_bytes());
        bytes.extend(&self.bits);
        bytes
    }

    /// The alphabets, in the order of their characters.
    pub fn alphabets(&self) -> &[Alphabet] {
        &self.alphabets
    }

    /// How many drawings each character has.
    pub fn drawers(&self) -> usize {
        self.drawers
    }

    /// How many characters there are.
    pub fn len(&self) -> usize {
        self.bits.len() / (self.drawers * DRAWING_BYTES)
    }

    /// Never: there is at least one.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A drawing of a character, `[28 * 28]`; none where there is no such character or drawer.
    pub fn ink(&self, character: usize, drawer: usize) -> Option<Ink> {
        let start = (character * self.drawers + drawer) * DRAWING_BYTES;
        let bits = self.bits.get(start..start + DRAWING_BYTES)?;
        let mut ink = [0; SIDE * SIDE];
        for (at, pixel) in ink.iter_mut().enumerate() {
            *pixel = bits.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
        }
        (drawer < self.drawers).then_some(ink)
    }

    /// The alphabet of a character and its number within it, from 1.
    pub fn name(&self, character: usize) -> Option<(&str, usize)> {
        let mut first = 0;
        self.alphabets.iter().find_map(|alphabet| {
            let within = character.checked_sub(first)?;
            first += alphabet.characters;
            (within < alphabet.characters).then_some((alphabet.name.as_str(), within + 1))
        })
    }

    /// The episode of this number, of one alphabet or of all; its classes are characters.
    ///
    /// # Errors
    /// [`Error::SettingInvalid`] for an alphabet that there is not, and as [`Sampler::new`].
    pub fn episode(
        &self,
        shape: Shape,
        alphabet: Option<usize>,
        seed: u64,
        number: u64,
    ) -> Result<Episode, Error> {
        let (first, count) = match alphabet {
            None => (0, self.len()),
            Some(place) => {
                let chosen = self
                    .alphabets
                    .get(place)
                    .ok_or_else(|| Error::SettingInvalid {
                        name: "alphabet",
                        range: "one of those there are",
                        value: place.to_string(),
                    })?;
                let before = self.alphabets.iter().take(place);
                (before.map(|one| one.characters).sum(), chosen.characters)
            }
        };
        let mut episode = Sampler::new(vec![self.drawers; count], shape, seed)?.draw(number);
        for class in &mut episode.classes {
            class.class += first;
        }
        for (class, _) in &mut episode.unknown {
            *class += first;
        }
        Ok(episode)
    }
}

fn invalid(why: impl Into<String>) -> Error {
    Error::CharactersInvalid(why.into())
}

/// What is left of the file.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self
            .0
            .split_at_checked(count)
            .ok_or_else(|| invalid("it ends too early"))?;
        self.0 = rest;
        Ok(taken)
    }

    /// A little-endian number of `N` bytes.
    fn number<const N: usize>(&mut self) -> Result<usize, Error> {
        let bytes = self.take(N)?;
        Ok(bytes
            .iter()
            .rev()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
    }
}
