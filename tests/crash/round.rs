//! One import from its upload to COMPLETE, by an admin who loses answers, looks, and goes on from what there is.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{Client, Lost, persist};
use crate::roster::{Change, Members};

/// An admin of a tenant, and what they know.
pub struct Admin {
    pub client: Client,
    /// The version that each import was last told to have.
    acknowledged: RefCell<BTreeMap<String, i64>>,
    /// The file of each import that was told to be there, with its key.
    pub files: RefCell<Vec<(String, String, String)>>,
    /// The members before the import under way, and after it.
    pub members: RefCell<(Members, Members)>,
    /// Imports that were told to be COMPLETE.
    pub completed: Cell<i64>,
    /// Since when a server is known to be at work for this admin, if one is.
    pub waits_since: Cell<Option<Instant>>,
    /// How long the last such work took.
    pub waited: Cell<Duration>,
}

impl Admin {
    pub fn new(client: Client) -> Self {
        Self {
            client,
            acknowledged: RefCell::default(),
            files: RefCell::default(),
            members: RefCell::default(),
            completed: Cell::new(0),
            waits_since: Cell::default(),
            waited: Cell::default(),
        }
    }

    /// Notes what was told of an import: nothing that was acknowledged may be lost later.
    fn told(&self, import: Value) -> Value {
        let (id, version) = (import["id"].as_str().unwrap(), import["version"].as_i64().unwrap());
        let mut acknowledged = self.acknowledged.borrow_mut();
        let last = acknowledged.entry(id.to_owned()).or_default();
        assert!(version >= *last, "version {last} was told already: {import}");
        *last = version;
        assert_eq!(import["problem"], Value::Null, "{import}");
        let is_at_work = ["PLANNING", "APPLYING"].contains(&import["step"].as_str().unwrap());
        match self.waits_since.get() {
            None if is_at_work => self.waits_since.set(Some(Instant::now())),
            Some(since) if !is_at_work => {
                self.waits_since.set(None);
                self.waited.set(since.elapsed());
            }
            _ => {}
        }
        import
    }

    pub async fn import(&self, id: &str) -> Result<Value, Lost> {
        Ok(self.told(self.client.import(id).await?))
    }

    async fn mutate(&self, name: &str, input: Value) -> Result<Value, Lost> {
        Ok(self.told(self.client.mutate(name, input).await?))
    }

    /// Uploads a file until that is acknowledged.
    pub async fn upload(&self, csv: &str, key: &str) -> String {
        let import = persist(async || Ok(self.told(self.client.upload(csv, key).await?))).await;
        let id = import["id"].as_str().unwrap().to_owned();
        self.files.borrow_mut().push((id.clone(), key.to_owned(), csv.to_owned()));
        id
    }

    /// Approves the mapping, and waits until the plan is there.
    pub async fn plan(&self, id: &str) -> Value {
        persist(async || {
            let import = self.import(id).await?;
            match import["step"].as_str().unwrap() {
                "MAPPING" => {
                    let input = json!({ "importId": id, "ifVersion": import["version"] });
                    self.mutate("approveMapping", input).await?;
                    Err(Lost)
                }
                "PLANNING" => Err(Lost),
                "REVIEW" => Ok(import),
                _ => panic!("too far: {import}"),
            }
        })
        .await
    }

    /// Approves all that is to be approved, and rejects the rest.
    pub async fn decide(&self, planned: &Value, change: &Change) {
        let plan = &planned["plan"]["id"];
        let all = json!({ "planId": plan, "decision": "APPROVED", "target": { "all": true } });
        persist(async || self.mutate("decideProfileActions", all.clone()).await).await;
        if change.keeps_absent {
            let target = json!({ "filter": { "kind": ["DELETE"] } });
            let deletions = json!({ "planId": plan, "decision": "REJECTED", "target": target });
            persist(async || self.mutate("decideProfileActions", deletions.clone()).await).await;
        }
    }

    /// Completes the import, and waits until it is applied.
    pub async fn complete(&self, id: &str, change: &Change) -> Value {
        persist(async || {
            let import = self.import(id).await?;
            let step = import["step"].as_str().unwrap();
            if step != "APPLYING" {
                let counts = import["plan"]["counts"].as_array().unwrap().iter();
                let approved: Vec<usize> =
                    counts.map(|count| count["approved"].as_u64().unwrap() as usize).collect();
                assert_eq!(approved, change.approved(), "what was decided stays so: {import}");
            }
            match step {
                "REVIEW" => {
                    let confirm = &import["plan"]["deletionsToConfirm"];
                    let input =
                        json!({ "importId": id, "ifVersion": import["version"], "confirmDeletions": confirm });
                    self.mutate("completeImport", input).await?;
                    Err(Lost)
                }
                "APPLYING" => Err(Lost),
                "DONE" => Ok(import),
                _ => panic!("gone back: {import}"),
            }
        })
        .await
    }

    /// A file that was acknowledged is there byte for byte, and its key leads to its import.
    pub async fn find_file(&self, place: usize) {
        let (id, key, csv) = self.files.borrow()[place].clone();
        persist(async || {
            let import = self.import(&id).await?;
            assert!(self.client.download(&import).await? == csv, "the bytes of {import}");
            let again = self.client.upload("Member ID,E-mail\nnobody,nobody@example.org\n", &key).await?;
            assert_eq!(again["id"], id, "the same key, the same import");
            Ok(())
        })
        .await;
    }
}
