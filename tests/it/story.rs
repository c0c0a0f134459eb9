//! The story of an import, as two admins of a club live it, while another club looks on and sees nothing.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{Admin, TestApp, field};

/// Whom the club has before the story begins.
const BEFORE: &str = "\
Member ID,First name,Last name,E-mail,Status
M-1,Ada,Abara,ada@example.org,active
M-2,Bea,Brandt,bea@example.org,active
M-3,Cid,Castro,cid@example.org,active
M-4,Dov,Dahl,dov@example.org,inactive
M-5,Eve,Ekberg,eve@example.org,active
";
/// Never gets to its end: another file comes after it.
const DRAFT: &str = "\
Member ID,First name,Last name,E-mail,Status
M-1,Ada,Abara,ada@example.org,active
";
/// Bea moves, Cid leaves off, Dov is back, Eve is gone, Fay is new; Gus is held. The last column says nothing to
/// Muster, and its status is in words of the club's own.
const SUMMER: &str = "\
Member ID,First name,Last name,E-mail,Standing,Office
M-1,Ada,Abara,ada@example.org,paying,
M-2,Bea,Brandt,beatrix@example.org,paying,Hall B
M-3,Cid,Castro,cid@example.org,dormant,
M-4,Dov,Dahl,dov@example.org,paying,
M-6,Fay,Fox,fay@example.org,paying,
M-7,Gus,,gus@example.org,paying,
";
const STANDING: u32 = 4;
const OFFICE: u32 = 5;

fn name(user: &Value) -> &str {
    user["name"].as_str().unwrap()
}

async fn banner(admin: &Admin) -> Value {
    let data = admin.ask("{ activeImport { bannerMessage } }", json!({})).await;
    data["activeImport"]["bannerMessage"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_uploaded_by_one_admin_resumed_by_another_and_completed_with_its_record() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.admin("riverside", "ada"), app.admin("riverside", "ben"));
    let eve = app.admin("hillside", "eve");
    assert_eq!(banner(&ada).await, Value::Null);
    let before = ada.import_whole("before.csv", BEFORE).await;
    assert_eq!(Admin::proposed(&before), [5, 0, 0, 0, 0]);
    assert_eq!(banner(&ada).await, Value::Null, "nothing is in progress any more");

    // Ada uploads a file, and everybody sees the banner.
    app.pass_seconds(60);
    let draft = ada.upload("draft.csv", DRAFT).await;
    assert_eq!(
        (&draft["status"], &draft["step"], &draft["action"]),
        (&json!("IN_PROGRESS"), &json!("MAPPING"), &json!("RESUME"))
    );
    for admin in [&ada, &ben] {
        assert_eq!(banner(admin).await, "The import of \"draft.csv\" waits for you to check its mapping.");
    }
    assert_eq!(banner(&eve).await, Value::Null);

    // Ben goes on with it: Ada sees that he is on it, and nothing else has changed.
    app.pass_seconds(60);
    let resumed = ben.done("resumeImport", json!({ "importId": draft["id"] })).await;
    assert_eq!(name(&resumed["resumedBy"]), "ben of riverside");
    assert_eq!(resumed["resumedAt"], "2023-11-14T22:15:20.000Z");
    assert_eq!((&resumed["version"], &resumed["updatedAt"]), (&draft["version"], &draft["updatedAt"]));
    assert_eq!(ada.import(&draft["id"]).await, resumed);
    let draft = ben.plan(&draft, json!([])).await;
    assert_eq!(draft["bannerMessage"], "The import of \"draft.csv\" waits for you to review its actions.");
    let draft = ben.decide(&draft, "APPROVED", json!({ "filter": { "search": "Bea" } })).await;

    // A second file turns the first one INCOMPLETE, at the step that it had reached.
    app.pass_seconds(60);
    let uploaded = ada.upload_with("summer.csv", SUMMER, json!({})).await;
    let (summer, superseded) = (&uploaded["membershipImport"], &uploaded["superseded"]);
    assert_eq!(superseded["id"], draft["id"]);
    assert_eq!(*superseded, ben.import(&draft["id"]).await);
    assert_eq!(
        (&superseded["status"], &superseded["step"], &superseded["action"], &superseded["bannerMessage"]),
        (&json!("INCOMPLETE"), &json!("REVIEW"), &json!("VIEW"), &Value::Null)
    );
    assert_eq!(superseded["supersededBy"]["id"], summer["id"]);
    assert_eq!(superseded["plan"]["id"], draft["plan"]["id"], "it can be looked at as far as it had come");
    assert_eq!(ben.active().await, *summer);
    refuses_everything(&ben, superseded).await;

    // Ben corrects the mapping: what the club calls paying is active.
    let columns = json!([
        { "index": STANDING, "fieldKey": "status" },
        { "index": OFFICE, "fieldKey": "location" },
    ]);
    ben.done("saveMapping", json!({ "importId": summer["id"], "columns": columns })).await;
    let values = json!([{ "index": STANDING, "values": [
        { "value": "paying", "mapsTo": "active" }, { "value": "dormant", "mapsTo": "inactive" },
    ] }]);
    let planned = ben.plan(summer, values).await;
    assert_eq!(Admin::proposed(&planned), [1, 1, 1, 1, 1]);
    assert_eq!(planned["plan"]["rowsHeld"], 1);
    let actions = ada.actions(&planned).await;
    assert_eq!(
        field(&actions, "kind"),
        ["UPDATE", "DEACTIVATE", "REACTIVATE", "CREATE", "DELETE"],
        "in the order of the file"
    );
    assert_eq!(actions[0]["changes"].as_array().unwrap().len(), 2, "{}", actions[0]);
    assert_eq!(
        actions[0]["changes"][0],
        json!({ "field": { "key": "email" }, "before": "bea@example.org", "after": "beatrix@example.org" })
    );
    let held: Vec<Value> =
        ada.issues(&planned).await.into_iter().filter(|issue| issue["severity"] == "ERROR").collect();
    assert_eq!(
        (held[0]["rowNumber"].clone(), held[0]["code"].clone()),
        (json!(6), json!("MISSING_REQUIRED"))
    );

    // Both decide; Ada keeps Cid as he is.
    app.pass_seconds(60);
    ben.decide(&planned, "APPROVED", json!({ "filter": { "kind": ["CREATE", "UPDATE"] } })).await;
    app.pass_seconds(60);
    ada.decide(&planned, "APPROVED", json!({ "ids": [actions[2]["id"], actions[4]["id"]] })).await;
    ada.decide(&planned, "REJECTED", json!({ "ids": [actions[1]["id"]] })).await;
    app.pass_seconds(60);
    let completed = ben.complete(&planned).await;
    assert_eq!((&completed["action"], &completed["bannerMessage"]), (&json!("VIEW"), &Value::Null));
    assert_eq!(name(&completed["completedBy"]), "ben of riverside");
    assert_eq!(completed["completedAt"], "2023-11-14T22:19:20.000Z");
    the_record_stays(&ada, &completed).await;
    the_members_are_what_was_approved(&ada).await;
    refuses_everything(&ada, &completed).await;

    the_file_comes_back_byte_for_byte(&ada, &completed).await;
    the_history_shows(
        &ben,
        &[("summer.csv", "COMPLETE"), ("draft.csv", "INCOMPLETE"), ("before.csv", "COMPLETE")],
    )
    .await;
    another_tenant_sees_nothing(&eve, &completed).await;
}

/// Only looking is possible.
async fn refuses_everything(admin: &Admin, import: &Value) {
    let (id, version) = (&import["id"], &import["version"]);
    for (mutation, input) in [
        ("resumeImport", json!({ "importId": id })),
        ("saveMapping", json!({ "importId": id, "fileScope": "PARTIAL" })),
        ("approveMapping", json!({ "importId": id, "ifVersion": version })),
        ("reopenMapping", json!({ "importId": id })),
        (
            "decideProfileActions",
            json!({ "planId": import["plan"]["id"], "decision": "REJECTED", "target": { "all": true } }),
        ),
        ("completeImport", json!({ "importId": id, "ifVersion": version })),
        ("discardImport", json!({ "importId": id })),
    ] {
        let payload = admin.mutate(mutation, input).await;
        assert_eq!(payload["userErrors"][0]["code"], "IMPORT_NOT_IN_PROGRESS", "{mutation}: {payload}");
        assert_eq!(payload["membershipImport"], *import, "{mutation}: it comes along as it stands");
    }
    assert_eq!(admin.import(id).await, *import, "and nothing has changed");
}

/// What was approved, by whom and when.
async fn the_record_stays(admin: &Admin, import: &Value) {
    let query = "query($id: ID!) { membershipImport(id: $id) { plan {
        approvals { kind decidedBy { name } count lastDecidedAt }
        counts { kind proposed approved rejected } } } }";
    let data = admin.ask(query, json!({ "id": import["id"] })).await;
    let plan = &data["membershipImport"]["plan"];
    let approvals: Vec<(String, String, u64, String)> = plan["approvals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|approval| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (
                text(&approval["kind"]),
                name(&approval["decidedBy"]).to_owned(),
                approval["count"].as_u64().unwrap(),
                text(&approval["lastDecidedAt"]),
            )
        })
        .collect();
    let approval = |kind: &str, who: &str, when: &str| {
        (kind.to_owned(), format!("{who} of riverside"), 1, format!("2023-11-14T22:{when}:20.000Z"))
    };
    assert_eq!(
        approvals,
        [
            approval("CREATE", "ben", "17"),
            approval("UPDATE", "ben", "17"),
            approval("REACTIVATE", "ada", "18"),
            approval("DELETE", "ada", "18"),
        ]
    );
    let rejected: Vec<u64> =
        plan["counts"].as_array().unwrap().iter().map(|count| count["rejected"].as_u64().unwrap()).collect();
    assert_eq!(rejected, [0, 0, 1, 0, 0]);
    let actions = admin.actions(import).await;
    assert_eq!(field(&actions, "decision"), ["APPROVED", "REJECTED", "APPROVED", "APPROVED", "APPROVED"]);
    let deciders: Vec<&str> = actions.iter().map(|action| name(&action["decidedBy"])).collect();
    assert_eq!(
        deciders,
        ["ben of riverside", "ada of riverside", "ada of riverside", "ben of riverside", "ada of riverside"]
    );
    assert_eq!(actions[3]["member"]["uniqueId"], "M-6", "an applied CREATE has its member");
    assert_eq!(actions[4]["member"], Value::Null, "an applied DELETE has none");
    assert_eq!((&actions[4]["memberName"], &actions[4]["rowNumber"]), (&json!("Eve Ekberg"), &Value::Null));
}

async fn the_members_are_what_was_approved(admin: &Admin) {
    let members = admin.members().await;
    assert_eq!(field(&members, "uniqueId"), ["M-1", "M-2", "M-3", "M-4", "M-6"], "by name");
    assert_eq!(field(&members, "status"), ["ACTIVE"; 5], "Cid stays as he was, and Dov is back");
    let bea = &members[1];
    assert_eq!(
        (&bea["email"], &bea["attributes"]),
        (&json!("beatrix@example.org"), &json!([{ "key": "location", "value": "Hall B" }]))
    );
    let count =
        admin.ask("{ viewer { isTenantAdmin user { name } tenant { slug memberCount } } }", json!({})).await;
    assert_eq!(count["viewer"]["tenant"], json!({ "slug": "riverside", "memberCount": 5 }));
}

async fn the_file_comes_back_byte_for_byte(admin: &Admin, import: &Value) {
    let query = "query($id: ID!) { membershipImport(id: $id) { file { name sizeBytes sha256 rowCount download { url expiresAt } } } }";
    let data = admin.ask(query, json!({ "id": import["id"] })).await;
    let file = &data["membershipImport"]["file"];
    assert_eq!(
        (file["name"].clone(), file["sizeBytes"].clone(), file["rowCount"].clone()),
        (json!("summer.csv"), json!(SUMMER.len()), json!(6))
    );
    let digest: String = Sha256::digest(SUMMER).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(file["sha256"], digest);
    let url = file["download"]["url"].as_str().unwrap();

    let whole = admin.app.download(url, None).await;
    assert_eq!((whole.status.as_u16(), whole.text().as_str()), (200, SUMMER));
    assert_eq!(whole.header("content-type"), "text/csv");
    assert_eq!(
        whole.header("content-disposition"),
        "attachment; filename=\"summer.csv\"; filename*=UTF-8''summer.csv"
    );
    assert_eq!(whole.header("x-content-type-options"), "nosniff");
    assert_eq!(whole.header("cache-control"), "private, no-store");
    let part = admin.app.download(url, Some("bytes=7-8")).await;
    assert_eq!((part.status.as_u16(), part.text().as_str()), (206, &SUMMER[7..9]));
    assert_eq!(part.header("content-range"), format!("bytes 7-8/{}", SUMMER.len()));
    // A range of something else than a GET, or on a condition that nothing here can meet, is none.
    let path = &url[url.find("/files/").unwrap()..];
    let range = ("range", "bytes=7-8");
    let head = admin.app.head_with(path, &[range]).await;
    let conditional = admin.app.get_with(path, &[range, ("if-range", "\"of old\"")]).await;
    for whole in [&head, &conditional] {
        assert_eq!((whole.status.as_u16(), whole.header("content-range")), (200, ""));
        assert_eq!(whole.header("content-length"), SUMMER.len().to_string());
    }
    assert_eq!(conditional.text(), SUMMER);
    let beyond = admin.app.download(url, Some("bytes=100000-")).await;
    assert_eq!(beyond.status.as_u16(), 416);
}

async fn the_history_shows(admin: &Admin, expected: &[(&str, &str)]) {
    let data = admin
        .ask(
            "{ membershipImports { nodes { file { name } status uploadedBy { name } } totalCount } }",
            json!({}),
        )
        .await;
    let imports = &data["membershipImports"];
    let shown: Vec<(&str, &str)> = imports["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|import| (import["file"]["name"].as_str().unwrap(), import["status"].as_str().unwrap()))
        .collect();
    assert_eq!(shown, expected, "newest first");
    assert_eq!(imports["totalCount"], expected.len());
}

/// `access.rs` compares with an id that was never given out.
async fn another_tenant_sees_nothing(stranger: &Admin, import: &Value) {
    let id = &import["id"];
    assert_eq!(stranger.import(id).await, Value::Null);
    for id in [id, &import["plan"]["id"], &import["uploadedBy"]["id"]] {
        let data = stranger.ask("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await;
        assert_eq!(data["node"], Value::Null);
    }
    assert_eq!(stranger.members().await, Vec::<Value>::new());
    the_history_shows(stranger, &[]).await;
    for mutation in ["resumeImport", "discardImport", "reopenMapping", "saveMapping"] {
        let payload = stranger.mutate(mutation, json!({ "importId": id })).await;
        assert_eq!(
            (&payload["userErrors"][0]["code"], &payload["membershipImport"]),
            (&json!("IMPORT_NOT_FOUND"), &Value::Null)
        );
    }
}
