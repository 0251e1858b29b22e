//! A backend without recognition: answers written by hand, for tests and for work on the pages.

mod analysis;

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use lorgnon_imaging::{Likeness, Picture, encode_png};
use lorgnon_look::{
    COLOUR_COUNT, Catalogue, CatalogueItem, CatalogueName, ClassLabel, Colour, Gender, ItemId, Look, Slot,
};
use lorgnon_recogniser::evaluate::{Score, StoredEvaluation};
use lorgnon_recogniser::progress::{
    Failure, FailureKind, RunMessage, TrainingRun, TrainingState, TrainingStatus,
};
use lorgnon_recogniser::{Analysis, Doubt, DoubtedField, HeatMapAnswer, MapPlace};
use lorgnon_server::{
    Backend, BackendError, Health, IndexSummary, LookFilter, Problem, Progress, SimilarLook,
};

pub(crate) use analysis::{nothing, recognised};

type Answer = dyn Fn(&Picture, usize) -> Result<Analysis, BackendError> + Send + Sync;

/// The encoded picture of a look.
type PictureOf = Box<dyn Fn(&str) -> Option<Vec<u8>> + Send + Sync>;

/// Hand-written answers; every part can be replaced before it is served.
pub(crate) struct FakeBackend {
    pub(crate) looks: Vec<Look>,
    pub(crate) catalogue: Catalogue,
    pub(crate) answer: Box<Answer>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) progress: Mutex<Progress>,
    pub(crate) training: AtomicBool,
    /// The bytes of a look's picture, where it is not the drawn one.
    pub(crate) picture: PictureOf,
    /// Looks with the same picture.
    pub(crate) same: Vec<(String, String)>,
    /// Trainings that the index has seen.
    pub(crate) trainings: AtomicUsize,
    /// How often looks were compared with one another.
    pub(crate) comparisons: AtomicUsize,
}

impl Default for FakeBackend {
    fn default() -> Self {
        Self {
            looks: looks(),
            catalogue: catalogue(),
            answer: Box::new(|picture, neighbours| Ok(recognised(picture, neighbours))),
            problems: Vec::new(),
            progress: Mutex::new(finished()),
            training: AtomicBool::new(false),
            picture: Box::new(|_| None),
            same: vec![("look-01".to_owned(), "look-06".to_owned())],
            trainings: AtomicUsize::new(1),
            comparisons: AtomicUsize::new(0),
        }
    }
}

impl FakeBackend {
    /// Before the first training.
    pub(crate) fn empty() -> Self {
        Self {
            looks: Vec::new(),
            answer: Box::new(|_, _| Ok(nothing())),
            problems: vec![Problem::EmptyIndex],
            progress: Mutex::new(Progress::default()),
            ..Self::default()
        }
    }

    fn passing<'a>(&'a self, filter: &'a LookFilter) -> impl Iterator<Item = &'a Look> {
        self.looks.iter().filter(|look| filter.class.is_none() || look.class == filter.class).filter(|look| {
            (filter.gender.is_none() || look.gender == filter.gender)
                && filter.item.is_none_or(|(slot, item)| look.items.get(&slot) == Some(&item))
                && look.id.to_lowercase().contains(&filter.id_contains.to_lowercase())
        })
    }
}

impl Backend for FakeBackend {
    fn analyze(&self, picture: &Picture, neighbours: usize) -> Result<Analysis, BackendError> {
        (self.answer)(picture, neighbours)
    }

    /// Of a picture in which it finds somebody: the upper body for the answer, the legs against it.
    fn heat_map(&self, picture: &Picture) -> Result<Option<HeatMapAnswer>, BackendError> {
        let Some(character) = (self.answer)(picture, 1)?.character else { return Ok(None) };
        let (columns, rows) = (14, 20);
        let cell = |at: usize| {
            let across = (at % columns) as f32 / (columns - 1) as f32 - 0.5;
            let down = (at / columns) as f32 / (rows - 1) as f32;
            (1.0 - 4.0 * across * across) * (1.0 - 1.75 * down)
        };
        Ok(Some(HeatMapAnswer {
            columns,
            rows,
            bounds: character.bounds,
            mirrored: character.mirrored,
            rotation_degrees: character.rotation_degrees,
            cells: (0..columns * rows).map(cell).collect(),
        }))
    }

    fn similar(
        &self,
        _: &Picture,
        count: usize,
        filter: &LookFilter,
    ) -> Result<Vec<SimilarLook>, BackendError> {
        let found = self.passing(filter).take(count);
        Ok(found.map(|look| SimilarLook { look: look.clone(), similarity: 0.75 }).collect())
    }

    /// Of the classes it has looks of.
    fn redraw(
        &self,
        class: &ClassLabel,
        gender: Gender,
        colours: &[Option<Colour>; COLOUR_COUNT],
    ) -> Result<Option<Vec<u8>>, BackendError> {
        let known = |look: &&Look| look.class.as_ref() == Some(class) && look.gender == Some(gender);
        let drawn =
            |look: &Look| encode_png(&draw(&Look { colours: colours.to_vec(), ..look.clone() })).unwrap();
        Ok(self.looks.iter().find(known).map(drawn))
    }

    fn version(&self) -> Result<String, BackendError> {
        Ok(self.trainings.load(Ordering::SeqCst).to_string())
    }

    fn health(&self) -> Health {
        Health {
            problems: self.problems.clone(),
            encoder: "builtin".to_owned(),
            model: if self.looks.is_empty() { String::new() } else { "3f9ac2".to_owned() },
            looks: self.looks.len() as u64,
        }
    }

    fn progress(&self) -> Result<Progress, BackendError> {
        Ok(self.progress.lock().unwrap().clone())
    }

    fn look(&self, id: &str) -> Result<Option<Look>, BackendError> {
        Ok(self.looks.iter().find(|look| look.id == id).cloned())
    }

    fn visit(&self, visit: &mut dyn FnMut(Look) -> ControlFlow<()>) -> Result<(), BackendError> {
        // By id, as the index gives them.
        let mut looks: Vec<&Look> = self.looks.iter().collect();
        looks.sort_by(|one, other| one.id.cmp(&other.id));
        let _ = looks.into_iter().cloned().try_for_each(visit);
        Ok(())
    }

    fn doubts(&self) -> Result<Vec<Doubt>, BackendError> {
        let doubt = |id: &str, field, likelihood| Doubt { id: id.to_owned(), field, likelihood };
        Ok(vec![
            doubt("look-05", DoubtedField::Class(ClassLabel::new("Sram")), 0.875),
            doubt("look-03", DoubtedField::Colours, 0.5),
        ])
    }

    /// Takes long enough for others to ask meanwhile.
    fn copies(&self, ids: &[String]) -> Result<Vec<(String, String)>, BackendError> {
        self.comparisons.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(50));
        let both = self.same.iter().flat_map(|(one, other)| [(one, other), (other, one)]);
        let asked = both.filter(|(one, _)| ids.contains(one));
        Ok(asked.map(|(one, other)| (one.clone(), other.clone())).collect())
    }

    fn shows_the_same(&self, picture: &Picture, id: &str) -> Result<bool, BackendError> {
        self.comparisons.fetch_add(1, Ordering::SeqCst);
        let likeness = Likeness::new(picture);
        let same = |look: Look| likeness.is_of_same_picture(&Likeness::new(&draw(&look)));
        Ok(self.look(id)?.is_some_and(same))
    }

    /// Of one failure only.
    fn failure_picture(&self, name: &str) -> Result<Option<Vec<u8>>, BackendError> {
        Ok((name == "run-0").then(|| encode_png(&draw(&self.looks[2])).unwrap()))
    }

    /// In a row, the last among the first.
    fn look_map(&self, filter: &LookFilter, count: usize) -> Result<Vec<MapPlace>, BackendError> {
        let mut looks: Vec<&Look> = self.passing(filter).take(count).collect();
        looks.sort_by(|one, other| one.id.cmp(&other.id));
        let place = |(at, look): (usize, &Look)| MapPlace { id: look.id.clone(), x: at as f32 / 8.0, y: 0.5 };
        Ok(looks.into_iter().enumerate().map(place).collect())
    }

    fn evaluations(&self) -> Result<Vec<StoredEvaluation>, BackendError> {
        Ok(if self.looks.is_empty() { Vec::new() } else { vec![evaluation(2), evaluation(1)] })
    }

    /// Of one case only.
    fn evaluation_picture(&self, name: &str) -> Result<Option<Vec<u8>>, BackendError> {
        Ok((name == "2-0").then(|| encode_png(&draw(&self.looks[1])).unwrap()))
    }

    /// A plain square, of hats.
    fn icon(&self, item: ItemId) -> Result<Option<Vec<u8>>, BackendError> {
        let square = || encode_png(&Picture::filled(32, 32, [150, 90, 40, 255])).unwrap();
        Ok(self.has_icon(item).then(square))
    }

    fn has_icon(&self, item: ItemId) -> bool {
        self.catalogue.get(item).is_some_and(|item| item.slot == Some(Slot::Coiffe))
    }

    fn thumbnail(&self, id: &str) -> Result<Option<Vec<u8>>, BackendError> {
        let drawn = |look: &Look| encode_png(&draw(look)).unwrap();
        Ok(self.look(id)?.map(|look| (self.picture)(id).unwrap_or_else(|| drawn(&look))))
    }

    fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    fn start_training(&self) -> Result<(), BackendError> {
        if self.training.swap(true, Ordering::SeqCst) {
            return Err(BackendError::TrainingRuns);
        }
        *self.progress.lock().unwrap() = running(40);
        Ok(())
    }

    fn cancel_training(&self) -> Result<bool, BackendError> {
        let was_running = self.training.swap(false, Ordering::SeqCst);
        if was_running {
            *self.progress.lock().unwrap() = finished();
        }
        Ok(was_running)
    }
}

/// A figure in the look's colours: enough to tell looks apart on a page.
pub(crate) fn draw(look: &Look) -> Picture {
    let mut picture = Picture::filled(96, 96, [0; 4]);
    let colour = |position: usize| {
        let colour = look.colours.get(position).copied().flatten().unwrap_or(Colour::new(120, 120, 120));
        let [red, green, blue] = colour.channels();
        [red, green, blue, 255]
    };
    let (width, pixels) = (picture.width(), picture.pixels_mut());
    for (position, pixel) in (0u32..).zip(pixels) {
        let (x, y) = (f64::from(position % width) - 47.5, f64::from(position / width));
        let round = |top: f64, radius: f64| (x * x + (y - top - radius).powi(2)) < radius * radius;
        *pixel = if round(8.0, 14.0) && y < 17.0 {
            colour(1)
        } else if round(8.0, 14.0) {
            colour(0)
        } else if (36.0..62.0).contains(&y) && x.abs() < 17.0 {
            colour(2)
        } else if (62.0..68.0).contains(&y) && x.abs() < 17.0 {
            colour(3)
        } else if (68.0..90.0).contains(&y) && (3.0..15.0).contains(&x.abs()) {
            colour(4)
        } else {
            *pixel
        };
    }
    picture
}

fn looks() -> Vec<Look> {
    let classes = ["Iop", "Crâ", "Eniripsa", "Féca", "Sram", "Xélor", "Osamodas", "Lutin des bois"];
    let colours = ["#E59BE8", "#5ECF38", "#2B81D1", "#FBE4A9", "#776DAE", "#A041D4", "#984532", "#1A390B"];
    classes
        .iter()
        .enumerate()
        .map(|(number, class)| Look {
            id: format!("look-{number:02}"),
            class: Some(ClassLabel::new(class)),
            gender: Some(Gender::ALL[number % 2]),
            colours: (0..6).map(|slot| Colour::parse(colours[(number * 3 + slot) % 8]).unwrap()).collect(),
            items: if number % 2 == 0 { [(Slot::Coiffe, 2411)].into() } else { [].into() },
        })
        .collect()
}

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::default();
    for (id, slot, fr, en) in [
        (2411, Slot::Coiffe, "Coiffe du Bouftou", "Gobball Headgear"),
        (2412, Slot::Cape, "Cape Bouffante", "Gobball Cape"),
        (2446, Slot::Coiffe, "Coiffe Bouftou Royal", "Royal Gobball Headgear"),
    ] {
        catalogue.insert(CatalogueItem {
            id,
            slot: Some(slot),
            name: CatalogueName { fr: Some(fr.to_owned()), en: Some(en.to_owned()) },
            level: Some(20),
            icon_id: None,
            appearance_id: None,
        });
    }
    catalogue
}

/// One look right, one wrong.
fn evaluation(number: u64) -> StoredEvaluation {
    let picture = draw(&looks()[0]);
    let mut score = Score::new();
    for look in &looks()[..2] {
        score.add(look, &recognised(&picture, 1));
    }
    score.finish();
    let mut stored = StoredEvaluation::new(&score, 1_795_404_001_458 + number, "3f9ac2", "test.jsonl", None);
    if number == 2 {
        stored.worst[0].picture = Some("2-0".to_owned());
    }
    stored
}

/// A run that says so; one that says nothing is an older version's.
fn run(
    id: &str,
    status: TrainingStatus,
    processed: u64,
    failed: u64,
    said: Option<RunMessage>,
) -> TrainingRun {
    TrainingRun {
        id: id.to_owned(),
        status,
        dataset_path: "/srv/site/.cache/generations".to_owned(),
        index_path: "/srv/site/.cache/vision-index.json".to_owned(),
        total_examples: 190,
        processed_examples: processed,
        reused_examples: 12,
        new_examples: 178,
        failed_examples: failed,
        started_at: 1_795_403_995_202,
        updated_at: 1_795_404_001_458,
        last_example_id: Some("c2f13823".to_owned()),
        message: said.as_ref().map(RunMessage::french),
        finished_at: (status != TrainingStatus::Running).then_some(1_795_404_001_458),
        failures: (0..failed)
            .map(|number| match number {
                0 => Failure {
                    id: "a0b1".to_owned(),
                    reason: "image introuvable : /srv/site/looks/a0b1.png".to_owned(),
                    kind: Some(FailureKind::ImageNotFound),
                    detail: Some("/srv/site/looks/a0b1.png".to_owned()),
                    picture: None,
                },
                _ => Failure {
                    id: "look-02".to_owned(),
                    reason: "aucun personnage visible".to_owned(),
                    kind: Some(FailureKind::NoCharacter),
                    detail: None,
                    picture: Some("run-0".to_owned()),
                },
            })
            .collect(),
        said,
    }
}

fn index() -> Option<IndexSummary> {
    Some(IndexSummary {
        updated_at_ms: 1_795_404_001_450,
        entry_count: 188,
        dataset_path: "/srv/site/.cache/generations".to_owned(),
        dataset_size: 190,
        encoder: "builtin".to_owned(),
    })
}

fn history() -> Vec<TrainingRun> {
    let finished = RunMessage::Finished { examples: 190, failed: 2 };
    let of_older = "Interruption inattendue: cannot open `/srv/site/a b/index.redb`".to_owned();
    vec![
        run("mwsp6kw2-ycsp5k", TrainingStatus::Completed, 190, 2, Some(finished)),
        TrainingRun {
            message: Some(of_older),
            ..run("mwsp6hms-un37r2", TrainingStatus::Failed, 40, 0, None)
        },
    ]
}

/// Between two trainings.
pub(crate) fn finished() -> Progress {
    Progress { state: TrainingState { current: None, history: history() }, index: index() }
}

/// In the middle of one.
pub(crate) fn running(processed: u64) -> Progress {
    let said = RunMessage::Processing { processed, total: 190, id: "c2f13823".to_owned() };
    let current = Some(run("mwspo28i-ae22s6", TrainingStatus::Running, processed, 1, Some(said)));
    Progress { state: TrainingState { current, history: history() }, index: index() }
}
