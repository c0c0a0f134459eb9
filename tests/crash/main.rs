//! The real program, killed, stopped, and cut off from its database: nothing that was acknowledged is lost, the work
//! goes on by itself, and the books balance.
//!
//! `MUSTER_TEST_SEED` repeats a run's choices (not its moments); `MUSTER_TEST_KILLS` and `MUSTER_TEST_SECONDS` make
//! the runs longer.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test that is surprised is to fail")]

mod audit;
mod chance;
mod client;
mod cluster;
mod ending;
mod invariants;
mod kills;
mod outage;
mod relay;
mod roster;
mod round;
mod server;
mod servers;
mod socket;
