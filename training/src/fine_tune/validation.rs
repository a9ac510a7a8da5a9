//! How well tuned layers do on sets that nothing was trained on, and how far to go towards them.

use anyhow::{Result, ensure};
use burn::tensor::Device;
use kshot::embedder::projection::{CORNERS, Projection};
use kshot::episode::{Sampler, Shape};
use rayon::prelude::*;

use super::maps::{Map, MapSet, Plain, maps_of, open, side_by_side};
use super::tail::Tail;
use super::{Arguments, Start};
use crate::conv4::tensor_values;
use crate::embed::EmbeddedClass;
use crate::score::{Head, compare, judge};
use crate::split::SplitChoice;

/// Five-way, as the page starts.
const WAY: usize = 5;

/// Shots of a class.
const SHOTS: [usize; 2] = [1, 5];

/// Queries of a class.
const QUERIES: usize = 5;

/// Episodes of a figure.
const EPISODES: u64 = 300;

/// Maps that go through the layers at once.
const BATCH: usize = 64;

/// Pictures of a class that are measured by at most.
const VALIDATED: usize = 25;

/// The sets that `--validate` names, by their names. Read before the training, so that a wrong name
/// costs none.
///
/// # Errors
/// Where a set cannot be read, and where a split is named and no table of splits.
pub fn sets(arguments: &Arguments, plain: &Plain) -> Result<Vec<(String, MapSet)>> {
    let read = |named: &String| {
        let (path, split) = match named.split_once('@') {
            Some((path, split)) => (path, Some(split.to_owned())),
            None => (named.as_str(), None),
        };
        let split_table = split.as_ref().and(arguments.split.split_table.clone());
        ensure!(
            split.is_some() == split_table.is_some(),
            "--validate {named} names a split, which needs --split-table"
        );
        let set = open(path.as_ref(), &SplitChoice { split_table, split })?;
        let set = maps_of(set, VALIDATED, 0.0, arguments.way, plain)?;
        Ok((named.clone(), set))
    };
    arguments.validate.iter().map(read).collect()
}

/// A table of accuracies by set and way, or nothing where there is no set.
///
/// # Errors
/// Where a tensor cannot be read.
pub fn table(
    sets: &[(String, MapSet)],
    blends: &[f32],
    start: &Start,
    tuned: &Tail,
) -> Result<String> {
    if sets.is_empty() {
        return Ok(String::new());
    }
    let tails = blends.iter().map(|blend| {
        let (weights, projection) = start.towards(tuned, *blend)?;
        let projection = Projection::from_safetensors(&projection)?;
        let tail = Tail::read(&weights, &projection, &Device::flex())?;
        Ok((tail, projection))
    });
    let tails: Vec<(Tail, Projection)> = tails.collect::<Result<_>>()?;
    let ways = blends.iter().map(|blend| blend.to_string());
    let mut text = format!(
        "| Set | {} |\n|---|{}\n",
        ways.collect::<Vec<_>>().join(" | "),
        "---|".repeat(tails.len())
    );
    for (name, set) in sets {
        let cells = (tails.iter()).map(|(tail, projection)| accuracy(set, tail, projection));
        let cells = cells.collect::<Result<Vec<_>>>()?.join(" | ");
        text += &format!("| {name} | {cells} |\n");
    }
    Ok(text)
}

/// Right answers in per cent at one shot and at five, as the camera answers; a set with too few
/// pictures has a dash.
///
/// # Errors
/// Where a tensor cannot be read.
fn accuracy(set: &MapSet, tail: &Tail, projection: &Projection) -> Result<String> {
    let classes = embed(set, tail, projection)?;
    let cells = SHOTS.iter().map(|&shot| {
        let shape = Shape {
            way: WAY,
            shot,
            queries: QUERIES,
        };
        let usable: Vec<EmbeddedClass> = (classes.iter())
            .filter(|class| class.embeddings.len() >= shape.pictures())
            .cloned()
            .collect();
        if usable.len() < WAY {
            return Ok("-".to_owned());
        }
        let counts = usable.iter().map(|class| class.embeddings.len()).collect();
        let sampler = Sampler::new(counts, shape, 1)?;
        let right: Vec<f64> = (0..EPISODES)
            .into_par_iter()
            .map(|number| {
                let compared = compare(&usable, &sampler.draw(number), Head::RIDGE)?;
                Ok(judge(&compared, compared.temperature).accuracy)
            })
            .collect::<Result<_>>()?;
        Ok(format!(
            "{:.1}",
            100.0 * right.iter().sum::<f64>() / EPISODES as f64
        ))
    });
    Ok(cells.collect::<Result<Vec<_>>>()?.join(" / "))
}

/// Every picture as the camera would embed it.
fn embed(set: &MapSet, tail: &Tail, projection: &Projection) -> Result<Vec<EmbeddedClass>> {
    let device = Device::flex();
    let embed = |maps: &[Map]| -> Result<Vec<Vec<f32>>> {
        let n = maps.len();
        let maps: Vec<&Map> = maps.iter().collect();
        let corners = tail.corners(side_by_side(&maps, &device)?)?;
        let [channels, _, _] = corners.dims();
        let corners = tensor_values(corners.permute([1, 0, 2]))?; // [n, 1280, 4]
        ensure!(
            corners.len() == n * channels * CORNERS,
            "corners of another size"
        );
        let pictures = corners.par_chunks_exact(channels * CORNERS);
        Ok(pictures
            .map(|corners| projection.embed(corners))
            .collect::<Result<_, _>>()?)
    };
    let classes = set.classes.iter().enumerate().map(|(number, maps)| {
        let embeddings: Vec<_> = maps.chunks(BATCH).map(embed).collect::<Result<_>>()?;
        Ok(EmbeddedClass {
            name: number.to_string(),
            embeddings: embeddings.concat(),
        })
    });
    classes.collect()
}
