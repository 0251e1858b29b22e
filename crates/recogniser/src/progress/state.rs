//! The schema of the state file.

use serde::{Deserialize, Serialize};

use super::failure::FailureKind;
use super::message::{Interruption, RunMessage};

/// Runs kept in the history.
pub(super) const HISTORY_MAX: usize = 20;

/// Failures a run names: enough to see what is wrong, little enough for a file that is polled.
pub(super) const FAILURES_MAX: usize = 50;

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TrainingStatus {
    /// At work.
    Running,
    /// Done; bad pictures are counted, they do not make a run failed.
    Completed,
    /// Stopped before its end.
    Failed,
}

/// One training. The order of the fields is the order of the keys in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrainingRun {
    /// Start time in base 36, a dash, six random characters of base 36.
    pub id: String,
    /// How it stands.
    pub status: TrainingStatus,
    /// What it trains on.
    pub dataset_path: String,
    /// The index's manifest.
    pub index_path: String,
    /// Looks of the dataset, those that cannot be used included.
    #[serde(default)]
    pub total_examples: u64,
    /// Looks done with: reused, new and failed.
    #[serde(default)]
    pub processed_examples: u64,
    /// Looks that were in the index, unchanged.
    #[serde(default)]
    pub reused_examples: u64,
    /// Looks that were not.
    #[serde(default)]
    pub new_examples: u64,
    /// Looks that could not be used.
    #[serde(default)]
    pub failed_examples: u64,
    /// In ms since 1970.
    pub started_at: u64,
    /// Last sign of life, in ms since 1970.
    pub updated_at: u64,
    /// The look done last.
    #[serde(default)]
    pub last_example_id: Option<String>,
    /// What it is doing, in French, for the old dashboard: what `said` says.
    #[serde(default)]
    pub message: Option<String>,
    /// In ms since 1970; only once finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<u64>,
    /// The first looks that could not be used, with the reasons; at most 50.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Failure>,
    /// What it is doing, for programs and for pages in any language; `None` in what older versions wrote.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "RunMessage::read")]
    pub said: Option<RunMessage>,
}

impl TrainingRun {
    /// Tells what it is doing, in both fields.
    pub(super) fn say(&mut self, message: RunMessage) {
        self.message = Some(message.french());
        self.said = Some(message);
    }
}

/// A look that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Its id, or the place of an entry that has none.
    pub id: String,
    /// Why, in French for the dashboard.
    pub reason: String,
    /// Why, for programs; absent in what older versions wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<FailureKind>,
    /// What the reason is about, in no language: a name, a size, a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The name of its picture, where one could be kept; see [`failure_picture`](super::failure_picture).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// All that is known of trainings in one cache folder.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TrainingState {
    /// The training at work.
    #[serde(default)]
    pub current: Option<TrainingRun>,
    /// Finished trainings, newest first, at most 20.
    #[serde(default)]
    pub history: Vec<TrainingRun>,
}

impl TrainingState {
    /// The training at work, else the last one that finished.
    #[must_use]
    pub fn last_run(&self) -> Option<&TrainingRun> {
        self.current.as_ref().or_else(|| self.history.first())
    }

    /// Moves the current run, as it is, to the head of the history.
    pub(super) fn close_current(&mut self) {
        if let Some(run) = self.current.take() {
            self.history.insert(0, run);
            self.history.truncate(HISTORY_MAX);
        }
    }

    /// Closes a run whose process is gone.
    pub(super) fn interrupt_current(&mut self) {
        if let Some(run) = &mut self.current {
            run.status = TrainingStatus::Failed;
            run.say(RunMessage::Interrupted { cause: Interruption::ProcessGone });
            run.finished_at = Some(run.updated_at);
        }
        self.close_current();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(id: &str) -> TrainingRun {
        TrainingRun {
            id: id.to_owned(),
            status: TrainingStatus::Running,
            dataset_path: "a".to_owned(),
            index_path: "b".to_owned(),
            total_examples: 5,
            processed_examples: 0,
            reused_examples: 0,
            new_examples: 5,
            failed_examples: 0,
            started_at: 1_795_404_810_834,
            updated_at: 1_795_404_810_834,
            last_example_id: None,
            message: None,
            finished_at: None,
            failures: Vec::new(),
            said: None,
        }
    }

    /// A file that the old system wrote, byte for byte.
    const OLD_RUNNING: &str = r#"{
  "current": {
    "id": "mwspo28i-ae22s6",
    "status": "running",
    "datasetPath": "a",
    "indexPath": "b",
    "totalExamples": 5,
    "processedExamples": 0,
    "reusedExamples": 0,
    "newExamples": 5,
    "failedExamples": 0,
    "startedAt": 1795404810834,
    "updatedAt": 1795404810834,
    "lastExampleId": null,
    "message": null
  },
  "history": []
}"#;

    #[test]
    fn a_state_is_written_as_the_old_system_wrote_it() {
        let state = TrainingState { current: Some(run("mwspo28i-ae22s6")), history: Vec::new() };
        assert_eq!(serde_json::to_string_pretty(&state).unwrap(), OLD_RUNNING);
        assert_eq!(serde_json::from_str::<TrainingState>(OLD_RUNNING).unwrap(), state);
    }

    #[test]
    fn the_finish_time_is_the_last_old_key_and_only_there_once_finished() {
        let mut state = TrainingState { current: Some(run("x")), history: Vec::new() };
        state.interrupt_current();
        let text = serde_json::to_string(&state).unwrap();
        assert!(text.starts_with(r#"{"current":null,"history":[{"id":"x","status":"failed""#), "{text}");
        let said = r#""said":{"kind":"interrupted","cause":"processGone"}"#;
        assert!(text.ends_with(&format!(r#","finishedAt":1795404810834,{said}}}]}}"#)), "{text}");
    }

    #[test]
    fn the_history_is_newest_first_and_bounded() {
        let mut state = TrainingState::default();
        for number in 0..25 {
            state.current = Some(run(&number.to_string()));
            state.close_current();
        }
        assert_eq!(state.history.len(), HISTORY_MAX);
        assert_eq!(state.history[0].id, "24");
        assert_eq!(state.history[19].id, "5");
        assert_eq!(state.last_run().map(|run| run.id.as_str()), Some("24"));
    }

    #[test]
    fn an_interrupted_run_says_so() {
        let mut state = TrainingState { current: Some(run("x")), history: Vec::new() };
        state.interrupt_current();
        assert_eq!(state.current, None);
        assert_eq!(state.history[0].status, TrainingStatus::Failed);
        let said = state.history[0].message.clone().unwrap();
        assert!(said.starts_with("Interruption inattendue: "), "{said}");
    }
}
