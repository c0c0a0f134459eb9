//! The parameters of a GraphQL request, from JSON or from an address.

use async_graphql::{Value, Variables};
use serde::Deserialize;

use super::refusal::{Code, Refusal, cut};

/// What a client asks.
#[derive(Debug)]
pub(super) struct Params {
    pub document: Document,
    pub operation_name: Option<String>,
    pub variables: Variables,
}

/// What is to run.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Document {
    /// Its text.
    Text(String),
    /// The SHA-256 of its text, in hexadecimal.
    Id(String),
}

impl Document {
    /// What nobody has written down beforehand comes as text.
    pub fn into_text(self) -> Result<String, Refusal> {
        let sentence = "This server knows no operations by id: send the text of the operation in `query`.";
        match self {
            Self::Text(text) => Ok(text),
            Self::Id(_) => Err(Refusal::request(Code::PersistedQueryNotSupported, sentence)),
        }
    }
}

/// The parameters as they came. Any type is taken, so that the wrong one can be named.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    query: Option<Value>,
    /// Instead of the query (GraphQL over HTTP, appendix A).
    document_id: Option<Value>,
    operation_name: Option<Value>,
    variables: Option<Value>,
    extensions: Option<Value>,
}

/// Whether the body of a request is a list, of several requests.
pub(super) fn is_list(json: &[u8]) -> bool {
    json.trim_ascii_start().starts_with(b"[")
}

impl Params {
    /// From the body of a request.
    pub fn from_json(json: &[u8]) -> Result<Self, Refusal> {
        if json.trim_ascii().is_empty() {
            return Err(Refusal::malformed("The request has no body."));
        }
        // serde would take the members of an array for the fields of a struct.
        if is_list(json) {
            return Err(Refusal::malformed("Send one request, not a list of requests."));
        }
        let wire: Wire = serde_json::from_slice(json).map_err(|error| not_json("The body", &error))?;
        Self::from_wire(wire)
    }

    /// From a value that was JSON: the payload of a message.
    pub fn from_value(value: Value) -> Result<Self, Refusal> {
        if !matches!(value, Value::Object(_)) {
            return Err(Refusal::malformed("The payload must be an object."));
        }
        let wire = async_graphql::from_value(value).map_err(|error| not_json("The payload", &error))?;
        Self::from_wire(wire)
    }

    /// From the query of an address.
    pub fn from_query(query: &str) -> Result<Self, Refusal> {
        let mut wire = Wire::default();
        for (key, text) in url::form_urlencoded::parse(query.as_bytes()) {
            let is_json = matches!(&*key, "variables" | "extensions");
            let slot = match &*key {
                "query" => &mut wire.query,
                "documentId" => &mut wire.document_id,
                "operationName" => &mut wire.operation_name,
                "variables" => &mut wire.variables,
                "extensions" => &mut wire.extensions,
                _ => continue,
            };
            let value = match is_json {
                true => serde_json::from_str(&text).map_err(|error| not_json("A parameter", &error))?,
                false => Value::String(text.into_owned()),
            };
            if slot.replace(value).is_some() {
                return Err(Refusal::malformed("A parameter is given twice."));
            }
        }
        Self::from_wire(wire)
    }

    fn from_wire(wire: Wire) -> Result<Self, Refusal> {
        // Its shape is checked because the specification says it.
        if !matches!(wire.extensions, None | Some(Value::Null | Value::Object(_))) {
            return Err(Refusal::malformed("`extensions` must be an object."));
        }
        let id = match wire.document_id {
            None | Some(Value::Null) => persisted_query(wire.extensions.as_ref()),
            // Whoever leaves the prefix out means the same.
            Some(Value::String(id)) => Some(id.strip_prefix("sha256:").unwrap_or(&id).to_owned()),
            Some(_) => return Err(Refusal::malformed("`documentId` must be a string.")),
        };
        let document = match (wire.query, id) {
            (Some(Value::String(query)), _) => Document::Text(query),
            (None | Some(Value::Null), Some(id)) => Document::Id(id),
            (None | Some(Value::Null), None) => return Err(Refusal::malformed("`query` is missing.")),
            (Some(_), _) => return Err(Refusal::malformed("`query` must be a string.")),
        };
        let operation_name = match wire.operation_name {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name),
            Some(_) => return Err(Refusal::malformed("`operationName` must be a string.")),
        };
        let variables = match wire.variables {
            None | Some(Value::Null) => Variables::default(),
            Some(variables @ Value::Object(_)) => Variables::from_value(variables),
            Some(_) => return Err(Refusal::malformed("`variables` must be an object.")),
        };
        Ok(Self { document, operation_name, variables })
    }
}

/// The id by which Apollo's clients ask.
fn persisted_query(extensions: Option<&Value>) -> Option<String> {
    let Some(Value::Object(extensions)) = extensions else { return None };
    let Some(Value::Object(persisted)) = extensions.get("persistedQuery") else { return None };
    match persisted.get("sha256Hash") {
        Some(Value::String(id)) => Some(id.clone()),
        _ => None,
    }
}

fn not_json(what: &str, error: &dyn std::fmt::Display) -> Refusal {
    let mut reason = error.to_string();
    cut(&mut reason, 100);
    Refusal::malformed(format!("{what} cannot be read as JSON: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(json: &str) -> String {
        Params::from_json(json.as_bytes()).expect_err("it is refused").message.into_owned()
    }

    #[test]
    fn every_parameter_has_its_type() {
        assert_eq!(sentence("{}"), "`query` is missing.");
        assert_eq!(sentence(r#"{"query":null}"#), "`query` is missing.");
        for wrong in [r#"{"obj":"ect"}"#, "0", "false", r#"["array"]"#] {
            assert_eq!(sentence(&format!(r#"{{"query":{wrong}}}"#)), "`query` must be a string.");
            let json = format!(r#"{{"query":"{{a}}","operationName":{wrong}}}"#);
            assert_eq!(sentence(&json), "`operationName` must be a string.");
        }
        for wrong in [r#""string""#, "0", "false", r#"["array"]"#] {
            let json = format!(r#"{{"query":"{{a}}","variables":{wrong}}}"#);
            assert_eq!(sentence(&json), "`variables` must be an object.");
            let json = format!(r#"{{"query":"{{a}}","extensions":{wrong}}}"#);
            assert_eq!(sentence(&json), "`extensions` must be an object.");
        }
        let json = br#"{"query":"{a}","operationName":null,"variables":null,"extensions":null,"x":1}"#;
        assert!(Params::from_json(json).is_ok());
    }

    #[test]
    fn an_id_stands_for_a_text() {
        let document = |json: &str| Params::from_json(json.as_bytes()).expect("it is a request").document;
        let id = Document::Id("ab".into());
        assert_eq!(document(r#"{"documentId":"sha256:ab"}"#), id);
        assert_eq!(document(r#"{"documentId":"ab","query":null}"#), id);
        assert_eq!(document(r#"{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"ab"}}}"#), id);
        assert_eq!(document(r#"{"documentId":"ab","query":"{a}"}"#), Document::Text("{a}".into()));
        assert_eq!(Params::from_query("documentId=sha256%3Aab").expect("it is a request").document, id);
        assert_eq!(sentence(r#"{"documentId":1}"#), "`documentId` must be a string.");
        for none in ["{}", r#"{"persistedQuery":1}"#, r#"{"persistedQuery":{"sha256Hash":1}}"#] {
            assert_eq!(sentence(&format!(r#"{{"extensions":{none}}}"#)), "`query` is missing.");
        }
    }

    #[test]
    fn a_list_is_no_request() {
        assert_eq!(sentence(r#" ["{a}", null, null, null]"#), "Send one request, not a list of requests.");
        assert_eq!(sentence(r#"[{"query":"{a}"}]"#), "Send one request, not a list of requests.");
        assert_eq!(sentence(" "), "The request has no body.");
    }

    #[test]
    fn deep_or_long_nonsense_is_refused_in_few_words() {
        assert!(sentence(&"{\"variables\":".repeat(500)).contains("cannot be read"));
        let long = format!(r#"{{"query":"{{a}}","{0}":1,"{0}":2,"query":1}}"#, "x".repeat(10_000));
        assert!(sentence(&long).len() < 200);
    }

    #[test]
    fn an_address_carries_the_same() {
        let query = "query=%7Ba%7D&operationName=x&variables=%7B%22b%22:1%7D&other=1";
        let params = Params::from_query(query).expect("it is a request");
        assert_eq!(params.document, Document::Text("{a}".into()));
        assert_eq!(params.operation_name.as_deref(), Some("x"));
        assert_eq!(params.variables.get("b"), Some(&Value::from(1)));
        for wrong in ["variables=%7B%7D", "query=a&query=b", "query=a&variables=1", "query=a&variables=%7B"] {
            assert!(Params::from_query(wrong).is_err(), "{wrong}");
        }
    }
}
