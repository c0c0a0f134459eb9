//! Who may do what.

use super::{AppError, Result};
use crate::domain::requester::Requester;

/// Refuses everybody but tenant admins.
///
/// # Errors
/// [`AppError::Forbidden`].
pub fn require_admin(requester: &Requester) -> Result<()> {
    if requester.is_tenant_admin { Ok(()) } else { Err(AppError::Forbidden) }
}
