//! A subscriber over a WebSocket, whose server may be gone.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::client::{Lost, token};

pub const ALL: &str =
    "subscription { importsChanged { change { status step version membershipImport { id } } } }";

/// A socket with one subscription.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What comes over a socket.
#[derive(Debug)]
pub enum Heard {
    /// The data of an event.
    Event(Value),
    /// The end, with the code if there was one.
    Closed(Option<u16>),
}

impl Socket {
    /// Subscribes at a server.
    pub async fn open(address: &str, tenant: &str, query: &str) -> Result<Self, Lost> {
        let mut request =
            format!("{}/graphql", address.replace("http:", "ws:")).into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let (socket, _) = connect_async(request).await.map_err(|_| Lost)?;
        let mut socket = Self(socket);
        let authorization = format!("Bearer {}", token(tenant));
        socket
            .say(json!({ "type": "connection_init", "payload": { "authorization": authorization } }))
            .await?;
        socket.say(json!({ "type": "subscribe", "id": "1", "payload": { "query": query } })).await?;
        Ok(socket)
    }

    async fn say(&mut self, message: Value) -> Result<(), Lost> {
        self.0.send(Message::text(message.to_string())).await.map_err(|_| Lost)
    }

    pub async fn hear(&mut self) -> Heard {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => {
                    let mut message: Value = serde_json::from_str(&text).unwrap();
                    match message["type"].as_str().unwrap() {
                        "next" => return Heard::Event(message["payload"]["data"].take()),
                        "connection_ack" => {}
                        // The subscription has failed or ended; whoever still wants it comes again.
                        _ => return Heard::Closed(None),
                    }
                }
                Some(Ok(Message::Close(frame))) => {
                    return Heard::Closed(frame.map(|frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Heard::Closed(None),
            }
        }
    }
}
