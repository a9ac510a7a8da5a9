//! `verify-eval`: how well kshot tells people apart, by the protocol of LFW.
//!
//! Every picture goes the way of the page, from pixels to the embedding of a face. Pairs are
//! those of LFW's `pairs.txt`, where the face nearest to the middle counts, or drawn from all
//! pairs of a set, where the largest does. The threshold for each tenth of the pairs is the one
//! that suits the other nine best. A picture without a face is like no other.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use kshot::face::people::{alike, similarity};
use kshot::face::scores::{FALSE_ACCEPT, SHIPPED};

use crate::pictures::PictureSet;
use crate::report::{count, list_unreadable, table};

pub mod draw;
pub mod embed;
pub mod figures;
pub mod pairs;
pub mod ship;

use embed::{Choice, FaceSet, Way};
use figures::{Fold, Scores};

/// Arguments of `verify-eval`.
#[derive(clap::Args)]
pub struct Arguments {
    /// A folder of one folder a person, as LFW is, or an image pack
    set: PathBuf,
    /// LFW's pairs.txt; without it pairs are drawn from all there are
    #[arg(long)]
    pairs: Option<PathBuf>,
    /// Folds, where pairs are drawn
    #[arg(long, default_value_t = 10)]
    folds: usize,
    /// Most genuine and most impostor pairs of a fold, where pairs are drawn
    #[arg(long, default_value_t = 300)]
    pairs_a_fold: usize,
    /// Photos that a person is enrolled with, for the figures by person
    #[arg(long, default_value_t = 4)]
    shots: usize,
    /// Seed of the pairs that are drawn
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Compare by the cosine in place of the distance
    #[arg(long)]
    cosine: bool,
    /// Keep the keypoints of the first look, without the second from near
    #[arg(long)]
    one_look: bool,
    /// Take the colours away first
    #[arg(long)]
    grey: bool,
    /// Embed the mirror image too, and take the mean of the two
    #[arg(long)]
    mirror: bool,
    /// Where to draw the ROC curve, an SVG
    #[arg(long)]
    svg: Option<PathBuf>,
    /// Write the scores of all pairs to this Rust file, to ship them under this name of the set
    #[arg(long, requires = "name")]
    ship: Option<PathBuf>,
    /// Name of the set, in words for people
    #[arg(long)]
    name: Option<String>,
}

/// Measures a set and gives the figures as text.
///
/// # Errors
/// Where the set or the pairs cannot be read, or are too few, or a file cannot be written.
pub fn verify_eval(arguments: &Arguments) -> Result<String> {
    let set = PictureSet::open(&arguments.set)?;
    let way = Way {
        choice: match arguments.pairs {
            Some(_) => Choice::Central,
            None => Choice::Largest,
        },
        sharpen: !arguments.one_look,
        grey: arguments.grey,
        mirror: arguments.mirror,
    };
    let faces = embed::embed_all(&set, way)?;
    let score = |a: &[f32], b: &[f32]| {
        if arguments.cosine {
            cosine(a, b)
        } else {
            alike(a, b)
        }
    };
    let folds = match &arguments.pairs {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            pairs::parse(&text)?
        }
        None => pairs::draw(
            &faces,
            arguments.folds,
            arguments.pairs_a_fold,
            arguments.seed,
        )?,
    };
    let folds: Vec<Fold> = (folds.iter())
        .map(|fold| scores_of(fold, &faces, score))
        .collect::<Result<_>>()?;
    let accuracy = figures::by_folds(&folds);
    let all = all_pairs(&faces, score);
    let tested = Scores::join(&folds);

    let mut text = describe(&set, &faces);
    let _ = writeln!(
        text,
        "\n{}-fold accuracy over {} pairs: {:.2} % (standard error {:.2}), threshold {:.3}\n",
        folds.len(),
        tested.genuine.len() + tested.impostor.len(),
        100.0 * accuracy.mean,
        100.0 * accuracy.error,
        accuracy.threshold,
    );
    let mut rows = vec![figures::header()];
    rows.push(tested.row("pairs of the folds"));
    if arguments.pairs.is_none() {
        rows.push(all.row("all pairs"));
    }
    let by_person = by_person(&faces, arguments.shots);
    if !arguments.cosine && !by_person.genuine.is_empty() && !by_person.impostor.is_empty() {
        let name = format!("people of {} photos", arguments.shots);
        rows.push(by_person.row(&name));
    }
    text.push_str(&table(1, &rows));
    if !arguments.cosine {
        let threshold = SHIPPED.threshold_for(FALSE_ACCEPT);
        let shipped = |scores: &Scores| {
            let (accepted, rejected) = scores.rates_at(threshold);
            format!(
                "{:.3} % of strangers let in, {:.3} % of owners shut out",
                100.0 * accepted,
                100.0 * rejected
            )
        };
        let _ = writeln!(
            text,
            "\nAt the shipped threshold of {threshold:.3}: {} (pairs of the folds); {} (people).",
            shipped(&tested),
            shipped(&by_person)
        );
    }
    if let Some(path) = &arguments.svg {
        let title = format!("{}, {} people", set.path.display(), faces.people.len());
        let title = arguments.name.clone().unwrap_or(title);
        write(path, &draw::roc(&title, &tested))?;
    }
    if let (Some(path), Some(name)) = (&arguments.ship, &arguments.name) {
        ensure!(
            !(arguments.cosine || arguments.grey || arguments.mirror),
            "what ships is in colour, of one embedding a face, and compared by the distance"
        );
        write(path, &ship::source(name, &faces, &all))?;
    }
    Ok(text)
}

fn write(path: &PathBuf, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn describe(set: &PictureSet, faces: &FaceSet) -> String {
    let mut text = format!(
        "{}, {} with a face, in {:.0} s\n",
        count(faces.people.len(), "person", "people"),
        count(faces.len(), "picture", "pictures"),
        faces.elapsed.as_secs_f64()
    );
    if !faces.faceless.is_empty() {
        let _ = writeln!(
            text,
            "{} without a face: {}",
            count(faces.faceless.len(), "picture", "pictures"),
            faces.faceless.join(", ")
        );
    }
    let said: Vec<String> = (faces.advice.iter())
        .map(|(advice, times)| format!("{advice:?} {times}"))
        .collect();
    let _ = writeln!(text, "Said of them by themselves: {}", said.join(", "));
    let mut unreadable = set.unreadable.clone();
    unreadable.extend(faces.unreadable.iter().cloned());
    text.push_str(&list_unreadable(&unreadable));
    text
}

fn scores_of(
    fold: &pairs::Pairs,
    faces: &FaceSet,
    score: impl Fn(&[f32], &[f32]) -> f32,
) -> Result<Fold> {
    let known: HashMap<&str, &embed::Person> = (faces.people.iter())
        .map(|person| (person.name.as_str(), person))
        .collect();
    let find = |(name, picture): &(String, usize)| {
        let person = (known.get(name.as_str())).with_context(|| format!("there is no {name}"))?;
        let picture = person.pictures.get(*picture);
        picture.with_context(|| format!("{name} has no such picture"))
    };
    let scores = |pairs: &[pairs::Pair]| {
        pairs
            .iter()
            .map(|(a, b)| {
                Ok(match (find(a)?, find(b)?) {
                    (Some(a), Some(b)) => score(a, b),
                    _ => f32::NEG_INFINITY,
                })
            })
            .collect::<Result<Vec<f32>>>()
    };
    Ok(Scores {
        genuine: scores(&fold.genuine)?,
        impostor: scores(&fold.impostor)?,
    })
}

/// Every pair of pictures with a face.
fn all_pairs(faces: &FaceSet, score: impl Fn(&[f32], &[f32]) -> f32) -> Scores {
    let all: Vec<(usize, &Vec<f32>)> = (faces.people.iter().enumerate())
        .flat_map(|(place, person)| {
            (person.pictures.iter().flatten()).map(move |face| (place, face))
        })
        .collect();
    let mut scores = Scores::default();
    for (i, (person, a)) in all.iter().enumerate() {
        for (other, b) in all.iter().skip(i + 1) {
            let kind = if person == other {
                &mut scores.genuine
            } else {
                &mut scores.impostor
            };
            kind.push(score(a, b));
        }
    }
    scores
}

/// Everyone enrolled with their first photos and asked about with all other photos of all.
fn by_person(faces: &FaceSet, shots: usize) -> Scores {
    let mut scores = Scores::default();
    let faces_of = |person: &embed::Person| -> Vec<Vec<f32>> {
        person.pictures.iter().flatten().cloned().collect()
    };
    let all: Vec<Vec<Vec<f32>>> = faces.people.iter().map(faces_of).collect();
    for (person, own) in all.iter().enumerate() {
        if own.len() <= shots {
            continue;
        }
        for (other, photos) in all.iter().enumerate() {
            for photo in photos.iter().skip(shots) {
                let enrolled = own.iter().take(shots).map(Vec::as_slice);
                let Some(score) = similarity(enrolled, photo) else {
                    continue;
                };
                if person == other {
                    scores.genuine.push(score);
                } else {
                    scores.impostor.push(score);
                }
            }
        }
    }
    scores
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}
