//! Muster: a GraphQL service for membership file imports.
//!
//! `docs/ARCHITECTURE.md` shows the house.

pub mod app;
pub mod audit;
pub mod clock;
pub mod config;
pub mod demo;
pub mod domain;
pub mod events;
pub mod files;
pub mod graphql;
pub mod http;
pub mod store;
pub mod telemetry;
pub mod worker;
