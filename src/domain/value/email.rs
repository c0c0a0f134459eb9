//! Email addresses: which ones are accepted, and when two are the same.

use std::borrow::Cow;

use super::{fold, text};
use crate::domain::limits::EMAIL_CHARS_MAX;

/// Characters before the `@`, after RFC 5321.
const LOCAL_CHARS_MAX: usize = 64;
/// Characters of a domain in A-label form, after RFC 1035.
const DOMAIN_CHARS_MAX: usize = 253;
/// Characters of a label of a domain.
const LABEL_CHARS_MAX: usize = 63;

/// An accepted address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email<'a> {
    /// As it was written.
    pub stored: &'a str,
    /// What makes it the same address as another: case folded, the domain in A-label form.
    pub key: Cow<'a, str>,
}

/// Not an email address that mail could be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidEmail;

/// Reads an address that is trimmed, NFC and free of zero-width characters.
///
/// A display name, `mailto:`, several addresses, an address literal and a domain without a dot are
/// refused: they are not the address of one person in one place.
///
/// # Errors
///
/// [`InvalidEmail`] if it is no such address.
pub fn parse(value: &str) -> Result<Email<'_>, InvalidEmail> {
    let (local, domain) = value.rsplit_once('@').ok_or(InvalidEmail)?;
    if text::is_longer_than(value, EMAIL_CHARS_MAX) || !is_local(local) {
        return Err(InvalidEmail);
    }
    if value.is_ascii() {
        return if is_ascii_domain(domain) {
            Ok(Email { stored: value, key: fold::fold(value) })
        } else {
            Err(InvalidEmail)
        };
    }
    if domain.contains(is_never_allowed) {
        return Err(InvalidEmail);
    }
    let ascii = idna::domain_to_ascii(domain).map_err(|_| InvalidEmail)?;
    if !is_ascii_domain(&ascii) {
        return Err(InvalidEmail);
    }
    Ok(Email {
        stored: value,
        key: Cow::Owned(format!("{}@{}", fold::fold(local), ascii.to_ascii_lowercase())),
    })
}

/// The key of an address that was accepted before; of anything else, the folded text.
#[must_use]
pub fn key(value: &str) -> Cow<'_, str> {
    match parse(value) {
        Ok(email) => email.key,
        Err(InvalidEmail) => fold::fold(value),
    }
}

/// A dot-atom, in the letters of any script, or a quoted string without blanks.
fn is_local(local: &str) -> bool {
    let quoted = local.strip_prefix('"');
    if text::is_longer_than(local, LOCAL_CHARS_MAX)
        || (quoted.is_some() || !local.is_ascii()) && local.contains(is_never_allowed)
    {
        return false;
    }
    match quoted {
        Some(quoted) => quoted.strip_suffix('"').is_some_and(|inner| !inner.is_empty() && is_quotable(inner)),
        None => is_dot_atom(local.as_bytes()),
    }
}

/// Atoms with a dot between them, each of which has a character at least.
fn is_dot_atom(local: &[u8]) -> bool {
    let is_atom = |b: u8| !b.is_ascii() || b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    let mut is_atom_open = false;
    let fits = local.iter().all(|b| {
        let fits = if *b == b'.' { is_atom_open } else { is_atom(*b) };
        is_atom_open = *b != b'.';
        fits
    });
    fits && is_atom_open
}

/// Whether every quote and backslash is escaped by a backslash.
fn is_quotable(inner: &str) -> bool {
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return false,
            '\\' if !matches!(chars.next(), Some('"' | '\\')) => return false,
            _ => {}
        }
    }
    true
}

fn is_never_allowed(c: char) -> bool {
    c.is_whitespace() || c.is_control() || text::is_zero_width(c) || text::is_bidi_control(c)
}

/// Labels of letters, digits and inner hyphens; at least two, and the last is no number.
fn is_ascii_domain(domain: &str) -> bool {
    let is_label = |label: &[u8]| {
        (1..=LABEL_CHARS_MAX).contains(&label.len())
            && label[0] != b'-'
            && label[label.len() - 1] != b'-'
            && label.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
    };
    let (mut labels, mut top) = (0, &[][..]);
    for label in domain.as_bytes().split(|b| *b == b'.') {
        if !is_label(label) {
            return false;
        }
        (labels, top) = (labels + 1, label);
    }
    labels > 1 && domain.len() <= DOMAIN_CHARS_MAX && !top.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_addresses_are_borrowed() {
        let email = parse("ada.abara@example.org").expect("valid");
        assert!(matches!(email.key, Cow::Borrowed("ada.abara@example.org")));
    }

    #[test]
    fn the_spelling_stays_and_the_key_is_folded() {
        let email = parse("Ada.ABARA@Example.ORG").expect("valid");
        assert_eq!(email.stored, "Ada.ABARA@Example.ORG");
        assert_eq!(email.key, "ada.abara@example.org");
        assert_eq!(key("ÉLODIE@example.org"), key("e\u{301}lodie@example.org"));
    }

    #[test]
    fn domains_of_any_script_compare_as_a_labels() {
        assert_eq!(key("ada@BÜCHER.example"), "ada@xn--bcher-kva.example");
        assert_eq!(key("ada@XN--BCHER-KVA.example"), key("ada@bücher.example"));
        assert_eq!(key("用户@例子.广告"), "用户@xn--fsqu00a.xn--4rr70v");
    }

    #[test]
    fn usual_addresses_are_accepted() {
        for value in [
            "a@b.co",
            "o'neill+tag@sub.example.co.uk",
            "a_b-c@ex-ample.org",
            "1@2.example",
            "\"a@b\"@example.org",
            "\"a\\\"b\"@example.org",
            "josé@example.org",
            "x@a.b.c.d.museum",
            "{a}=!@example.org",
        ] {
            assert!(parse(value).is_ok(), "{value}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for value in [
            "",
            "@",
            "a@",
            "@b.co",
            "a",
            "a.b.co",
            "a@b",
            "a@b@c.co",
            ".a@b.co",
            "a.@b.co",
            "a..b@b.co",
            "a b@c.co",
            "a@b c.co",
            "Ada <a@b.co>",
            "mailto:a@b.co",
            "a@b.co;c@d.co",
            "a@b.co,c@d.co",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@-b.co",
            "a@b-.co",
            "a@b..co",
            "a@b.co.",
            "a@.co",
            "a@b_c.co",
            "a@b.co\n",
            "(x)a@b.co",
            "\"a b\"@c.co",
            "\"\"@c.co",
            "\"a\"b\"@c.co",
            "a\u{200B}@b.co",
            "a@b\u{202E}.co",
            "a@ex\u{AD}ämple.org",
            "=\"a@b.co\"",
            "a@b.c\u{F8}/x.co",
        ] {
            assert_eq!(parse(value), Err(InvalidEmail), "{value:?}");
        }
    }

    #[test]
    fn lengths_are_bounded() {
        let local = "l".repeat(64);
        assert!(parse(&format!("{local}@example.org")).is_ok());
        assert!(parse(&format!("l{local}@example.org")).is_err());
        let label = "d".repeat(63);
        assert!(parse(&format!("a@{label}.org")).is_ok());
        assert!(parse(&format!("a@d{label}.org")).is_err());
        let domain = format!("{label}.{label}.{}.org", "d".repeat(57));
        assert_eq!(format!("{local}@{domain}").len(), 254);
        assert!(parse(&format!("{local}@{domain}")).is_ok());
        assert!(parse(&format!("{local}@{domain}g")).is_err());
    }
}
