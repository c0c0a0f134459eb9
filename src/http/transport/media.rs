//! Media types: what a client takes, and what it sends.

use poem::http::{HeaderMap, header};

/// What an answer is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/graphql-response+json`: the status means something.
    GraphqlResponse,
    /// `application/json`, for older clients: 200 for every request that is well formed.
    Json,
    /// `text/event-stream`.
    EventStream,
}

impl Media {
    pub fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::EventStream => "text/event-stream; charset=utf-8",
        }
    }

    /// The media type that the client likes best of ours; `None`: it takes none of them. Who does
    /// not say gets `application/json`, as the audits of graphql-http want it.
    pub fn accepted(headers: &HeaderMap) -> Option<Self> {
        let mut accepts = headers.get_all(header::ACCEPT).iter().peekable();
        if accepts.peek().is_none() {
            return Some(Self::Json);
        }
        let mut best: Option<(f32, Self)> = None;
        for range in accepts.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')) {
            let Some((quality, media)) = read_range(range) else { continue };
            if quality > 0.0 && best.is_none_or(|(better, _)| quality > better) {
                best = Some((quality, media));
            }
        }
        best.map(|(_, media)| media)
    }
}

/// One range of an `Accept` header, if it is one of ours.
fn read_range(range: &str) -> Option<(f32, Media)> {
    let mut parts = range.split(';').map(str::trim);
    let media = match parts.next()?.to_ascii_lowercase().as_str() {
        "application/graphql-response+json" => Media::GraphqlResponse,
        "application/json" | "application/*" | "*/*" => Media::Json,
        "text/event-stream" => Media::EventStream,
        _ => return None,
    };
    let mut quality = 1.0;
    for (key, value) in parts.filter_map(|part| part.split_once('=')) {
        if key.trim().eq_ignore_ascii_case("q") {
            quality = value.trim().parse().ok()?;
        } else if key.trim().eq_ignore_ascii_case("charset") && !is_utf8(value) {
            return None;
        }
    }
    Some((quality, media))
}

/// What the body of a POST is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sent {
    Json,
    Multipart,
    /// Anything else: what a form can send, what has no type, what is not ours.
    Other,
}

/// What the body of a POST says it is.
pub(super) fn sent(headers: &HeaderMap) -> Sent {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return Sent::Other;
    };
    let mut parts = value.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let charset = parts
        .filter_map(|part| part.split_once('='))
        .find(|(key, _)| key.trim().eq_ignore_ascii_case("charset"));
    match essence.as_str() {
        "application/json" if charset.is_none_or(|(_, value)| is_utf8(value)) => Sent::Json,
        "multipart/form-data" => Sent::Multipart,
        _ => Sent::Other,
    }
}

/// Whether the body is compressed.
pub(super) fn is_encoded(headers: &HeaderMap) -> bool {
    headers.get_all(header::CONTENT_ENCODING).iter().any(|coding| {
        let coding = coding.as_bytes().trim_ascii();
        !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity")
    })
}

fn is_utf8(charset: &str) -> bool {
    let charset = charset.trim().trim_matches('"');
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_quality_wins_and_then_the_first() {
        let accepted = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().expect("a header"));
            Media::accepted(&headers)
        };
        assert_eq!(Media::accepted(&HeaderMap::new()), Some(Media::Json));
        assert_eq!(accepted("*/*"), Some(Media::Json));
        assert_eq!(accepted("text/html,application/xml;q=0.9,*/*;q=0.8"), Some(Media::Json));
        assert_eq!(accepted("application/json"), Some(Media::Json));
        let both = "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8";
        assert_eq!(accepted(both), Some(Media::GraphqlResponse));
        let preferred = "application/json;q=0.5, application/graphql-response+json";
        assert_eq!(accepted(preferred), Some(Media::GraphqlResponse));
        assert_eq!(accepted("text/event-stream"), Some(Media::EventStream));
        assert_eq!(accepted("text/html"), None);
        assert_eq!(accepted("application/json;q=0"), None);
        assert_eq!(accepted("application/json;q=NaN"), None);
        assert_eq!(accepted("application/json; charset=iso-8859-1"), None);
    }

    #[test]
    fn only_json_in_utf8_is_json() {
        let of = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, value.parse().expect("a header"));
            sent(&headers)
        };
        assert_eq!(of("application/json"), Sent::Json);
        assert_eq!(of("Application/JSON; charset=\"UTF-8\""), Sent::Json);
        assert_eq!(of("application/json; charset=utf-16"), Sent::Other);
        assert_eq!(of("multipart/form-data; boundary=x"), Sent::Multipart);
        assert_eq!(of("text/plain"), Sent::Other);
        assert_eq!(of("application/x-www-form-urlencoded"), Sent::Other);
        assert_eq!(sent(&HeaderMap::new()), Sent::Other);
    }
}
