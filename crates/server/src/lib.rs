//! The HTTP API and pages of Lorgnon.
