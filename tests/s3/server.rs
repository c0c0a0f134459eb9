//! An S3-compatible server on a port of its own, over a folder, that can be told to misbehave.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

use futures_util::StreamExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use muster::files::Files;
use s3s::auth::SimpleAuth;
use s3s::dto::StreamingBlob;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, HttpError};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;

const BUCKET: &str = "bucket";
/// Part of every address: files lie below it.
const PREFIX: &str = "some/prefix";
const KEY_ID: &str = "a-key-id";
const SECRET: &str = "a-secret-key";

/// What a server does with requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Answers them.
    Well,
    /// Answers that it is too busy.
    Busy,
    /// Takes them, and says nothing.
    Silent,
    /// Says that whoever asks may not.
    Forbidding,
    /// Takes back what it said it would do: parts are refused, and all else goes well.
    PartsRefused,
}

/// A server that ends with this.
pub struct S3 {
    address: String,
    folder: TempDir,
    mood: Arc<AtomicU8>,
    /// Bytes of an answer's body before the connection is cut; 0 for all.
    cut: Arc<AtomicUsize>,
    /// Requests since it was started.
    requests: Arc<AtomicUsize>,
    _accepting: AbortOnDropHandle<()>,
}

impl S3 {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let mut service = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        service.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = State {
            service: service.build(),
            mood: Arc::new(AtomicU8::new(Mood::Well as u8)),
            cut: Arc::default(),
            requests: Arc::default(),
        };
        let (mood, cut, requests) = (state.mood.clone(), state.cut.clone(), state.requests.clone());
        let accepting = AbortOnDropHandle::new(tokio::spawn(accept(listener, state)));
        Self { address, folder, mood, cut, requests, _accepting: accepting }
    }

    pub fn is_in(&self, mood: Mood) {
        self.mood.store(mood as u8, Ordering::SeqCst);
    }

    /// Cuts every answer after as many bytes of its body; 0 for none.
    pub fn cuts_after(&self, bytes: usize) {
        self.cut.store(bytes, Ordering::SeqCst);
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    pub fn url(&self) -> String {
        format!("s3://{BUCKET}/{PREFIX}")
    }

    /// What a client's environment says.
    pub fn variables(&self) -> Vec<(String, String)> {
        let variables = [
            ("AWS_ENDPOINT", self.address.as_str()),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", KEY_ID),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
        ];
        variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    pub fn files(&self) -> Files {
        Files::open(&self.url(), &self.variables()).unwrap()
    }

    /// A client with something else in its environment.
    pub fn files_with(&self, name: &str, value: &str) -> Files {
        let mut variables = self.variables();
        variables.push((name.to_owned(), value.to_owned()));
        Files::open(&self.url(), &variables).unwrap()
    }

    /// The files that the server keeps, also of uploads that have not ended, without what it notes about them.
    pub fn kept(&self) -> Vec<PathBuf> {
        let mut kept = Vec::new();
        let mut folders = vec![self.folder.path().to_path_buf()];
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                match path.is_dir() {
                    true => folders.push(path),
                    false if name.ends_with(".json") || name.ends_with(".internal.part") => {}
                    false => kept.push(path),
                }
            }
        }
        kept
    }
}

#[derive(Clone)]
struct State {
    service: S3Service,
    mood: Arc<AtomicU8>,
    cut: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
}

async fn accept(listener: TcpListener, state: State) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, state.clone()));
    }
}

async fn serve(stream: TcpStream, state: State) {
    let service = service_fn(move |request| {
        let state = state.clone();
        async move { Ok::<_, Infallible>(state.answer(request).await) }
    });
    // A client that leaves is no failure.
    let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
}

impl State {
    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let mood = self.mood.load(Ordering::SeqCst);
        let is_in = |one: Mood| mood == one as u8;
        if is_in(Mood::Silent) {
            std::future::pending::<()>().await;
        }
        if is_in(Mood::Busy) || (is_in(Mood::PartsRefused) && request.method() == Method::PUT) {
            return refusal(StatusCode::SERVICE_UNAVAILABLE, "SlowDown");
        }
        if is_in(Mood::Forbidding) {
            return refusal(StatusCode::FORBIDDEN, "InvalidAccessKeyId");
        }
        let answer: Result<_, HttpError> = self.service.call(request.map(Body::from)).await;
        match (answer, self.cut.load(Ordering::SeqCst)) {
            (Ok(answer), 0) => answer,
            (Ok(answer), after) => answer.map(|body| cut(body, after)),
            (Err(_), _) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "InternalError"),
        }
    }
}

fn refusal(status: StatusCode, code: &str) -> Response<Body> {
    let body = format!("<Error><Code>{code}</Code><AWSAccessKeyId>{KEY_ID}</AWSAccessKeyId></Error>");
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = status;
    answer
}

/// The first bytes of a body; then the connection is cut.
fn cut(body: Body, after: usize) -> Body {
    let mut left = after;
    let bytes = StreamingBlob::from(body).map(move |bytes| match bytes {
        Ok(mut bytes) if left > 0 => {
            bytes.truncate(left);
            left -= bytes.len();
            Ok(bytes)
        }
        _ => Err(std::io::Error::other("the connection is cut")),
    });
    StreamingBlob::wrap(bytes).into()
}
