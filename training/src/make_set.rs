//! `make-set`: the picture sets that the camera's method was chosen by, and those that the network's
//! later layers were tuned on, made again.
//!
//! Each is of another kind than the photos that the projection was fitted to: one photo as a
//! thing that is held into a camera, ink on paper, hands cut out and put before photos. To be tuned
//! on are jointed figures, hands of a mesh in many shapes, photos from many sides, characters of Omniglot's
//! training split and emoji that are no hands. The same seed and sources give the same pictures.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use image::imageops::{FilterType, blur, crop_imm, resize};
use image::{GrayImage, Luma, Rgb, RgbImage, Rgba, RgbaImage};
use rand::RngExt;
use rand::seq::SliceRandom;
use rayon::prelude::*;

use crate::pictures::{Picture, PictureSet};
use crate::progress::Progress;
use crate::report::count;

mod figures;
mod photograph;
mod sources;
use figures::Build;
use photograph::{Random, light, paste, random};
use sources::{characters, drawn, emoji, icons, posed, rendered, views};

/// Arguments of `make-set`.
#[derive(clap::Args, Debug, Clone)]
#[command(after_help = "\
Photos for backgrounds and things: Caltech-101 as an image pack, found as for evaluate. Emoji need a folder
node_modules with emoji-datasource-google 16, emoji-datasource-twitter 16 and @lobehub/fluent-emoji-3d 1.1; hands need
the folder that scripts/hand-poses.mjs writes, mesh-hands that of scripts/mesh-hands.mjs. Drawn needs Omniglot,
--photos omniglot; icons need what emoji need.

Examples:
  KSHOT_DATA=data cargo run --release -p training -- make-set instances sets/instances
  KSHOT_DATA=data cargo run --release -p training -- make-set emoji sets/emoji --from node_modules")]
pub struct Arguments {
    /// Which set
    #[arg(value_enum)]
    pub kind: Kind,
    /// The folder to write class folders to
    pub output: PathBuf,
    /// Photos: a folder of class folders or an image pack; ink does without
    #[arg(long, default_value = "objects/caltech99_128px")]
    pub photos: PathBuf,
    /// Where emoji or rendered hands are
    #[arg(long)]
    pub from: Option<PathBuf>,
    /// Classes at most, of instances, ink, drawn and icons; kinds of ten, of figures and views
    #[arg(long)]
    pub classes: Option<usize>,
    /// Pictures of a class at most
    #[arg(long)]
    pub per_class: Option<usize>,
    /// The same seed gives the same pictures
    #[arg(long, default_value_t = SHIPPED_SEED)]
    pub seed: u64,
}

/// A set that can be made.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One photo a class, as a flat thing before other photos, from any side and in any light
    Instances,
    /// Characters of Omniglot's test split as ink on paper
    Ink,
    /// Hands of several vendors and skin tones, before photos, from any side and in any light
    Emoji,
    /// Rendered hands before photos
    Hands,
    /// Hands of a mesh in many shapes, rendered, before photos, in any light
    MeshHands,
    /// Jointed things drawn here in poses of their own: hands, creatures, ropes
    Figures,
    /// Characters of Omniglot's training split as ink on paper
    Drawn,
    /// Emoji that are no hands nor people
    Icons,
    /// One photo a class, of ten that are alike, from any side and in any light; none that instances has
    Views,
}

/// Photos that are backgrounds, of all that there are.
const BACKGROUNDS: usize = 200;

/// Every fifth background is sharp twice: two of five stay so, as rooms do behind what is near.
const SHARP: (usize, usize) = (2, 5);

/// Classes and pictures of each where nothing else is asked for.
const INSTANCES: usize = 90;
const CHARACTERS: usize = 70;
const PICTURES: usize = 15;
const HANDS: usize = 20;

/// Kinds of figures, poses of each, and classes and pictures where none are asked for.
const KINDS: usize = 48;
const POSES: usize = 10;

/// Kinds of views, and photos of each.
const VIEWED: usize = 40;
const ALIKE: usize = 10;

const TUNED: usize = 200;
const TUNED_PICTURES: usize = 12;

/// The seed of the sets that docs/accuracy.md measures on.
const SHIPPED_SEED: u64 = 1;

/// Side of a written picture.
const SIDE: u32 = 256;

/// What a picture is made from.
enum Subject {
    /// Has a pose and light of its own: it is put before the middle of a photo.
    AsItIs(RgbaImage),
    /// The same, and the light of the whole changes.
    Lit(RgbaImage),
    /// Is turned, tilted, scaled and lit.
    Held {
        cut_out: RgbaImage,
        least: f32, // of the side
        most: f32,
    },
    /// A drawing, to be drawn on paper.
    Ink(GrayImage),
    /// A pose.
    Posed(std::sync::Arc<Build>, figures::Pose),
}

/// A class with what each of its pictures is made from.
type Class = (String, Vec<Subject>);

/// Makes the pictures and says how many.
///
/// # Errors
/// Where the sources are missing, and where a picture cannot be written.
pub fn make_set(arguments: &Arguments) -> Result<String> {
    let (photos, classes) = sources(arguments)?;
    ensure!(!classes.is_empty(), "there is nothing to make classes from");
    let pictures: usize = classes.iter().map(|(_, subjects)| subjects.len()).sum();
    let progress = Progress::new("making", "pictures", pictures);
    (classes.par_iter().enumerate()).try_for_each(|(number, (name, subjects))| {
        let folder = arguments.output.join(name);
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        for (picture, subject) in subjects.iter().enumerate() {
            let mut random = random(arguments.seed, (1 + number as u64) << 32 | picture as u64);
            let path = folder.join(format!("{picture:02}.jpg"));
            save(&make(subject, &photos, &mut random), &path)?;
            progress.advance();
        }
        anyhow::Ok(())
    })?;
    Ok(format!(
        "{}: {}, {}\n",
        arguments.output.display(),
        count(pictures, "picture", "pictures"),
        count(classes.len(), "class", "classes")
    ))
}

/// Backgrounds and classes.
fn sources(arguments: &Arguments) -> Result<(Vec<RgbImage>, Vec<Class>)> {
    let per_class = |usual: usize| arguments.per_class.unwrap_or(usual).max(1);
    let from = || {
        let needs = "this set needs --from: see make-set --help";
        arguments.from.as_deref().context(needs)
    };
    match arguments.kind {
        Kind::Ink => {
            let most = arguments.classes.unwrap_or(CHARACTERS);
            let classes = characters(arguments.seed, most, per_class(PICTURES))?;
            Ok((Vec::new(), classes))
        }
        Kind::Instances => {
            let most = arguments.classes.unwrap_or(INSTANCES);
            let (photos, things) = photos(arguments, most)?;
            let classes = things.into_iter().enumerate().map(|(number, thing)| {
                let held = || Subject::Held {
                    cut_out: thing.clone(),
                    least: 0.4,
                    most: 0.8,
                };
                let subjects = (0..per_class(PICTURES)).map(|_| held()).collect();
                (format!("{number:03}"), subjects)
            });
            Ok((photos, classes.collect()))
        }
        Kind::Emoji => {
            let classes = emoji(from()?, per_class(PICTURES))?;
            Ok((photos(arguments, 0)?.0, classes))
        }
        Kind::Figures => {
            let kinds = arguments.classes.unwrap_or(KINDS);
            let classes = posed(arguments.seed, kinds, per_class(TUNED_PICTURES));
            Ok((photos(arguments, 0)?.0, classes))
        }
        Kind::Views => {
            let kinds = arguments.classes.unwrap_or(VIEWED);
            let classes = views(
                &arguments.photos,
                arguments.seed,
                kinds,
                per_class(TUNED_PICTURES),
            )?;
            Ok((photos(arguments, 0)?.0, classes))
        }
        Kind::Drawn => {
            let most = arguments.classes.unwrap_or(TUNED);
            let classes = drawn(
                &arguments.photos,
                arguments.seed,
                most,
                per_class(TUNED_PICTURES),
            )?;
            Ok((Vec::new(), classes))
        }
        Kind::Icons => {
            let classes = icons(
                from()?,
                arguments.seed,
                arguments.classes.unwrap_or(TUNED),
                per_class(TUNED_PICTURES),
            )?;
            Ok((photos(arguments, 0)?.0, classes))
        }
        Kind::Hands => {
            let classes = rendered(from()?, per_class(HANDS), Subject::AsItIs)?;
            Ok((photos(arguments, 0)?.0, classes))
        }
        Kind::MeshHands => {
            let classes = rendered(from()?, per_class(TUNED_PICTURES), Subject::Lit)?;
            Ok((photos(arguments, 0)?.0, classes))
        }
    }
}

/// Backgrounds, and photos that are none, cut square with soft edges to be things.
fn photos(arguments: &Arguments, things: usize) -> Result<(Vec<RgbImage>, Vec<RgbaImage>)> {
    let set = PictureSet::open(&arguments.photos)?;
    let all = shuffled(&set, arguments.seed);
    let background = |(number, (_, picture)): (usize, &(&str, &Picture))| {
        let photo = square(&set, picture, 300)?;
        let photo = image::DynamicImage::ImageRgba8(photo).into_rgb8();
        Ok(if number % SHARP.1 < SHARP.0 {
            photo
        } else {
            blur(&photo, 8.0 + 6.0 * (number % SHARP.1) as f32)
        })
    };
    let count = BACKGROUNDS.min(all.len().saturating_sub(things));
    ensure!(count > 0, "{} has too few photos", set.path.display());
    let (backgrounds, rest) = all.split_at(count);
    let backgrounds: Result<_> = backgrounds.par_iter().enumerate().map(background).collect();
    let things = (rest.iter().take(things)).map(|(_, picture)| {
        let mut thing = square(&set, picture, 160)?;
        for (x, y, pixel) in thing.enumerate_pixels_mut() {
            let to_edge = x.min(y).min(159 - x).min(159 - y) as f32;
            pixel.0 = [
                pixel.0[0],
                pixel.0[1],
                pixel.0[2],
                (255.0 * (to_edge / 6.0).min(1.0)) as u8,
            ];
        }
        Ok(thing)
    });
    Ok((backgrounds?, things.collect::<Result<_>>()?))
}

/// Every picture with its class, in an order drawn by a seed: backgrounds come first, then the things of
/// [`Kind::Instances`].
fn shuffled(set: &PictureSet, seed: u64) -> Vec<(&str, &Picture)> {
    let mut all = Vec::new();
    for (name, pictures) in &set.classes {
        all.extend(pictures.iter().map(|picture| (name.as_str(), picture)));
    }
    all.shuffle(&mut random(seed, 0));
    all
}

/// The middle of a picture, scaled.
fn square(set: &PictureSet, picture: &Picture, side: u32) -> Result<RgbaImage> {
    let pixels = set.read(picture)?;
    let whole = RgbaImage::from_raw(pixels.width as u32, pixels.height as u32, pixels.rgba);
    let whole = whole.context("a picture of no size")?;
    let (width, height) = whole.dimensions();
    let short = width.min(height);
    let middle = crop_imm(
        &whole,
        (width - short) / 2,
        (height - short) / 2,
        short,
        short,
    );
    Ok(resize(&middle.to_image(), side, side, FilterType::Triangle))
}

/// One picture.
fn make(subject: &Subject, photos: &[RgbImage], random: &mut Random) -> RgbImage {
    match subject {
        Subject::AsItIs(hand) => before(behind(photos, hand.width(), random), hand),
        Subject::Lit(hand) => light(before(behind(photos, hand.width(), random), hand), random),
        Subject::Posed(build, pose) => {
            let figure = build.draw(pose, SIDE, random);
            let picture = before(behind(photos, SIDE, random), &figure);
            light(picture, random)
        }
        Subject::Held {
            cut_out,
            least,
            most,
        } => {
            let picture = behind(photos, SIDE, random);
            let size = random.random_range(*least..*most);
            light(paste(picture, cut_out, size, random), random)
        }
        Subject::Ink(drawing) => {
            let (paper, ink) = (random.random_range(215..=255), random.random_range(0..=70));
            let tint = |random: &mut Random| random.random_range(-20i32..=0) + paper;
            let paper =
                Rgb([tint(random), tint(random), tint(random)].map(|v| v.clamp(0, 255) as u8));
            let large = blur(&resize(drawing, 224, 224, FilterType::CatmullRom), 2.0);
            let mut strokes = RgbaImage::new(224, 224);
            for (to, Luma([value])) in strokes.pixels_mut().zip(large.pixels()) {
                *to = Rgba([ink, ink, ink, if *value > 110 { 255 } else { 0 }]);
            }
            let size = random.random_range(0.65..0.85);
            light(
                paste(
                    RgbImage::from_pixel(SIDE, SIDE, paper),
                    &strokes,
                    size,
                    random,
                ),
                random,
            )
        }
    }
}

/// A cut-out before a picture of its size.
fn before(mut picture: RgbImage, hand: &RgbaImage) -> RgbImage {
    let over = |under: u8, over: u8, alpha: u8| {
        let alpha = f32::from(alpha) / 255.0;
        (f32::from(over) * alpha + f32::from(under) * (1.0 - alpha)) as u8
    };
    for (pixel, Rgba([r, g, b, a])) in picture.pixels_mut().zip(hand.pixels()) {
        let Rgb([x, y, z]) = *pixel;
        *pixel = Rgb([over(x, *r, *a), over(y, *g, *a), over(z, *b, *a)]);
    }
    picture
}

/// A part of a photo.
fn behind(photos: &[RgbImage], side: u32, random: &mut Random) -> RgbImage {
    let Some(photo) = photos.get(random.random_range(0..photos.len().max(1))) else {
        return RgbImage::new(side, side);
    };
    let part = (photo.width() as f32 * random.random_range(0.5..1.0)) as u32;
    let mut corner = || random.random_range(0..=photo.width() - part);
    let part = crop_imm(photo, corner(), corner(), part, part);
    resize(&part.to_image(), side, side, FilterType::Triangle)
}

fn save(picture: &RgbImage, path: &Path) -> Result<()> {
    let cannot = || format!("cannot write {}", path.display());
    let file = std::fs::File::create(path).with_context(cannot)?;
    let mut writer = std::io::BufWriter::new(file);
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut writer, 90)
        .encode_image(picture)
        .with_context(cannot)
}
