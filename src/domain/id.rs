//! Identities. One type for each kind of thing, so that none can be taken for another.

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);
    )+};
}

ids! {
    /// A customer: the owner of members, imports and users.
    TenantId,
    /// Somebody who signed in to a tenant.
    UserId,
    /// A membership import. Its file shares this identity.
    ImportId,
    /// One computed plan of an import. A new plan has a new identity.
    PlanId,
    /// A member of a tenant.
    MemberId,
    /// A profile field of a tenant.
    FieldId,
}

/// A profile action: its plan and its place in that plan, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId {
    /// The plan that proposes it.
    pub plan: PlanId,
    /// Its place in the plan's order, from 0.
    pub position: u32,
}
