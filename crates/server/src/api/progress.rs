//! `GET /api/vision-progress` and its live stream: how trainings stand.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{Stream, unfold};
use lorgnon_recogniser::progress::{TrainingRun, TrainingStatus};
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;

use super::looks::picture_response;
use crate::backend::{IndexSummary, Progress};
use crate::error::{ApiError, ApiResult};
use crate::public_name::{file_name, model_name, without_paths};
use crate::state::AppState;

/// Between two looks at the state, while anybody watches.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// A quiet stream says this often that it lives, for proxies that cut silent ones.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The old system's answer, same fields and order; paths are file names only.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProgressAnswer {
    pub(crate) status: RunStatus,
    pub(crate) current: Option<TrainingRun>,
    pub(crate) last_run: Option<TrainingRun>,
    pub(crate) history: Vec<TrainingRun>,
    pub(crate) latest_index: Option<IndexAnswer>,
}

/// How the current run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RunStatus {
    Idle,
    Running,
    Completed,
    Failed,
}

impl From<TrainingStatus> for RunStatus {
    fn from(status: TrainingStatus) -> Self {
        match status {
            TrainingStatus::Running => Self::Running,
            TrainingStatus::Completed => Self::Completed,
            TrainingStatus::Failed => Self::Failed,
        }
    }
}

/// The index that answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IndexAnswer {
    pub(crate) updated_at: u64,
    pub(crate) entry_count: u64,
    pub(crate) dataset_path: String,
    pub(crate) dataset_size: u64,
    /// The encoder, under the old name.
    pub(crate) clip_model: String,
}

impl From<IndexSummary> for IndexAnswer {
    fn from(index: IndexSummary) -> Self {
        Self {
            updated_at: index.updated_at_ms,
            entry_count: index.entry_count,
            dataset_path: file_name(&index.dataset_path),
            dataset_size: index.dataset_size,
            clip_model: model_name(&index.encoder),
        }
    }
}

impl From<Progress> for ProgressAnswer {
    fn from(progress: Progress) -> Self {
        let current = progress.state.current.map(public_run);
        let history: Vec<TrainingRun> = progress.state.history.into_iter().map(public_run).collect();
        Self {
            status: current.as_ref().map_or(RunStatus::Idle, |run| run.status.into()),
            last_run: current.as_ref().or(history.first()).cloned(),
            current,
            history,
            latest_index: progress.index.map(IndexAnswer::from),
        }
    }
}

fn public_run(mut run: TrainingRun) -> TrainingRun {
    run.dataset_path = file_name(&run.dataset_path);
    run.index_path = file_name(&run.index_path);
    run.message = run.message.as_deref().map(without_paths);
    for failure in &mut run.failures {
        failure.reason = without_paths(&failure.reason);
        failure.detail = failure.detail.as_deref().map(without_paths);
    }
    run
}

/// The state now.
pub(crate) async fn show(State(state): State<AppState>) -> ApiResult<Response> {
    let answer = state.progress.current(&state).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(&*answer)).into_response())
}

/// What a look that failed in the last training showed.
pub(crate) async fn picture(State(state): State<AppState>, Path(name): Path<String>) -> ApiResult<Response> {
    let found = state.read(move |backend| backend.failure_picture(&name)).await??;
    picture_response(found.ok_or_else(ApiError::picture_not_found)?)
}

/// The state, and again whenever it changes, as server-sent events named `progress`.
pub(crate) async fn stream(State(state): State<AppState>) -> ApiResult<Response> {
    let permit = Arc::clone(&state.streams).try_acquire_owned().map_err(|_| ApiError::overloaded())?;
    let watcher = Watcher { state, sent: None, sent_at: Instant::now(), _permit: permit };
    let headers = [(header::CACHE_CONTROL.as_str(), "no-store"), ("x-accel-buffering", "no")];
    Ok((headers, Sse::new(events(watcher))).into_response())
}

/// One client of the stream.
struct Watcher {
    state: AppState,
    sent: Option<Arc<ProgressAnswer>>,
    sent_at: Instant,
    _permit: OwnedSemaphorePermit,
}

fn events(watcher: Watcher) -> impl Stream<Item = Result<Event, Infallible>> {
    unfold(watcher, |mut watcher| async move {
        let event = watcher.next().await?;
        watcher.sent_at = Instant::now();
        Some((Ok(event), watcher))
    })
}

impl Watcher {
    /// Waits for news; `None` when the server ends.
    async fn next(&mut self) -> Option<Event> {
        let mut stopping = self.state.stopping.clone();
        loop {
            if *stopping.borrow() {
                return None;
            }
            // A state that cannot be read now is tried again; the heartbeat keeps the client on.
            if let Ok(answer) = self.state.progress.current(&self.state).await
                && self.sent.as_deref() != Some(&*answer)
            {
                let event = Event::default().event("progress").json_data(&*answer).ok()?;
                self.sent = Some(answer);
                return Some(event);
            }
            if self.sent_at.elapsed() >= HEARTBEAT {
                return Some(Event::default().comment("heartbeat"));
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                // The sender lives as long as the server: an error means that it ended.
                _ = stopping.changed() => return None,
            }
        }
    }
}
