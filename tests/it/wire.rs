//! A way to PostgreSQL that counts the statements that go over it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// A way to PostgreSQL.
pub struct Wire {
    /// Where it begins: the address of a database.
    pub url: String,
    executed: Arc<AtomicUsize>,
}

impl Wire {
    /// To the database at `server`, `postgres://user@host/database`.
    pub async fn to(server: &str) -> Self {
        let (scheme, rest) = server.split_once("://").unwrap();
        let (authority, database) = rest.split_once('/').unwrap();
        let (user, host) = authority.split_once('@').unwrap_or(("postgres", authority));
        let host = if host.contains(':') { host.to_owned() } else { format!("{host}:5432") };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let executed = Arc::<AtomicUsize>::default();
        let count = executed.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&host).await.unwrap();
                let ((from_client, mut to_client), (mut from_server, to_server)) =
                    (client.into_split(), server.into_split());
                tokio::spawn(forward(from_client, to_server, count.clone()));
                tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
            }
        });
        // What is encrypted cannot be counted.
        Self { url: format!("{scheme}://{user}@{address}/{database}?sslmode=disable"), executed }
    }

    /// How many statements were executed since the last time; pings, and what begins and ends transactions, apart.
    pub fn statements(&self) -> usize {
        self.executed.swap(0, Ordering::SeqCst)
    }
}

/// Passes on what a client says, message by message: a byte that says what it is (none for the first message), and its
/// length with itself (PostgreSQL's documentation, "Message Formats").
async fn forward(mut client: OwnedReadHalf, mut server: OwnedWriteHalf, executed: Arc<AtomicUsize>) {
    const EXECUTE: u8 = b'E';
    let mut kind = Vec::new();
    loop {
        let Ok(length) = client.read_i32().await else { return };
        let mut body = vec![0; usize::try_from(length).unwrap() - 4];
        client.read_exact(&mut body).await.unwrap();
        if kind == [EXECUTE] {
            executed.fetch_add(1, Ordering::SeqCst);
        }
        let message = [&kind[..], &length.to_be_bytes(), &body].concat();
        if server.write_all(&message).await.is_err() {
            return;
        }
        let Ok(next) = client.read_u8().await else { return };
        kind = vec![next];
    }
}
