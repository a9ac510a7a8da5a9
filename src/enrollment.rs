//! The `.kshot` file: classes, shots, thumbnails and settings in one piece, read whole or refused.
//!
//! All numbers are little-endian. One file, from its first byte to its last:
//!
//! ```text
//! offset  bytes  what
//!      0      8  magic: 89 4B 53 48 4F 54 0D 0A, "\x89KSHOT\r\n"
//!      8      2  version, u16: 1
//!     10      1  kind: 0 objects, 1 faces, 2 drawings
//!     11      1  method: 0 prototypical, 1 siamese, 2 matching, 3 ridge, 4 matching with full context
//!                 embeddings, 5 relation, 6 imaginary data, 7 MANN, 8 SNAIL
//!     12      1  metric: 0 euclidean, 1 cosine
//!     13      1  flags: bit 0 a temperature is set, bit 1 a threshold is set, else 0
//!     14      2  dimensions of an embedding, u16, at least 1
//!     16      4  temperature, f32; 0 where none is set
//!     20      4  threshold, f32; 0 where none is set
//!     24      4  number of classes, u32
//!     28      4  number of shots of all classes, u32
//!     32      8  length of the whole file in bytes, u64
//!     40     32  SHA-256 of the weights of the embedder that made the embeddings
//!     72         classes, one after another:
//!                  1  enabled: 1 or 0
//!                  2  length of the name in bytes, u16
//!                  n  name, UTF-8
//!                  4  number of its shots, u32
//!              embeddings, f32 [shots, dimensions], in the order of the classes
//!              thumbnails, one a shot in the same order:
//!                  4  length in bytes, u32; 0 where there is none
//!                  n  a JPEG, PNG or WebP
//!    end-32     32  SHA-256 of everything before it
//! ```
//!
//! The magic is made as that of PNG: its first byte is no text, and a copy that turned line ends
//! is known by it. The checksum is SHA-256 and not CRC-32, because the crate has it anyway for the
//! weights, and no damage, however made, leaves it as it was.
//!
//! [`Enrollment::read`] looks in this order, and the first that is wrong is the error: magic
//! ([`Error::FileNotKshot`]), version ([`Error::FileVersion`]), size and counts
//! ([`Error::FileTooLarge`]), length ([`Error::FileCutOff`], or [`Error::FileDamaged`] where there
//! is more than it says), checksum ([`Error::FileDamaged`]), then every value
//! ([`Error::FileInvalid`]). What it gives can be trusted but for two things that only the reader
//! knows: whether kind, embedder and dimensions are its own, and whether its embeddings have to be
//! of length one.

use serde::{Deserialize, Serialize};

use crate::classifier::Settings;
use crate::error::Error;
use crate::support::{MAX_CLASSES, MAX_SHOTS};

mod reader;
mod writer;

/// The first bytes of every file.
pub const MAGIC: [u8; 8] = *b"\x89KSHOT\r\n";

/// The version that is written, and the only one that is read.
pub const VERSION: u16 = 1;

/// Bytes before the first class.
pub const HEADER_BYTES: usize = 72;

/// Bytes of the SHA-256 at the end.
pub const CHECKSUM_BYTES: usize = 32;

/// Largest file: what a phone's browser can hold beside the page. It is room for 20,000 shots
/// of 1280 dimensions with thumbnails of 20 KB.
pub const MAX_FILE_BYTES: usize = 512 << 20;

/// Most shots of all classes together; 100,000 embeddings of 1280 dimensions fill
/// [`MAX_FILE_BYTES`].
pub const MAX_FILE_SHOTS: usize = 100_000;

/// Longest embedding: more than any network that ships in a browser gives.
pub const MAX_DIMENSIONS: usize = 8_192;

/// Largest thumbnail: a PNG of 224 x 224 random pixels takes 150 KB.
pub const MAX_THUMBNAIL_BYTES: usize = 256 << 10;

/// What the shots are, and so which page takes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Pictures of the camera task, embedded by [`crate::embedder`].
    Objects,
    /// Faces.
    Faces,
    /// Drawings, as ink.
    Drawings,
}

impl Kind {
    /// Every kind, by its number in the file.
    pub const ALL: [Kind; 3] = [Kind::Objects, Kind::Faces, Kind::Drawings];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Objects => "objects",
            Kind::Faces => "faces",
            Kind::Drawings => "drawings",
        }
    }
}

/// Everything that a file holds. Names and embeddings are its own, thumbnails lie where they
/// were read from.
///
/// ```
/// use kshot::classifier::Settings;
/// use kshot::enrollment::{Enrolled, Enrollment, Kind, Shot};
///
/// let enrollment = Enrollment {
///     kind: Kind::Objects,
///     embedder: [7; 32],
///     dimensions: 2,
///     settings: Settings::default(),
///     classes: vec![Enrolled {
///         name: "mug".into(),
///         enabled: true,
///         shots: vec![Shot { embedding: vec![0.6, 0.8], thumbnail: None }],
///     }],
/// };
/// let file = enrollment.write()?;
/// assert_eq!(Enrollment::read(&file)?, enrollment);
/// # Ok::<(), kshot::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Enrollment<'a> {
    /// What the shots are.
    pub kind: Kind,
    /// SHA-256 of the embedder's weights.
    pub embedder: [u8; 32],
    /// Numbers an embedding.
    pub dimensions: usize,
    /// Method, metric, temperature and threshold.
    pub settings: Settings,
    /// The classes, in their order.
    pub classes: Vec<Enrolled<'a>>,
}

/// A class of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Enrolled<'a> {
    /// What it is called.
    pub name: String,
    /// Whether it takes part in answers.
    pub enabled: bool,
    /// Its shots, oldest first.
    pub shots: Vec<Shot<'a>>,
}

/// A shot of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Shot<'a> {
    /// `[dimensions]`, finite.
    pub embedding: Vec<f32>,
    /// A small picture of it.
    pub thumbnail: Option<Thumbnail<'a>>,
}

/// A small picture, as its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thumbnail<'a> {
    bytes: &'a [u8],
    media_type: &'static str,
}

impl<'a> Thumbnail<'a> {
    /// Takes a picture file, known by its first bytes.
    ///
    /// # Errors
    /// [`Error::FileInvalid`] where it is no JPEG, PNG or WebP, [`Error::FileTooLarge`] over
    /// [`MAX_THUMBNAIL_BYTES`].
    pub fn new(bytes: &'a [u8]) -> Result<Self, Error> {
        check_most("a thumbnail's bytes", bytes.len(), MAX_THUMBNAIL_BYTES)?;
        let media_type = if bytes.starts_with(b"\xFF\xD8\xFF") {
            "image/jpeg"
        } else if bytes.starts_with(b"\x89PNG\r\n\x1A\n") {
            "image/png"
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            "image/webp"
        } else {
            return Err(invalid("a thumbnail is no JPEG, PNG or WebP"));
        };
        Ok(Thumbnail { bytes, media_type })
    }

    /// The file.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Its media type, such as `image/jpeg`.
    pub fn media_type(&self) -> &'static str {
        self.media_type
    }
}

impl Enrollment<'_> {
    /// How many shots there are in all.
    pub fn shots(&self) -> usize {
        self.classes.iter().map(|class| class.shots.len()).sum()
    }
}

/// What holds of the counts of a file, whether it is read or written.
fn check_counts(classes: usize, shots: usize, dimensions: usize) -> Result<(), Error> {
    check_most("classes", classes, MAX_CLASSES)?;
    check_most("shots", shots, MAX_FILE_SHOTS)?;
    check_most("dimensions", dimensions, MAX_DIMENSIONS)?;
    if dimensions == 0 {
        return Err(invalid("its embeddings have no dimensions"));
    }
    Ok(())
}

fn check_class(shots: usize) -> Result<(), Error> {
    check_most("shots of a class", shots, MAX_SHOTS)
}

fn check_finite(embedding: &[f32]) -> Result<(), Error> {
    if embedding.iter().all(|value| value.is_finite()) {
        return Ok(());
    }
    Err(invalid("an embedding holds a value that is not finite"))
}

fn check_most(what: &'static str, found: usize, most: usize) -> Result<(), Error> {
    if found > most {
        return Err(Error::FileTooLarge { what, found, most });
    }
    Ok(())
}

fn invalid(why: impl Into<String>) -> Error {
    Error::FileInvalid(why.into())
}
