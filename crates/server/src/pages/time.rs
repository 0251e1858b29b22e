//! Times for people, without a time library: the server writes UTC, the browser makes it local.

/// `2026-11-24T23:05:09Z` for a time in ms since 1970.
pub(crate) fn iso(time_ms: u64) -> String {
    let seconds = time_ms / 1000;
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// A `<time>` element that reads well even if no script makes it local.
pub(crate) fn element(time_ms: u64) -> String {
    let iso = iso(time_ms);
    let readable = iso.replace('T', " ").replace('Z', " UTC");
    format!("<time datetime=\"{iso}\">{readable}</time>")
}

/// `1 h 02 min`, `3 min 05 s`, `4,2 s`: the same words in both languages but for the comma.
pub(crate) fn duration(duration_ms: u64, decimal_mark: char) -> String {
    let seconds = duration_ms / 1000;
    match seconds {
        0..10 => format!("{seconds}{decimal_mark}{} s", duration_ms % 1000 / 100),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// Year, month and day of a day since 1970 (Howard Hinnant, "chrono-compatible low-level date
/// algorithms", `civil_from_days`).
fn date(days_since_1970: u64) -> (u64, u64, u64) {
    let days = days_since_1970 + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(iso(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso(951_782_400_000), "2000-02-29T00:00:00Z");
        assert_eq!(iso(1_795_402_972_486), "2026-11-23T03:02:52Z");
        assert_eq!(iso(4_107_542_399_000), "2100-02-28T23:59:59Z");
    }

    #[test]
    fn durations_are_short() {
        assert_eq!(duration(4_260, ','), "4,2 s");
        assert_eq!(duration(59_999, ','), "59 s");
        assert_eq!(duration(185_000, '.'), "3 min 05 s");
        assert_eq!(duration(3_725_000, '.'), "1 h 02 min");
    }
}
