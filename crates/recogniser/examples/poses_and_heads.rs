//! Do several templates a class make up for several poses and heads?
//!
//! `cargo run --release -p lorgnon-recogniser --example poses_and_heads -- [LOOKS]` draws that many
//! looks (1,152 unless told: 36 of each class and sex) in one pose with one head, then in three poses
//! with four heads, learns the classes from each, and judges both on 128 new looks, as they are and on
//! drawn maps.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "an experiment prints and stops at what is wrong"
)]

use lorgnon_demo::{Background, Demo, DemoLook, DrawOptions, HEADS, Pose, draw};
use lorgnon_imaging::Picture;
use lorgnon_recogniser::character::{CharacterFit, CharacterMeasurement, CharacterModel, anchor};
use lorgnon_recogniser::train::Unobserved;
use rayon::prelude::*;

const JUDGED: u64 = 128;

fn main() {
    let looks: u64 = std::env::args().nth(1).map_or(1152, |text| text.parse().unwrap());
    println!("poses  heads  looks  templates  as drawn  on maps   (class and sex right)");
    for (poses, heads) in [(1, 1), (Pose::ALL.len(), HEADS)] {
        let demo = Demo::new(7).with_poses(poses).with_heads(heads).with_items(0.0);
        let model = train(&demo, looks);
        let new: Vec<DemoLook> = (looks..looks + JUDGED).map(|index| demo.look(index)).collect();
        let on_maps = |index: usize| Background::Map { seed: index as u64, width: 640, height: 480 };
        let [plain, maps] =
            [share_right(&model, &new, |_| Background::Transparent), share_right(&model, &new, on_maps)];
        println!("{poses:5}  {heads:5}  {looks:5}  {:9}  {plain:8.3}  {maps:7.3}", model.template_count());
    }
}

fn train(demo: &Demo, looks: u64) -> CharacterModel {
    let measured: Vec<_> = (0..looks)
        .into_par_iter()
        .map(|index| {
            let drawn = demo.look(index);
            let picture = draw(&drawn.look, &drawn.options).unwrap();
            let frame = anchor(&picture).unwrap();
            (CharacterMeasurement::measure(&picture, &frame, &drawn.look), drawn.look)
        })
        .collect();
    let mut fit = CharacterFit::new();
    for (measurement, look) in measured {
        fit.add(&look, measurement);
    }
    fit.finish(&Unobserved).unwrap()
}

fn share_right(
    model: &CharacterModel,
    looks: &[DemoLook],
    background: impl Fn(usize) -> Background + Sync,
) -> f32 {
    let right = looks.par_iter().enumerate().filter(|(index, drawn)| {
        let options = DrawOptions { background: background(*index), ..drawn.options };
        let picture: Picture = draw(&drawn.look, &options).unwrap();
        let located = model.locate(&picture);
        let told = located.characters.first().and_then(|best| best.pairs.first());
        told.is_some_and(|(class, gender, _)| {
            Some(class) == drawn.look.class.as_ref() && Some(*gender) == drawn.look.gender
        })
    });
    right.count() as f32 / looks.len() as f32
}
