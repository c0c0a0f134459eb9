//! Variables: those that must have a value and have none, values that are no text, and what they come to where they are used.
//!
//! async-graphql finds the first out while it executes, if at all; the specification wants it known before. And it copies a
//! variable wherever it is used: 32 kB in a list of 900 times the same variable are a gigabyte.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, Value, Variables,
    parser::types::{Directive, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};

use crate::http::transport::{
    limits::TransportLimits,
    refusal::{Code, Refusal},
};

/// Refuses an operation one of whose required variables is missing or null, one of whose values has U+0000 in it
/// (PostgreSQL has no such text), or whose values come to too much where they are used. Its document has passed
/// [`expansion`](super::expansion), so that no fragment spreads itself.
pub(in crate::http::transport) fn check(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    limits: &TransportLimits,
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
    let most = limits.variables_bytes_max;
    if weight(document, operation, variables) > most as u64 {
        let sentence = format!(
            "The variables come to more than {most} bytes and values, each counted as often as it is used."
        );
        return Err(Refusal::request(Code::LimitExceeded, sentence));
    }
    Ok(())
}

/// Refuses a subscription whose variables are long: they are kept for as long as it lasts.
pub(in crate::http::transport) fn check_lasting(
    variables: &Variables,
    limits: &TransportLimits,
) -> Result<(), Refusal> {
    let bytes: u64 = variables.iter().map(|(name, value)| name.len() as u64 + weigh(value)).sum();
    let most = limits.subscription_variables_bytes_max;
    if bytes <= most as u64 {
        return Ok(());
    }
    let sentence = format!("The variables of a subscription come to more than {most} bytes and values.");
    Err(Refusal::request(Code::LimitExceeded, sentence))
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

/// What a value comes to: its values and the bytes of its texts. That is never more than it takes as JSON.
fn weigh(value: &Value) -> u64 {
    1 + match value {
        Value::String(text) => text.len() as u64,
        Value::Enum(name) => name.len() as u64,
        Value::Binary(bytes) => bytes.len() as u64,
        Value::List(values) => values.iter().map(weigh).sum(),
        Value::Object(fields) => fields.iter().map(|(key, value)| key.len() as u64 + weigh(value)).sum(),
        Value::Null | Value::Number(_) | Value::Boolean(_) => 0,
    }
}

/// What all variables come to where they are used: in what is executed, with the fragments spread, or in the text that is
/// validated, whichever is more.
fn weight(document: &ExecutableDocument, operation: &OperationDefinition, variables: &Variables) -> u64 {
    let weights: HashMap<&Name, u64> = operation
        .variable_definitions
        .iter()
        .map(|definition| {
            let name = &definition.node.name.node;
            let default = definition.node.default_value.as_ref().map_or(0, |value| weigh(&value.node));
            (name, variables.get(name).map_or(default, weigh))
        })
        .collect();
    let mut uses = Uses { document, weights: &weights, fragments: Some(HashMap::new()) };
    let executed = uses.operation(operation);
    uses.fragments = None;
    let fragments = document.fragments.values();
    let validated = uses.operation(operation)
        + fragments
            .map(|fragment| {
                uses.directives(&fragment.node.directives) + uses.set(&fragment.node.selection_set.node)
            })
            .sum::<u64>();
    executed.max(validated)
}

/// Weighs the variables where they are used.
struct Uses<'a> {
    document: &'a ExecutableDocument,
    weights: &'a HashMap<&'a Name, u64>,
    /// What is used in each fragment, once it is known; none if they are not spread.
    fragments: Option<HashMap<&'a Name, u64>>,
}

impl<'a> Uses<'a> {
    fn operation(&mut self, operation: &'a OperationDefinition) -> u64 {
        let definitions = operation.variable_definitions.iter();
        self.directives(&operation.directives)
            + definitions.map(|definition| self.directives(&definition.node.directives)).sum::<u64>()
            + self.set(&operation.selection_set.node)
    }

    fn set(&mut self, set: &'a SelectionSet) -> u64 {
        let mut total: u64 = 0;
        for selection in &set.items {
            let uses = match &selection.node {
                Selection::Field(field) => {
                    self.arguments(&field.node) + self.set(&field.node.selection_set.node)
                }
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
            };
            total += uses + self.directives(selection.node.directives());
        }
        total
    }

    fn fragment(&mut self, name: &'a Name) -> u64 {
        let Some(known) = &self.fragments else { return 0 };
        if let Some(uses) = known.get(name) {
            return *uses;
        }
        let Some(fragment) = self.document.fragments.get(name) else { return 0 };
        let uses = self.directives(&fragment.node.directives) + self.set(&fragment.node.selection_set.node);
        if let Some(known) = &mut self.fragments {
            known.insert(name, uses);
        }
        uses
    }

    fn arguments(&self, field: &Field) -> u64 {
        let mut total = 0;
        for (_, value) in &field.arguments {
            // The one way to look into an argument: it is copied as it is written, and nothing is put into it.
            let _ = value.node.clone().into_const_with(|name| self.used(&name, &mut total));
        }
        total
    }

    fn directives(&self, directives: &[Positioned<Directive>]) -> u64 {
        let mut total = 0;
        for (_, value) in directives.iter().flat_map(|directive| &directive.node.arguments) {
            let _ = value.node.clone().into_const_with(|name| self.used(&name, &mut total));
        }
        total
    }

    #[allow(clippy::unnecessary_wraps, reason = "what goes through an argument takes it so")]
    fn used(&self, name: &Name, total: &mut u64) -> Result<Value, ()> {
        *total += self.weights.get(name).copied().unwrap_or_default();
        Ok(Value::Null)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::{parse_query, types::DocumentOperations};
    use serde_json::json;

    use super::*;

    fn weighed(text: &str, variables: serde_json::Value) -> u64 {
        let document = parse_query(text).expect("the text is GraphQL");
        let DocumentOperations::Single(operation) = &document.operations else { panic!("it is one") };
        weight(&document, &operation.node, &Variables::from_json(variables))
    }

    #[test]
    fn values_and_their_bytes_count() {
        let text = "query($a:A){b(c:$a)}";
        assert_eq!(weighed(text, json!({ "a": 1 })), 1);
        assert_eq!(weighed(text, json!({ "a": "four" })), 5);
        assert_eq!(weighed(text, json!({ "a": [null, true, {}] })), 4);
        assert_eq!(weighed(text, json!({ "a": { "key": "four" } })), 1 + 3 + 5);
        assert_eq!(weighed(text, json!({ "z": "not declared" })), 0);
        assert_eq!(weighed("query($a:A=[1 2]){b(c:$a)}", json!({})), 3);
    }

    #[test]
    fn every_use_counts() {
        let ten = json!({ "a": "123456789" });
        let count = |text: &str| weighed(text, ten.clone());
        assert_eq!(count("query($a:A){b}"), 0);
        assert_eq!(count("query($a:A){b(c:$a d:[$a {e:$a}]) f(g:$a) h @i(j:$a)}"), 50);
        assert_eq!(count("query($a:A)@b(c:$a){d{...{e(f:$a)}}}"), 20);
        assert_eq!(count("query($a:A){...b ...b} fragment b on Q{...c ...c} fragment c on Q{d(e:$a)}"), 40);
        assert_eq!(
            count("query($a:A){b(c:$a)} fragment d on Q{e(f:$a) g(h:$a)}"),
            30,
            "what is only validated"
        );
    }

    #[test]
    fn fragments_that_double_are_weighed_in_no_time() {
        let mut text = String::from("query($a:A){...f0}");
        for i in 0..50 {
            text += &format!("fragment f{i} on Q{{...f{} ...f{}}}", i + 1, i + 1);
        }
        text += "fragment f50 on Q{b(c:$a)}";
        assert_eq!(weighed(&text, json!({ "a": 1 })), 1 << 50);
    }
}
