//! For tests only: a fake encoder and the suite every store must pass.
