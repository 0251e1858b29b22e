//! What a benchmark says of its own process.

/// A line of `/proc/self/status`, such as `VmHWM:`, in MB; not a number where there is none.
#[must_use]
pub fn memory_mb(line: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status
        .lines()
        .find_map(|text| text.strip_prefix(line)?.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.unwrap_or(f64::NAN) / 1024.0
}
