//! The native commands of kshot: training, evaluation, calibration, weight conversion.
//!
//! They run the very code of the page, from pixels to answer:
//!
//! ```text
//! folder or pack ─ pictures ─▶ pixels ─ kshot::frame, kshot::embedder ─ embed ─▶ embeddings
//! embeddings ─ kshot::episode ─▶ support and queries ─ kshot::method, kshot::decision ─ score ─▶ outcomes ─ report ─▶ table
//!
//! Omniglot ─ omniglot ─▶ drawings ─ conv4 ─▶ embeddings ─ losses, heads ─ train ─▶ weights and curve ─ drawings ─▶ one file
//! one file ─ contestants ─ omniglot_table ─▶ docs/omniglot.md
//! ```
//!
//! - [`pictures`]: labelled pictures, from a [`folder`] of class folders or an image [`pack`];
//!   [`decode`]: their bytes to pixels, as in a browser
//! - [`embed`]: every picture to its embedding, once; [`usable`]: the classes with enough of them,
//!   of one [`split`]; [`progress`]: how far such a step is
//! - [`score`]: what kshot answers in an episode; [`statistics`]: what follows from many
//! - [`temperature`] and [`similarities`]: the constants that `kshot::decision` ships
//! - [`evaluate`] and [`calibrate`]: the commands on top; [`report`] prints their tables
//! - [`features`]: the pooled maps of a set in one file, which all of these read too;
//!   [`projection`]: the embedder's projection from them; [`calibrate_ridge`] and
//!   [`accuracy_table`]: the camera's method, with [`dense`] as its rival; [`reliability`]: a plot
//! - [`omniglot`]: the drawings, their splits and rotations
//! - [`conv4`]: forward pass and gradient of the embedder of drawings, by hand
//! - [`losses`]: what an embedder is trained by; [`heads`]: the methods with weights of their own
//! - [`train`]: the loop, its checkpoints and its curve; [`measure`]: what weights are chosen by
//! - [`drawings`]: all trained weights in one file; [`contestants`] and [`omniglot_table`]: the
//!   methods beside the published figures
//! - [`cosine_pair`]: prototypes trained by cosine beside those trained by distance
//! - [`verify`]: how well people are told apart by their faces
//! - [`samples`]: the sample characters of the drawing page
//! - [`convert`]: a PyTorch checkpoint to the weights file, by way of [`safetensors_file`];
//!   [`faces`]: the networks for faces to theirs

pub mod accuracy_table;
pub mod calibrate;
pub mod calibrate_ridge;
pub mod camera;
pub mod camera_table;
pub mod contestants;
pub mod conv4;
pub mod convert;
pub mod cosine_pair;
pub mod decode;
pub mod dense;
pub mod drawings;
pub mod embed;
pub mod evaluate;
pub mod faces;
pub mod features;
pub mod fine_tune;
pub mod folder;
pub mod heads;
pub mod losses;
pub mod make_set;
pub mod measure;
pub mod none_of_these;
pub mod omniglot;
pub mod omniglot_table;
pub mod pack;
pub mod pictures;
pub mod pinned;
pub mod progress;
pub mod projection;
pub mod reliability;
pub mod report;
pub mod safetensors_file;
pub mod samples;
pub mod score;
pub mod similarities;
pub mod split;
pub mod statistics;
pub mod temperature;
pub mod train;
pub mod usable;
pub mod verify;
