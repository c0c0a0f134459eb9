//! Counts what a document comes to when its fragments are spread.
//!
//! 700 bytes of fragments that spread each other twice expand to millions of selections, and every
//! check of async-graphql walks them. Here each fragment is counted once and remembered.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::rc::Rc;

use async_graphql::{
    Positioned,
    parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet},
};

use crate::http::transport::{
    limits::TransportLimits,
    refusal::{Code, Refusal},
};

/// Refuses a document that expands beyond a bound, and says to how many selections it expands. Operations that will not
/// run count as well, because validation visits them all.
pub(in crate::http::transport) fn check(
    document: &ExecutableDocument,
    limits: &TransportLimits,
) -> Result<usize, Refusal> {
    let mut counter = Counter { document, limits, fragments: HashMap::new() };
    let mut total = Cost::default();
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        total.directives += counter.directives(&operation.directives)?;
        for variable in &operation.variable_definitions {
            total.directives += counter.directives(&variable.node.directives)?;
        }
        let cost = counter.set(&operation.selection_set.node, &mut Keys::default())?;
        total.add(cost, limits)?;
        // Only here: what is deep inside of an introspection may be.
        within(total.depth, limits.depth_fields_max, "levels of fields")?;
        within(total.nested, limits.nested_selections_max, "levels of selections")?;
    }
    // Also the fragments that no operation spreads: each is validated by itself.
    for name in document.fragments.keys() {
        counter.fragment(name)?;
    }
    Ok(total.selections)
}

#[derive(Debug, Default, Clone, Copy)]
struct Cost {
    selections: usize,
    depth: usize,
    /// Selections in one another.
    nested: usize,
    aliases: usize,
    directives: usize,
}

impl Cost {
    /// Adds what stands beside. Checked at every step, so no number grows beyond twice its bound.
    fn add(&mut self, other: Self, limits: &TransportLimits) -> Result<(), Refusal> {
        self.selections += other.selections;
        self.aliases += other.aliases;
        self.directives += other.directives;
        self.depth = self.depth.max(other.depth);
        self.nested = self.nested.max(other.nested);
        within(self.selections, limits.selections_max, "selections")?;
        within(self.aliases, limits.aliases_max, "aliases and repeated fields")?;
        within(self.directives, limits.directives_max, "directives")
    }
}

/// Refuses more of something than there may be.
pub(in crate::http::transport) fn within<N: PartialOrd + Display>(
    count: N,
    bound: N,
    what: &str,
) -> Result<(), Refusal> {
    if count <= bound {
        return Ok(());
    }
    Err(Refusal::request(Code::LimitExceeded, format!("The document has more than {bound} {what}.")))
}

/// The keys of an answer's object that work is done for, be they asked for directly or by fragments: a field is resolved as
/// often as it is asked for, and only then are the answers made one.
type Keys<'a> = HashSet<&'a str>;

/// What a fragment comes to wherever it is spread.
#[derive(Debug, Clone)]
struct Spread<'a> {
    cost: Cost,
    keys: Rc<Keys<'a>>,
}

struct Counter<'a> {
    document: &'a ExecutableDocument,
    limits: &'a TransportLimits,
    /// `None` while a fragment is being counted: meeting it then is a cycle.
    fragments: HashMap<&'a str, Option<Spread<'a>>>,
}

/// Whether there is work in a field. Fragments of one page often have the same plain ones, such as ids.
fn is_work(field: &Field) -> bool {
    !field.arguments.is_empty() || !field.selection_set.node.items.is_empty()
}

impl<'a> Counter<'a> {
    /// Counts what is selected of an object that has been asked for these keys before.
    fn set(&mut self, set: &'a SelectionSet, keys: &mut Keys<'a>) -> Result<Cost, Refusal> {
        let mut total = Cost::default();
        let mut plain = HashSet::new();
        for selection in &set.items {
            let mut cost = match &selection.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let mut cost = self.set(&field.selection_set.node, &mut Keys::default())?;
                    // Tools ask for types nested 13 levels deep, and the schema has an end.
                    let introspects = matches!(field.name.node.as_str(), "__schema" | "__type");
                    // A single type is answered as one that does not exist, which is no error.
                    if field.name.node == "__schema" && !self.limits.introspection {
                        let sentence = "Introspection is off here: read the schema at /schema.graphql.";
                        return Err(Refusal::request(Code::BadUserInput, sentence).at([selection.pos]));
                    }
                    cost.depth = if introspects { 1 } else { cost.depth + 1 };
                    // Asking for a field again is as good as asking for it by another name.
                    let key = field.response_key().node.as_str();
                    let is_again = if is_work(field) { !keys.insert(key) } else { !plain.insert(key) };
                    cost.aliases += usize::from(field.alias.is_some() || is_again);
                    cost
                }
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node, keys)?,
                Selection::FragmentSpread(spread) => {
                    let Spread { mut cost, keys: again } = self.fragment(&spread.node.fragment_name.node)?;
                    cost.aliases += again.iter().filter(|key| !keys.insert(key)).count();
                    cost
                }
            };
            cost.selections += 1;
            cost.directives += self.directives(selection.node.directives())?;
            total.add(cost, self.limits)?;
        }
        total.nested += usize::from(!set.items.is_empty());
        Ok(total)
    }

    fn fragment(&mut self, name: &str) -> Result<Spread<'a>, Refusal> {
        // One that does not exist costs nothing; validation names it.
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else {
            return Ok(Spread { cost: Cost::default(), keys: Rc::default() });
        };
        match self.fragments.insert(name, None) {
            Some(Some(spread)) => {
                self.fragments.insert(name, Some(spread.clone()));
                return Ok(spread);
            }
            Some(None) => {
                let sentence = "A fragment spreads itself.";
                return Err(Refusal::request(Code::BadUserInput, sentence).at([fragment.pos]));
            }
            None => {}
        }
        let mut keys = Keys::default();
        let mut cost = self.set(&fragment.node.selection_set.node, &mut keys)?;
        cost.directives += self.directives(&fragment.node.directives)?;
        let spread = Spread { cost, keys: Rc::new(keys) };
        self.fragments.insert(name, Some(spread.clone()));
        Ok(spread)
    }

    fn directives(&self, directives: &[Positioned<Directive>]) -> Result<usize, Refusal> {
        within(directives.len(), self.limits.directives_at_one_place_max, "directives at one place")?;
        Ok(directives.len())
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn verdict_within(text: &str, limits: &TransportLimits) -> Result<(), String> {
        let document = parse_query(text).expect("the text is GraphQL");
        check(&document, limits).map(|_| ()).map_err(|refusal| refusal.message.into_owned())
    }

    fn verdict(text: &str) -> Result<(), String> {
        verdict_within(text, &TransportLimits::default())
    }

    fn refused(text: &str, word: &str) {
        let sentence = verdict(text).expect_err("it is over a bound");
        assert!(sentence.contains(word), "{sentence}");
    }

    #[test]
    fn bounds_hold_at_the_limit_and_not_one_over_it() {
        let deep = |levels: usize| format!("{}a{}", "{a".repeat(levels - 1) + "{", "}".repeat(levels));
        assert_eq!(verdict(&deep(12)), Ok(()));
        refused(&deep(13), "levels");
        let aliases = |n: usize| format!("{{{}}}", (0..n).map(|i| format!("a{i}:a ")).collect::<String>());
        assert_eq!(verdict(&aliases(30)), Ok(()));
        refused(&aliases(31), "aliases");
        assert_eq!(verdict(&format!("{{{}}}", "a ".repeat(31))), Ok(()));
        refused(&format!("{{{}}}", "a ".repeat(32)), "repeated fields");
        let directives = |n: usize| format!("{{a{}}}", "@a".repeat(n));
        assert_eq!(verdict(&directives(5)), Ok(()));
        refused(&directives(6), "one place");
        let fields = |n: usize| format!("{{{}}}", "a@a@a@a@a@a ".repeat(n));
        assert_eq!(verdict(&fields(10)), Ok(()));
        refused(&fields(11), "directives");
    }

    #[test]
    fn fragments_that_expand_exponentially_are_counted_in_no_time() {
        let mut text = String::from("{...f0}");
        for i in 0..100 {
            text += &format!("fragment f{i} on Q{{...f{} ...f{}}}", i + 1, i + 1);
        }
        text += "fragment f100 on Q{__typename}";
        refused(&text, "selections");
    }

    #[test]
    fn fragments_that_spread_themselves_are_refused_even_if_nothing_spreads_them() {
        refused("{...a} fragment a on Q{...b ...b} fragment b on Q{...a ...a}", "spreads itself");
        refused("{a} fragment a on Q{...a}", "spreads itself");
        assert_eq!(verdict("{...missing}"), Ok(()));
        assert_eq!(verdict("{...a ...a} fragment a on Q{b}"), Ok(()));
    }

    #[test]
    fn what_fragments_ask_for_again_counts() {
        let spread = |times: usize, fragment: &str| {
            format!("{{{}}} fragment f on Q{{{fragment}}} fragment g on Q{{a{{b}}}}", "...f ".repeat(times))
        };
        assert_eq!(verdict(&spread(31, "a{b}")), Ok(()));
        refused(&spread(32, "a{b}"), "repeated fields");
        refused(&spread(32, "a(b:1)"), "repeated fields");
        refused(&spread(16, "a{b} ...on Q{c{d}} e{f}"), "repeated fields");
        assert_eq!(verdict(&spread(10, "...g ...g ...g")), Ok(()));
        refused(&spread(11, "...g ...g ...g"), "repeated fields");
        refused(&format!("{{{}}}", "...{a{b}}".repeat(32)), "repeated fields");
        refused(&format!("{{{}}}", "...on Q{...on Q{a{b}}}".repeat(32)), "repeated fields");
    }

    #[test]
    fn fragments_of_one_page_may_have_the_same_plain_fields() {
        let fragment = |n: usize| format!("fragment f{n} on Q{{__typename id name a{n}{{id}}}}");
        let page: String = (0..100).map(|n| format!("...f{n} ")).collect();
        let fragments: String = (0..100).map(fragment).collect();
        assert_eq!(verdict(&format!("{{{page}}}{fragments}")), Ok(()));
        // Different objects have the same keys.
        assert_eq!(
            verdict(&format!("{{{}}}", (0..100).map(|n| format!("a{n}{{b{{c}}}}")).collect::<String>())),
            Ok(())
        );
    }

    #[test]
    fn every_operation_counts() {
        let text: String = (0..201).map(|i| format!("query q{i}{{a b c d e f g h i j}}")).collect();
        refused(&text, "selections");
    }

    #[test]
    fn introspection_may_be_deep() {
        let deep = "ofType{name ".repeat(20) + &"}".repeat(20);
        assert_eq!(verdict(&format!("{{__schema{{types{{fields{{type{{{deep}}}}}}}}}}}")), Ok(()));
    }

    #[test]
    fn introspection_that_is_off_is_refused_wherever_it_hides() {
        let limits = TransportLimits { introspection: false, ..TransportLimits::default() };
        for text in [
            "{__schema{types{name}}}",
            "{a:__schema{types{name}}}",
            "{...on Query{__schema{types{name}}}}",
            "{...f} fragment f on Query{__schema{types{name}}}",
        ] {
            let sentence = verdict_within(text, &limits).expect_err("it is off");
            assert!(sentence.contains("/schema.graphql"), "{sentence}");
        }
        for text in ["{__typename}", "{__type(name:\"Query\"){name}}"] {
            assert_eq!(verdict_within(text, &limits), Ok(()));
        }
    }
}
