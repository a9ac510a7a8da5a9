//! Files that `kshot` ships: their size is bounded and their SHA-256 pinned in its source, so
//! whatever writes one says both.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use kshot::weights::digest;

/// Refuses a file that would be larger than what a visitor is to download.
///
/// # Errors
/// Where it has more than `most` bytes.
pub fn ensure_fits(bytes: &[u8], most: usize) -> Result<()> {
    let length = bytes.len();
    ensure!(
        length <= most,
        "the file would have {length} bytes; at most {most} are allowed"
    );
    Ok(())
}

/// Writes a file. Returns its path, size and SHA-256 as text.
///
/// # Errors
/// Where it cannot be written.
pub fn write_pinned(path: &Path, bytes: &[u8]) -> Result<String> {
    let shown = path.display();
    std::fs::write(path, bytes).with_context(|| format!("cannot write {shown}"))?;
    Ok(format!(
        "{shown}\nbytes   {}\nsha256  {}\n",
        bytes.len(),
        digest(bytes)
    ))
}
