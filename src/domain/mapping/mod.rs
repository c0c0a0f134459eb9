//! How a file's columns and values map to profile fields.

pub mod assemble;
pub mod blockers;
pub mod edit;
pub mod remembered;
pub mod similarity;
pub mod suggest;
pub mod synonyms;
pub mod values;

#[cfg(test)]
mod test_support;

use super::field::ProfileField;

/// The column of a held-rows file that names each row's issues. Known, and ignored when it is mended
/// and comes back.
pub const HELD_CODE_HEADER: &str = "muster_code";
/// The column of a held-rows file that explains them.
pub const HELD_MESSAGE_HEADER: &str = "muster_message";

/// A column of the uploaded file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FileColumn {
    /// Place in the file, from 0. Columns are addressed by it, as headers may repeat.
    pub index: u32,
    /// The header, trimmed.
    pub header: String,
    /// Some of its values, the first distinct ones that are not blank.
    pub samples: Vec<String>,
    /// Rows in which it is blank.
    pub blank_count: u32,
}

/// How much of the tenant a file describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum FileScope {
    /// Everybody: who is absent is proposed for deletion.
    FullRoster,
    /// Some: who is absent is left alone.
    Partial,
}

/// What ties a row to a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum MatchKey {
    /// `unique_id`, compared exactly.
    UniqueId,
    /// `email`, compared folded.
    Email,
}

/// What an empty cell does to the stored value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum EmptyCells {
    /// Nothing.
    Keep,
    /// Empties it, unless it is required.
    Clear,
}

/// The order of a date's parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum DateOrder {
    /// 2026-12-31
    YearFirst,
    /// 31/12/2026
    DayFirst,
    /// 12/31/2026
    MonthFirst,
}

/// How a mapping came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum MappingSource {
    /// The header is the field's key or label; the value is the choice.
    Exact,
    /// A known other name.
    Synonym,
    /// As the tenant approved it last time.
    Remembered,
    /// Spelled nearly like it.
    Similar,
    /// An admin said so.
    Manual,
    /// Nothing fits.
    None,
}

/// How one column is mapped.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ColumnMapping {
    /// See [`FileColumn::index`].
    pub index: u32,
    /// The key of the field; none ignores the column.
    pub field_key: Option<String>,
    /// How it came about.
    pub source: MappingSource,
    /// What an empty cell does.
    pub empty_cells: EmptyCells,
    /// For a date field: the order of its parts, none while it is open.
    pub date_order: Option<DateOrder>,
    /// For a field with a closed list: the distinct values, most frequent first, at most
    /// [`super::limits::VALUE_MAPPINGS_MAX`].
    pub values: Vec<ValueMapping>,
    /// How many distinct values there are, up to [`super::limits::DISTINCT_VALUES_MAX`].
    pub distinct_value_count: u32,
}

/// How one value of a column is mapped to a choice.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ValueMapping {
    /// The value, trimmed and NFC.
    pub value: String,
    /// Rows that have it.
    pub count: u32,
    /// The choice; none holds its rows.
    pub maps_to: Option<String>,
    /// How it came about.
    pub source: MappingSource,
}

/// The whole mapping of a file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Mapping {
    /// One for each column, in the order of the file.
    pub columns: Vec<ColumnMapping>,
    /// How much of the tenant the file describes.
    pub file_scope: FileScope,
    /// What ties rows to members.
    pub match_by: MatchKey,
}

impl Mapping {
    /// The column that is mapped to the field `key`.
    #[must_use]
    pub fn column_of(&self, key: &str) -> Option<&ColumnMapping> {
        self.columns.iter().find(|column| column.field_key.as_deref() == Some(key))
    }
}

/// The field that has `key` and can be mapped.
#[must_use]
pub fn mappable<'a>(fields: &'a [ProfileField], key: &str) -> Option<&'a ProfileField> {
    fields.iter().find(|field| field.key == key && !field.archived)
}
