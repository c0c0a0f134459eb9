//! Members.

use entity::members::{ActiveModel, Column, Entity};
use sea_orm::sea_query::{Expr, LockBehavior, LockType, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QuerySelect, Select,
    SelectGetableTuple, Selector, Set, Statement,
};
use uuid::Uuid;

use super::bulk;
use super::page::{contains, slice};
use super::scope::OfTenant;
use super::{Db, Result, Store, Tx};
use crate::domain::id::{MemberId, TenantId};
use crate::domain::member::{Member, MemberStatus, Profile};
use crate::domain::page::{Page, PageRequest};
use crate::domain::timestamp::Timestamp;
use crate::domain::value::fold::fold;

/// Which members a list shows.
#[derive(Debug, Clone, Default)]
pub struct MemberFilter {
    /// Any of these; none means any.
    pub status: Option<Vec<MemberStatus>>,
    /// Name, email or id contains it, folded.
    pub search: Option<String>,
}

/// A place in the list of members, which is by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MemberCursor {
    /// Folded last and first name.
    pub name_key: String,
    /// Which of those with that name.
    pub id: MemberId,
}

impl MemberCursor {
    /// The place of `member`.
    #[must_use]
    pub fn of(member: &Member) -> Self {
        Self { name_key: member.profile.name_key(), id: member.id }
    }
}

/// Members who are ready to be written.
#[derive(Debug)]
pub struct MemberRows(Vec<Statement>);

/// What changes of a member who is there already, or was.
const REPLACED: [Column; 11] = [
    Column::UniqueId,
    Column::Email,
    Column::EmailKey,
    Column::FirstName,
    Column::LastName,
    Column::Active,
    Column::Attributes,
    Column::NameKey,
    Column::SearchKey,
    Column::UpdatedAt,
    Column::DeletedAt,
];

/// A member, in the order of the columns. Rows come as tuples: a model is filled by the columns' names, which takes longer than
/// all else.
type MemberTuple =
    (Uuid, Option<String>, Option<String>, Option<String>, Option<String>, bool, String, i64, i64);

fn members(select: Select<Entity>) -> Selector<SelectGetableTuple<MemberTuple>> {
    use Column::{Active, Attributes, CreatedAt, Email, FirstName, Id, LastName, UniqueId, UpdatedAt};
    let columns = [Id, UniqueId, Email, FirstName, LastName, Active, Attributes, CreatedAt, UpdatedAt];
    select.select_only().columns(columns).into_tuple()
}

fn member(row: MemberTuple) -> Result<Member> {
    let (id, unique_id, email, first_name, last_name, active, attributes, created_at, updated_at) = row;
    Ok(Member {
        id: MemberId(id),
        profile: Profile {
            unique_id,
            email,
            first_name,
            last_name,
            status: if active { MemberStatus::Active } else { MemberStatus::Inactive },
            attributes: serde_json::from_str(&attributes)?,
        },
        created_at: Timestamp(created_at),
        updated_at: Timestamp(updated_at),
    })
}

fn row(tenant: TenantId, member: Member) -> Result<ActiveModel> {
    let profile = member.profile;
    Ok(ActiveModel {
        tenant_id: Set(tenant.0),
        id: Set(member.id.0),
        email_key: Set(profile.email_key()),
        name_key: Set(profile.name_key()),
        search_key: Set(profile.search_key()),
        unique_id: Set(profile.unique_id),
        email: Set(profile.email),
        first_name: Set(profile.first_name),
        last_name: Set(profile.last_name),
        active: Set(profile.status == MemberStatus::Active),
        attributes: Set(serde_json::to_string(&profile.attributes)?),
        created_at: Set(member.created_at.0),
        updated_at: Set(member.updated_at.0),
        deleted_at: Set(None),
    })
}

fn there(tenant: TenantId) -> Select<Entity> {
    Entity::of(tenant).filter(Column::DeletedAt.is_null())
}

fn filtered(tenant: TenantId, filter: &MemberFilter) -> Select<Entity> {
    let mut select = there(tenant);
    if let Some(status) = &filter.status {
        select =
            select.filter(Column::Active.is_in(status.iter().map(|status| *status == MemberStatus::Active)));
    }
    if let Some(search) = &filter.search {
        select = select.filter(Expr::col(Column::SearchKey).like(contains(&fold(search))));
    }
    select
}

async fn by_ids<D: Db>(db: &D, tenant: TenantId, ids: &[MemberId]) -> Result<Vec<Member>> {
    let mut found = Vec::with_capacity(ids.len());
    let backend = db.connection().get_database_backend();
    for ids in ids.chunks(bulk::ids_max(backend)) {
        let is_one = bulk::is_one_of(backend, Column::Id, ids.iter().map(|id| id.0));
        for row in members(there(tenant).filter(is_one)).all(db.connection()).await? {
            found.push(member(row)?);
        }
    }
    Ok(found)
}

impl Store {
    /// Makes members ready to be written, which takes no transaction: who come into being, and who change or come back.
    ///
    /// # Errors
    /// If a member cannot be written down.
    pub fn member_rows(
        &self,
        tenant: TenantId,
        new: Vec<Member>,
        changed: Vec<Member>,
    ) -> Result<MemberRows> {
        let backend = ConnectionTrait::get_database_backend(self.connection());
        let rows = |members: Vec<Member>| {
            members.into_iter().map(|member| row(tenant, member)).collect::<Result<_>>()
        };
        let mut statements = bulk::insertion(backend, rows(new)?)?;
        let key = [Column::TenantId, Column::Id];
        statements.extend(bulk::upsertion(backend, rows(changed)?, &key, &REPLACED)?);
        Ok(MemberRows(statements))
    }

    /// The tenant's members among `ids`; those who were deleted are not there.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn members(&self, tenant: TenantId, ids: &[MemberId]) -> Result<Vec<Member>> {
        by_ids(self, tenant, ids).await
    }

    /// One page of the members, by name.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn member_page(
        &self,
        tenant: TenantId,
        filter: &MemberFilter,
        request: &PageRequest<MemberCursor>,
    ) -> Result<Page<Member>> {
        let columns = [Column::NameKey, Column::Id];
        let select = slice(filtered(tenant, filter), &columns, false, request, |cursor| {
            vec![cursor.name_key.clone().into(), cursor.id.0.into()]
        });
        let found = members(select).all(self.connection()).await?.into_iter().map(member);
        let found = found.collect::<Result<Vec<_>>>()?;
        Ok(Page::from_found(found, request))
    }

    /// How many members the list has.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn member_count(&self, tenant: TenantId, filter: &MemberFilter) -> Result<u64> {
        Ok(filtered(tenant, filter).count(self.connection()).await?)
    }

    /// Whether ids tie rows to members already.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn any_member_has_unique_id(&self, tenant: TenantId) -> Result<bool> {
        let found =
            there(tenant).filter(Column::UniqueId.is_not_null()).select_only().column(Column::Id).limit(1);
        Ok(found.into_tuple::<uuid::Uuid>().one(self.connection()).await?.is_some())
    }

    /// Where the tenant's members among `ids` stand in the list, which is by name.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn member_places(&self, tenant: TenantId, ids: &[MemberId]) -> Result<Vec<MemberCursor>> {
        let backend = ConnectionTrait::get_database_backend(self.connection());
        let mut places = Vec::with_capacity(ids.len());
        for ids in ids.chunks(bulk::ids_max(backend)) {
            let is_one = bulk::is_one_of(backend, Column::Id, ids.iter().map(|id| id.0));
            let rows = there(tenant).filter(is_one).select_only().columns([Column::NameKey, Column::Id]);
            let found = rows.into_tuple::<(String, Uuid)>().all(self.connection()).await?;
            places
                .extend(found.into_iter().map(|(name_key, id)| MemberCursor { name_key, id: MemberId(id) }));
        }
        Ok(places)
    }
}

impl Tx {
    /// The tenant's members among `ids`; those who were deleted are not there.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn members(&self, tenant: TenantId, ids: &[MemberId]) -> Result<Vec<Member>> {
        by_ids(self, tenant, ids).await
    }

    /// Writes members as they now are.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`](super::StoreError::Duplicate) if two would have one id or address, or else if the database cannot be
    /// written.
    pub async fn write_members(&self, members: MemberRows) -> Result<()> {
        bulk::execute(&self.inner, members.0).await
    }

    /// Counts the tenant's members anew, and notes that they have changed.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn recount_members(&self, tenant: TenantId) -> Result<()> {
        use entity::tenants;
        // Who is gone is passed over here and not before, so that members are read in their own order, not in an index's.
        let counts = Entity::of(tenant)
            .select_only()
            .column_as(Expr::cust("COUNT(CASE WHEN deleted_at IS NULL THEN 1 END)"), "found")
            .column_as(Expr::cust("COUNT(CASE WHEN deleted_at IS NULL AND active THEN 1 END)"), "active")
            .into_tuple::<(i64, i64)>()
            .one(&self.inner)
            .await?;
        let (all, active) = counts.unwrap_or_default();
        tenants::Entity::update_many()
            .col_expr(tenants::Column::ActiveCount, Expr::val(active as i32))
            .col_expr(tenants::Column::InactiveCount, Expr::val((all - active) as i32))
            .col_expr(tenants::Column::RosterVersion, Expr::col(tenants::Column::RosterVersion).add(1))
            .filter(tenants::Column::Id.eq(tenant.0))
            .exec(&self.inner)
            .await?;
        Ok(())
    }

    /// Forgets members who were deleted before `before`, of any tenant, `limit` at most. Answers how many.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn purge_members(&self, before: Timestamp, limit: u64) -> Result<u64> {
        use sea_orm::sea_query::Expr as E;
        let doomed = Query::select()
            .columns([Column::TenantId, Column::Id])
            .from(Entity)
            .and_where(E::col(Column::DeletedAt).lt(before.0))
            .limit(limit)
            // One who is coming back just now is not forgotten.
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .to_owned();
        let delete = Query::delete()
            .from_table(Entity)
            .and_where(E::tuple([E::col(Column::TenantId), E::col(Column::Id)]).in_subquery(doomed))
            .to_owned();
        Ok(self.inner.execute(&delete).await?.rows_affected())
    }
}
