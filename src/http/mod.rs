//! HTTP: routes, limits, tokens, downloads.

pub mod transport;
