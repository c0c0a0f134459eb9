//! The floor of an upload: the file comes in one request, is hashed, and goes to the disk, piece by piece. No multipart,
//! no GraphQL, no look at what it holds. Prints seconds.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use clap::Parser;
use futures_util::TryStreamExt as _;
use poem::listener::{Acceptor as _, Listener as _, TcpListener};
use poem::web::Data;
use poem::{Body, EndpointExt as _, IntoResponse, Route, Server, handler, post};
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;

#[derive(Parser)]
struct Arguments {
    /// The file to upload.
    file: PathBuf,
    /// Where it is stored.
    stored: PathBuf,
}

#[handler]
async fn store(Data(path): Data<&Arc<PathBuf>>, body: Body) -> poem::Result<impl IntoResponse> {
    let mut pieces = body.into_bytes_stream();
    let mut file = tokio::fs::File::create(path.as_path()).await.map_err(poem::error::InternalServerError)?;
    let mut hash = Sha256::new();
    while let Some(piece) = pieces.try_next().await.map_err(poem::error::InternalServerError)? {
        hash.update(&piece);
        file.write_all(&piece).await.map_err(poem::error::InternalServerError)?;
    }
    file.sync_all().await.map_err(poem::error::InternalServerError)?;
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments { file, stored } = Arguments::parse();
    let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.context("listening")?;
    let address = acceptor.local_addr().remove(0).as_socket_addr().copied().context("an address")?;
    let route = Route::new().at("/", post(store)).data(Arc::new(stored.clone()));
    tokio::spawn(Server::new_with_acceptor(acceptor).run(route));

    let began = Instant::now();
    upload(&file, &format!("http://{address}/")).await?;
    println!("{:.3}", began.elapsed().as_secs_f64());
    let size = |path: &Path| std::fs::metadata(path).map(|data| data.len());
    ensure!(size(&file)? == size(&stored)?, "the file did not come whole");
    Ok(())
}

async fn upload(file: &Path, url: &str) -> anyhow::Result<()> {
    let client = reqwest::Client::builder().no_proxy().build().context("an HTTP client")?;
    let file = tokio::fs::File::open(file).await.context("opening the file")?;
    client.post(url).body(file).send().await?.error_for_status()?;
    Ok(())
}
