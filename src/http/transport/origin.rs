//! The server as its client addresses it.

use poem::http::{HeaderMap, header};

/// Characters of a host that is believed.
const HOST_CHARACTERS_MAX: usize = 255;

/// The server as its client addresses it, such as `https://muster.example.org`: from `Host`, and from what a reverse
/// proxy says. It ends up in answers to that client alone.
pub(super) fn of(headers: &HeaderMap) -> String {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_host = |host: &&str| {
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']' | '_');
        !host.is_empty() && host.len() <= HOST_CHARACTERS_MAX && host.chars().all(legal)
    };
    let host =
        value("x-forwarded-host").filter(is_host).or_else(|| value(header::HOST.as_str()).filter(is_host));
    let scheme = if value("x-forwarded-proto") == Some("https") { "https" } else { "http" };
    format!("{scheme}://{}", host.unwrap_or("localhost"))
}

/// The same for a GET, which mostly has no `Origin`: `Sec-Fetch-Site` tells. (For sockets browsers do not agree on it.) `none`
/// is somebody who typed the address; a browser that is old says neither.
pub(super) fn is_foreign_get(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(|site| site.as_bytes());
    is_foreign(headers) || site.is_some_and(|site| !matches!(site, b"same-origin" | b"none"))
}

/// Whether a browser sends this for a page of another site, as `Origin` tells. What a reverse proxy adds to such a request,
/// a token say, does not speak for whoever wrote that page. The scheme is left out: behind a proxy it is another one.
pub(super) fn is_foreign(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return false };
    let place =
        origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host.as_bytes());
    let ours = ["host", "x-forwarded-host"].map(|name| headers.get(name).map(|host| host.as_bytes()));
    place.is_none() || !ours.contains(&place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_another_host_is_foreign() {
        let foreign = |pairs: &[(&'static str, &'static str)]| {
            is_foreign(
                &pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect(),
            )
        };
        assert!(!foreign(&[("host", "a.example")]), "whatever is no browser");
        assert!(!foreign(&[("host", "a.example"), ("origin", "https://a.example")]));
        assert!(!foreign(&[
            ("host", "inner"),
            ("x-forwarded-host", "a.example"),
            ("origin", "https://a.example")
        ]));
        assert!(foreign(&[("host", "a.example"), ("origin", "https://b.example")]));
        assert!(foreign(&[("host", "a.example"), ("origin", "https://a.example:8443")]));
        assert!(foreign(&[("host", "a.example"), ("origin", "null")]));
        assert!(foreign(&[("origin", "null")]));
    }

    #[test]
    fn a_get_of_another_site_is_foreign() {
        let foreign = |site: &'static str, origin: Option<&'static str>| {
            let named = [("host", Some("a.example")), ("sec-fetch-site", Some(site)), ("origin", origin)];
            let pairs = named.iter().filter_map(|(name, value)| {
                let value = value.filter(|value| !value.is_empty())?;
                Some((name.parse().unwrap(), value.parse().unwrap()))
            });
            is_foreign_get(&pairs.collect())
        };
        for ours in ["", "same-origin", "none"] {
            assert!(!foreign(ours, None), "{ours}");
            assert!(!foreign(ours, Some("https://a.example")), "{ours}");
            assert!(foreign(ours, Some("https://b.example")), "{ours}");
        }
        assert!(foreign("same-site", None) && foreign("cross-site", None));
    }

    #[test]
    fn only_what_looks_like_a_host_is_one() {
        let origin = |pairs: &[(&'static str, &'static str)]| {
            of(&pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect())
        };
        assert_eq!(origin(&[("host", "127.0.0.1:8000")]), "http://127.0.0.1:8000");
        assert_eq!(
            origin(&[
                ("host", "inner:80"),
                ("x-forwarded-host", "m.example.org"),
                ("x-forwarded-proto", "https")
            ]),
            "https://m.example.org"
        );
        assert_eq!(origin(&[("host", "a/b@c")]), "http://localhost");
        assert_eq!(origin(&[]), "http://localhost");
    }
}
