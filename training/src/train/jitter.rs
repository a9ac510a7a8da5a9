//! Small random changes of drawings while training: as another hand would have drawn them.
//!
//! Koch et al. ("Siamese Neural Networks for One-shot Image Recognition", 2015, section 3.3)
//! change their training pictures by affine maps, about twice as much. Nothing is changed in
//! validation and test.

use kshot::embedder::conv4::SIDE;
use rand::RngExt;
use rand::rngs::ChaCha12Rng;

use crate::omniglot::Drawing;

/// How much a drawing is changed at most.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Jitter {
    /// Radians.
    pub turn: f32,
    /// Shear, and scale apart from 1, each in either direction.
    pub stretch: f32,
    /// Pixels.
    pub shift: f32,
}

impl Jitter {
    /// About half of Koch's ranges, which are 10 degrees, scale 0.8 to 1.2, shear 0.3 and 2 of
    /// 105 pixels; the shift is larger, since drawers differ by more. With more the embedder
    /// could not learn its training drawings (60-way loss 0.34 after 4,000 steps), without any
    /// it learnt them by heart (0.12, at no better a validation).
    pub const MILD: Jitter = Jitter {
        turn: 0.12,
        stretch: 0.08,
        shift: 1.0,
    };

    /// The drawing changed, as ink `[28 * 28]` of 0 and 1.
    pub fn ink(&self, drawing: &Drawing, random: &mut ChaCha12Rng) -> [f32; SIDE * SIDE] {
        let mut within = |most: f32| {
            if most > 0.0 {
                random.random_range(-most..most)
            } else {
                0.0
            }
        };
        let (sine, cosine) = within(self.turn).sin_cos();
        let (wide, tall) = (1.0 + within(self.stretch), 1.0 + within(self.stretch));
        let shear = within(self.stretch);
        let (right, down) = (within(self.shift), within(self.shift));
        let centre = (SIDE - 1) as f32 / 2.0;
        let mut plain = [0.0; SIDE * SIDE];
        for (place, ink) in plain.iter_mut().zip(drawing.ink()) {
            *place = ink;
        }
        let at = |row: i32, column: i32| {
            let inside = |place: i32| (0..SIDE as i32).contains(&place);
            if inside(row) && inside(column) {
                plain[row as usize * SIDE + column as usize]
            } else {
                0.0
            }
        };
        std::array::from_fn(|pixel| {
            let (x, y) = (
                (pixel % SIDE) as f32 - centre - right,
                (pixel / SIDE) as f32 - centre - down,
            );
            let (x, y) = (cosine * x + sine * y, cosine * y - sine * x);
            let (x, y) = (wide * (x + shear * y) + centre, tall * y + centre);
            let (left, top) = (x.floor(), y.floor());
            let (across, along) = (x - left, y - top);
            let (column, row) = (left as i32, top as i32);
            let upper = at(row, column) * (1.0 - across) + at(row, column + 1) * across;
            let lower = at(row + 1, column) * (1.0 - across) + at(row + 1, column + 1) * across;
            f32::from(u8::from(upper * (1.0 - along) + lower * along >= 0.5))
        })
    }
}
