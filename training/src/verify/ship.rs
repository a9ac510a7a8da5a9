//! The scores of a set as the Rust file that kshot ships.

use super::embed::FaceSet;
use super::figures::Scores;

/// Lower edge of the first bin, width of a bin and number of bins: from less alike than any two
/// photos to the same photo.
const LOW: f32 = -0.4;
const STEP: f32 = 0.01;
const BINS: usize = 140;

/// Counts on a line of the file.
const LINE: usize = 16;

/// The text of `src/face/scores/measured.rs`.
pub fn source(name: &str, faces: &FaceSet, scores: &Scores) -> String {
    let array = |scores: &[f32]| {
        let mut bins = vec![0u32; BINS];
        for score in scores {
            let place = ((score - LOW) / STEP).floor().clamp(0.0, (BINS - 1) as f32);
            if let Some(count) = bins.get_mut(place as usize) {
                *count += 1;
            }
        }
        (bins.chunks(LINE))
            .map(|line| {
                let counts: Vec<String> = line.iter().map(|count| format!("{count},")).collect();
                format!("    {}\n", counts.join(" "))
            })
            .collect::<String>()
    };
    format!(
        "//! Written by `cargo run --release -p training -- verify-eval PACK --ship FILE`; do not edit.\n\n\
         use super::Distribution;\n\n\
         /// The shipped scores.\n\
         pub const SHIPPED: Distribution = Distribution {{\n    \
             set: {name:?},\n    \
             people: {},\n    \
             pictures: {},\n    \
             low: {LOW:?},\n    \
             step: {STEP:?},\n    \
             genuine: &GENUINE,\n    \
             impostor: &IMPOSTOR,\n\
         }};\n\n\
         #[rustfmt::skip]\n\
         const GENUINE: [u32; {BINS}] = [\n{}];\n\n\
         #[rustfmt::skip]\n\
         const IMPOSTOR: [u32; {BINS}] = [\n{}];\n",
        faces.people.len(),
        faces.len(),
        array(&scores.genuine),
        array(&scores.impostor)
    )
}
