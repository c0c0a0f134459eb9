//! Planning: what a file implies for the members.
//!
//! The file is read twice. The first reading leaves a *trace* of each row, a few fingerprints of fixed
//! size ([`trace`]); together with a trace of each member they settle everything that takes more than one
//! row to know: who is who, which rows are held, whose address goes to whom, who is absent ([`resolve`]).
//! The second reading compares each row with its member and says what changes ([`settle`]). So the
//! memory that planning takes is some 100 bytes for a row and 120 for a member, whatever they contain, and the rules are
//! the same on every database, as none of them is SQL.

pub mod books;
pub mod doubt;
pub mod fingerprint;
mod places;
pub mod resolve;
pub mod rows;
pub mod settle;
pub mod trace;

#[cfg(test)]
pub(crate) mod test_support;
#[cfg(test)]
mod tests;
