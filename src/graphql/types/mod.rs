//! Output types: each wraps a value of the domain.

mod action;
mod enums;
mod field;
mod file;
mod import;
mod issue;
mod mapping;
mod member;
mod payloads;
mod plan;
mod user_error;
mod viewer;

use async_graphql::Interface;

pub use action::{ProfileAction, ProfileActionConnection};
pub use enums::*;
pub use field::ProfileField;
pub use import::{ImportEvent, MembershipImport, MembershipImportConnection, TenantImportsEvent};
pub use member::{Member, MemberConnection};
pub use payloads::*;
pub use plan::ImportPlan;
pub use user_error::UserError;
pub use viewer::{Tenant, User, Viewer};

/// Something that can be looked up by its id alone.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "async_graphql::ID", desc = "Opaque, globally unique, stable."))]
pub enum Node {
    /// A tenant.
    Tenant(Tenant),
    /// A user.
    User(User),
    /// An import.
    MembershipImport(MembershipImport),
    /// A plan.
    ImportPlan(ImportPlan),
    /// A profile action.
    ProfileAction(ProfileAction),
    /// A member.
    Member(Member),
}
