//! Are the figures the ones that a pencil gives?
#![allow(clippy::unwrap_used)]

use kshot::decision::of_ridge::LeftOut;
use kshot::decision::probabilities;
use kshot::episode::{Drawn, Episode};
use training::embed::EmbeddedClass;
use training::score::{Compared, ComparedEpisode, Head, compare, judge};
use training::similarities::Similarities;
use training::statistics::{Calibration, auroc, estimate, percentile};
use training::temperature::{best_temperature, negative_log_likelihood};

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}

#[test]
fn the_interval_is_the_one_worked_by_hand() {
    // Mean 0.8, deviations -0.2, 0, 0.2: variance 0.08 / 2 = 0.04, deviation 0.2, and
    // 1.96 · 0.2 / √3 = 0.2263213.
    let estimate = estimate(&[0.6, 0.8, 1.0]);
    assert!(near(estimate.mean, 0.8));
    assert!(near(estimate.interval, 0.226_321_3));
}

#[test]
fn equal_accuracies_have_an_interval_of_zero() {
    assert!(near(estimate(&[0.5; 4]).interval, 0.0));
}

#[test]
fn the_calibration_error_is_the_one_worked_by_hand() {
    // Bin 14 of 15 (from 0.8667 to 0.9333): two queries at 0.9, one right: |1.8 - 1| = 0.8.
    // Bin 8 (0.4667 to 0.5333): two at 0.5, one right: 0. The last bin: one at 1, right: 0.
    let mut calibration = Calibration::default();
    for (confidence, correct) in [
        (0.9, true),
        (0.9, false),
        (0.5, true),
        (0.5, false),
        (1.0, true),
    ] {
        calibration.add(confidence, correct);
    }
    assert!(near(calibration.error(), 0.8 / 5.0));

    let mut twice = calibration;
    twice.merge(&calibration);
    assert!(near(twice.error(), calibration.error()));
}

#[test]
fn the_area_under_the_curve_is_the_share_of_pairs_in_order() {
    // Of 3 x 2 pairs: 0.9 is above both, 0.5 above one and level with one, 0.1 above none.
    let area = auroc(&[0.9, 0.1, 0.5], &[0.5, 0.2]).unwrap();
    assert!(near(area, 3.5 / 6.0), "{area}");
    assert!(near(auroc(&[2.0, 3.0], &[1.0]).unwrap(), 1.0));
    assert_eq!(auroc(&[1.0], &[]), None);
}

#[test]
fn a_percentile_between_two_values_is_their_weighted_mean() {
    let mut values = [4.0, 1.0, 3.0, 2.0];
    assert_eq!(percentile(&mut values, 0.0), Some(1.0));
    assert_eq!(percentile(&mut values, 0.5), Some(2.5));
    assert_eq!(percentile(&mut values, 0.75), Some(3.25));
    assert_eq!(percentile(&mut values, 1.0), Some(4.0));
    assert_eq!(percentile(&mut [], 0.5), None);
}

/// Queries of class 0 with similarities `right`, `wrong` to classes 0 and 1.
fn episode(queries: &[(f32, f32, Option<usize>)], threshold: f32) -> ComparedEpisode {
    let queries = queries
        .iter()
        .map(|&(first, second, own)| Compared {
            similarities: vec![first, second],
            votes: vec![(0, first), (1, second)],
            own,
        })
        .collect();
    ComparedEpisode {
        queries,
        threshold,
        temperature: 1.0,
        left_out: LeftOut::default(),
    }
}

#[test]
fn an_outcome_counts_right_refused_and_misnamed() {
    let queries = [
        (0.9, 0.1, Some(0)), // right
        (0.4, 0.1, Some(0)), // right and under the threshold
        (0.6, 0.7, Some(0)), // wrong
        (0.3, 0.8, Some(1)), // right
        (0.2, 0.3, None),    // unknown, refused
        (0.2, 0.5, None),    // unknown, named: the threshold itself is enough
    ];
    let outcome = judge(&episode(&queries, 0.5), 0.1);
    assert!(near(outcome.accuracy, 0.75));
    assert_eq!((outcome.known, outcome.refused), (4, 1));
    assert_eq!((outcome.unknown, outcome.named), (2, 1));
}

#[test]
fn the_best_temperature_makes_the_stated_probability_come_true() {
    // Four of five queries are right, all by a lead of 0.3: the likelihood is highest where
    // the stated probability is 0.8, at 2 · 0.3 / temperature = ln(0.8 / 0.2).
    let mut queries = vec![(0.6, 0.3, Some(0)); 4];
    queries.push((0.6, 0.3, Some(1)));
    let episodes = [episode(&queries, 0.0)];
    let best = best_temperature(&episodes);
    assert!((f64::from(best) - 0.6 / 4_f64.ln()).abs() < 1e-4, "{best}");
    assert!((probabilities(&[0.6, 0.3], best)[0] - 0.8).abs() < 1e-4);
    // -(0.8 ln 0.8 + 0.2 ln 0.2) = 0.5004
    assert!((negative_log_likelihood(&episodes, best) - 0.500_402).abs() < 1e-5);
}

#[test]
fn the_balanced_threshold_refuses_as_many_as_it_misnames() {
    let known = [0.3, 0.5, 0.7, 0.9].map(|similarity| (similarity, 0.0, Some(0)));
    let unknown = [0.1, 0.2, 0.4, 0.6].map(|similarity| (similarity, 0.0, None));
    let episodes = [episode(&[known, unknown].concat(), 0.0)];
    // At 0.5 one of four known ones is under it, and one of four unknown ones over it.
    assert_eq!(
        Similarities::collect(&episodes).balance(),
        Some((0.5, 0.25))
    );
}

#[test]
fn an_episode_is_compared_by_kshots_own_prototypes() {
    let class = |embeddings: &[[f32; 3]]| EmbeddedClass {
        name: String::new(),
        embeddings: embeddings
            .iter()
            .map(|embedding| embedding.to_vec())
            .collect(),
    };
    let classes = [
        class(&[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.8, 0.6, 0.0]]),
        class(&[[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.6, 0.0, 0.8]]),
        class(&[[0.0, 1.0, 0.0]]),
    ];
    let drawn = |class| Drawn {
        class,
        support: vec![0, 1],
        queries: vec![2],
    };
    let episode = Episode {
        classes: vec![drawn(0), drawn(1)],
        unknown: vec![(2, 0)],
    };
    let compared = compare(&classes, &episode, Head::USUAL[2]).unwrap();
    let own: Vec<_> = compared.queries.iter().map(|query| query.own).collect();
    assert_eq!(own, [Some(0), Some(1), None]);
    // Prototype of class 0: (0.5, 0.5, 0), of length √0.5; the query (0.8, 0.6, 0).
    assert!((compared.queries[0].similarities[0] - 0.7 / 0.5_f32.sqrt()).abs() < 1e-6);
    assert!((compared.queries[1].similarities[1] - 0.8).abs() < 1e-6);
    // Squared distance of (0.8, 0.6, 0) to (0.5, 0.5, 0): 0.09 + 0.01.
    let compared = compare(&classes, &episode, Head::USUAL[1]).unwrap();
    assert!((compared.queries[0].similarities[0] - (1.0 - 0.1 / 2.0)).abs() < 1e-6);
}
