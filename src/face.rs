//! Faces: find, align, embed, and what is done with the embeddings.

pub mod alignment;
pub mod blazeface;
pub mod detector;
pub mod look;
pub mod pose;
pub mod quality;
pub mod resnet;
