//! The table of contents: every address and what answers it.

use std::future::ready;

use axum::Router;
use axum::routing::{MethodRouter, get, post};

use crate::error::ApiError;
use crate::state::AppState;
use crate::{api, middleware, pages};

/// All routes with their middleware.
pub(crate) fn router(state: AppState) -> Router {
    let routes = middleware::apply(api_routes().merge(page_routes()), &state);
    let fallback = middleware::apply(Router::new().fallback(pages::not_found::show), &state);
    let under_base = match state.base_path.as_str() {
        "" => Router::new(),
        base => {
            Router::new().merge(middleware::apply(home_with_slash(base), &state)).nest(base, routes.clone())
        }
    };
    fallback.merge(routes).merge(under_base).with_state(state)
}

/// The first page under its address with a slash, which nesting leaves out.
fn home_with_slash(base: &str) -> Router<AppState> {
    Router::new().route(&format!("{base}/"), only("GET", get(pages::home::show)))
}

fn api_routes() -> Router<AppState> {
    Router::new()
        .route("/api/analyze-look", only("POST", post(api::analyze::analyze)))
        .route("/api/heat-map", only("POST", post(api::heat_map::explain)))
        .route("/api/similar", only("POST", post(api::similar::search)))
        .route("/api/redraw", only("GET", get(api::redraw::show)))
        .route("/api/vision-progress", only("GET", get(api::progress::show)))
        .route("/api/vision-progress/stream", only("GET", get(api::progress::stream)))
        .route("/api/vision-progress/pictures/{id}", only("GET", get(api::progress::picture)))
        .route(
            "/api/training",
            only("POST, DELETE", post(api::training::start).delete(api::training::cancel)),
        )
        .route("/api/looks", only("GET, POST", get(api::looks::list).post(api::collect::add)))
        .route(
            "/api/looks/{id}",
            only(
                "GET, PATCH, DELETE",
                get(api::looks::show).patch(api::collect::correct).delete(api::collect::remove),
            ),
        )
        .route("/api/looks/{id}/restore", only("POST", post(api::collect::restore)))
        .route("/api/looks/{id}/image", only("GET", get(api::looks::image)))
        .route("/api/looks/{id}/thumbnail", only("GET", get(api::looks::thumbnail)))
        .route("/api/catalogue/items", only("GET", get(api::catalogue::search)))
        .route("/api/catalogue/items/{id}/icon", only("GET", get(api::catalogue::icon)))
        .route("/api/duplicates", only("GET", get(api::duplicates::show)))
        .route("/api/look-map", only("GET", get(api::look_map::show)))
        .route("/api/evaluations", only("GET", get(api::evaluations::list)))
        .route("/api/evaluations/pictures/{id}", only("GET", get(api::evaluations::picture)))
        .route("/api/openapi.json", only("GET", get(api::openapi::show)))
        .route("/health", only("GET", get(api::health::show)))
        .route("/health/live", only("GET", get(api::health::live)))
        .route("/health/ready", only("GET", get(api::health::ready)))
        .route("/metrics", only("GET", get(api::metrics::show)))
}

fn page_routes() -> Router<AppState> {
    Router::new()
        .route("/", only("GET", get(pages::home::show)))
        .route("/vision/progress", only("GET", get(pages::progress::show)))
        .route("/looks", only("GET", get(pages::looks::list)))
        .route("/looks/{id}", only("GET", get(pages::looks::show)))
        .route("/duplicates", only("GET", get(pages::duplicates::show)))
        .route("/map", only("GET", get(pages::map::show)))
        .route("/evaluation", only("GET", get(pages::evaluation::show)))
        .route("/api/docs", only("GET", get(pages::api_docs::show)))
        .route("/assets/{name}", only("GET", get(pages::assets::show)))
        .route("/favicon.ico", only("GET", get(pages::assets::favicon)))
}

/// A route that answers other methods with 405 and says which it allows.
fn only(allow: &'static str, route: MethodRouter<AppState>) -> MethodRouter<AppState> {
    route.fallback(move || ready(ApiError::method_not_allowed(allow)))
}
