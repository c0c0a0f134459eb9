//! What a document may cost, found out before async-graphql looks at it.
//!
//! Three looks, each cheap in the size of the text: [`text`] before the parser, which would
//! overflow its stack; [`expansion`] after it, because fragments expand exponentially in every
//! later check; [`variables`] for what the specification wants known before execution.
//!
//! Still to come, here and after `expansion`: `first` and `last`, as literals or variables,
//! multiplied through the nesting, against a bound on nodes.

pub(super) mod expansion;
pub(super) mod text;
pub(super) mod variables;
