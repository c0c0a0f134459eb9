//! What the values of columns say, for columns that need it.

use super::stored::StoredFile;
use crate::app::{App, Result};
use crate::domain::field::{FieldType, ProfileField};
use crate::domain::file::{ColumnStudy, Studies, Study};
use crate::domain::import::Import;
use crate::domain::mapping::mappable;
use crate::domain::mapping::suggest::Suggestion;
use crate::domain::requester::Requester;

/// What to find out about a column that is mapped to `field`.
#[must_use]
pub fn study_for(field: Option<&ProfileField>) -> Study {
    field.map_or_else(Study::default, |field| Study {
        tally: field.field_type.is_closed_list(),
        dates: field.field_type == FieldType::Date,
    })
}

/// What to find out about each column, as suggested.
#[must_use]
pub fn studies_for(suggestions: &[Suggestion], fields: &[ProfileField]) -> Vec<Study> {
    let field =
        |suggestion: &Suggestion| suggestion.field_key.as_deref().and_then(|key| mappable(fields, key));
    suggestions.iter().map(|suggestion| study_for(field(suggestion))).collect()
}

/// Reads a stored file once more, to find out about some columns. Nothing is read if there is nothing to find out.
///
/// # Errors
/// If the file cannot be read.
pub async fn study(
    app: &App,
    requester: &Requester,
    import: &Import,
    wanted: &[Study],
) -> Result<Vec<ColumnStudy>> {
    let mut studies = Studies::new(wanted);
    if wanted.iter().all(|study| *study == Study::default()) {
        return Ok(studies.finish());
    }
    let mut file = StoredFile::open(app, requester.tenant, import).await?;
    while let Some(piece) = file.next().await? {
        file.rows(piece, |record| {
            studies.observe(record);
            Ok(())
        })?;
    }
    Ok(studies.finish())
}
