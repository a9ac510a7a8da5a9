//! The middle line of strokes: Zhang and Suen, A fast parallel algorithm for thinning digital
//! patterns (Communications of the ACM 27, 1984), on a list of the pixels that are left.

/// Thins a mask of `width` columns until its strokes are one pixel wide.
pub fn thin(mut mask: Vec<bool>, width: usize) -> Vec<bool> {
    let mut left: Vec<usize> = (0..mask.len()).filter(|at| on(&mask, *at)).collect();
    loop {
        let before = left.len();
        for second in [false, true] {
            let peeled: Vec<usize> = left
                .iter()
                .copied()
                .filter(|at| peels(&neighbours(&mask, width, *at), second))
                .collect();
            for at in peeled {
                // Not in the paper, which lets a dot of even width vanish whole: what would be
                // the last pixel of it stays.
                let alone = neighbours(&mask, width, at) == [false; 8];
                if let Some(pixel) = mask.get_mut(at) {
                    *pixel = alone;
                }
            }
            left.retain(|at| on(&mask, *at));
        }
        if left.len() == before {
            return mask;
        }
    }
}

/// P2 to P9 of the paper: from the pixel above, clockwise.
fn neighbours(mask: &[bool], width: usize, at: usize) -> [bool; 8] {
    let (x, y) = (at % width, at / width);
    let pixel = |dx: isize, dy: isize| {
        let (x, y) = (x.checked_add_signed(dx), y.checked_add_signed(dy));
        match (x, y) {
            (Some(x), Some(y)) if x < width => on(mask, y * width + x),
            _ => false,
        }
    };
    [
        pixel(0, -1),
        pixel(1, -1),
        pixel(1, 0),
        pixel(1, 1),
        pixel(0, 1),
        pixel(-1, 1),
        pixel(-1, 0),
        pixel(-1, -1),
    ]
}

/// Conditions (a) to (d) of a pass: the pixel lies on the south-east (first pass) or north-west
/// (second pass) edge, is no end of a line, and nothing falls apart without it.
fn peels(around: &[bool; 8], second: bool) -> bool {
    let [p2, p3, p4, p5, p6, p7, p8, p9] = *around;
    let count = around.iter().filter(|pixel| **pixel).count();
    let rises = [p2, p3, p4, p5, p6, p7, p8, p9]
        .into_iter()
        .zip([p3, p4, p5, p6, p7, p8, p9, p2])
        .filter(|(this, next)| !this && *next)
        .count();
    // Conditions (c) and (d), and (c') and (d') of the second pass: of three neighbours, not all.
    let not_all = |three: [bool; 3]| three.contains(&false);
    let edge = if second {
        not_all([p2, p4, p8]) && not_all([p2, p6, p8])
    } else {
        not_all([p2, p4, p6]) && not_all([p4, p6, p8])
    };
    (2..=6).contains(&count) && rises == 1 && edge
}

fn on(mask: &[bool], at: usize) -> bool {
    mask.get(at).copied().unwrap_or(false)
}
