//! `GET /health`: whether the program can do its work, and what keeps it from its best; `/health/live` and
//! `/health/ready` for those who start, stop and choose servers.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::backend::{Health, Problem};
use crate::error::ApiResult;
use crate::language::Language;
use crate::public_name::model_name;
use crate::state::AppState;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HealthAnswer {
    /// `ok` or `degraded`. Both are answered 200: a degraded server still serves.
    status: &'static str,
    problems: Vec<ProblemAnswer>,
    encoder: String,
    model: Option<String>,
    looks: u64,
    queue_waiting: usize,
    version: &'static str,
}

/// One reason for `degraded`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ProblemAnswer {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl ProblemAnswer {
    pub(crate) fn new(problem: &Problem, language: Language) -> Self {
        let (code, french, english) = match problem {
            Problem::EmptyIndex => (
                "index_empty",
                "Aucun look dans l'index : lancez un entraînement".to_owned(),
                "The index holds no looks: run a training".to_owned(),
            ),
            Problem::NoModel => (
                "model_missing",
                "Pas de modèle entraîné : réponses par ressemblance seulement".to_owned(),
                "No trained model: answers by resemblance only".to_owned(),
            ),
            Problem::EncoderFallback { wanted } => (
                "encoder_fallback",
                format!("L'encodeur « {} » est indisponible, un autre le remplace", model_name(wanted)),
                format!("Encoder `{}` is not available, another one stands in", model_name(wanted)),
            ),
            Problem::IndexOfAnotherEncoder { encoder } => (
                "index_of_another_encoder",
                format!(
                    "Le nouvel index vient de l'encodeur « {} » : relancez le serveur avec lui ; l'ancien index répond",
                    model_name(encoder)
                ),
                format!(
                    "The new index is of encoder `{}`: restart the server with it; the old index answers",
                    model_name(encoder)
                ),
            ),
            Problem::IndexUnreadable => (
                "index_unreadable",
                "L'index est illisible : voyez le journal du serveur".to_owned(),
                "The index cannot be read: see the server's log".to_owned(),
            ),
        };
        let message = match language {
            Language::French => french,
            Language::English => english,
        };
        Self { code, message }
    }
}

/// Says how the program stands.
pub(crate) async fn show(State(state): State<AppState>, language: Language) -> ApiResult<Response> {
    let Health { problems, encoder, model, looks } = state.read(|backend| backend.health()).await?;
    let answer = HealthAnswer {
        status: if problems.is_empty() { "ok" } else { "degraded" },
        problems: problems.iter().map(|problem| ProblemAnswer::new(problem, language)).collect(),
        encoder: model_name(&encoder),
        model: (!model.is_empty()).then_some(model),
        looks,
        queue_waiting: state.pictures.waiting(),
        version: env!("CARGO_PKG_VERSION"),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

/// What `/health/live` and `/health/ready` say.
#[derive(Serialize)]
struct ProbeAnswer {
    status: &'static str,
}

/// The process answers. Nothing else is asked: whoever gets no answer may start it anew.
pub(crate) async fn live() -> Response {
    probe(StatusCode::OK, "live")
}

/// Whether requests may be sent here: 503 while the server ends, or has no index that it could read.
/// An empty index is one: the pages must be there to fill it.
pub(crate) async fn ready(State(state): State<AppState>) -> ApiResult<Response> {
    if *state.stopping.borrow() {
        return Ok(probe(StatusCode::SERVICE_UNAVAILABLE, "stopping"));
    }
    let health = state.read(|backend| backend.health()).await?;
    Ok(if health.problems.contains(&Problem::IndexUnreadable) {
        probe(StatusCode::SERVICE_UNAVAILABLE, "index_unreadable")
    } else {
        probe(StatusCode::OK, "ready")
    })
}

fn probe(code: StatusCode, status: &'static str) -> Response {
    (code, [(header::CACHE_CONTROL, "no-store")], Json(ProbeAnswer { status })).into_response()
}
