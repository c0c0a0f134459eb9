//! The server itself: takes connections in, and sees to it that none is held for nothing.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Endpoint, Response};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::patience::Patient;

/// How long requests that are under way may take once the server is to end.
const GRACE: Duration = Duration::from_secs(5);
/// How long nothing is accepted after accepting has failed, as it does when the process may open no more files.
const PAUSE: Duration = Duration::from_millis(100);
/// The line and the headers of a request: a document in an address is three times as long as it is.
const HEAD_BYTES_MAX: usize = 128 * 1024;

/// Bounds of what comes in before it is a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Open connections. Who comes when there are so many waits, in the kernel's queue.
    pub tcp_connections_max: usize,
    /// How long the line and the headers of a request may take from the moment at which one can come: from the
    /// beginning of the connection, or from the answer before. So it is also how long a connection may be idle.
    pub head_seconds: u64,
    /// How long a client may take nothing of what it is sent.
    pub write_seconds: u64,
}

impl ConnectionLimits {
    /// What they are unless set. A load balancer keeps idle connections for 60 seconds, and has to be the first that closes
    /// one.
    pub const DEFAULT: Self = Self { tcp_connections_max: 25_000, head_seconds: 75, write_seconds: 60 };
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A bound port.
pub struct Bound {
    listener: TcpListener,
    /// Where it is.
    pub address: SocketAddr,
}

/// Binds `address`, such as `127.0.0.1:8000`; port 0 picks one.
///
/// # Errors
/// If it cannot be bound.
pub async fn bind(address: &str) -> io::Result<Bound> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    Ok(Bound { listener, address })
}

/// Serves until `shutdown`. It speaks HTTP/1.1, which WebSockets need and every proxy has.
pub async fn serve(
    bound: Bound,
    routes: impl Endpoint<Output = Response> + 'static,
    limits: ConnectionLimits,
    shutdown: CancellationToken,
) {
    let (routes, local) = (Arc::new(routes), LocalAddr(bound.address.into()));
    let places = Arc::new(Semaphore::new(limits.tcp_connections_max));
    let mut connections = JoinSet::new();
    let accept = async || {
        let place = places.clone().acquire_owned().await.map_err(io::Error::other)?;
        Ok::<_, io::Error>((bound.listener.accept().await?, place))
    };
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => break,
            // What is over is forgotten.
            Some(_) = connections.join_next() => continue,
            accepted = accept() => accepted,
        };
        match accepted {
            Ok(((stream, peer), place)) => {
                // Else a message over a WebSocket waits for the client's next acknowledgement, 40 ms.
                let _ = stream.set_nodelay(true);
                let (routes, local, shutdown) = (routes.clone(), local.clone(), shutdown.clone());
                let [head, write] = [limits.head_seconds, limits.write_seconds].map(Duration::from_secs);
                let stream = Patient::new(stream, write, place);
                connections.spawn(async move {
                    let _ = converse(stream, routes, (local, RemoteAddr(peer.into())), head, shutdown).await;
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                sleep(PAUSE).await;
            }
        }
    }
    drop(bound.listener);
    let _ = timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
}

/// One connection, until it ends, or the request that is under way at `shutdown`.
async fn converse(
    stream: Patient,
    routes: Arc<impl Endpoint<Output = Response> + 'static>,
    (local, peer): (LocalAddr, RemoteAddr),
    head: Duration,
    shutdown: CancellationToken,
) -> hyper::Result<()> {
    let answer = service_fn(|request: hyper::Request<Incoming>| {
        let (routes, request) = (routes.clone(), (request, local.clone(), peer.clone(), Scheme::HTTP));
        async move { Ok::<hyper::Response<_>, Infallible>(routes.get_response(request.into()).await.into()) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_header_size(HEAD_BYTES_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), answer)
        .with_upgrades();
    let mut connection = pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => return ended,
        () = shutdown.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    connection.await
}
