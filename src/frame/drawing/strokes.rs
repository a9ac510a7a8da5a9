//! Where the ink is: pixels that differ from the mean of their neighbourhood, which uneven
//! light cannot fake, without specks and without what runs out of the picture.

/// Side of the neighbourhood as a part of the longest side. Bradley and Roth (Adaptive
/// Thresholding Using the Integral Image, 2007) take an eighth; a quarter keeps the strokes
/// of a thick marker from being their own neighbourhood.
const NEIGHBOURHOOD: usize = 4;

/// Share by which ink differs from the mean of its neighbourhood (Bradley and Roth: 15 %).
const LEAST_CONTRAST: f32 = 0.15;

/// Brightness, of 255, added before two values are compared: in the dark a share alone would
/// take noise for ink.
const DARK: f32 = 16.0;

/// A patch smaller than one part in so many of all ink is a speck. A dot is as wide as the
/// pen; in Omniglot's most crowded drawings the line is 60 times as long as the pen is wide.
const SPECK: usize = 150;

/// Ink that runs out of the picture is the edge of the paper or of a shadow, where at least
/// this share of all ink does not.
const INSIDE: f32 = 0.2;

/// The strokes of a picture of `width` columns, `values` 0 to 255; none where nothing is drawn.
pub fn find(values: &[f32], width: usize) -> Option<Vec<bool>> {
    let values = smooth(values, width);
    let height = values.len() / width;
    let radius = (width.max(height) / NEIGHBOURHOOD / 2).max(1);
    let means = means(&values, width, radius);
    let contrast: Vec<f32> = values
        .iter()
        .zip(&means)
        .map(|(value, mean)| ((mean + DARK) / (value + DARK)).ln())
        .collect();
    let least = -(1.0 - LEAST_CONTRAST).ln();
    // Where strokes crowd, the paper between them stands out from its neighbourhood too, but
    // never as far as the ink does; so the heavier side is the ink: dark on paper, light on a
    // blackboard.
    let weight = |sign: f32| -> f32 {
        let beyond = contrast.iter().map(|c| sign * c).filter(|c| *c > least);
        beyond.map(|c| c * c).sum()
    };
    let sign = if weight(1.0) >= weight(-1.0) {
        1.0
    } else {
        -1.0
    };
    let mask: Vec<bool> = contrast.iter().map(|c| sign * c > least).collect();
    clean(mask, width)
}

/// Means of 3 x 3 pixels: rough edges and the noise of a camera would grow twigs on the line.
fn smooth(values: &[f32], width: usize) -> Vec<f32> {
    means(values, width, 1)
}

/// The mean of the square of `2 * radius + 1` pixels round every pixel, as far as it lies in
/// the picture, by a table of sums.
fn means(values: &[f32], width: usize, radius: usize) -> Vec<f32> {
    let height = values.len() / width;
    let across = width + 1;
    let mut table = vec![0.0f64; across * (height + 1)]; // [height + 1, width + 1]
    for (y, row) in values.chunks_exact(width).enumerate() {
        let mut sum = 0.0;
        for (x, value) in row.iter().enumerate() {
            sum += f64::from(*value);
            let above = table.get(y * across + x + 1).copied().unwrap_or(0.0);
            if let Some(entry) = table.get_mut((y + 1) * across + x + 1) {
                *entry = above + sum;
            }
        }
    }
    let corner = |x: usize, y: usize| table.get(y * across + x).copied().unwrap_or(0.0);
    (0..height * width)
        .map(|at| {
            let (x, y) = (at % width, at / width);
            let (left, right) = (x.saturating_sub(radius), (x + radius + 1).min(width));
            let (top, bottom) = (y.saturating_sub(radius), (y + radius + 1).min(height));
            let sum = corner(right, bottom) - corner(left, bottom) - corner(right, top)
                + corner(left, top);
            (sum / ((right - left) * (bottom - top)) as f64) as f32
        })
        .collect()
}

/// Leaves out specks and what runs out of the picture; none where nothing is left.
fn clean(mut mask: Vec<bool>, width: usize) -> Option<Vec<bool>> {
    let patches = patches(&mask, width);
    let all: usize = patches.iter().map(Vec::len).sum();
    let height = mask.len() / width;
    let runs_out = |patch: &[usize]| {
        patch.iter().any(|at| {
            let (x, y) = (at % width, at / width);
            x == 0 || y == 0 || x + 1 == width || y + 1 == height
        })
    };
    let (outside, inside): (Vec<_>, Vec<_>) =
        patches.into_iter().partition(|patch| runs_out(patch));
    let kept: usize = inside.iter().map(Vec::len).sum();
    let alone = kept as f32 >= INSIDE * all as f32;
    let largest = if alone { kept } else { all };
    let mut any = false;
    for (patch, wanted) in outside
        .iter()
        .map(|patch| (patch, !alone))
        .chain(inside.iter().map(|patch| (patch, true)))
    {
        let stays = wanted && patch.len() * SPECK >= largest;
        any |= stays;
        for at in patch.iter().filter(|_| !stays) {
            if let Some(pixel) = mask.get_mut(*at) {
                *pixel = false;
            }
        }
    }
    any.then_some(mask)
}

/// Pixels that hang together, also by their corners.
fn patches(mask: &[bool], width: usize) -> Vec<Vec<usize>> {
    let height = mask.len() / width;
    let mut seen = vec![false; mask.len()];
    let mut found = Vec::new();
    for start in 0..mask.len() {
        if !mask.get(start).copied().unwrap_or(false) || seen.get(start).copied().unwrap_or(true) {
            continue;
        }
        let mut patch = vec![start];
        let mut next = 0;
        if let Some(mark) = seen.get_mut(start) {
            *mark = true;
        }
        while let Some(at) = patch.get(next).copied() {
            next += 1;
            let (x, y) = (at % width, at / width);
            for ny in y.saturating_sub(1)..(y + 2).min(height) {
                for nx in x.saturating_sub(1)..(x + 2).min(width) {
                    let neighbour = ny * width + nx;
                    let on = mask.get(neighbour).copied().unwrap_or(false);
                    if let Some(mark) = seen.get_mut(neighbour)
                        && on
                        && !*mark
                    {
                        *mark = true;
                        patch.push(neighbour);
                    }
                }
            }
        }
        found.push(patch);
    }
    found
}
