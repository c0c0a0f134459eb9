//! The transport before a small schema and a gate that knows a few tokens by heart.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod batches;
mod events;
mod limits;
mod rates;
mod requests;
mod schema;
mod socket_rules;
mod sockets;
mod times;
mod trusted;
mod upload_rules;
mod uploads;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use async_graphql::{Request, parser::types::OperationType};
use poem::{
    Endpoint, Response, Server,
    listener::{Acceptor, Listener, TcpListener},
    test::TestClient,
};
use tokio::sync::{
    Semaphore,
    mpsc::{UnboundedSender, unbounded_channel},
};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;

use super::{Denied, Gate, Place, RequestId, TransportLimits, TrustedOperations, endpoint};

/// Whom the gate let in, by the token.
#[derive(Clone)]
struct Session(String);

struct TestGate {
    /// The one turn of all who are alone.
    turn: Arc<Semaphore>,
    /// Hears of every connection and every upload that ended.
    gone: UnboundedSender<()>,
}

impl TestGate {
    fn new(gone: UnboundedSender<()>) -> Self {
        Self { gone, turn: Arc::new(Semaphore::new(1)) }
    }
}

/// Tells when it is dropped.
struct Farewell(UnboundedSender<()>);

impl Drop for Farewell {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

impl Gate for TestGate {
    type Session = Session;

    async fn authenticate(&self, token: Option<&str>, _: &str) -> Result<Session, Denied> {
        match token {
            Some("bad") => Err(Denied::Unauthenticated("The token is not good.".into())),
            Some("down") => Err(Denied::Unavailable),
            token => Ok(Session(token.unwrap_or("nobody").to_owned())),
        }
    }

    fn prepare(&self, session: &Session, request: Request) -> Request {
        assert!(request.data.contains_key(&std::any::TypeId::of::<RequestId>()));
        request.data(session.clone())
    }

    fn may_upload(&self, session: &Session) -> bool {
        matches!(session.0.as_str(), "admin" | "busy" | "full")
    }

    fn expires_at(&self, session: &Session) -> i64 {
        match session.0.as_str() {
            "ended" => 0,
            "brief" => Clock::System.now().0 + 3_600_000,
            _ => i64::MAX,
        }
    }

    fn admit_operation(&self, session: &Session) -> Result<(), Duration> {
        if session.0 == "eager" { Err(Duration::from_millis(2_500)) } else { Ok(()) }
    }

    fn admit_upload(&self, session: &Session) -> Result<(), Duration> {
        if session.0 == "busy" { Err(Duration::ZERO) } else { Ok(()) }
    }

    fn begin_upload(&self, session: &Session) -> Option<Place> {
        (session.0 != "full").then(|| Box::new(Farewell(self.gone.clone())) as Place)
    }

    async fn turn(&self, session: &Session, _: OperationType) -> Place {
        let turn = self.turn.clone();
        Box::new(if session.0 == "alone" { turn.acquire_owned().await.ok() } else { None })
    }

    fn admit_connection(&self, session: &Session) -> Option<Place> {
        (session.0 != "crowded").then(|| Box::new(Farewell(self.gone.clone())) as Place)
    }
}

fn transport(limits: TransportLimits) -> impl Endpoint<Output = Response> + 'static {
    transport_of(limits, None)
}

fn transport_of(
    limits: TransportLimits,
    trusted: Option<TrustedOperations>,
) -> impl Endpoint<Output = Response> + 'static {
    let gate = TestGate::new(unbounded_channel().0);
    endpoint(schema::schema(), Arc::new(gate), limits, trusted, CancellationToken::new(), TaskTracker::new())
}

fn client() -> TestClient<impl Endpoint<Output = Response>> {
    TestClient::new(transport(TransportLimits::default()))
}

/// A server on a port of its own.
struct TestServer {
    address: SocketAddr,
    shutdown: CancellationToken,
    /// A message for each connection and each upload that ended.
    gone: tokio::sync::mpsc::UnboundedReceiver<()>,
}

impl TestServer {
    async fn start(limits: TransportLimits) -> Self {
        Self::start_of(limits, None).await
    }

    async fn start_of(limits: TransportLimits, trusted: Option<TrustedOperations>) -> Self {
        let (sender, gone) = unbounded_channel();
        let shutdown = CancellationToken::new();
        let gate = Arc::new(TestGate::new(sender));
        let transport =
            endpoint(schema::schema(), gate, limits, trusted, shutdown.clone(), TaskTracker::new());
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let address = *acceptor.local_addr()[0].as_socket_addr().unwrap();
        tokio::spawn(Server::new_with_acceptor(acceptor).run(transport));
        Self { address, shutdown, gone }
    }
}
