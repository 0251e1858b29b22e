//! Whether answers become less sure than they were: pictures of another kind, a new class, a new pose.
//!
//! Nobody tells the server which answers are right. What it can see is that confidences, which are
//! calibrated, sink below what they were since the model was trained.

/// Answers that the recent mean looks back on, about.
const RECENT: f64 = 100.0;

/// Mean confidences of one model's answers.
#[derive(Debug, Default)]
pub(super) struct Drift {
    model: String,
    answers: u64,
    recent: f64,
    all: f64,
}

impl Drift {
    /// An answer of a model; another model than before begins anew.
    pub(super) fn answered(&mut self, model: &str, confidence: f64) {
        if self.model != model {
            *self = Self { model: model.to_owned(), ..Self::default() };
        }
        self.answers += 1;
        let count = self.answers as f64;
        self.all += (confidence - self.all) / count;
        // A plain mean at first, so that it does not begin at nothing.
        self.recent += (confidence - self.recent) / count.min(RECENT);
    }

    /// The recent mean and that of all answers of this model; `None` before the first.
    pub(super) fn means(&self) -> Option<(f64, f64)> {
        (self.answers > 0).then_some((self.recent, self.all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recent_mean_follows_and_that_of_all_stays_near() {
        let mut drift = Drift::default();
        assert_eq!(drift.means(), None);
        (0..1000).for_each(|_| drift.answered("a", 0.9));
        (0..200).for_each(|_| drift.answered("a", 0.3));
        let (recent, all) = drift.means().unwrap();
        assert!((recent - 0.3).abs() < 0.1 && (all - 0.8).abs() < 1e-9, "{recent} {all}");
        drift.answered("b", 0.5);
        assert_eq!(drift.means(), Some((0.5, 0.5)));
    }
}
