//! Requests as bytes, and answers as they came.

use poem::Body;
use poem::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::TestApp;

/// Between the parts of a form; in no test's file.
const BOUNDARY: &str = "cut-here-3f9a1c";

/// An answer as it came.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// A file with its operation, as the GraphQL multipart request specification says.
pub struct Form {
    body: Vec<u8>,
}

impl Form {
    pub fn of(query: &str, mut input: Value, file_name: &str, content: &[u8]) -> Self {
        input["file"] = Value::Null;
        Self::at("input.file", query, json!({ "input": input }), file_name, content)
    }

    /// The file is at `place` among the variables.
    pub fn at(place: &str, query: &str, variables: Value, file_name: &str, content: &[u8]) -> Self {
        let operations = json!({ "query": query, "variables": variables }).to_string();
        let map = json!({ "0": [format!("variables.{place}")] }).to_string();
        let mut body = Vec::new();
        for (name, text) in [("operations", operations), ("map", map)] {
            let part =
                format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        // As browsers write it.
        let file_name = file_name.replace('"', "%22");
        let head = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"0\"; filename=\"{file_name}\"\r\n\
             content-type: text/csv\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        Self { body }
    }
}

impl TestApp {
    pub async fn post_form(&self, token: Option<&str>, form: Form) -> Answer {
        let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
        // Without a token, the header that says that no form of another site sent it.
        let mut request = self.client.post("/graphql").content_type(content_type);
        request = request.header("graphql-require-preflight", "1");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        answer(request.body(Body::from(form.body)).send().await).await
    }

    pub(super) async fn post_json(&self, token: Option<&str>, body: &Value, accept: &str) -> Answer {
        answer(self.post(token, body, accept).await).await
    }

    /// The answer before its body has come.
    pub(super) async fn post(
        &self,
        token: Option<&str>,
        body: &Value,
        accept: &str,
    ) -> poem::test::TestResponse {
        let mut request =
            self.client.post("/graphql").content_type("application/json").header("accept", accept);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request.body(body.to_string()).send().await
    }

    /// What a path serves.
    pub async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    /// What a path serves whoever sends these headers.
    pub async fn get_with(&self, path: &str, headers: &[(&'static str, &str)]) -> Answer {
        let request = self.client.get(path);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        answer(request.send().await).await
    }

    /// What a path serves without its body.
    pub async fn head(&self, path: &str) -> Answer {
        self.head_with(path, &[]).await
    }

    /// The same whoever sends these headers.
    pub async fn head_with(&self, path: &str, headers: &[(&'static str, &str)]) -> Answer {
        let request = self.client.head(path);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        answer(request.send().await).await
    }

    /// What is behind an address that Muster gave out. `range` is the header, if any.
    pub async fn download(&self, url: &str, range: Option<&str>) -> Answer {
        let path = &url[url.find("/files/").unwrap()..];
        let mut request = self.client.get(path);
        if let Some(range) = range {
            request = request.header("range", range);
        }
        answer(request.send().await).await
    }
}

async fn answer(response: poem::test::TestResponse) -> Answer {
    let response = response.0;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.into_body().into_vec().await.unwrap();
    Answer { status, headers, body }
}
