//! The command line: which command, and how an error ends it.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use training::{
    accuracy_table, calibrate, calibrate_ridge, camera, camera_table, convert, cosine_pair,
    drawings, evaluate, faces, features, fine_tune, make_set, none_of_these, omniglot_table,
    projection, samples, train, verify,
};

/// Exit code of every error, the one that clap uses for a wrong argument.
const FAILURE: u8 = 2;

/// Native commands of kshot
#[derive(Parser)]
#[command(name = "training", version)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure the shipped embedder on labelled pictures
    Evaluate(evaluate::Arguments),
    /// Write the pooled maps of every picture to one file
    Features(features::Arguments),
    /// Work out the projection of the embedder from the features of many photos
    FitProjection(projection::Arguments),
    /// Train the later layers of the network by episodes, on sets that make-set makes
    FineTune(fine_tune::Arguments),
    /// Find the softmax temperature and the similarity thresholds that kshot ships
    Calibrate(calibrate::Arguments),
    /// Find the temperatures of ridge regression by way, shot and how sure left out shots are
    CalibrateRidge(calibrate_ridge::Arguments),
    /// Measure the camera's method beside the plain features and a trained dense head
    AccuracyTable(accuracy_table::Arguments),
    /// Make one of the picture sets that the camera's method was chosen by
    MakeSet(make_set::Arguments),
    /// Measure "none of these" and how far stated probabilities can be believed
    NoneOfThese(none_of_these::Arguments),
    /// Train a method on Omniglot, or go on with it
    Train(train::Arguments),
    /// Train the methods with weights of their own on the camera's embeddings, into one file
    TrainCamera(camera::Arguments),
    /// Measure every method of the camera, those with weights of their own too
    CameraTable(camera_table::Arguments),
    /// Put the weights of all trained drawing methods into one file
    PackDrawings(drawings::Arguments),
    /// Measure every drawing method on Omniglot beside the published figures
    OmniglotTable(omniglot_table::Arguments),
    /// Train prototypes by cosine and by distance, and measure both
    CosinePair(cosine_pair::Arguments),
    /// Write the sample characters of the drawing page
    OmniglotSamples(samples::Arguments),
    /// Convert the PyTorch checkpoint to the weights file that kshot bundles
    ConvertWeights(convert::Arguments),
    /// Convert the two networks for faces to the weights file that kshot bundles
    ConvertFaces(faces::Arguments),
    /// Measure how well people are told apart by their faces, and draw the curve
    VerifyEval(verify::Arguments),
}

fn main() -> ExitCode {
    let result = match CommandLine::parse().command {
        Command::Evaluate(arguments) => evaluate::evaluate(&arguments),
        Command::Features(arguments) => features::features(&arguments),
        Command::FitProjection(arguments) => projection::fit_projection(&arguments),
        Command::FineTune(arguments) => fine_tune::fine_tune(&arguments),
        Command::Calibrate(arguments) => calibrate::calibrate(&arguments),
        Command::CalibrateRidge(arguments) => calibrate_ridge::calibrate_ridge(&arguments),
        Command::AccuracyTable(arguments) => accuracy_table::accuracy_table(&arguments),
        Command::MakeSet(arguments) => make_set::make_set(&arguments),
        Command::NoneOfThese(arguments) => none_of_these::none_of_these(&arguments),
        Command::Train(arguments) => train::train(&arguments),
        Command::TrainCamera(arguments) => camera::train_camera(&arguments),
        Command::CameraTable(arguments) => camera_table::camera_table(&arguments),
        Command::PackDrawings(arguments) => drawings::pack(&arguments),
        Command::OmniglotTable(arguments) => omniglot_table::omniglot_table(&arguments),
        Command::CosinePair(arguments) => cosine_pair::cosine_pair(&arguments),
        Command::OmniglotSamples(arguments) => samples::write_samples(&arguments),
        Command::ConvertWeights(arguments) => convert::convert(&arguments),
        Command::ConvertFaces(arguments) => faces::convert(&arguments),
        Command::VerifyEval(arguments) => verify::verify_eval(&arguments),
    };
    match result {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(FAILURE)
        }
    }
}
