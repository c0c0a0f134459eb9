//! Rosters as an HR system would export them: any number of rows, the same bytes for the same seed.
//!
//! A member is computed from the seed and their number alone, so that a million rows take no memory,
//! and the roster of a later day is the same people again with a few of them changed.

pub mod member;
pub mod memory;
pub mod names;
pub mod random;
pub mod roster;
pub mod work;

#[cfg(test)]
mod roster_tests;
