//! Muster: a GraphQL service for membership file imports.
//!
//! `docs/ARCHITECTURE.md` shows the house.

pub mod app;
pub mod clock;
pub mod domain;
pub mod events;
pub mod files;
pub mod http;
pub mod store;
