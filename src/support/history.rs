//! Undo: the support set before the oldest change, and the changes since, each of a step.
//!
//! A step is taken back by making all other changes anew, so that it goes whole and alone, also
//! where the changes of several steps lie between one another. Changes hold ids and pointers, so
//! a step costs what it changed and not a copy of the set.

use std::collections::VecDeque;

use super::{Action, Class, MAX_CLASSES, MAX_SHOTS, Shot};
use crate::error::Error;

/// Steps that can be taken back.
pub const MAX_UNDO: usize = 100;

/// What was done to a support set.
#[derive(Debug)]
pub(super) enum Change {
    AddClass { class: u32, name: String },
    RemoveClass { class: u32 },
    RenameClass { class: u32, name: String },
    EnableClass { class: u32, enabled: bool },
    AddShot { class: u32, shot: Shot },
    RemoveShot { shot: u32 },
    MoveShot { shot: u32, class: u32 },
    Clear,
    Restore(Vec<Class>),
    Append(Vec<Class>),
}

impl Change {
    /// Makes the change; where it cannot be made, nothing changes.
    pub fn make(&self, classes: &mut Vec<Class>) -> Result<(), Error> {
        match self {
            Change::AddClass { class, name } => {
                check_classes(classes.len() + 1)?;
                classes.push(Class {
                    id: *class,
                    name: name.clone(),
                    enabled: true,
                    shots: Vec::new(),
                });
            }
            Change::RemoveClass { class } => {
                find(classes, *class)?;
                classes.retain(|one| one.id != *class);
            }
            Change::RenameClass { class, name } => find(classes, *class)?.name.clone_from(name),
            Change::EnableClass { class, enabled } => find(classes, *class)?.enabled = *enabled,
            Change::AddShot { class, shot } => with_room(classes, *class)?.push(shot.clone()),
            Change::RemoveShot { shot } => {
                take(classes, *shot)?;
            }
            Change::MoveShot { shot, class } => {
                with_room(classes, *class)?;
                let moved = take(classes, *shot)?;
                find(classes, *class)?.shots.push(moved);
            }
            Change::Clear => classes.clear(),
            Change::Restore(saved) => classes.clone_from(saved),
            Change::Append(saved) => {
                check_classes(classes.len() + saved.len())?;
                classes.extend_from_slice(saved);
            }
        }
        Ok(())
    }

    fn action(&self) -> Action {
        match self {
            Change::AddClass { .. } => Action::AddClass,
            Change::RemoveClass { .. } => Action::RemoveClass,
            Change::RenameClass { .. } => Action::RenameClass,
            Change::EnableClass { .. } => Action::EnableClass,
            Change::AddShot { .. } => Action::AddShot,
            Change::RemoveShot { .. } => Action::RemoveShot,
            Change::MoveShot { .. } => Action::MoveShot,
            Change::Clear => Action::Clear,
            Change::Restore(_) => Action::Restore,
            Change::Append(_) => Action::Append,
        }
    }

    /// Ids of the shots that it brings.
    fn shots(&self) -> impl Iterator<Item = u32> {
        let (one, many) = match self {
            Change::AddShot { shot, .. } => (Some(shot.id), &[][..]),
            Change::Restore(classes) | Change::Append(classes) => (None, &classes[..]),
            _ => (None, &[][..]),
        };
        one.into_iter().chain(shots_of(many))
    }
}

/// The changes that can be taken back.
#[derive(Debug, Default)]
pub(super) struct History {
    /// The set before the oldest of them.
    base: Vec<Class>,
    changes: VecDeque<(u64, Change)>,
    /// In the order in which they began.
    steps: VecDeque<u64>,
}

impl History {
    /// Keeps a change that was made; it joins its step, wherever that lies.
    pub fn push(&mut self, step: u64, change: Change) {
        if !self.steps.contains(&step) {
            if self.steps.len() == MAX_UNDO {
                self.steps.pop_front();
            }
            self.steps.push_back(step);
        }
        self.changes.push_back((step, change));
        self.settle();
    }

    /// Makes the oldest step one that cannot be taken back.
    pub fn forget_oldest(&mut self) {
        self.steps.pop_front();
        self.settle();
    }

    /// The step that began last.
    pub fn newest(&self) -> Option<u64> {
        self.steps.back().copied()
    }

    /// What a step is called after: the weightiest of its changes.
    pub fn action(&self, step: u64) -> Option<Action> {
        let changes = self.changes.iter().filter(|(of, _)| *of == step);
        changes.map(|(_, change)| change.action()).max()
    }

    pub fn depth(&self) -> usize {
        self.steps.len()
    }

    /// Forgets a step; gives the set as it is without it. A change to what the step had brought
    /// goes with it; one for which there is no room is an error, and then nothing has changed.
    pub fn undo(&mut self, step: u64) -> Result<Vec<Class>, Error> {
        let mut classes = self.base.clone();
        let mut stays = Vec::with_capacity(self.changes.len());
        for (of, change) in &self.changes {
            stays.push(*of != step && still_makes(change, &mut classes)?);
        }
        let mut stays = stays.into_iter();
        self.changes.retain(|_| stays.next() == Some(true));
        let changes = &self.changes;
        (self.steps).retain(|step| changes.iter().any(|(of, _)| of == step));
        self.settle();
        Ok(classes)
    }

    /// Nothing before this set can be taken back.
    pub fn clear(&mut self, classes: &[Class]) {
        self.base = classes.to_vec();
        self.changes.clear();
        self.steps.clear();
    }

    /// Ids of all shots that the set has or could have again.
    pub fn shots(&self) -> impl Iterator<Item = u32> {
        let brought = self.changes.iter().flat_map(|(_, change)| change.shots());
        shots_of(&self.base).chain(brought)
    }

    /// Moves into the base what nothing takes back any more.
    fn settle(&mut self) {
        while let Some((step, _)) = self.changes.front()
            && !self.steps.contains(step)
            && let Some((_, change)) = self.changes.pop_front()
        {
            // It could be made once, and so it can again.
            let _ = change.make(&mut self.base);
        }
    }
}

/// Makes a change anew; false where what it was made to is gone.
fn still_makes(change: &Change, classes: &mut Vec<Class>) -> Result<bool, Error> {
    match change.make(classes) {
        Ok(()) => Ok(true),
        Err(Error::ClassUnknown(_) | Error::ShotUnknown(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

pub(super) fn check_classes(count: usize) -> Result<(), Error> {
    if count > MAX_CLASSES {
        return Err(Error::TooManyClasses(MAX_CLASSES));
    }
    Ok(())
}

pub(super) fn shots_of(classes: &[Class]) -> impl Iterator<Item = u32> {
    let shots = classes.iter().flat_map(|class| &class.shots);
    shots.map(|shot| shot.id)
}

fn find(classes: &mut [Class], class: u32) -> Result<&mut Class, Error> {
    (classes.iter_mut())
        .find(|one| one.id == class)
        .ok_or(Error::ClassUnknown(class))
}

/// The shots of a class that takes one more.
fn with_room(classes: &mut [Class], class: u32) -> Result<&mut Vec<Shot>, Error> {
    let shots = &mut find(classes, class)?.shots;
    if shots.len() >= MAX_SHOTS {
        return Err(Error::TooManyShots(MAX_SHOTS));
    }
    Ok(shots)
}

fn take(classes: &mut [Class], shot: u32) -> Result<Shot, Error> {
    for Class { shots, .. } in classes {
        if let Some(place) = shots.iter().position(|one| one.id == shot) {
            return Ok(shots.remove(place));
        }
    }
    Err(Error::ShotUnknown(shot))
}
