//! The whole service, asked as its clients ask it.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test that is surprised is to fail")]

mod access;
mod audit;
mod background;
mod decisions;
mod downloads;
mod examples;
mod filters;
mod history;
mod ids;
mod kept;
mod layers;
mod lists;
mod migrations;
mod odd;
mod pages;
mod races;
mod reader;
mod rosters;
mod schema;
mod servers;
mod spectrum;
mod starts;
mod statements;
mod steps;
mod stores;
mod story;
mod subscriptions;
mod support;
mod tokens;
mod trusted;
mod wire;
