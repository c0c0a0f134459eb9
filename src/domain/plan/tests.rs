//! The rules of matching and planning, each told by small rosters and files.
//!
//! A roster or a file is written as `1 ada Boss, 2 bob`: an id, an address without its domain and a job
//! title, `-` for nothing; `~` before it is a member who was deleted. What is planned is written as
//! `1 update email from 2, 2 held EMAIL_TAKEN, delete 3`: by row, then the members who go.

mod addresses;
mod cells;
mod hostile;
mod matching;
mod properties;
mod telling;

use telling::{Case, tell};
