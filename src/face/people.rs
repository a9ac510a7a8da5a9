//! The people who are enrolled: a support set of faces, and the two questions asked of it.
//!
//! A person is the mean of their shots, and a similarity is 1 less the Euclidean distance to it:
//! the distance that dlib's network was trained for. The same picture has 1, strangers about 0.2.
//! Verification compares with one person, recognition with all.

use serde::Serialize;

use crate::error::Error;
use crate::support::{Action, Class, SupportSet};

/// The people, with undo.
///
/// ```
/// use kshot::face::people::People;
///
/// let mut people = People::default();
/// let ada = people.add("Ada")?;
/// people.add_shots(ada, vec![vec![1.0, 0.0], vec![1.0, 0.2]])?;
/// assert_eq!(people.similarity(ada, &[1.0, 0.6])?, 0.5);
/// people.forget();
/// assert!(people.list().is_empty());
/// # Ok::<(), kshot::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct People {
    support: SupportSet,
    /// Steps of shots so far.
    steps: u32,
}

/// What undo would take back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Change {
    AddPerson,
    RemovePerson,
    RenamePerson,
    AddShots,
    RemoveShot,
    Restore,
}

/// A person as kept elsewhere: id, name, shots.
pub type Kept = (u32, String, Vec<Vec<f32>>);

impl People {
    /// Everyone, in the order they were added.
    pub fn list(&self) -> &[Class] {
        self.support.classes()
    }

    /// What [`undo`](Self::undo) would take back.
    pub fn undoable(&self) -> Option<Change> {
        self.support.undoable().map(|action| match action {
            Action::AddClass => Change::AddPerson,
            Action::RenameClass => Change::RenamePerson,
            Action::AddShot => Change::AddShots,
            Action::RemoveShot => Change::RemoveShot,
            Action::RemoveClass | Action::Clear => Change::RemovePerson,
            // What else a support set can do is not done to people.
            _ => Change::Restore,
        })
    }

    /// Steps that can be taken back.
    pub fn undo_depth(&self) -> usize {
        self.support.undo_depth()
    }

    /// Adds a person without shots.
    ///
    /// # Errors
    /// [`Error::NameEmpty`], [`Error::TooManyClasses`].
    pub fn add(&mut self, name: &str) -> Result<u32, Error> {
        self.support.add_class(name)
    }

    /// Adds shots as one step of undo.
    ///
    /// # Errors
    /// [`Error::PersonUnknown`], [`Error::TooManyShots`].
    pub fn add_shots(&mut self, person: u32, shots: Vec<Vec<f32>>) -> Result<(), Error> {
        self.person(person)?;
        self.steps += 1;
        self.support.take_step(Some(self.steps));
        let added =
            (shots.into_iter()).try_for_each(|shot| self.support.add_shot(person, shot).map(drop));
        self.support.take_step(None);
        added
    }

    /// Gives a person another name.
    ///
    /// # Errors
    /// [`Error::PersonUnknown`], [`Error::NameEmpty`].
    pub fn rename(&mut self, person: u32, name: &str) -> Result<(), Error> {
        self.person(person)?;
        self.support.rename_class(person, name)
    }

    /// Removes a person with their shots.
    ///
    /// # Errors
    /// [`Error::PersonUnknown`].
    pub fn remove(&mut self, person: u32) -> Result<(), Error> {
        self.person(person)?;
        self.support.remove_class(person)
    }

    /// Removes one shot.
    ///
    /// # Errors
    /// [`Error::ShotUnknown`].
    pub fn remove_shot(&mut self, shot: u32) -> Result<(), Error> {
        self.support.remove_shot(shot)
    }

    /// Takes the last change back. Someone who was added only for the shots that go goes too.
    ///
    /// # Errors
    /// As [`SupportSet::undo_step`].
    pub fn undo(&mut self) -> Result<(), Error> {
        let undone = self.support.undo()?;
        let empty = |class: &Class| class.shots.is_empty();
        if undone == Some(Action::AddShot)
            && self.support.undoable() == Some(Action::AddClass)
            && self.list().last().is_some_and(empty)
        {
            self.support.undo()?;
        }
        Ok(())
    }

    /// Removes everyone, and what undo would need to bring them back.
    pub fn forget(&mut self) {
        self.support.forget();
    }

    /// Puts others in the place of everyone, under ids of their own or new ones; undo takes it
    /// back.
    ///
    /// # Errors
    /// As [`SupportSet::restore`].
    pub fn restore(&mut self, people: Vec<(String, Vec<Vec<f32>>)>) -> Result<(), Error> {
        let saved = people.into_iter();
        self.support
            .restore(saved.map(|(name, shots)| (name, true, shots)).collect())
            .map(drop)
    }

    /// For people whom nothing was done to yet: everyone as they were, ids included, without a
    /// step of undo.
    ///
    /// # Errors
    /// As [`SupportSet::resume`].
    pub fn resume(&mut self, people: Vec<Kept>) -> Result<(), Error> {
        self.support.resume(people)
    }

    /// A person.
    ///
    /// # Errors
    /// [`Error::PersonUnknown`].
    pub fn person(&self, person: u32) -> Result<&Class, Error> {
        (self.list().iter())
            .find(|one| one.id == person)
            .ok_or(Error::PersonUnknown(person))
    }

    /// Similarity of a face and a person, at most 1.
    ///
    /// # Errors
    /// [`Error::PersonUnknown`], and [`Error::EmbeddingInvalid`] for a person without shots.
    pub fn similarity(&self, person: u32, face: &[f32]) -> Result<f32, Error> {
        let person = self.person(person)?;
        let shots = person.shots.iter().map(|shot| &*shot.embedding);
        similarity(shots, face)
            .ok_or_else(|| Error::EmbeddingInvalid(format!("{} has no shots", person.name)))
    }

    /// Similarity to everyone with shots, the most alike first: `(id, similarity)`.
    pub fn similarities(&self, face: &[f32]) -> Vec<(u32, f32)> {
        let mut all: Vec<(u32, f32)> = (self.list().iter())
            .filter_map(|person| {
                let shots = person.shots.iter().map(|shot| &*shot.embedding);
                Some((person.id, similarity(shots, face)?))
            })
            .collect();
        all.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        all
    }
}

/// Similarity of a face and the mean of shots; `None` without a shot.
pub fn similarity<'a>(shots: impl Iterator<Item = &'a [f32]>, face: &[f32]) -> Option<f32> {
    let mut sum: Vec<f32> = Vec::new();
    let mut count = 0.0;
    for shot in shots {
        sum.resize(shot.len(), 0.0);
        sum.iter_mut()
            .zip(shot)
            .for_each(|(sum, value)| *sum += value);
        count += 1.0;
    }
    sum.iter_mut().for_each(|sum| *sum /= count);
    (count > 0.0).then(|| alike(&sum, face))
}

/// Similarity of two embeddings: 1 less their distance.
pub fn alike(a: &[f32], b: &[f32]) -> f32 {
    let squares = a.iter().zip(b).map(|(a, b)| (a - b).powi(2));
    1.0 - squares.sum::<f32>().sqrt()
}
