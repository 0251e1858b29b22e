//! What an encoder gives.

use lorgnon_embed::{Encoder, LoadOptions, ModelFiles, OnnxEncoder, Precision};
use lorgnon_imaging::Picture;

use crate::graphs::{
    DIMENSIONS, LARGEST, PREPROCESSOR, cosine, folder, integer_weights, integers, picture, plain,
};

fn load(network: &std::path::Path) -> OnnxEncoder {
    let files =
        ModelFiles::find(network.to_str().unwrap(), network.parent().unwrap(), Precision::Any).unwrap();
    OnnxEncoder::load(&files, &LoadOptions::default()).unwrap()
}

#[test]
fn integer_weights_mean_what_their_file_says() {
    let home = tempfile::tempdir().unwrap();
    let encoder = load(&folder(home.path(), &integers(LARGEST).model(17), PREPROCESSOR));
    assert_eq!(encoder.spec().dimensions, DIMENSIONS);
    let picture = picture(3);
    let pixels = picture.pixels();
    let mut meant = [0.0; DIMENSIONS];
    for (at, weights) in integer_weights().iter().enumerate() {
        let (channel, place) = (at / 64, at % 64);
        let value = f32::from(pixels[place][channel]) / 127.5 - 1.0;
        for (sum, weight) in meant.iter_mut().zip(weights) {
            *sum += value * weight;
        }
    }
    let vector = encoder.encode(&[picture]).unwrap().remove(0);
    assert!(cosine(&vector, &meant) > 0.999, "{vector:?} {meant:?}");
}

#[test]
fn a_vector_does_not_depend_on_its_batch() {
    let home = tempfile::tempdir().unwrap();
    for model in [plain(0).model(17), plain(4).model(17), integers(LARGEST).model(17)] {
        let encoder = load(&folder(home.path(), &model, PREPROCESSOR));
        let pictures: Vec<Picture> = (0..21).map(picture).collect();
        let together = encoder.encode(&pictures).unwrap();
        assert_eq!(together.len(), pictures.len());
        for (picture, vector) in pictures.iter().zip(&together) {
            let alone = encoder.encode(std::slice::from_ref(picture)).unwrap().remove(0);
            assert!(cosine(&alone, vector) > 0.999_999);
            assert!((cosine(vector, vector).sqrt() - 1.0).abs() < 1e-4);
        }
    }
}

#[test]
fn a_picture_without_pixels_has_no_vector() {
    let home = tempfile::tempdir().unwrap();
    let encoder = load(&folder(home.path(), &plain(0).model(17), PREPROCESSOR));
    let vectors =
        encoder.encode(&[Picture::filled(3, 9, [0; 4]), Picture::filled(9, 3, [9, 80, 200, 255])]).unwrap();
    assert!(vectors[0].iter().all(|number| *number == 0.0) && vectors[1].iter().any(|number| *number != 0.0));
}

#[test]
fn the_recipe_is_part_of_the_identity() {
    let home = tempfile::tempdir().unwrap();
    let model = plain(0).model(17);
    let one = load(&folder(home.path(), &model, PREPROCESSOR)).spec().clone();
    let again = load(&folder(home.path(), &model, PREPROCESSOR)).spec().clone();
    let other = load(&folder(home.path(), &model, &PREPROCESSOR.replace("0.5,0.5,0.5", "0.5,0.4,0.5")))
        .spec()
        .clone();
    assert_eq!(one, again);
    assert_eq!(one.weights, other.weights);
    assert_ne!(one, other);
}

#[test]
fn a_passed_check_is_remembered_for_these_weights() {
    let home = tempfile::tempdir().unwrap();
    let network = folder(home.path(), &integers(LARGEST).model(17), PREPROCESSOR);
    let files = ModelFiles::find(network.to_str().unwrap(), home.path(), Precision::Any).unwrap();
    let record = home.path().join("checked");
    let options = LoadOptions { check_record: Some(record.clone()), ..LoadOptions::default() };
    let spec = OnnxEncoder::load(&files, &options).unwrap().spec().clone();
    let written = std::fs::read_to_string(&record).unwrap();
    assert!(written.starts_with(&spec.weights), "{written}");
    OnnxEncoder::load(&files, &options).unwrap();
    assert_eq!(std::fs::read_to_string(&record).unwrap(), written, "it was proved once");
}
