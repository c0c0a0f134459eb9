//! The server itself.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use poem::http::uri::Scheme;
use poem::listener::{Acceptor, Listener, TcpAcceptor, TcpListener};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Endpoint, Response, Server};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

/// How long a connection may say nothing. It bounds how slowly a header can be sent, too.
const IDLE: Duration = Duration::from_secs(75);
/// How long requests that are under way may take once the server is to end.
const GRACE: Duration = Duration::from_secs(7);

/// A bound port.
pub struct Bound {
    acceptor: TcpAcceptor,
    /// Where it is.
    pub address: SocketAddr,
}

/// Binds `address`, such as `127.0.0.1:8000`; port 0 picks one.
///
/// # Errors
/// If it cannot be bound.
pub async fn bind(address: &str) -> io::Result<Bound> {
    let acceptor = TcpListener::bind(address.to_owned()).into_acceptor().await?;
    let bound = acceptor.local_addr().into_iter().find_map(|local| local.as_socket_addr().copied());
    let address = bound.ok_or_else(|| io::Error::other("the bound address is no address of a socket"))?;
    Ok(Bound { acceptor, address })
}

/// Serves until `shutdown`.
///
/// # Errors
/// If the port fails.
pub async fn serve(
    bound: Bound,
    routes: impl Endpoint<Output = Response> + 'static,
    shutdown: CancellationToken,
) -> io::Result<()> {
    Server::new_with_acceptor(WithoutDelay(bound.acceptor))
        .idle_timeout(IDLE)
        .run_with_graceful_shutdown(routes, shutdown.cancelled_owned(), Some(GRACE))
        .await
}

/// Sends small packets at once: else a message over a WebSocket waits for the client's next acknowledgement, 40 ms.
struct WithoutDelay(TcpAcceptor);

impl Acceptor for WithoutDelay {
    type Io = TcpStream;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.0.local_addr()
    }

    async fn accept(&mut self) -> io::Result<(TcpStream, LocalAddr, RemoteAddr, Scheme)> {
        let (stream, local, remote, scheme) = self.0.accept().await?;
        stream.set_nodelay(true)?;
        Ok((stream, local, remote, scheme))
    }
}
