//! Every member of a tenant, for planning: some thousand of them in one text.
//!
//! A row of a result costs more than what is in it: on its way it is taken apart, checked and copied value by value. So the
//! database writes members down line by line, as many as are looked at together, and nothing of them is copied here.

use std::borrow::Cow;
use std::fmt::Formatter;

use entity::members::{Column, Entity};
use futures_util::stream::{self, Stream};
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use super::bulk::{MISSING, SEPARATOR};
use super::scope::OfTenant;
use super::{Db, Result, Store, StoreError};
use crate::domain::id::{MemberId, TenantId};
use crate::domain::member::{MemberStatus, ProfileView};

/// Members in one text, at most.
const MEMBERS_AT_ONCE: u64 = 4_000;
/// Bytes of attributes from which on a member is large, and of those in one text where one is.
const LARGE_BYTES: u32 = 2 * 1024;
const BYTES_AT_ONCE: u32 = 4 * 1024 * 1024;
/// Between two members. As with [`SEPARATOR`], no value has it.
const LINE_END: char = '\u{1D}';
/// What a line has.
const VALUES: usize = 9;
/// What it is made of.
const COLUMNS: [Column; VALUES] = [
    Column::Id,
    Column::UniqueId,
    Column::Email,
    Column::EmailKey,
    Column::FirstName,
    Column::LastName,
    Column::Active,
    Column::DeletedAt,
    Column::Attributes,
];

/// Some members, as the database wrote them down.
#[derive(Debug)]
pub struct MemberLines(String);

/// What planning needs to know of a member: enough to find and to protect them.
#[derive(Debug, Clone)]
pub struct MemberLine<'a> {
    /// Identity.
    pub id: MemberId,
    /// What makes the address unique.
    pub email_key: Option<&'a str>,
    /// What is known of them.
    pub profile: ProfileView<'a>,
    /// Whether the member was deleted, and is kept for a while.
    pub deleted: bool,
}

impl MemberLines {
    /// The members, in the order of their ids.
    ///
    /// # Errors
    /// If one is not readable.
    pub fn iter(&self) -> impl Iterator<Item = Result<MemberLine<'_>>> {
        self.0.split(LINE_END).map(line)
    }

    fn last_id(&self) -> Result<Uuid> {
        let last = self.0.rsplit(LINE_END).next().unwrap_or_default();
        id(last.split(SEPARATOR).next().unwrap_or_default())
    }
}

fn unreadable() -> StoreError {
    StoreError::Unreadable("a member that is not written down as expected".to_owned())
}

fn id(text: &str) -> Result<Uuid> {
    Uuid::try_parse(text).map_err(|_| unreadable())
}

fn line(line: &str) -> Result<MemberLine<'_>> {
    let mut rest = line.split(SEPARATOR);
    let values: [&str; VALUES] = std::array::from_fn(|_| rest.next().unwrap_or_default());
    let [identity, unique_id, email, email_key, first_name, last_name, active, deleted, attributes] = values;
    if rest.next().is_some() {
        return Err(StoreError::Unreadable(format!("member {identity} with a control character")));
    }
    let given = |value| (value != MISSING).then_some(value);
    let Attributes(attributes) = serde_json::from_str(attributes)?;
    Ok(MemberLine {
        id: MemberId(id(identity)?),
        email_key: given(email_key),
        profile: ProfileView {
            unique_id: given(unique_id),
            email: given(email),
            first_name: given(first_name),
            last_name: given(last_name),
            status: if active == "1" { MemberStatus::Active } else { MemberStatus::Inactive },
            attributes,
        },
        deleted: deleted == "1",
    })
}

/// The column of that name; what need not be copied is not.
struct Attributes<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'de> Deserialize<'de> for Attributes<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_map(AttributesVisitor)
    }
}

struct AttributesVisitor;

impl<'de> Visitor<'de> for AttributesVisitor {
    type Value = Attributes<'de>;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Self::Value, A::Error> {
        #[derive(Deserialize)]
        struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
        let mut attributes = Vec::with_capacity(8);
        while let Some((Text(key), Text(value))) = map.next_entry()? {
            attributes.push((key, value));
        }
        Ok(Attributes(attributes))
    }
}

/// A member as a line, in the database's words.
fn written(backend: DbBackend) -> String {
    let identity = match backend {
        DbBackend::Postgres => "CAST(id AS text)",
        _ => "hex(id)",
    };
    let given = |column: &str| format!("COALESCE({column}, '{MISSING}')");
    let yes = |condition: &str| format!("CASE WHEN {condition} THEN '1' ELSE '0' END");
    let values: [String; VALUES] = [
        identity.to_owned(),
        given("unique_id"),
        given("email"),
        given("email_key"),
        given("first_name"),
        given("last_name"),
        yes("active"),
        yes("deleted_at IS NOT NULL"),
        "attributes".to_owned(),
    ];
    values.join(&format!(" || '{SEPARATOR}' || "))
}

impl Store {
    /// Every member, those who were deleted and are kept included, some at a time, in the order of their ids.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn each_member(&self, tenant: TenantId) -> impl Stream<Item = Result<MemberLines>> + Send {
        stream::try_unfold(None, move |after| async move {
            let lines = self.members_behind(tenant, after).await?;
            lines
                .map(|lines| Ok((lines.last_id()?, lines)))
                .transpose()
                .map(|found| found.map(|(last, lines)| (lines, Some(last))))
        })
    }

    async fn members_behind(&self, tenant: TenantId, after: Option<Uuid>) -> Result<Option<MemberLines>> {
        let backend = ConnectionTrait::get_database_backend(self.connection());
        let line = written(backend);
        let some = some_members(tenant, after);
        let is_large = format!("octet_length(attributes) > {LARGE_BYTES}");
        let all = Query::select()
            .expr(Expr::cust(format!(
                "string_agg(CASE WHEN {is_large} THEN NULL ELSE {line} END, '{LINE_END}')"
            )))
            .expr(Expr::cust(format!("COUNT(CASE WHEN {is_large} THEN 1 END)")))
            .from_subquery(some.clone(), "some")
            .to_owned();
        let Some(row) = self.connection().query_one(&all).await? else { return Ok(None) };
        let (lines, large) = row.try_get_many_by_index::<(Option<String>, i64)>()?;
        if large == 0 {
            return Ok(lines.map(MemberLines));
        }
        // As many as fit, which takes longer to find out.
        let measured = Query::select()
            .columns(COLUMNS)
            .expr_as(Expr::cust("SUM(octet_length(attributes)) OVER (ORDER BY id)"), "bytes")
            .from_subquery(some, "some")
            .to_owned();
        let fitting = Query::select()
            .expr(Expr::cust(format!("string_agg({line}, '{LINE_END}')")))
            .from_subquery(measured, "measured")
            // The first one, however large.
            .and_where(Expr::cust(format!("bytes <= {BYTES_AT_ONCE} OR bytes = octet_length(attributes)")))
            .to_owned();
        let Some(row) = self.connection().query_one(&fitting).await? else { return Ok(None) };
        Ok(row.try_get_by_index::<Option<String>>(0)?.map(MemberLines))
    }
}

fn some_members(tenant: TenantId, after: Option<Uuid>) -> SelectStatement {
    let mut some = Entity::of(tenant).order_by_asc(Column::Id).limit(MEMBERS_AT_ONCE);
    if let Some(after) = after {
        some = some.filter(Column::Id.gt(after));
    }
    some.select_only().columns(COLUMNS).into_query()
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt;

    use super::*;
    use crate::domain::member::{Member, Profile};
    use crate::domain::timestamp::Timestamp;

    #[test]
    fn a_line_says_what_is_missing() {
        let text = format!(
            "01900000-0000-7000-8000-000000000001|M-1|Ada@Example.org|ada@example.org|Ada|{MISSING}|1|0|{{\"team\":\"a \\\"b\\\"\"}}"
        );
        let lines = MemberLines(text.replace('|', &SEPARATOR.to_string()));
        let found = lines.iter().collect::<Result<Vec<_>>>().unwrap();
        let [ada] = &found[..] else { panic!("{found:?}") };
        assert_eq!((ada.email_key, ada.profile.email), (Some("ada@example.org"), Some("Ada@Example.org")));
        assert_eq!((ada.profile.first_name, ada.profile.last_name, ada.deleted), (Some("Ada"), None, false));
        assert_eq!((ada.profile.get("team"), ada.profile.get("other")), (Some("a \"b\""), None));
        assert_eq!(lines.last_id().unwrap(), ada.id.0);
        let one_too_many = format!("{text}|").replace('|', &SEPARATOR.to_string());
        for unreadable in ["x", "", &one_too_many] {
            assert!(MemberLines(unreadable.to_owned()).iter().all(|line| line.is_err()), "{unreadable}");
        }
    }

    #[tokio::test]
    async fn large_members_come_in_several_texts() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/muster.db?mode=rwc", folder.path().display());
        let store = Store::connect(&url, 0, Uuid::nil()).await.unwrap();
        store.migrate_up().await.unwrap();
        let tenant = TenantId(Uuid::from_u128(7));
        // A larger one than fits, one that does not fit behind it, and small ones.
        let sizes =
            [BYTES_AT_ONCE as usize + 1, BYTES_AT_ONCE as usize / 2, 9, BYTES_AT_ONCE as usize / 2, 9];
        let member = |(number, size): (usize, usize)| {
            let mut profile = Profile::default();
            profile.set("notes", Some("x".repeat(size)));
            let id = MemberId(Uuid::from_u128(number as u128));
            Member { id, profile, created_at: Timestamp(0), updated_at: Timestamp(0) }
        };
        let tx = store.begin(tenant).await.unwrap();
        let members = sizes.into_iter().enumerate().map(member).collect();
        tx.write_members(store.member_rows(tenant, members, vec![]).unwrap()).await.unwrap();
        let _ = tx.commit().await.unwrap();
        let texts: Vec<MemberLines> = store.each_member(tenant).try_collect().await.unwrap();
        let found: Vec<Vec<usize>> = texts
            .iter()
            .map(|lines| lines.iter().map(|line| line.unwrap().profile.get("notes").unwrap().len()).collect())
            .collect();
        assert_eq!(found, [&sizes[..1], &sizes[1..3], &sizes[3..]]);
    }
}
