//! How trainings stand, read once for everybody who watches.
//!
//! The old route parsed the whole index for every poll of every open tab. Here all readers within
//! a fifth of a second share one read of a small state.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::api::progress::ProgressAnswer;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// How long a read is shared.
const FRESH: Duration = Duration::from_millis(200);

/// The last state read.
#[derive(Default)]
pub(crate) struct ProgressFeed {
    last: Mutex<Option<(Instant, Arc<ProgressAnswer>)>>,
}

impl ProgressFeed {
    /// The state, at most a fifth of a second old.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub(crate) async fn current(&self, state: &AppState) -> ApiResult<Arc<ProgressAnswer>> {
        let mut last = self.last.lock().await;
        if let Some((read_at, answer)) = &*last
            && read_at.elapsed() < FRESH
        {
            return Ok(Arc::clone(answer));
        }
        let progress = state.read(|backend| backend.progress()).await?.map_err(ApiError::from)?;
        let answer = Arc::new(ProgressAnswer::from(progress));
        *last = Some((Instant::now(), Arc::clone(&answer)));
        Ok(answer)
    }
}
