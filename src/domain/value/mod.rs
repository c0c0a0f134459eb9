//! What a cell says: the one reading of a value, and the sentences about it.
//!
//! [`cell`] reads a whole cell by its column's field and mapping; the other modules are the rules it
//! is made of. Nothing here repairs silently: whatever is taken off or changed leaves a notice.

pub mod boolean;
pub mod cell;
pub mod confusable;
pub mod date;
pub mod email;
pub mod file_name;
pub mod fold;
pub mod formula;
pub mod placeholder;
pub mod sentences;
pub mod text;
pub mod unique_id;
