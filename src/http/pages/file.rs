//! Files of a bundle over HTTP: packed for whoever takes gzip, and kept by browsers.

use poem::http::{HeaderMap, StatusCode, header};
use poem::{Request, Response};
use web::File;

use super::policy;

/// A name that holds its content's hash: never asked for again.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Asked for each time, and answered with 304 unless it is another one.
const ASK_AGAIN: &str = "no-cache";

/// Answers a GET or a HEAD.
pub(super) fn answer(file: &File, request: &Request, policy: &str) -> Response {
    let mut response = policy::under(policy)
        .content_type(file.content_type())
        .header(header::ETAG, file.etag())
        .header(header::CACHE_CONTROL, if file.is_immutable() { FOR_EVER } else { ASK_AGAIN });
    if file.packed().is_some() {
        response = response.header(header::VARY, header::ACCEPT_ENCODING);
    }
    if names(request.headers(), header::IF_NONE_MATCH, file.etag()) {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    match file.packed().filter(|_| names(request.headers(), header::ACCEPT_ENCODING, "gzip")) {
        Some(packed) => response.header(header::CONTENT_ENCODING, "gzip").body(packed),
        None => response.body(file.plain().into_owned()),
    }
}

/// Whether a header's list has `wanted` or `*`, and not with a weight of nothing (RFC 9110, 12.4.2).
fn names(headers: &HeaderMap, header: header::HeaderName, wanted: &str) -> bool {
    let lists = headers.get_all(header).iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name == "*" || name.eq_ignore_ascii_case(wanted));
        let weight =
            parts.find_map(|part| part.strip_prefix("q=")).and_then(|weight| weight.parse::<f32>().ok());
        named && weight != Some(0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_is_taken_unless_it_weighs_nothing() {
        let takes = |list: &str| {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, list.parse().unwrap())]);
            names(&headers, header::ACCEPT_ENCODING, "gzip")
        };
        for list in ["gzip", "br, GZIP", "deflate;q=0.5,gzip;q=0.1", "*", "gzip ; q=1"] {
            assert!(takes(list), "{list}");
        }
        for list in ["", "br", "gzip;q=0", "br, gzip; q=0.000", "gzippy", "identity"] {
            assert!(!takes(list), "{list}");
        }
    }
}
