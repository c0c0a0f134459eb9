//! Members, as they stand.

use super::access::require_admin;
use super::{App, Result};
use crate::domain::id::MemberId;
use crate::domain::member::Member;
use crate::domain::page::{Page, PageRequest};
use crate::domain::requester::Requester;
use crate::store::{MemberCursor, MemberFilter};

/// One page of the members, by name.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn page(
    app: &App,
    requester: &Requester,
    filter: &MemberFilter,
    request: &PageRequest<MemberCursor>,
) -> Result<Page<Member>> {
    require_admin(requester)?;
    Ok(app.store.member_page(requester.tenant, filter, request).await?)
}

/// How many members the list has.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn count(app: &App, requester: &Requester, filter: &MemberFilter) -> Result<u64> {
    require_admin(requester)?;
    Ok(app.store.member_count(requester.tenant, filter).await?)
}

/// The tenant's members among `ids`.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn members(app: &App, requester: &Requester, ids: &[MemberId]) -> Result<Vec<Member>> {
    require_admin(requester)?;
    Ok(app.store.members(requester.tenant, ids).await?)
}
