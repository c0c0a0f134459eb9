//! The client that sends costly requests, each connection as fast as it is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// What would have cost seconds, or the process: it is refused.
fn refused() -> Vec<Value> {
    let doubling: String =
        (0..90).map(|n| format!("fragment f{n} on Query{{...f{} ...f{0}}}", n + 1)).collect();
    let many = |count: usize, of: &dyn Fn(usize) -> String| {
        format!("{{{}}}", (0..count).map(of).collect::<String>())
    };
    let documents = vec![
        format!("{{node(id:{}{}){{id}}}}", "[".repeat(2_000), "]".repeat(2_000)),
        format!("{{...f0}}{doubling}fragment f90 on Query{{__typename}}"),
        format!("{}id{}", "{viewer".repeat(13) + "{", "}".repeat(14)),
        many(101, &|n| format!("a{n}:__typename ")),
        many(500, &|_| "__typename ".into()),
        many(1_900, &|n| format!("u{n} ")),
        many(20_000, &|n| format!("unknown{n} ")),
        format!("{{__typename {}}}", "@aa".repeat(100)),
        format!("{{{}}}", "x".repeat(15_000)),
        "{membershipImports(first:200){nodes{plan{profileActions(first:200){nodes{id}}}}}}".into(),
        "{__schema{types{fields{type{fields{type{fields{type{fields{name}}}}}}}}}}".into(),
        format!("{{{}}}fragment f on Query{{{COUNT}}}", "...f ".repeat(480)),
        many(50, &|n| format!("a{n}:{COUNT}")),
    ];
    let large: Vec<Value> = (0..4_000).map(|_| json!({ "a": 0 })).collect();
    let list = format!("query($v:Int){{membershipImports(first:[{}]){{totalCount}}}}", "$v ".repeat(900));
    let variables = json!({ "query": list, "variables": { "v": large } });
    documents.into_iter().map(|query| json!({ "query": query })).chain([variables]).collect()
}

/// A walk through all members.
const COUNT: &str = "members(filter:{search:\"zz\"}){totalCount} ";

/// What costs as much as one operation may: it is answered, when it is its tenant's turn.
fn answered() -> Value {
    let counts: String = (0..30).map(|n| format!("a{n}:{COUNT}")).collect();
    json!({ "query": format!("{{{counts}}}") })
}

/// The probes that are being sent.
pub struct Prober {
    ended: Arc<AtomicBool>,
    tasks: JoinSet<anyhow::Result<(u64, f64)>>,
}

impl Prober {
    /// Begins to send them to the server at this address.
    pub fn start(address: &str, token: &str, connections: usize) -> anyhow::Result<Self> {
        let bodies = refused().into_iter().map(|request| request.to_string());
        // One that is none, of the greatest size.
        let refused = bodies.chain(["[".repeat(1_000_000)]).map(|body| (body, false));
        let bodies: Arc<Vec<(String, bool)>> =
            Arc::new(refused.chain([(answered().to_string(), true)]).collect());
        let ended = Arc::new(AtomicBool::new(false));
        let http = reqwest::Client::builder().no_proxy().build().context("an HTTP client")?;
        let mut tasks = JoinSet::new();
        for first in 0..connections {
            let (bodies, ended, http) = (bodies.clone(), ended.clone(), http.clone());
            let request = http.post(format!("http://{address}/graphql")).bearer_auth(token);
            tasks.spawn(async move {
                let (mut sent, mut slowest) = (0, 0.0_f64);
                for (body, is_answered) in bodies.iter().cycle().skip(first) {
                    if ended.load(Ordering::Relaxed) {
                        break;
                    }
                    let request = request.try_clone().context("a request without a body")?;
                    let began = Instant::now();
                    let answer =
                        request.header("content-type", "application/json").body(body.clone()).send().await?;
                    let answer: Value = answer.json().await?;
                    slowest = slowest.max(began.elapsed().as_secs_f64() * 1_000.0);
                    let is_refused = answer["errors"].is_array() && answer.get("data").is_none();
                    ensure!(is_refused != *is_answered, "{answer}");
                    sent += 1;
                }
                Ok((sent, slowest))
            });
        }
        Ok(Self { ended, tasks })
    }

    /// How many were answered, and how long the slowest took, in milliseconds.
    pub async fn stop(mut self) -> anyhow::Result<(u64, f64)> {
        self.ended.store(true, Ordering::Relaxed);
        let (mut sent, mut slowest) = (0, 0.0_f64);
        while let Some(ended) = self.tasks.join_next().await {
            let (more, slow) = ended.context("a client of the probes")??;
            sent += more;
            slowest = slowest.max(slow);
        }
        Ok((sent, slowest))
    }
}
