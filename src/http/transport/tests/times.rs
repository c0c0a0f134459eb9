//! Bounds of time. The clock stands, and goes on only when nothing else can.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use poem::{Body, test::TestClient};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::{
    TransportLimits, transport,
    uploads::{TYPE, streamed},
};

const CHUNK_BYTES: usize = 64 * 1024;

async fn send(limits: TransportLimits, token: &str, body: Body) -> Value {
    let client = TestClient::new(transport(limits));
    let request = client.post("/").content_type(TYPE).header("authorization", format!("Bearer {token}"));
    let body = request.body(body).send().await.0.into_body().into_string().await.unwrap();
    serde_json::from_str(&body).unwrap()
}

/// So many pieces of a file, each of which takes so long, and its end.
fn slow(pieces: usize, each: Duration) -> Body {
    let pieces = stream::iter(0..pieces).then(move |_| async move {
        sleep(each).await;
        Ok(Bytes::from_static(b"piece"))
    });
    streamed(pieces.chain(stream::iter([Ok(Bytes::from_static(b"\r\n--cut--\r\n"))])))
}

#[tokio::test(start_paused = true)]
async fn a_file_may_stand_still_for_so_long() {
    let limits = || TransportLimits { file_idle_seconds: 7, ..TransportLimits::default() };
    for (each, interrupted) in [(6_900, false), (7_100, true)] {
        let body = send(limits(), "admin", slow(3, Duration::from_millis(each))).await;
        assert_eq!(body["data"]["upload"]["interrupted"], interrupted, "{each} {body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_may_take_so_long_altogether() {
    let limits = || TransportLimits { file_seconds_max: 20, ..TransportLimits::default() };
    for (pieces, interrupted) in [(19, false), (21, true)] {
        let body = send(limits(), "admin", slow(pieces, Duration::from_secs(1))).await;
        assert_eq!(body["data"]["upload"]["interrupted"], interrupted, "{pieces} {body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_query_may_take_so_long() {
    let ask = async |milliseconds: u64| {
        let limits = TransportLimits { request_seconds: 7, ..TransportLimits::default() };
        let client = TestClient::new(transport(limits));
        let query = json!({ "query": format!("{{wait(milliseconds:{milliseconds})}}") }).to_string();
        let response = client.post("/").content_type("application/json").body(query).send().await.0;
        let body: Value = serde_json::from_str(&response.into_body().into_string().await.unwrap()).unwrap();
        body
    };
    assert_eq!(ask(6_900).await["data"]["wait"], 6_900);
    assert_eq!(ask(7_100).await["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED");
}

#[tokio::test(start_paused = true)]
async fn a_query_that_nobody_waits_for_keeps_its_turn_until_it_ends() {
    let limits = TransportLimits { request_seconds: 7, ..TransportLimits::default() };
    let client = TestClient::new(transport(limits));
    let ask = async |token: &str, text: &str| {
        let query = json!({ "query": text }).to_string();
        let request = client.post("/").content_type("application/json");
        let response = request.header("authorization", format!("Bearer {token}")).body(query).send().await.0;
        let body: Value = serde_json::from_str(&response.into_body().into_string().await.unwrap()).unwrap();
        body
    };
    // It is left after 7 seconds, and ends after 20.
    let left = ask("alone", "{wait(milliseconds:20000)}").await;
    assert!(left["errors"][0]["message"].as_str().unwrap().contains("longer than 7 seconds"), "{left}");
    let late = ask("alone", "{hello}").await;
    assert_eq!(late["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED", "{late}");
    assert!(late["errors"][0]["message"].as_str().unwrap().contains("of your tenant"), "{late}");
    assert_eq!(ask("somebody else", "{hello}").await["data"]["hello"], "world");
    assert_eq!(ask("alone", "mutation{set(n:1)}").await["data"]["set"], 1, "its turn came after 6 seconds");
}

/// A body that never ends, how much has been taken of it, and word of its being dropped.
fn endless(
    each: Duration,
) -> (impl Stream<Item = io::Result<Bytes>> + Send, Arc<AtomicUsize>, mpsc::Receiver<()>) {
    let (taken, (dropped, gone)) = (Arc::new(AtomicUsize::new(0)), mpsc::channel(1));
    let counted = taken.clone();
    let chunks = stream::repeat(()).then(move |()| {
        let (counted, _alive) = (counted.clone(), dropped.clone());
        async move {
            sleep(each).await;
            counted.fetch_add(CHUNK_BYTES, Ordering::Relaxed);
            Ok(Bytes::from_static(&[7; CHUNK_BYTES]))
        }
    });
    (chunks, taken, gone)
}

#[tokio::test(start_paused = true)]
async fn so_much_is_read_of_what_nobody_wants() {
    for bytes in [1 << 20, 4 << 20] {
        let limits = TransportLimits { drain_bytes_max: bytes, ..TransportLimits::default() };
        let (body, taken, mut gone) = endless(Duration::ZERO);
        assert_eq!(
            send(limits, "reader", streamed(body)).await["errors"][0]["extensions"]["code"],
            "FORBIDDEN"
        );
        assert_eq!(gone.recv().await, None);
        let (taken, bytes) = (taken.load(Ordering::Relaxed), bytes as usize);
        assert!((bytes..bytes + 4 * CHUNK_BYTES).contains(&taken), "{taken} of {bytes}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_nobody_wants_is_read_for_so_long() {
    for seconds in [5, 9] {
        let limits = TransportLimits { drain_seconds_max: seconds, ..TransportLimits::default() };
        let (body, taken, mut gone) = endless(Duration::from_secs(1));
        assert_eq!(
            send(limits, "reader", streamed(body)).await["errors"][0]["extensions"]["code"],
            "FORBIDDEN"
        );
        assert_eq!(gone.recv().await, None);
        let chunks = taken.load(Ordering::Relaxed) / CHUNK_BYTES;
        assert!((seconds as usize - 1..=seconds as usize + 1).contains(&chunks), "{chunks} in {seconds} s");
    }
}
