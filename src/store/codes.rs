//! The words that the database keeps for the domain's choices: one table, read both ways.

use super::StoreError;
use crate::domain::action::ActionKind;
use crate::domain::field::FieldType;
use crate::domain::import::{ImportStatus, ImportStep};
use crate::domain::issue::RowIssueCode;

/// A choice that is stored as a word.
pub(super) trait Code: Sized + Copy + PartialEq + 'static {
    /// All of them with their words.
    const WORDS: &'static [(Self, &'static str)];

    fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(code, _)| *code == self).map_or("", |(_, word)| word)
    }

    fn read(word: &str) -> Result<Self, StoreError> {
        let found = Self::WORDS.iter().find(|(_, known)| *known == word);
        found.map(|(code, _)| *code).ok_or_else(|| StoreError::Unreadable(word.to_owned()))
    }
}

macro_rules! codes {
    ($type:ident { $($variant:ident $word:literal),+ $(,)? }) => {
        impl Code for $type {
            const WORDS: &'static [(Self, &'static str)] = &[$(($type::$variant, $word)),+];
        }
    };
}

codes!(ImportStatus { InProgress "IN_PROGRESS", Incomplete "INCOMPLETE", Complete "COMPLETE" });
codes!(ImportStep {
    Mapping "MAPPING", Planning "PLANNING", Review "REVIEW", Applying "APPLYING", Done "DONE",
});
codes!(FieldType { Text "TEXT", Email "EMAIL", Date "DATE", Boolean "BOOLEAN", Choice "CHOICE" });
codes!(ActionKind {
    Create "CREATE", Update "UPDATE", Deactivate "DEACTIVATE", Reactivate "REACTIVATE", Delete "DELETE",
});
codes!(RowIssueCode {
    RowTooShort "ROW_TOO_SHORT", RowTooLong "ROW_TOO_LONG", MalformedQuoting "MALFORMED_QUOTING",
    ControlCharacter "CONTROL_CHARACTER", BidiControl "BIDI_CONTROL", ValueTooLong "VALUE_TOO_LONG",
    MissingRequired "MISSING_REQUIRED", InvalidEmail "INVALID_EMAIL", InvalidDate "INVALID_DATE",
    InvalidChoice "INVALID_CHOICE", InvalidBoolean "INVALID_BOOLEAN", PlaceholderValue "PLACEHOLDER_VALUE",
    DuplicateUniqueId "DUPLICATE_UNIQUE_ID", DuplicateEmail "DUPLICATE_EMAIL", DuplicateRow "DUPLICATE_ROW",
    EmailTaken "EMAIL_TAKEN", SuspectUniqueId "SUSPECT_UNIQUE_ID", SimilarUniqueId "SIMILAR_UNIQUE_ID",
    ConfusableCharacters "CONFUSABLE_CHARACTERS", IdentityChanged "IDENTITY_CHANGED",
    SimilarMember "SIMILAR_MEMBER", BareQuote "BARE_QUOTE", FormulaLike "FORMULA_LIKE",
    ValueCleaned "VALUE_CLEANED",
});
