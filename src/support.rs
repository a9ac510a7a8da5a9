//! The support set: classes, each with its shots as embeddings, and undo.
//!
//! Ids are never used twice, so that a page can keep thumbnails and colours by id. Every
//! change belongs to a step, and a step is taken back whole. It refuses unknown ids, empty names
//! and more than its limits.

mod history;

use std::collections::BTreeSet;
use std::rc::Rc;

use serde::Serialize;

use crate::error::Error;
pub use history::MAX_UNDO;
use history::{Change, History, check_classes, shots_of};

/// Most classes of a support set; the page stays usable, and the head under a millisecond.
pub const MAX_CLASSES: usize = 1_000;

/// Most shots of a class.
pub const MAX_SHOTS: usize = 10_000;

/// Longest name of a class in bytes of UTF-8: ten lines of text.
pub const MAX_NAME_BYTES: usize = 1_000;

/// Shots that are gone and kept for undo, 20 MB; older steps are forgotten beyond, the newest never.
pub const MAX_REMOVED: usize = 4_000;

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

/// What a change was, for the page to say what undo takes back. In the order of their weight: a
/// step is called after the weightiest of its changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Action {
    EnableClass,
    RenameClass,
    RemoveClass,
    AddClass,
    RemoveShot,
    MoveShot,
    AddShot,
    Append,
    Clear,
    Restore,
}

/// Steps that are named are below; those of single changes begin here.
const SINGLE: u64 = 1 << u32::BITS;

/// Classes with their shots.
///
/// ```
/// use kshot::support::SupportSet;
///
/// let mut support = SupportSet::default();
/// let mug = support.add_class("mug")?;
/// let shot = support.add_shot(mug, vec![1.0; 1280])?;
/// support.remove_shot(shot)?;
/// support.undo()?;
/// assert_eq!(support.classes()[0].shots.len(), 1);
/// # Ok::<(), kshot::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct SupportSet {
    classes: Vec<Class>,
    next_class: u32,
    next_shot: u32,
    revision: u64,
    /// What the next changes belong to.
    step: Option<u32>,
    /// Changes of no named step.
    singles: u64,
    history: History,
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

    /// Names the step that later changes belong to: changes of one step are taken back together,
    /// also where others were made between them. Without a name each is a step of its own, as
    /// from the start.
    pub fn take_step(&mut self, step: Option<u32>) {
        self.step = step;
    }

    /// The step that [`undo`](Self::undo) would take back, the one that began last.
    pub fn newest_step(&self) -> Option<u64> {
        self.history.newest()
    }

    /// What [`undo`](Self::undo) would take back.
    pub fn undoable(&self) -> Option<Action> {
        self.history.action(self.history.newest()?)
    }

    /// Steps that [`undo`](Self::undo) could take back.
    pub fn undo_depth(&self) -> usize {
        self.history.depth()
    }

    /// How many shots are gone that undo could bring back.
    fn count_removed(&self) -> usize {
        // No shot is lost to the history.
        self.history.shots().count() - shots_of(&self.classes).count()
    }

    /// Ids of the shots that are gone and that undo could bring back.
    pub fn removed(&self) -> Vec<u32> {
        if self.count_removed() == 0 {
            return Vec::new();
        }
        let here: BTreeSet<u32> = shots_of(&self.classes).collect();
        let shots = self.history.shots();
        shots.filter(|shot| !here.contains(shot)).collect()
    }

    /// Adds an empty class at the end and returns its id.
    ///
    /// # Errors
    /// [`Error::NameEmpty`], [`Error::NameTooLong`], [`Error::TooManyClasses`].
    pub fn add_class(&mut self, name: &str) -> Result<u32, Error> {
        let name = parse_name(name)?;
        let class = self.next_class;
        self.change(Change::AddClass { class, name })?;
        self.next_class += 1;
        Ok(class)
    }

    /// Gives a class another name.
    ///
    /// # Errors
    /// [`Error::ClassUnknown`], [`Error::NameEmpty`], [`Error::NameTooLong`].
    pub fn rename_class(&mut self, class: u32, name: &str) -> Result<(), Error> {
        let name = parse_name(name)?;
        self.change(Change::RenameClass { class, name }).map(drop)
    }

    /// Lets a class take part in answers, or not.
    ///
    /// # Errors
    /// [`Error::ClassUnknown`].
    pub fn enable_class(&mut self, class: u32, enabled: bool) -> Result<(), Error> {
        self.change(Change::EnableClass { class, enabled })
            .map(drop)
    }

    /// Removes a class with its shots.
    ///
    /// # Errors
    /// [`Error::ClassUnknown`].
    pub fn remove_class(&mut self, class: u32) -> Result<(), Error> {
        self.change(Change::RemoveClass { class }).map(drop)
    }

    /// Adds a shot to a class and returns its id. The embedding is L2-normalised, as made
    /// by [`crate::embedder::normalise`].
    ///
    /// # Errors
    /// [`Error::ClassUnknown`], [`Error::TooManyShots`].
    pub fn add_shot(&mut self, class: u32, embedding: Vec<f32>) -> Result<u32, Error> {
        let shot = self.make_shot(embedding);
        let id = shot.id;
        self.change(Change::AddShot { class, shot })?;
        Ok(id)
    }

    /// Removes one shot.
    ///
    /// # Errors
    /// [`Error::ShotUnknown`].
    pub fn remove_shot(&mut self, shot: u32) -> Result<(), Error> {
        self.change(Change::RemoveShot { shot }).map(drop)
    }

    /// Moves a shot to the end of another class; it keeps its id.
    ///
    /// # Errors
    /// [`Error::ShotUnknown`], [`Error::ClassUnknown`], [`Error::TooManyShots`].
    pub fn move_shot(&mut self, shot: u32, class: u32) -> Result<(), Error> {
        self.change(Change::MoveShot { shot, class }).map(drop)
    }

    /// Removes everything; [`undo`](Self::undo) brings it back.
    pub fn clear(&mut self) {
        self.classes.clear();
        self.keep(Change::Clear);
    }

    /// Removes everything for good: no undo brings it back. Ids are still not used again.
    pub fn forget(&mut self) {
        self.classes.clear();
        self.clear_history();
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
        for (class, id) in self.classes.iter_mut().zip(ids) {
            class.id = id;
            self.next_class = self.next_class.max(id.saturating_add(1));
        }
        self.clear_history();
        Ok(())
    }

    /// Puts saved classes in the place of all there are; `(name, enabled, embeddings)`. Gives the
    /// step that it belongs to.
    ///
    /// # Errors
    /// [`Error::NameEmpty`], [`Error::NameTooLong`], [`Error::TooManyClasses`],
    /// [`Error::TooManyShots`]; then nothing has changed.
    pub fn restore(&mut self, saved: Vec<Saved>) -> Result<u64, Error> {
        let classes = self.make_classes(saved)?;
        self.change(Change::Restore(classes))
    }

    /// Puts saved classes after those there are.
    ///
    /// # Errors
    /// As [`restore`](Self::restore).
    pub fn append(&mut self, saved: Vec<Saved>) -> Result<(), Error> {
        let classes = self.make_classes(saved)?;
        self.change(Change::Append(classes)).map(drop)
    }

    /// Takes the newest step back and says what it was; `None` where there is none.
    ///
    /// # Errors
    /// As [`undo_step`](Self::undo_step).
    pub fn undo(&mut self) -> Result<Option<Action>, Error> {
        match self.newest_step() {
            Some(step) => self.undo_step(step),
            None => Ok(None),
        }
    }

    /// Takes one step back and nothing else, and says what it was; `None` where it is not, or no
    /// longer, one that can be taken back.
    ///
    /// # Errors
    /// [`Error::TooManyClasses`], [`Error::TooManyShots`] where later steps have filled the room
    /// of what would come back; then nothing has changed.
    pub fn undo_step(&mut self, step: u64) -> Result<Option<Action>, Error> {
        let action = self.history.action(step);
        if action.is_some() {
            self.classes = self.history.undo(step)?;
            self.revision += 1;
        }
        Ok(action)
    }

    /// Forgets all steps: what is there now is where undo ends.
    pub fn clear_history(&mut self) {
        self.history.clear(&self.classes);
    }

    /// Makes a change; gives the step that it belongs to.
    fn change(&mut self, change: Change) -> Result<u64, Error> {
        change.make(&mut self.classes)?;
        Ok(self.keep(change))
    }

    fn keep(&mut self, change: Change) -> u64 {
        let step = self.step.map_or(SINGLE + self.singles, u64::from);
        self.singles += 1;
        self.history.push(step, change);
        while self.history.depth() > 1 && self.count_removed() > MAX_REMOVED {
            self.history.forget_oldest();
        }
        self.revision += 1;
        step
    }

    fn make_classes(&mut self, saved: Vec<Saved>) -> Result<Vec<Class>, Error> {
        check_saved(&saved)?;
        let mut classes = Vec::with_capacity(saved.len());
        for (name, enabled, embeddings) in saved {
            let id = self.next_class;
            self.next_class += 1;
            let embeddings = embeddings.into_iter();
            classes.push(Class {
                id,
                name: name.trim().to_owned(),
                enabled,
                shots: embeddings.map(|one| self.make_shot(one)).collect(),
            });
        }
        Ok(classes)
    }

    fn make_shot(&mut self, embedding: Vec<f32>) -> Shot {
        let id = self.next_shot;
        self.next_shot += 1;
        Shot {
            id,
            embedding: embedding.into(),
        }
    }
}

fn check_saved(saved: &[Saved]) -> Result<(), Error> {
    check_classes(saved.len())?;
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
