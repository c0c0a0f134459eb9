//! A way to a database that can fall silent: nothing is closed, and nothing passes any more.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A way to a database.
pub struct Relay {
    /// Where it begins: the address of a database.
    pub url: String,
    is_silent: watch::Sender<bool>,
}

impl Relay {
    /// To the database at `url`, `postgres://user@host:port/database`.
    pub async fn to(url: &str) -> Self {
        let (user, rest) = url.split_once('@').unwrap();
        let (host, database) = rest.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (is_silent, silence) = watch::channel(false);
        let host = host.to_owned();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (host, silence) = (host.clone(), silence.clone());
                tokio::spawn(async move {
                    let Ok(server) = TcpStream::connect(host).await else { return };
                    let ((from_client, to_client), (from_server, to_server)) =
                        (client.into_split(), server.into_split());
                    tokio::spawn(pass(from_client, to_server, silence.clone()));
                    tokio::spawn(pass(from_server, to_client, silence));
                });
            }
        });
        Self { url: format!("{user}@{address}/{database}?sslmode=disable"), is_silent }
    }

    /// From now on nothing passes; what is said meanwhile comes later.
    pub fn fall_silent(&self) {
        self.is_silent.send_replace(true);
    }

    pub fn speak(&self) {
        self.is_silent.send_replace(false);
    }
}

async fn pass(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut silence: watch::Receiver<bool>,
) {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let count = from.read(&mut bytes).await.unwrap_or_default();
        // The end passes no more than anything else.
        if silence.wait_for(|is_silent| !is_silent).await.is_err()
            || count == 0
            || to.write_all(&bytes[..count]).await.is_err()
        {
            return;
        }
    }
}
