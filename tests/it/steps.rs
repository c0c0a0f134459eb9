//! Steps and versions: what each takes, what it refuses, and what is planned again.

use serde_json::{Value, json};

use crate::decisions::{approved, club, complete, decide, roster};
use crate::support::{Admin, field, refusal};

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_update_is_refused() {
    let ada = club().await;
    let import = ada.upload("two.csv", roster(1..=2)).await;
    let (id, version) = (&import["id"], import["version"].as_i64().unwrap());
    let stale = version - 1;
    for (mutation, input) in [
        ("saveMapping", json!({ "importId": id, "fileScope": "PARTIAL", "ifVersion": stale })),
        ("approveMapping", json!({ "importId": id, "ifVersion": stale })),
        ("approveMapping", json!({ "importId": id, "ifVersion": version + 1 })),
        ("discardImport", json!({ "importId": id, "ifVersion": stale })),
    ] {
        let payload = ada.mutate(mutation, input).await;
        assert_eq!(refusal(&payload), "STALE_VERSION", "{mutation}");
        assert_eq!(payload["userErrors"][0]["field"], json!(["ifVersion"]));
        assert_eq!(payload["membershipImport"], import, "{mutation}");
    }
    let saved = ada
        .done("saveMapping", json!({ "importId": id, "fileScope": "PARTIAL", "ifVersion": version }))
        .await;
    assert_eq!(saved["version"], version + 1);
    let same = ada
        .done("saveMapping", json!({ "importId": id, "fileScope": "PARTIAL", "ifVersion": version + 1 }))
        .await;
    assert_eq!(same["version"], version + 1, "what changes nothing is no change");
    let planned = ada.plan(&import, json!([])).await;
    for mutation in ["completeImport", "reopenMapping"] {
        assert_eq!(
            ada.refused(mutation, json!({ "importId": id, "ifVersion": version })).await,
            "STALE_VERSION"
        );
    }
    assert_eq!(ada.import(id).await, planned);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_takes_its_own_mutations_and_no_others() {
    let ada = club().await;
    let import = ada.upload("two.csv", roster(1..=2)).await;
    let id = import["id"].clone();
    let refused = |mutation: &'static str, extra: Value| {
        let (ada, id) = (ada.clone(), id.clone());
        async move {
            let version = ada.import(&id).await["version"].clone();
            let mut input = json!({ "importId": id });
            if ["approveMapping", "completeImport"].contains(&mutation) {
                input["ifVersion"] = version;
            }
            if let Some(extra) = extra.as_object() {
                input.as_object_mut().unwrap().extend(extra.clone());
            }
            ada.refused(mutation, input).await
        }
    };
    let edit = json!({ "fileScope": "PARTIAL" });
    for mutation in ["reopenMapping", "completeImport"] {
        assert_eq!(refused(mutation, json!({})).await, "WRONG_STEP", "{mutation} at MAPPING");
    }
    ada.done("approveMapping", json!({ "importId": id, "ifVersion": import["version"] })).await;
    assert_eq!(refused("saveMapping", edit.clone()).await, "WRONG_STEP", "at PLANNING");
    for mutation in ["approveMapping", "completeImport"] {
        assert_eq!(refused(mutation, json!({})).await, "WRONG_STEP", "{mutation} at PLANNING");
    }
    let planning = ada.import(&id).await;
    assert_eq!((&planning["step"], &planning["plan"]), (&json!("PLANNING"), &Value::Null));
    // Back, and nothing of it is left to do.
    ada.done("reopenMapping", json!({ "importId": id })).await;
    ada.app.drain().await;
    assert_eq!(ada.import(&id).await["step"], "MAPPING");

    let planned = ada.plan(&import, json!([])).await;
    assert_eq!(refused("saveMapping", edit.clone()).await, "WRONG_STEP", "at REVIEW");
    assert_eq!(refused("approveMapping", json!({})).await, "WRONG_STEP", "at REVIEW");
    ada.decide(&planned, "APPROVED", json!({ "all": true })).await;
    assert_eq!(complete(&ada, &planned, Value::Null).await["userErrors"], json!([]));

    // It is being applied: nothing takes its place.
    let busy = ada.upload_with("other.csv", roster(1..=2), json!({})).await;
    assert_eq!(refusal(&busy), "IMPORT_BUSY");
    assert_eq!(refused("discardImport", json!({})).await, "IMPORT_BUSY");
    for (mutation, extra) in [
        ("saveMapping", edit),
        ("approveMapping", json!({})),
        ("reopenMapping", json!({})),
        ("completeImport", json!({})),
    ] {
        assert_eq!(refused(mutation, extra).await, "WRONG_STEP", "{mutation} at APPLYING");
    }
    assert_eq!(refusal(&decide(&ada, &planned, "PENDING", json!({ "all": true })).await), "WRONG_STEP");
    assert_eq!(ada.app.stored_files(), 1, "of the refused file, nothing is left");
    ada.app.drain().await;
    assert_eq!(ada.import(&id).await["status"], "COMPLETE");
    assert_eq!(ada.members().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_given_up_at_any_step_before_it_is_applied() {
    let ada = club().await;
    for step in ["MAPPING", "PLANNING", "REVIEW"] {
        let import = ada.upload("two.csv", roster(1..=2)).await;
        let approve = json!({ "importId": import["id"], "ifVersion": import["version"] });
        match step {
            "MAPPING" => {}
            "PLANNING" => drop(ada.done("approveMapping", approve).await),
            _ => drop(ada.plan(&import, json!([])).await),
        }
        let discarded = ada.done("discardImport", json!({ "importId": import["id"] })).await;
        assert_eq!((&discarded["status"], &discarded["step"]), (&json!("INCOMPLETE"), &json!(step)));
        assert_eq!(discarded["discardedBy"]["name"], "ada of club");
        assert_eq!((&discarded["bannerMessage"], &discarded["supersededBy"]), (&Value::Null, &Value::Null));
        assert_eq!(ada.active().await, Value::Null);
        ada.app.drain().await;
        assert_eq!(ada.import(&import["id"]).await, discarded, "nothing of it is left to do");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_made_again_when_a_field_has_changed_and_decisions_carry_over() {
    let ada = club().await;
    let file = "Member ID,First name,Last name,E-mail,Location\n\
                M-01,Ada,Abara,ada@example.org,Hall A\nM-02,Bea,Brandt,bea@example.org,\nM-03,Cid,Castro,cid@example.org,Hall C\n";
    let planned = ada.planned("three.csv", file).await;
    let actions = ada.actions(&planned).await;
    ada.decide(&planned, "APPROVED", json!({ "ids": [actions[0]["id"], actions[1]["id"]] })).await;
    ada.decide(&planned, "REJECTED", json!({ "ids": [actions[2]["id"]] })).await;
    ada.app.pass_seconds(60);
    let location = json!({ "key": "location", "label": "Location", "type": "TEXT", "required": true });
    ada.done("saveProfileField", location).await;

    let payload = complete(&ada, &planned, Value::Null).await;
    assert_eq!(refusal(&payload), "PLAN_STALE");
    assert_eq!(payload["membershipImport"]["step"], "PLANNING", "it is planned again by itself");
    ada.app.drain().await;
    let again = ada.import(&planned["id"]).await;
    assert_eq!((&again["step"], &again["problem"]), (&json!("REVIEW"), &Value::Null));
    assert_ne!(again["plan"]["id"], planned["plan"]["id"], "a new plan has a new id");
    assert_eq!(again["plan"]["rowsHeld"], 1, "Bea has no location");
    let carried = ada.actions(&again).await;
    assert_eq!(field(&carried, "memberUniqueId"), ["M-01", "M-03"]);
    assert_eq!(field(&carried, "decision"), ["APPROVED", "REJECTED"]);
    assert_eq!(carried[0]["decidedAt"], "2023-11-14T22:13:20.000Z", "with who and when");
    assert_eq!(
        refusal(&decide(&ada, &planned, "APPROVED", json!({ "all": true })).await),
        "PLAN_STALE",
        "the old plan is gone"
    );
    let counts = again["plan"]["counts"][0].clone();
    assert_eq!(counts, json!({ "kind": "CREATE", "proposed": 2, "approved": 1, "rejected": 1 }));
    ada.complete(&again).await;
    assert_eq!(field(&ada.members().await, "uniqueId"), ["M-01"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reopened_mapping_drops_the_plan_and_its_decisions() {
    let ada = club().await;
    ada.import_whole("two.csv", roster(1..=2)).await;
    let planned = ada.planned("one.csv", roster(2..=3)).await;
    ada.decide(&planned, "APPROVED", json!({ "all": true })).await;
    let reopened = ada.done("reopenMapping", json!({ "importId": planned["id"] })).await;
    assert_eq!((&reopened["step"], &reopened["plan"]), (&json!("MAPPING"), &Value::Null));
    let node =
        ada.ask("query($id: ID!) { node(id: $id) { id } }", json!({ "id": planned["plan"]["id"] })).await;
    assert_eq!(node["node"], Value::Null);
    ada.done("saveMapping", json!({ "importId": planned["id"], "fileScope": "PARTIAL" })).await;
    let again = ada.plan(&planned, json!([])).await;
    assert_eq!(Admin::proposed(&again), [1, 0, 0, 0, 0], "a part of the roster deletes nobody");
    assert_eq!(approved(&again), [0; 5]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_keeps_its_type_while_values_are_written_into_it() {
    let ada = club().await;
    let team = |kind: &str| json!({ "key": "team", "label": "Team", "type": kind });
    ada.done("saveProfileField", team("TEXT")).await;
    let planned = ada
        .planned("teams.csv", "member_id,first_name,last_name,email,team\n1,A,B,a@example.org,Blue\n")
        .await;
    ada.decide(&planned, "APPROVED", json!({ "all": true })).await;
    let version = ada.import(&planned["id"]).await["version"].clone();
    ada.done("completeImport", json!({ "importId": planned["id"], "ifVersion": version })).await;
    assert_eq!(ada.refused("saveProfileField", team("DATE")).await, "IMPORT_BUSY");
    ada.app.drain().await;
    assert_eq!(ada.refused("saveProfileField", team("DATE")).await, "FIELD_INVALID");
}
