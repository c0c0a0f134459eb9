//! GraphQL over HTTP, as little of it as is needed.

use std::path::Path;

use anyhow::{Context as _, bail};
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, header};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Shown of an answer that is no GraphQL.
const ANSWER_CHARS_SHOWN: usize = 500;

/// A client with a token.
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Client {
    /// For the server at this address.
    pub fn new(address: &str, token: String) -> anyhow::Result<Self> {
        // A proxy from the environment has no business between two processes of one machine. No
        // timeout either: how long a request takes is what is to be found out.
        let http = reqwest::Client::builder().no_proxy().build().context("an HTTP client")?;
        Ok(Self { http, url: format!("http://{address}/graphql"), token })
    }

    /// Runs an operation; `path` leads to the part of the data that is wanted.
    pub async fn run<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &str,
        variables: Value,
    ) -> anyhow::Result<T> {
        let request = self.http.post(&self.url).json(&json!({ "query": query, "variables": variables }));
        self.send(request, path).await
    }

    /// Runs a mutation that takes `input` and answers `userErrors`: any of them is an error here.
    pub async fn mutate<T: DeserializeOwned>(
        &self,
        field: &str,
        query: &str,
        input: Value,
    ) -> anyhow::Result<T> {
        let payload: Value = self.run(field, query, json!({ "input": input })).await?;
        accepted(field, payload)
    }

    /// Runs a mutation whose `input.file` is the file, streamed (GraphQL multipart request specification).
    pub async fn upload<T: DeserializeOwned>(
        &self,
        field: &str,
        query: &str,
        path: &Path,
    ) -> anyhow::Result<T> {
        let operations = json!({ "query": query, "variables": { "input": { "file": null } } });
        let map = json!({ "0": ["variables.input.file"] });
        let file = Part::file(path).await.with_context(|| format!("opening {}", path.display()))?;
        let form = Form::new()
            .text("operations", operations.to_string())
            .text("map", map.to_string())
            .part("0", file.mime_str("text/csv").context("the file's type")?);
        let request = self.http.post(&self.url).header("GraphQL-Require-Preflight", "1").multipart(form);
        let payload: Value = self.send(request, field).await?;
        accepted(field, payload)
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder, path: &str) -> anyhow::Result<T> {
        let answer = request
            .bearer_auth(&self.token)
            .header(header::ACCEPT, "application/graphql-response+json, application/json;q=0.9")
            .send()
            .await
            .with_context(|| format!("asking for {path}"))?;
        let status = answer.status();
        let text = answer.text().await.with_context(|| format!("reading the answer to {path}"))?;
        data_at(&text, path).with_context(|| format!("{path}: HTTP status {status}"))
    }
}

/// The part of the data at the path, if the answer has no errors.
fn data_at<T: DeserializeOwned>(text: &str, path: &str) -> anyhow::Result<T> {
    let Ok(mut answer) = serde_json::from_str::<Value>(text) else {
        bail!("no JSON: {}", text.chars().take(ANSWER_CHARS_SHOWN).collect::<String>());
    };
    if answer["errors"].as_array().is_some_and(|errors| !errors.is_empty()) {
        bail!("{}", answer["errors"]);
    }
    let data = path.split('.').fold(&mut answer["data"], |value, name| &mut value[name]);
    serde_json::from_value(data.take()).context("an answer of another shape")
}

/// The payload, if nothing was refused.
fn accepted<T: DeserializeOwned>(field: &str, payload: Value) -> anyhow::Result<T> {
    match payload["userErrors"].as_array() {
        Some(errors) if errors.is_empty() => {
            serde_json::from_value(payload).with_context(|| format!("{field}: an answer of another shape"))
        }
        _ => bail!("{field} was refused: {payload}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_found_at_its_path() {
        let text = r#"{"data":{"viewer":{"tenant":{"memberCount":3}}}}"#;
        assert_eq!(data_at::<u64>(text, "viewer.tenant.memberCount").unwrap(), 3);
        assert_eq!(
            data_at::<Option<u64>>(r#"{"data":{"activeImport":null}}"#, "activeImport").unwrap(),
            None
        );
    }

    #[test]
    fn errors_are_errors() {
        let refused = data_at::<Value>(r#"{"data":null,"errors":[{"message":"no"}]}"#, "viewer").unwrap_err();
        assert!(refused.to_string().contains("no"));
        assert!(data_at::<Value>("<html>", "viewer").is_err());
        assert!(data_at::<u64>(r#"{"data":{}}"#, "viewer.id").is_err());
    }

    #[test]
    fn what_was_refused_is_an_error() {
        assert_eq!(accepted::<Value>("f", json!({ "userErrors": [] })).unwrap(), json!({ "userErrors": [] }));
        assert!(accepted::<Value>("f", json!({ "userErrors": [{ "code": "STALE_VERSION" }] })).is_err());
        assert!(accepted::<Value>("f", Value::Null).is_err());
    }
}
