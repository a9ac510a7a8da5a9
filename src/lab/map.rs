//! The plane on which shots, imagined examples, prototypes and the query are drawn.

use crate::space::Plane;

/// Embeddings drawn on the plane in which shots and imagined examples differ most: class and
/// place of each, to the right and upwards, -1 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// The shots.
    pub shots: Vec<(usize, [f32; 2])>,
    /// What was imagined.
    pub imagined: Vec<(usize, [f32; 2])>,
    /// The mean of each class's shots and imagined examples.
    pub prototypes: Vec<(usize, [f32; 2])>,
    /// The query.
    pub query: [f32; 2],
}

impl Map {
    /// Fits the plane to shots and imagined examples, and places everything on it.
    pub(super) fn new(
        shots: &[(usize, &[f32])],
        imagined: &[(usize, Vec<f32>)],
        query: &[f32],
    ) -> Self {
        let imagined: Vec<(usize, &[f32])> = (imagined.iter())
            .map(|(class, example)| (*class, example.as_slice()))
            .collect();
        let all = [shots, &imagined].concat();
        let classes = all.iter().map(|(class, _)| class + 1).max().unwrap_or(0);
        let mut plane = Plane::default();
        plane.fit(&all.iter().map(|(_, one)| *one).collect::<Vec<_>>());
        let place = |(class, one): &(usize, &[f32])| (*class, plane.place(one));
        // A place is linear in the embedding, so the mean of places is the place of the mean.
        let prototypes = (0..classes)
            .filter_map(|class| {
                let of_class = all.iter().filter(|(other, _)| *other == class);
                let places: Vec<[f32; 2]> = of_class.map(|one| place(one).1).collect();
                let mean = |axis: usize| {
                    let sum: f32 = places.iter().filter_map(|at| at.get(axis)).sum();
                    sum / places.len() as f32
                };
                (!places.is_empty()).then(|| (class, [mean(0), mean(1)]))
            })
            .collect();
        Map {
            shots: shots.iter().map(place).collect(),
            imagined: imagined.iter().map(place).collect(),
            prototypes,
            query: plane.place(query),
        }
    }
}
