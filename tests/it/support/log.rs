//! What the program logs, of every level, as operators have it in JSON.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

use serde_json::Value;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Those who listen. The log is the process's, so that each hears of other tests as well.
static LISTENERS: LazyLock<Mutex<Vec<Log>>> = LazyLock::new(|| {
    let lines = tracing_subscriber::fmt().json().with_env_filter(EnvFilter::new("muster=trace"));
    lines.with_writer(Tee).init();
    Mutex::default()
});

/// All that is logged from its beginning on, until it is dropped.
#[derive(Clone)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub fn listen() -> Self {
        let log = Self(Arc::default());
        LISTENERS.lock().unwrap().push(log.clone());
        log
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The lines of the audit log that are about this request.
    pub fn audit_of(&self, request_id: &str) -> Vec<Value> {
        let text = self.text();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines
            .filter(|line| line["target"] == "muster::audit" && line["fields"]["request_id"] == request_id)
            .map(|mut line| line["fields"].take())
            .collect()
    }
}

struct Tee;

impl<'a> MakeWriter<'a> for Tee {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self
    }
}

impl Write for Tee {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let mut listeners = LISTENERS.lock().unwrap();
        // Whoever has gone listens no more: only this list still has their log.
        listeners.retain(|log| Arc::strong_count(&log.0) > 1);
        for log in &*listeners {
            log.0.lock().unwrap().extend_from_slice(line);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
