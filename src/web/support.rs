//! Classes and shots of a support set ([`crate::support`]) as JavaScript changes and sees them.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{Engine, Js, give, object, throw};
use crate::support::Action;

#[wasm_bindgen]
impl Engine {
    /// Names the step of undo that the changes of later calls belong to; without a name each is a
    /// step of its own.
    pub fn take_step(&mut self, step: Option<u32>) {
        self.classifier.support.take_step(step);
    }

    /// Adds a class. Returns `{ classId, support }`.
    pub fn add_class(&mut self, name: &str) -> Js<JsValue> {
        let class = self.classifier.support.add_class(name).map_err(throw)?;
        object(&[("classId", class.into()), ("support", self.support()?)])
    }

    /// Gives a class another name.
    pub fn rename_class(&mut self, class: u32, name: &str) -> Js<JsValue> {
        let support = &mut self.classifier.support;
        support.rename_class(class, name).map_err(throw)?;
        self.support()
    }

    /// Lets a class take part in answers, or not.
    pub fn enable_class(&mut self, class: u32, enabled: bool) -> Js<JsValue> {
        let support = &mut self.classifier.support;
        support.enable_class(class, enabled).map_err(throw)?;
        self.support()
    }

    /// Removes a class with its shots.
    pub fn remove_class(&mut self, class: u32) -> Js<JsValue> {
        self.classifier.support.remove_class(class).map_err(throw)?;
        self.support()
    }

    /// Removes one shot.
    pub fn remove_shot(&mut self, shot: u32) -> Js<JsValue> {
        self.classifier.support.remove_shot(shot).map_err(throw)?;
        self.support()
    }

    /// Moves one shot to another class.
    pub fn move_shot(&mut self, shot: u32, class: u32) -> Js<JsValue> {
        let support = &mut self.classifier.support;
        support.move_shot(shot, class).map_err(throw)?;
        self.support()
    }

    /// Removes everything.
    pub fn clear(&mut self) -> Js<JsValue> {
        self.classifier.support.clear();
        self.support()
    }

    /// Takes the newest step back, or the one that is named. Returns `{ undone, support }`;
    /// `undone` says what that was, null where there was none.
    pub fn undo(&mut self, step: Option<u32>) -> Js<JsValue> {
        let undone = match step {
            Some(step) => self.classifier.undo_step(step.into()),
            None => self.classifier.undo(),
        };
        object(&[
            ("undone", give(&undone.map_err(throw)?)?),
            ("support", self.support()?),
        ])
    }

    /// Forgets all steps: what is there now is where undo ends.
    pub fn clear_history(&mut self) -> Js<JsValue> {
        self.classifier.clear_history();
        self.support()
    }

    /// The support set without its embeddings.
    pub fn support(&self) -> Js<JsValue> {
        let support = &self.classifier.support;
        give(&Summary {
            classes: support
                .classes()
                .iter()
                .map(|class| ClassSummary {
                    id: class.id,
                    name: &class.name,
                    enabled: class.enabled,
                    shots: class.shots.iter().map(|shot| shot.id).collect(),
                })
                .collect(),
            undo: (support.newest_step().zip(support.undoable()))
                .map(|(step, action)| StepSummary { step, action }),
            removed: support.removed(),
        })
    }
}

#[derive(Serialize)]
struct Summary<'a> {
    classes: Vec<ClassSummary<'a>>,
    undo: Option<StepSummary>,
    removed: Vec<u32>,
}

#[derive(Serialize)]
struct StepSummary {
    step: u64,
    action: Action,
}

#[derive(Serialize)]
struct ClassSummary<'a> {
    id: u32,
    name: &'a str,
    enabled: bool,
    shots: Vec<u32>,
}
