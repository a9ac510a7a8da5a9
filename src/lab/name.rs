//! The methods of the lab by their stable names.

use serde::Serialize;

/// The methods, in the order of the lecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Name {
    /// Pairs, trained to say whether they are the same.
    Siamese,
    /// FaceNet's loss; the nearest class mean by angle.
    Triplet,
    /// SphereFace's loss; the nearest class mean by angle.
    Sphereface,
    /// CosFace's loss, AM-softmax; the nearest class mean by angle.
    Cosface,
    /// ArcFace's loss; the nearest class mean by angle.
    Arcface,
    /// The nearest prototype by squared Euclidean distance.
    Prototypical,
    /// The nearest prototype by cosine.
    PrototypicalCosine,
    /// Attention over the shots, without full context embeddings.
    Matching,
    /// With full context embeddings.
    MatchingContext,
    /// A learned comparison.
    Relation,
    /// Imagined examples join the prototypes.
    Imaginary,
    /// A plain LSTM over shots and query.
    Lstm,
    /// A memory written and read by likeness.
    Mann,
    /// Convolutions and attention over the past.
    Snail,
    /// The nearest class mean by the embedding of an auto-encoder: the counter-example.
    Autoencoder,
}

impl Name {
    /// The stable name, as JavaScript sees it.
    pub fn id(self) -> &'static str {
        match self {
            Name::Siamese => "siamese",
            Name::Triplet => "triplet",
            Name::Sphereface => "sphereface",
            Name::Cosface => "cosface",
            Name::Arcface => "arcface",
            Name::Prototypical => "prototypical",
            Name::PrototypicalCosine => "prototypical_cosine",
            Name::Matching => "matching",
            Name::MatchingContext => "matching_context",
            Name::Relation => "relation",
            Name::Imaginary => "imaginary",
            Name::Lstm => "lstm",
            Name::Mann => "mann",
            Name::Snail => "snail",
            Name::Autoencoder => "autoencoder",
        }
    }
}

impl Serialize for Name {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}
