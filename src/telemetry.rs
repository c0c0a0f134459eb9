//! Log lines and metrics.

use std::io::IsTerminal;
use std::time::Duration;

use metrics::{describe_counter, describe_histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

/// Starts logging to the standard error output.
///
/// # Errors
/// If the filter cannot be read, or logging has been started before.
pub fn log(filter: &str, format: LogFormat) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter)?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging cannot be started: {error}"))
}

/// Upper bounds of what durations are sorted into, in seconds: from a page of the history to a large import.
const SECONDS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0, 120.0, 600.0];
/// How often what was measured is sorted in. Until then each measurement takes memory, also if nobody asks for them.
const SORT: Duration = Duration::from_secs(5);

/// Starts counting.
///
/// # Errors
/// If counting has been started before.
pub fn metrics() -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new().set_buckets(&SECONDS)?.install_recorder()?;
    describe_histogram!("muster_operation_seconds", "GraphQL queries and mutations, by kind and outcome");
    describe_histogram!("muster_work_seconds", "Background work, by kind and outcome");
    describe_counter!(
        "muster_upload_bytes_total",
        "Bytes of rosters that were uploaded, refused ones included"
    );
    let sorted = handle.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(SORT).await;
            sorted.run_upkeep();
        }
    });
    Ok(handle)
}
