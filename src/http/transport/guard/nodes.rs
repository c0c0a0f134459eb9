//! Counts how many nodes an operation may ask for: `first: 200` inside of `first: 200` is 40,000.

use async_graphql::{
    Value, Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};

use crate::http::transport::{
    limits::TransportLimits,
    refusal::{Code, Refusal},
};

/// Items on a page of which the operation does not say how many it wants.
const PAGE_NODES: u64 = 50;
/// What a count of a whole list is worth: the database walks through all of it.
const COUNT_NODES: u64 = 200;
/// Lists without pages, and what they count for: what they usually have, as nobody can ask for less of them.
const LISTS: [(&str, u64); 16] = [
    // Of a mapping.
    ("columns", 50),
    ("samples", 5),
    ("values", 20),
    // Of fields, members and actions.
    ("profileFields", 50),
    ("choices", 50),
    ("attributes", 20),
    ("changes", 20),
    ("warnings", 5),
    ("actions", 20),
    // Of the schema, whose types lead to each other in circles.
    ("types", 60),
    ("fields", 5),
    ("inputFields", 5),
    ("enumValues", 5),
    ("possibleTypes", 5),
    ("directives", 5),
    ("args", 2),
];

/// Refuses an operation that may be answered with too many nodes, and says with how many it may be. Its document has passed
/// [`expansion`](super::expansion), so that it is short, and no fragment spreads itself.
pub(in crate::http::transport) fn check(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    limits: &TransportLimits,
) -> Result<u64, Refusal> {
    let mut counter = Counter { document, operation, variables, limits, pages: Vec::new(), total: 0 };
    counter.set(&operation.selection_set.node, Times { here: 1, list: 1 })?;
    Ok(counter.total)
}

/// How often something is answered.
#[derive(Debug, Clone, Copy)]
struct Times {
    /// What is selected.
    here: u64,
    /// The list that it is selected of, if it is one.
    list: u64,
}

struct Counter<'a> {
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    limits: &'a TransportLimits,
    /// The lists around what is being counted.
    pages: Vec<(&'a str, u64)>,
    total: u64,
}

impl<'a> Counter<'a> {
    /// Counts what is selected so many times.
    fn set(&mut self, set: &'a SelectionSet, times: Times) -> Result<(), Refusal> {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => self.field(&field.node, times)?,
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node, times)?,
                Selection::FragmentSpread(spread) => {
                    // One that does not exist costs nothing; validation names it.
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        self.set(&fragment.node.selection_set.node, times)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn field(&mut self, field: &'a Field, times: Times) -> Result<(), Refusal> {
        if field.name.node == "totalCount" {
            return self.add(times.list.saturating_mul(COUNT_NODES));
        }
        let list = times.here;
        let Some(count) = self.count(field) else {
            return self.set(&field.selection_set.node, Times { here: list, list });
        };
        let here = list.saturating_mul(count);
        self.pages.push((&field.name.node, count));
        self.add(here)?;
        self.set(&field.selection_set.node, Times { here, list })?;
        self.pages.pop();
        Ok(())
    }

    fn add(&mut self, nodes: u64) -> Result<(), Refusal> {
        self.total = self.total.saturating_add(nodes);
        if self.total > self.limits.nodes_max { Err(self.refusal()) } else { Ok(()) }
    }

    /// How many nodes a field may answer, if it answers several.
    fn count(&self, field: &Field) -> Option<u64> {
        if let Some(count) = self.number(field, "first").max(self.number(field, "last")) {
            return Some(count);
        }
        let name = field.name.node.as_str();
        let list = LISTS.iter().find(|(list, _)| *list == name).map(|(_, count)| *count);
        list.or_else(|| self.is_page(&field.selection_set.node).then_some(PAGE_NODES))
    }

    /// A page is known by what is asked of it.
    fn is_page(&self, set: &SelectionSet) -> bool {
        set.items.iter().any(|selection| match &selection.node {
            Selection::Field(field) => matches!(field.node.name.node.as_str(), "nodes" | "edges"),
            Selection::InlineFragment(inline) => self.is_page(&inline.node.selection_set.node),
            Selection::FragmentSpread(spread) => {
                let fragment = self.document.fragments.get(&spread.node.fragment_name.node);
                fragment.is_some_and(|fragment| self.is_page(&fragment.node.selection_set.node))
            }
        })
    }

    /// The number in an argument. What is none is refused later on; null is as good as nothing. No variable is copied: an
    /// argument may be a list of the same large one, a thousand times.
    fn number(&self, field: &Field, argument: &str) -> Option<u64> {
        let value = field.get_argument(argument)?.node.clone();
        let number = |value: &Value| match value {
            Value::Number(number) => Some(number.as_u64().unwrap_or_default()),
            _ => None,
        };
        let number = match value.into_const_with(Err) {
            Ok(value) => number(&value),
            Err(name) => self.variable(&name).and_then(number),
        };
        Some(number.unwrap_or(PAGE_NODES))
    }

    fn variable(&self, name: &str) -> Option<&'a Value> {
        self.variables.get(name).or_else(|| {
            let definitions = &self.operation.variable_definitions;
            let definition = definitions.iter().find(|definition| definition.node.name.node == name)?;
            definition.node.default_value.as_ref().map(|value| &value.node)
        })
    }

    fn refusal(&self) -> Refusal {
        let pages: Vec<_> = self.pages.iter().map(|(name, count)| format!("{count} in `{name}`")).collect();
        let last = match pages.is_empty() {
            true => format!("a `totalCount` counts for {COUNT_NODES}"),
            false => pages.join(", for each "),
        };
        let sentence = format!(
            "The operation may be answered with more than {} nodes ({last}): ask for less at once, with `first` or `last`.",
            self.limits.nodes_max,
        );
        Refusal::request(Code::LimitExceeded, sentence)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::{parse_query, types::DocumentOperations};
    use serde_json::json;

    use super::*;

    fn counted(text: &str, variables: serde_json::Value) -> Result<u64, String> {
        let document = parse_query(text).expect("the text is GraphQL");
        let operation = match &document.operations {
            DocumentOperations::Single(only) => &only.node,
            DocumentOperations::Multiple(many) => &many["a"].node,
        };
        let checked =
            check(&document, operation, &Variables::from_json(variables), &TransportLimits::default());
        checked.map_err(|refusal| refusal.message.into_owned())
    }

    fn count(text: &str) -> u64 {
        counted(text, json!({})).expect("it is within the bound")
    }

    #[test]
    fn pages_multiply() {
        assert_eq!(count("{a{b c}}"), 0);
        assert_eq!(count("{a(first:20){nodes{b}}}"), 20);
        assert_eq!(count("{a(last:20){edges{node{b}}}}"), 20);
        assert_eq!(count("{a{nodes{b}}}"), 50);
        assert_eq!(
            count("{a(first:20){nodes{b(first:30){nodes{c}} d(last:5){totalCount}}}}"),
            20 + 600 + 100 + 20 * COUNT_NODES
        );
        assert_eq!(count("{a(first:2){nodes{m{columns{h values{v}}}}}}"), 2 + 100 + 2_000);
    }

    #[test]
    fn counts_of_whole_lists_are_worth_many_nodes() {
        assert_eq!(count("{a(first:5){totalCount}}"), 5 + COUNT_NODES);
        assert_eq!(count("{a(first:5){nodes{b} ...on C{totalCount}}}"), 5 + COUNT_NODES);
        assert_eq!(count("{x{a(first:5){nodes{b{c(first:2){totalCount}}}}}}"), 5 + 10 + 5 * COUNT_NODES);
        let many = |times: usize| {
            format!(
                "{{{}}}",
                (0..times).map(|n| format!("a{n}:a(first:1){{totalCount}}")).collect::<String>()
            )
        };
        assert_eq!(count(&many(49)), 49 * (1 + COUNT_NODES));
        assert!(counted(&many(50), json!({})).is_err());
    }

    #[test]
    fn the_schema_is_not_walked_in_circles() {
        let circles = |count: usize| {
            format!("{{__schema{{types{{{}name{}}}}}}}", "fields{type{".repeat(count), "}}".repeat(count))
        };
        assert_eq!(count(&circles(3)), 60 + 300 + 1_500 + 7_500);
        assert!(counted(&circles(4), json!({})).is_err());
    }

    #[test]
    fn fragments_are_what_they_hold() {
        assert_eq!(count("{...f ...f} fragment f on Q{a{...g}} fragment g on P{...on P{nodes{b}}}"), 100);
        assert_eq!(
            count("query a{a(first:2){nodes{b}}} query b{a(first:200){nodes{a(first:200){nodes{b}}}}}"),
            2
        );
    }

    #[test]
    fn variables_and_their_defaults_count() {
        let text = "query($n:Int=7 $m:Int){a(first:$n){nodes{b(first:$m){nodes{c}}}}}";
        assert_eq!(counted(text, json!({})), Ok(7 + 350));
        assert_eq!(counted(text, json!({ "m": null })), Ok(7 + 350));
        assert_eq!(counted(text, json!({ "n": 3, "m": 4 })), Ok(3 + 12));
        assert!(counted(text, json!({ "n": 200, "m": 200 })).is_err());
        assert!(counted(text, json!({ "n": u64::MAX, "m": u64::MAX })).is_err());
        assert_eq!(counted("query($n:Int){a(first:[$n $n]){b}}", json!({ "n": [1] })), Ok(PAGE_NODES));
    }

    #[test]
    fn the_bound_holds_at_the_limit_and_not_one_over_it_and_names_the_fields() {
        assert_eq!(count("{a(first:100){nodes{b(first:99){nodes{c}}}}}"), 10_000);
        let sentence = counted("{a(first:100){nodes{p{b(first:99){nodes{c}}}}} d(first:1){x}}", json!({}));
        assert!(sentence.as_ref().is_err_and(|sentence| sentence.contains("(1 in `d`)")), "{sentence:?}");
        let sentence = counted("{imports(first:200){nodes{plan{things{nodes{c}}}}}}", json!({}));
        let named = "(200 in `imports`, for each 50 in `things`)";
        assert!(sentence.as_ref().is_err_and(|sentence| sentence.contains(named)), "{sentence:?}");
    }
}
