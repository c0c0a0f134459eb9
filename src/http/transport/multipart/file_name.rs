//! The name that a part declares for its file.

use std::borrow::Cow;

use multer::Field;
use percent_encoding::percent_decode;
use poem::http::header;

/// What browsers write for the characters that would end the name.
const ESCAPES: [(&str, &str); 5] =
    [("%22", "\""), ("%0D", "\r"), ("%0A", "\n"), ("%0d", "\r"), ("%0a", "\n")];

/// The name as it was meant: `filename*` where there is one, as some programs send every name that is not
/// ASCII, else `filename`.
pub(super) fn of(part: &Field<'_>) -> Option<String> {
    let disposition = part.headers().get(header::CONTENT_DISPOSITION)?.as_bytes();
    extended(disposition).or_else(|| part.file_name().map(unescaped))
}

/// As in WHATWG's encoding of `multipart/form-data`.
fn unescaped(name: &str) -> String {
    ESCAPES.iter().fold(name.to_owned(), |name, (escape, meant)| name.replace(escape, meant))
}

/// `filename*=UTF-8''M%C3%A4rz.csv`, after RFC 8187.
fn extended(disposition: &[u8]) -> Option<String> {
    let value = parameters(disposition).find_map(|parameter| {
        let equals = parameter.iter().position(|byte| *byte == b'=')?;
        let (name, value) = parameter.split_at(equals);
        name.trim_ascii().eq_ignore_ascii_case(b"filename*").then(|| value[1..].trim_ascii())
    })?;
    let mut parts = value.splitn(3, |byte| *byte == b'\'');
    let (charset, _language, text) = (parts.next()?, parts.next()?, parts.next()?);
    if !charset.eq_ignore_ascii_case(b"utf-8") {
        return None;
    }
    // Empty, it says nothing: `filename` may.
    percent_decode(text).decode_utf8().ok().filter(|name| !name.is_empty()).map(Cow::into_owned)
}

/// What semicolons separate, but for those in quotes.
fn parameters(header: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    header.split(move |byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            _ => return *byte == b';' && !quoted,
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extended_form_is_decoded() {
        for (header, name) in [
            ("form-data; name=\"0\"; filename*=UTF-8''M%C3%A4rz%20%22.csv", Some("März \".csv")),
            ("form-data; FileName* = utf-8'de'a'b.csv ; name=\"0\"", Some("a'b.csv")),
            ("form-data; filename=\"x; filename*=UTF-8''y\"", None),
            ("form-data; filename=\"x\\\"; filename*=UTF-8''y\"; filename*=UTF-8''z", Some("z")),
            ("form-data; filename*=UTF-8''%FF", None),
            ("form-data; filename*=iso-8859-1''%E4", None),
            ("form-data; filename*=UTF-8'x", None),
            ("form-data; filename*", None),
            ("", None),
        ] {
            assert_eq!(extended(header.as_bytes()).as_deref(), name, "{header}");
        }
    }

    #[test]
    fn what_browsers_escape_is_meant() {
        assert_eq!(unescaped("a%22b%0D%0a%20%2522.csv"), "a\"b\r\n%20%2522.csv");
        assert_eq!(unescaped("100%.csv"), "100%.csv");
    }
}
