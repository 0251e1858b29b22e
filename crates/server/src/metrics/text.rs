//! The Prometheus text format, line by line.

use std::fmt::{Display, Write};

/// What kind of series a name stands for.
#[derive(Clone, Copy)]
pub(super) enum TextKind {
    Counter,
    Gauge,
    Histogram,
}

/// The lines so far.
#[derive(Default)]
pub(super) struct Text(String);

impl Text {
    /// Begins a name: what it means.
    pub(super) fn begin(&mut self, name: &str, help: &str, kind: TextKind) {
        let kind = match kind {
            TextKind::Counter => "counter",
            TextKind::Gauge => "gauge",
            TextKind::Histogram => "histogram",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// A value of a series (a name with its labels).
    pub(super) fn value(&mut self, series: &str, value: impl Display) {
        let _ = writeln!(self.0, "{series} {value}");
    }

    /// A name with one value.
    pub(super) fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.begin(name, help, TextKind::Gauge);
        self.value(name, value);
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }
}

/// A text as the value of a label.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
