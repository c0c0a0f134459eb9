//! Reading a tenant's rows: the one file that starts a query on an entity.

#![allow(clippy::disallowed_methods, reason = "here the tenant is added to what clippy.toml bans elsewhere")]

use entity::{import_log, import_mappings, imports, members, plans, profile_fields, progress, users};
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement, SimpleExpr};
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

of_tenant!(import_log, import_mappings, imports, members, plans, profile_fields, progress, users);

/// Those of `plans` that are the tenant's, for tables that are a plan's: they are reached through it.
pub(super) fn plans_of(tenant: TenantId, plans: &[PlanId]) -> SelectStatement {
    let owned = plans::Entity::of(tenant).filter(one_of(Expr::col(plans::Column::Id), plans));
    owned.select_only().column(plans::Column::Id).into_query()
}

/// Whether `id` is that of one of `plans`. Of one it is an equation, by which rows are known to be in order.
pub(super) fn one_of(id: SimpleExpr, plans: &[PlanId]) -> SimpleExpr {
    match plans {
        [plan] => id.eq(plan.0),
        _ => id.is_in(plans.iter().map(|plan| plan.0)),
    }
}

/// Rows of any tenant: for signing in, where the tenant is what is looked for.
pub(super) fn tenants() -> Select<entity::tenants::Entity> {
    entity::tenants::Entity::find()
}
