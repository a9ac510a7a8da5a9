//! Every picture of a set to the embedding of one face, by the path of the page.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use burn::tensor::Device;
use kshot::embedder::conv::Kernels;
use kshot::face::alignment::chip;
use kshot::face::detector::{Detector, Face};
use kshot::face::look::{Embedder, WEIGHTS, WEIGHTS_SHA256};
use kshot::face::pose::Pose;
use kshot::face::quality::{Advice, Quality, advise};
use kshot::face::resnet::SIDE;
use kshot::frame::picture::Picture;
use kshot::weights::check_digest;
use rayon::prelude::*;
use safetensors::SafeTensors;

use crate::pictures::{self, PictureSet, Unreadable};
use crate::progress::Progress;

/// Which face of a picture counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// As on the page.
    Largest,
    /// As in LFW, whose pictures are centred on the person they name.
    Central,
}

/// How a picture is gone through.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// Which face counts.
    pub choice: Choice,
    /// Whether it is looked at again from near.
    pub sharpen: bool,
    /// Whether its colours are taken away first.
    pub grey: bool,
    /// Whether the embedding is the mean of the face's and its mirror image's.
    pub mirror: bool,
}

/// A person with their pictures.
pub struct Person {
    /// Name of the folder or the class.
    pub name: String,
    /// Embeddings `[128]` in the order of the pictures; `None` where there is no face.
    pub pictures: Vec<Option<Vec<f32>>>,
}

/// All that is known of a set once it is embedded.
pub struct FaceSet {
    /// In the order of the names.
    pub people: Vec<Person>,
    /// Names of the pictures without a face.
    pub faceless: Vec<String>,
    /// How many pictures the page would have said this of, the most frequent first.
    pub advice: Vec<(Advice, usize)>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// How long it took.
    pub elapsed: Duration,
}

impl FaceSet {
    /// Number of pictures with a face.
    pub fn len(&self) -> usize {
        let faces = |person: &Person| person.pictures.iter().flatten().count();
        self.people.iter().map(faces).sum()
    }

    /// Whether no picture has a face.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

struct Networks {
    detector: Detector,
    embedder: Embedder,
    way: Way,
}

impl Networks {
    fn new(way: Way) -> Result<Self> {
        check_digest(WEIGHTS, WEIGHTS_SHA256)?;
        let device = Device::flex();
        let file = SafeTensors::deserialize(WEIGHTS).context("the weights cannot be read")?;
        Ok(Networks {
            detector: Detector::from_safetensors(&file, Kernels::HandMade, &device)?,
            embedder: Embedder::from_bytes(WEIGHTS, Kernels::HandMade, &device)?,
            way,
        })
    }

    fn embed(&self, set: &PictureSet, picture: &pictures::Picture) -> Result<Option<Seen>> {
        let mut pixels = set.read(picture)?;
        if self.way.grey {
            take_colours(&mut pixels.rgba);
        }
        let picture = Picture::from_rgba(&pixels.rgba, pixels.width, pixels.height)?;
        let faces = self.detector.find(&picture)?;
        let face = match self.way.choice {
            Choice::Largest => faces.first().copied(),
            Choice::Central => central(&faces, picture.size()),
        };
        let Some(mut face) = face else {
            return Ok(None);
        };
        if self.way.sharpen {
            face = self.detector.sharpen(&picture, &face)?;
        }
        let chip = chip(&picture, &face);
        let mut embedding = self.embedder.embed(&chip)?;
        if self.way.mirror {
            let mirrored = self.embedder.embed(&mirror(&chip))?;
            for (value, other) in embedding.iter_mut().zip(mirrored) {
                *value = (*value + other) / 2.0;
            }
        }
        let quality = Quality::of(&chip, face.bounds[2]);
        let advice = advise(&[face], picture.size(), Pose::of(&face), quality);
        Ok(Some(Seen { embedding, advice }))
    }
}

/// Of one picture with a face.
struct Seen {
    embedding: Vec<f32>,
    advice: Advice,
}

/// Makes every pixel as bright as it was, by the weights of Rec. 601.
fn take_colours(rgba: &mut [u8]) {
    let (pixels, _) = rgba.as_chunks_mut::<4>();
    for [red, green, blue, _] in pixels {
        let [r, g, b] = [*red, *green, *blue].map(f32::from);
        let grey = (0.299 * r + 0.587 * g + 0.114 * b).round() as u8;
        [*red, *green, *blue] = [grey; 3];
    }
}

/// A chip `[3, 150, 150]`, left and right exchanged.
fn mirror(chip: &[f32]) -> Vec<f32> {
    (chip.chunks_exact(SIDE))
        .flat_map(|row| row.iter().rev().copied())
        .collect()
}

fn central(faces: &[Face], (width, height): (usize, usize)) -> Option<Face> {
    let distance = |face: &Face| {
        let [x, y] = face.centre();
        (x - width as f32 / 2.0).hypot(y - height as f32 / 2.0)
    };
    (faces.iter())
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
        .copied()
}

/// Embeds every picture.
///
/// # Errors
/// Where the weights are damaged.
pub fn embed_all(set: &PictureSet, way: Way) -> Result<FaceSet> {
    let started = Instant::now();
    let networks = Networks::new(way)?;
    let progress = Progress::new("embedding", "pictures", set.len());
    let mut faces = FaceSet {
        people: Vec::new(),
        faceless: Vec::new(),
        advice: Vec::new(),
        unreadable: Vec::new(),
        elapsed: Duration::ZERO,
    };
    for (name, pictures) in &set.classes {
        let results: Vec<_> = (pictures.par_iter())
            .map(|picture| {
                let result = networks.embed(set, picture);
                progress.advance();
                result
            })
            .collect();
        let mut kept = Vec::with_capacity(pictures.len());
        for (picture, result) in pictures.iter().zip(results) {
            kept.push(match result {
                Ok(Some(Seen { embedding, advice })) => {
                    match faces.advice.iter_mut().find(|(one, _)| *one == advice) {
                        Some((_, count)) => *count += 1,
                        None => faces.advice.push((advice, 1)),
                    }
                    Some(embedding)
                }
                Ok(None) => {
                    faces.faceless.push(picture.name.clone());
                    None
                }
                Err(error) => {
                    faces.unreadable.push(Unreadable {
                        name: picture.name.clone(),
                        reason: format!("{error:#}"),
                    });
                    None
                }
            });
        }
        faces.people.push(Person {
            name: name.clone(),
            pictures: kept,
        });
    }
    faces
        .advice
        .sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    faces.elapsed = started.elapsed();
    Ok(faces)
}
