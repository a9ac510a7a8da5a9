//! Impostors: embeddings of things that are of no class of anyone's, so that a query which is
//! like none of the classes has somewhere to be near.
//!
//! They are the means of the photos of each of the 99 kinds of thing in Caltech-101, faces aside
//! (CC BY 4.0); `fit-projection` writes them beside the projection that made their embeddings.

use std::sync::OnceLock;

use crate::embedder::projection;
use crate::error::Error;

static SHIPPED: OnceLock<Vec<Vec<f32>>> = OnceLock::new();

/// Those of so many dimensions: the shipped ones for the camera's embeddings, none for others.
///
/// # Errors
/// As [`projection::impostors`].
pub fn of(dimensions: usize) -> Result<&'static [Vec<f32>], Error> {
    if dimensions != crate::embedder::DIMENSIONS {
        return Ok(&[]);
    }
    if let Some(shipped) = SHIPPED.get() {
        return Ok(shipped);
    }
    let read = projection::impostors()?;
    Ok(SHIPPED.get_or_init(|| read))
}
