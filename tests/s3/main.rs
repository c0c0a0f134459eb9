//! Files on a server that speaks S3, which the tests bring along. A binary of its own, so that no other links it.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test that is surprised is to fail")]

mod away;
mod large;
mod server;
mod story;
mod suite;
#[path = "../it/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the other binary needs more of it")]
mod support;
