//! What the tenant's last approved mapping teaches about the next file.

use super::{DateOrder, EmptyCells, FileColumn, Mapping, MappingSource};
use crate::domain::value::fold::fold_header;

/// The tenant's last approved mapping, by header, as files change the order of their columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remembered {
    /// The columns that somebody mapped or chose to ignore.
    pub columns: Vec<RememberedColumn>,
}

/// How one column was mapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RememberedColumn {
    /// Its header.
    pub header: String,
    /// The field; none if an admin chose to ignore the column.
    pub field_key: Option<String>,
    /// The values that somebody mapped, or chose to hold (none).
    pub values: Vec<(String, Option<String>)>,
    /// What an empty cell did.
    pub empty_cells: EmptyCells,
    /// The order of its dates.
    pub date_order: Option<DateOrder>,
}

impl Remembered {
    /// What `mapping`, as it was approved for a file with these `columns`, is remembered for.
    ///
    /// That nothing fitted a column or a value was no decision: a field or choice that comes into
    /// being later may fit it. Only what an admin set so stays ignored.
    #[must_use]
    pub fn new(mapping: &Mapping, columns: &[FileColumn]) -> Self {
        let is_decided = |found: bool, source| found || source != MappingSource::None;
        let remember = |column: &super::ColumnMapping| {
            let header = &columns.iter().find(|c| c.index == column.index)?.header;
            if !is_decided(column.field_key.is_some(), column.source) || fold_header(header).is_empty() {
                return None;
            }
            let values = column.values.iter().filter(|v| is_decided(v.maps_to.is_some(), v.source));
            Some(RememberedColumn {
                header: header.clone(),
                field_key: column.field_key.clone(),
                values: values.map(|v| (v.value.clone(), v.maps_to.clone())).collect(),
                empty_cells: column.empty_cells,
                date_order: column.date_order,
            })
        };
        Self { columns: mapping.columns.iter().filter_map(remember).collect() }
    }

    /// Whether the last file had a column of this name that somebody mapped or chose to ignore.
    #[must_use]
    pub fn knows(&self, header: &str) -> bool {
        let folded = fold_header(header);
        self.columns.iter().any(|column| fold_header(&column.header) == folded)
    }

    /// The column with this folded header; none if two had it, as then it says nothing by itself.
    #[must_use]
    pub fn column(&self, folded_header: &str) -> Option<&RememberedColumn> {
        let mut found = self.columns.iter().filter(|column| fold_header(&column.header) == folded_header);
        found.next().filter(|_| found.next().is_none())
    }
}

/// The headers that were mapped to a field last time and that this file does not have.
#[must_use]
pub fn dropped_headers(remembered: &Remembered, headers: &[String]) -> Vec<String> {
    let present: Vec<String> = headers.iter().map(|header| fold_header(header)).collect();
    let is_dropped = |header: &str| !present.contains(&fold_header(header));
    let used = remembered.columns.iter().filter(|column| column.field_key.is_some());
    used.filter(|column| is_dropped(&column.header)).map(|column| column.header.clone()).collect()
}
