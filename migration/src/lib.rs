//! Muster's database schema, change by change: one file for each, with the way up and the way down.

pub use sea_orm_migration::prelude::MigratorTrait;
use sea_orm_migration::prelude::{MigrationTrait, async_trait};

mod m20261123_000001_membership_imports;
mod m20261123_000002_several_servers;
mod m20261123_000003_editions;
mod m20261128_000001_action_blocks;
mod m20261128_000002_members_by_name;
mod m20261129_000001_room_for_updates;

/// All changes, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_membership_imports::Migration),
            Box::new(m20261123_000002_several_servers::Migration),
            Box::new(m20261123_000003_editions::Migration),
            Box::new(m20261128_000001_action_blocks::Migration),
            Box::new(m20261128_000002_members_by_name::Migration),
            Box::new(m20261129_000001_room_for_updates::Migration),
        ]
    }
}
