//! A histogram of Prometheus: how many values are at most so large, for a few sizes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::text::{Text, TextKind};

/// Upper bounds for times, in seconds.
const SECONDS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// Upper bounds for probabilities.
const SHARES: &[f64] = &[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];

/// Counts values by size.
pub(crate) struct Histogram {
    bounds: &'static [f64],
    /// Values of each size, and in the last place those beyond all bounds.
    buckets: Vec<AtomicU64>,
    sum_millionths: AtomicU64,
}

impl Histogram {
    /// For times.
    pub(crate) fn of_seconds() -> Self {
        Self::with(SECONDS)
    }

    /// For values from 0 to 1.
    pub(crate) fn of_shares() -> Self {
        Self::with(SHARES)
    }

    fn with(bounds: &'static [f64]) -> Self {
        let buckets = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds, buckets, sum_millionths: AtomicU64::new(0) }
    }

    /// Counts a value of at least 0.
    pub(crate) fn observe(&self, value: f64) {
        let place = self.bounds.iter().position(|bound| value <= *bound).unwrap_or(self.bounds.len());
        self.buckets[place].fetch_add(1, Ordering::Relaxed);
        // What is not a number becomes 0, what is negative too.
        self.sum_millionths.fetch_add((value * 1e6) as u64, Ordering::Relaxed);
    }

    /// Counts a time.
    pub(crate) fn took(&self, time: Duration) {
        self.observe(time.as_secs_f64());
    }

    /// Counts how long something takes.
    pub(crate) fn time<T>(&self, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let result = work();
        self.took(started.elapsed());
        result
    }

    /// Writes it; `labels` is empty or `name="value"`.
    pub(super) fn write(&self, text: &mut Text, name: &str, labels: &str) {
        let comma = if labels.is_empty() { "" } else { "," };
        let mut count = 0;
        let bounds = self.bounds.iter().map(ToString::to_string).chain(["+Inf".to_owned()]);
        for (bucket, bound) in self.buckets.iter().zip(bounds) {
            count += bucket.load(Ordering::Relaxed);
            text.value(&format!("{name}_bucket{{{labels}{comma}le=\"{bound}\"}}"), count);
        }
        let braces = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
        let sum = self.sum_millionths.load(Ordering::Relaxed) as f64 / 1e6;
        text.value(&format!("{name}_sum{braces}"), sum);
        text.value(&format!("{name}_count{braces}"), count);
    }

    /// Writes it as the only one of its name.
    pub(super) fn write_alone(&self, text: &mut Text, name: &str, help: &str) {
        text.begin(name, help, TextKind::Histogram);
        self.write(text, name, "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_cumulative_and_sums_exact_to_the_millionth() {
        let histogram = Histogram::of_seconds();
        histogram.took(Duration::from_millis(30));
        histogram.took(Duration::from_millis(470));
        histogram.took(Duration::from_secs(60));
        let mut text = Text::default();
        histogram.write(&mut text, "t", "route=\"/\"");
        let text = text.into_string();
        for expected in [
            "t_bucket{route=\"/\",le=\"0.025\"} 0",
            "t_bucket{route=\"/\",le=\"0.05\"} 1",
            "t_bucket{route=\"/\",le=\"10\"} 2",
            "t_bucket{route=\"/\",le=\"+Inf\"} 3",
            "t_sum{route=\"/\"} 60.5",
            "t_count{route=\"/\"} 3",
        ] {
            assert!(text.lines().any(|line| line == expected), "{expected} in\n{text}");
        }
    }
}
