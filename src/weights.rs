//! Weights of any Burn module as half-precision tensors of a safetensors file, several modules
//! in one file, each under a name of its own:
//!
//! ```text
//! heads.relation.middle.weight   F16 [256, 64]
//! ──────┬─────── ──────┬──────
//!   the module     the tensor, as the module's fields are named
//! ```
//!
//! The same modules give the same file, byte for byte: its tensors stand in the order of their
//! names, and it has no metadata. Reading refuses a file that is cut short or does not hold the
//! very tensors that the module has, each of its shape, in half precision, with finite values.

use std::collections::{BTreeMap, BTreeSet};

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Tensor, TensorData};
use half::f16;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::method::tensors;

/// A weights file that can be read: its header is whole.
///
/// ```
/// use burn::tensor::Device;
/// use kshot::method::siamese::Siamese;
/// use kshot::weights::{Weights, Writer};
///
/// let device = Device::flex();
/// let mut writer = Writer::default();
/// writer.add("heads.siamese", &Siamese::new(&device))?;
/// let bytes = writer.into_bytes()?;
/// let siamese = Weights::from_bytes(&bytes)?.load("heads.siamese", Siamese::new(&device))?;
/// # Ok::<(), kshot::Error>(())
/// ```
pub struct Weights<'a> {
    file: SafeTensors<'a>,
}

impl<'a> Weights<'a> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`Error::WeightsInvalid`] where the bytes are no safetensors file or are not whole.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, Error> {
        let file = SafeTensors::deserialize(bytes)
            .map_err(|error| Error::WeightsInvalid(error.to_string()))?;
        Ok(Weights { file })
    }

    /// Puts the tensors under a name in the place of the module's, on the module's device; on
    /// an autodiff device they can be trained on.
    ///
    /// # Errors
    /// [`Error::WeightsInvalid`], which names the tensor, where one is missing, is of another
    /// shape or type, holds a value that is not finite, or is not the module's.
    pub fn load<M: Module>(&self, name: &str, module: M) -> Result<M, Error> {
        let mut loader = Loader {
            file: &self.file,
            path: vec![name.to_owned()],
            unused: (self.file.names().into_iter())
                .filter(|tensor| tensor.starts_with(&format!("{name}.")))
                .collect(),
            problem: None,
        };
        let module = module.map(&mut loader);
        match (loader.problem, loader.unused.first()) {
            (Some(problem), _) => Err(Error::WeightsInvalid(problem)),
            (None, Some(tensor)) => Err(Error::WeightsInvalid(format!(
                "{tensor} is no tensor of the network"
            ))),
            (None, None) => Ok(module),
        }
    }
}

/// SHA-256 in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Compares the SHA-256 of a weights file with the one that is expected, in hexadecimal.
///
/// # Errors
/// [`Error::WeightsDamaged`] where they differ.
pub fn check_digest(bytes: &[u8], expected: &'static str) -> Result<(), Error> {
    let found = digest(bytes);
    if found == expected {
        Ok(())
    } else {
        Err(Error::WeightsDamaged { found, expected })
    }
}

struct Loader<'a> {
    file: &'a SafeTensors<'a>,
    path: Vec<String>,
    unused: BTreeSet<&'a str>,
    problem: Option<String>, // the first
}

impl Loader<'_> {
    fn read(&mut self, shape: &[usize]) -> Result<TensorData, String> {
        let name = self.path.join(".");
        let tensor = self
            .file
            .tensor(&name)
            .map_err(|error| format!("{name}: {error}"))?;
        self.unused.remove(name.as_str());
        if tensor.dtype() != Dtype::F16 || tensor.shape() != shape {
            return Err(format!(
                "{name} is {:?} {:?}, expected F16 {shape:?}",
                tensor.dtype(),
                tensor.shape()
            ));
        }
        let (pairs, _) = tensor.data().as_chunks::<2>();
        let values: Vec<f32> = pairs
            .iter()
            .map(|pair| f16::from_le_bytes(*pair).to_f32())
            .collect();
        if values.iter().any(|value| !value.is_finite()) {
            return Err(format!("{name} holds a value that is not finite"));
        }
        Ok(TensorData::new(values, shape.to_vec()))
    }
}

impl ModuleMapper for Loader<'_> {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (device, shape) = (param.lazy_device(), param.lazy_shape());
        match self.read(&shape.dims::<D>()) {
            Ok(data) => {
                let id = param.id;
                param.transform_for_load(Tensor::from_data(data, &device), id)
            }
            Err(problem) => {
                self.problem.get_or_insert(problem);
                param
            }
        }
    }
}

/// Gathers the tensors of a weights file.
#[derive(Default)]
pub struct Writer {
    tensors: BTreeMap<String, (Vec<usize>, Vec<u8>)>,
}

impl Writer {
    /// Adds a module's tensors under a name, rounded to half precision, to nearest, ties to
    /// even.
    ///
    /// # Errors
    /// [`Error::WeightsInvalid`], which names the tensor, where a value is not finite in half
    /// precision, and where the name is taken.
    pub fn add<M: Module>(&mut self, name: &str, module: &M) -> Result<(), Error> {
        let mut saver = Saver {
            tensors: &mut self.tensors,
            path: vec![name.to_owned()],
            problem: None,
        };
        module.visit(&mut saver);
        saver
            .problem
            .map_or(Ok(()), |problem| Err(Error::WeightsInvalid(problem)))
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// [`Error::WeightsInvalid`] where the tensors cannot be written.
    pub fn into_bytes(self) -> Result<Vec<u8>, Error> {
        let invalid =
            |error: safetensors::SafeTensorError| Error::WeightsInvalid(error.to_string());
        let views = (self.tensors.iter())
            .map(|(name, (shape, bytes))| {
                let view = TensorView::new(Dtype::F16, shape.clone(), bytes)?;
                Ok((name.as_str(), view))
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(invalid)?;
        safetensors::serialize(views, None).map_err(invalid)
    }
}

struct Saver<'a> {
    tensors: &'a mut BTreeMap<String, (Vec<usize>, Vec<u8>)>,
    path: Vec<String>,
    problem: Option<String>, // the first
}

impl Saver<'_> {
    fn save<const D: usize>(&mut self, tensor: Tensor<D>) -> Result<(), String> {
        let name = self.path.join(".");
        let shape = tensor.dims().to_vec();
        let values = tensors::read(tensor).map_err(|error| format!("{name}: {error}"))?;
        let mut bytes = Vec::with_capacity(values.len() * size_of::<f16>());
        for value in values {
            let half = f16::from_f32(value);
            if !half.is_finite() {
                return Err(format!("{name} holds {value}, which half precision cannot"));
            }
            bytes.extend(half.to_le_bytes());
        }
        match self.tensors.insert(name.clone(), (shape, bytes)) {
            None => Ok(()),
            Some(_) => Err(format!("there already is a tensor {name}")),
        }
    }
}

impl ModuleVisitor for Saver<'_> {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Err(problem) = self.save(param.val()) {
            self.problem.get_or_insert(problem);
        }
    }
}
