//! Data on stdout, in the format that was asked for.

use std::io::{self, ErrorKind, Write};

use clap::ValueEnum;
use serde::Serialize;

/// How data is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values with a header.
    Csv,
}

/// Something that can be written in every format.
pub(crate) trait Record: Serialize {
    /// Names of the columns.
    const COLUMNS: &'static [&'static str];

    /// One cell a column.
    fn cells(&self) -> Vec<String>;

    /// For people; may have several lines.
    fn human(&self) -> String;
}

/// Writes records as they come.
pub(crate) struct RecordWriter<W> {
    format: Format,
    output: W,
    written: u64,
}

impl<W: Write> RecordWriter<W> {
    pub(crate) fn new(format: Format, output: W) -> Self {
        Self { format, output, written: 0 }
    }

    /// Writes one record; complete lines reach their reader at once.
    pub(crate) fn write<R: Record>(&mut self, record: &R) -> io::Result<()> {
        let first = self.written == 0;
        self.written += 1;
        match self.format {
            Format::Human => writeln!(self.output, "{}", record.human())?,
            Format::Json => {
                self.output.write_all(if first { b"[\n" } else { b",\n" })?;
                serde_json::to_writer_pretty(&mut self.output, record)?;
            }
            Format::Jsonl => {
                serde_json::to_writer(&mut self.output, record)?;
                self.output.write_all(b"\n")?;
            }
            Format::Csv => {
                if first {
                    writeln!(self.output, "{}", R::COLUMNS.join(","))?;
                }
                writeln!(self.output, "{}", csv_line(&record.cells()))?;
            }
        }
        self.output.flush()
    }

    /// Ends the document.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if self.format == Format::Json {
            self.output.write_all(if self.written == 0 { b"[]\n" } else { b"\n]\n" })?;
        }
        self.output.flush()
    }
}

/// Writes one record that stands alone: in JSON an object, not a list.
pub(crate) fn write_document<R: Record>(format: Format, record: &R) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    if format == Format::Json {
        serde_json::to_writer_pretty(&mut stdout, record)?;
        return writeln!(stdout);
    }
    let mut writer = RecordWriter::new(format, stdout);
    writer.write(record)?;
    writer.finish()
}

/// Says something to the user, on stderr.
pub(crate) fn say(text: &str) {
    // Nowhere is left to complain about a closed stderr.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether an error is only that nobody reads our output any more.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io_kind = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json_kind = cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        io_kind.or(json_kind) == Some(ErrorKind::BrokenPipe)
    })
}

/// Cells as RFC 4180 wants them.
fn csv_line(cells: &[String]) -> String {
    let quoted: Vec<String> = cells
        .iter()
        .map(|cell| {
            if cell.contains([',', '"', '\n', '\r']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.clone()
            }
        })
        .collect();
    quoted.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Point {
        x: i32,
        name: String,
    }

    impl Record for Point {
        const COLUMNS: &'static [&'static str] = &["x", "name"];

        fn cells(&self) -> Vec<String> {
            vec![self.x.to_string(), self.name.clone()]
        }

        fn human(&self) -> String {
            format!("{} at {}", self.name, self.x)
        }
    }

    fn written(format: Format, names: &[&str]) -> String {
        let mut bytes = Vec::new();
        let mut writer = RecordWriter::new(format, &mut bytes);
        for (x, name) in (1..).zip(names) {
            writer.write(&Point { x, name: (*name).to_owned() }).unwrap();
        }
        writer.finish().unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn every_format_is_what_its_name_says() {
        assert_eq!(written(Format::Human, &["a", "b"]), "a at 1\nb at 2\n");
        assert_eq!(
            written(Format::Jsonl, &["a", "b"]),
            "{\"x\":1,\"name\":\"a\"}\n{\"x\":2,\"name\":\"b\"}\n"
        );
        assert_eq!(written(Format::Csv, &["a", "b, \"c\""]), "x,name\n1,a\n2,\"b, \"\"c\"\"\"\n");
        let list: serde_json::Value = serde_json::from_str(&written(Format::Json, &["a", "b"])).unwrap();
        assert_eq!(list, serde_json::json!([{"x": 1, "name": "a"}, {"x": 2, "name": "b"}]));
    }

    #[test]
    fn nothing_is_an_empty_list_in_json_and_nothing_elsewhere() {
        assert_eq!(written(Format::Json, &[]), "[]\n");
        assert_eq!(written(Format::Jsonl, &[]), "");
    }

    #[test]
    fn a_closed_pipe_is_told_from_other_errors() {
        let closed = anyhow::Error::new(io::Error::from(ErrorKind::BrokenPipe)).context("cannot write");
        assert!(is_broken_pipe(&closed));
        assert!(!is_broken_pipe(&anyhow::anyhow!("broken pipe")));
    }
}
