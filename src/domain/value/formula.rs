//! Cells that a spreadsheet would run, and how the CSV files that Muster writes keep them harmless.

use std::borrow::Cow;

/// What makes a spreadsheet read a cell as a formula, after OWASP's "CSV Injection".
const STARTS: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\n'];

/// Whether a spreadsheet would run the cell. A sign before digits, blanks, dots, commas and brackets
/// alone (`-5`, `+44 20 7946 0100`) is a number or a telephone number; `+1-202-224` is computed.
#[must_use]
pub fn is_formula_like(raw: &str) -> bool {
    match raw.as_bytes() {
        [b'=' | b'@' | b'\t' | b'\r', ..] => true,
        [b'+' | b'-', rest @ ..] => {
            let only_number =
                rest.iter().all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'.' | b',' | b'(' | b')'));
            !(only_number && rest.iter().any(u8::is_ascii_digit))
        }
        _ => false,
    }
}

/// The cell as Muster writes it into a CSV file: with `'` before it if a spreadsheet might run it,
/// telephone numbers included. A cell that looks escaped already is escaped once more, so that
/// [`unescape_formula`] gives every cell back as it was.
#[must_use]
pub fn escape_formula(value: &str) -> Cow<'_, str> {
    if value.trim_start_matches('\'').starts_with(STARTS) {
        return Cow::Owned(format!("'{value}"));
    }
    Cow::Borrowed(value)
}

/// The inverse of [`escape_formula`], for a file of held rows that was mended and comes back.
#[must_use]
pub fn unescape_formula(value: &str) -> &str {
    match value.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(STARTS) => rest,
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_told_from_numbers() {
        for raw in [
            "=1+1",
            "=HYPERLINK(\"http://x\")",
            "+cmd|' /C calc'!A0",
            "-2+3",
            "@SUM(A1)",
            "\tx",
            "\rx",
            "@ada",
            "+1-202-224-2315",
            "--",
            "+",
            "-a",
            "=",
            "-(x)",
            "+()",
        ] {
            assert!(is_formula_like(raw), "{raw:?}");
        }
        for raw in ["", "-5", "+44 20 7946 0100", "-1,234.50", "+1 (202) 224", "a=b", "O'Neill", " =1", "'=1"]
        {
            assert!(!is_formula_like(raw), "{raw:?}");
        }
    }

    #[test]
    fn escaped_cells_come_back_as_they_were() {
        for value in
            ["", "x", "=1", "+44 20", "-5", "@a", "\ta", "\ra", "\na", "'", "'x", "'=1", "''=1", "O'-", "-"]
        {
            let escaped = escape_formula(value);
            assert!(!escaped.starts_with(STARTS), "{value:?}");
            assert_eq!(unescape_formula(&escaped), value, "{value:?}");
        }
        assert_eq!(escape_formula("+44 20"), "'+44 20");
        assert!(matches!(escape_formula("O'Neill"), Cow::Borrowed(_)));
        assert_eq!(unescape_formula("'t Hooft"), "'t Hooft");
    }
}
