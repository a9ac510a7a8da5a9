//! The layers of a network that dlib has saved, one after another from the input on.
//!
//! A layer is its name as a string, then its parameters: a tensor of four extents and single-
//! precision values. Whole numbers are a byte with their length (its top bit the sign), then
//! that many bytes. What lies between two layers is skipped: the next name is looked for. A
//! name cannot be mistaken for numbers in silence, since extents must be those expected.

use anyhow::{Context, Result, ensure};

/// `con_`'s version of its format, as the string before its parameters.
const CONVOLUTION: &[u8] = b"\x01\x05con_4";
const AFFINE: &[u8] = b"\x01\x07affine_";
const FULLY_CONNECTED: &[u8] = b"\x01\x04fc_2";

/// Version of the format of a tensor.
const TENSOR_VERSION: usize = 2;

/// The file, read up to a place.
pub struct Layers<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Layers<'a> {
    /// From the start of the file.
    pub fn new(bytes: &'a [u8]) -> Self {
        Layers { bytes, at: 0 }
    }

    /// The next convolution with the affine layer behind it folded in: weight `[out, in, k, k]`
    /// and bias `[out]`.
    ///
    /// # Errors
    /// Where there is none, or of another shape.
    pub fn convolution(&mut self, shape: &[usize; 4]) -> Result<(Vec<f64>, Vec<f64>)> {
        let out = shape[0];
        let size = shape.iter().product::<usize>();
        self.find(CONVOLUTION)?;
        let mut weight = self.tensor([size + out, 1, 1, 1])?;
        let bias = weight.split_off(size);
        self.find(AFFINE)?;
        let mut scale = self.tensor([2 * out, 1, 1, 1])?;
        let shift = scale.split_off(out);
        for (filter, scale) in weight.chunks_exact_mut(size / out).zip(&scale) {
            filter.iter_mut().for_each(|value| *value *= scale);
        }
        let bias = (bias.iter().zip(&scale).zip(&shift))
            .map(|((bias, scale), shift)| bias * scale + shift)
            .collect();
        Ok((weight, bias))
    }

    /// The next fully connected layer, `[out, in]`; dlib keeps it the other way round.
    ///
    /// # Errors
    /// Where there is none, or of another shape.
    pub fn fully_connected(&mut self, inputs: usize, outputs: usize) -> Result<Vec<f64>> {
        self.find(FULLY_CONNECTED)?;
        let sizes = [self.whole()?, self.whole()?];
        ensure!(sizes == [outputs, inputs], "it connects {sizes:?}");
        let matrix = self.tensor([inputs, outputs, 1, 1])?;
        Ok((0..outputs)
            .flat_map(|output| matrix.iter().skip(output).step_by(outputs).copied())
            .collect())
    }

    /// # Errors
    /// Where there are more layers.
    pub fn end(&self) -> Result<()> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let more = [CONVOLUTION, AFFINE, FULLY_CONNECTED]
            .iter()
            .any(|name| rest.windows(name.len()).any(|window| window == *name));
        ensure!(!more, "the network has more layers than expected");
        Ok(())
    }

    fn find(&mut self, name: &[u8]) -> Result<()> {
        let rest = self.bytes.get(self.at..).context("the file ends")?;
        let place = (rest.windows(name.len()))
            .position(|window| window == name)
            .context("there is no further layer of this kind")?;
        self.at += place + name.len();
        Ok(())
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at + count);
        self.at += count;
        taken.context("the file is cut short")
    }

    fn whole(&mut self) -> Result<usize> {
        let length = match self.take(1)? {
            [length @ 1..=8] => usize::from(*length),
            _ => anyhow::bail!("a whole number is expected"),
        };
        let bytes = self.take(length)?.iter().rev();
        Ok(bytes.fold(0, |value, byte| value << 8 | usize::from(*byte)))
    }

    fn tensor(&mut self, expected: [usize; 4]) -> Result<Vec<f64>> {
        let version = self.whole()?;
        ensure!(version == TENSOR_VERSION, "a tensor's version is {version}");
        let extents = [self.whole()?, self.whole()?, self.whole()?, self.whole()?];
        ensure!(
            extents == expected,
            "it has shape {extents:?}, expected {expected:?}"
        );
        let bytes = self.take(4 * extents.iter().product::<usize>())?;
        let (values, _) = bytes.as_chunks::<4>();
        Ok((values.iter())
            .map(|value| f64::from(f32::from_le_bytes(*value)))
            .collect())
    }
}
