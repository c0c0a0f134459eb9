//! Variables that must have a value and have none.
//!
//! async-graphql finds out while it executes, if at all; the specification wants it known before.

use async_graphql::{Value, Variables, parser::types::OperationDefinition};

use crate::http::transport::refusal::{Code, Refusal};

/// Refuses an operation one of whose required variables is missing or null.
pub(in crate::http::transport) fn check(
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<(), Refusal> {
    for definition in &operation.variable_definitions {
        let (name, wanted) = (&definition.node.name.node, &definition.node.var_type.node);
        let missing = match variables.get(name) {
            None => definition.node.default_value.is_none(),
            Some(value) => *value == Value::Null,
        };
        if missing && !wanted.nullable {
            let sentence = format!("The variable ${name} of type {wanted} has no value.");
            return Err(Refusal::request(Code::BadUserInput, sentence).at([definition.pos]));
        }
    }
    Ok(())
}
