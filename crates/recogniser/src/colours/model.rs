//! The colour maps of all templates, and what can be asked of them.

use lorgnon_imaging::Picture;
use lorgnon_look::{COLOUR_COUNT, ClassLabel, Colour, Gender};
use serde::{Deserialize, Serialize};

use super::calibration::{Calibration, FEWEST, least_noise, signs};
use super::common_body::{CommonBody, LooseColours};
use super::grid::Canvas;
use super::map::ColourMap;
use super::outline::Outline;
use super::solution::{ColourSolution, SolvedColour, nearest_code};
use super::solving::{Solved, explain, solve};
use super::training::TemplateKey;
use crate::{ColourState, Frame};

/// Raised whenever stored maps change their meaning.
const VERSION: u16 = 4;
/// A class that explains less of a picture than this is not sure to stand where it says.
const SETTLED: f32 = 0.35;

/// The map of one template of a class.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Template {
    pub(super) key: TemplateKey,
    /// Looks it was fitted from.
    pub(super) looks: usize,
    pub(super) map: ColourMap,
}

/// The colour maps of all classes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ColourModel {
    version: u16,
    templates: Vec<Template>,
    calibration: Calibration,
    suspects: Vec<String>,
    /// Whether most templates are of the game's own classes, whose looks follow its law, so that what a
    /// class explains is the bare body. Another game's maps explain too much by chance: there what is
    /// worn was told less well with the body left out.
    lawful: bool,
    /// What all classes have in common; `None` of too few.
    common: Option<CommonBody>,
}

impl ColourModel {
    pub(super) fn new(
        templates: Vec<Template>,
        calibration: Calibration,
        suspects: Vec<String>,
        common: Option<CommonBody>,
    ) -> Self {
        let own = templates.iter().filter(|template| template.key.class.class().is_some()).count();
        let lawful = 2 * own > templates.len();
        Self { version: VERSION, templates, calibration, suspects, lawful, common }
    }

    /// Whether this program can use it; if not, it must be fitted again from the measurements.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.version == VERSION
    }

    /// How many templates it has maps of.
    #[must_use]
    pub fn template_count(&self) -> usize {
        self.templates.len()
    }

    /// Whether it says where bodies stand to the pixel, and what of a picture is body: the maps of the game's
    /// own classes do.
    #[must_use]
    pub fn settles(&self) -> bool {
        self.lawful
    }

    /// Ids of training looks whose labelled colours do not explain their picture.
    #[must_use]
    pub fn suspects(&self) -> &[String] {
        &self.suspects
    }

    fn of(&self, class: &ClassLabel, gender: Gender) -> impl Iterator<Item = &Template> {
        self.templates
            .iter()
            .filter(move |template| template.key.class == *class && template.key.gender == gender)
    }

    /// Solves the colours of a character of this class and sex standing at `frame`, which may be
    /// off by a tenth of the body and is answered refined.
    ///
    /// Of several templates of the pair (poses, heads, directions), `cluster` names the one to use; without
    /// it, or where it taught no colours, the one that explains the picture best is.
    ///
    /// `None` when no look of the pair taught its colours.
    #[must_use]
    pub fn solve(
        &self,
        picture: &Picture,
        frame: &Frame,
        class: &ClassLabel,
        gender: Gender,
        cluster: Option<u32>,
    ) -> Option<ColourSolution> {
        let canvas = Canvas::new(picture, frame);
        let named = |template: &&Template| Some(template.key.cluster) == cluster;
        let known = self.of(class, gender).any(|template| named(&template));
        let (template, solved) = self
            .of(class, gender)
            .filter(|template| !known || named(template))
            .map(|template| (template, solve(&template.map, picture, &canvas, frame)))
            .reduce(|best, next| if next.1.explained > best.1.explained { next } else { best })?;
        Some(self.answer(template, &solved))
    }

    /// The colours of a character of no known class that stands at `frame`, by what all known ones have in
    /// common. `None` when too few classes were taught.
    #[must_use]
    pub fn loose(&self, picture: &Picture, frame: &Frame) -> Option<LooseColours> {
        Some(self.common.as_ref()?.colours(picture, frame))
    }

    fn answer(&self, template: &Template, solved: &Solved<'_>) -> ColourSolution {
        let least = least_noise(&solved.inversions);
        let slots = std::array::from_fn(|slot| {
            if template.map.witnesses[slot].len() < FEWEST {
                return SolvedColour::UNKNOWN;
            }
            let Some(inversion) = &solved.inversions[slot] else { return SolvedColour::UNKNOWN };
            let (state, confidence) = self.calibration.judge(&signs(inversion, solved.explained, least));
            if state == ColourState::Unknown {
                return SolvedColour::UNKNOWN;
            }
            SolvedColour { colour: Some(nearest_code(inversion.colour)), state, confidence }
        });
        let colours = slots.map(|slot: SolvedColour| slot.colour);
        ColourSolution {
            class: template.key.class.clone(),
            gender: template.key.gender,
            cluster: template.key.cluster,
            slots,
            frame: solved.frame,
            settled_frame: Outline::of(&template.map)
                .filter(|_| self.lawful && solved.explained >= SETTLED)
                .map(|outline| outline.in_picture(&solved.frame)),
            explained: solved.explained,
            residual: solved.residual(&template.map, &colours),
        }
    }

    /// For each candidate, the share of its map that the picture bears out when its colours are
    /// free, 0 to 1; what lies below the picture's border does not count: where the detector hesitates between classes, the one that explains the
    /// picture best is the likeliest. `None` for pairs without a map.
    #[must_use]
    pub fn explain(&self, picture: &Picture, candidates: &[(Frame, ClassLabel, Gender)]) -> Vec<Option<f32>> {
        let mut canvas: Option<(Frame, Canvas)> = None;
        candidates
            .iter()
            .map(|(frame, class, gender)| {
                if canvas.as_ref().is_none_or(|(at, _)| at != frame) {
                    canvas = Some((*frame, Canvas::new(picture, frame)));
                }
                let (_, canvas) = canvas.as_ref()?;
                self.of(class, *gender)
                    .map(|template| explain(&template.map, canvas, frame, picture.height()))
                    .reduce(f32::max)
            })
            .collect()
    }

    /// The class drawn in these colours: "is this it?". `None` for a pair without a map.
    #[must_use]
    pub fn render(
        &self,
        class: &ClassLabel,
        gender: Gender,
        colours: &[Option<Colour>; COLOUR_COUNT],
    ) -> Option<Picture> {
        self.of(class, gender)
            .max_by_key(|template| template.looks)
            .map(|template| template.map.render(colours))
    }
}
