//! Looks at the text of a document before it is parsed.
//!
//! The parser recurses on every open bracket, so that some 2,000 of them (4 kB) overflow the stack
//! and end the process. Strings and comments are skipped exactly as the parser skips them: what it
//! would read as brackets is never taken for a string here.

use crate::http::transport::{
    limits::TransportLimits,
    refusal::{Code, Refusal},
};

/// Refuses a text that is too long, too deep or too much.
pub(in crate::http::transport) fn check(text: &str, limits: &TransportLimits) -> Result<(), Refusal> {
    if text.len() > limits.document_bytes_max {
        return Err(exceeded("is longer than", limits.document_bytes_max, "bytes"));
    }
    if text.contains('\0') {
        return Err(Refusal::request(Code::BadUserInput, "The document has U+0000 in it."));
    }
    let bytes = text.as_bytes();
    let (mut at, mut open, mut tokens) = (0, 0_usize, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        let end = match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                at += 1;
                continue;
            }
            b'#' => {
                at = end_of_line(bytes, at);
                continue;
            }
            b'"' => {
                let end = end_of_string(bytes, at);
                check_escapes(&bytes[at..end])?;
                end
            }
            b'.' if bytes[at..].starts_with(b"...") => at + 3,
            b'{' | b'[' | b'(' => {
                open += 1;
                at + 1
            }
            b'}' | b']' | b')' => {
                open = open.saturating_sub(1);
                at + 1
            }
            _ if is_word(byte) => {
                bytes[at..].iter().position(|b| !is_word(*b)).map_or(bytes.len(), |n| at + n)
            }
            _ => at + 1,
        };
        at = end;
        tokens += 1;
        if open > limits.open_brackets_max {
            return Err(exceeded("is nested deeper than", limits.open_brackets_max, "brackets"));
        }
        if tokens > limits.document_tokens_max {
            return Err(exceeded("has more than", limits.document_tokens_max, "tokens"));
        }
    }
    Ok(())
}

/// Refuses a string with an escape that is half of a character, which panics the parser, or that is U+0000, which
/// PostgreSQL has no text with.
fn check_escapes(string: &[u8]) -> Result<(), Refusal> {
    if string.starts_with(b"\"\"\"") {
        return Ok(());
    }
    let mut at = 0;
    while let Some(slash) = string[at..].iter().position(|byte| *byte == b'\\') {
        at += slash + 2;
        if string.get(at - 1) != Some(&b'u') {
            continue;
        }
        let digits = string.get(at..at + 4).and_then(|digits| std::str::from_utf8(digits).ok());
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        if matches!(number, Some(0 | 0xD800..=0xDFFF)) {
            let sentence = "A string of the document has an escape that is no character.";
            return Err(Refusal::request(Code::BadUserInput, sentence));
        }
    }
    Ok(())
}

fn exceeded(verb: &str, bound: usize, unit: &str) -> Refusal {
    Refusal::request(Code::LimitExceeded, format!("The document {verb} {bound} {unit}."))
}

fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

fn end_of_line(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|b| matches!(b, b'\r' | b'\n')).map_or(bytes.len(), |n| at + n)
}

/// The end of the string that starts at `at`. A string that never ends is not one: then only its
/// quote is passed over, and what follows is counted. (The parser reads the three quotes of a block
/// that never ends as an empty string and another quote.)
fn end_of_string(bytes: &[u8], at: usize) -> usize {
    if bytes[at..].starts_with(b"\"\"\"") {
        return end_of_block(bytes, at + 3).unwrap_or(at + 2);
    }
    let mut end = at + 1;
    loop {
        match bytes.get(end) {
            Some(b'"') => return end + 1,
            Some(b'\\') => end += 2,
            None | Some(b'\r' | b'\n') => return at + 1,
            Some(_) => end += 1,
        }
    }
}

fn end_of_block(bytes: &[u8], mut at: usize) -> Option<usize> {
    while at < bytes.len() {
        if bytes[at..].starts_with(b"\\\"\"\"") {
            at += 4;
        } else if bytes[at..].starts_with(b"\"\"\"") {
            return Some(at + 3);
        } else {
            at += 1;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ok(text: &str) -> bool {
        check(text, &TransportLimits::default()).is_ok()
    }

    #[test]
    fn bounds_hold_at_the_limit_and_not_one_over_it() {
        assert!(ok(&"[".repeat(64)));
        assert!(!ok(&"[".repeat(65)));
        assert!(!ok(&"{[(".repeat(22)));
        assert!(ok(&"a ".repeat(2_000)));
        assert!(!ok(&"a ".repeat(2_001)));
        assert!(ok(&" ".repeat(16 * 1024)));
        assert!(!ok(&" ".repeat(16 * 1024 + 1)));
        assert!(ok(&"{}".repeat(100)));
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        let many = "[".repeat(100);
        assert!(ok(&format!("{{a(b:\"{many}\")}}")));
        assert!(ok(&format!("{{a(b:\"\\\"{many}\")}}")));
        assert!(ok(&format!("{{a(b:\"\"\"{many}\\\"\"\"{many}\n\"\"\")}}")));
        assert!(ok(&format!("# {many} \"\n{{a}}")));
    }

    #[test]
    fn an_escape_that_is_no_character_is_refused() {
        for escape in [r"\u0000", r"\uD800", r"\udfff", r"a\\\u0000"] {
            assert!(!ok(&format!("{{a(b:\"{escape}\")}}")), "{escape}");
        }
        for plain in [r"\u0001", r"\\u0000", r"\uD7FF\uE000", r"\"] {
            assert!(ok(&format!("{{a(b:\"{plain}\")}}")), "{plain}");
        }
        assert!(ok("{a(b:\"\"\"\\u0000\"\"\")}"));
        assert!(!ok("{a(b:\"\0\")}") && !ok("{a(b:\"\"\"\0\"\"\")}"));
    }

    #[test]
    fn what_only_looks_like_a_string_or_a_comment_counts() {
        let many = "[".repeat(100);
        assert!(!ok(&format!("{{a(b:\"{many}")));
        assert!(!ok(&format!("{{a(b:\"\n{many}\")}}")));
        assert!(!ok(&format!("{{a(b:\"\"\"{many}")));
        assert!(!ok(&format!("{{a(b:[\"\"\"x\" {many}")));
        assert!(!ok(&format!("{{a(b:\"\" {many}")));
        assert!(!ok(&format!("#\r{many}")));
        assert!(!ok(&format!("\"#\" {many}")));
        assert!(!ok(&format!("{{a(b:\"\\\\\" {many}")));
    }
}
