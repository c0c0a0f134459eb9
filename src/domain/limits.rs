//! The one table of bounds. The unit comes last in the name.

/// Bounds of a file that an operator may set.
#[derive(Debug, Clone, Copy)]
pub struct FileLimits {
    /// Bytes as uploaded.
    pub file_size_bytes_max: u64,
    /// Records below the header.
    pub file_rows_max: u32,
}

impl Default for FileLimits {
    fn default() -> Self {
        Self { file_size_bytes_max: 512 * 1024 * 1024, file_rows_max: 2_000_000 }
    }
}

/// Columns of a file.
pub const FILE_COLUMNS_MAX: usize = 256;
/// Characters of a header.
pub const HEADER_CHARS_MAX: usize = 256;
/// Bytes of a cell, decoded.
pub const CELL_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a record, decoded. Beside the bound of a cell it bounds what a record of many cells takes.
pub const RECORD_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Characters of a first or last name and of a unique id.
pub const NAME_CHARS_MAX: usize = 200;
/// Characters of an email address, after RFC 5321.
pub const EMAIL_CHARS_MAX: usize = 254;
/// Bytes of the key that members are ordered by. It is in an index, and folding makes some names longer.
pub const NAME_KEY_BYTES_MAX: usize = 512;
/// Characters of a cell that an issue shows.
pub const ISSUE_VALUE_CHARS_MAX: usize = 100;
/// Issues of one code that are kept; all are counted.
pub const ISSUES_KEPT_PER_CODE_MAX: u32 = 1_000;
/// Samples kept of a column.
pub const COLUMN_SAMPLES_MAX: usize = 5;
/// Characters of a sample.
pub const SAMPLE_CHARS_MAX: usize = 80;
/// Distinct values of a column that are mapped one by one.
pub const VALUE_MAPPINGS_MAX: usize = 500;
/// Distinct values of a column that are told apart; more are no closed list.
pub const DISTINCT_VALUES_MAX: usize = 10_000;
/// Bytes of a column's distinct values. A column that has more is no closed list.
pub const DISTINCT_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Bytes of the distinct values of all columns of a file together, with what it takes to keep each of them. Columns whose values
/// come after these are no closed lists: nobody maps so many.
pub const FILE_DISTINCT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes of a shown file name.
pub const FILE_NAME_BYTES_MAX: usize = 255;
/// Items that one answer has of lists without pages: columns, values, choices, attributes. All values of the largest mapping fit.
pub const LISTED_ITEMS_MAX: usize = 150_000;
/// Actions that a refusal names.
pub const REFUSAL_ACTIONS_MAX: usize = 20;
/// Characters of a profile field's key.
pub const FIELD_KEY_CHARS_MAX: usize = 64;
/// Characters of a label or a choice.
pub const LABEL_CHARS_MAX: usize = 200;
/// Choices of a closed list.
pub const CHOICES_MAX: usize = 500;
/// Segments of a tenant that are not archived.
pub const SEGMENTS_MAX: usize = 200;
