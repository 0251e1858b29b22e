//! The report as people read it: a line a finding, those that do most harm first.

use std::fmt;

use super::{Remark, Report};

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{} entries in {} files, {} usable looks", self.entries, self.files, self.looks)?;
        let classes = self.classes.len();
        writeln!(
            formatter,
            "{classes} classes; without class {}, without sex {}, without all six colours {}",
            self.without_class, self.without_gender, self.without_all_colours
        )?;
        section(formatter, "skipped", &self.skipped, ToString::to_string)?;
        section(formatter, "unreadable pictures", &self.unreadable, |remark| {
            told(remark, &remark.about.error)
        })?;
        section(formatter, "same picture, other labels", &self.contradictions, |remark| {
            told(remark, &format!("same picture as `{}`", remark.about.same_as))
        })?;
        section(formatter, "same picture, same labels", &self.duplicates, |remark| {
            told(remark, &format!("same picture as `{}`", remark.about.same_as))
        })?;
        section(formatter, "suspects", &self.suspects, |remark| told(remark, &remark.about.to_string()))?;
        section(formatter, "warnings", &self.warnings, |remark| told(remark, &remark.about.to_string()))?;
        let few: Vec<_> = self.few_looks.iter().collect();
        section(formatter, "classes with too few looks", &few, |(class, count)| {
            format!("`{class}`: {count}")
        })?;
        if self.is_clean() {
            writeln!(formatter, "nothing to mend")?;
        }
        Ok(())
    }
}

fn told<T>(remark: &Remark<T>, text: &str) -> String {
    format!("{}:{} (`{}`): {text}", remark.file.display(), remark.line, remark.id)
}

fn section<T>(
    formatter: &mut fmt::Formatter<'_>,
    title: &str,
    remarks: &[T],
    line: impl Fn(&T) -> String,
) -> fmt::Result {
    if remarks.is_empty() {
        return Ok(());
    }
    writeln!(formatter, "{title}: {}", remarks.len())?;
    for remark in remarks {
        writeln!(formatter, "  {}", line(remark))?;
    }
    Ok(())
}
