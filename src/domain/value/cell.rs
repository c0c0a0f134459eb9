//! The one reading of a cell: what it says for its field, and what there is to remark.

use std::borrow::Cow;
use std::collections::HashMap;

use super::sentences::{self, About};
use super::unique_id::UniqueId;
use super::{confusable, date, email, fold, formula, placeholder, text, unique_id};
use crate::domain::field::{FieldType, ProfileField, key};
use crate::domain::issue::{RowIssue, RowIssueCode, Severity};
use crate::domain::limits::{EMAIL_CHARS_MAX, NAME_CHARS_MAX};
use crate::domain::mapping::{ColumnMapping, DateOrder};

/// What a cell says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading<'a> {
    /// The value as it is stored; none if the cell says nothing, or has an error.
    pub value: Option<Cow<'a, str>>,
    /// What there is to remark. Few cells have a notice, and without one nothing is allocated.
    pub notices: Vec<RowIssueCode>,
    /// The error, if there is one: it holds the row.
    pub error: Option<RowIssueCode>,
}

impl Reading<'_> {
    const BLANK: Self = Self { value: None, notices: Vec::new(), error: None };

    fn error(code: RowIssueCode) -> Self {
        Self { error: Some(code), ..Self::BLANK }
    }

    /// All issues of the cell: warnings, then the error.
    pub fn issues(&self) -> impl Iterator<Item = (RowIssueCode, Severity)> {
        let warnings = self.notices.iter().map(|&code| (code, Severity::Warning));
        warnings.chain(self.error.map(|code| (code, Severity::Error)))
    }

    /// Whether there is nothing to remark.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.notices.is_empty() && self.error.is_none()
    }
}

/// Reads the cells of one column. Made once for a column, as it indexes the closed list.
#[derive(Debug, Clone)]
pub struct ColumnReader {
    column_index: u32,
    label: String,
    kind: Kind,
    choices: Vec<String>,
    date_order: Option<DateOrder>,
    unescape: bool,
}

#[derive(Debug, Clone)]
enum Kind {
    UniqueId,
    Name,
    Text,
    Email,
    Date(DateOrder),
    ClosedList { list: ClosedList, or_else: RowIssueCode },
}

impl ColumnReader {
    /// A reader for the column that `mapping` maps to `field`.
    #[must_use]
    pub fn new(field: &ProfileField, mapping: &ColumnMapping) -> Self {
        let list = || ClosedList::new(field, mapping);
        let kind = match field.field_type {
            FieldType::Text => match field.key.as_str() {
                key::UNIQUE_ID => Kind::UniqueId,
                key::FIRST_NAME | key::LAST_NAME => Kind::Name,
                _ => Kind::Text,
            },
            FieldType::Email => Kind::Email,
            // An open order never gets here by itself, as it keeps the mapping from being approved.
            FieldType::Date => Kind::Date(mapping.date_order.unwrap_or(DateOrder::YearFirst)),
            FieldType::Boolean => Kind::ClosedList { list: list(), or_else: RowIssueCode::InvalidBoolean },
            FieldType::Choice => Kind::ClosedList { list: list(), or_else: RowIssueCode::InvalidChoice },
        };
        Self {
            column_index: mapping.index,
            label: field.label.clone(),
            kind,
            choices: field.choices.clone(),
            date_order: mapping.date_order,
            unescape: false,
        }
    }

    /// The same for a file that Muster itself wrote: `'=1` is `=1`.
    #[must_use]
    pub fn unescaping(mut self, unescape: bool) -> Self {
        self.unescape = unescape;
        self
    }

    /// What the cell says.
    #[must_use]
    pub fn read<'a>(&'a self, raw: &'a str) -> Reading<'a> {
        let raw = if self.unescape { formula::unescape_formula(raw) } else { raw };
        if text::is_blank(raw) {
            return Reading::BLANK;
        }
        if text::has_bidi_control(raw) {
            return Reading::error(RowIssueCode::BidiControl);
        }
        if text::has_control(raw) {
            return Reading::error(RowIssueCode::ControlCharacter);
        }
        let trimmed = text::trim(raw);
        if placeholder::is_placeholder(trimmed) && !self.has_placeholder_as_value(trimmed) {
            return Reading { notices: vec![RowIssueCode::PlaceholderValue], ..Reading::BLANK };
        }
        self.read_text(raw, trimmed)
    }

    fn read_text<'a>(&'a self, raw: &'a str, trimmed: &'a str) -> Reading<'a> {
        let is_identifier = matches!(self.kind, Kind::UniqueId | Kind::Email);
        if is_identifier && text::has_line_or_tab(trimmed) {
            return Reading::error(RowIssueCode::ControlCharacter);
        }
        let mut cleaned = trimmed.len() != raw.len();
        let mut is_formula_like = formula::is_formula_like(raw) || formula::is_formula_like(trimmed);
        let value = match &self.kind {
            Kind::UniqueId => match unique_id::parse(raw) {
                UniqueId::Blank => {
                    return Reading { notices: vec![RowIssueCode::ValueCleaned], ..Reading::BLANK };
                }
                UniqueId::Suspect => return Reading::error(RowIssueCode::SuspectUniqueId),
                UniqueId::Id { id, cleaned: id_cleaned } => {
                    cleaned = id_cleaned;
                    // `="0042"` was read as it was meant, so nothing of the formula is left.
                    is_formula_like &= !trimmed.starts_with("=\"") || id.starts_with('=');
                    id
                }
            },
            Kind::Email => match text::strip_zero_width(trimmed) {
                Cow::Borrowed(address) => text::nfc(address),
                Cow::Owned(address) => {
                    cleaned = true;
                    Cow::Owned(text::trim_and_nfc(&address).into_owned())
                }
            },
            _ => text::nfc(trimmed),
        };
        if self.chars_max().is_some_and(|chars_max| text::is_longer_than(&value, chars_max)) {
            return Reading::error(RowIssueCode::ValueTooLong);
        }
        let value = match self.read_typed(value) {
            Ok(value) => value,
            Err(code) => return Reading::error(code),
        };
        let is_confusable = match self.kind {
            Kind::UniqueId | Kind::Email => confusable::is_confusable_identifier(&value),
            Kind::Name => confusable::has_mixed_word(&value),
            _ => false,
        };
        // What became a date or a choice is no longer what a spreadsheet would run.
        let is_formula_like =
            is_formula_like && !matches!(self.kind, Kind::Date(_) | Kind::ClosedList { .. });
        let remarks = [
            (cleaned, RowIssueCode::ValueCleaned),
            (is_formula_like, RowIssueCode::FormulaLike),
            (is_confusable, RowIssueCode::ConfusableCharacters),
        ];
        let notices = remarks.into_iter().filter_map(|(applies, code)| applies.then_some(code)).collect();
        Reading { value: Some(value), notices, error: None }
    }

    /// The value as its type has it.
    fn read_typed<'a>(&'a self, value: Cow<'a, str>) -> Result<Cow<'a, str>, RowIssueCode> {
        match &self.kind {
            Kind::UniqueId | Kind::Name | Kind::Text => Ok(value),
            Kind::Email if email::parse(&value).is_ok() => Ok(value),
            Kind::Email => Err(RowIssueCode::InvalidEmail),
            Kind::Date(order) => match value {
                Cow::Borrowed(value) => date::parse(value, *order),
                Cow::Owned(value) => date::parse(&value, *order).map(|date| Cow::Owned(date.into_owned())),
            }
            .ok_or(RowIssueCode::InvalidDate),
            Kind::ClosedList { list, or_else } => list.choice(&value).map(Cow::Borrowed).ok_or(*or_else),
        }
    }

    /// `None` may be a choice of its tenant's, and `Null` is a family name.
    fn has_placeholder_as_value(&self, word: &str) -> bool {
        match &self.kind {
            Kind::ClosedList { list, .. } => list.choice(word).is_some(),
            Kind::Name => placeholder::is_surname(word),
            _ => false,
        }
    }

    /// None: what the file allows in a cell.
    fn chars_max(&self) -> Option<usize> {
        match self.kind {
            Kind::UniqueId | Kind::Name => Some(NAME_CHARS_MAX),
            Kind::Email => Some(EMAIL_CHARS_MAX),
            Kind::Text | Kind::Date(_) | Kind::ClosedList { .. } => None,
        }
    }

    /// The issue of a cell of this column, with its sentence.
    #[must_use]
    pub fn issue(&self, row_number: u32, code: RowIssueCode, severity: Severity, raw: &str) -> RowIssue {
        let shown = text::show(raw);
        let about = About { value: &shown, ..self.about() };
        let message = sentences::message(code, &about);
        RowIssue { row_number, severity, code, column: Some(self.column_index), value: Some(shown), message }
    }

    /// What sentences about this column's cells need to know of it.
    #[must_use]
    pub fn about(&self) -> About<'_> {
        About {
            field: &self.label,
            chars_max: self.chars_max().unwrap_or_default(),
            choices: &self.choices,
            date_order: self.date_order,
            ..About::default()
        }
    }
}

/// The choices of a field, by the values that are mapped to them and by themselves.
#[derive(Debug, Clone)]
struct ClosedList {
    /// Each value that the mapping lists; none where nobody mapped it.
    by_value: HashMap<String, Option<String>>,
    /// For values that were cut from the list: the choices, folded.
    by_folded_choice: HashMap<String, String>,
}

impl ClosedList {
    fn new(field: &ProfileField, mapping: &ColumnMapping) -> Self {
        let existing =
            |choice: &Option<String>| choice.clone().filter(|choice| field.choices.contains(choice));
        Self {
            by_value: mapping.values.iter().map(|v| (v.value.clone(), existing(&v.maps_to))).collect(),
            by_folded_choice: field
                .choices
                .iter()
                .rev() // of two choices that fold alike, the first stays
                .map(|choice| (fold::fold(choice).into_owned(), choice.clone()))
                .collect(),
        }
    }

    fn choice(&self, value: &str) -> Option<&str> {
        match self.by_value.get(value) {
            Some(choice) => choice.as_deref(),
            None => self.by_folded_choice.get(fold::fold(value).as_ref()).map(String::as_str),
        }
    }
}

#[cfg(test)]
#[path = "cell_tests.rs"]
mod tests;
