//! The server's routes over a backend that knows nobody.

use std::ops::ControlFlow;
use std::sync::Arc;

use axum::Router;
use lorgnon_imaging::Picture;
use lorgnon_look::{COLOUR_COUNT, Catalogue, ClassLabel, Colour, Gender, ItemId, Look};
use lorgnon_recogniser::evaluate::StoredEvaluation;
use lorgnon_recogniser::{Analysis, Doubt, HeatMapAnswer, MapPlace};
use lorgnon_server::{
    Backend, BackendError, Health, LookFilter, Progress, ServerConfig, Shutdown, SimilarLook, routes,
};

use crate::folder;

/// The routes.
pub fn server() -> Router {
    let config = ServerConfig {
        limits: lorgnon_imaging::Limits { max_bytes: 1 << 20, max_pixels: 1 << 20 },
        workers: 1,
        generations: Some(folder()),
        token: Some("t".to_owned()),
        ..ServerConfig::default()
    };
    routes(config, Arc::new(Nobody(Catalogue::default())), &Shutdown::default())
        .expect("the server can be made")
}

struct Nobody(Catalogue);

impl Backend for Nobody {
    fn analyze(&self, picture: &Picture, neighbours: usize) -> Result<Analysis, BackendError> {
        assert!(picture.width() > 0 && picture.height() > 0 && neighbours <= lorgnon_server::MAX_NEIGHBOURS);
        Err(BackendError::NoDataset)
    }

    fn heat_map(&self, _: &Picture) -> Result<Option<HeatMapAnswer>, BackendError> {
        Ok(None)
    }

    fn similar(&self, _: &Picture, _: usize, _: &LookFilter) -> Result<Vec<SimilarLook>, BackendError> {
        Ok(Vec::new())
    }

    fn redraw(
        &self,
        _: &ClassLabel,
        _: Gender,
        _: &[Option<Colour>; COLOUR_COUNT],
    ) -> Result<Option<Vec<u8>>, BackendError> {
        Ok(None)
    }

    fn version(&self) -> Result<String, BackendError> {
        Ok(String::new())
    }

    fn health(&self) -> Health {
        Health { problems: Vec::new(), encoder: "builtin".to_owned(), model: String::new(), looks: 0 }
    }

    fn progress(&self) -> Result<Progress, BackendError> {
        Ok(Progress::default())
    }

    fn look(&self, _: &str) -> Result<Option<Look>, BackendError> {
        Ok(None)
    }

    fn visit(&self, _: &mut dyn FnMut(Look) -> ControlFlow<()>) -> Result<(), BackendError> {
        Ok(())
    }

    fn doubts(&self) -> Result<Vec<Doubt>, BackendError> {
        Ok(Vec::new())
    }

    fn copies(&self, _: &[String]) -> Result<Vec<(String, String)>, BackendError> {
        Ok(Vec::new())
    }

    fn shows_the_same(&self, _: &Picture, _: &str) -> Result<bool, BackendError> {
        Ok(false)
    }

    fn look_map(&self, _: &LookFilter, _: usize) -> Result<Vec<MapPlace>, BackendError> {
        Ok(Vec::new())
    }

    fn thumbnail(&self, _: &str) -> Result<Option<Vec<u8>>, BackendError> {
        Ok(None)
    }

    fn catalogue(&self) -> &Catalogue {
        &self.0
    }

    fn failure_picture(&self, _: &str) -> Result<Option<Vec<u8>>, BackendError> {
        Ok(None)
    }

    fn evaluations(&self) -> Result<Vec<StoredEvaluation>, BackendError> {
        Ok(Vec::new())
    }

    fn evaluation_picture(&self, _: &str) -> Result<Option<Vec<u8>>, BackendError> {
        Ok(None)
    }

    fn icon(&self, _: ItemId) -> Result<Option<Vec<u8>>, BackendError> {
        Ok(None)
    }

    fn has_icon(&self, _: ItemId) -> bool {
        false
    }

    fn start_training(&self) -> Result<(), BackendError> {
        Err(BackendError::NoDataset)
    }

    fn cancel_training(&self) -> Result<bool, BackendError> {
        Ok(false)
    }
}
