//! What a document may cost, found out before async-graphql looks at it.
//!
//! Four looks, each cheap in the size of the text: [`text`] before the parser, which would
//! overflow its stack; [`expansion`] after it, because fragments expand exponentially in every
//! later check; [`nodes`] for pages inside of pages, which multiply; [`variables`] for what the
//! specification wants known before execution.

pub(super) mod expansion;
pub(super) mod nodes;
pub(super) mod text;
pub(super) mod variables;
