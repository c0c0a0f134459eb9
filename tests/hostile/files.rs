//! Files: one byte too many, slow ones, and what they cost in memory.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use muster_benches::memory::Memory;
use reqwest::Body;
use reqwest::multipart::{Form, Part};
use serde_json::Value;
use tokio::time::{sleep, timeout};

use crate::ask::{Asker, told, upload};
use crate::server::{Home, Server};

const MIB: usize = 1024 * 1024;
/// The largest file of the server here.
const FILE_BYTES_MAX: usize = 24 * MIB;
/// By how much a file may raise the peak of the server's memory.
const GROWTH_MIB_MAX: f64 = 16.0;
const HEADER: &str = "Member ID,First name,Last name,E-mail,Note\n";
/// Far longer than the server takes; only one that is stuck needs it.
const PATIENCE: Duration = Duration::from_secs(120);

/// A roster of so many bytes.
fn roster(bytes: usize) -> Bytes {
    let mut roster = HEADER.to_owned();
    for number in 0.. {
        let row = format!("M-{number},Ada,Abara,m{number}@example.org,{}\n", "n".repeat(4_000));
        if roster.len() + row.len() > bytes {
            break;
        }
        roster += &row;
    }
    let missing = bytes - roster.len();
    roster.pop();
    roster += &"x".repeat(missing);
    roster.push('\n');
    Bytes::from(roster)
}

async fn send(ada: &Asker, body: Body, length: Option<usize>) -> (u16, String) {
    let part = match length {
        Some(length) => Part::stream_with_length(body, length as u64),
        None => Part::stream(body),
    };
    let form = Form::new()
        .text("operations", upload(Value::Null))
        .text("map", r#"{"0":["variables.input.file"]}"#)
        .part("0", part.file_name("roster.csv"));
    told(ada.post().multipart(form).send().await.unwrap()).await
}

/// The same bytes in pieces.
fn streamed(file: &Bytes) -> Body {
    let pieces: Vec<_> =
        (0..file.len()).step_by(64 * 1024).map(|at| file.slice(at..file.len().min(at + 64 * 1024))).collect();
    Body::wrap_stream(stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_refused_at_the_byte_that_exceeds_the_bound() {
    let home = Home::on_sqlite(&[("MUSTER_FILE_SIZE_BYTES_MAX", FILE_BYTES_MAX as u64)]);
    let mut server = Server::start(&home);
    let ada = Asker::new(&server);
    let memory = Memory::of(server.pid());
    assert!(memory.can_reset(), "the peak of a process's memory can be reset");
    // What is there once and for all, such as the connections to the database, comes with the first.
    send(&ada, roster(MIB).into(), Some(MIB)).await;
    for (bytes, is_taken) in
        [(FILE_BYTES_MAX, true), (FILE_BYTES_MAX + 1, false), (FILE_BYTES_MAX + 4 * MIB, false)]
    {
        let file = roster(bytes);
        for length in [Some(bytes), None] {
            memory.reset();
            let before = memory.peak_mib().unwrap();
            let (status, text) = send(&ada, streamed(&file), length).await;
            let growth = memory.peak_mib().unwrap() - before;
            println!("{bytes} bytes, length {length:?}: {growth:.1} MiB more");
            assert_eq!(status, 200, "{text}");
            assert_eq!(text.contains("FILE_TOO_LARGE"), !is_taken, "{bytes} {length:?}: {text}");
            assert_eq!(text.contains("\"userErrors\":[]"), is_taken, "{bytes} {length:?}: {text}");
            assert!(growth < GROWTH_MIB_MAX, "{bytes} {length:?}: {growth:.1} MiB more");
        }
    }
    assert!(server.lives());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_comes_a_byte_a_second_is_taken_and_one_that_stands_still_is_cut() {
    let slow = |bytes: usize| {
        stream::iter(HEADER.bytes().take(bytes)).then(async |byte| {
            sleep(Duration::from_secs(1)).await;
            Ok::<_, std::io::Error>(Bytes::copy_from_slice(&[byte]))
        })
    };
    let rest = stream::iter([Ok(Bytes::from(format!("{}M-1,Ada,Abara,a@example.org,\n", &HEADER[3..])))]);
    for (idle_seconds, body, is_taken) in [
        (60, slow(3).boxed().chain(rest.boxed()), true),
        (1, slow(0).boxed().chain(stream::pending().boxed()), false),
    ] {
        let home = Home::on_sqlite(&[("MUSTER_FILE_IDLE_SECONDS", idle_seconds)]);
        let server = Server::start(&home);
        let sent = timeout(PATIENCE, send(&Asker::new(&server), Body::wrap_stream(body), None)).await;
        let (status, text) = sent.expect("it is answered");
        assert_eq!((status, text.contains("\"userErrors\":[]")), (200, is_taken), "{text}");
        assert_eq!(text.contains("broke off"), !is_taken, "{text}");
    }
}
