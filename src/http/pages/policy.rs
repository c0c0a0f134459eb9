//! What a browser lets a page do.

use std::str::FromStr;

use poem::http::header;
use poem::{Response, ResponseBuilder};

/// Where a page may be framed.
const NOWHERE: &str = "'none'";

/// A page that may have the console in a frame, such as `https://intranet.example.org`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbedOrigin(String);

impl EmbedOrigin {
    /// The origin, as browsers write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EmbedOrigin {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let origin = url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let origin = origin.map(|url| url.origin().ascii_serialization());
        // So that nothing of it ends up in a header but a scheme, a host and a port.
        let same = |origin: &String| origin == text.trim_end_matches('/');
        origin
            .filter(same)
            .map(Self)
            .ok_or("an origin is a scheme and a host, such as https://intranet.example.org")
    }
}

/// The Content-Security-Policy of the console and of plain pages. `'self'` covers WebSockets too (CSP 3, 6.7.2.8).
pub(super) fn console(embed_origins: &[EmbedOrigin]) -> String {
    let origins: Vec<&str> = embed_origins.iter().map(EmbedOrigin::as_str).collect();
    let ancestors = if origins.is_empty() { NOWHERE.to_owned() } else { origins.join(" ") };
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
         font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
    )
}

/// That of the playground: Altair writes styles into its page, edits in workers, and frames its sandbox.
pub(super) const PLAYGROUND: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     connect-src 'self'; img-src 'self' data:; font-src 'self'; worker-src 'self'; frame-src 'self'; \
     base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

/// That of the frame in which Altair runs what people write before and behind requests: scripts, but nobody's origin, as
/// its package `altair-static` has it (`SANDBOX_FRAME_CSP`).
pub(super) const SANDBOX: &str = "sandbox allow-scripts; frame-ancestors 'self'";

/// An answer under a policy, alone in its group of windows and for its own site alone.
pub(super) fn under(policy: &str) -> ResponseBuilder {
    Response::builder()
        .header(header::CONTENT_SECURITY_POLICY, policy)
        .header("cross-origin-opener-policy", "same-origin")
        .header("cross-origin-resource-policy", "same-origin")
}
