//! The methods that the camera task chooses from: with weights of their own, or without.
//!
//! A trained method gives scores of its own and no similarity, so it names the class, while
//! similarities, and with them "none of these" and the guidance, are those of ridge regression on
//! the same support set.

use serde::{Deserialize, Serialize};

use super::comparison::Comparison;
use super::trained::Trained;

/// A method of the camera task, by its stable name.
///
/// ```
/// use kshot::method::choice::Choice;
/// use kshot::method::comparison::Comparison;
///
/// use kshot::method::trained::Trained;
///
/// let choice = Choice::Trained(Trained::Snail);
/// assert_eq!(choice.comparison(), Comparison::Ridge);
/// assert_eq!(Choice::from(Comparison::Siamese).trained(), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Choice {
    /// Without weights of its own.
    Comparison(Comparison),
    /// With weights of its own.
    Trained(Trained),
}

impl Choice {
    /// Every one; files name them by their place.
    pub const ALL: [Choice; 9] = [
        Choice::Comparison(Comparison::Prototypical),
        Choice::Comparison(Comparison::Siamese),
        Choice::Comparison(Comparison::Matching),
        Choice::Comparison(Comparison::Ridge),
        Choice::Trained(Trained::MatchingContext),
        Choice::Trained(Trained::Relation),
        Choice::Trained(Trained::Imaginary),
        Choice::Trained(Trained::Mann),
        Choice::Trained(Trained::Snail),
    ];

    /// What similarities come from.
    pub fn comparison(self) -> Comparison {
        match self {
            Choice::Comparison(comparison) => comparison,
            Choice::Trained(_) => Comparison::Ridge,
        }
    }

    /// What names the class in its place, if anything does.
    pub fn trained(self) -> Option<Trained> {
        match self {
            Choice::Comparison(_) => None,
            Choice::Trained(trained) => Some(trained),
        }
    }
}

/// That of states and settings which do not name one.
impl Default for Choice {
    fn default() -> Self {
        Choice::Comparison(Comparison::default())
    }
}

impl From<Comparison> for Choice {
    fn from(comparison: Comparison) -> Self {
        Choice::Comparison(comparison)
    }
}

impl From<Trained> for Choice {
    fn from(trained: Trained) -> Self {
        Choice::Trained(trained)
    }
}
