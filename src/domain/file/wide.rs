//! UTF-16 that is not what it is said to be, by its first bytes.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::dialect::Dialect;
use super::refusal;
use crate::domain::user_error::UserError;

/// Refuses a file that is marked as UTF-32, that is UTF-16 and read as another encoding, or the other way
/// round. `is_named` says that the uploader named the encoding.
pub(super) fn refuse_misread(head: &[u8], dialect: &Dialect, is_named: bool) -> Result<(), UserError> {
    if head.starts_with(b"\xFF\xFE\0\0") || head.starts_with(b"\0\0\xFE\xFF") {
        return Err(refusal::utf_32());
    }
    let body = &head[usize::from(dialect.bom_bytes)..];
    let read_as = Encoding::for_label(dialect.encoding.as_bytes()).unwrap_or(UTF_8);
    let is_wide = read_as == UTF_16LE || read_as == UTF_16BE;
    let seems = match wide_form(body) {
        Some(form) if form != read_as => form,
        None if is_wide && is_narrow(body) => UTF_8,
        _ => return Ok(()),
    };
    let byte = if is_wide { dialect.bom_bytes.into() } else { first_nul(body) as u64 };
    Err(match (dialect.bom_bytes, is_named) {
        (0, false) => refusal::unmarked(seems, byte),
        (0, true) => refusal::misnamed(read_as, seems, byte),
        _ => refusal::mismarked(read_as, byte),
    })
}

/// The form of UTF-16 that the bytes seem to be: NULs stand on one side of the pairs only, and there they
/// stand in most pairs, or beside most line breaks.
fn wide_form(body: &[u8]) -> Option<&'static Encoding> {
    [(UTF_16LE, 0), (UTF_16BE, 1)].into_iter().find(|(_, low)| is_wide_form(body, *low)).map(|(form, _)| form)
}

/// `low` is the place in a pair of the byte that ASCII is in.
fn is_wide_form(body: &[u8], low: usize) -> bool {
    let ends_line = |byte: u8| matches!(byte, b'\r' | b'\n');
    let (mut pairs_count, mut ascii_count, mut breaks_count, mut wide_breaks_count) = (0, 0, 0, 0);
    for pair in body.chunks_exact(2) {
        let (low, high) = (pair[low], pair[1 - low]);
        if low == 0 {
            return false;
        }
        pairs_count += 1;
        ascii_count += usize::from(high == 0);
        breaks_count += usize::from(ends_line(low)) + usize::from(ends_line(high));
        wide_breaks_count += usize::from(ends_line(low) && high == 0);
    }
    ascii_count > 1 && (2 * ascii_count > pairs_count || 2 * wide_breaks_count > breaks_count)
}

/// Whether the bytes are no UTF-16 at all: it has NULs where lines and cells end.
fn is_narrow(body: &[u8]) -> bool {
    !body.contains(&0) && body.iter().any(|byte| ends_cell(*byte))
}

fn ends_cell(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n' | b',' | b';' | b'\t' | b'|')
}

fn first_nul(body: &[u8]) -> usize {
    body.iter().position(|byte| *byte == 0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str, form: &Encoding) -> Vec<u8> {
        let bytes = |unit: u16| if form == UTF_16LE { unit.to_le_bytes() } else { unit.to_be_bytes() };
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn both_forms_are_told_in_any_script() {
        for text in ["id,name\n1,Ann\n", "имя;фамилия\r\nАда;Абара\r\n", "名前\t番号\n愛\t1\n", "id"]
        {
            for form in [UTF_16LE, UTF_16BE] {
                let body = wide(text, form);
                assert_eq!(wide_form(&body), Some(form), "{text}");
                assert!(!is_narrow(&body) && is_narrow(text.as_bytes()) == (text != "id"), "{text}");
            }
        }
    }

    #[test]
    fn stray_nuls_are_no_utf_16() {
        for text in [
            "id,name\n1,\0\n",
            "id\0name\0\n",
            "\0",
            "id,name\n1,A\0\0\0\0",
            "\0id,name\n",
            ",\0,\0id,name\n1,2",
        ] {
            assert_eq!(wide_form(text.as_bytes()), None, "{text:?}");
        }
    }
}
