//! The one error type. Each variant has a stable code that crosses to JavaScript,
//! where the page turns it into one sentence and one thing to do.

/// Everything that can go wrong in kshot, each with a stable [`code`](Error::code).
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes of a weights file are not the ones this build was made for.
    #[error("the weights are damaged: their SHA-256 is {found}, expected {expected}")]
    WeightsDamaged {
        /// SHA-256 of the bytes that were given, in hexadecimal.
        found: String,
        /// SHA-256 that this build expects, in hexadecimal.
        expected: &'static str,
    },
    /// A weights file can be read but does not hold the network.
    #[error("the weights do not fit the network: {0}")]
    WeightsInvalid(String),
    /// WebGPU was asked for and there is none.
    #[error("WebGPU is not available: {0}")]
    WebGpuUnavailable(String),
    /// The device stopped answering.
    #[error("the device was lost: {0}")]
    DeviceLost(String),
    /// A picture whose centre square is too small to say anything.
    #[error("the picture is {width} x {height} pixels; each side needs at least {least}")]
    PictureTooSmall {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
        /// Smallest side that is taken.
        least: usize,
    },
    /// A picture with more pixels than fit in memory.
    #[error("the picture is {width} x {height} pixels; at most {most} million pixels are taken")]
    PictureTooLarge {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
        /// Most pixels that are taken, in millions.
        most: usize,
    },
    /// Pixels that do not fill the stated size, or that the browser would not hand over.
    #[error("the picture cannot be read: {0}")]
    PictureUnreadable(String),
    /// A picture in which nothing is drawn.
    #[error("there is no drawing in the picture")]
    DrawingEmpty,
    /// A file of sample characters that is not the one this build was made for, or is none.
    #[error("the sample characters are damaged: {0}")]
    CharactersInvalid(String),
    /// An embedding that is empty of information: not finite, all zero, or of the wrong length.
    #[error("the embedding is not usable: {0}")]
    EmbeddingInvalid(String),
    /// No class with this id.
    #[error("there is no class {0}")]
    ClassUnknown(u32),
    /// No shot with this id.
    #[error("there is no shot {0}")]
    ShotUnknown(u32),
    /// A class name without a visible character.
    #[error("a class needs a name")]
    NameEmpty,
    /// A class name that is too long to be kept.
    #[error("a class's name takes at most {0} bytes")]
    NameTooLong(usize),
    /// More classes than the support set takes.
    #[error("a support set takes at most {0} classes")]
    TooManyClasses(usize),
    /// More answering classes than the method was made for.
    #[error("the method takes at most {0} classes")]
    MethodTakesFewer(usize),
    /// More shots than one class takes.
    #[error("a class takes at most {0} shots")]
    TooManyShots(usize),
    /// A setting outside its range.
    #[error("{name} must be {range}, not {value}")]
    SettingInvalid {
        /// The setting.
        name: &'static str,
        /// What it may be, in words.
        range: &'static str,
        /// What was given.
        value: String,
    },
    /// No episode of this size can be drawn from these classes.
    #[error("{0}")]
    EpisodeImpossible(String),
    /// No person with this id.
    #[error("there is no person {0}")]
    PersonUnknown(u32),
    /// A step of an enrolment while none is under way.
    #[error("no enrolment is under way")]
    EnrolmentMissing,
    /// A step of a liveness challenge while none is under way.
    #[error("no challenge is under way")]
    ChallengeMissing,
    /// A saved state that cannot be restored.
    #[error("the saved state cannot be restored: {0}")]
    StateInvalid(String),
    /// A file that is something else.
    #[error("this is no .kshot file")]
    FileNotKshot,
    /// A `.kshot` file of a version that this build does not read.
    #[error("the .kshot file has version {0}, this reads version 1")]
    FileVersion(u16),
    /// A `.kshot` file that ends before its end.
    #[error("the .kshot file is cut off after {0} bytes")]
    FileCutOff(usize),
    /// A `.kshot` file whose bytes are not those that were written.
    #[error("the .kshot file is damaged: {0}")]
    FileDamaged(String),
    /// A `.kshot` file that is whole and holds what none may hold.
    #[error("the .kshot file cannot be used: {0}")]
    FileInvalid(String),
    /// A `.kshot` file over one of the limits.
    #[error("the .kshot file has {found} {what}; at most {most} are taken")]
    FileTooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much there is.
        found: usize,
        /// How much may be.
        most: usize,
    },
    /// A `.kshot` file of another task.
    #[error("the .kshot file holds {found}, not {expected}")]
    FileOtherKind {
        /// What it holds.
        found: &'static str,
        /// What was expected.
        expected: &'static str,
    },
}

impl Error {
    /// The stable code of this error, as JavaScript sees it.
    ///
    /// ```
    /// assert_eq!(kshot::Error::NameEmpty.code(), "name_empty");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Error::WeightsDamaged { .. } | Error::WeightsInvalid(_) => "weights_damaged",
            Error::WebGpuUnavailable(_) => "webgpu_unavailable",
            Error::DeviceLost(_) => "device_lost",
            Error::PictureTooSmall { .. } => "picture_too_small",
            Error::PictureTooLarge { .. } => "picture_too_large",
            Error::PictureUnreadable(_) => "picture_unreadable",
            Error::DrawingEmpty => "drawing_empty",
            Error::CharactersInvalid(_) => "characters_damaged",
            Error::EmbeddingInvalid(_) => "embedding_invalid",
            Error::ClassUnknown(_) => "class_unknown",
            Error::ShotUnknown(_) => "shot_unknown",
            Error::NameEmpty => "name_empty",
            Error::NameTooLong(_) => "name_too_long",
            Error::TooManyClasses(_) => "too_many_classes",
            Error::MethodTakesFewer(_) => "method_takes_fewer",
            Error::TooManyShots(_) => "too_many_shots",
            Error::SettingInvalid { .. } => "setting_invalid",
            Error::EpisodeImpossible(_) => "episode_impossible",
            Error::PersonUnknown(_) => "person_unknown",
            Error::EnrolmentMissing => "enrolment_missing",
            Error::ChallengeMissing => "challenge_missing",
            Error::StateInvalid(_) => "state_invalid",
            Error::FileNotKshot => "file_not_kshot",
            Error::FileVersion(_) => "file_version",
            Error::FileCutOff(_) => "file_cut_off",
            Error::FileDamaged(_) => "file_damaged",
            Error::FileInvalid(_) => "file_invalid",
            Error::FileTooLarge { .. } => "file_too_large",
            Error::FileOtherKind { .. } => "file_other_kind",
        }
    }
}
