//! Pictures as the network sees them before the layers that are tuned: computed once, kept in
//! half precision.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use burn::tensor::module::avg_pool2d;
use burn::tensor::ops::AvgPoolOptions;
use burn::tensor::{Device, Tensor, TensorData};
use half::f16;
use kshot::embedder::conv::{Conv, Kernels, Layer};
use kshot::embedder::efficientnet_lite0::layers;
use kshot::embedder::projection::Projection;
use kshot::frame::{SIDE, input_from_rgba};
use safetensors::SafeTensors;

use super::tail::{self, CHANNELS, FIRST, POSITIONS};
use crate::camera::refuse_classes;
use crate::pictures::{PictureSet, Unreadable, try_each};
use crate::report::list_unreadable;
use crate::split::SplitChoice;

/// A picture before the tuned layers, and what the untuned network makes of it.
pub struct Map {
    /// `[80, 196]`
    pub values: Vec<f16>,
    /// Its embedding by the untuned network, `[1280]`.
    pub embedding: Vec<f16>,
}

/// A set: its groups of classes that are told apart, and how often it is drawn from.
pub struct MapSet {
    /// Classes of pictures.
    pub classes: Vec<Vec<Map>>,
    /// Classes that belong together, by their places: those whose names are alike up to the first
    /// `_`, where there are enough of them.
    pub groups: Vec<Vec<usize>>,
    /// How often, beside the other sets.
    pub share: f64,
}

/// An inverted residual block, or the head alone, for inference.
struct Step {
    convolutions: Vec<Conv>,
    residual: bool,
}

/// The network in steps, as the weights file holds it.
pub struct Plain {
    steps: Vec<Step>,
    projection: Projection,
    device: Device,
}

impl Plain {
    /// Reads the weights file, and takes the projection that goes with it.
    ///
    /// # Errors
    /// Where it does not hold the network.
    pub fn read(weights: &[u8], projection: Projection) -> Result<Self> {
        let device = Device::flex();
        let file = SafeTensors::deserialize(weights).context("these are no weights")?;
        let mut names: Vec<String> = Vec::new();
        let mut plans: Vec<Vec<Layer>> = Vec::new();
        for layer in layers() {
            let name = layer
                .name
                .rsplit_once('.')
                .map_or(layer.name.as_str(), |(block, _)| block);
            let name = name.to_owned();
            match plans.last_mut() {
                Some(plan) if names.last() == Some(&name) => plan.push(layer),
                _ => {
                    plans.push(vec![layer]);
                    names.push(name);
                }
            }
        }
        let steps = plans.iter().zip(&names).map(|(plan, name)| {
            let (first, last) = (plan.first(), plan.last());
            let ends = first.zip(last).context("a block without layers")?;
            let channels_in = if ends.0.groups > 1 {
                ends.0.weight[0]
            } else {
                ends.0.weight[1]
            };
            let stays = plan.iter().all(|layer| layer.stride == 1);
            let convolutions = plan
                .iter()
                .map(|layer| {
                    Ok(Conv::from_safetensors(
                        &file,
                        layer,
                        Kernels::HandMade,
                        &device,
                    )?)
                })
                .collect::<Result<_>>()?;
            Ok(Step {
                convolutions,
                residual: name.starts_with("blocks") && stays && channels_in == ends.1.weight[0],
            })
        });
        Ok(Plain {
            steps: steps.collect::<Result<_>>()?,
            projection,
            device,
        })
    }

    fn run(steps: &[Step], mut x: Tensor<4>) -> Tensor<4> {
        for step in steps {
            let input = x.clone();
            let last = step.convolutions.len().saturating_sub(1);
            for (number, convolution) in step.convolutions.iter().enumerate() {
                let past = (number == last && step.residual).then(|| input.clone());
                x = convolution.forward(x, past);
            }
        }
        x
    }

    /// What is before the tuned layers, and the embedding, of a network input `[3, 224, 224]`.
    ///
    /// # Errors
    /// Where the picture has no embedding.
    pub fn map(&self, input: Vec<f32>) -> Result<Map> {
        let input =
            Tensor::<4>::from_data(TensorData::new(input, [1, 3, SIDE, SIDE]), &self.device);
        let (trunk, tail) = self.steps.split_at((FIRST + 1).min(self.steps.len()));
        let x = Self::run(trunk, input); // [1, 80, 14, 14]
        ensure!(
            x.dims() == [1, CHANNELS, tail::SIDE, tail::SIDE],
            "the trunk ends in {:?}",
            x.dims()
        );
        let values = x.clone().try_into_vec_as::<f32>()?;
        let map = Self::run(tail, x); // [1, 1280, 7, 7]
        let corners = avg_pool2d(map, AvgPoolOptions::new([4, 4]).with_stride([3, 3]));
        let embedding = self.projection.embed(&corners.try_into_vec_as::<f32>()?)?;
        let halves = |values: Vec<f32>| values.into_iter().map(f16::from_f32).collect();
        Ok(Map {
            values: halves(values),
            embedding: halves(embedding),
        })
    }
}

/// Every picture of a set to train on; what cannot be read is an error, since weights that are
/// shipped must not depend on it.
///
/// # Errors
/// As [`PictureSet::open`], and where a picture cannot be read or a class is one that is tested on.
pub fn maps(
    path: &Path,
    split: &SplitChoice,
    per_class: usize,
    share: f64,
    way: usize,
    plain: &Plain,
) -> Result<MapSet> {
    let set = open(path, split)?;
    let names: Vec<String> = set.classes.keys().cloned().collect();
    refuse_classes(path, &names, &["test", "calibrate"])?;
    maps_of(set, per_class, share, way, plain)
}

/// The classes of a split.
///
/// # Errors
/// As [`PictureSet::open`] and [`SplitChoice::others`].
pub fn open(path: &Path, split: &SplitChoice) -> Result<PictureSet> {
    let mut set = PictureSet::open(path)?;
    set.keep_split(split)?;
    Ok(set)
}

/// As [`maps`], of any classes.
///
/// # Errors
/// Where a picture cannot be read.
pub fn maps_of(
    mut set: PictureSet,
    per_class: usize,
    share: f64,
    way: usize,
    plain: &Plain,
) -> Result<MapSet> {
    let path = set.path.clone();
    let all_usable = |unreadable: &[Unreadable]| {
        let listed = list_unreadable(unreadable);
        ensure!(unreadable.is_empty(), "{}: {listed}", path.display());
        Ok(())
    };
    all_usable(&set.unreadable)?;
    set.keep_evenly(per_class);
    let made = try_each(&set.classes, "reading", |_, picture| {
        let pixels = set.read(picture)?;
        let map = plain.map(input_from_rgba(&pixels.rgba, pixels.width, pixels.height)?)?;
        let fits = map.values.len() == CHANNELS * POSITIONS;
        ensure!(fits, "a map of another size");
        Ok(map)
    });
    all_usable(&made.unreadable)?;
    let mut groups: Vec<(&str, Vec<usize>)> = Vec::new();
    for (place, name) in set.classes.keys().enumerate() {
        let group = name.split_once('_').map_or("", |(group, _)| group);
        match groups.last_mut() {
            Some((last, places)) if *last == group => places.push(place),
            _ => groups.push((group, vec![place])),
        }
    }
    groups.retain(|(name, places)| !name.is_empty() && places.len() >= way);
    Ok(MapSet {
        classes: made.classes.into_iter().map(|(_, maps)| maps).collect(),
        groups: groups.into_iter().map(|(_, places)| places).collect(),
        share,
    })
}

/// Maps of several pictures as the tuned layers take them, `[80, n, 196]`.
///
/// # Errors
/// Where a map is too small.
pub fn side_by_side(maps: &[&Map], device: &Device) -> Result<Tensor<3>> {
    let n = maps.len();
    let mut values = Vec::with_capacity(CHANNELS * n * POSITIONS);
    for channel in 0..CHANNELS {
        for map in maps {
            let plane = (map.values).get(channel * POSITIONS..(channel + 1) * POSITIONS);
            let plane = plane.context("a map is too small")?;
            values.extend(plane.iter().map(|value| value.to_f32()));
        }
    }
    let values = TensorData::new(values, [CHANNELS, n, POSITIONS]);
    Ok(Tensor::from_data(values, device))
}
