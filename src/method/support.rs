//! What a support set must be for a method to be fitted to it: parsed here, trusted after.

use super::Support;
use crate::error::Error;

impl Support<'_> {
    /// Checks that there is something to fit to, and gives the length of the embeddings.
    ///
    /// # Errors
    /// [`Error::EmbeddingInvalid`] for no shots, a class without any, a class that is not
    /// among `classes`, and embeddings of different lengths.
    pub fn check(&self) -> Result<usize, Error> {
        let mut seen = vec![false; self.classes];
        let mut dimensions = None;
        for (class, shot) in &self.shots {
            let first = *dimensions.get_or_insert(shot.len());
            if shot.len() != first {
                return Err(Error::EmbeddingInvalid(format!(
                    "a shot has {} values, the first has {first}",
                    shot.len()
                )));
            }
            match seen.get_mut(*class) {
                Some(seen) => *seen = true,
                None => {
                    return Err(Error::EmbeddingInvalid(format!(
                        "a shot is of class {class}, there are {}",
                        self.classes
                    )));
                }
            }
        }
        if seen.contains(&false) {
            return Err(Error::EmbeddingInvalid("a class has no shots".into()));
        }
        dimensions.ok_or_else(|| Error::EmbeddingInvalid("the support set is empty".into()))
    }

    /// Number of shots of each class.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.classes];
        for (class, _) in &self.shots {
            if let Some(count) = counts.get_mut(*class) {
                *count += 1;
            }
        }
        counts
    }
}

/// Checks the length of a query.
pub(crate) fn check_query(query: &[f32], dimensions: usize) -> Result<(), Error> {
    if query.len() == dimensions {
        return Ok(());
    }
    Err(Error::EmbeddingInvalid(format!(
        "the query has {} values, the shots have {dimensions}",
        query.len()
    )))
}
