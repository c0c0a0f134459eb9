//! Letters of different scripts that look alike. A small check of Latin against Cyrillic and Greek,
//! which is where slips and tricks happen in rosters.

/// Letters of Cyrillic and Greek that most fonts draw like Latin ones.
const LOOK_ALIKES: &str = "АВЕЅІЈКМНОРСТУХҮԚԜабеѕіјорсухһӏԁԛԝүΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορυι";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
    Other,
}

fn script_of(c: char) -> Script {
    match c {
        'A'..='Z' | 'a'..='z' | '\u{AA}' | '\u{BA}' | '\u{1E00}'..='\u{1EFF}' => Script::Latin,
        '\u{C0}'..='\u{2AF}' | '\u{2C60}'..='\u{2C7F}' | '\u{A722}'..='\u{A7FF}' => Script::Latin,
        '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' => Script::Latin,
        '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Script::Greek,
        '\u{400}'..='\u{52F}' | '\u{1C80}'..='\u{1C8F}' | '\u{A640}'..='\u{A69F}' => Script::Cyrillic,
        _ => Script::Other,
    }
}

/// Whether a word of the value mixes Latin letters with Cyrillic or Greek ones: `Аda` with a
/// Cyrillic А. For names, where a whole word in another script is as it should be.
#[must_use]
pub fn has_mixed_word(value: &str) -> bool {
    !value.is_ascii() && words(value).any(is_mixed)
}

/// Whether a word mixes scripts, or is one of look-alikes alone: `М-0001` with a Cyrillic М. For ids
/// and addresses, where nobody would see the difference.
#[must_use]
pub fn is_confusable_identifier(value: &str) -> bool {
    !value.is_ascii()
        && words(value).any(|word| is_mixed(word) || word.chars().all(|c| LOOK_ALIKES.contains(c)))
}

fn words(value: &str) -> impl Iterator<Item = &str> {
    value.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty())
}

fn is_mixed(word: &str) -> bool {
    let has = |script| word.chars().any(|c| script_of(c) == script);
    has(Script::Latin) && (has(Script::Cyrillic) || has(Script::Greek))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_words_are_seen() {
        assert!(has_mixed_word("\u{410}da"));
        assert!(has_mixed_word("Lovel\u{430}ce"));
        assert!(has_mixed_word("\u{39F}'Neill \u{39F}lga"));
        assert!(is_confusable_identifier("p\u{430}yments@example.org"));
    }

    #[test]
    fn words_of_one_script_are_fine_in_names() {
        for name in ["Ada", "Анна Сара", "Ελένη", "José Ørsted", "Anna Сара", "李 Wei", "5 µm", "Łukasz"]
        {
            assert!(!has_mixed_word(name), "{name}");
        }
    }

    #[test]
    fn look_alikes_alone_are_not_fine_in_ids() {
        assert!(is_confusable_identifier("\u{41C}-0001"));
        assert!(is_confusable_identifier("\u{39C}-0001"));
        assert!(is_confusable_identifier("\u{430}\u{440}@example.org"));
        assert!(!is_confusable_identifier("M-0001"));
        assert!(!is_confusable_identifier("Д-0001"));
        assert!(!is_confusable_identifier("иван@пример.example"));
    }
}
