//! Somebody who asks.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Answer, Form, TestApp};

/// What tests look at of an import.
pub const IMPORT: &str = "
fragment I on MembershipImport {
  id status step action bannerMessage version uploadedAt updatedAt
  uploadedBy { id name } resumedBy { id name } resumedAt completedBy { id name } completedAt
  discardedBy { id name } supersededBy { id } progress { processed total } problem { code message }
  file { name sizeBytes sha256 rowCount encoding delimiter }
  plan {
    id rowsRead rowsUnchanged rowsHeld rowsRepeated rowsWithActions deletionsBlocked deletionsToConfirm
    counts { kind proposed approved rejected } issueCounts { code severity count }
  }
}";
const ERRORS: &str = "userErrors { code message field rowNumber byteOffset actions { id kind memberName } }";

/// Somebody with a token, or without.
#[derive(Clone)]
pub struct Admin {
    pub app: Arc<TestApp>,
    pub token: Option<String>,
}

impl Admin {
    pub(super) fn new(app: Arc<TestApp>, token: Option<String>) -> Self {
        Self { app, token }
    }

    /// The whole answer to an operation.
    pub async fn answer(&self, query: &str, variables: Value) -> Answer {
        let body = json!({ "query": query, "variables": variables });
        self.app.post_json(self.token.as_deref(), &body, "application/json").await
    }

    /// The whole answer to an operation, as a stream of events that has ended.
    pub async fn events(&self, query: &str, variables: Value) -> Answer {
        let body = json!({ "query": query, "variables": variables });
        self.app.post_json(self.token.as_deref(), &body, "text/event-stream").await
    }

    /// A stream of events that goes on.
    pub async fn stream(&self, query: &str, variables: Value) -> poem::Body {
        let body = json!({ "query": query, "variables": variables });
        self.app.post(self.token.as_deref(), &body, "text/event-stream").await.0.into_body()
    }

    /// The data that an operation answers; there must be no errors.
    pub async fn ask(&self, query: &str, variables: Value) -> Value {
        let answer = self.answer(query, variables).await;
        let mut body = answer.json();
        assert!(body.get("errors").is_none(), "{query}: {body}");
        body["data"].take()
    }

    /// The code of the only error that an operation answers.
    pub async fn error(&self, query: &str, variables: Value) -> String {
        let body = self.answer(query, variables).await.json();
        error_code(&body)
    }

    /// The payload of a mutation.
    pub async fn mutate(&self, name: &str, input: Value) -> Value {
        let mut data = self.ask(&mutation(name), json!({ "input": input })).await;
        data[name].take()
    }

    /// What a mutation, which must succeed, answers.
    pub async fn done(&self, name: &str, input: Value) -> Value {
        let mut payload = self.mutate(name, input).await;
        assert_eq!(payload["userErrors"], json!([]), "{name}");
        let what = if name.ends_with("ProfileField") { "profileField" } else { "membershipImport" };
        payload[what].take()
    }

    /// The code of the only reason why a mutation is refused.
    pub async fn refused(&self, name: &str, input: Value) -> String {
        refusal(&self.mutate(name, input).await)
    }

    /// The payload of an upload.
    pub async fn upload_with(&self, name: &str, content: impl AsRef<[u8]>, input: Value) -> Value {
        let mut body = self.upload_answer(name, content, input).await.json();
        assert!(body.get("errors").is_none(), "{body}");
        body["data"]["uploadMembershipFile"].take()
    }

    /// The whole answer to an upload.
    pub async fn upload_answer(&self, name: &str, content: impl AsRef<[u8]>, input: Value) -> Answer {
        let query = mutation("uploadMembershipFile");
        let form = Form::of(&query, input, name, content.as_ref());
        self.app.post_form(self.token.as_deref(), form).await
    }

    /// The import that an upload, which must succeed, makes.
    pub async fn upload(&self, name: &str, content: impl AsRef<[u8]>) -> Value {
        let mut payload = self.upload_with(name, content, json!({})).await;
        assert_eq!(payload["userErrors"], json!([]), "{name}");
        payload["membershipImport"].take()
    }
}

/// The code of the only reason why something was refused.
pub fn refusal(payload: &Value) -> String {
    let errors = payload["userErrors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{payload}");
    assert!(!errors[0]["message"].as_str().unwrap().is_empty());
    errors[0]["code"].as_str().unwrap().to_owned()
}

/// The code of the only error of an answer.
pub fn error_code(body: &Value) -> String {
    let errors = body["errors"].as_array().unwrap_or_else(|| panic!("no error: {body}"));
    assert_eq!(errors.len(), 1, "{body}");
    errors[0]["extensions"]["code"].as_str().unwrap().to_owned()
}

/// A mutation's text: `$input` is its input.
pub fn mutation(name: &str) -> String {
    let type_name = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
    let (selection, fragment) = match name {
        "saveProfileField" | "removeProfileField" => {
            ("profileField { key label type required builtIn archived choices }", "")
        }
        "decideProfileActions" => ("decidedCount membershipImport { ...I }", IMPORT),
        "uploadMembershipFile" => ("superseded { ...I } membershipImport { ...I }", IMPORT),
        _ => ("membershipImport { ...I }", IMPORT),
    };
    format!(
        "mutation($input: {type_name}Input!) {{ {name}(input: $input) {{ {selection} {ERRORS} }} }} {fragment}"
    )
}
