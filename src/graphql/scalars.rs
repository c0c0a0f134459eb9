//! Scalars of our own.

use async_graphql::{Context, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{SecondsFormat, Utc};

use super::error::{Code, error};
use crate::domain::timestamp::Timestamp;
use crate::files::incoming::IncomingFile;
use crate::files::uploads::Uploads;

/// A point in time: RFC 3339, in UTC, with milliseconds, such as `2026-11-23T08:15:30.250Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime(pub Timestamp);

/// A point in time: RFC 3339, in UTC, with milliseconds, such as `2026-11-23T08:15:30.250Z`.
#[Scalar(name = "DateTime", specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        let time = chrono::DateTime::parse_from_rfc3339(text)
            .map_err(|_| "a DateTime is written as in RFC 3339: 2026-11-23T08:15:30.250Z".to_owned())?;
        Ok(Self(Timestamp(time.timestamp_millis())))
    }

    fn to_value(&self) -> Value {
        let time = chrono::DateTime::<Utc>::from_timestamp_millis(self.0.0).unwrap_or_default();
        Value::String(time.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

/// A whole number up to 2^53 - 1, which every JSON reader keeps exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Long(pub u64);

/// A whole number up to 2^53 - 1, which every JSON reader keeps exactly.
#[Scalar(name = "Long")]
impl ScalarType for Long {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) if number.as_u64().is_some_and(|number| number < 1 << 53) => {
                Ok(Self(number.as_u64().unwrap_or_default()))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::from(self.0.min((1 << 53) - 1))
    }
}

/// A file, sent as the GraphQL multipart request specification says:
/// <https://github.com/jaydenseric/graphql-multipart-request-spec>. In the variables it is `null`; the part that
/// `map` names brings the bytes.
#[derive(Debug, Clone, Copy)]
pub struct Upload;

/// A file, sent as the GraphQL multipart request specification says:
/// <https://github.com/jaydenseric/graphql-multipart-request-spec>. In the variables it is `null`; the part that
/// `map` names brings the bytes.
#[Scalar(name = "Upload", specified_by_url = "https://github.com/jaydenseric/graphql-multipart-request-spec")]
impl ScalarType for Upload {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(_) => Ok(Self),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Null
    }
}

impl Upload {
    /// The file that came with the operation.
    pub(super) fn take(self, ctx: &Context<'_>) -> async_graphql::Result<IncomingFile> {
        let file = ctx.data_opt::<Uploads>().and_then(Uploads::take);
        file.ok_or_else(|| {
            let sentence = "No file came with the request. Send it as multipart/form-data, as the GraphQL multipart \
                            request specification says, and use it once.";
            error(Code::BadUserInput, sentence)
        })
    }
}
