//! Muster's database rows: columns and types, no rules. `muster::store` alone uses them.

#![allow(missing_docs, reason = "what the derives add cannot be documented")]

pub mod action_blocks;
pub mod decision_blocks;
pub mod held_rows;
pub mod import_log;
pub mod import_mappings;
pub mod imports;
pub mod members;
pub mod plan_counts;
pub mod plans;
pub mod profile_fields;
pub mod progress;
pub mod row_issues;
pub mod tenants;
pub mod users;
pub mod work;
