//! Pure values and rules: no async, no input or output, no framework, no clock.

pub mod action;
pub mod field;
pub mod file;
pub mod id;
pub mod import;
pub mod issue;
pub mod limits;
pub mod mapping;
pub mod member;
pub mod page;
pub mod plan;
pub mod requester;
pub mod timestamp;
pub mod user_error;
pub mod value;
