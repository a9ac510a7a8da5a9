//! Does an enrolment fill its ring, and a challenge pass, fail and lock, as they should?
#![allow(clippy::unwrap_used)]

mod face_photos;

use face_photos::{blurred, networks, open, picture, turned};
use image::RgbaImage;
use kshot::face::challenge::{Challenge, Failure, Guard, State, Turn};
use kshot::face::enrolment::{DIRECTIONS, Enrolment, Step};
use kshot::face::look::{Look, Networks};
use kshot::face::people::{People, alike};
use kshot::face::quality::Advice;
use kshot::face::scores::SHIPPED;

/// Middle and radius of the head in `obama-1`.
const HEAD: (f32, f32, f32) = (208.0, 150.0, 92.0);

/// Yaw and pitch, to the person's left and up, that point at each direction of the ring.
const WAYS: [(f32, f32); 9] = [
    (0.0, 0.0),
    (0.0, 25.0),
    (-20.0, 20.0),
    (-28.0, 0.0),
    (-20.0, -25.0),
    (0.0, -30.0),
    (20.0, -25.0),
    (28.0, 0.0),
    (20.0, 20.0),
];

fn see(networks: &Networks, image: &RgbaImage) -> (Look, Option<Vec<f32>>) {
    networks.look(&picture(image)).unwrap()
}

fn step(enrolment: &mut Enrolment, (look, embedding): &(Look, Option<Vec<f32>>)) -> Step {
    enrolment.step(look, embedding.as_deref())
}

/// A look, twice, so that the head rests; the step that took a shot, or the last.
fn rest(enrolment: &mut Enrolment, seen: &(Look, Option<Vec<f32>>)) -> Step {
    let first = step(enrolment, seen);
    if first.taken.is_some() {
        first
    } else {
        step(enrolment, seen)
    }
}

#[test]
fn a_ring_fills_as_the_head_turns_and_is_kept_when_somebody_else_steps_in() {
    let networks = networks();
    let portrait = open("obama-1");
    let looks = WAYS.map(|(yaw, pitch)| see(&networks, &turned(&portrait, HEAD, yaw, pitch)));
    let stranger = see(&networks, &open("biden-1"));
    let mut enrolment = Enrolment::new(2, Vec::new());
    assert_eq!(enrolment.wanted(), Some(0));

    // Nothing is taken before the centre.
    let early = rest(&mut enrolment, &looks[3]);
    assert_eq!((early.taken, early.advice), (None, Advice::LookStraight));
    for pass in 1..=2u8 {
        for (way, seen) in looks.iter().enumerate() {
            let pose = seen.0.largest.as_ref().unwrap().pose;
            println!("{} {pose:?}", DIRECTIONS[way]);
            let got = rest(&mut enrolment, seen);
            assert_eq!(
                got.taken,
                Some(way),
                "{}: {pose:?} {got:?}",
                DIRECTIONS[way]
            );
            let shots = enrolment.shots().len();
            let other = step(&mut enrolment, &stranger);
            if !enrolment.is_done() {
                assert_eq!(other.advice, Advice::AnotherPerson);
            }
            assert_eq!(enrolment.shots().len(), shots);
            let expected = match (way, pass) {
                (8, 1) => Some(Advice::PassDone),
                (8, 2) => Some(Advice::Done),
                _ => None,
            };
            if let Some(expected) = expected {
                assert_eq!(got.advice, expected);
            }
        }
    }
    assert!(enrolment.is_done());
    assert_eq!(enrolment.filled(), [2; 9]);
    assert_eq!(enrolment.wanted(), None);

    // The person is known again in other photos, and nobody else is.
    let mut people = People::default();
    let owner = people.add("Owner").unwrap();
    people.add_shots(owner, enrolment.into_shots()).unwrap();
    let threshold = SHIPPED.threshold_for(1e-3);
    for (name, expected) in [("obama-2", true), ("obama-3", true), ("biden-1", false)] {
        let face = see(&networks, &open(name)).1.unwrap();
        let similarity = people.similarity(owner, &face).unwrap();
        assert_eq!(similarity >= threshold, expected, "{name}: {similarity}");
    }
}

#[test]
fn advice_leads_to_an_empty_direction_and_a_moving_head_takes_no_shot() {
    let networks = networks();
    let portrait = open("obama-1");
    let at = |way: usize| {
        see(
            &networks,
            &turned(&portrait, HEAD, WAYS[way].0, WAYS[way].1),
        )
    };
    let mut enrolment = Enrolment::new(1, Vec::new());
    assert_eq!(rest(&mut enrolment, &at(0)).taken, Some(0));
    let moving = step(&mut enrolment, &at(7));
    assert_eq!(
        (moving.taken, moving.at, moving.advice),
        (None, Some(7), Advice::HoldStill)
    );
    assert_eq!(step(&mut enrolment, &at(7)).taken, Some(7));
    // Up-left or down-left is next to left.
    assert!(matches!(enrolment.wanted(), Some(6 | 8)));
    let again = step(&mut enrolment, &at(7));
    assert_eq!(again.taken, None);
    assert!(matches!(
        again.advice,
        Advice::TurnUp | Advice::TurnDown | Advice::TurnRight
    ));
    let unsharp = see(&networks, &blurred(&portrait, 9.0));
    assert_eq!(step(&mut enrolment, &unsharp).advice, Advice::Blurred);
    let nobody = see(&networks, &open("chelsea"));
    assert_eq!(step(&mut enrolment, &nobody).advice, Advice::NoFace);
    assert_eq!(enrolment.shots().len(), 2);
}

#[test]
fn another_appearance_must_be_of_the_same_person() {
    let networks = networks();
    let known = see(&networks, &open("obama-1")).1.unwrap();
    let mut enrolment = Enrolment::new(1, vec![known]);
    let stranger = see(&networks, &open("caltech-p15-1"));
    assert_eq!(
        step(&mut enrolment, &stranger).advice,
        Advice::AnotherPerson
    );
    let same = see(&networks, &open("obama-3"));
    assert_ne!(step(&mut enrolment, &same).advice, Advice::AnotherPerson);
}

#[test]
fn undo_takes_an_enrolment_back_whole_and_forgetting_is_for_good() {
    let mut people = People::default();
    let first = people.add("First").unwrap();
    people
        .add_shots(first, vec![vec![1.0; 128], vec![0.9; 128]])
        .unwrap();
    people.undo().unwrap();
    assert!(people.list().is_empty());
    let second = people.add("Second").unwrap();
    assert_ne!(first, second);
    people.add_shots(second, vec![vec![1.0; 128]]).unwrap();
    people.remove(second).unwrap();
    people.undo().unwrap();
    assert_eq!(people.list().len(), 1);
    assert_eq!(people.remove(99).unwrap_err().code(), "person_unknown");
    assert_eq!(
        people.similarity(99, &[0.0; 128]).unwrap_err().code(),
        "person_unknown"
    );
    let empty = people.add("Third").unwrap();
    assert_eq!(
        people.similarity(empty, &[0.0; 128]).unwrap_err().code(),
        "embedding_invalid"
    );
    people.forget();
    people.undo().unwrap();
    assert!(people.list().is_empty() && people.undo_depth() == 0);
    people
        .resume(vec![(7, "Back".into(), vec![vec![1.0; 128]])])
        .unwrap();
    assert_eq!(people.list()[0].id, 7);
    assert_eq!(people.undo_depth(), 0);
    assert!(people.add("Next").unwrap() > 7);
    assert_eq!(alike(&[1.0, 0.0], &[1.0, 0.0]), 1.0);
}

struct Watched<'a> {
    straight: &'a Look,
    left: &'a Look,
    right: &'a Look,
    guard: Guard,
    challenge: Challenge,
}

impl Watched<'_> {
    fn turn(&mut self, turn: Turn, now: f64) {
        let look = match turn {
            Turn::Left => self.left,
            Turn::Right => self.right,
        };
        self.challenge.step(look, true, &mut self.guard, now);
    }

    fn straight(&mut self, same: bool, now: f64) {
        self.challenge
            .step(self.straight, same, &mut self.guard, now);
    }

    fn other(turn: Turn) -> Turn {
        match turn {
            Turn::Left => Turn::Right,
            Turn::Right => Turn::Left,
        }
    }
}

#[test]
fn a_challenge_passes_fails_and_locks() {
    let networks = networks();
    let portrait = open("obama-1");
    let look = |yaw| see(&networks, &turned(&portrait, HEAD, yaw, 0.0)).0;
    let (straight, left, right) = (look(0.0), look(32.0), look(-32.0));
    let nobody = see(&networks, &open("chelsea")).0;
    let start = |guard: &mut Guard, seed, now| guard.start(2, 10.0, seed, now);
    let mut watched = Watched {
        straight: &straight,
        left: &left,
        right: &right,
        guard: Guard::default(),
        challenge: Guard::default().start(2, 10.0, 1, 0.0),
    };

    // The order is not always the same, and both ways are in it.
    let orders: Vec<Vec<Turn>> = (0..20)
        .map(|seed| start(&mut watched.guard, seed, 0.0).turns().to_vec())
        .collect();
    assert!(orders.contains(&vec![Turn::Left, Turn::Right]));
    assert!(orders.contains(&vec![Turn::Right, Turn::Left]));

    let turns = watched.challenge.turns().to_vec();
    watched.turn(turns[0], 0.5);
    assert_eq!(watched.challenge.made(), 0, "it starts straight");
    watched.straight(true, 1.0);
    watched.turn(turns[0], 2.0);
    watched.turn(turns[1], 2.5);
    assert_eq!(watched.challenge.made(), 1, "back to straight first");
    watched.straight(true, 3.0);
    watched.turn(turns[1], 4.0);
    assert_eq!(watched.challenge.state(), State::Centre);
    watched.straight(true, 5.0);
    assert_eq!(watched.challenge.state(), State::Passed);
    assert_eq!(watched.challenge.seconds_left(5.0), 0.0);

    let mut failures = Vec::new();
    let mut now = 100.0;
    for kind in 0..5 {
        watched.challenge = start(&mut watched.guard, kind, now);
        let turns = watched.challenge.turns().to_vec();
        assert!(watched.challenge.seconds_left(now + 1.0) < 10.0);
        match kind {
            0 => watched.straight(true, now + 10.0),
            1 => {
                watched.straight(true, now + 1.0);
                watched.turn(Watched::other(turns[0]), now + 2.0);
            }
            2 => (1..=3).for_each(|i| watched.straight(false, now + f64::from(i))),
            3 => {
                watched.straight(true, now + 1.0);
                for i in [2.0, 4.0] {
                    watched
                        .challenge
                        .step(&nobody, false, &mut watched.guard, now + i);
                }
            }
            _ => watched.straight(true, now + 11.0),
        }
        assert_eq!(watched.challenge.state(), State::Failed, "{kind}");
        failures.push(watched.challenge.failure().unwrap());
        now += 20.0;
    }
    assert_eq!(
        failures,
        [
            Failure::TooLate,
            Failure::WrongWay,
            Failure::AnotherPerson,
            Failure::NoFace,
            Failure::TooLate
        ]
    );
    // The fifth was at 191 s.
    assert_eq!(start(&mut watched.guard, 9, 200.0).state(), State::Locked);
    assert!(watched.guard.locked_for(200.0) > 20.0);
    assert_eq!(start(&mut watched.guard, 9, 222.0).state(), State::Centre);
    assert_eq!(watched.guard.failures(), 0);
}

#[test]
fn the_shipped_scores_give_rates_that_fit_together() {
    let (rate, threshold) = SHIPPED.equal_error();
    assert!(rate > 0.0 && rate < 0.01, "{rate}");
    let rates = SHIPPED.rates_at(threshold);
    assert!((rates.false_accept - rates.false_reject).abs() < 0.001);
    assert!(SHIPPED.rates_at(SHIPPED.threshold_for(1e-3)).false_accept <= 1e-3 + 1e-6);
    let curve = SHIPPED.curve();
    assert_eq!(curve.len(), SHIPPED.genuine.len() + 1);
    assert!(curve.windows(2).all(|pair| {
        pair[0].false_accept >= pair[1].false_accept && pair[0].false_reject <= pair[1].false_reject
    }));
}
