//! What separates the cells, by the first record.

use super::header;
use super::split::{Fault, Split, Stop};
use super::splitter::Splitter;
use crate::domain::value::text::is_blank;

/// In the order that settles a draw.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// What the first line says outright, as spreadsheets write it: `sep=;`, perhaps in quotes, and filled up
/// with blanks or with that delimiter.
pub(super) fn said(text: &str) -> Option<u8> {
    let line = text.split(['\r', '\n']).next()?.as_bytes();
    let unquoted = line.strip_prefix(b"\"").unwrap_or(line);
    let quotes = line.iter().filter(|byte| **byte == b'"').count();
    if quotes != 2 * (line.len() - unquoted.len()) {
        return None;
    }
    let (word, rest) = unquoted.split_first_chunk::<4>()?;
    let (&delimiter, filling) = rest.split_first()?;
    let is_delimiter = delimiter != b'"' && (delimiter.is_ascii_punctuation() || delimiter == b'\t');
    let fills = |byte: &u8| matches!(byte, b' ' | b'\t' | b'"') || *byte == delimiter;
    (word.eq_ignore_ascii_case(b"sep=") && is_delimiter && filling.iter().all(fills)).then_some(delimiter)
}

/// The delimiter that splits the first record best: into names that are known, else into most cells
/// without breaking a quoted one. A comma where all do the same, as in a file of one column.
pub(super) fn detect(text: &str, known: &dyn Fn(&str) -> bool) -> u8 {
    let mut best = (b',', score(text, b',', known));
    for delimiter in &DELIMITERS[1..] {
        let score = score(text, *delimiter, known);
        if score > best.1 {
            best = (*delimiter, score);
        }
    }
    best.0
}

/// Whether the cell of a first record is no name: blank, or made of what stands between names alone, as where
/// another delimiter was meant.
pub(super) fn says_nothing(cell: &str) -> bool {
    is_blank(cell.trim_matches(|c: char| c == '"' || c.is_whitespace() || is_delimiter(c)))
}

fn is_delimiter(c: char) -> bool {
    u8::try_from(c).is_ok_and(|byte| DELIMITERS.contains(&byte))
}

/// Names known, whether it splits without breaking quotes, and cells.
type Score = (usize, bool, u32);

fn score(text: &str, delimiter: u8, known: &dyn Fn(&str) -> bool) -> Score {
    let mut score = (0, false, 0);
    let mut splitter = Splitter::new(delimiter);
    let mut first = |split: Split<'_>| {
        let cells = || split.cells.iter().map(|&(start, end)| header::trim(&split.text[start..end]));
        if cells().all(says_nothing) {
            return Ok(());
        }
        let names = cells().filter(|cell| known(cell)).count();
        let cell_count = split.marks.cell_count;
        score = (names, cell_count > 1 && split.marks.text_after_quote.is_none(), cell_count);
        Err(())
    };
    let fed = splitter.feed(text, &mut first);
    if matches!(fed.and_then(|()| splitter.finish(&mut first)), Err(Stop::Fault(Fault::Unclosed { .. }))) {
        return score_unclosed(text, delimiter, known);
    }
    score
}

/// A first record whose quote never closes is no record; but where its names lead to this delimiter, reading by another
/// one would not meet the quote, and take the line for a single name.
fn score_unclosed(text: &str, delimiter: u8, known: &dyn Fn(&str) -> bool) -> Score {
    let line = text.split(['\r', '\n']).find(|line| !says_nothing(line)).unwrap_or_default();
    let cells = || line.split(char::from(delimiter)).map(header::trim);
    (cells().filter(|cell| known(cell)).count(), false, cells().count() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(text: &str) -> char {
        char::from(detect(text, &|name| ["id", "name", "email"].contains(&name)))
    }

    #[test]
    fn the_header_decides() {
        for (text, delimiter) in [
            ("id,name,email\n1;2;3;4;5;6", ','),
            ("id;name;email\n1,2,3,4,5,6", ';'),
            ("id\tname\temail", '\t'),
            ("id|name|email\r1", '|'),
            ("\n \nid;name\n", ';'),
            ("", ','),
            ("email\na@example.org", ','),
        ] {
            assert_eq!(detected(text), delimiter, "{text:?}");
        }
    }

    #[test]
    fn quoted_and_unquoted_delimiters_do_not_mislead() {
        for (text, delimiter) in [
            ("\"a;b;c;d\",\"e\"\n", ','),
            ("\"Last, first, middle\";x\n", ';'),
            ("\"a\",\"b;c;d;e\"\n", ','),
            ("\"Last, first\"\n", ','),
            ("id\tname\tnotes, remarks, others, more\n", '\t'),
            ("\"id\nof; us; all\",name\n", ','),
            ("id,\"na\"me,email\n", ','),
            ("id;name;\"email\n1;Ann;ann@example.org\n", ';'),
            ("id\t\"name\temail\n1\tAnn\tann@example.org\n", '\t'),
        ] {
            assert_eq!(detected(text), delimiter, "{text:?}");
        }
    }

    #[test]
    fn a_sep_line_is_taken_at_its_word() {
        assert_eq!(said("sep=;\r\nid,name"), Some(b';'));
        assert_eq!(said("\"SEP=\t\"\nid"), Some(b'\t'));
        assert_eq!(said("sep=^"), Some(b'^'));
        for text in ["sep=; \n", "sep=;;;;\r", "\"sep=;\";;\n", "\"sep=;\" \n", "sep=;\t"] {
            assert_eq!(said(text), Some(b';'), "{text:?}");
        }
        for text in [
            "sep=\n",
            "sep=ab\n",
            "sep=\"\n",
            "separator\n",
            "\nsep=;\n",
            "x=;",
            "sep=a",
            "sep=;id",
            "\"sep=;",
        ] {
            assert_eq!(said(text), None, "{text:?}");
        }
    }
}
