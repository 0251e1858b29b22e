//! `index export`: the looks for other programs.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::Context;
use lorgnon_index::{LookRecord, Reader, Store, legacy};
use lorgnon_look::{Colour, Gender};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::outcome::Outcome;

/// A look's labels in the form sites write theirs; the reader of exports reads it back.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    class: Option<&'a str>,
    gender: Option<&'static str>,
    colors: Vec<Option<Colour>>,
    items: Map<String, Value>,
    source: &'a str,
}

/// Writes every look to a file or to standard output.
pub(super) fn run(store: &dyn Store, output: &Path, as_legacy: bool) -> anyhow::Result<Outcome> {
    let reader = store.reader()?;
    if output.as_os_str() == "-" {
        write(&*reader, as_legacy, BufWriter::new(std::io::stdout().lock()), output)?;
        return Ok(Outcome::Done);
    }
    // Beside its place first: a failed export never replaces a good one.
    let mut partial = output.as_os_str().to_owned();
    partial.push(".partial");
    let partial = Path::new(&partial);
    let file = File::create(partial).with_context(|| format!("cannot write `{}`", partial.display()))?;
    write(&*reader, as_legacy, BufWriter::new(file), output)?;
    std::fs::rename(partial, output).with_context(|| format!("cannot write `{}`", output.display()))?;
    Ok(Outcome::Done)
}

fn write(reader: &dyn Reader, as_legacy: bool, mut output: impl Write, path: &Path) -> anyhow::Result<()> {
    if as_legacy {
        legacy::export(reader, &mut output, path)?;
    } else {
        let mut written = Ok(());
        reader.visit(&mut |record| {
            written = write_line(&record, &mut output);
            if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        written?;
    }
    output.flush()?;
    Ok(())
}

fn write_line(record: &LookRecord, output: &mut impl Write) -> std::io::Result<()> {
    let look = &record.look;
    let line = Line {
        id: &look.id,
        class: look.class.as_ref().map(|class| class.as_str()),
        gender: look.gender.map(|gender| match gender {
            Gender::Male => "m",
            Gender::Female => "f",
        }),
        colors: look.colours.to_vec(),
        items: look.items.iter().map(|(slot, item)| (slot.as_str().to_owned(), Value::from(*item))).collect(),
        source: &record.source,
    };
    serde_json::to_writer(&mut *output, &line)?;
    output.write_all(b"\n")
}
