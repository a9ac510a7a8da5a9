//! The support set: classes, each with its shots as embeddings, and undo.
//!
//! Ids are never used twice, so that a page can keep thumbnails and colours by id. Every
//! change first keeps the state before it; the embeddings are shared, so that costs a few
//! pointers. It refuses unknown ids, empty names and more than its limits.

use std::collections::VecDeque;
use std::rc::Rc;

use serde::Serialize;

use crate::error::Error;

/// Most classes of a support set; the page stays usable, and the head under a millisecond.
pub const MAX_CLASSES: usize = 1_000;

/// Most shots of a class.
pub const MAX_SHOTS: usize = 10_000;

/// Longest name of a class in bytes of UTF-8: ten lines of text.
pub const MAX_NAME_BYTES: usize = 1_000;

/// Changes that can be taken back.
pub const MAX_UNDO: usize = 100;

/// One example of a class.
#[derive(Debug, Clone)]
pub struct Shot {
    /// Its id, unique within the support set.
    pub id: u32,
    /// L2-normalised, `[1280]`.
    pub embedding: Rc<[f32]>,
}

/// A class and its shots, oldest first.
#[derive(Debug, Clone)]
pub struct Class {
    /// Its id, unique within the support set.
    pub id: u32,
    /// What the page calls it.
    pub name: String,
    /// Whether it takes part in answers.
    pub enabled: bool,
    /// Its examples.
    pub shots: Vec<Shot>,
}

/// A class as it is kept elsewhere: name, enabled, embeddings.
pub type Saved = (String, bool, Vec<Vec<f32>>);

/// What a change was, for the page to say what undo takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Action {
    AddClass,
    RemoveClass,
    RenameClass,
    EnableClass,
    AddShot,
    RemoveShot,
    MoveShot,
    Clear,
    Restore,
    Append,
}

/// Classes with their shots.
///
/// ```
/// use kshot::support::SupportSet;
///
/// let mut support = SupportSet::default();
/// let mug = support.add_class("mug")?;
/// let shot = support.add_shot(mug, vec![1.0; 1280])?;
/// support.remove_shot(shot)?;
/// support.undo();
/// assert_eq!(support.classes()[0].shots.len(), 1);
/// # Ok::<(), kshot::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct SupportSet {
    classes: Vec<Class>,
    next_class: u32,
    next_shot: u32,
    revision: u64,
    history: VecDeque<(Action, Vec<Class>)>,
}

impl SupportSet {
    /// All classes, in the order they were added.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// The classes that take part in answers: enabled, with at least one shot.
    pub fn answering(&self) -> impl Iterator<Item = &Class> {
        self.classes
            .iter()
            .filter(|class| class.enabled && !class.shots.is_empty())
    }

    /// Grows by every change: what was computed from an older one is out of date.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What [`undo`](Self::undo) would take back.
    pub fn undoable(&self) -> Option<Action> {
        self.history.back().map(|(action, _)| *action)
    }

    /// Changes that [`undo`](Self::undo) could take back.
    pub fn undo_depth(&self) -> usize {
        self.history.len()
    }

    /// Adds an empty class at the end and returns its id.
    ///
    /// # Errors
    /// [`Error::NameEmpty`], [`Error::NameTooLong`], [`Error::TooManyClasses`].
    pub fn add_class(&mut self, name: &str) -> Result<u32, Error> {
        let name = parse_name(name)?;
        if self.classes.len() >= MAX_CLASSES {
            return Err(Error::TooManyClasses(MAX_CLASSES));
        }
        self.remember(Action::AddClass);
        let id = self.next_class;
        self.next_class += 1;
        self.classes.push(Class {
            id,
            name,
            enabled: true,
            shots: Vec::new(),
        });
        Ok(id)
    }

    /// Gives a class another name.
    ///
    /// # Errors
    /// [`Error::ClassUnknown`], [`Error::NameEmpty`], [`Error::NameTooLong`].
    pub fn rename_class(&mut self, class: u32, name: &str) -> Result<(), Error> {
        let name = parse_name(name)?;
        self.class_mut(class)?;
        self.remember(Action::RenameClass);
        self.class_mut(class)?.name = name;
        Ok(())
    }

    /// Lets a class take part in answers, or not.
    ///
    /// # Errors
    /// [`Error::ClassUnknown`].
    pub fn enable_class(&mut self, class: u32, enabled: bool) -> Result<(), Error> {
        self.class_mut(class)?;
        self.remember(Action::EnableClass);
        self.class_mut(class)?.enabled = enabled;
        Ok(())
    }

    /// Removes a class with its shots.
    ///
    /// # Errors
    /// [`Error::ClassUnknown`].
    pub fn remove_class(&mut self, class: u32) -> Result<(), Error> {
        self.class_mut(class)?;
        self.remember(Action::RemoveClass);
        self.classes.retain(|one| one.id != class);
        Ok(())
    }

    /// Adds a shot to a class and returns its id. The embedding is L2-normalised, as made
    /// by [`crate::embedder::normalise`].
    ///
    /// # Errors
    /// [`Error::ClassUnknown`], [`Error::TooManyShots`].
    pub fn add_shot(&mut self, class: u32, embedding: Vec<f32>) -> Result<u32, Error> {
        self.check_room(class)?;
        self.remember(Action::AddShot);
        self.push_shot(class, embedding)
    }

    /// Like [`add_shot`](Self::add_shot), but one step of undo with the shot before it:
    /// the later pictures of a burst.
    ///
    /// # Errors
    /// [`Error::ClassUnknown`], [`Error::TooManyShots`].
    pub fn continue_burst(&mut self, class: u32, embedding: Vec<f32>) -> Result<u32, Error> {
        if self.undoable() != Some(Action::AddShot) {
            return self.add_shot(class, embedding);
        }
        self.check_room(class)?;
        self.revision += 1;
        self.push_shot(class, embedding)
    }

    /// Removes one shot.
    ///
    /// # Errors
    /// [`Error::ShotUnknown`].
    pub fn remove_shot(&mut self, shot: u32) -> Result<(), Error> {
        let mut shots = self.classes.iter().flat_map(|class| &class.shots);
        if !shots.any(|one| one.id == shot) {
            return Err(Error::ShotUnknown(shot));
        }
        self.remember(Action::RemoveShot);
        for class in &mut self.classes {
            class.shots.retain(|one| one.id != shot);
        }
        Ok(())
    }

    /// Moves a shot to the end of another class; it keeps its id.
    ///
    /// # Errors
    /// [`Error::ShotUnknown`], [`Error::ClassUnknown`], [`Error::TooManyShots`].
    pub fn move_shot(&mut self, shot: u32, class: u32) -> Result<(), Error> {
        let mut shots = self.classes.iter().flat_map(|class| &class.shots);
        let Some(moved) = shots.find(|one| one.id == shot).cloned() else {
            return Err(Error::ShotUnknown(shot));
        };
        self.check_room(class)?;
        self.remember(Action::MoveShot);
        for class in &mut self.classes {
            class.shots.retain(|one| one.id != shot);
        }
        self.class_mut(class)?.shots.push(moved);
        Ok(())
    }

    /// Removes everything; [`undo`](Self::undo) brings it back.
    pub fn clear(&mut self) {
        self.remember(Action::Clear);
        self.classes.clear();
    }

    /// Removes everything for good: no undo brings it back. Ids are still not used again.
    pub fn forget(&mut self) {
        self.classes.clear();
        self.history.clear();
        self.revision += 1;
    }

    /// Takes classes up where another support set left them, `(id, name, embeddings)`, without a
    /// step of undo. Ids handed out from here on are higher.
    ///
    /// # Errors
    /// As [`restore`](Self::restore).
    pub fn resume(&mut self, saved: Vec<(u32, String, Vec<Vec<f32>>)>) -> Result<(), Error> {
        let ids: Vec<u32> = saved.iter().map(|(id, ..)| *id).collect();
        let named = saved.into_iter();
        self.restore(named.map(|(_, name, shots)| (name, true, shots)).collect())?;
        self.history.clear();
        for (class, id) in self.classes.iter_mut().zip(ids) {
            class.id = id;
            self.next_class = self.next_class.max(id.saturating_add(1));
        }
        Ok(())
    }

    /// Puts saved classes in the place of all there are; `(name, enabled, embeddings)`.
    ///
    /// # Errors
    /// [`Error::NameEmpty`], [`Error::NameTooLong`], [`Error::TooManyClasses`],
    /// [`Error::TooManyShots`]; then nothing has changed.
    pub fn restore(&mut self, saved: Vec<Saved>) -> Result<(), Error> {
        check_saved(&saved, 0)?;
        self.remember(Action::Restore);
        self.classes.clear();
        self.push_saved(saved);
        Ok(())
    }

    /// Puts saved classes after those there are, as one step of undo.
    ///
    /// # Errors
    /// As [`restore`](Self::restore).
    pub fn append(&mut self, saved: Vec<Saved>) -> Result<(), Error> {
        check_saved(&saved, self.classes.len())?;
        self.remember(Action::Append);
        self.push_saved(saved);
        Ok(())
    }

    /// Takes the last change back and says what it was; `None` where there is none.
    pub fn undo(&mut self) -> Option<Action> {
        let (action, before) = self.history.pop_back()?;
        self.classes = before;
        self.revision += 1;
        Some(action)
    }

    fn remember(&mut self, action: Action) {
        if self.history.len() == MAX_UNDO {
            self.history.pop_front();
        }
        self.history.push_back((action, self.classes.clone()));
        self.revision += 1;
    }

    fn push_saved(&mut self, saved: Vec<Saved>) {
        for (name, enabled, embeddings) in saved {
            let shots = embeddings
                .into_iter()
                .map(|embedding| self.make_shot(embedding))
                .collect();
            let id = self.next_class;
            self.next_class += 1;
            self.classes.push(Class {
                id,
                name: name.trim().to_owned(),
                enabled,
                shots,
            });
        }
    }

    fn make_shot(&mut self, embedding: Vec<f32>) -> Shot {
        let id = self.next_shot;
        self.next_shot += 1;
        Shot {
            id,
            embedding: embedding.into(),
        }
    }

    fn push_shot(&mut self, class: u32, embedding: Vec<f32>) -> Result<u32, Error> {
        let shot = self.make_shot(embedding);
        let id = shot.id;
        self.class_mut(class)?.shots.push(shot);
        Ok(id)
    }

    fn check_room(&mut self, class: u32) -> Result<(), Error> {
        if self.class_mut(class)?.shots.len() >= MAX_SHOTS {
            return Err(Error::TooManyShots(MAX_SHOTS));
        }
        Ok(())
    }

    fn class_mut(&mut self, class: u32) -> Result<&mut Class, Error> {
        self.classes
            .iter_mut()
            .find(|one| one.id == class)
            .ok_or(Error::ClassUnknown(class))
    }
}

/// Whether saved classes fit beside those there are.
fn check_saved(saved: &[Saved], there: usize) -> Result<(), Error> {
    if there + saved.len() > MAX_CLASSES {
        return Err(Error::TooManyClasses(MAX_CLASSES));
    }
    for (name, _, shots) in saved {
        parse_name(name)?;
        if shots.len() > MAX_SHOTS {
            return Err(Error::TooManyShots(MAX_SHOTS));
        }
    }
    Ok(())
}

/// A name as it is kept: something to read, without white space around it, not too long.
pub(crate) fn parse_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::NameEmpty);
    }
    if name.len() > MAX_NAME_BYTES {
        return Err(Error::NameTooLong(MAX_NAME_BYTES));
    }
    Ok(name.to_owned())
}
