//! Reading a tenant's rows: the one file that starts a query on an entity.

#![allow(clippy::disallowed_methods, reason = "here the tenant is added to what clippy.toml bans elsewhere")]

use entity::{import_log, import_mappings, imports, members, plans, profile_fields, users};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select};

use crate::domain::id::{PlanId, TenantId};

/// A table whose rows have a tenant.
pub(super) trait OfTenant: EntityTrait {
    /// The column that says whose a row is.
    const TENANT: Self::Column;

    /// The rows of one tenant.
    fn of(tenant: TenantId) -> Select<Self> {
        Self::find().filter(Self::TENANT.eq(tenant.0))
    }
}

macro_rules! of_tenant {
    ($($table:ident),+) => {$(
        impl OfTenant for $table::Entity {
            const TENANT: $table::Column = $table::Column::TenantId;
        }
    )+};
}

of_tenant!(import_log, import_mappings, imports, members, plans, profile_fields, users);

/// The plan `plan` if it is the tenant's, for tables that are a plan's: they are reached through it.
pub(super) fn plan_of(tenant: TenantId, plan: PlanId) -> sea_orm::sea_query::SelectStatement {
    let owned = plans::Entity::of(tenant).filter(plans::Column::Id.eq(plan.0));
    owned.select_only().column(plans::Column::Id).into_query()
}

/// Rows of any tenant: for signing in, where the tenant is what is looked for.
pub(super) fn tenants() -> Select<entity::tenants::Entity> {
    entity::tenants::Entity::find()
}
