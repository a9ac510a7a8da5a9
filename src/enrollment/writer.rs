//! An [`Enrollment`] to bytes. What could not be read again is not written.

use sha2::{Digest, Sha256};

use super::{
    CHECKSUM_BYTES, Enrolled, Enrollment, HEADER_BYTES, Kind, MAGIC, MAX_FILE_BYTES, VERSION,
    check_class, check_counts, check_finite, check_most, invalid,
};
use crate::error::Error;
use crate::method::Metric;
use crate::method::choice::Choice;
use crate::support::parse_name;

impl Enrollment<'_> {
    /// Writes the file that [`read`](Self::read) reads.
    ///
    /// # Errors
    /// [`Error::FileTooLarge`] over a limit, [`Error::FileInvalid`] where embeddings are not
    /// finite or of another length, a name is empty or a setting is out of range.
    pub fn write(&self) -> Result<Vec<u8>, Error> {
        check_counts(self.classes.len(), self.shots(), self.dimensions)?;
        self.settings
            .check()
            .map_err(|error| invalid(error.to_string()))?;
        let length = self.length();
        check_most("bytes", length, MAX_FILE_BYTES)?;
        let mut file = Vec::with_capacity(length);
        self.write_header(&mut file, length)?;
        for class in &self.classes {
            write_head(&mut file, class)?;
        }
        let shots = || self.classes.iter().flat_map(|class| &class.shots);
        for shot in shots() {
            if shot.embedding.len() != self.dimensions {
                return Err(invalid(format!(
                    "an embedding has {} numbers, not {}",
                    shot.embedding.len(),
                    self.dimensions
                )));
            }
            check_finite(&shot.embedding)?;
            file.extend(shot.embedding.iter().flat_map(|value| value.to_le_bytes()));
        }
        for shot in shots() {
            let bytes = shot
                .thumbnail
                .map_or(&[][..], |thumbnail| thumbnail.bytes());
            file.extend((bytes.len() as u32).to_le_bytes());
            file.extend(bytes);
        }
        let checksum = Sha256::digest(&file);
        file.extend(checksum);
        Ok(file)
    }

    fn write_header(&self, file: &mut Vec<u8>, length: usize) -> Result<(), Error> {
        let settings = self.settings;
        let flags =
            u8::from(settings.temperature.is_some()) | u8::from(settings.threshold.is_some()) << 1;
        file.extend(MAGIC);
        file.extend(VERSION.to_le_bytes());
        file.push(place(&Kind::ALL, self.kind)?);
        file.push(place(&Choice::ALL, settings.method)?);
        file.push(place(&Metric::ALL, settings.metric)?);
        file.push(flags);
        file.extend((self.dimensions as u16).to_le_bytes());
        file.extend(settings.temperature.unwrap_or(0.0).to_le_bytes());
        file.extend(settings.threshold.unwrap_or(0.0).to_le_bytes());
        file.extend((self.classes.len() as u32).to_le_bytes());
        file.extend((self.shots() as u32).to_le_bytes());
        file.extend((length as u64).to_le_bytes());
        file.extend(self.embedder);
        Ok(())
    }

    fn length(&self) -> usize {
        let heads = self.classes.iter().map(|class| 7 + class.name.trim().len());
        let thumbnails = (self.classes.iter().flat_map(|class| &class.shots)).map(|shot| {
            4 + shot
                .thumbnail
                .map_or(0, |thumbnail| thumbnail.bytes().len())
        });
        let embeddings = self.shots() * self.dimensions * size_of::<f32>();
        HEADER_BYTES
            + heads.sum::<usize>()
            + embeddings
            + thumbnails.sum::<usize>()
            + CHECKSUM_BYTES
    }
}

fn write_head(file: &mut Vec<u8>, class: &Enrolled<'_>) -> Result<(), Error> {
    let name = parse_name(&class.name).map_err(|error| invalid(error.to_string()))?;
    check_class(class.shots.len())?;
    file.push(class.enabled.into());
    file.extend((name.len() as u16).to_le_bytes());
    file.extend(name.bytes());
    file.extend((class.shots.len() as u32).to_le_bytes());
    Ok(())
}

/// The number of a value in the file: its place among all.
fn place<T: PartialEq>(all: &[T], value: T) -> Result<u8, Error> {
    let place = all.iter().position(|one| *one == value);
    let place = place.and_then(|place| u8::try_from(place).ok());
    place.ok_or_else(|| invalid("a value has no number"))
}
