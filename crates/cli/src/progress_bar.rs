//! Bars on a terminal.
