//! `features`: the last map of the network of every picture of a set, pooled, in one file.
//!
//! Statistics and heads are worked out from such files, since a picture takes longer to embed
//! than a thousand episodes take to answer. The file is a safetensors file: `pooled` `[n, 1280]`
//! is the map's mean, `quarters` `[n, 4, 1280]` the means of its four overlapping corners of 4x4,
//! both in half precision and not normalised; `plain` `[n, 1280]`, if asked for, the mean of the
//! map of the network that was not meta-trained; `class` `[n]` counts in the metadata `classes`.
//! The metadata `network` is the SHA-256 of the network's weights: with those of another network
//! the projection makes nonsense of the maps.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use burn::tensor::{Device, Tensor, TensorData};
use half::f16;
use kshot::embedder::projection::CHANNELS as DIMENSIONS;
use kshot::embedder::{Embedder, WEIGHTS, WEIGHTS_SHA256};
use kshot::frame::{SIDE, input_from_rgba};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::pictures::{Picture, PictureSet, Unreadable, try_each};
use crate::report::{count, list_unreadable};
use crate::split::SplitChoice;

/// Arguments of `features`.
#[derive(clap::Args, Debug, Clone)]
pub struct Arguments {
    /// A folder of class folders, or an image pack with or without its extension
    pub path: PathBuf,
    /// The file to write
    pub output: PathBuf,
    /// Pictures of a class at most, evenly spaced
    #[arg(long)]
    pub per_class: Option<usize>,
    /// Mirror every picture
    #[arg(long)]
    pub mirrored: bool,
    /// Take the plain network's features along, for accuracy-table
    #[arg(long)]
    pub plain: bool,
    /// Which classes take part
    #[command(flatten)]
    pub split: SplitChoice,
}

/// Whether a path is one of a file of features, by its extension.
pub fn is_features(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "features")
}

/// What the digest of the network is called in the metadata.
const NETWORK: &str = "network";

/// A side of the last map.
const MAP_SIDE: usize = 7;

/// Writes the file and says what went into it.
///
/// # Errors
/// As [`FeatureFile::of_pictures`], and where the file cannot be written.
pub fn features(arguments: &Arguments) -> Result<String> {
    let (file, unreadable) = FeatureFile::of_pictures(
        &arguments.path,
        &arguments.split,
        arguments.per_class,
        arguments.mirrored,
        arguments.plain,
    )?;
    file.write(&arguments.output)?;
    Ok(format!(
        "{}: {}, {}\n{}",
        arguments.output.display(),
        count(file.rows.len(), "picture", "pictures"),
        count(file.classes.len(), "class", "classes"),
        list_unreadable(&unreadable)
    ))
}

/// The networks that look at a picture.
struct Embedders {
    device: Device,
    shipped: Embedder,
    plain: Option<Embedder>,
}

impl Embedders {
    fn new(plain: bool) -> Result<Self> {
        let device = Device::flex();
        let cannot = "cannot build the embedder";
        Ok(Embedders {
            shipped: Embedder::from_bytes(WEIGHTS, &device).context(cannot)?,
            plain: (plain.then(|| Embedder::plain(&device)).transpose()).context(cannot)?,
            device,
        })
    }

    fn look(&self, input: Vec<f32>, class: usize) -> Result<FeatureRow> {
        let input = TensorData::new(input, [1, 3, SIDE, SIDE]);
        let input = Tensor::<4>::from_data(input, &self.device);
        let plain = (self.plain.as_ref())
            .map(|plain| plain.forward(input.clone()).try_into_vec_as::<f32>())
            .transpose()?;
        let map = self.shipped.last_map(input).permute([0, 2, 3, 1]); // [1, 7, 7, 1280]
        let (pooled, quarters) = pool(&map.try_into_vec_as::<f32>()?)?;
        Ok(FeatureRow {
            class,
            pooled,
            quarters,
            plain,
        })
    }
}

/// The network input `[3, 224, 224]` of a picture.
fn input_of(set: &PictureSet, picture: &Picture, mirrored: bool) -> Result<Vec<f32>> {
    let mut pixels = set.read(picture)?;
    if mirrored {
        for row in pixels.rgba.chunks_exact_mut(4 * pixels.width) {
            row.as_chunks_mut::<4>().0.reverse();
        }
    }
    Ok(input_from_rgba(&pixels.rgba, pixels.width, pixels.height)?)
}

/// The mean `[1280]` of a map `[7, 7, 1280]`, and the means of its corners `[4, 1280]`.
fn pool(map: &[f32]) -> Result<(Vec<f32>, Vec<f32>)> {
    let near = 0..MAP_SIDE.div_ceil(2);
    let far = MAP_SIDE / 2..MAP_SIDE;
    let all = 0..MAP_SIDE;
    let windows = [
        (&all, &all),
        (&near, &near),
        (&near, &far),
        (&far, &near),
        (&far, &far),
    ];
    let mut pooled = Vec::with_capacity(windows.len() * DIMENSIONS);
    for (rows, columns) in windows {
        let mut sum = vec![0.0; DIMENSIONS];
        for row in rows.clone() {
            for column in columns.clone() {
                let at = (row * MAP_SIDE + column) * DIMENSIONS;
                let pixel = map
                    .get(at..at + DIMENSIONS)
                    .context("the map is too small")?;
                sum.iter_mut()
                    .zip(pixel)
                    .for_each(|(sum, value)| *sum += value);
            }
        }
        let area = (rows.len() * columns.len()) as f32;
        pooled.extend(sum.into_iter().map(|sum| sum / area));
    }
    let quarters = pooled.split_off(DIMENSIONS);
    Ok((pooled, quarters))
}

/// A picture's features.
#[derive(Debug, Clone)]
pub struct FeatureRow {
    /// Its class, as a place in [`FeatureFile::classes`].
    pub class: usize,
    /// The map's mean, `[1280]`.
    pub pooled: Vec<f32>,
    /// The means of its corners, `[4, 1280]`.
    pub quarters: Vec<f32>,
    /// The mean of the plain network's map, `[1280]`, where it was asked for.
    pub plain: Option<Vec<f32>>,
}

impl FeatureRow {
    /// The corners channel by channel, `[1280, 4]`, as the embedder gives them.
    pub fn corners(&self) -> Vec<f32> {
        (0..DIMENSIONS)
            .flat_map(|channel| {
                self.quarters
                    .iter()
                    .skip(channel)
                    .step_by(DIMENSIONS)
                    .copied()
            })
            .collect()
    }
}

/// A file that `features` wrote.
#[derive(Debug, Clone)]
pub struct FeatureFile {
    /// Names of the classes.
    pub classes: Vec<String>,
    /// One a picture.
    pub rows: Vec<FeatureRow>,
}

impl FeatureFile {
    /// Reads the file, or works it out from pictures, with the plain features.
    ///
    /// # Errors
    /// As [`open`](Self::open) and [`of_pictures`](Self::of_pictures).
    pub fn of(path: &Path, split: &SplitChoice) -> Result<(Self, Vec<Unreadable>)> {
        if is_features(path) {
            let mut file = Self::open(path)?;
            file.keep_split(split)?;
            Ok((file, Vec::new()))
        } else {
            Self::of_pictures(path, split, None, false, true)
        }
    }

    /// Works it out from a folder of class folders or an image pack; gives what could not be
    /// embedded too.
    ///
    /// # Errors
    /// As [`PictureSet::open`], and where no picture can be embedded.
    pub fn of_pictures(
        path: &Path,
        split: &SplitChoice,
        per_class: Option<usize>,
        mirrored: bool,
        plain: bool,
    ) -> Result<(Self, Vec<Unreadable>)> {
        let mut set = PictureSet::open(path)?;
        set.keep_split(split)?;
        if let Some(most) = per_class {
            set.keep_evenly(most.max(1));
        }
        let embedders = Embedders::new(plain)?;
        let embedded = try_each(&set.classes, "embedding", |class, picture| {
            embedders.look(input_of(&set, picture, mirrored)?, class)
        });
        let unreadable = [set.unreadable.as_slice(), &embedded.unreadable].concat();
        let mut file = FeatureFile {
            classes: Vec::new(),
            rows: Vec::new(),
        };
        for (name, rows) in embedded.classes {
            file.classes.push(name);
            file.rows.extend(rows);
        }
        let some = !file.rows.is_empty();
        ensure!(
            some,
            "no picture of {} could be embedded",
            set.path.display()
        );
        Ok((file, unreadable))
    }

    /// Leaves out the classes of other splits; returns how many.
    ///
    /// # Errors
    /// As [`SplitChoice::others`].
    pub fn keep_split(&mut self, split: &SplitChoice) -> Result<usize> {
        let others = split.others()?;
        let before = self.classes.len();
        let mut next = 0..;
        let places: Vec<Option<usize>> = (self.classes.iter())
            .map(|name| (!others.contains(name)).then(|| next.next()).flatten())
            .collect();
        self.rows.retain_mut(|row| {
            let place = places.get(row.class).copied().flatten();
            row.class = place.unwrap_or_default();
            place.is_some()
        });
        self.classes.retain(|name| !others.contains(name));
        Ok(before - self.classes.len())
    }

    /// Writes it.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let n = self.rows.len();
        let halves = |of: fn(&FeatureRow) -> &[f32]| -> Vec<u8> {
            let values = self.rows.iter().flat_map(|row| of(row).iter());
            values
                .flat_map(|v| f16::from_f32(*v).to_le_bytes())
                .collect()
        };
        let pooled = halves(|row| &row.pooled);
        let quarters = halves(|row| &row.quarters);
        let plain = halves(|row| row.plain.as_deref().unwrap_or_default());
        let classes = self.rows.iter().map(|row| u16::try_from(row.class));
        let classes: Vec<u16> = classes
            .collect::<Result<_, _>>()
            .context("too many classes")?;
        let classes: Vec<u8> = classes
            .iter()
            .flat_map(|class| class.to_le_bytes())
            .collect();
        let metadata = HashMap::from([
            ("classes".to_owned(), self.classes.join("\n")),
            (NETWORK.to_owned(), WEIGHTS_SHA256.to_owned()),
        ]);
        let mut views = Vec::from([
            ("class", TensorView::new(Dtype::U16, vec![n], &classes)?),
            (
                "pooled",
                TensorView::new(Dtype::F16, vec![n, DIMENSIONS], &pooled)?,
            ),
            (
                "quarters",
                TensorView::new(Dtype::F16, vec![n, 4, DIMENSIONS], &quarters)?,
            ),
        ]);
        if !plain.is_empty() {
            let view = TensorView::new(Dtype::F16, vec![n, DIMENSIONS], &plain)?;
            views.push(("plain", view));
        }
        safetensors::serialize_to_file(views, Some(metadata), path)
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// Reads it.
    ///
    /// # Errors
    /// Where it is not such a file, and where it is one of another network.
    pub fn open(path: &Path) -> Result<Self> {
        let cannot = || format!("{} was not written by features", path.display());
        let bytes =
            std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let (_, header) = SafeTensors::read_metadata(&bytes).with_context(cannot)?;
        let metadata = header.metadata().as_ref();
        let metadata = |name| metadata.and_then(|metadata| metadata.get(name));
        let names = metadata("classes").with_context(cannot)?;
        ensure!(
            metadata(NETWORK).is_some_and(|network| network == WEIGHTS_SHA256),
            "{} was made with another network than the one that ships; make it anew with features",
            path.display()
        );
        let file = SafeTensors::deserialize(&bytes).with_context(cannot)?;
        let class = file.tensor("class").with_context(cannot)?;
        let n = class.shape().first().copied().unwrap_or(0);
        let halves = |name: &str, width: usize| -> Result<Vec<f32>> {
            let tensor = file.tensor(name).with_context(cannot)?;
            let (pairs, _) = tensor.data().as_chunks::<2>();
            ensure!(pairs.len() == n * width, cannot());
            Ok(pairs
                .iter()
                .map(|pair| f16::from_le_bytes(*pair).to_f32())
                .collect())
        };
        let pooled = halves("pooled", DIMENSIONS)?;
        let quarters = halves("quarters", 4 * DIMENSIONS)?;
        let plain = match file.tensor("plain") {
            Ok(_) => halves("plain", DIMENSIONS)?,
            Err(_) => Vec::new(),
        };
        let (pairs, _) = class.data().as_chunks::<2>();
        let rows = (pairs.iter())
            .zip(pooled.chunks_exact(DIMENSIONS))
            .zip(quarters.chunks_exact(4 * DIMENSIONS))
            .enumerate()
            .map(|(i, ((class, pooled), quarters))| FeatureRow {
                class: usize::from(u16::from_le_bytes(*class)),
                pooled: pooled.to_vec(),
                quarters: quarters.to_vec(),
                plain: (plain.chunks_exact(DIMENSIONS).nth(i)).map(<[f32]>::to_vec),
            })
            .collect();
        Ok(FeatureFile {
            classes: names.lines().map(str::to_owned).collect(),
            rows,
        })
    }
}
