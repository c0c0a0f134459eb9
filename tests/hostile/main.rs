//! The real program, with the settings that `serve` has, before whatever anybody can send: it says what is wrong with it, in
//! few words, and goes on.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, missing_docs, reason = "a test that is surprised is to fail")]

mod ask;
mod connections;
mod documents;
mod files;
mod graphql_cop;
mod probes;
mod schema;
#[allow(dead_code, reason = "the tests of crashes do more with it")]
#[path = "../crash/server.rs"]
mod server;
mod together;
