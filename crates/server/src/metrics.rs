//! Counters in the Prometheus text format, without a library: there are few of them.

mod drift;
mod histogram;
mod process;
mod text;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lorgnon_recogniser::{Analysis, Verdict};

pub(crate) use self::histogram::Histogram;

use self::drift::Drift;
use self::text::{Text, TextKind, escaped};

/// What the server counts.
pub(crate) struct Metrics {
    started_at: SystemTime,
    requests: Mutex<BTreeMap<(String, u16), u64>>,
    durations: Mutex<BTreeMap<String, Histogram>>,
    /// How long pictures waited for a worker.
    pub(crate) wait: Histogram,
    /// How long bytes took to become pixels.
    pub(crate) decode: Histogram,
    /// How long pixels took to become an answer.
    pub(crate) predict: Histogram,
    analysis: Histogram,
    confidence: Histogram,
    drift: Mutex<Drift>,
    recognised: AtomicU64,
    uncertain: AtomicU64,
    unknown: AtomicU64,
    /// Connections open now.
    pub(crate) connections: AtomicUsize,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            started_at: SystemTime::now(),
            requests: Mutex::default(),
            durations: Mutex::default(),
            wait: Histogram::of_seconds(),
            decode: Histogram::of_seconds(),
            predict: Histogram::of_seconds(),
            analysis: Histogram::of_seconds(),
            confidence: Histogram::of_shares(),
            drift: Mutex::default(),
            recognised: AtomicU64::default(),
            uncertain: AtomicU64::default(),
            unknown: AtomicU64::default(),
            connections: AtomicUsize::default(),
        }
    }
}

/// Values that are read, not counted.
pub(crate) struct Gauges {
    pub(crate) waiting: usize,
    pub(crate) streams: usize,
    pub(crate) looks: u64,
    /// When the index that answers was trained, in ms since 1970.
    pub(crate) trained_at_ms: Option<u64>,
    pub(crate) encoder: String,
    pub(crate) model: String,
    pub(crate) healthy: bool,
    pub(crate) training: Option<(u64, u64)>,
}

impl Metrics {
    /// A request to a route (its pattern, never the address: ids would make endless series).
    pub(crate) fn request(&self, route: &str, status: u16, took: Duration) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((route.to_owned(), status)).or_default() += 1;
        drop(requests);
        let mut durations = self.durations.lock().unwrap_or_else(PoisonError::into_inner);
        durations.entry(route.to_owned()).or_insert_with(Histogram::of_seconds).took(took);
    }

    /// A picture was analysed.
    pub(crate) fn analysed(&self, took: Duration, analysis: &Analysis) {
        self.analysis.took(took);
        let confidence = f64::from(analysis.confidence.class);
        self.confidence.observe(confidence);
        let mut drift = self.drift.lock().unwrap_or_else(PoisonError::into_inner);
        drift.answered(&analysis.model, confidence);
        drop(drift);
        let counter = match analysis.verdict {
            Verdict::Recognised => &self.recognised,
            Verdict::Uncertain => &self.uncertain,
            Verdict::Unknown => &self.unknown,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Everything, for a scraper.
    pub(crate) fn render(&self, gauges: &Gauges) -> String {
        let mut text = Text::default();
        self.write_requests(&mut text);
        self.write_answers(&mut text);
        text.gauge("lorgnon_queue_waiting", "Pictures that wait for a worker.", gauges.waiting);
        let connections = self.connections.load(Ordering::Relaxed);
        text.gauge("lorgnon_connections_open", "Connections open.", connections);
        text.gauge("lorgnon_streams_open", "Live progress streams open.", gauges.streams);
        text.gauge("lorgnon_index_looks", "Looks in the index.", gauges.looks);
        if let Some(at_ms) = gauges.trained_at_ms {
            let at_s = at_ms as f64 / 1e3;
            text.gauge("lorgnon_index_timestamp_seconds", "When the index was trained.", at_s);
        }
        text.gauge("lorgnon_healthy", "1 when nothing is degraded.", u8::from(gauges.healthy));
        let (processed, total) = gauges.training.unwrap_or_default();
        let running = u8::from(gauges.training.is_some());
        text.gauge("lorgnon_training_running", "1 while a training runs.", running);
        text.gauge("lorgnon_training_processed", "Looks done by the running training.", processed);
        text.gauge("lorgnon_training_total", "Looks of the running training.", total);
        text.begin("lorgnon_build_info", "1; what runs is in the labels.", TextKind::Gauge);
        let (encoder, model) = (escaped(&gauges.encoder), escaped(&gauges.model));
        let version = env!("CARGO_PKG_VERSION");
        let labels = format!("version=\"{version}\",encoder=\"{encoder}\",model=\"{model}\"");
        text.value(&format!("lorgnon_build_info{{{labels}}}"), 1);
        if let Ok(since) = self.started_at.duration_since(UNIX_EPOCH) {
            let help = "When the server started.";
            text.gauge("process_start_time_seconds", help, since.as_secs_f64());
        }
        process::write(&mut text);
        text.into_string()
    }

    fn write_requests(&self, text: &mut Text) {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone();
        text.begin("lorgnon_requests_total", "Requests by route and status.", TextKind::Counter);
        for ((route, status), count) in requests {
            let labels = format!("route=\"{}\",status=\"{status}\"", escaped(&route));
            text.value(&format!("lorgnon_requests_total{{{labels}}}"), count);
        }
        let name = "lorgnon_request_seconds";
        text.begin(name, "Time to the head of an answer, by route.", TextKind::Histogram);
        let durations = self.durations.lock().unwrap_or_else(PoisonError::into_inner);
        for (route, histogram) in durations.iter() {
            histogram.write(text, name, &format!("route=\"{}\"", escaped(route)));
        }
    }

    fn write_answers(&self, text: &mut Text) {
        self.wait.write_alone(text, "lorgnon_wait_seconds", "Time pictures waited for a worker.");
        self.decode.write_alone(text, "lorgnon_decode_seconds", "Time from bytes to pixels.");
        self.predict.write_alone(text, "lorgnon_predict_seconds", "Time from pixels to an answer.");
        self.analysis.write_alone(text, "lorgnon_analysis_seconds", "Time a worker spent on a picture.");
        text.begin("lorgnon_verdicts_total", "Answers by verdict.", TextKind::Counter);
        for (verdict, counter) in
            [("recognised", &self.recognised), ("uncertain", &self.uncertain), ("unknown", &self.unknown)]
        {
            let series = format!("lorgnon_verdicts_total{{verdict=\"{verdict}\"}}");
            text.value(&series, counter.load(Ordering::Relaxed));
        }
        self.confidence.write_alone(text, "lorgnon_confidence", "Confidence of answers in the class.");
        let drift = self.drift.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((recent, all)) = drift.means() {
            let help = "Mean confidence of about the last 100 answers.";
            text.gauge("lorgnon_confidence_recent", help, recent);
            let help = "Mean confidence of all answers of the present model.";
            text.gauge("lorgnon_confidence_mean", help, all);
            let help = "The recent mean less that of all answers: well below 0, pictures changed.";
            text.gauge("lorgnon_confidence_drift", help, recent - all);
        }
    }
}
