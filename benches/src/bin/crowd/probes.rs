//! The client that sends costly requests, each connection as fast as it is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// What would have cost seconds, or the process.
fn documents() -> Vec<String> {
    let doubling: String =
        (0..90).map(|n| format!("fragment f{n} on Query{{...f{} ...f{0}}}", n + 1)).collect();
    let many = |count: usize, of: &dyn Fn(usize) -> String| {
        format!("{{{}}}", (0..count).map(of).collect::<String>())
    };
    vec![
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
    ]
}

/// The probes that are being sent.
pub struct Prober {
    ended: Arc<AtomicBool>,
    tasks: JoinSet<anyhow::Result<(u64, f64)>>,
}

impl Prober {
    /// Begins to send them to the server at this address.
    pub fn start(address: &str, token: &str, connections: usize) -> anyhow::Result<Self> {
        let bodies = documents().into_iter().map(|query| json!({ "query": query }).to_string());
        // One that is none, of the greatest size.
        let bodies: Arc<Vec<String>> = Arc::new(bodies.chain(["[".repeat(1_000_000)]).collect());
        let ended = Arc::new(AtomicBool::new(false));
        let http = reqwest::Client::builder().no_proxy().build().context("an HTTP client")?;
        let mut tasks = JoinSet::new();
        for first in 0..connections {
            let (bodies, ended, http) = (bodies.clone(), ended.clone(), http.clone());
            let request = http.post(format!("http://{address}/graphql")).bearer_auth(token);
            tasks.spawn(async move {
                let (mut sent, mut slowest) = (0, 0.0_f64);
                for body in bodies.iter().cycle().skip(first) {
                    if ended.load(Ordering::Relaxed) {
                        break;
                    }
                    let request = request.try_clone().context("a request without a body")?;
                    let began = Instant::now();
                    let answer =
                        request.header("content-type", "application/json").body(body.clone()).send().await?;
                    let answer: Value = answer.json().await?;
                    slowest = slowest.max(began.elapsed().as_secs_f64() * 1_000.0);
                    ensure!(answer["errors"].is_array() && answer.get("data").is_none(), "{answer}");
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
