//! Fields and columns for the tests of this folder.

use uuid::Uuid;

use super::*;
use crate::domain::field::{BUILT_IN_FIELDS, FieldType};
use crate::domain::id::FieldId;

pub fn built_in_fields() -> Vec<ProfileField> {
    BUILT_IN_FIELDS
        .iter()
        .map(|field| ProfileField {
            label: field.label.into(),
            required: field.required,
            built_in: true,
            choices: field.choices.iter().map(ToString::to_string).collect(),
            ..segment(field.key, field.field_type)
        })
        .collect()
}

pub fn segment(key: &str, field_type: FieldType) -> ProfileField {
    let choices: &[&str] = if field_type == FieldType::Boolean { &["true", "false"] } else { &[] };
    ProfileField {
        id: FieldId(Uuid::nil()),
        key: key.into(),
        label: key.replace('_', " "),
        field_type,
        required: false,
        built_in: false,
        archived: false,
        choices: choices.iter().map(ToString::to_string).collect(),
    }
}

pub fn choice(key: &str, choices: &[&str]) -> ProfileField {
    ProfileField {
        choices: choices.iter().map(ToString::to_string).collect(),
        ..segment(key, FieldType::Choice)
    }
}

pub fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

pub fn file_columns(headers: &[&str]) -> Vec<FileColumn> {
    let column = |(index, header): (u32, &&str)| FileColumn {
        index,
        header: (*header).into(),
        samples: vec![],
        blank_count: 0,
    };
    (0..).zip(headers).map(column).collect()
}
