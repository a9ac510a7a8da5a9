//! Does the support set keep what was recorded, and give it back?
#![allow(clippy::unwrap_used)]

use kshot::Error;
use kshot::support::{Action, MAX_CLASSES, MAX_NAME_BYTES, MAX_REMOVED, MAX_UNDO, SupportSet};

fn embedding(value: f32) -> Vec<f32> {
    vec![value; 4]
}

fn names(support: &SupportSet) -> Vec<&str> {
    let classes = support.classes().iter();
    classes.map(|class| class.name.as_str()).collect()
}

fn shots(support: &SupportSet) -> Vec<usize> {
    let classes = support.classes().iter();
    classes.map(|class| class.shots.len()).collect()
}

#[test]
fn classes_and_shots_are_kept_in_the_order_they_came() {
    let mut support = SupportSet::default();
    let mug = support.add_class("mug").unwrap();
    let key = support.add_class(" key ").unwrap();
    let first = support.add_shot(key, embedding(1.0)).unwrap();
    let second = support.add_shot(key, embedding(2.0)).unwrap();
    assert_eq!(names(&support), ["mug", "key"]);
    let shots: Vec<u32> = support.classes()[1].shots.iter().map(|s| s.id).collect();
    assert_eq!(shots, [first, second]);
    assert_ne!(mug, key);
}

#[test]
fn every_change_can_be_taken_back() {
    let mut support = SupportSet::default();
    let mug = support.add_class("mug").unwrap();
    let shot = support.add_shot(mug, embedding(1.0)).unwrap();
    support.rename_class(mug, "cup").unwrap();
    support.enable_class(mug, false).unwrap();
    support.remove_shot(shot).unwrap();
    support.remove_class(mug).unwrap();
    support.clear();
    support
        .restore(vec![("key".into(), true, vec![embedding(3.0)])])
        .unwrap();

    let expected = [
        (Action::Restore, vec![]),
        (Action::Clear, vec![]),
        (Action::RemoveClass, vec!["cup"]),
        (Action::RemoveShot, vec!["cup"]),
        (Action::EnableClass, vec!["cup"]),
        (Action::RenameClass, vec!["mug"]),
        (Action::AddShot, vec!["mug"]),
        (Action::AddClass, vec![]),
    ];
    for (action, left) in expected {
        assert_eq!(support.undoable(), Some(action));
        assert_eq!(support.undo(), Ok(Some(action)));
        assert_eq!(names(&support), left);
    }
    assert_eq!(support.undo(), Ok(None));
}

#[test]
fn a_shot_that_was_removed_comes_back_with_its_id_and_its_embedding() {
    let mut support = SupportSet::default();
    let mug = support.add_class("mug").unwrap();
    let shot = support.add_shot(mug, embedding(7.0)).unwrap();
    support.remove_shot(shot).unwrap();
    assert!(support.classes()[0].shots.is_empty());
    support.undo().unwrap();
    assert_eq!(support.classes()[0].shots[0].id, shot);
    assert_eq!(*support.classes()[0].shots[0].embedding, [7.0; 4]);
}

#[test]
fn changes_of_one_step_are_taken_back_together() {
    let mut support = SupportSet::default();
    let mug = support.add_class("mug").unwrap();
    support.take_step(Some(1));
    for _ in 0..20 {
        support.add_shot(mug, embedding(3.0)).unwrap();
    }
    support.take_step(None);
    support.rename_class(mug, "cup").unwrap();
    assert_eq!(shots(&support), [20]);
    support.undo().unwrap();
    support.undo().unwrap();
    assert_eq!(shots(&support), [0]);
    assert_eq!(names(&support), ["mug"]);
}

#[test]
fn of_steps_that_interleave_the_one_that_began_last_goes_whole_and_alone() {
    let mut support = SupportSet::default();
    let [mug, key] = ["mug", "key"].map(|name| support.add_class(name).unwrap());
    for _ in 0..5 {
        for (step, class) in [(1, mug), (2, key)] {
            support.take_step(Some(step));
            support.add_shot(class, embedding(1.0)).unwrap();
        }
    }
    // The first one goes on after the second is over.
    support.take_step(Some(1));
    support.add_shot(mug, embedding(1.0)).unwrap();
    assert_eq!(shots(&support), [6, 5]);
    support.undo().unwrap();
    assert_eq!(shots(&support), [6, 0]);
    support.undo().unwrap();
    assert_eq!(shots(&support), [0, 0]);
    assert_eq!(support.undoable(), Some(Action::AddClass));
}

#[test]
fn a_step_within_one_that_goes_on_is_taken_back_alone() {
    let mut support = SupportSet::default();
    let [mug, key] = ["mug", "key"].map(|name| support.add_class(name).unwrap());
    let old = support.add_shot(key, embedding(9.0)).unwrap();
    support.take_step(Some(1));
    support.add_shot(mug, embedding(1.0)).unwrap();
    support.take_step(Some(2));
    support.rename_class(mug, "cup").unwrap();
    support.remove_class(key).unwrap();
    support.take_step(Some(1));
    support.add_shot(mug, embedding(2.0)).unwrap();
    assert_eq!(support.undo(), Ok(Some(Action::RemoveClass)));
    assert_eq!(names(&support), ["mug", "key"]);
    assert_eq!(shots(&support), [2, 1]);
    assert_eq!(support.classes()[1].shots[0].id, old);
}

#[test]
fn any_step_can_be_taken_back_and_the_newer_ones_stay() {
    let mut support = SupportSet::default();
    let [mug, key] = ["mug", "key"].map(|name| support.add_class(name).unwrap());
    support.take_step(Some(1));
    support.remove_class(mug).unwrap();
    support.take_step(Some(2));
    support.enable_class(key, false).unwrap();
    assert_eq!(support.undo_step(1), Ok(Some(Action::RemoveClass)));
    assert_eq!(names(&support), ["mug", "key"]);
    assert!(!support.classes()[1].enabled);
    assert_eq!(support.undo_step(1), Ok(None), "it is gone");
    assert_eq!(support.newest_step(), Some(2));
}

#[test]
fn what_was_done_to_a_thing_goes_with_the_step_that_brought_it() {
    let mut support = SupportSet::default();
    support.take_step(Some(1));
    let mug = support.add_class("mug").unwrap();
    support.take_step(Some(2));
    support.add_shot(mug, embedding(1.0)).unwrap();
    support.undo_step(1).unwrap();
    assert!(support.classes().is_empty());
    assert_eq!(support.undoable(), None);
    assert!(support.removed().is_empty());
}

#[test]
fn a_step_is_called_after_the_weightiest_of_its_changes() {
    let mut support = SupportSet::default();
    let empty = support.add_class("Class 1").unwrap();
    support.take_step(Some(1));
    support.remove_class(empty).unwrap();
    let mug = support.add_class("mug").unwrap();
    support.add_shot(mug, embedding(1.0)).unwrap();
    assert_eq!(support.undoable(), Some(Action::AddShot));
    support.take_step(Some(2));
    support.clear();
    support.add_class("Class 1").unwrap();
    assert_eq!(support.undo(), Ok(Some(Action::Clear)));
    assert_eq!(names(&support), ["mug"]);
}

#[test]
fn shots_that_undo_can_bring_back_are_told_until_it_no_longer_can() {
    let mut support = SupportSet::default();
    let mug = support.add_class("mug").unwrap();
    let [first, second] = [1.0, 2.0].map(|value| support.add_shot(mug, embedding(value)).unwrap());
    assert!(support.removed().is_empty());
    support.remove_shot(first).unwrap();
    assert_eq!(support.removed(), [first]);
    support.remove_class(mug).unwrap();
    assert_eq!(support.removed(), [first, second]);
    support.undo().unwrap();
    assert_eq!(support.removed(), [first]);
    for step in 0..MAX_UNDO {
        // However many changes a step has.
        support.take_step(Some(u32::try_from(step).unwrap()));
        for _ in 0..20 {
            support.enable_class(mug, false).unwrap();
        }
        assert_eq!(support.removed().is_empty(), step + 1 == MAX_UNDO);
    }
}

#[test]
fn undo_ends_where_the_history_was_cleared() {
    let mut support = SupportSet::default();
    support.add_class("mug").unwrap();
    support.clear_history();
    support.add_class("key").unwrap();
    support.undo().unwrap();
    assert_eq!(support.undo(), Ok(None));
    assert_eq!(names(&support), ["mug"]);
}

#[test]
fn a_step_for_whose_return_there_is_no_room_stays_done() {
    let mut support = SupportSet::default();
    let first = support.add_class("first").unwrap();
    support.take_step(Some(1));
    support.remove_class(first).unwrap();
    support.take_step(Some(2));
    for number in 0..MAX_CLASSES {
        support.add_class(&number.to_string()).unwrap();
    }
    let error = Err(Error::TooManyClasses(MAX_CLASSES));
    assert_eq!(support.undo_step(1), error);
    assert_eq!(support.classes().len(), MAX_CLASSES);
    support.undo().unwrap();
    support.undo().unwrap();
    assert_eq!(names(&support), ["first"]);
}

#[test]
fn ids_are_never_used_twice() {
    let mut support = SupportSet::default();
    let mug = support.add_class("mug").unwrap();
    let first = support.add_shot(mug, embedding(1.0)).unwrap();
    support.undo().unwrap();
    let second = support.add_shot(mug, embedding(1.0)).unwrap();
    support.remove_class(mug).unwrap();
    let key = support.add_class("key").unwrap();
    assert_ne!(first, second);
    assert_ne!(mug, key);
}

#[test]
fn what_is_not_there_is_an_error_that_changes_nothing() {
    let mut support = SupportSet::default();
    let mug = support.add_class("mug").unwrap();
    let revision = support.revision();
    assert_eq!(
        support.add_shot(99, embedding(1.0)),
        Err(Error::ClassUnknown(99))
    );
    assert_eq!(support.remove_class(99), Err(Error::ClassUnknown(99)));
    assert_eq!(support.enable_class(99, true), Err(Error::ClassUnknown(99)));
    assert_eq!(support.rename_class(99, "x"), Err(Error::ClassUnknown(99)));
    assert_eq!(support.remove_shot(5), Err(Error::ShotUnknown(5)));
    assert_eq!(support.rename_class(mug, " \t"), Err(Error::NameEmpty));
    assert_eq!(support.add_class(""), Err(Error::NameEmpty));
    assert_eq!(support.revision(), revision);
    assert_eq!(support.undoable(), Some(Action::AddClass));
}

#[test]
fn a_bad_restore_leaves_everything_as_it_was() {
    let mut support = SupportSet::default();
    support.add_class("mug").unwrap();
    let saved = vec![("key".into(), true, vec![]), ("  ".into(), true, vec![])];
    assert_eq!(support.restore(saved), Err(Error::NameEmpty));
    assert_eq!(names(&support), ["mug"]);
}

#[test]
fn one_class_more_than_the_limit_is_refused() {
    let mut support = SupportSet::default();
    for number in 0..MAX_CLASSES {
        support.add_class(&number.to_string()).unwrap();
    }
    let error = support.add_class("one more").unwrap_err();
    assert_eq!(error, Error::TooManyClasses(MAX_CLASSES));
}

#[test]
fn the_oldest_steps_are_forgotten_and_the_newest_stay_however_many_changes_they_have() {
    let mut support = SupportSet::default();
    for number in 0..MAX_UNDO + 5 {
        support.take_step(Some(u32::try_from(number).unwrap()));
        let class = support.add_class(&number.to_string()).unwrap();
        support.add_shot(class, embedding(1.0)).unwrap();
    }
    let mut steps = 0;
    while support.undo().unwrap().is_some() {
        steps += 1;
    }
    assert_eq!(steps, MAX_UNDO);
    assert_eq!(support.classes().len(), 5);
}

#[test]
fn only_enabled_classes_with_shots_answer() {
    let mut support = SupportSet::default();
    support.add_class("empty").unwrap();
    let off = support.add_class("off").unwrap();
    let on = support.add_class("on").unwrap();
    support.add_shot(off, embedding(1.0)).unwrap();
    support.add_shot(on, embedding(1.0)).unwrap();
    support.enable_class(off, false).unwrap();
    let answering: Vec<u32> = support.answering().map(|class| class.id).collect();
    assert_eq!(answering, [on]);
}

#[test]
fn saved_classes_come_after_those_there_are_as_one_step() {
    let mut support = SupportSet::default();
    let mug = support.add_class("mug").unwrap();
    let shot = support.add_shot(mug, embedding(1.0)).unwrap();
    let saved = |name: &str| (name.to_owned(), false, vec![embedding(2.0), embedding(3.0)]);
    support.append(vec![saved("mug"), saved("key")]).unwrap();
    assert_eq!(names(&support), ["mug", "mug", "key"]);
    assert_eq!(support.classes()[0].id, mug);
    assert_eq!(support.classes()[0].shots[0].id, shot);
    assert_eq!(support.classes()[2].shots.len(), 2);
    assert_eq!(support.undo(), Ok(Some(Action::Append)));
    assert_eq!(names(&support), ["mug"]);
    let too_many = (1..=MAX_CLASSES).map(|_| saved("x")).collect();
    assert_eq!(
        support.append(too_many),
        Err(Error::TooManyClasses(MAX_CLASSES))
    );
    assert_eq!(names(&support), ["mug"], "nothing has changed");
}

#[test]
fn a_name_longer_than_a_file_keeps_is_refused() {
    let mut support = SupportSet::default();
    support.add_class(&"n".repeat(MAX_NAME_BYTES)).unwrap();
    let longer = "n".repeat(MAX_NAME_BYTES + 1);
    assert_eq!(
        support.add_class(&longer),
        Err(Error::NameTooLong(MAX_NAME_BYTES))
    );
}

#[test]
fn a_moved_shot_keeps_its_id_and_goes_back() {
    let mut support = SupportSet::default();
    let [mug, key] = ["mug", "key"].map(|name| support.add_class(name).unwrap());
    let shot = support.add_shot(mug, embedding(1.0)).unwrap();
    support.move_shot(shot, key).unwrap();
    assert_eq!(support.classes()[1].shots[0].id, shot);
    assert_eq!(shots(&support), [0, 1]);
    assert!(matches!(
        support.move_shot(99, key),
        Err(Error::ShotUnknown(99))
    ));
    assert!(matches!(
        support.move_shot(shot, 99),
        Err(Error::ClassUnknown(99))
    ));
    assert_eq!(shots(&support), [0, 1]);
    assert_eq!(support.undo(), Ok(Some(Action::MoveShot)));
    assert_eq!(shots(&support), [1, 0]);
}

#[test]
fn removed_shots_are_kept_for_undo_up_to_a_limit_and_the_newest_step_always() {
    let mut support = SupportSet::default();
    let large = |shots: usize| vec![("mug".to_owned(), true, vec![embedding(1.0); shots])];
    for _ in 0..10 {
        support.restore(large(MAX_REMOVED / 4)).unwrap();
        assert!(support.removed().len() <= MAX_REMOVED);
    }
    assert_eq!(support.undo_depth(), 4);
    support.restore(large(MAX_REMOVED + 1)).unwrap();
    support.clear();
    assert_eq!((support.undo_depth(), shots(&support)), (1, vec![]));
    assert_eq!(support.undo(), Ok(Some(Action::Clear)));
    assert_eq!(shots(&support), [MAX_REMOVED + 1]);
}
