//! `make-set`: the picture sets that the camera's method was chosen by, made again.
//!
//! Each is of another kind than the photos that the projection was fitted to: one photo as a
//! thing that is held into a camera, ink on paper, hands cut out and put before photos. The same
//! seed and sources give the same pictures.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use image::imageops::{FilterType, blur, crop_imm, resize};
use image::{GrayImage, Luma, Rgb, RgbImage, Rgba, RgbaImage};
use kshot::characters::Characters;
use rand::RngExt;
use rand::seq::SliceRandom;
use rayon::prelude::*;

use crate::embed::progress_bar;
use crate::pictures::PictureSet;
use crate::report::count;

mod photograph;
use photograph::{Random, light, paste, random};

/// Arguments of `make-set`.
#[derive(clap::Args, Debug, Clone)]
#[command(after_help = "\
Photos for backgrounds and things: Caltech-101 as an image pack, found as for evaluate. Emoji need a folder
node_modules with emoji-datasource-google 16, emoji-datasource-twitter 16 and @lobehub/fluent-emoji-3d 1.1; hands need
the folder that scripts/hand-poses.mjs writes.

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
    /// Classes at most, of instances and ink
    #[arg(long)]
    pub classes: Option<usize>,
    /// Pictures of a class at most
    #[arg(long)]
    pub per_class: Option<usize>,
    /// The same seed gives the same pictures
    #[arg(long, default_value_t = 1)]
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

/// Side of a written picture.
const SIDE: u32 = 256;

/// What a picture is made from.
enum Subject {
    /// Has a pose and light of its own: it is put before the middle of a photo.
    AsItIs(RgbaImage),
    /// Is turned, tilted, scaled and lit.
    Held {
        cut_out: RgbaImage,
        least: f32, // of the side
        most: f32,
    },
    /// A drawing, to be drawn on paper.
    Ink(GrayImage),
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
    let bar = progress_bar(pictures as u64);
    (classes.par_iter().enumerate()).try_for_each(|(number, (name, subjects))| {
        let folder = arguments.output.join(name);
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        for (picture, subject) in subjects.iter().enumerate() {
            let mut random = random(arguments.seed, (1 + number as u64) << 32 | picture as u64);
            let path = folder.join(format!("{picture:02}.jpg"));
            save(&make(subject, &photos, &mut random), &path)?;
            bar.inc(1);
        }
        anyhow::Ok(())
    })?;
    bar.finish_and_clear();
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
        Kind::Hands => {
            let classes = rendered(from()?, per_class(HANDS))?;
            Ok((photos(arguments, 0)?.0, classes))
        }
    }
}

/// Backgrounds, and photos that are none, cut square with soft edges to be things.
fn photos(arguments: &Arguments, things: usize) -> Result<(Vec<RgbImage>, Vec<RgbaImage>)> {
    let set = PictureSet::open(&arguments.photos)?;
    let mut all: Vec<_> = set.classes.values().flatten().collect();
    all.shuffle(&mut random(arguments.seed, 0));
    let background = |(number, picture): (usize, &&crate::pictures::Picture)| {
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
    let things = (rest.iter().take(things)).map(|picture| {
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

/// The middle of a picture, scaled.
fn square(set: &PictureSet, picture: &crate::pictures::Picture, side: u32) -> Result<RgbaImage> {
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

/// Hand emoji by their code points.
const CODES: &str = "1f44c 1f90c 270c 1f91e 1f91f 1f918 1f919 1f448 1f446 1f447 261d 1f44d 1f44e 270a 1f44a 1f44b 1f91a \
                     1f590 270b 1f596 1f4aa 1f64f 1f450 1f64c";

/// Skin tones by their code points.
const TONES: [&str; 5] = ["1f3fb", "1f3fc", "1f3fd", "1f3fe", "1f3ff"];

/// Folders of the vendors in `node_modules`.
const VENDORS: [(&str, &str); 3] = [
    ("emoji-datasource-google/img/google/64", "png"),
    ("emoji-datasource-twitter/img/twitter/64", "png"),
    ("@lobehub/fluent-emoji-3d/assets", "webp"),
];

/// Every code in every tone of every vendor that has it.
fn emoji(modules: &Path, most: usize) -> Result<Vec<Class>> {
    let mut classes = Vec::new();
    for code in CODES.split_whitespace() {
        let mut subjects = Vec::new();
        for tone in TONES {
            for (vendor, extension) in VENDORS {
                let names = [format!("{code}-{tone}"), format!("{code}-fe0f-{tone}")];
                let paths = names.map(|name| modules.join(vendor).join(name + "." + extension));
                let Some(path) = paths.iter().find(|path| path.is_file()) else {
                    continue;
                };
                subjects.push(Subject::Held {
                    cut_out: open(path)?,
                    least: 0.5,
                    most: 0.9,
                });
            }
        }
        ensure!(
            !subjects.is_empty(),
            "{} has no emoji {code}: see make-set --help for the packages",
            modules.display()
        );
        subjects.truncate(most);
        classes.push((code.to_owned(), subjects));
    }
    Ok(classes)
}

/// What `scripts/hand-poses.mjs` rendered: class folders of pictures with transparency.
fn rendered(folder: &Path, most: usize) -> Result<Vec<Class>> {
    let set = PictureSet::open(folder)?;
    let classes = set.classes.iter().map(|(name, pictures)| {
        let subjects = pictures.iter().take(most).map(|picture| {
            let pixels = set.read(picture)?;
            let whole = RgbaImage::from_raw(pixels.width as u32, pixels.height as u32, pixels.rgba);
            Ok(Subject::AsItIs(whole.context("a picture of no size")?))
        });
        Ok((name.clone(), subjects.collect::<Result<_>>()?))
    });
    classes.collect()
}

fn open(path: &Path) -> Result<RgbaImage> {
    let image = image::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(image.into_rgba8())
}

/// Characters, each drawn by as many people as there are to be pictures.
fn characters(seed: u64, most: usize, per_class: usize) -> Result<Vec<Class>> {
    let bytes = include_bytes!("../../weights/omniglot-test.characters");
    let all = Characters::shipped(bytes)?;
    let mut chosen: Vec<usize> = (0..all.len()).collect();
    chosen.shuffle(&mut random(seed, 0));
    chosen.truncate(most);
    chosen.sort_unstable();
    let classes = chosen.into_iter().map(|character| {
        let drawings = (0..all.drawers().min(per_class)).map(|drawer| {
            let ink = all.ink(character, drawer);
            let ink = ink.context("the sample characters have a gap")?;
            let side = kshot::embedder::conv4::SIDE as u32;
            let bytes = ink.iter().map(|value| value * 255).collect();
            let drawing = GrayImage::from_raw(side, side, bytes).context("a drawing's size")?;
            Ok(Subject::Ink(drawing))
        });
        Ok((format!("{character:03}"), drawings.collect::<Result<_>>()?))
    });
    classes.collect()
}

/// One picture.
fn make(subject: &Subject, photos: &[RgbImage], random: &mut Random) -> RgbImage {
    match subject {
        Subject::AsItIs(hand) => {
            let mut picture = behind(photos, hand.width(), random);
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
