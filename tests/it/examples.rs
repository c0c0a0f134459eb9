//! The playground's examples, told as the story that they are.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::subscriptions::{Socket, server};
use crate::support::{Admin, Form, TestApp};

const ROSTER: &str = "Member ID,First name,Last name,E-mail\nM-1,Ada,Abara,ada@example.org\n";

/// Examples by the words of their file names; each is taken once.
struct Examples(BTreeMap<String, String>);

impl Examples {
    fn read() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("playground/operations");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let named = files.map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().split_once('-').unwrap().1.to_owned();
            (name, std::fs::read_to_string(path).unwrap())
        });
        Self(named.collect())
    }

    fn take(&mut self, name: &str) -> String {
        self.0.remove(name).unwrap_or_else(|| panic!("no example {name}"))
    }

    /// What an example answers, without its outermost name; there are no errors of any kind.
    async fn told(&mut self, admin: &Admin, name: &str, variables: Value) -> Value {
        let data = admin.ask(&self.take(name), variables).await;
        let answer = data.as_object().unwrap().values().next().unwrap().clone();
        assert_eq!(*answer.get("userErrors").unwrap_or(&json!([])), json!([]), "{name}");
        answer
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_playgrounds_examples_tell_the_whole_story() {
    let app = TestApp::new().await;
    let ada = app.admin("riverside", "ada");
    let mut examples = Examples::read();
    assert_eq!(examples.told(&ada, "viewer", json!({})).await["isTenantAdmin"], true);
    let mut watching = Socket::open(server(&app).await, &ada).await;
    watching.subscribe(&examples.take("watch"), json!({})).await;
    let event = watching.event("importsChanged").await.unwrap();
    assert_eq!(event["change"], Value::Null, "{event}");

    let form =
        Form::at("file", &examples.take("upload"), json!({ "file": null }), "roster.csv", ROSTER.as_bytes());
    let uploaded = app.post_form(ada.token.as_deref(), form).await.json();
    let import = &uploaded["data"]["uploadMembershipFile"]["membershipImport"];
    assert_eq!(import["step"], "MAPPING", "{uploaded}");
    let event = watching.event("importsChanged").await.unwrap();
    assert_eq!(event["change"]["membershipImport"]["file"]["name"], "roster.csv");

    let id = &import["id"];
    let seen = examples.told(&ada, "mapping", json!({ "id": id })).await;
    let saved = examples.told(&ada, "save-mapping", json!({ "id": id, "version": seen["version"] })).await;
    let version = &saved["membershipImport"]["version"];
    examples.told(&ada, "approve-mapping", json!({ "id": id, "version": version })).await;
    app.drain().await;
    let reviewed = examples.told(&ada, "review", json!({ "id": id })).await;
    let plan = &reviewed["plan"];
    assert_eq!(plan["profileActions"]["nodes"][0]["kind"], "CREATE", "{reviewed}");
    let decided = examples.told(&ada, "decide", json!({ "plan": plan["id"] })).await;
    let version = &decided["membershipImport"]["version"];
    examples.told(&ada, "complete", json!({ "id": id, "version": version, "confirm": null })).await;
    app.drain().await;

    let history = ada.ask(&examples.take("history"), json!({})).await;
    assert_eq!(history["membershipImports"]["nodes"][0]["status"], "COMPLETE", "{history}");
    assert_eq!(examples.told(&ada, "members", json!({})).await["totalCount"], 1);
    assert_eq!(examples.0, BTreeMap::new(), "no example is left untold");
}
