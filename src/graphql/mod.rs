//! The GraphQL adapter: it parses, calls one use case, and wraps what comes back. No rule is here.
//!
//! Names and types are those of the contract that frontends are written against; `schema.graphql` is what
//! [`sdl`] prints.

mod audited;
mod error;
mod ids;
mod inputs;
mod loaders;
mod mutation;
mod page;
mod query;
mod scalars;
mod session;
mod subscription;
mod types;
mod validating;

use std::sync::Arc;

use async_graphql::{SDLExportOptions, Schema};

pub use error::Code;
pub use loaders::with_loaders;
pub use session::Session;
pub use subscription::{Opened, Turn};
use validating::Validating;

use crate::app::App;

/// How deep selections may be nested, fragments among them: async-graphql walks down each.
pub const NESTED_SELECTIONS_MAX: usize = 64;

/// The executable schema.
pub type MusterSchema = Schema<query::Query, mutation::Mutation, subscription::Subscription>;

/// What an operator has set about the schema.
#[derive(Debug, Clone, Copy)]
pub struct SchemaOptions {
    /// Whether clients may ask what the schema is.
    pub introspection: bool,
    /// Whether a misspelled name is answered with one that exists.
    pub suggestions: bool,
}

impl Default for SchemaOptions {
    fn default() -> Self {
        Self { introspection: true, suggestions: true }
    }
}

/// The schema over the program.
#[must_use]
pub fn schema(app: Arc<App>, options: SchemaOptions) -> MusterSchema {
    let mut builder = builder().data(app);
    if !options.introspection {
        builder = builder.disable_introspection();
    }
    if !options.suggestions {
        builder = builder.disable_suggestions();
    }
    builder.finish()
}

/// The schema, to validate operations that are not executed.
#[must_use]
pub fn validating_schema() -> MusterSchema {
    builder().extension(Validating).finish()
}

/// The schema in the schema definition language.
#[must_use]
pub fn sdl() -> String {
    builder().finish().sdl_with_options(SDLExportOptions::new().prefer_single_line_descriptions())
}

fn builder() -> async_graphql::SchemaBuilder<query::Query, mutation::Mutation, subscription::Subscription> {
    Schema::build(query::Query, mutation::Mutation, subscription::Subscription)
        .register_output_type::<types::Node>()
        .limit_recursive_depth(NESTED_SELECTIONS_MAX)
}
