//! The actions of a plan beside what was decided about them: which ones, and how they are found.

mod applying;
mod block;
mod decide;
mod review;
mod scan;

#[cfg(test)]
mod tests;

pub use applying::ApprovedActions;
pub use block::{ActionBlocks, ActionPacker};

use crate::domain::action::{ActionKind, Decision};
use crate::domain::id::{ActionId, UserId};

/// Which actions a list shows, or a decision is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActionFilter {
    /// Any of these; none means any.
    pub kind: Option<Vec<ActionKind>>,
    /// Any of these; none means any.
    pub decision: Option<Vec<Decision>>,
    /// Decided by this user.
    pub decided_by: Option<UserId>,
    /// Any of these fields changes; none means any.
    pub changed_field: Option<Vec<String>>,
    /// Whether there are warnings.
    pub has_warnings: Option<bool>,
    /// Name, email or id contains it, folded.
    pub search: Option<String>,
}

/// Which actions a decision is about.
#[derive(Debug, Clone)]
pub enum ActionTarget {
    /// These places.
    Positions(Vec<u32>),
    /// All that the filter shows.
    Filter(ActionFilter),
    /// All of the plan.
    All,
}

/// An approved action that gives away an address whose owner would keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailConflict {
    /// The approved action.
    pub takes: ActionId,
    /// The action, not approved, that would free the address.
    pub frees: Option<ActionId>,
}
