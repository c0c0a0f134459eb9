//! Downloads: the bytes behind a signed address, whole or a range of them.

use std::ops::Range;
use std::sync::Arc;

use futures_util::TryStreamExt;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use poem::http::{HeaderMap, Method, StatusCode, header};
use poem::web::{Data, Path};
use poem::{Body, IntoResponse, Request, Response, handler};

use super::transport::RequestId;
use crate::app::download::Download;
use crate::app::{App, AppError, download};
use crate::audit::{DONE, Line};

/// When a client may ask again for a file that cannot be read right now.
const RETRY_SECONDS: u32 = 5;
/// What RFC 8187 lets stand in `filename*`.
const ATTRIBUTE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// Serves what is behind a signed address.
#[handler]
pub(super) async fn serve(request: &Request, Path(signed): Path<String>, app: Data<&Arc<App>>) -> Response {
    let id = RequestId::new();
    let response = match answer(app.0, &signed, request.headers(), &id).await {
        Ok(response) => response,
        Err(AppError::NotFound(what)) => {
            told("NOT_FOUND", &id);
            plain(StatusCode::NOT_FOUND, format!("There is no such {what}.\n"))
        }
        Err(failure @ AppError::Unavailable(_)) => {
            failed(&id, &failure);
            told("UNAVAILABLE", &id);
            let sentence = "The file cannot be read right now. Try again in a moment.\n";
            plain(StatusCode::SERVICE_UNAVAILABLE, sentence.into())
                .with_header(header::RETRY_AFTER, RETRY_SECONDS)
                .into_response()
        }
        Err(failure) => {
            failed(&id, &failure);
            told("INTERNAL", &id);
            plain(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side.\n".into())
        }
    };
    response.with_header("x-request-id", id.0).into_response()
}

fn failed(id: &RequestId, failure: &AppError) {
    tracing::error!(request_id = %id.0, failure = failure.word(), error = failure.cause(), "a download failed");
}

/// Leaves a line in the audit log of a download that came to nothing.
fn told(outcome: &str, id: &RequestId) {
    Line { action: "download", outcome, request_id: &id.0, ..Line::default() }.write();
}

fn plain(status: StatusCode, sentence: String) -> Response {
    Response::builder().status(status).content_type("text/plain; charset=utf-8").body(sentence)
}

async fn answer(
    app: &Arc<App>,
    signed: &str,
    headers: &HeaderMap,
    id: &RequestId,
) -> Result<Response, AppError> {
    let opened = download::open(app, signed).await?;
    let line = Line {
        action: "download",
        outcome: DONE,
        request_id: &id.0,
        tenant: Some(opened.tenant),
        user: Some(opened.user),
        import: Some(opened.import),
        about: Some(match opened.download {
            Download::File(_) => "file",
            Download::Plan(_) => "plan",
            Download::HeldRows(_) => "held rows",
        }),
        count: None,
    };
    let (size, disposition) = (opened.size_bytes, disposition(&opened.name));
    let asked = range(headers);
    let range = match (size, asked) {
        (Some(size), Some(asked)) => parse(asked, size),
        _ => Wanted::All,
    };
    let mut response = Response::builder()
        .header(header::CONTENT_DISPOSITION, disposition)
        .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox")
        .content_type("text/csv");
    if size.is_some() {
        response = response.header(header::ACCEPT_RANGES, "bytes");
    }
    let range = match range {
        Wanted::All => {
            if let Some(size) = size {
                response = response.header(header::CONTENT_LENGTH, size);
            }
            None
        }
        Wanted::Part(range) => {
            let size = size.unwrap_or_default();
            response = response
                .status(StatusCode::PARTIAL_CONTENT)
                .header(header::CONTENT_RANGE, format!("bytes {}-{}/{size}", range.start, range.end - 1))
                .header(header::CONTENT_LENGTH, range.end - range.start);
            Some(range)
        }
        Wanted::Nothing => {
            let size = size.unwrap_or_default();
            Line { outcome: "RANGE_NOT_SATISFIABLE", ..line }.write();
            return Ok(response
                .status(StatusCode::RANGE_NOT_SATISFIABLE)
                .header(header::CONTENT_RANGE, format!("bytes */{size}"))
                .finish());
        }
    };
    let bytes = opened.read(app, range).await?;
    line.write();
    let bytes = bytes.map_err(|failure| {
        tracing::error!(failure = failure.word(), error = failure.cause(), "a download broke off");
        std::io::Error::other("the file cannot be read")
    });
    Ok(response.body(Body::from_bytes_stream(bytes)))
}

/// Takes away from a request what only a GET has: a range (RFC 9110, 14.2). Before it is routed, as what serves a HEAD takes it for
/// a GET.
pub(super) async fn tidy(mut request: Request) -> poem::Result<Request> {
    if request.method() == Method::HEAD {
        request.headers_mut().remove(header::RANGE);
    }
    Ok(request)
}

/// The range that is asked for. One on a condition is none, as nothing that was given out has a validator that it could be
/// a condition of (RFC 9110, 13.1.5).
fn range(headers: &HeaderMap) -> Option<&str> {
    let range = headers.get(header::RANGE).filter(|_| !headers.contains_key(header::IF_RANGE));
    range.and_then(|value| value.to_str().ok())
}

#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    All,
    Part(Range<u64>),
    Nothing,
}

/// One range of bytes, as RFC 9110 writes it. Whatever else is asked for is answered whole, as it allows.
fn parse(asked: &str, size: u64) -> Wanted {
    let Some((start, end)) = asked.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Wanted::All;
    };
    let range = match (start.trim().parse::<u64>(), end.trim()) {
        (Ok(start), "") => start..size,
        (Ok(start), end) => match end.parse::<u64>() {
            Ok(end) if end >= start => start..end.saturating_add(1).min(size),
            _ => return Wanted::All,
        },
        (Err(_), end) if start.trim().is_empty() => match end.parse::<u64>() {
            Ok(last) => size.saturating_sub(last)..size,
            Err(_) => return Wanted::All,
        },
        _ => return Wanted::All,
    };
    if range.start >= range.end { Wanted::Nothing } else { Wanted::Part(range) }
}

/// One line: a name in ASCII for old clients, and the real one as RFC 8187 encodes it.
fn disposition(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ';
    let ascii: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{}", utf8_percent_encode(name, ATTRIBUTE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_those_of_rfc_9110() {
        for (asked, wanted) in [
            ("bytes=0-0", Wanted::Part(0..1)),
            ("bytes=5-", Wanted::Part(5..10)),
            ("bytes=5-99", Wanted::Part(5..10)),
            ("bytes=-3", Wanted::Part(7..10)),
            ("bytes=-99", Wanted::Part(0..10)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=5-4", Wanted::All),
            ("bytes=0-1,3-4", Wanted::All),
            ("lines=1-2", Wanted::All),
            ("bytes=x-", Wanted::All),
        ] {
            assert_eq!(parse(asked, 10), wanted, "{asked}");
        }
    }

    #[test]
    fn a_name_is_one_line_whatever_it_is() {
        assert_eq!(
            disposition("a\"b;c\\d=e,f.csv"),
            "attachment; filename=\"a_b;c_d=e,f.csv\"; filename*=UTF-8''a%22b%3Bc%5Cd%3De%2Cf.csv"
        );
        assert_eq!(
            disposition("März.csv"),
            "attachment; filename=\"M_rz.csv\"; filename*=UTF-8''M%C3%A4rz.csv"
        );
        assert!(!disposition("a\r\nb").contains(['\r', '\n']));
    }
}
