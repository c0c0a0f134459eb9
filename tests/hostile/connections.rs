//! Connections that say nothing, or little, and more of them than there may be.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{interval, timeout};

use crate::ask::Asker;
use crate::server::{Home, Server};

/// Far longer than the server takes; only one that is stuck needs it.
const PATIENCE: Duration = Duration::from_secs(60);

async fn connect(ada: &Asker) -> TcpStream {
    TcpStream::connect(ada.address.strip_prefix("http://").unwrap()).await.unwrap()
}

/// Until the server has closed it.
async fn closed(stream: &mut TcpStream) {
    let mut rest = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("the server closes it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let home = Home::on_sqlite(&[("MUSTER_HEAD_SECONDS", 1)]);
    let server = Server::start(&home);
    let ada = Asker::new(&server);
    // Not a word; half a head; and a whole request before.
    for begin in
        ["", "POST /graphql HTTP/1.1\r\nhost: a\r\n", "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\nPOST /g"]
    {
        let mut stream = connect(&ada).await;
        stream.write_all(begin.as_bytes()).await.unwrap();
        closed(&mut stream).await;
    }
    // A byte now and then, for as long as the server takes them.
    let (mut reading, mut writing) = connect(&ada).await.into_split();
    let drip = tokio::spawn(async move {
        let mut tick = interval(Duration::from_millis(100));
        for byte in b"GET /healthz HTTP/1.1\r\nx: ".iter().chain(std::iter::repeat(&b'x')) {
            tick.tick().await;
            if writing.write_all(&[*byte]).await.is_err() {
                return;
            }
        }
    });
    let mut rest = Vec::new();
    let _ = timeout(PATIENCE, reading.read_to_end(&mut rest)).await.expect("the server closes it");
    timeout(PATIENCE, drip).await.expect("it can write no more").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_come_is_answered() {
    let home = Home::on_sqlite(&[("MUSTER_REQUEST_SECONDS", 1)]);
    let server = Server::start(&home);
    let ada = Asker::new(&server);
    let mut stream = connect(&ada).await;
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: 100\r\n\r\n{{",
        ada.token
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 12];
    timeout(PATIENCE, stream.read_exact(&mut answer)).await.expect("it is answered").unwrap();
    assert_eq!(answer, b"HTTP/1.1 408");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_nobody_takes_is_dropped() {
    let home = Home::on_sqlite(&[("MUSTER_WRITE_SECONDS", 1)]);
    let server = Server::start(&home);
    let ada = Asker::new(&server);
    let mut stream = connect(&ada).await;
    // The schema again and again, until the kernel's buffers are full, and no answer is read.
    let writing = async {
        loop {
            let ask = b"GET /schema.graphql HTTP/1.1\r\nhost: a\r\n\r\n".repeat(100);
            if stream.write_all(&ask).await.is_err() {
                return;
            }
        }
    };
    timeout(PATIENCE, writing).await.expect("the server gives it up");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_over_the_bound_wait_for_a_place() {
    let home = Home::on_sqlite(&[("MUSTER_TCP_CONNECTIONS_MAX", 2)]);
    let server = Server::start(&home);
    let ada = Asker::new(&server);
    let ask = b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut streams = Vec::new();
    for place in 0..3 {
        let mut stream = connect(&ada).await;
        stream.write_all(ask).await.unwrap();
        if place < 2 {
            let mut answer = vec![0; 12];
            timeout(PATIENCE, stream.read_exact(&mut answer)).await.expect("it is answered").unwrap();
            assert_eq!(answer, b"HTTP/1.1 200");
        }
        streams.push(stream);
    }
    let mut third = streams.pop().unwrap();
    let mut answer = vec![0; 12];
    // It has no place; the kernel has taken its request.
    assert!(timeout(Duration::from_millis(300), third.read_exact(&mut answer)).await.is_err());
    streams.pop();
    timeout(PATIENCE, third.read_exact(&mut answer)).await.expect("it has a place").unwrap();
    assert_eq!(answer, b"HTTP/1.1 200");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_has_so_many_streams_and_gets_them_back() {
    let home = Home::on_sqlite(&[("MUSTER_CONNECTIONS_PER_TENANT_MAX", 2)]);
    let server = Server::start(&home);
    let ada = Asker::new(&server);
    let subscribe = async || {
        let body = json!({ "query": "subscription { importsChanged { change { version } } }" });
        ada.post().header("accept", "text/event-stream").json(&body).send().await.unwrap()
    };
    let mut streams = vec![subscribe().await, subscribe().await];
    assert!(streams.iter().all(|stream| stream.status() == 200));
    assert_eq!(subscribe().await.status(), 429);
    drop(streams.pop());
    // The server hears of it when it next writes.
    let again = async {
        let mut tick = interval(Duration::from_millis(50));
        loop {
            tick.tick().await;
            let stream = subscribe().await;
            if stream.status() == 200 {
                return stream;
            }
        }
    };
    let again = timeout(PATIENCE, again).await.expect("its place is free again");
    assert!(again.bytes_stream().next().await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_too_often_is_told_when_to_come_again() {
    let home = Home::on_sqlite(&[("MUSTER_USER_OPERATIONS_PER_SECOND", 1)]);
    let server = Server::start(&home);
    let ada = Asker::new(&server);
    let ask = async || ada.post().json(&json!({ "query": "{__typename}" })).send().await.unwrap();
    // Ten at once, and one more in a second: a machine that takes a second for each of these is another one.
    let mut refused = None;
    for _ in 0..1_000 {
        let answer = ask().await;
        if answer.status() == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("a thousand are too many");
    assert_eq!(refused.headers()["retry-after"], "1");
    assert!(refused.text().await.unwrap().contains("LIMIT_EXCEEDED"));
}
