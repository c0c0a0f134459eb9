//! Variables that must have a value and have none, and values that are no text.
//!
//! async-graphql finds the first out while it executes, if at all; the specification wants it known before.

use async_graphql::{Value, Variables, parser::types::OperationDefinition};

use crate::http::transport::refusal::{Code, Refusal};

/// Refuses an operation one of whose required variables is missing or null, or one of whose values has U+0000 in it:
/// PostgreSQL has no such text.
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
    for (name, value) in variables.iter() {
        if has_nul(value) {
            let sentence =
                format!("The variable ${name} has a text with U+0000 in it, which no text here has.");
            return Err(Refusal::request(Code::BadUserInput, sentence));
        }
    }
    Ok(())
}

/// As deep as the JSON that it comes from, which is bounded by its parser.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::List(values) => values.iter().any(has_nul),
        Value::Object(fields) => fields.values().any(has_nul),
        _ => false,
    }
}
