//! Words that systems write where they have nothing to say.

/// Whether the trimmed value says nothing: `NULL`, `N/A`, `#N/A`, `None`, `\N` or `-`, in any case.
/// `NA` is not among them: it is Namibia, and a family name. See also [`is_surname`].
#[must_use]
pub fn is_placeholder(value: &str) -> bool {
    match value.len() {
        1 => value == "-",
        2 => value == "\\N",
        3 => value.eq_ignore_ascii_case("n/a"),
        4 => ["null", "none", "#n/a"].iter().any(|word| value.eq_ignore_ascii_case(word)),
        _ => false,
    }
}

/// Whether the placeholder, spelled so, is a name that people have. Databases write `NULL` or
/// `null`; `Null` in a column of names is Mr Null.
#[must_use]
pub fn is_surname(value: &str) -> bool {
    value == "Null"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_say_nothing() {
        for value in ["NULL", "null", "Null", "N/A", "n/a", "#N/A", "None", "NONE", "\\N", "-"] {
            assert!(is_placeholder(value), "{value}");
        }
        for value in ["", "NA", "na", "\\n", "--", "0", "x", "Nullmann", "Nonesuch", "#REF!", "é", "—"] {
            assert!(!is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn null_is_a_family_name_too() {
        assert!(is_surname("Null"));
        assert!(!is_surname("NULL"));
        assert!(!is_surname("None"));
    }
}
