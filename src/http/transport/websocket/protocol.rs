//! The messages of `graphql-transport-ws`.

use async_graphql::{ServerError, Value};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::close::Close;
use crate::http::transport::{executor::Answer, limits::TransportLimits, params::Params, token::bearer};

/// What a client says.
#[derive(Debug)]
pub(super) enum ClientMessage {
    ConnectionInit { token: Option<String> },
    Ping { payload: Option<Value> },
    Pong,
    Subscribe { id: String, params: Params },
    Complete { id: String },
}

#[derive(Deserialize)]
struct Wire {
    r#type: Option<Value>,
    id: Option<Value>,
    payload: Option<Value>,
}

impl ClientMessage {
    /// Reads a message strictly: what the protocol does not know ends the socket.
    pub fn read(text: &str, limits: &TransportLimits) -> Result<Self, Close> {
        // serde would take the members of an array for the fields of a struct.
        if !text.trim_start().starts_with('{') {
            return Err(Close::invalid("The message is not an object"));
        }
        let wire: Wire =
            serde_json::from_str(text).map_err(|_| Close::invalid("The message cannot be read as JSON"))?;
        let Some(Value::String(kind)) = wire.r#type else {
            return Err(Close::invalid("The message has no type"));
        };
        match kind.as_str() {
            "connection_init" => Ok(Self::ConnectionInit { token: token(wire.payload)? }),
            "ping" => Ok(Self::Ping { payload: object(wire.payload)? }),
            "pong" => object(wire.payload).map(|_| Self::Pong),
            "subscribe" => {
                let id = id(wire.id, limits)?;
                let params = Params::from_value(wire.payload.unwrap_or_default())
                    .map_err(|refusal| Close::invalid(refusal.message))?;
                Ok(Self::Subscribe { id, params })
            }
            "complete" => Ok(Self::Complete { id: id(wire.id, limits)? }),
            _ => Err(Close::invalid("The type of the message is not known")),
        }
    }
}

fn id(id: Option<Value>, limits: &TransportLimits) -> Result<String, Close> {
    match id {
        Some(Value::String(id)) if !id.is_empty() && id.len() <= limits.operation_id_bytes_max => Ok(id),
        _ => Err(Close::invalid("The id must be a string, neither empty nor long")),
    }
}

fn object(payload: Option<Value>) -> Result<Option<Value>, Close> {
    match payload {
        None | Some(Value::Null) => Ok(None),
        Some(payload @ Value::Object(_)) => Ok(Some(payload)),
        Some(_) => Err(Close::invalid("The payload must be an object")),
    }
}

/// The token in the payload of `connection_init`, with or without `Bearer`.
fn token(payload: Option<Value>) -> Result<Option<String>, Close> {
    let Some(Value::Object(members)) = object(payload)? else { return Ok(None) };
    match members.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
        None | Some((_, Value::Null)) => Ok(None),
        Some((_, Value::String(text))) => Ok(Some(bearer(text).unwrap_or(text.trim()).to_owned())),
        Some(_) => Err(Close::invalid("`authorization` must be a string")),
    }
}

/// What the server says.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ServerMessage<'a> {
    ConnectionAck,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Value>,
    },
    Next {
        id: &'a str,
        payload: &'a RawValue,
    },
    Error {
        id: &'a str,
        payload: &'a [ServerError],
    },
    Complete {
        id: &'a str,
    },
}

impl ServerMessage<'_> {
    fn write(&self) -> String {
        // Nothing here fails to be written; a client takes an empty message for the end.
        serde_json::to_string(self).unwrap_or_default()
    }
}

pub(super) fn connection_ack() -> String {
    ServerMessage::ConnectionAck.write()
}

pub(super) fn pong(payload: Option<Value>) -> String {
    ServerMessage::Pong { payload }.write()
}

pub(super) fn complete(id: &str) -> String {
    ServerMessage::Complete { id }.write()
}

/// The message for an answer, and whether it is the operation's last: an operation that was not
/// executed ends with its `error`.
pub(super) fn outcome(id: &str, answer: &Answer) -> (String, bool) {
    match answer {
        Answer::Executed(payload) => (ServerMessage::Next { id, payload }.write(), false),
        Answer::Refused(payload) => (ServerMessage::Error { id, payload }.write(), true),
    }
}
