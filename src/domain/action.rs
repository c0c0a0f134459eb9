//! Profile actions: what a plan proposes for members, and what admins decide.

use super::id::{ActionId, MemberId, PlanId, UserId};
use super::issue::RowIssue;
use super::timestamp::Timestamp;

/// What an action does to its member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActionKind {
    /// Comes into being, or back.
    Create,
    /// Changes, the status apart.
    Update,
    /// The status becomes inactive; other fields may change with it.
    Deactivate,
    /// The status becomes active; other fields may change with it.
    Reactivate,
    /// Goes; the record is kept for a while.
    Delete,
}

impl ActionKind {
    /// All kinds, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::Create, Self::Update, Self::Deactivate, Self::Reactivate, Self::Delete];

    /// Whether the deletion guard counts it.
    #[must_use]
    pub fn is_guarded(self) -> bool {
        matches!(self, Self::Delete | Self::Deactivate)
    }
}

/// What was decided about an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Nothing: it is not applied.
    Pending,
    /// It is applied on completion.
    Approved,
    /// It is not applied.
    Rejected,
}

/// A field that an action changes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FieldChange(
    /// The key of the field.
    pub String,
    /// Its value before.
    pub Option<String>,
    /// Its value after.
    pub Option<String>,
);

/// An action as planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedAction {
    /// What it does.
    pub kind: ActionKind,
    /// Whom it is about; for a CREATE, the deleted member whom it brings back.
    pub member: Option<MemberId>,
    /// The row that implies it; none for a DELETE.
    pub row_number: Option<u32>,
    /// The member's name as the review shows it.
    pub member_name: String,
    /// The member's email as the review shows it.
    pub member_email: Option<String>,
    /// The member's id as the review shows it.
    pub member_unique_id: Option<String>,
    /// What it changes, in the order of the fields.
    pub changes: Vec<FieldChange>,
    /// What is remarkable about its row.
    pub warnings: Vec<RowIssue>,
    /// Whether its member gives an address up.
    pub frees_email: bool,
    /// The member who has the address now that it gives to its own.
    pub takes_email_from: Option<MemberId>,
}

/// An action with what was decided about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileAction {
    /// Identity.
    pub id: ActionId,
    /// As planned.
    pub planned: PlannedAction,
    /// What was decided.
    pub decision: Decision,
    /// Who decided it, and when; none while it is pending.
    pub decided: Option<(UserId, Timestamp)>,
}

impl ProfileAction {
    /// Whom it is about. A CREATE that brings nobody back names the member who comes into being with it: an identity
    /// made of the plan's and of the place in it, so that the record leads to them and need not be written again.
    #[must_use]
    pub fn member(&self) -> Option<MemberId> {
        let is_new = self.planned.kind == ActionKind::Create;
        self.planned.member.or_else(|| is_new.then(|| newcomer(self.id)))
    }
}

/// Who comes into being with a CREATE.
#[must_use]
pub fn newcomer(action: ActionId) -> MemberId {
    let mut bytes = *action.plan.0.as_bytes();
    // The last of the random bits: those before them tell plans apart, and places follow one another in an index.
    bytes[12..].copy_from_slice(&action.position.to_be_bytes());
    MemberId(uuid::Uuid::from_bytes(bytes))
}

/// As much of an approved action as it takes to apply it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovedAction {
    /// Identity.
    pub id: ActionId,
    /// See [`PlannedAction::kind`].
    pub kind: ActionKind,
    /// See [`PlannedAction::member`].
    pub member: Option<MemberId>,
    /// See [`PlannedAction::changes`].
    pub changes: Vec<FieldChange>,
}

/// How many actions of one kind somebody approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Approval {
    /// Of which plan.
    pub plan: PlanId,
    /// Of which kind.
    pub kind: ActionKind,
    /// Who.
    pub by: UserId,
    /// How many.
    pub count: u32,
    /// When the last of them was approved.
    pub last_decided_at: Timestamp,
}

/// How many actions of one kind there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionCount {
    /// Which.
    pub kind: ActionKind,
    /// All of them.
    pub proposed: u32,
    /// Those that are approved.
    pub approved: u32,
    /// Those that are rejected.
    pub rejected: u32,
}

/// The deletion guard: the number that has to be named to complete, or none.
///
/// Approved deletions and deactivations have to be confirmed when they are more than
/// `share_percent` of the active members and more than `free` of them.
#[must_use]
pub fn deletions_to_confirm(
    counts: &[ActionCount],
    active_members: u32,
    guard: DeletionGuard,
) -> Option<u32> {
    let guarded: u32 =
        counts.iter().filter(|count| count.kind.is_guarded()).map(|count| count.approved).sum();
    let over_share = u64::from(guarded) * 100 > u64::from(active_members) * u64::from(guard.share_percent);
    (guarded > guard.free_members && over_share).then_some(guarded)
}

/// The threshold of the deletion guard.
#[derive(Debug, Clone, Copy)]
pub struct DeletionGuard {
    /// Percent of the active members.
    pub share_percent: u32,
    /// Members who may always go without being confirmed.
    pub free_members: u32,
}

impl Default for DeletionGuard {
    fn default() -> Self {
        Self { share_percent: 10, free_members: 5 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(deletes: u32, deactivates: u32, active: u32) -> Option<u32> {
        let count = |kind, approved| ActionCount { kind, proposed: 100, approved, rejected: 0 };
        let counts = [count(ActionKind::Delete, deletes), count(ActionKind::Deactivate, deactivates)];
        deletions_to_confirm(&counts, active, DeletionGuard::default())
    }

    #[test]
    fn the_guard_asks_over_ten_percent_and_over_five() {
        assert_eq!(asks(10, 0, 100), None, "ten percent is not more than ten percent");
        assert_eq!(asks(11, 0, 100), Some(11));
        assert_eq!(asks(6, 5, 100), Some(11), "deactivations count as well");
        assert_eq!(asks(5, 0, 10), None, "five are always free");
        assert_eq!(asks(6, 0, 10), Some(6));
        assert_eq!(asks(6, 0, 0), Some(6), "nobody is active");
    }
}
