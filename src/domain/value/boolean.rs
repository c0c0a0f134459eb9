//! Words that mean true or false, for suggesting what a value maps to.

use super::fold;

const TRUE: [&str; 14] =
    ["true", "t", "yes", "y", "1", "on", "x", "✓", "ja", "wahr", "oui", "vrai", "si", "verdadero"];
const FALSE: [&str; 11] = ["false", "f", "no", "n", "0", "off", "nein", "falsch", "non", "faux", "falso"];

/// What the word means in English, German, French or Spanish, whatever its case.
#[must_use]
pub fn meaning(word: &str) -> Option<bool> {
    let folded = fold::fold(word);
    let folded = if folded == "sí" { "si" } else { folded.as_ref() };
    if TRUE.contains(&folded) {
        return Some(true);
    }
    FALSE.contains(&folded).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_words() {
        for word in ["true", "TRUE", "Yes", "y", "1", "Ja", "oui", "Sí", "si", "SÍ", "x", "X", "Verdadero"]
        {
            assert_eq!(meaning(word), Some(true), "{word}");
        }
        for word in ["false", "No", "N", "0", "nein", "Non", "faux", "Falso", "FALSCH"] {
            assert_eq!(meaning(word), Some(false), "{word}");
        }
        for word in ["", "maybe", "2", "-", "yesno", "10"] {
            assert_eq!(meaning(word), None, "{word}");
        }
    }
}
