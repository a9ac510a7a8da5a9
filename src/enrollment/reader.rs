//! Bytes to an [`Enrollment`]. Nothing is allocated for a count before the bytes that it speaks
//! of are known to be there.

use sha2::{Digest, Sha256};

use super::{
    CHECKSUM_BYTES, Enrolled, Enrollment, HEADER_BYTES, Kind, MAGIC, MAX_FILE_BYTES, Shot,
    Thumbnail, VERSION, check_class, check_counts, check_finite, check_most, invalid,
};
use crate::classifier::Settings;
use crate::error::Error;
use crate::method::Metric;
use crate::method::choice::Choice;
use crate::support::parse_name;

impl<'a> Enrollment<'a> {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::FileNotKshot`], [`Error::FileVersion`], [`Error::FileTooLarge`],
    /// [`Error::FileCutOff`], [`Error::FileDamaged`], [`Error::FileInvalid`]; see the
    /// [module](super) for which is said when.
    pub fn read(file: &'a [u8]) -> Result<Self, Error> {
        let mut bytes = Bytes(file);
        if !file.starts_with(&MAGIC) {
            return Err(Error::FileNotKshot);
        }
        let cut_off = |_| Error::FileCutOff(file.len());
        bytes.take(MAGIC.len()).map_err(cut_off)?;
        let version = bytes.u16().map_err(cut_off)?;
        if version != VERSION {
            return Err(Error::FileVersion(version));
        }
        let header = Header::read(&mut bytes).map_err(cut_off)?;
        let (classes, shots, dimensions) = header.check_size(file.len())?;
        let end = file.len().saturating_sub(CHECKSUM_BYTES);
        let (content, checksum) = file.split_at_checked(end).unwrap_or_default();
        if Sha256::digest(content)[..] != *checksum {
            return Err(Error::FileDamaged("its checksum is another".into()));
        }
        let mut content = Bytes(content.get(HEADER_BYTES..).unwrap_or_default());
        let classes = read_classes(&mut content, classes, shots, dimensions)?;
        if !content.0.is_empty() {
            return Err(invalid("it goes on after its last shot"));
        }
        Ok(Enrollment {
            kind: header.kind()?,
            embedder: header.embedder,
            dimensions,
            settings: header.settings()?,
            classes,
        })
    }
}

/// The header's numbers as they stand there.
struct Header {
    kind: u8,
    method: u8,
    metric: u8,
    flags: u8,
    dimensions: u16,
    temperature: f32,
    threshold: f32,
    classes: u32,
    shots: u32,
    length: u64,
    embedder: [u8; 32],
}

impl Header {
    fn read(bytes: &mut Bytes<'_>) -> Result<Self, Error> {
        Ok(Header {
            kind: bytes.u8()?,
            method: bytes.u8()?,
            metric: bytes.u8()?,
            flags: bytes.u8()?,
            dimensions: bytes.u16()?,
            temperature: f32::from_le_bytes(bytes.array()?),
            threshold: f32::from_le_bytes(bytes.array()?),
            classes: bytes.u32()?,
            shots: bytes.u32()?,
            length: u64::from_le_bytes(bytes.array()?),
            embedder: bytes.array()?,
        })
    }

    /// Classes, shots and dimensions, where they and the length are within the limits and the
    /// file is as long as it says.
    fn check_size(&self, found: usize) -> Result<(usize, usize, usize), Error> {
        let (classes, shots) = (self.classes as usize, self.shots as usize);
        let dimensions = usize::from(self.dimensions);
        let length = usize::try_from(self.length).unwrap_or(usize::MAX);
        check_most("bytes", length, MAX_FILE_BYTES)?;
        check_most("bytes", found, MAX_FILE_BYTES)?;
        check_counts(classes, shots, dimensions)?;
        if found < length || found < HEADER_BYTES + CHECKSUM_BYTES {
            return Err(Error::FileCutOff(found));
        }
        if found > length {
            return Err(Error::FileDamaged(format!(
                "it has {found} bytes and says {length}"
            )));
        }
        Ok((classes, shots, dimensions))
    }

    fn kind(&self) -> Result<Kind, Error> {
        let kind = Kind::ALL.get(usize::from(self.kind)).copied();
        kind.ok_or_else(|| invalid(format!("kind {} is not known", self.kind)))
    }

    fn settings(&self) -> Result<Settings, Error> {
        if self.flags > 0b11 {
            return Err(invalid(format!("flags {:#b} are not known", self.flags)));
        }
        let settings = Settings {
            method: (Choice::ALL.get(usize::from(self.method)).copied())
                .ok_or_else(|| invalid(format!("method {} is not known", self.method)))?,
            metric: (Metric::ALL.get(usize::from(self.metric)).copied())
                .ok_or_else(|| invalid(format!("metric {} is not known", self.metric)))?,
            temperature: self.setting(0, self.temperature)?,
            threshold: self.setting(1, self.threshold)?,
        };
        settings
            .check()
            .map_err(|error| invalid(error.to_string()))?;
        Ok(settings)
    }

    /// A setting, where its flag says that it is set; else its place is empty.
    fn setting(&self, bit: u8, value: f32) -> Result<Option<f32>, Error> {
        if self.flags & (1 << bit) != 0 {
            return Ok(Some(value));
        }
        if value.to_bits() != 0 {
            return Err(invalid("a setting that is not set has a value"));
        }
        Ok(None)
    }
}

fn read_classes<'a>(
    bytes: &mut Bytes<'a>,
    classes: usize,
    shots: usize,
    dimensions: usize,
) -> Result<Vec<Enrolled<'a>>, Error> {
    let heads: Vec<(bool, String, usize)> = (0..classes)
        .map(|_| read_head(bytes))
        .collect::<Result<_, _>>()?;
    let stated: usize = heads.iter().map(|(_, _, shots)| shots).sum();
    if stated != shots {
        return Err(invalid(format!(
            "its classes have {stated} shots, it says {shots}"
        )));
    }
    let row = dimensions * size_of::<f32>();
    let mut rows = bytes.take(shots * row)?.chunks_exact(row);
    let mut read = Vec::with_capacity(classes);
    for (enabled, name, shots) in heads {
        let shots = (rows.by_ref().take(shots))
            .map(|row| {
                Ok(Shot {
                    embedding: read_embedding(row)?,
                    thumbnail: read_thumbnail(bytes)?,
                })
            })
            .collect::<Result<_, Error>>()?;
        read.push(Enrolled {
            name,
            enabled,
            shots,
        });
    }
    Ok(read)
}

fn read_head(bytes: &mut Bytes<'_>) -> Result<(bool, String, usize), Error> {
    let enabled = match bytes.u8()? {
        0 => false,
        1 => true,
        other => return Err(invalid(format!("a class is enabled by {other}"))),
    };
    let length = bytes.u16()?;
    let name = str::from_utf8(bytes.take(length.into())?)
        .map_err(|_| invalid("a class's name is not UTF-8"))?;
    let parsed = parse_name(name).map_err(|error| invalid(error.to_string()))?;
    if parsed != name {
        return Err(invalid("a class's name has white space around it"));
    }
    let shots = bytes.u32()? as usize;
    check_class(shots)?;
    Ok((enabled, parsed, shots))
}

fn read_embedding(row: &[u8]) -> Result<Vec<f32>, Error> {
    let (values, _) = row.as_chunks();
    let embedding: Vec<f32> = values
        .iter()
        .map(|four| f32::from_le_bytes(*four))
        .collect();
    check_finite(&embedding)?;
    Ok(embedding)
}

fn read_thumbnail<'a>(bytes: &mut Bytes<'a>) -> Result<Option<Thumbnail<'a>>, Error> {
    match bytes.u32()? as usize {
        0 => Ok(None),
        length => Thumbnail::new(bytes.take(length)?).map(Some),
    }
}

/// What is still to be read. Where it ends too early, the length was right and what is inside
/// is not.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let split = self.0.split_at_checked(count);
        let (taken, rest) = split.ok_or_else(|| invalid("it ends within a value"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let taken = self.take(N)?;
        taken
            .try_into()
            .map_err(|_| invalid("it ends within a value"))
    }

    fn u8(&mut self) -> Result<u8, Error> {
        self.array().map(u8::from_le_bytes)
    }

    fn u16(&mut self) -> Result<u16, Error> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, Error> {
        self.array().map(u32::from_le_bytes)
    }
}
