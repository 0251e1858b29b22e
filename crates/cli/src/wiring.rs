//! Concrete back ends, chosen by the settings. The only file that names them.
