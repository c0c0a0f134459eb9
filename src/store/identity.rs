//! Tenants and users, as their tokens say.

use entity::{tenants, users};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Set};

use super::scope::{OfTenant, tenants};
use super::{Db, Result, Store, Tx};
use crate::domain::field::BUILT_IN_FIELDS;
use crate::domain::id::{FieldId, TenantId, UserId};
use crate::domain::timestamp::Timestamp;

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Identity.
    pub id: TenantId,
    /// Name in tokens.
    pub slug: String,
    /// Name for people.
    pub name: String,
    /// Active members.
    pub active_count: u32,
    /// Inactive members.
    pub inactive_count: u32,
    /// Rises whenever an import is applied.
    pub roster_version: i64,
}

/// Somebody who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Identity.
    pub id: UserId,
    /// The `sub` of their tokens.
    pub subject: String,
    /// As their last token said.
    pub name: Option<String>,
    /// As their last token said.
    pub email: Option<String>,
}

/// A user as a token says.
#[derive(Debug, Clone)]
pub struct NewUser<'a> {
    /// The `sub`.
    pub subject: &'a str,
    /// If the token says it.
    pub name: Option<&'a str>,
    /// If the token says it.
    pub email: Option<&'a str>,
}

fn tenant(row: tenants::Model) -> Tenant {
    Tenant {
        id: TenantId(row.id),
        slug: row.slug,
        name: row.name,
        active_count: row.active_count.unsigned_abs(),
        inactive_count: row.inactive_count.unsigned_abs(),
        roster_version: row.roster_version,
    }
}

fn user(row: users::Model) -> User {
    User { id: UserId(row.id), subject: row.subject, name: row.name, email: row.email }
}

impl Store {
    /// The tenant with this slug.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn tenant_by_slug(&self, slug: &str) -> Result<Option<Tenant>> {
        let found = tenants().filter(tenants::Column::Slug.eq(slug)).one(self.connection()).await?;
        Ok(found.map(tenant))
    }

    /// The tenant's user with this subject.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn user_by_subject(&self, of: TenantId, subject: &str) -> Result<Option<User>> {
        let found = users::Entity::of(of).filter(users::Column::Subject.eq(subject));
        Ok(found.one(self.connection()).await?.map(user))
    }

    /// The tenant's users among `ids`.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn users(&self, of: TenantId, ids: &[UserId]) -> Result<Vec<User>> {
        let ids = ids.iter().map(|id| id.0);
        let found = users::Entity::of(of).filter(users::Column::Id.is_in(ids)).all(self.connection()).await?;
        Ok(found.into_iter().map(user).collect())
    }
}

/// The tenant itself.
///
/// # Errors
/// If the database cannot be read.
pub(super) async fn tenant_by_id<D: Db>(db: &D, id: TenantId) -> Result<Option<Tenant>> {
    let found = tenants().filter(tenants::Column::Id.eq(id.0)).one(db.connection()).await?;
    Ok(found.map(tenant))
}

impl Store {
    /// The tenant itself.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>> {
        tenant_by_id(self, id).await
    }
}

impl Store {
    /// The edition of what the tenant's history shows: its imports and its users. It rises with each change of them, in the
    /// same transaction.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn edition(&self, id: TenantId) -> Result<i64> {
        let edition = tenants().select_only().column(tenants::Column::Edition);
        let found =
            edition.filter(tenants::Column::Id.eq(id.0)).into_tuple::<i64>().one(self.connection()).await?;
        Ok(found.unwrap_or_default())
    }
}

impl Tx {
    pub(super) async fn raise_edition(&self, tenant: TenantId) -> Result<()> {
        tenants::Entity::update_many()
            .col_expr(tenants::Column::Edition, Expr::col(tenants::Column::Edition).add(1))
            .filter(tenants::Column::Id.eq(tenant.0))
            .exec(&self.inner)
            .await?;
        Ok(())
    }

    /// The tenant with this slug.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn tenant_by_slug(&self, slug: &str) -> Result<Option<Tenant>> {
        let found = tenants().filter(tenants::Column::Slug.eq(slug)).one(&self.inner).await?;
        Ok(found.map(tenant))
    }

    /// The tenant itself.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>> {
        tenant_by_id(self, id).await
    }

    /// Brings a tenant with its built-in fields into being, unless another one did in between.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn create_tenant(
        &self,
        id: TenantId,
        slug: &str,
        fields: impl Iterator<Item = FieldId>,
        now: Timestamp,
    ) -> Result<()> {
        let row = tenants::ActiveModel {
            id: Set(id.0),
            slug: Set(slug.to_owned()),
            name: Set(slug.to_owned()),
            created_at: Set(now.0),
            log_seq: Set(0),
            edition: Set(0),
            roster_version: Set(0),
            active_count: Set(0),
            inactive_count: Set(0),
        };
        let created = tenants::Entity::insert(row)
            .on_conflict(OnConflict::column(tenants::Column::Slug).do_nothing().to_owned())
            .exec_without_returning(&self.inner)
            .await?;
        if created == 0 {
            return Ok(());
        }
        for (position, (field, id_of_field)) in BUILT_IN_FIELDS.iter().zip(fields).enumerate() {
            self.insert_built_in_field(id, id_of_field, position as i32, field).await?;
        }
        Ok(())
    }

    /// Brings a user into being, or takes over the name and email of a newer token.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn upsert_user(
        &self,
        of: TenantId,
        id: UserId,
        new: &NewUser<'_>,
        now: Timestamp,
    ) -> Result<()> {
        self.lock_tenant(of).await?;
        let existing = users::Entity::of(of).filter(users::Column::Subject.eq(new.subject));
        if let Some(found) = existing.one(&self.inner).await? {
            let mut row: users::ActiveModel = found.into();
            row.name = Set(new.name.map(str::to_owned));
            row.email = Set(new.email.map(str::to_owned));
            row.update(&self.inner).await?;
            return self.raise_edition(of).await;
        }
        let row = users::ActiveModel {
            tenant_id: Set(of.0),
            id: Set(id.0),
            subject: Set(new.subject.to_owned()),
            name: Set(new.name.map(str::to_owned)),
            email: Set(new.email.map(str::to_owned)),
            created_at: Set(now.0),
        };
        users::Entity::insert(row).exec_without_returning(&self.inner).await?;
        Ok(())
    }
}
