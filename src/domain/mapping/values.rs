//! Which choice each value of a closed list is suggested for.

use super::remembered::RememberedColumn;
use super::{MappingSource, ValueMapping, similarity};
use crate::domain::field::{FieldType, ProfileField, key};
use crate::domain::file::ValueCount;
use crate::domain::limits::VALUE_MAPPINGS_MAX;
use crate::domain::value::{boolean, fold, placeholder, text};

/// Words for the choices of built-in fields, folded. For the status these are other forms and translations
/// of the choices alone: words that say why somebody is no longer there (`left`, `retired`), that ask for a
/// deletion (`deleted`) or that could mean either (`on leave`) are not among them, as no value in a file
/// deletes anybody, and their rows are held until somebody says what they mean.
const WORDS: [(&str, &str, &[&str]); 4] = [
    (
        key::STATUS,
        "active",
        &["a", "act", "aktiv", "aktive", "actif", "active", "actifs", "activo", "activa", "en activo"],
    ),
    (
        key::STATUS,
        "inactive",
        &[
            "i",
            "inact",
            "in-active",
            "not active",
            "non-active",
            "inaktiv",
            "nicht aktiv",
            "inactif",
            "inactive",
            "non actif",
            "inactivo",
            "inactiva",
            "no activo",
        ],
    ),
    (
        "program_eligibility",
        "eligible",
        &[
            "e",
            "yes",
            "y",
            "true",
            "1",
            "qualified",
            "entitled",
            "ja",
            "berechtigt",
            "teilnahmeberechtigt",
            "oui",
            "éligible",
            "sí",
            "si",
            "elegible",
        ],
    ),
    (
        "program_eligibility",
        "ineligible",
        &[
            "i",
            "no",
            "n",
            "false",
            "0",
            "not eligible",
            "non-eligible",
            "in-eligible",
            "not qualified",
            "not entitled",
            "nein",
            "nicht berechtigt",
            "nicht teilnahmeberechtigt",
            "non",
            "inéligible",
            "non éligible",
            "no elegible",
            "inelegible",
        ],
    ),
];

/// The mapping of each value of a column: `tally` is its distinct values, trimmed and NFC, with the
/// number of their rows, in any order. Blanks and placeholders are left out, as they are read as
/// empty.
#[must_use]
pub fn suggest_values(
    field: &ProfileField,
    tally: &[ValueCount],
    remembered: Option<&RememberedColumn>,
) -> Vec<ValueMapping> {
    let mut tally: Vec<&ValueCount> =
        tally.iter().filter(|counted| !is_empty(field, &counted.value)).collect();
    tally.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    tally.truncate(VALUE_MAPPINGS_MAX);
    tally
        .into_iter()
        .map(|ValueCount { value, count }| {
            let (maps_to, source) = suggest_value(field, value, remembered);
            ValueMapping { value: value.clone(), count: *count, maps_to, source }
        })
        .collect()
}

fn is_empty(field: &ProfileField, value: &str) -> bool {
    let is_choice = || field.choices.iter().any(|choice| fold::fold(choice) == fold::fold(value));
    text::is_blank(value) || placeholder::is_placeholder(value) && !is_choice()
}

fn suggest_value(
    field: &ProfileField,
    value: &str,
    remembered: Option<&RememberedColumn>,
) -> (Option<String>, MappingSource) {
    let known = remembered.and_then(|column| column.values.iter().find(|(known, _)| known == value));
    match known {
        Some((_, None)) => return (None, MappingSource::Remembered),
        Some((_, Some(choice))) if field.choices.contains(choice) => {
            return (Some(choice.clone()), MappingSource::Remembered);
        }
        _ => {}
    }
    let choices = || field.choices.iter();
    if choices().any(|choice| choice == value) {
        return (Some(value.to_owned()), MappingSource::Exact);
    }
    let folded = fold::fold(value);
    if let Some(choice) =
        choices().find(|choice| fold::fold(choice) == folded).or_else(|| synonym(field, value, &folded))
    {
        return (Some(choice.clone()), MappingSource::Synonym);
    }
    // A slip in a status is not read as one: the row would make somebody leave.
    if field.built_in && field.key == key::STATUS {
        return (None, MappingSource::None);
    }
    let mut similar = choices().filter(|choice| similarity::is_similar(value, choice));
    match (similar.next(), similar.next()) {
        (Some(choice), None) => (Some(choice.clone()), MappingSource::Similar),
        _ => (None, MappingSource::None),
    }
}

/// The choice that the word means for a built-in field or a boolean one.
fn synonym<'a>(field: &'a ProfileField, value: &str, folded: &str) -> Option<&'a String> {
    let meant = match field.field_type {
        FieldType::Boolean => {
            if boolean::meaning(value)? {
                "true"
            } else {
                "false"
            }
        }
        FieldType::Choice if field.built_in => {
            let means = |words: &[&str]| words.contains(&folded);
            WORDS.iter().find(|(key, _, words)| *key == field.key && means(words))?.1
        }
        _ => return None,
    };
    field.choices.iter().find(|choice| *choice == meant)
}

#[cfg(test)]
#[path = "values_tests.rs"]
mod tests;
