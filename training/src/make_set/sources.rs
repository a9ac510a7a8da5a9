//! What the pictures of `make-set` are made from: emoji, rendered hands, photos, characters, jointed things.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use image::{GrayImage, RgbaImage};
use kshot::characters::Characters;
use rand::seq::SliceRandom;

use super::figures::Build;
use super::photograph::random;
use super::{
    ALIKE, BACKGROUNDS, Class, INSTANCES, POSES, SHIPPED_SEED, SIDE, Subject, shuffled, square,
};
use crate::omniglot::{Omniglot, Split};
use crate::pictures::PictureSet;

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
pub fn emoji(modules: &Path, most: usize) -> Result<Vec<Class>> {
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

/// Emoji that all vendors have and that are no hands nor people.
pub fn icons(modules: &Path, seed: u64, most: usize, per_class: usize) -> Result<Vec<Class>> {
    let first = modules.join(VENDORS[0].0);
    let mut codes: Vec<String> = std::fs::read_dir(&first)
        .with_context(|| format!("cannot read {}", first.display()))?
        .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned()))
        .filter(|code| code.chars().all(|c| c.is_ascii_hexdigit()))
        .filter(|code| !first.join(format!("{code}-1f3fb.png")).is_file() && code != "1f9be")
        .filter(|code| {
            VENDORS.iter().all(|(vendor, extension)| {
                modules
                    .join(vendor)
                    .join(format!("{code}.{extension}"))
                    .is_file()
            })
        })
        .collect();
    codes.sort();
    codes.shuffle(&mut random(seed, 0));
    codes.truncate(most);
    let classes = codes.into_iter().map(|code| {
        let looks: Result<Vec<RgbaImage>> = VENDORS
            .iter()
            .map(|(vendor, extension)| {
                open(&modules.join(vendor).join(format!("{code}.{extension}")))
            })
            .collect();
        let looks = looks?;
        let subjects = looks
            .iter()
            .cycle()
            .take(per_class)
            .map(|look| Subject::Held {
                cut_out: look.clone(),
                least: 0.5,
                most: 0.9,
            });
        Ok((code, subjects.collect()))
    });
    classes.collect()
}

/// What `scripts/hand-poses.mjs` or `scripts/mesh-hands.mjs` rendered: class folders of pictures with transparency.
pub fn rendered(
    folder: &Path,
    most: usize,
    subject: fn(RgbaImage) -> Subject,
) -> Result<Vec<Class>> {
    let set = PictureSet::open(folder)?;
    let classes = set.classes.iter().map(|(name, pictures)| {
        let subjects = pictures.iter().take(most).map(|picture| {
            let pixels = set.read(picture)?;
            let whole = RgbaImage::from_raw(pixels.width as u32, pixels.height as u32, pixels.rgba);
            Ok(subject(whole.context("a picture of no size")?))
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
pub fn characters(seed: u64, most: usize, per_class: usize) -> Result<Vec<Class>> {
    let bytes = include_bytes!("../../../weights/omniglot-test.characters");
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

/// Characters that methods for drawings are trained on. Unturned: a turned one on paper that lies aslant
/// would be another's picture.
pub fn drawn(path: &Path, seed: u64, most: usize, per_class: usize) -> Result<Vec<Class>> {
    let mut characters = Omniglot::open(path)?.classes(Split::Train);
    characters.retain(|class| class.quarters == 0);
    characters.shuffle(&mut random(seed, 0));
    characters.truncate(most);
    let side = kshot::embedder::conv4::SIDE as u32;
    let classes = characters.iter().enumerate().map(|(number, class)| {
        let drawings = class.drawings.iter().take(per_class).map(|drawing| {
            let bytes = drawing.ink().map(|ink| (ink * 255.0) as u8).collect();
            let drawing = GrayImage::from_raw(side, side, bytes).context("a drawing's size")?;
            Ok(Subject::Ink(drawing))
        });
        Ok((format!("{number:04}"), drawings.collect::<Result<_>>()?))
    });
    classes.collect()
}

/// Ten poses of each kind of jointed thing.
pub fn posed(seed: u64, kinds: usize, per_class: usize) -> Vec<Class> {
    let mut classes = Vec::new();
    for kind in 0..kinds {
        let mut random = random(seed, 1 << 60 | kind as u64);
        let build = Arc::new(Build::new(kind, &mut random));
        for pose in 0..POSES {
            let angles = build.pose(&mut random);
            let subject = || Subject::Posed(build.clone(), angles.clone());
            let subjects = (0..per_class).map(|_| subject()).collect();
            classes.push((format!("{kind:03}_{pose:02}"), subjects));
        }
    }
    classes
}

/// Ten photos of each class of photos, each a class. Photos that the measured `instances` is made of, as things or as
/// backgrounds, are left out.
pub fn views(photos: &Path, seed: u64, most: usize, per_class: usize) -> Result<Vec<Class>> {
    let set = PictureSet::open(photos)?;
    let free = shuffled(&set, SHIPPED_SEED)
        .into_iter()
        .skip(BACKGROUNDS + INSTANCES);
    let mut kinds: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for (name, picture) in free {
        let kind = kinds.entry(name).or_default();
        if kind.len() < ALIKE {
            kind.push(picture);
        }
    }
    let mut kinds: Vec<_> = (kinds.into_iter())
        .filter(|(_, pictures)| pictures.len() == ALIKE)
        .collect();
    ensure!(
        !kinds.is_empty(),
        "{} has no class of {ALIKE} photos beside the {} that instances is made of",
        set.path.display(),
        BACKGROUNDS + INSTANCES
    );
    kinds.shuffle(&mut random(seed, 0));
    kinds.truncate(most);
    let mut classes = Vec::new();
    for (kind, (_, pictures)) in kinds.iter().enumerate() {
        for (number, picture) in pictures.iter().enumerate() {
            let cut_out = square(&set, picture, SIDE)?;
            let subject = || Subject::Held {
                cut_out: cut_out.clone(),
                least: 1.1,
                most: 1.7,
            };
            let subjects = (0..per_class).map(|_| subject()).collect();
            classes.push((format!("{kind:03}_{number:02}"), subjects));
        }
    }
    Ok(classes)
}
