//! Jointed things made of rounded rods, drawn with depth and light: hands, creatures, ropes.
//!
//! A kind of thing has a build of its own, a class is one pose of it. Between pictures of a class
//! the joints tremble, the view turns, and colour and light change: what is left is the pose.

use image::{Rgba, RgbaImage};
use rand::RngExt;
use rand::seq::IndexedRandom;

use super::photograph::Random;

type Vector = [f32; 3];

/// A rod between two balls.
#[derive(Clone, Copy)]
struct Rod {
    from: Vector,
    to: Vector,
    radii: (f32, f32),
    part: usize, // which colour
}

/// A kind of thing, as it is built.
pub enum Build {
    /// Lengths and thicknesses of fingers, the width of the palm, and whether its back is seen.
    Hand {
        long: [f32; 5],
        thick: f32,
        palm: f32,
        back: bool,
    },
    /// Lengths of limbs and thicknesses.
    Creature {
        torso: (f32, f32),
        limbs: [(f32, f32); 4],
        head: f32,
        bone: f32,
    },
    /// Segments and thickness.
    Rope { segments: usize, thick: f32 },
    /// For every rod its parent and length, and its thickness.
    Branches { rods: Vec<(usize, f32, f32)> },
}

/// The joints' angles, in radians.
pub type Pose = Vec<f32>;

fn between(random: &mut Random, low: f32, high: f32) -> f32 {
    random.random_range(low..high)
}

impl Build {
    /// One of them; the number decides which sort.
    pub fn new(number: usize, random: &mut Random) -> Self {
        match number % 4 {
            0 => Build::Hand {
                long: [0.62, 0.9, 1.0, 0.93, 0.75].map(|long| long * between(random, 0.85, 1.2)),
                thick: between(random, 0.09, 0.15),
                palm: between(random, 0.75, 1.05),
                back: random.random(),
            },
            1 => Build::Creature {
                torso: (between(random, 0.7, 1.2), between(random, 0.15, 0.38)),
                limbs: std::array::from_fn(|_| {
                    (between(random, 0.4, 0.75), between(random, 0.35, 0.7))
                }),
                head: between(random, 0.2, 0.4),
                bone: between(random, 0.06, 0.17),
            },
            2 => Build::Rope {
                segments: random.random_range(9..16),
                thick: between(random, 0.05, 0.16),
            },
            _ => {
                let count = random.random_range(4..9);
                let rods = (0..count).map(|rod: usize| {
                    let parent = if rod == 0 {
                        0
                    } else {
                        random.random_range(0..rod)
                    };
                    (
                        parent,
                        between(random, 0.35, 0.9),
                        between(random, 0.06, 0.2),
                    )
                });
                Build::Branches {
                    rods: rods.collect(),
                }
            }
        }
    }

    /// A pose that differs from others in something that can be seen.
    pub fn pose(&self, random: &mut Random) -> Pose {
        match self {
            // Curl of each finger, spread, thumb across.
            Build::Hand { .. } => {
                let mut pose: Pose = (0..5)
                    .map(|_| *[0.0, 0.0, 0.5, 1.0, 1.0].choose(random).unwrap_or(&0.0))
                    .collect();
                pose.push(*[0.02, 0.12, 0.25].choose(random).unwrap_or(&0.1));
                pose.push(between(random, 0.0, 1.0));
                pose
            }
            Build::Creature { .. } => (0..18).map(|_| between(random, -1.3, 1.3)).collect(),
            Build::Rope { .. } => (0..6).map(|_| between(random, -1.0, 1.0)).collect(),
            Build::Branches { rods } => (0..2 * rods.len())
                .map(|_| between(random, -1.9, 1.9))
                .collect(),
        }
    }

    fn rods(&self, pose: &[f32]) -> Vec<Rod> {
        let at = |joint: usize| pose.get(joint).copied().unwrap_or(0.0);
        let mut rods = Vec::new();
        match self {
            Build::Hand {
                long, thick, palm, ..
            } => {
                let wrist = [0.0, 1.0, 0.0];
                for finger in 1..5 {
                    let across = (finger as f32 - 2.5) / 3.0;
                    let spread = across * 4.0 * at(5);
                    let knuckle = [
                        across * palm,
                        0.05 + 0.22 * (across - 0.1) * (across - 0.1),
                        0.0,
                    ];
                    rods.push(Rod {
                        from: [across * palm * 0.6, 0.95, 0.0],
                        to: knuckle,
                        radii: (thick * 1.5, thick * 1.25),
                        part: 0,
                    });
                    let long = long.get(finger).copied().unwrap_or(1.0);
                    let mut from = knuckle;
                    let mut bend = 0.05f32;
                    let curl = at(finger);
                    for (share, most) in [(0.45, 1.45), (0.31, 1.75), (0.24, 0.9)] {
                        bend += curl * most;
                        let reach = long * share;
                        let to = [
                            from[0] + reach * spread.sin() * bend.cos().abs(),
                            from[1] - reach * bend.cos() * spread.cos(),
                            from[2] + reach * bend.sin(),
                        ];
                        let taper = thick * (1.05 - 0.3 * share);
                        rods.push(Rod {
                            from,
                            to,
                            radii: (taper, taper * 0.92),
                            part: 1,
                        });
                        from = to;
                    }
                }
                // The thumb: out to the side, or across the palm.
                let curl = at(0);
                let out = 0.95 - 1.35 * curl + 0.3 * (at(6) - 0.5);
                let mut from = [-0.42 * palm, 0.75, 0.05];
                let mut angle = out;
                for share in [0.42, 0.33, 0.25] {
                    let reach = long.first().copied().unwrap_or(0.6) * share * 1.25;
                    let to = [
                        from[0] - reach * angle.sin(),
                        from[1] - reach * angle.cos(),
                        from[2] + reach * (0.15 + 0.55 * curl),
                    ];
                    rods.push(Rod {
                        from,
                        to,
                        radii: (thick * 1.25, thick * 1.1),
                        part: 1,
                    });
                    from = to;
                    angle -= 0.5 * curl;
                }
                rods.push(Rod {
                    from: [0.0, 0.8, 0.0],
                    to: [0.0, 0.4, 0.0],
                    radii: (palm * 0.36, palm * 0.3),
                    part: 0,
                });
                rods.push(Rod {
                    from: wrist,
                    to: [0.0, 2.4, -0.1],
                    radii: (thick * 2.6, thick * 3.0),
                    part: 2,
                });
            }
            Build::Creature {
                torso: (tall, wide),
                limbs,
                head,
                bone,
            } => {
                let lean = 0.3 * at(16);
                let neck = [tall * lean.sin(), -tall / 2.0, 0.0];
                let hip = [0.0, tall / 2.0, 0.0];
                rods.push(Rod {
                    from: neck,
                    to: hip,
                    radii: (*wide, wide * 0.8),
                    part: 0,
                });
                let nod = 0.5 * at(17);
                rods.push(Rod {
                    from: neck,
                    to: [
                        neck[0] + nod.sin() * 1.4 * head,
                        neck[1] - nod.cos() * (wide + head),
                        0.1,
                    ],
                    radii: (head * 0.5, *head),
                    part: 2,
                });
                for (limb, (upper, lower)) in limbs.iter().enumerate() {
                    let side = if limb % 2 == 0 { -1.0 } else { 1.0 };
                    let arm = limb < 2;
                    let root = if arm { neck } else { hip };
                    let root = [
                        root[0] + side * wide * 0.8,
                        root[1] + if arm { 0.1 } else { 0.0 },
                        root[2],
                    ];
                    let swing = if arm {
                        1.1 + at(4 * limb)
                    } else {
                        0.45 + 0.45 * at(4 * limb)
                    };
                    let fore = at(4 * limb + 1) * 0.7;
                    let step = |from: Vector, reach: f32, swing: f32, fore: f32| {
                        [
                            from[0] + side * reach * swing.sin() * fore.cos(),
                            from[1] + reach * swing.cos() * fore.cos(),
                            from[2] + reach * fore.sin(),
                        ]
                    };
                    let elbow = step(root, *upper, swing, fore);
                    let bend = if arm {
                        1.2 * at(4 * limb + 2)
                    } else {
                        0.8 * at(4 * limb + 2)
                    };
                    let end = step(elbow, *lower, swing + bend, fore + 0.6 * at(4 * limb + 3));
                    rods.push(Rod {
                        from: root,
                        to: elbow,
                        radii: (bone * 1.2, *bone),
                        part: 1,
                    });
                    rods.push(Rod {
                        from: elbow,
                        to: end,
                        radii: (*bone, bone * 0.9),
                        part: 1,
                    });
                }
            }
            Build::Rope { segments, thick } => {
                let mut from = [0.0, 0.0, 0.0];
                let mut angle = 3.0 * at(0);
                for segment in 0..*segments {
                    let t = segment as f32 / *segments as f32 * std::f32::consts::TAU;
                    angle += 0.55 * at(1)
                        + 0.9 * at(2) * t.sin()
                        + 0.9 * at(3) * t.cos()
                        + 0.8 * at(4) * (2.0 * t).sin();
                    let reach = 2.6 / *segments as f32;
                    let to = [
                        from[0] + reach * angle.cos(),
                        from[1] + reach * angle.sin(),
                        from[2] + reach * 0.4 * (t + 3.0 * at(5)).sin(),
                    ];
                    rods.push(Rod {
                        from,
                        to,
                        radii: (*thick, *thick),
                        part: segment % 2,
                    });
                    from = to;
                }
            }
            Build::Branches { rods: plan } => {
                let mut ends: Vec<(Vector, f32)> = Vec::new();
                for (rod, (parent, long, thick)) in plan.iter().enumerate() {
                    let (from, angle) = if rod == 0 {
                        ([0.0; 3], 0.0)
                    } else {
                        ends.get(*parent).copied().unwrap_or_default()
                    };
                    let angle = angle + at(2 * rod);
                    let fore = 0.35 * at(2 * rod + 1);
                    let to = [
                        from[0] + long * angle.sin() * fore.cos(),
                        from[1] - long * angle.cos() * fore.cos(),
                        from[2] + long * fore.sin(),
                    ];
                    rods.push(Rod {
                        from,
                        to,
                        radii: (*thick, thick * 0.85),
                        part: rod % 3,
                    });
                    ends.push((to, angle));
                }
            }
        }
        rods
    }

    /// One picture of a pose, on nothing.
    pub fn draw(&self, pose: &[f32], side: u32, random: &mut Random) -> RgbaImage {
        let tremble = match self {
            Build::Hand { .. } => 0.05,
            _ => 0.1,
        };
        let pose: Pose = pose
            .iter()
            .map(|angle| angle + between(random, -tremble, tremble))
            .collect();
        let mut rods = self.rods(&pose);
        let turned = matches!(self, Build::Hand { back: true, .. });
        let yaw = between(random, -0.5, 0.5) + if turned { std::f32::consts::PI } else { 0.0 };
        let (pitch, roll) = (between(random, -0.4, 0.4), between(random, -0.55, 0.55));
        let turn = |[x, y, z]: Vector| {
            let (x, z) = (x * yaw.cos() + z * yaw.sin(), z * yaw.cos() - x * yaw.sin());
            let (y, z) = (
                y * pitch.cos() - z * pitch.sin(),
                y * pitch.sin() + z * pitch.cos(),
            );
            [
                x * roll.cos() - y * roll.sin(),
                x * roll.sin() + y * roll.cos(),
                z,
            ]
        };
        for rod in &mut rods {
            rod.from = turn(rod.from);
            rod.to = turn(rod.to);
        }
        // The forearm may leave the picture; the rest is fitted into it.
        let framed: Vec<&Rod> = match self {
            Build::Hand { .. } => rods.iter().take(rods.len().saturating_sub(1)).collect(),
            _ => rods.iter().collect(),
        };
        let mut low = [f32::MAX; 2];
        let mut high = [f32::MIN; 2];
        for rod in framed {
            for (point, radius) in [(rod.from, rod.radii.0), (rod.to, rod.radii.1)] {
                for axis in 0..2 {
                    low[axis] = low[axis].min(point[axis] - radius);
                    high[axis] = high[axis].max(point[axis] + radius);
                }
            }
        }
        let extent = f32::max(high[0] - low[0], high[1] - low[1]).max(0.1);
        let scale = side as f32 * between(random, 0.55, 0.9) / extent;
        let aside = side as f32 * 0.07;
        let middle: [f32; 2] = std::array::from_fn(|axis| {
            side as f32 / 2.0 + between(random, -aside, aside)
                - scale * (low[axis] + high[axis]) / 2.0
        });
        let colours = self.colours(random);
        let lamp = unit([
            between(random, -1.0, 1.0),
            between(random, -1.2, 0.4),
            between(random, 0.5, 1.5),
        ]);
        let ambient = between(random, 0.3, 0.65);
        render(&rods, side, scale, middle, &colours, lamp, ambient)
    }

    fn colours(&self, random: &mut Random) -> [[f32; 3]; 3] {
        let any = |random: &mut Random| std::array::from_fn(|_| between(random, 30.0, 235.0));
        match self {
            Build::Hand { .. } if random.random_range(0.0..1.0) < 0.8 => {
                // Skin: from dark to light, redder than it is blue.
                let tone = between(random, 0.25, 1.0);
                let skin = [
                    250.0 * tone,
                    (215.0 - 25.0 * between(random, 0.0, 1.0)) * tone.powf(1.15),
                    (190.0 - 35.0 * between(random, 0.0, 1.0)) * tone.powf(1.3),
                ];
                let arm = if random.random() { skin } else { any(random) };
                [skin, skin, arm]
            }
            _ => {
                let one = any(random);
                if random.random() {
                    [one, one, one]
                } else {
                    [one, any(random), any(random)]
                }
            }
        }
    }
}

fn unit(v: Vector) -> Vector {
    let length = v.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-6);
    v.map(|v| v / length)
}

/// Twice as fine as the picture, then averaged: soft edges.
const FINE: u32 = 2;

fn render(
    rods: &[Rod],
    side: u32,
    scale: f32,
    middle: [f32; 2],
    colours: &[[f32; 3]; 3],
    lamp: Vector,
    ambient: f32,
) -> RgbaImage {
    let fine = side * FINE;
    let scale = scale * FINE as f32;
    let middle = middle.map(|m| m * FINE as f32);
    let mut depth = vec![f32::MIN; (fine * fine) as usize];
    let mut shade = vec![[0.0f32; 4]; (fine * fine) as usize];
    for rod in rods {
        let place = |v: Vector| {
            [
                v[0] * scale + middle[0],
                v[1] * scale + middle[1],
                v[2] * scale,
            ]
        };
        let (a, b) = (place(rod.from), place(rod.to));
        let (ra, rb) = (rod.radii.0 * scale, rod.radii.1 * scale);
        let along = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
        let length = (along[0] * along[0] + along[1] * along[1]).max(1e-6);
        let range = |axis: usize| {
            let low = (a[axis] - ra)
                .min(b[axis] - rb)
                .floor()
                .clamp(0.0, fine as f32) as u32;
            let high = (a[axis] + ra)
                .max(b[axis] + rb)
                .ceil()
                .clamp(0.0, fine as f32) as u32;
            low..high
        };
        let colour = colours.get(rod.part).copied().unwrap_or([128.0; 3]);
        for y in range(1) {
            for x in range(0) {
                let (px, py) = (x as f32 + 0.5, y as f32 + 0.5);
                let t =
                    (((px - a[0]) * along[0] + (py - a[1]) * along[1]) / length).clamp(0.0, 1.0);
                let radius = ra + (rb - ra) * t;
                let (dx, dy) = (px - a[0] - t * along[0], py - a[1] - t * along[1]);
                let rest = radius * radius - dx * dx - dy * dy;
                if rest <= 0.0 {
                    continue;
                }
                let up = rest.sqrt();
                let z = a[2] + t * along[2] + up;
                let at = (y * fine + x) as usize;
                if let (Some(depth), Some(shade)) = (depth.get_mut(at), shade.get_mut(at))
                    && z > *depth
                {
                    *depth = z;
                    let normal = [dx / radius, dy / radius, up / radius];
                    let facing: f32 = normal.iter().zip(lamp).map(|(n, l)| n * l).sum();
                    // Darker where a rod turns away: the creases between fingers.
                    let light =
                        ambient * (0.6 + 0.4 * normal[2]) + (1.0 - ambient) * facing.max(0.0) * 1.2;
                    *shade = [colour[0] * light, colour[1] * light, colour[2] * light, 1.0];
                }
            }
        }
    }
    RgbaImage::from_fn(side, side, |x, y| {
        let mut sum = [0.0f32; 4];
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let at = ((FINE * y + dy) * fine + FINE * x + dx) as usize;
            if let Some(value) = shade.get(at) {
                sum.iter_mut()
                    .zip(value)
                    .for_each(|(sum, value)| *sum += value);
            }
        }
        let [r, g, b, a] = sum;
        let full = a.max(1.0);
        Rgba([
            (r / full).min(255.0) as u8,
            (g / full).min(255.0) as u8,
            (b / full).min(255.0) as u8,
            (a / 4.0 * 255.0) as u8,
        ])
    })
}
