//! The six colours: solved, not voted.
//!
//! A key design decision: a player wants the very codes, and no nearest neighbour has them. But
//! the game's tint is a plain multiplication, so each class has a *colour map* (which colour tints
//! each pixel, with which gain), fitted from a few labelled looks; and a new picture of the class
//! is then divided by its map. What the recoloured class leaves unexplained is as useful: it says
//! whether the class is right, which colours an item hides, and where the items are.
//!
//! Of a class that nobody taught, the maps of all others still say where and how each colour shows:
//! [`ColourModel::loose`].
//!
//! Training: [`ColourMeasurement`] keeps a look's pixels, [`ColourFit`] makes a [`ColourModel`] of
//! all measurements. Analysis: [`ColourModel::solve`] answers a [`ColourSolution`].

mod affine;
mod calibration;
mod common_body;
mod explanation;
mod fit;
mod grid;
mod inversion;
mod map;
mod measurement;
mod model;
mod outline;
mod registration;
mod solution;
mod solving;
mod steps;
mod storage;
mod suspicion;
mod tinting;
mod training;
mod trials;

pub use common_body::LooseColours;
pub use measurement::ColourMeasurement;
pub use model::ColourModel;
pub use solution::{ColourSolution, Residual, SolvedColour};
pub use training::{ColourFit, ColourSuspicion};
pub(crate) use training::{Rank, rank_of};
