//! The tensors of a TensorFlow Lite model, by name: as much of FlatBuffers as that takes.
//!
//! A table starts with the distance back to its vtable, which has an offset for each field,
//! 0 for one that is absent. Vectors and strings are behind a relative offset and start with
//! their length. Fields are numbered as in `schema.fbs` of TensorFlow Lite. Offsets that lead
//! out of the file are errors.

use anyhow::{Context, Result, bail, ensure};
use half::f16;

/// Fields of `Model`, `SubGraph`, `Tensor` and `Buffer`.
const MODEL_SUBGRAPHS: usize = 2;
const MODEL_BUFFERS: usize = 4;
const SUBGRAPH_TENSORS: usize = 0;
const TENSOR_SHAPE: usize = 0;
const TENSOR_TYPE: usize = 1;
const TENSOR_BUFFER: usize = 2;
const TENSOR_NAME: usize = 3;
const BUFFER_DATA: usize = 0;

/// `TensorType` of schema.fbs.
const FLOAT16: u8 = 1;

/// A tensor of the model.
pub struct Tensor {
    /// Its extents, outermost first.
    pub shape: Vec<usize>,
    /// Its values, row-major.
    pub values: Vec<f64>,
}

/// A model's tensors.
pub struct Model<'a> {
    bytes: &'a [u8],
    tensors: Vec<usize>,
    buffers: Vec<usize>,
}

impl<'a> Model<'a> {
    /// Finds the tables of the tensors and their buffers.
    ///
    /// # Errors
    /// Where the bytes are not a model.
    pub fn parse(bytes: &'a [u8]) -> Result<Self> {
        ensure!(
            bytes.get(4..8) == Some(b"TFL3"),
            "the identifier is not TFL3"
        );
        let file = Model {
            bytes,
            tensors: Vec::new(),
            buffers: Vec::new(),
        };
        let root = file.follow(0)?;
        let subgraphs = file.tables(root, MODEL_SUBGRAPHS)?;
        let subgraph = *subgraphs.first().context("there is no subgraph")?;
        Ok(Model {
            bytes,
            tensors: file.tables(subgraph, SUBGRAPH_TENSORS)?,
            buffers: file.tables(root, MODEL_BUFFERS)?,
        })
    }

    /// A constant in half precision.
    ///
    /// # Errors
    /// Where there is none of this name or it is of another type.
    pub fn tensor(&self, name: &str) -> Result<Tensor> {
        for &table in &self.tensors {
            let (at, length) = self.vector(table, TENSOR_NAME)?;
            if self.bytes.get(at..at + length) != Some(name.as_bytes()) {
                continue;
            }
            let kind = match self.field(table, TENSOR_TYPE)? {
                Some(at) => *self.bytes.get(at).context("cut short")?,
                None => 0,
            };
            ensure!(kind == FLOAT16, "{name} is not in half precision");
            let (at, length) = self.vector(table, TENSOR_SHAPE)?;
            let shape = (0..length)
                .map(|i| self.word(at + 4 * i))
                .collect::<Result<Vec<_>>>()?;
            let buffer = self.field(table, TENSOR_BUFFER)?;
            let buffer = self.word(buffer.context("there is no buffer")?)?;
            let table = *self
                .buffers
                .get(buffer)
                .context("there is no such buffer")?;
            let (at, length) = self.vector(table, BUFFER_DATA)?;
            let data = self.bytes.get(at..at + length).context("cut short")?;
            let (pairs, _) = data.as_chunks::<2>();
            ensure!(
                pairs.len() == shape.iter().product::<usize>(),
                "{name} has {} values for {shape:?}",
                pairs.len()
            );
            let values = pairs.iter().map(|pair| f16::from_le_bytes(*pair).to_f64());
            return Ok(Tensor {
                shape,
                values: values.collect(),
            });
        }
        bail!("the model has no tensor {name}")
    }

    fn word(&self, at: usize) -> Result<usize> {
        let bytes = self.bytes.get(at..at + 4).context("cut short")?;
        let bytes: [u8; 4] = bytes.try_into().context("cut short")?;
        Ok(u32::from_le_bytes(bytes) as usize)
    }

    fn half_word(&self, at: usize) -> Result<usize> {
        let bytes = self.bytes.get(at..at + 2).context("cut short")?;
        let bytes: [u8; 2] = bytes.try_into().context("cut short")?;
        Ok(u16::from_le_bytes(bytes).into())
    }

    fn follow(&self, at: usize) -> Result<usize> {
        Ok(at + self.word(at)?)
    }

    fn field(&self, table: usize, number: usize) -> Result<Option<usize>> {
        let back = self.word(table)? as u32 as i32;
        let vtable = table as i64 - i64::from(back);
        let vtable = usize::try_from(vtable).context("a vtable is before the file")?;
        let slot = 4 + 2 * number;
        if slot >= self.half_word(vtable)? {
            return Ok(None);
        }
        Ok(match self.half_word(vtable + slot)? {
            0 => None,
            offset => Some(table + offset),
        })
    }

    /// Start and length of a vector or a string.
    fn vector(&self, table: usize, number: usize) -> Result<(usize, usize)> {
        let Some(field) = self.field(table, number)? else {
            return Ok((0, 0));
        };
        let start = self.follow(field)?;
        Ok((start + 4, self.word(start)?))
    }

    fn tables(&self, table: usize, number: usize) -> Result<Vec<usize>> {
        let (at, length) = self.vector(table, number)?;
        (0..length).map(|i| self.follow(at + 4 * i)).collect()
    }
}
