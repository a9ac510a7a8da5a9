//! Does everything that cannot work say why, with exit code 2 and without a panic?
#![allow(clippy::unwrap_used)]

mod fixture;

use std::fs;
use std::path::Path;

use fixture::{complaint, run};

/// What `evaluate` complains of.
fn refuse(path: &Path, more: &[&str]) -> String {
    complaint(&run(&[&["evaluate", path.to_str().unwrap()], more].concat()))
}

#[test]
fn a_way_of_zero_or_one_is_refused() {
    for way in ["0", "1"] {
        let error = refuse(&fixture::photos(), &["--way", way]);
        assert!(
            error.contains(&format!("--way must be at least 2, not {way}")),
            "{error}"
        );
    }
}

#[test]
fn more_classes_than_every_method_takes_are_refused() {
    let error = refuse(&fixture::photos(), &["--way", "21", "--all-methods"]);
    let expected = "--way must be at most 20 with --all-methods, not 21: snail takes no more";
    assert!(error.contains(expected), "{error}");
}

#[test]
fn no_shots_no_queries_and_a_single_episode_are_refused() {
    let error = refuse(&fixture::photos(), &["--shot", "5,0"]);
    assert!(error.contains("--shot must be at least 1"), "{error}");
    let error = refuse(&fixture::photos(), &["--queries", "0"]);
    assert!(error.contains("--queries must be at least 1"), "{error}");
    let error = refuse(&fixture::photos(), &["--episodes", "1"]);
    assert!(
        error.contains("--episodes must be at least 2, not 1"),
        "{error}"
    );
}

#[test]
fn what_is_no_number_or_no_metric_is_refused() {
    let error = refuse(&fixture::photos(), &["--shot", "many"]);
    assert!(
        error.contains("invalid value 'many' for '--shot"),
        "{error}"
    );
    let error = refuse(&fixture::photos(), &["--metric", "manhattan"]);
    assert!(
        error.contains("euclidean") && error.contains("cosine"),
        "{error}"
    );
}

#[test]
fn too_few_usable_classes_are_refused_with_numbers() {
    let error = refuse(&fixture::photos(), &["--way", "7", "--queries", "2"]);
    assert!(
        error.contains("has 6 classes, --way 7 needs at least as many"),
        "{error}"
    );

    let error = refuse(
        &fixture::photos(),
        &["--way", "2", "--shot", "3", "--queries", "2"],
    );
    assert!(
        error.contains("has 0 classes with at least 5 usable pictures (3 shots + 2 queries)"),
        "{error}"
    );
    assert!(
        error.contains("6 classes are left out") && error.contains("flamingo (4)"),
        "{error}"
    );
}

#[test]
fn classes_that_turn_out_unreadable_are_refused_with_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let copy = fixture::copy_photos(folder.path());
    fs::write(copy.join("lamp/image_0003.jpg"), "").unwrap();
    let error = refuse(&copy, &["--way", "6", "--queries", "3"]);
    assert!(
        error.contains("has 5 classes with at least 4 usable pictures"),
        "{error}"
    );
    assert!(
        error.contains("lamp (3)") && error.contains("lamp/image_0003.jpg: "),
        "{error}"
    );
}

#[test]
fn a_path_with_nothing_at_it_is_refused_and_the_data_folder_mentioned() {
    let error = complaint(&run(&["evaluate", "no/such/pack"]));
    assert!(
        error.contains("there is no folder and no image pack at no/such/pack"),
        "{error}"
    );
    assert!(error.contains("KSHOT_DATA"), "{error}");

    let mut command = fixture::command(&["evaluate", "no/such/pack"]);
    let error = complaint(&command.env("KSHOT_DATA", "data").output().unwrap());
    assert!(error.contains("at no/such/pack or data"), "{error}");
}

#[test]
fn an_empty_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = refuse(folder.path(), &[]);
    assert!(
        error.contains("holds no pictures: expected a folder of class folders"),
        "{error}"
    );
    fs::create_dir(folder.path().join("empty class")).unwrap();
    assert!(refuse(folder.path(), &[]).contains("holds no pictures"));
}

#[test]
fn a_pack_without_its_bytes_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let pack = fixture::write_pack(folder.path());
    fs::remove_file(pack.with_extension("bin")).unwrap();
    let error = refuse(&pack, &[]);
    assert!(
        error.contains("cannot read") && error.contains("things.bin, which belongs to"),
        "{error}"
    );
}

#[test]
fn a_table_with_other_columns_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let pack = fixture::write_pack(folder.path());
    fs::write(pack.with_extension("csv"), "label,start,length\ncat,0,10\n").unwrap();
    let error = refuse(&pack, &[]);
    assert!(
        error.contains("needs the columns class, offset, length"),
        "{error}"
    );
    assert!(
        error.contains("its first line is \"label,start,length\""),
        "{error}"
    );
}

#[test]
fn a_table_with_a_header_and_no_rows_holds_no_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let pack = fixture::write_pack(folder.path());
    fs::write(pack.with_extension("csv"), "class,offset,length\n").unwrap();
    assert!(refuse(&pack, &[]).contains("holds no pictures"));
}

#[test]
fn a_row_beyond_the_end_of_the_pack_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let pack = fixture::write_pack(folder.path());
    fs::write(
        pack.with_extension("csv"),
        "class,offset,length\nlamp,0,10\nlamp,63000,900000\n",
    )
    .unwrap();
    let error = refuse(&pack, &[]);
    assert!(error.contains("line 3 of"), "{error}");
    assert!(
        error.contains("points to bytes 63000 to 963000, but"),
        "{error}"
    );
    let huge = format!("class,offset,length\nlamp,{0},{0}\n", usize::MAX);
    fs::write(pack.with_extension("csv"), huge).unwrap();
    assert!(refuse(&pack, &[]).contains("line 2 of"));
}

#[test]
fn a_row_that_is_no_number_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let pack = fixture::write_pack(folder.path());
    fs::write(
        pack.with_extension("csv"),
        "class,offset,length\nlamp,0,-10\n",
    )
    .unwrap();
    let error = refuse(&pack, &[]);
    assert!(
        error.contains("line 2 of") && error.contains("is wrong"),
        "{error}"
    );
}

#[test]
fn a_split_needs_its_table_and_a_table_its_split() {
    let error = refuse(&fixture::photos(), &["--split", "train"]);
    assert!(error.contains("--split-table"), "{error}");
    let error = refuse(
        &fixture::photos(),
        &["--split", "train", "--split-table", "no.csv"],
    );
    assert!(
        error.contains("cannot read the split table no.csv"),
        "{error}"
    );
}

#[test]
fn what_is_no_checkpoint_is_refused_and_nothing_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("weights.safetensors");
    let photo = fixture::photo();
    let out_text = out.to_str().unwrap();
    let error = complaint(&run(&[
        "convert-weights",
        photo.to_str().unwrap(),
        "--out",
        out_text,
    ]));
    assert!(error.contains("as a PyTorch checkpoint"), "{error}");
    assert!(!out.exists());
    let error = complaint(&run(&["convert-weights", "missing.pth", "--out", out_text]));
    assert!(error.contains("missing.pth"), "{error}");
}

#[test]
fn a_checkpoint_of_another_network_is_refused_by_what_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("weights.safetensors");
    let refused = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures/checkpoints")
            .join(name);
        let arguments = [
            "convert-weights",
            path.to_str().unwrap(),
            "--out",
            out.to_str().unwrap(),
        ];
        complaint(&run(&arguments))
    };
    let error = refused("another_network.pth");
    assert!(
        error.contains("is not EfficientNet-Lite0") && error.contains("encoder.weight"),
        "{error}"
    );
    let error = refused("wrong_shape.pth");
    assert!(
        error.contains("_conv_stem.weight has shape [2, 3], expected [32, 3, 3, 3]"),
        "{error}"
    );
    assert!(!out.exists());
}

#[test]
fn help_says_what_a_path_may_be() {
    let text = fixture::stdout(&run(&["evaluate", "--help"]));
    assert!(
        text.contains("folder of class folders") && text.contains("KSHOT_DATA"),
        "{text}"
    );
}

#[test]
fn a_training_without_its_data_its_encoder_or_a_sensible_size_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    let nowhere = nowhere.to_str().unwrap();
    let refuse = |arguments: &[&str]| complaint(&run(&[&["train"], arguments].concat()));
    let error = refuse(&["arcface", "--data", nowhere, "--out", nowhere]);
    assert!(error.contains("there is no Omniglot at"), "{error}");
    let error = refuse(&["relation", "--encoder", nowhere, "--out", nowhere]);
    assert!(error.contains("train prototypical first"), "{error}");
    let error = refuse(&["prototypical", "--way", "1"]);
    assert!(error.contains("--way must be at least 2, not 1"), "{error}");
    let error = refuse(&["siamese", "--queries", "3"]);
    assert!(error.contains("a pair is one --shot"), "{error}");
    let error = refuse(&["prototypical", "--validate-every", "0"]);
    assert!(
        error.contains("--validate-every must be at least 1"),
        "{error}"
    );
    let error = refuse(&["prototypical", "--joint"]);
    assert!(error.contains("trains an embedder as it is"), "{error}");
    let error = refuse(&["maml"]);
    assert!(
        error.contains("prototypical-cosine, siamese, triplet"),
        "{error}"
    );
}

#[test]
fn weights_that_are_not_there_or_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("drawings.safetensors");
    let path = file.to_str().unwrap();
    let refuse = |arguments: &[&str]| complaint(&run(arguments));
    let error = refuse(&["omniglot-table", "--weights", path]);
    assert!(
        error.contains("cannot read") && error.contains(path),
        "{error}"
    );
    let error = refuse(&["pack-drawings", "--runs", folder.path().to_str().unwrap()]);
    assert!(error.contains("prototypical/weights.bpk"), "{error}");
}
