//! Counters in the Prometheus text format, without a library: there are few of them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lorgnon_recogniser::Verdict;

/// Upper bounds of the analysis histogram, in ms.
const BUCKETS_MS: [u64; 9] = [10, 25, 50, 100, 250, 500, 1000, 2500, 10_000];

/// What the server counts.
#[derive(Default)]
pub(crate) struct Metrics {
    requests: Mutex<BTreeMap<(String, u16), u64>>,
    buckets: [AtomicU64; BUCKETS_MS.len()],
    analyses: AtomicU64,
    analysis_us: AtomicU64,
    recognised: AtomicU64,
    uncertain: AtomicU64,
    unknown: AtomicU64,
}

/// Values that are read, not counted.
pub(crate) struct Gauges {
    pub(crate) waiting: usize,
    pub(crate) looks: u64,
    pub(crate) healthy: bool,
    pub(crate) training: Option<(u64, u64)>,
}

impl Metrics {
    /// A request to a route (its pattern, never the address: ids would make endless series).
    pub(crate) fn request(&self, route: &str, status: u16) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((route.to_owned(), status)).or_default() += 1;
    }

    /// A picture was analysed.
    pub(crate) fn analysed(&self, took: Duration, verdict: Verdict) {
        let took_ms = took.as_millis();
        for (bucket, bound) in self.buckets.iter().zip(BUCKETS_MS) {
            if took_ms <= u128::from(bound) {
                bucket.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.analyses.fetch_add(1, Ordering::Relaxed);
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.analysis_us.fetch_add(took_us, Ordering::Relaxed);
        let counter = match verdict {
            Verdict::Recognised => &self.recognised,
            Verdict::Uncertain => &self.uncertain,
            Verdict::Unknown => &self.unknown,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Everything, for a scraper.
    pub(crate) fn render(&self, gauges: &Gauges) -> String {
        let mut text = String::new();
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone();
        text.push_str("# HELP lorgnon_requests_total Requests by route and status.\n# TYPE lorgnon_requests_total counter\n");
        for ((route, status), count) in requests {
            line(
                &mut text,
                &format!("lorgnon_requests_total{{route=\"{route}\",status=\"{status}\"}}"),
                count,
            );
        }
        text.push_str("# HELP lorgnon_analysis_seconds Time to decode and recognise a picture.\n# TYPE lorgnon_analysis_seconds histogram\n");
        for (bucket, bound_ms) in self.buckets.iter().zip(BUCKETS_MS) {
            let seconds = Duration::from_millis(bound_ms).as_secs_f64();
            line(
                &mut text,
                &format!("lorgnon_analysis_seconds_bucket{{le=\"{seconds}\"}}"),
                bucket.load(Ordering::Relaxed),
            );
        }
        let analyses = self.analyses.load(Ordering::Relaxed);
        line(&mut text, "lorgnon_analysis_seconds_bucket{le=\"+Inf\"}", analyses);
        let total = Duration::from_micros(self.analysis_us.load(Ordering::Relaxed));
        line(&mut text, "lorgnon_analysis_seconds_sum", total.as_secs_f64());
        line(&mut text, "lorgnon_analysis_seconds_count", analyses);
        text.push_str(
            "# HELP lorgnon_verdicts_total Answers by verdict.\n# TYPE lorgnon_verdicts_total counter\n",
        );
        for (verdict, counter) in
            [("recognised", &self.recognised), ("uncertain", &self.uncertain), ("unknown", &self.unknown)]
        {
            let name = format!("lorgnon_verdicts_total{{verdict=\"{verdict}\"}}");
            line(&mut text, &name, counter.load(Ordering::Relaxed));
        }
        gauge(&mut text, "lorgnon_queue_waiting", "Pictures that wait for a worker.", gauges.waiting);
        gauge(&mut text, "lorgnon_index_looks", "Looks in the index.", gauges.looks);
        gauge(&mut text, "lorgnon_healthy", "1 when nothing is degraded.", u8::from(gauges.healthy));
        let (processed, total) = gauges.training.unwrap_or_default();
        let running = u8::from(gauges.training.is_some());
        gauge(&mut text, "lorgnon_training_running", "1 while a training runs.", running);
        gauge(&mut text, "lorgnon_training_processed", "Looks done by the running training.", processed);
        gauge(&mut text, "lorgnon_training_total", "Looks of the running training.", total);
        text
    }
}

fn line(text: &mut String, name: &str, value: impl std::fmt::Display) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{name} {value}");
}

fn gauge(text: &mut String, name: &str, help: &str, value: impl std::fmt::Display) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histograms_are_cumulative_and_sums_are_seconds() {
        let metrics = Metrics::default();
        metrics.analysed(Duration::from_millis(30), Verdict::Recognised);
        metrics.analysed(Duration::from_millis(470), Verdict::Unknown);
        metrics.request("/health", 200);
        let text = metrics.render(&Gauges { waiting: 3, looks: 9, healthy: true, training: Some((4, 9)) });
        for expected in [
            "lorgnon_requests_total{route=\"/health\",status=\"200\"} 1",
            "lorgnon_analysis_seconds_bucket{le=\"0.025\"} 0",
            "lorgnon_analysis_seconds_bucket{le=\"0.05\"} 1",
            "lorgnon_analysis_seconds_bucket{le=\"+Inf\"} 2",
            "lorgnon_analysis_seconds_sum 0.5",
            "lorgnon_verdicts_total{verdict=\"unknown\"} 1",
            "lorgnon_queue_waiting 3",
            "lorgnon_training_processed 4",
        ] {
            assert!(text.lines().any(|line| line == expected), "{expected} in\n{text}");
        }
    }
}
