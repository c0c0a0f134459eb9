//! Enums: the domain's choices under the contract's names. Clients must accept values that they do not know.

use async_graphql::Enum;

use crate::domain;

macro_rules! enums {
    ($(
        $(#[$doc:meta])*
        $name:ident = $remote:literal { $($(#[$value_doc:meta])* $value:ident),+ $(,)? }
    )+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
        #[graphql(remote = $remote)]
        #[allow(clippy::enum_variant_names, reason = "the names are those of the contract")]
        pub enum $name { $($(#[$value_doc])* $value),+ }
    )+};
}

enums! {
    /// Where an import stands in the history.
    ImportStatus = "domain::import::ImportStatus" {
        /// Any admin can resume it. A tenant has at most one.
        InProgress,
        /// Another file was uploaded after it, or it was discarded. It can be viewed only.
        Incomplete,
        /// It was completed, and what was approved was applied. It can be viewed only.
        Complete,
    }

    /// How far an import has come. MAPPING and REVIEW wait for an admin, PLANNING and APPLYING run by themselves. DONE
    /// goes with COMPLETE alone.
    ImportStep = "domain::import::ImportStep" {
        /// An admin checks how columns and values map, and approves.
        Mapping,
        /// The plan is computed in the background.
        Planning,
        /// An admin decides about the proposed actions, and completes.
        Review,
        /// What was approved is applied in the background, all of it or nothing.
        Applying,
        /// It is COMPLETE.
        Done,
    }

    /// How much of the tenant a file describes.
    FileScope = "domain::mapping::FileScope" {
        /// Everybody: members who are absent from the file are proposed for deletion.
        FullRoster,
        /// Some members: who is absent is left alone.
        Partial,
    }

    /// What an empty cell does to the stored value.
    EmptyCells = "domain::mapping::EmptyCells" {
        /// The stored value stays.
        Keep,
        /// The stored value goes. A required field is never cleared.
        Clear,
    }

    /// The order of a date's parts.
    DateOrder = "domain::mapping::DateOrder" {
        /// 2026-12-31
        YearFirst,
        /// 31/12/2026
        DayFirst,
        /// 12/31/2026
        MonthFirst,
    }

    /// What ties a row to a member. There is never a fall-back from one to the other.
    MatchKey = "domain::mapping::MatchKey" {
        /// The unique id, compared exactly.
        UniqueId,
        /// The email address, compared folded.
        Email,
    }

    /// How a suggestion came about.
    MappingSource = "domain::mapping::MappingSource" {
        /// The name is the field's key or label, or the choice itself.
        Exact,
        /// A name that is known to mean the same, also in German, French and Spanish.
        Synonym,
        /// As the tenant approved it last time.
        Remembered,
        /// Spelled nearly the same: look twice.
        Similar,
        /// An admin set it.
        Manual,
        /// Nothing fits.
        None,
    }

    /// What a field's values are.
    ProfileFieldType = "domain::field::FieldType" {
        /// Any text.
        Text,
        /// An email address.
        Email,
        /// A calendar date, shown as YYYY-MM-DD.
        Date,
        /// true or false.
        Boolean,
        /// One of a closed list.
        Choice,
    }

    /// What an action does to its member.
    ProfileActionKind = "domain::action::ActionKind" {
        /// The member comes into being, or comes back within 30 days of their deletion.
        Create,
        /// Fields change, but not whether the member is active.
        Update,
        /// The status becomes inactive.
        Deactivate,
        /// The status becomes active again.
        Reactivate,
        /// The member goes; the record is kept for 30 days.
        Delete,
    }

    /// What was decided about an action. An approved action of a COMPLETE import has been applied; any other has not.
    Decision = "domain::action::Decision" {
        /// Nothing: it will not be applied.
        Pending,
        /// It is applied when the import is completed.
        Approved,
        /// It will not be applied.
        Rejected,
    }

    /// Whether an issue holds its row.
    Severity = "domain::issue::Severity" {
        /// The row is held: neither created nor updated, and its member is never deleted.
        Error,
        /// The row goes on; people should know.
        Warning,
    }

    /// The kinds of row issue.
    RowIssueCode = "domain::issue::RowIssueCode" {
        /// Fewer cells than the header has columns.
        RowTooShort,
        /// More cells than the header has columns.
        RowTooLong,
        /// A quote in the wrong place: nobody can tell where cells end.
        MalformedQuoting,
        /// A control character in a cell.
        ControlCharacter,
        /// A character that reverses the direction of text, so that it reads otherwise than it is stored.
        BidiControl,
        /// Longer than its field allows.
        ValueTooLong,
        /// The member would be left without a required value.
        MissingRequired,
        /// Not an email address.
        InvalidEmail,
        /// Not a date in the column's order.
        InvalidDate,
        /// Not in the closed list, and not mapped to it.
        InvalidChoice,
        /// Neither true nor false, and not mapped.
        InvalidBoolean,
        /// A word that says nothing, such as N/A; read as an empty cell.
        PlaceholderValue,
        /// One id in several rows that differ.
        DuplicateUniqueId,
        /// One email address in rows of different people.
        DuplicateEmail,
        /// Identical to an earlier row; counted once.
        DuplicateRow,
        /// The email address belongs to a member who keeps it.
        EmailTaken,
        /// An id that a spreadsheet has destroyed, or none where rows are matched by ids.
        SuspectUniqueId,
        /// An id that differs from a member's by case, blanks or leading zeros alone.
        SimilarUniqueId,
        /// Letters of different alphabets that look alike.
        ConfusableCharacters,
        /// The row's id and the rest of it seem to be two people's.
        IdentityChanged,
        /// A new person with the email address of a member who has another id.
        SimilarMember,
        /// A quote inside an unquoted cell; read as it stands.
        BareQuote,
        /// A cell that a spreadsheet would run as a formula; stored as it stands, escaped in every file written.
        FormulaLike,
        /// Blanks or invisible characters around the text were taken off.
        ValueCleaned,
    }

    /// Whether a member takes part.
    MemberStatus = "domain::member::MemberStatus" {
        /// Takes part.
        Active,
        /// Is kept on record only.
        Inactive,
    }

    /// The kinds of refusal that a person can act on.
    UserErrorCode = "domain::user_error::UserErrorCode" {
        /// The file has no bytes, or blanks only.
        FileEmpty,
        /// The file has a header and nothing below it.
        FileNoRows,
        /// The file has more bytes than are taken.
        FileTooLarge,
        /// The content is something else than CSV.
        FileNotCsv,
        /// The file has bytes that its encoding does not have.
        FileBadEncoding,
        /// A quote never closes, or there are NUL bytes.
        FileMalformed,
        /// The first record is data, not the names of columns.
        HeaderNotRecognised,
        /// The file has more columns than are taken.
        TooManyColumns,
        /// The file has more rows than are taken.
        TooManyRows,
        /// A cell or a header is longer than is taken.
        ValueTooLong,
        /// There is no such import.
        ImportNotFound,
        /// The import is INCOMPLETE or COMPLETE.
        ImportNotInProgress,
        /// The import is being applied.
        ImportBusy,
        /// The import is at another step.
        WrongStep,
        /// Somebody changed the import in the meantime.
        StaleVersion,
        /// The plan was replaced, or members changed since it was made.
        PlanStale,
        /// The mapping cannot be approved yet.
        MappingIncomplete,
        /// The mapping names what does not exist.
        MappingInvalid,
        /// One of the ids is no action of the plan.
        ActionNotFound,
        /// So many deletions and deactivations have to be confirmed by their number.
        DeletionsNotConfirmed,
        /// An approved action needs another one that is not approved.
        ConflictingDecisions,
        /// There is no such profile field.
        FieldNotFound,
        /// The profile field cannot be so.
        FieldInvalid,
        /// An input value is out of bounds.
        InvalidInput,
        /// The background work failed on our side; it can be started again.
        WorkFailed,
    }
}

/// The history page's Action column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ImportAction {
    /// Any admin can go on with it.
    Resume,
    /// It can be looked at.
    View,
}
