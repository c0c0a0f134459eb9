//! The history pages, asked for by wrk.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use serde_json::json;
use tokio::process::Command;

use crate::Arguments;

/// What the history page asks for.
/// `FIRST` is another number each time, and `MARK` is one that has never been there for every second page: it is worked out
/// anew, the others may be answered as before.
const QUERY: &str = "{ aMARK: __typename activeImport { id bannerMessage } membershipImports(first: FIRST) { totalCount pageInfo { hasNextPage endCursor }
    nodes { id version status step action file { name download { url } } uploadedBy { name } uploadedAt updatedAt } } }";

/// Many connections that ask for history pages, each as fast as it is answered.
pub struct History {
    script: PathBuf,
    url: String,
    connections: u32,
    seconds: u32,
}

impl History {
    /// For the server at this address.
    pub fn new(folder: &Path, address: &str, token: &str, arguments: &Arguments) -> anyhow::Result<Self> {
        let script = folder.join("history.lua");
        let body = json!({ "query": QUERY }).to_string();
        let text = format!(
            "wrk.method = \"POST\"\nwrk.headers[\"Content-Type\"] = \"application/json\"\n\
             wrk.headers[\"Authorization\"] = \"Bearer {token}\"\n\
             local body, began, count = [==[{body}]==], os.time(), 0\n\
             request = function()\n\
             \x20 count = count + 1\n\
             \x20 local mark = count % 2 == 0 and began .. \"_\" .. count or \"\"\n\
             \x20 local page = body:gsub(\"MARK\", mark):gsub(\"FIRST\", 11 + count % 10)\n\
             \x20 return wrk.format(nil, nil, nil, page)\n\
             end\n"
        );
        fs::write(&script, text).context("writing the script for wrk")?;
        let url = format!("http://{address}/graphql");
        Ok(Self { script, url, connections: arguments.connections, seconds: arguments.seconds })
    }

    /// The median of how long the answers took, in milliseconds. All have to be good.
    pub async fn median_ms(&self) -> anyhow::Result<f64> {
        let output = Command::new("wrk")
            .args(["--threads", "1", "--latency", "--timeout", "30s"])
            .args([
                "--connections",
                &self.connections.to_string(),
                "--duration",
                &format!("{}s", self.seconds),
            ])
            .arg("--script")
            .arg(&self.script)
            .arg(&self.url)
            .output()
            .await
            .context("running wrk: is it installed? (Debian's package `wrk`)")?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(output.status.success(), "wrk: {}", String::from_utf8_lossy(&output.stderr));
        ensure!(!said.contains("Non-2xx"), "some were refused:\n{said}");
        match median_in(&said) {
            Some(median) => Ok(median),
            None => bail!("wrk says no median:\n{said}"),
        }
    }
}

/// The line `50%  12.34ms` of what wrk says.
fn median_in(said: &str) -> Option<f64> {
    let line = said.lines().find_map(|line| line.trim().strip_prefix("50%"))?.trim();
    let unit_at = line.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = line.split_at(unit_at);
    let milliseconds = match unit {
        "us" => 0.001,
        "ms" => 1.0,
        "s" => 1_000.0,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * milliseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_found_in_any_unit() {
        assert_eq!(median_in("  Latency Distribution\n     50%   12.50ms\n     75%  1.00s\n"), Some(12.5));
        assert_eq!(median_in("50%  250.00us"), Some(0.25));
        assert_eq!(median_in("50%  1.50s"), Some(1_500.0));
        assert_eq!(median_in("nothing"), None);
        assert_eq!(median_in("50% 1.00m"), None);
    }
}
