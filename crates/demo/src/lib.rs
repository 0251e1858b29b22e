//! Procedural looks drawn from the project's own vector art.
