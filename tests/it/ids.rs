//! Whose is what an id names: a row for every argument that takes one, so that a new one has to say what becomes of ids of
//! other tenants. They are answered as ids that were never given out.

use std::sync::Arc;

use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::schema::id_arguments;
use crate::support::{Admin, TestApp, mutation};

const MEMBERS: &str = "Member ID,First name,Last name,E-mail\nM-1,Ada,Abara,ada@example.org\n";
const MORE: &str = "Member ID,First name,Last name,E-mail\nM-1,Ada,Berg,ada@example.org\n";

/// What a tenant has, by its ids.
#[derive(Clone)]
struct Ids {
    tenant: Value,
    user: Value,
    member: Value,
    import: Value,
    plan: Value,
    action: Value,
}

impl Ids {
    /// Ids of the right kinds that were never given out.
    fn unknown(&self) -> Self {
        let other = |id: &Value| {
            let mut text = id.as_str().unwrap().to_owned();
            let last = text.pop().unwrap();
            // Of the last character, the bits that count are the upper ones.
            text.push(if last == 'A' { 'Q' } else { 'A' });
            json!(text)
        };
        Self {
            tenant: other(&self.tenant),
            user: other(&self.user),
            member: other(&self.member),
            import: other(&self.import),
            plan: other(&self.plan),
            action: other(&self.action),
        }
    }

    /// Ids that were given out for something of another kind.
    fn of_other_kinds(&self) -> Self {
        Self {
            tenant: self.user.clone(),
            user: self.tenant.clone(),
            member: self.action.clone(),
            import: self.plan.clone(),
            plan: self.import.clone(),
            action: self.member.clone(),
        }
    }
}

/// How an argument is used: what is asked, and with which variables, for ids of somebody by somebody who has ids of their
/// own. Uploads apart, whose variables are the input.
struct Row {
    argument: &'static str,
    query: String,
    variables: fn(&Ids, own: &Ids) -> Value,
}

fn rows() -> Vec<Row> {
    let row = |argument, query: &str, variables| Row { argument, query: query.to_owned(), variables };
    let change = |argument: &'static str, variables| {
        let name = argument.split(['.', '(']).nth(1).unwrap();
        Row { argument, query: mutation(name), variables }
    };
    const NODE: &str = "query($id: ID!) { node(id: $id) { __typename id } }";
    vec![
        row("Query.node(id) of ImportPlan", NODE, |ids, _| json!({ "id": ids.plan })),
        row("Query.node(id) of Member", NODE, |ids, _| json!({ "id": ids.member })),
        row("Query.node(id) of MembershipImport", NODE, |ids, _| json!({ "id": ids.import })),
        row("Query.node(id) of ProfileAction", NODE, |ids, _| json!({ "id": ids.action })),
        row("Query.node(id) of Tenant", NODE, |ids, _| json!({ "id": ids.tenant })),
        row("Query.node(id) of User", NODE, |ids, _| json!({ "id": ids.user })),
        row(
            "Query.membershipImport(id)",
            "query($id: ID!) { membershipImport(id: $id) { id file { name } } }",
            |ids, _| json!({ "id": ids.import }),
        ),
        row(
            "ImportPlan.profileActions(filter.decidedBy)",
            "query($own: ID!, $id: ID!) { membershipImport(id: $own) { plan {
               profileActions(filter: { decidedBy: $id }) { totalCount nodes { memberName } } } } }",
            |ids, own| json!({ "own": own.import, "id": ids.user }),
        ),
        change("Mutation.resumeImport(input.importId)", |ids, _| import(ids, json!({}))),
        change("Mutation.saveMapping(input.importId)", |ids, _| {
            import(ids, json!({ "fileScope": "PARTIAL" }))
        }),
        change("Mutation.approveMapping(input.importId)", |ids, _| import(ids, json!({ "ifVersion": 1 }))),
        change("Mutation.reopenMapping(input.importId)", |ids, _| import(ids, json!({}))),
        change("Mutation.completeImport(input.importId)", |ids, _| import(ids, json!({ "ifVersion": 1 }))),
        change("Mutation.discardImport(input.importId)", |ids, _| import(ids, json!({}))),
        change("Mutation.decideProfileActions(input.planId)", |ids, _| decide(ids, json!({ "all": true }))),
        change("Mutation.decideProfileActions(input.target.ids)", |ids, own| {
            decide(own, json!({ "ids": [ids.action] }))
        }),
        change("Mutation.decideProfileActions(input.target.filter.decidedBy)", |ids, own| {
            decide(own, json!({ "filter": { "decidedBy": ids.user } }))
        }),
        row(
            "Mutation.uploadMembershipFile(input.ifActiveImport)",
            "",
            |ids, _| json!({ "ifActiveImport": ids.import }),
        ),
        row(
            "Subscription.importChanged(importId)",
            "subscription($id: ID!) { importChanged(importId: $id) { version } }",
            |ids, _| json!({ "id": ids.import }),
        ),
    ]
}

fn import(ids: &Ids, mut input: Value) -> Value {
    input["importId"] = ids.import.clone();
    json!({ "input": input })
}

fn decide(ids: &Ids, target: Value) -> Value {
    json!({ "input": { "planId": ids.plan, "decision": "REJECTED", "target": target } })
}

/// The first event of a stream that goes on, or the refusal that is answered in its place.
async fn first_event(body: poem::Body) -> Value {
    let mut chunks = body.into_bytes_stream();
    let mut text = String::new();
    loop {
        let chunk = chunks.next().await.unwrap_or_else(|| panic!("no event: {text}")).unwrap();
        text.push_str(std::str::from_utf8(&chunk).unwrap());
        let events = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let data = events.filter_map(|line| line.strip_prefix("data: ")).find(|data| data.starts_with('{'));
        if let Some(first) = data.or(text.starts_with('{').then_some(&text)) {
            return serde_json::from_str(first).unwrap();
        }
    }
}

/// The first that somebody is answered, without what differs from request to request.
async fn answer(who: &Admin, row: &Row, ids: &Ids, own: &Ids) -> Value {
    let variables = (row.variables)(ids, own);
    let mut body: Value = if row.query.is_empty() {
        who.upload_answer("new.csv", MORE, variables).await.json()
    } else if row.query.starts_with("subscription") {
        first_event(who.stream(&row.query, variables).await).await
    } else {
        who.answer(&row.query, variables).await.json()
    };
    if let Some(error) = body.pointer_mut("/errors/0/extensions") {
        error.as_object_mut().unwrap().remove("requestId");
    }
    body
}

/// A club with a member, and an import in review whose one action was approved.
async fn club(app: &Arc<TestApp>, slug: &str) -> (Admin, Ids) {
    let admin = app.admin(slug, "admin");
    admin.import_whole(&format!("first-of-{slug}.csv"), MEMBERS).await;
    let planned = admin.planned(&format!("second-of-{slug}.csv"), MORE).await;
    admin.decide(&planned, "APPROVED", json!({ "all": true })).await;
    let viewer = admin.ask("{ viewer { user { id } tenant { id } } }", json!({})).await["viewer"].take();
    let ids = Ids {
        tenant: viewer["tenant"]["id"].clone(),
        user: viewer["user"]["id"].clone(),
        member: admin.members().await[0]["id"].clone(),
        import: planned["id"].clone(),
        plan: planned["plan"]["id"].clone(),
        action: admin.actions(&planned).await[0]["id"].clone(),
    };
    (admin, ids)
}

/// All that a tenant can be shown of itself.
async fn shown(who: &Admin, ids: &Ids) -> Value {
    json!([
        who.import(&ids.import).await,
        who.actions(&json!({ "id": ids.import })).await,
        who.members().await
    ])
}

#[test]
fn every_id_argument_has_a_row() {
    let mut rows: Vec<String> = rows().iter().map(|row| row.argument.to_owned()).collect();
    let mut arguments = id_arguments();
    rows.sort();
    arguments.sort();
    assert_eq!(rows, arguments);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_another_tenants_does_not_exist() {
    let app = TestApp::new().await;
    let (ada, hers) = club(&app, "club").await;
    let (eve, own) = club(&app, "other").await;
    let (before, own_before) = (shown(&ada, &hers).await, shown(&eve, &own).await);
    for row in rows() {
        let foreign = answer(&eve, &row, &hers, &own).await;
        let unknown = answer(&eve, &row, &hers.unknown(), &own).await;
        let other_kind = answer(&eve, &row, &own.of_other_kinds(), &own).await;
        assert_eq!(foreign, unknown, "{}", row.argument);
        assert!(!foreign.to_string().contains("of-club"), "{foreign}");
        if !row.argument.starts_with("Query.node") {
            assert_eq!(other_kind, unknown, "{}", row.argument);
        }
    }
    assert_eq!(shown(&ada, &hers).await, before);
    assert_eq!(shown(&eve, &own).await, own_before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_ones_own_is_answered_otherwise() {
    for row in rows() {
        let app = TestApp::new().await;
        let (ada, own) = club(&app, "club").await;
        let unknown = answer(&ada, &row, &own.unknown(), &own).await;
        assert_ne!(answer(&ada, &row, &own, &own).await, unknown, "{}", row.argument);
    }
}
