//! The methods without weights of their own, as the camera uses them: do they answer as their
//! papers say, and does a shot that is left out not see itself?
#![allow(clippy::unwrap_used)]

mod made_up;

use kshot::classifier::{Classifier, Settings};
use kshot::method::comparison::Comparison;
use kshot::method::matching::Attention;
use kshot::method::siamese::NearestShot;
use kshot::method::{Attended, Method, Metric, Support};
use made_up::{BY_METRIC, at, numbers};

/// A classifier with a class of shots at each of these angles.
fn classifier(method: Comparison, classes: &[&[f32]]) -> (Classifier, Vec<u32>) {
    let mut classifier = Classifier::default();
    let settings = Settings {
        method: method.into(),
        ..Settings::default()
    };
    classifier.set_settings(settings).unwrap();
    let ids = (classes.iter())
        .map(|shots| {
            let id = classifier.support.add_class("class").unwrap();
            for degrees in *shots {
                classifier.support.add_shot(id, at(*degrees)).unwrap();
            }
            id
        })
        .collect();
    (classifier, ids)
}

/// The class that each method names at an angle, by its place among the classes.
fn named(classes: &[&[f32]], degrees: f32) -> [Option<usize>; 3] {
    BY_METRIC.map(|method| {
        let (mut classifier, ids) = classifier(method, classes);
        let best = classifier.answer(&at(degrees)).unwrap().best;
        best.and_then(|best| ids.iter().position(|id| *id == best))
    })
}

#[test]
fn with_single_shots_all_three_are_the_same() {
    let classes: [&[f32]; 3] = [&[0.0], &[60.0], &[200.0]];
    for degrees in 0..36 {
        let query = at(10.0 * degrees as f32 + 1.0);
        let [first, others @ ..] = BY_METRIC.map(|method| {
            let (mut classifier, _) = classifier(method, &classes);
            classifier.answer(&query).unwrap()
        });
        for other in others {
            assert_eq!(first.best, other.best);
            for (a, b) in first.scores.iter().zip(other.scores) {
                assert!((a.similarity - b.similarity).abs() < 1e-6);
                assert!((a.probability - b.probability).abs() < 1e-5);
            }
        }
    }
}

#[test]
fn the_nearest_shot_the_mean_and_the_vote_can_disagree() {
    // One shot of the first class is 5 degrees away, the rest of it far off; the second class
    // has two shots 8 degrees away. Its mean is near, and together they outvote the nearest.
    let classes: [&[f32]; 2] = [&[45.0, 120.0, 130.0], &[32.0, 48.0]];
    assert_eq!(named(&classes, 40.0), [Some(1), Some(0), Some(1)]);
}

#[test]
fn a_siamese_similarity_is_that_of_the_nearest_shot() {
    let (mut classifier, _) = classifier(Comparison::Siamese, &[&[0.0, 30.0], &[90.0, 170.0]]);
    let answer = classifier.answer(&at(40.0)).unwrap();
    let cosine = |degrees: f32| degrees.to_radians().cos();
    assert!((answer.scores[0].similarity - cosine(10.0)).abs() < 1e-6);
    assert!((answer.scores[1].similarity - cosine(50.0)).abs() < 1e-6);
}

#[test]
fn matching_adds_up_the_attention_of_a_classs_shots() {
    // Equation 1 of arXiv 1606.04080, at temperature 0.5: weights exp(4 cos).
    let (mut classifier, _) = classifier(Comparison::Matching, &[&[0.0, 30.0], &[90.0]]);
    let settings = Settings {
        temperature: Some(0.5),
        ..classifier.settings()
    };
    classifier.set_settings(settings).unwrap();
    let answer = classifier.answer(&at(40.0)).unwrap();
    let weight = |degrees: f32| (4.0 * degrees.to_radians().cos()).exp();
    let (own, other) = (weight(40.0) + weight(10.0), weight(50.0));
    let probability = answer.scores[0].probability;
    assert!((probability - own / (own + other)).abs() < 1e-5);
}

#[test]
fn matching_stays_finite_at_extreme_temperatures() {
    let shots: Vec<Vec<f32>> = (0..6).map(|i| numbers(&i.to_string(), 64, 1.0)).collect();
    let support = Support {
        shots: (shots.iter().enumerate())
            .map(|(i, shot)| (i % 3, &shot[..]))
            .collect(),
        classes: 3,
    };
    for temperature in [1e-6, 1e6] {
        let fitted = Attention { temperature }.fit(&support).unwrap();
        let reading = fitted.read(&shots[1]).unwrap();
        assert!(reading.scores.iter().all(|score| score.is_finite()));
        let Attended::Shots { weights } = reading.attended else {
            panic!();
        };
        assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }
}

/// Random support sets, of one to four shots a class.
fn support_sets() -> Vec<Vec<(usize, Vec<f32>)>> {
    (0..40)
        .map(|number| {
            let shots = (0..4).flat_map(|class| {
                (0..=(number * 7 + class * 3) % 4).map(move |shot| (class, shot))
            });
            shots
                .map(|(class, shot)| (class, numbers(&format!("{number}.{class}.{shot}"), 64, 1.0)))
                .collect()
        })
        .collect()
}

fn support(shots: &[(usize, Vec<f32>)]) -> Support<'_> {
    Support {
        shots: (shots.iter().map(|(class, shot)| (*class, &shot[..]))).collect(),
        classes: 4,
    }
}

#[test]
fn a_shot_that_is_left_out_does_not_see_itself() {
    // The same as fitting to the others and asking for it, where its class has others.
    for shots in support_sets() {
        for method in [Comparison::Siamese, Comparison::Matching] {
            let all = support(&shots);
            let fitted = method.fit(Metric::Cosine, 0.1, &all).unwrap();
            for left in 0..shots.len() {
                let (own, other) = fitted.leave_one_out(&all, left);
                let mut rest = shots.clone();
                let (class, query) = rest.remove(left);
                if rest.iter().all(|(other, _)| *other != class) {
                    assert_eq!(own, None);
                    continue;
                }
                let rest = method.fit(Metric::Cosine, 0.1, &support(&rest)).unwrap();
                let similarities = rest.read(&query).unwrap().similarities.unwrap();
                let others = similarities.iter().enumerate().filter(|(c, _)| *c != class);
                assert_eq!(own, Some(similarities[class]));
                assert_eq!(other, others.map(|(_, s)| *s).max_by(f32::total_cmp));
            }
        }
    }
}

#[test]
fn a_prototype_that_a_shot_is_left_out_of_is_the_mean_of_the_others() {
    // By the cosine, where the length that stays does not count but for a factor: the product
    // with the mean of the others, over the lengths of the shot and of the whole mean.
    for shots in support_sets() {
        let all = support(&shots);
        let fitted = Comparison::Prototypical
            .fit(Metric::Cosine, 0.1, &all)
            .unwrap();
        for (left, (class, shot)) in shots.iter().enumerate() {
            let mean = |without: Option<usize>| {
                let of_class = shots.iter().enumerate();
                let of_class: Vec<&Vec<f32>> = of_class
                    .filter(|(i, (c, _))| c == class && Some(*i) != without)
                    .map(|(_, (_, shot))| shot)
                    .collect();
                let count = of_class.len() as f64;
                let sum = |i| of_class.iter().map(|shot| f64::from(shot[i])).sum::<f64>();
                (0..64).map(|i| sum(i) / count).collect::<Vec<f64>>()
            };
            let Some(own) = fitted.leave_one_out(&all, left).0 else {
                assert_eq!(shots.iter().filter(|(c, _)| c == class).count(), 1);
                continue;
            };
            let shot: Vec<f64> = shot.iter().map(|v| f64::from(*v)).collect();
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
            let (others, whole) = (mean(Some(left)), mean(None));
            let expected = dot(&shot, &others) / (dot(&shot, &shot) * dot(&whole, &whole)).sqrt();
            assert!((f64::from(own) - expected).abs() < 1e-5);
        }
    }
}

#[test]
fn what_is_far_from_everything_is_none_of_these_by_every_method() {
    for method in Comparison::ALL {
        let (mut classifier, _) = classifier(method, &[&[0.0, 5.0, 10.0], &[80.0, 85.0]]);
        assert_eq!(classifier.answer(&at(225.0)).unwrap().best, None);
    }
}

#[test]
fn a_change_of_method_is_followed_at_once() {
    let classes: [&[f32]; 2] = [&[45.0, 120.0, 130.0], &[32.0, 48.0]];
    let (mut classifier, ids) = classifier(Comparison::Prototypical, &classes);
    assert_eq!(classifier.answer(&at(40.0)).unwrap().best, Some(ids[1]));
    let settings = Settings {
        method: Comparison::Siamese.into(),
        ..classifier.settings()
    };
    classifier.set_settings(settings).unwrap();
    assert_eq!(classifier.answer(&at(40.0)).unwrap().best, Some(ids[0]));
}

#[test]
fn the_metric_makes_no_difference_between_shots_of_length_one() {
    let shots = [at(0.0), at(30.0), at(90.0)];
    let support = Support {
        shots: vec![(0, &shots[0][..]), (0, &shots[1]), (1, &shots[2])],
        classes: 2,
    };
    let [euclidean, cosine] = Metric::ALL.map(|metric| {
        let temperature = 0.1;
        let fitted = NearestShot {
            metric,
            temperature,
        }
        .fit(&support)
        .unwrap();
        fitted.read(&at(40.0)).unwrap().scores
    });
    for (a, b) in euclidean.iter().zip(cosine) {
        assert!((a - b).abs() < 1e-4);
    }
}
