//! The usual ways through an import.

use serde_json::{Value, json};

use super::Admin;
use super::admin::IMPORT;

/// The most that a page gives.
const PAGE: u32 = 200;

/// One field of each node.
pub fn field(nodes: &[Value], name: &str) -> Vec<String> {
    nodes.iter().map(|node| node[name].as_str().unwrap_or_default().to_owned()).collect()
}

/// The nodes of a connection.
pub fn nodes(connection: &Value) -> Vec<Value> {
    connection["nodes"].as_array().unwrap().clone()
}

impl Admin {
    /// An import as it stands; null if there is no such one.
    pub async fn import(&self, id: &Value) -> Value {
        let query = format!("query($id: ID!) {{ membershipImport(id: $id) {{ ...I }} }} {IMPORT}");
        self.ask(&query, json!({ "id": id })).await["membershipImport"].take()
    }

    /// The import in progress; null if there is none.
    pub async fn active(&self) -> Value {
        let query = format!("{{ activeImport {{ ...I }} }} {IMPORT}");
        self.ask(&query, json!({})).await["activeImport"].take()
    }

    /// Approves the mapping, with corrections if there are any, and plans.
    pub async fn plan(&self, import: &Value, columns: Value) -> Value {
        let id = &import["id"];
        if columns.as_array().is_some_and(|columns| !columns.is_empty()) {
            self.done("saveMapping", json!({ "importId": id, "columns": columns })).await;
        }
        let version = self.import(id).await["version"].clone();
        self.done("approveMapping", json!({ "importId": id, "ifVersion": version })).await;
        self.app.drain().await;
        let planned = self.import(id).await;
        assert_eq!(planned["step"], "REVIEW", "{planned}");
        let plan = &planned["plan"];
        let rows = |name: &str| plan[name].as_u64().unwrap();
        let accounted = ["rowsUnchanged", "rowsHeld", "rowsRepeated", "rowsWithActions"].map(rows);
        assert_eq!(rows("rowsRead"), accounted.iter().sum::<u64>(), "the books balance: {plan}");
        planned
    }

    /// Uploads a file and plans it.
    pub async fn planned(&self, name: &str, content: impl AsRef<[u8]>) -> Value {
        let import = self.upload(name, content).await;
        self.plan(&import, json!([])).await
    }

    /// Decides about the actions of the plan, and answers the import.
    pub async fn decide(&self, import: &Value, decision: &str, target: Value) -> Value {
        let input = json!({ "planId": import["plan"]["id"], "decision": decision, "target": target });
        self.done("decideProfileActions", input).await
    }

    /// Completes an import, confirming what has to be confirmed, and applies it.
    pub async fn complete(&self, import: &Value) -> Value {
        let import = self.import(&import["id"]).await;
        let input = json!({
            "importId": import["id"],
            "ifVersion": import["version"],
            "confirmDeletions": import["plan"]["deletionsToConfirm"],
        });
        self.done("completeImport", input).await;
        self.app.drain().await;
        let completed = self.import(&import["id"]).await;
        assert_eq!(
            (&completed["status"], &completed["step"]),
            (&json!("COMPLETE"), &json!("DONE")),
            "{completed}"
        );
        completed
    }

    /// Imports a file with all that it implies.
    pub async fn import_whole(&self, name: &str, content: impl AsRef<[u8]>) -> Value {
        let planned = self.planned(name, content).await;
        self.decide(&planned, "APPROVED", json!({ "all": true })).await;
        self.complete(&planned).await
    }

    /// All items of a list, page by page. `list` has `first: 200, after: $after` among its arguments, and `path` leads
    /// to it.
    pub async fn all(&self, query: &str, mut variables: Value, path: &[&str]) -> Vec<Value> {
        let mut found = Vec::new();
        loop {
            let data = self.ask(query, variables.clone()).await;
            let page = path.iter().fold(&data, |value, name| &value[*name]);
            found.extend(nodes(page));
            if page["pageInfo"]["hasNextPage"] == false {
                return found;
            }
            variables["after"] = page["pageInfo"]["endCursor"].clone();
        }
    }

    /// All actions of an import's plan.
    pub async fn actions(&self, import: &Value) -> Vec<Value> {
        let query = format!(
            "query($id: ID!, $after: String) {{ membershipImport(id: $id) {{ plan {{
               profileActions(first: {PAGE}, after: $after) {{
                 nodes {{
                   id kind decision rowNumber memberName memberEmail memberUniqueId decidedAt
                   decidedBy {{ name }} member {{ id uniqueId }} warnings {{ code }}
                   changes {{ field {{ key }} before after }}
                 }}
                 pageInfo {{ hasNextPage endCursor }}
               }} }} }} }}"
        );
        let path = ["membershipImport", "plan", "profileActions"];
        self.all(&query, json!({ "id": import["id"] }), &path).await
    }

    /// All issues of an import's plan.
    pub async fn issues(&self, import: &Value) -> Vec<Value> {
        let query = format!(
            "query($id: ID!, $after: String) {{ membershipImport(id: $id) {{ plan {{
               rowIssues(first: {PAGE}, after: $after) {{
                 nodes {{ rowNumber severity code value message column {{ index header }} }}
                 pageInfo {{ hasNextPage endCursor }}
               }} }} }} }}"
        );
        let path = ["membershipImport", "plan", "rowIssues"];
        self.all(&query, json!({ "id": import["id"] }), &path).await
    }

    /// All members of the tenant.
    pub async fn members(&self) -> Vec<Value> {
        let query = format!(
            "query($after: String) {{ members(first: {PAGE}, after: $after) {{
               nodes {{ id uniqueId email firstName lastName status attributes {{ key value }} createdAt updatedAt }}
               pageInfo {{ hasNextPage endCursor }}
             }} }}"
        );
        self.all(&query, json!({}), &["members"]).await
    }

    /// How many actions of each kind are proposed, in the order CREATE, UPDATE, DEACTIVATE, REACTIVATE, DELETE.
    pub fn proposed(import: &Value) -> Vec<u64> {
        let counts = import["plan"]["counts"].as_array().unwrap();
        counts.iter().map(|count| count["proposed"].as_u64().unwrap()).collect()
    }
}
