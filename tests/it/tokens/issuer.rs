//! An identity provider on this machine.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use poem::endpoint::make;
use poem::http::StatusCode;
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::{Request, Response, Server};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

/// What it answers.
#[derive(Clone)]
pub enum Reply {
    Keys(Vec<Value>),
    Text(String),
    Status(u16),
    /// To the same keys, elsewhere.
    Redirect,
    /// These keys, once [`TestIssuer::let_go`] says so.
    Held(Vec<Value>),
}

struct Shared {
    reply: Mutex<Reply>,
    asked: AtomicUsize,
    go: Semaphore,
}

/// An identity provider on this machine.
pub struct TestIssuer {
    /// Where its keys are.
    pub url: String,
    shared: Arc<Shared>,
}

impl TestIssuer {
    pub async fn publishing(keys: Vec<Value>) -> Self {
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let address = acceptor.local_addr()[0].as_socket_addr().copied().unwrap();
        let shared = Arc::new(Shared {
            reply: Mutex::new(Reply::Keys(keys)),
            asked: AtomicUsize::new(0),
            go: Semaphore::new(0),
        });
        let by = shared.clone();
        let endpoint = make(move |request: Request| {
            let shared = by.clone();
            async move { answer(&shared, &request).await }
        });
        tokio::spawn(Server::new_with_acceptor(acceptor).run(endpoint));
        Self { url: format!("http://{address}/keys"), shared }
    }

    pub fn reply(&self, reply: Reply) {
        *self.shared.reply.lock().unwrap() = reply;
    }

    /// How often it was asked, wherever.
    pub fn asked(&self) -> usize {
        self.shared.asked.load(Ordering::SeqCst)
    }

    pub fn let_go(&self) {
        self.shared.go.add_permits(1_000);
    }
}

async fn answer(shared: &Shared, request: &Request) -> Response {
    shared.asked.fetch_add(1, Ordering::SeqCst);
    let reply = shared.reply.lock().unwrap().clone();
    let document = |keys: &[Value]| json!({ "keys": keys }).to_string().into();
    match reply {
        Reply::Keys(keys) => document(&keys),
        Reply::Text(text) => text.into(),
        Reply::Status(status) => StatusCode::from_u16(status).unwrap().into(),
        Reply::Redirect if request.uri().path() == "/keys" => {
            Response::builder().status(StatusCode::FOUND).header("location", "/elsewhere").finish()
        }
        Reply::Redirect => document(&[]),
        Reply::Held(keys) => {
            shared.go.acquire().await.unwrap().forget();
            document(&keys)
        }
    }
}
