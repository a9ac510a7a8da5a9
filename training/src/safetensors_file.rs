//! Writes a safetensors file: an 8-byte length, a JSON header, the tensors one after another.
//!
//! The `safetensors` crate keeps metadata in a hash map, whose order changes from run to run,
//! and a file whose SHA-256 is pinned must not. Reading is left to that crate.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use half::f16;
use serde::Serialize;

/// The header is padded with spaces so that the tensors start on a multiple of this.
const HEADER_ALIGNMENT: usize = 8;

/// A tensor in half precision, row-major.
pub struct HalfTensor {
    /// Its name in the file.
    pub name: String,
    /// Its extents, outermost first.
    pub shape: Vec<usize>,
    /// As many values as the extents multiply to.
    pub values: Vec<f16>,
}

/// A tensor's entry in the header.
#[derive(Serialize)]
struct Entry<'a> {
    dtype: &'static str,
    shape: &'a [usize],
    data_offsets: [usize; 2],
}

/// The bytes of a safetensors file with these tensors in this order.
///
/// # Errors
/// Where the header cannot be written as JSON.
pub fn write_to_bytes(metadata: &[(&str, &str)], tensors: &[HalfTensor]) -> Result<Vec<u8>> {
    let mut header = br#"{"__metadata__":"#.to_vec();
    let metadata: BTreeMap<_, _> = metadata.iter().copied().collect();
    serde_json::to_writer(&mut header, &metadata).context("the metadata is no JSON")?;
    let mut end = 0;
    for tensor in tensors {
        let start = end;
        end += tensor.values.len() * size_of::<f16>();
        let entry = Entry {
            dtype: "F16",
            shape: &tensor.shape,
            data_offsets: [start, end],
        };
        header.push(b',');
        serde_json::to_writer(&mut header, &tensor.name).context("a tensor's name is no JSON")?;
        header.push(b':');
        serde_json::to_writer(&mut header, &entry).context("a tensor's entry is no JSON")?;
    }
    header.push(b'}');
    header.resize(header.len().next_multiple_of(HEADER_ALIGNMENT), b' ');

    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header);
    for tensor in tensors {
        bytes.extend(tensor.values.iter().flat_map(|value| value.to_le_bytes()));
    }
    Ok(bytes)
}
