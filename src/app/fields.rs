//! Profile fields: built-in ones, and a tenant's own segments.

use super::access::require_admin;
use super::{App, AppError, Result};
use crate::clock::new_id;
use crate::domain::field::{FieldType, ProfileField};
use crate::domain::id::FieldId;
use crate::domain::limits::{CHOICES_MAX, FIELD_KEY_CHARS_MAX, LABEL_CHARS_MAX, SEGMENTS_MAX};
use crate::domain::mapping::{HELD_CODE_HEADER, HELD_MESSAGE_HEADER};
use crate::domain::plan::trace::REQUIRED_FIELDS_MAX;
use crate::domain::requester::Requester;
use crate::domain::user_error::{UserError, UserErrorCode};
use crate::domain::value::text;
use crate::store::Tx;

/// A field as it is to be.
#[derive(Debug, Clone)]
pub struct FieldInput {
    /// See [`ProfileField::key`].
    pub key: String,
    /// See [`ProfileField::label`].
    pub label: String,
    /// See [`ProfileField::field_type`].
    pub field_type: FieldType,
    /// None leaves it as it is; a new segment is not required.
    pub required: Option<bool>,
    /// None leaves them as they are.
    pub choices: Option<Vec<String>>,
}

/// How it ended.
#[derive(Debug)]
pub struct SavedField {
    /// The field as it now is.
    pub field: Option<ProfileField>,
    /// Why not.
    pub errors: Vec<UserError>,
}

/// The tenant's fields, archived ones included, built-in ones first.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn fields(app: &App, requester: &Requester) -> Result<Vec<ProfileField>> {
    require_admin(requester)?;
    Ok(app.store.fields(requester.tenant).await?)
}

/// Adds a segment, changes one, or changes the label and whether it is required of a built-in field.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn save_field(app: &App, requester: &Requester, input: FieldInput) -> Result<SavedField> {
    require_admin(requester)?;
    saved(save(app, requester, input).await)
}

/// Archives a segment.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn remove_field(app: &App, requester: &Requester, key: &str) -> Result<SavedField> {
    require_admin(requester)?;
    saved(remove(app, requester, key).await)
}

fn saved(result: Result<ProfileField>) -> Result<SavedField> {
    match result {
        Ok(field) => Ok(SavedField { field: Some(field), errors: Vec::new() }),
        Err(AppError::Refused(errors)) => Ok(SavedField { field: None, errors }),
        Err(other) => Err(other),
    }
}

fn invalid(message: impl Into<String>, place: &str) -> UserError {
    UserError::new(UserErrorCode::FieldInvalid, message).at([place])
}

async fn save(app: &App, requester: &Requester, input: FieldInput) -> Result<ProfileField> {
    let input = checked(input)?;
    let tx = app.store.begin(requester.tenant).await?;
    let fields = tx.fields(requester.tenant).await?;
    let field = match fields.iter().find(|field| field.key == input.key) {
        Some(existing) => {
            let changed = change(existing, &input)?;
            if changed.field_type != existing.field_type {
                require_unused(&tx, requester, existing).await?;
            }
            tx.update_field(requester.tenant, &changed).await?;
            changed
        }
        None => {
            let segments = fields.iter().filter(|field| !field.built_in && !field.archived).count();
            if segments >= SEGMENTS_MAX {
                let message =
                    format!("A tenant has at most {SEGMENTS_MAX} segments. Remove one that is not needed.");
                return Err(invalid(message, "key").into());
            }
            let new = ProfileField {
                id: FieldId(new_id()),
                key: input.key,
                label: input.label,
                field_type: input.field_type,
                required: input.required.unwrap_or(false),
                built_in: false,
                archived: false,
                choices: choices(input.field_type, input.choices.unwrap_or_default()),
            };
            require_choices(&new)?;
            tx.insert_field(requester.tenant, &new).await?;
            new
        }
    };
    let after = tx.fields(requester.tenant).await?;
    if after.iter().filter(|field| field.required && !field.archived).count() >= REQUIRED_FIELDS_MAX {
        let message = format!(
            "Fewer than {REQUIRED_FIELDS_MAX} fields can be required at once. Make another optional."
        );
        return Err(invalid(message, "required").into());
    }
    app.tell(&tx.commit().await?);
    Ok(field)
}

/// Refuses if members have values in the field, or are about to.
async fn require_unused(tx: &Tx, requester: &Requester, field: &ProfileField) -> Result<()> {
    if let Some(active) = tx.active_import(requester.tenant).await? {
        // What is being applied nobody sees yet.
        active.require_not_applying()?;
    }
    if tx.is_field_used(requester.tenant, &field.key).await? {
        let message = "Members have values in this segment, so its type cannot change. Add another segment.";
        return Err(invalid(message, "type").into());
    }
    Ok(())
}

fn checked(mut input: FieldInput) -> std::result::Result<FieldInput, UserError> {
    input.label = text::trim_and_nfc(&input.label).into_owned();
    let key_is_good = input.key.starts_with(|c: char| c.is_ascii_lowercase())
        && input.key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && input.key.len() <= FIELD_KEY_CHARS_MAX;
    if !key_is_good {
        let message = format!(
            "A key starts with a lower-case letter and has lower-case letters, digits and _ only, at most \
             {FIELD_KEY_CHARS_MAX}."
        );
        return Err(invalid(message, "key"));
    }
    if [HELD_CODE_HEADER, HELD_MESSAGE_HEADER].contains(&input.key.as_str()) {
        return Err(invalid(
            "This key is the name of a column that Muster adds to files of held rows.",
            "key",
        ));
    }
    if input.label.is_empty()
        || text::is_longer_than(&input.label, LABEL_CHARS_MAX)
        || text::has_control(&input.label)
        || text::has_bidi_control(&input.label)
    {
        let message =
            format!("A label has 1 to {LABEL_CHARS_MAX} characters, none of them control characters.");
        return Err(invalid(message, "label"));
    }
    if let Some(choices) = &mut input.choices {
        *choices = choices.iter().map(|choice| text::trim_and_nfc(choice).into_owned()).collect();
        let bad = |choice: &String| {
            choice.is_empty() || text::is_longer_than(choice, LABEL_CHARS_MAX) || text::has_control(choice)
        };
        let mut sorted = choices.clone();
        sorted.sort_unstable();
        sorted.dedup();
        if choices.len() > CHOICES_MAX || choices.iter().any(bad) || sorted.len() != choices.len() {
            let message = format!(
                "A list has at most {CHOICES_MAX} choices, each once, of 1 to {LABEL_CHARS_MAX} characters."
            );
            return Err(invalid(message, "choices"));
        }
    }
    Ok(input)
}

fn change(existing: &ProfileField, input: &FieldInput) -> std::result::Result<ProfileField, UserError> {
    let mut changed = existing.clone();
    changed.label = input.label.clone();
    changed.required = input.required.unwrap_or(existing.required);
    if existing.built_in {
        if input.field_type != existing.field_type {
            return Err(invalid("The type of a built-in field cannot change.", "type"));
        }
        if input.choices.as_ref().is_some_and(|choices| *choices != existing.choices) {
            return Err(invalid("The choices of a built-in field cannot change.", "choices"));
        }
        return Ok(changed);
    }
    changed.field_type = input.field_type;
    changed.choices =
        choices(input.field_type, input.choices.clone().unwrap_or_else(|| existing.choices.clone()));
    // Saving a segment that was archived brings it back.
    changed.archived = false;
    require_choices(&changed)?;
    Ok(changed)
}

fn choices(field_type: FieldType, given: Vec<String>) -> Vec<String> {
    match field_type {
        FieldType::Choice => given,
        FieldType::Boolean => vec!["true".to_owned(), "false".to_owned()],
        FieldType::Text | FieldType::Email | FieldType::Date => Vec::new(),
    }
}

fn require_choices(field: &ProfileField) -> std::result::Result<(), UserError> {
    if field.field_type == FieldType::Choice && field.choices.is_empty() {
        return Err(invalid("A CHOICE field needs its choices.", "choices"));
    }
    Ok(())
}

async fn remove(app: &App, requester: &Requester, key: &str) -> Result<ProfileField> {
    let tx = app.store.begin(requester.tenant).await?;
    let fields = tx.fields(requester.tenant).await?;
    let Some(field) = fields.into_iter().find(|field| field.key == key && !field.archived) else {
        let message = "There is no such profile field, or it is archived already.";
        return Err(UserError::new(UserErrorCode::FieldNotFound, message).at(["key"]).into());
    };
    if field.built_in {
        return Err(invalid("A built-in field cannot be removed. Ignore its column instead.", "key").into());
    }
    let archived = ProfileField { archived: true, ..field };
    tx.update_field(requester.tenant, &archived).await?;
    app.tell(&tx.commit().await?);
    Ok(archived)
}
