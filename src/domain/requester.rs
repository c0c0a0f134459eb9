//! Who asks.

use super::id::{TenantId, UserId};

/// The role that may do everything but look at oneself.
pub const TENANT_ADMIN: &str = "tenant_admin";

/// Who asks: the first argument of every use case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Requester {
    /// Whose data they may see: no other tenant's exists for them.
    pub tenant: TenantId,
    /// Who they are.
    pub user: UserId,
    /// Whether they have the role [`TENANT_ADMIN`].
    pub is_tenant_admin: bool,
}
