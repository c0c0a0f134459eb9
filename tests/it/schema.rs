//! The schema: written down, described, and what the contract promises.

use std::collections::BTreeMap;

use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, ServiceDocument, TypeDefinition, TypeKind,
    TypeSystemDefinition,
};
use async_graphql::parser::{Positioned, parse_schema};
use muster::graphql::sdl;

const WRITTEN_DOWN: &str = include_str!("../../schema.graphql");
const CONTRACT: &str = include_str!("contract.graphql");
/// Scalars of GraphQL itself and directives need no description of ours.
const ROOTS: [&str; 3] = ["Query", "Mutation", "Subscription"];

type Types = BTreeMap<String, TypeDefinition>;

fn types(document: ServiceDocument) -> Types {
    let definitions = document.definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(definition) => Some(definition.node),
        TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
    });
    definitions.map(|definition| (definition.name.node.to_string(), definition)).collect()
}

fn ours() -> Types {
    types(parse_schema(sdl()).unwrap())
}

/// The fields of the root types: what a client can ask for.
pub fn root_fields() -> Vec<(&'static str, String)> {
    let types = ours();
    let fields = ROOTS.iter().flat_map(|root| {
        let fields = fields(&types[*root]).iter();
        fields.map(|field| (*root, field.node.name.node.to_string())).collect::<Vec<_>>()
    });
    fields.collect()
}

fn fields(definition: &TypeDefinition) -> &[Positioned<FieldDefinition>] {
    match &definition.kind {
        TypeKind::Object(object) => &object.fields,
        TypeKind::Interface(interface) => &interface.fields,
        _ => &[],
    }
}

fn inputs(definition: &TypeDefinition) -> &[Positioned<InputValueDefinition>] {
    match &definition.kind {
        TypeKind::InputObject(input) => &input.fields,
        _ => &[],
    }
}

fn values(definition: &TypeDefinition) -> Vec<String> {
    match &definition.kind {
        TypeKind::Enum(values) => {
            values.values.iter().map(|value| value.node.value.node.to_string()).collect()
        }
        _ => Vec::new(),
    }
}

/// Every way in which a client can name something by its id: each argument of type `ID`, also deep inside inputs, such as
/// `Mutation.resumeImport(input.importId)`, and for `node` each type that it can answer.
pub fn id_arguments() -> Vec<String> {
    let types = ours();
    let mut found = Vec::new();
    for (name, definition) in &types {
        for field in fields(definition).iter().map(|field| &field.node) {
            let mut paths = Vec::new();
            for argument in &field.arguments {
                id_paths(&types, "", &argument.node, &mut paths);
            }
            let name = format!("{name}.{}", field.name.node);
            match name.as_str() {
                "Query.node" => found.extend(nodes(&types).map(|node| format!("{name}(id) of {node}"))),
                _ => found.extend(paths.iter().map(|path| format!("{name}({path})"))),
            }
        }
    }
    found
}

/// The paths through an argument or a field of an input that end in an id. Inputs of ours do not contain themselves.
fn id_paths(types: &Types, before: &str, input: &InputValueDefinition, found: &mut Vec<String>) {
    let path = format!("{before}{}", input.name.node);
    match named(&input.ty.node.base) {
        "ID" => found.push(path),
        name => {
            for field in types.get(name).map(inputs).unwrap_or_default() {
                id_paths(types, &format!("{path}."), &field.node, found);
            }
        }
    }
}

fn named(of: &BaseType) -> &str {
    match of {
        BaseType::Named(name) => name,
        BaseType::List(of) => named(&of.base),
    }
}

/// The types that have an id of their own.
fn nodes(types: &Types) -> impl Iterator<Item = &String> {
    let is_node = |definition: &TypeDefinition| match &definition.kind {
        TypeKind::Object(object) => object.implements.iter().any(|interface| interface.node == "Node"),
        _ => false,
    };
    types.iter().filter(move |(_, definition)| is_node(definition)).map(|(name, _)| name)
}

/// What has to be the same about something, in words: lines that the other schema has to have, too.
fn promises(types: &Types) -> Vec<String> {
    let mut promised = Vec::new();
    for (name, definition) in types {
        let kind = match &definition.kind {
            TypeKind::Scalar => "scalar",
            TypeKind::Object(object) => {
                promised.extend(
                    object.implements.iter().map(|interface| format!("{name} implements {}", interface.node)),
                );
                "type"
            }
            TypeKind::Interface(_) => "interface",
            TypeKind::Union(_) => "union",
            TypeKind::Enum(_) => "enum",
            TypeKind::InputObject(_) => "input",
        };
        promised.push(format!("{kind} {name}"));
        for directive in &definition.directives {
            // What a URL specifies is beside the contract.
            if directive.node.name.node != "specifiedBy" {
                promised.push(format!("{name} @{}", directive.node.name.node));
            }
        }
        for field in fields(definition).iter().map(|field| &field.node) {
            promised.push(format!("{name}.{}: {}", field.name.node, field.ty.node));
            for argument in field.arguments.iter().map(|argument| &argument.node) {
                promised.push(format!(
                    "{name}.{}({}: {})",
                    field.name.node, argument.name.node, argument.ty.node
                ));
            }
        }
        for field in inputs(definition).iter().map(|field| &field.node) {
            let default =
                field.default_value.as_ref().map(|value| format!(" = {}", value.node)).unwrap_or_default();
            promised.push(format!("{name} {{ {}: {}{default} }}", field.name.node, field.ty.node));
        }
        promised.extend(values(definition).iter().map(|value| format!("{name} = {value}")));
    }
    promised
}

#[test]
fn the_schema_is_written_down_as_the_code_prints_it() {
    // `cargo run -q -- schema > schema.graphql` writes it anew.
    assert!(sdl() == WRITTEN_DOWN, "schema.graphql is not what the code prints: `just schema` mends it");
}

#[test]
fn the_schema_has_all_that_the_contract_promises() {
    let ours = promises(&ours());
    let missing: Vec<String> = promises(&types(parse_schema(CONTRACT).unwrap()))
        .into_iter()
        .filter(|line| !ours.contains(line))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn what_the_schema_adds_to_the_contract_can_be_left_out_by_clients() {
    let contract = types(parse_schema(CONTRACT).unwrap());
    for (name, definition) in ours() {
        let Some(promised) = contract.get(&name) else { continue };
        let known = inputs(promised);
        for field in inputs(&definition).iter().map(|field| &field.node) {
            let is_known = known.iter().any(|known| known.node.name.node == field.name.node);
            assert!(
                is_known || field.ty.node.nullable,
                "{name}.{} is new and has to be given",
                field.name.node
            );
        }
        for field in fields(&definition).iter().map(|field| &field.node) {
            let promised = fields(promised).iter().find(|known| known.node.name.node == field.name.node);
            let Some(promised) = promised else { continue };
            for argument in field.arguments.iter().map(|argument| &argument.node) {
                let is_known =
                    promised.node.arguments.iter().any(|known| known.node.name.node == argument.name.node);
                assert!(
                    is_known || argument.ty.node.nullable,
                    "{name}.{}({})",
                    field.name.node,
                    argument.name.node
                );
            }
        }
    }
}

#[test]
fn everything_in_the_schema_is_described() {
    let mut bare = Vec::new();
    for (name, definition) in ours() {
        let mut check = |what: String, described: bool| {
            if !described {
                bare.push(what);
            }
        };
        check(name.clone(), definition.description.is_some());
        for field in fields(&definition).iter().map(|field| &field.node) {
            check(format!("{name}.{}", field.name.node), field.description.is_some());
            for argument in field.arguments.iter().map(|argument| &argument.node) {
                check(
                    format!("{name}.{}({})", field.name.node, argument.name.node),
                    argument.description.is_some(),
                );
            }
        }
        for field in inputs(&definition).iter().map(|field| &field.node) {
            check(format!("{name}.{}", field.name.node), field.description.is_some());
        }
        if let TypeKind::Enum(values) = &definition.kind {
            for value in values.values.iter().map(|value| &value.node) {
                check(format!("{name}.{}", value.value.node), value.description.is_some());
            }
        }
    }
    assert_eq!(bare, Vec::<String>::new());
}
