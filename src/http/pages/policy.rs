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
        // Whoever else it would let in, or whatever else it would say, in a header: neither is an origin.
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '/' | '.' | '-' | '[' | ']');
        let same = |origin: &String| origin == text.trim_end_matches('/') && origin.chars().all(is_plain);
        let wrong = "it has to be a scheme and a host, such as https://intranet.example.org";
        origin.filter(same).map(Self).ok_or(wrong)
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

/// That of the playground: Altair writes styles into its page, and edits in workers.
pub(super) const PLAYGROUND: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     connect-src 'self'; img-src 'self' data:; font-src 'self'; worker-src 'self'; base-uri 'self'; \
     form-action 'none'; frame-ancestors 'none'";

/// An answer under a policy, alone in its group of windows and for its own site alone.
pub(super) fn under(policy: &str) -> ResponseBuilder {
    Response::builder()
        .header(header::CONTENT_SECURITY_POLICY, policy)
        .header("cross-origin-opener-policy", "same-origin")
        .header("cross-origin-resource-policy", "same-origin")
}
