//! A load of HTTP requests, the same for everybody: connections that each send one request, read its answer, and send it
//! again. It knows as little of HTTP as that takes, so that the time goes to the servers.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::contender::Contender;

/// What one connection is asked again and again.
pub fn request(contender: &Contender, body: &str) -> String {
    let authorization =
        contender.token.as_ref().map_or(String::new(), |token| format!("authorization: Bearer {token}\r\n"));
    format!(
        "POST /graphql HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\naccept: application/json\r\n\
         {authorization}content-length: {}\r\n\r\n{body}",
        contender.address,
        body.len()
    )
}

/// A connection over which one request after the other is sent.
pub struct Connection {
    stream: TcpStream,
    bytes: Vec<u8>,
}

impl Connection {
    /// To `address`.
    pub async fn open(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.with_context(|| format!("connecting to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, bytes: Vec::with_capacity(32 * 1024) })
    }

    /// Sends `request` and answers the body, or fails if the status is not 200.
    pub async fn ask(&mut self, request: &str) -> anyhow::Result<&[u8]> {
        self.stream.write_all(request.as_bytes()).await?;
        self.bytes.clear();
        let body = loop {
            if let Some(body) = complete(&self.bytes)? {
                break body;
            }
            ensure!(self.stream.read_buf(&mut self.bytes).await? > 0, "the connection ended in an answer");
        };
        Ok(&self.bytes[body..])
    }
}

/// Where the body of a complete answer begins; none as long as bytes are missing.
fn complete(bytes: &[u8]) -> anyhow::Result<Option<usize>> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&bytes[..end])?.to_ascii_lowercase();
    if !head.starts_with("http/1.1 200") {
        bail!("an answer that is no success: {}", String::from_utf8_lossy(bytes));
    }
    let body = end + 4;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let is_complete = match length {
        Some(length) => bytes.len() >= body + length.trim().parse::<usize>()?,
        None => bytes.ends_with(b"0\r\n\r\n"),
    };
    Ok(is_complete.then_some(body))
}

/// Requests per second at so many connections for so long. With `mark`, a word of the body, each request has another one
/// of the same length in its place: its first letter, and a number.
pub async fn run(
    contender: &Contender,
    body: &str,
    connections: usize,
    time: Duration,
    mark: Option<&'static str>,
) -> anyhow::Result<f64> {
    let request = request(contender, body);
    let mut tasks = Vec::new();
    let end = Instant::now() + time;
    for number in 0..connections {
        let mut connection = Connection::open(&contender.address).await?;
        let mut request = request.clone();
        let place = mark.and_then(|mark| Some((mark, request.find(mark)?)));
        tasks.push(tokio::spawn(async move {
            let mut answers = 0_u32;
            while Instant::now() < end {
                if let Some((mark, start)) = place {
                    let number = number * 100_000 + answers as usize;
                    let other = format!("{}{number:0width$}", &mark[..1], width = mark.len() - 1);
                    request.replace_range(start..start + mark.len(), &other);
                }
                connection.ask(&request).await?;
                answers += 1;
            }
            anyhow::Ok(answers)
        }));
    }
    let mut answers = 0_u32;
    for task in tasks {
        answers += task.await?.with_context(|| contender.name)?;
    }
    Ok(f64::from(answers) / time.as_secs_f64())
}

/// Asks once, and makes sure that the answer is one: no errors, and `times` times the word `word`.
pub async fn check(contender: &Contender, body: &str, word: &str, times: usize) -> anyhow::Result<()> {
    let mut connection = Connection::open(&contender.address).await?;
    let request = request(contender, body);
    let answer = String::from_utf8_lossy(connection.ask(&request).await?).into_owned();
    ensure!(!answer.contains("\"errors\""), "{}: {answer}", contender.name);
    let found = answer.matches(word).count();
    ensure!(found == times, "{} says {word} {found} times, not {times}: {answer}", contender.name);
    Ok(())
}
