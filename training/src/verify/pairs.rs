//! Pairs of pictures, in folds: LFW's own, or drawn.

use anyhow::{Context, Result, ensure};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use super::embed::FaceSet;

/// A person and the place of a picture, from 0.
pub type Place = (String, usize);

/// Two pictures.
pub type Pair = (Place, Place);

/// The pairs of a fold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs {
    /// Of one person.
    pub genuine: Vec<Pair>,
    /// Of two.
    pub impostor: Vec<Pair>,
}

/// Reads LFW's `pairs.txt`: the number of folds and of pairs, then for each fold so many lines
/// `name first second` and so many `name first name second`, pictures counted from 1.
///
/// # Errors
/// Where it is not whole.
pub fn parse(text: &str) -> Result<Vec<Pairs>> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().context("the list of pairs is empty")?;
    let numbers: Vec<usize> = (first.split_whitespace())
        .map(|word| word.parse().context("the first line has no numbers"))
        .collect::<Result<_>>()?;
    let (folds, pairs) = match numbers.as_slice() {
        [pairs] => (1, *pairs),
        [folds, pairs] => (*folds, *pairs),
        _ => anyhow::bail!("the first line is {first}"),
    };
    let place = |name: &str, number: &str| -> Result<Place> {
        let number: usize = number.parse().context("a picture has no number")?;
        let place = number.checked_sub(1).context("pictures count from 1")?;
        Ok((name.to_owned(), place))
    };
    let mut all = Vec::with_capacity(folds);
    for _ in 0..folds {
        let mut fold = Pairs::default();
        for number in 0..2 * pairs {
            let line = lines.next().context("the list of pairs is cut short")?;
            let words: Vec<&str> = line.split_whitespace().collect();
            match (words.as_slice(), number < pairs) {
                ([name, a, b], true) => fold.genuine.push((place(name, a)?, place(name, b)?)),
                ([one, a, other, b], false) => {
                    fold.impostor.push((place(one, a)?, place(other, b)?));
                }
                _ => anyhow::bail!("not a pair of its kind: {line}"),
            }
        }
        all.push(fold);
    }
    Ok(all)
}

/// Draws as many genuine as impostor pairs for each fold, none twice, from pictures with a face.
///
/// # Errors
/// Where there are fewer than one pair of either kind a fold.
pub fn draw(faces: &FaceSet, folds: usize, most: usize, seed: u64) -> Result<Vec<Pairs>> {
    let all: Vec<Place> = (faces.people.iter())
        .flat_map(|person| {
            (person.pictures.iter().enumerate())
                .filter(|(_, face)| face.is_some())
                .map(|(place, _)| (person.name.clone(), place))
        })
        .collect();
    let mut genuine = Vec::new();
    let mut impostor = Vec::new();
    for (i, a) in all.iter().enumerate() {
        for b in all.iter().skip(i + 1) {
            let kind = if a.0 == b.0 {
                &mut genuine
            } else {
                &mut impostor
            };
            kind.push((a.clone(), b.clone()));
        }
    }
    let size = (genuine.len().min(impostor.len()) / folds.max(1)).min(most);
    ensure!(
        folds > 1 && size > 0,
        "{} genuine and {} impostor pairs are too few for {folds} folds",
        genuine.len(),
        impostor.len()
    );
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    genuine.shuffle(&mut random);
    impostor.shuffle(&mut random);
    Ok((genuine.chunks_exact(size))
        .zip(impostor.chunks_exact(size))
        .take(folds)
        .map(|(genuine, impostor)| Pairs {
            genuine: genuine.to_vec(),
            impostor: impostor.to_vec(),
        })
        .collect())
}
