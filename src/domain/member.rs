//! A member and the profile that rows are compared with.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::field::key;
use super::id::MemberId;
use super::limits::NAME_KEY_BYTES_MAX;
use super::timestamp::Timestamp;
use super::value::{email, fold::fold};

/// Whether a member takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MemberStatus {
    /// Takes part.
    Active,
    /// Is kept on record only.
    Inactive,
}

impl MemberStatus {
    /// The value of the `status` field.
    #[must_use]
    pub fn value(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
        }
    }

    /// The inverse of [`MemberStatus::value`]; whatever else is active.
    #[must_use]
    pub fn of(value: Option<&str>) -> Self {
        if value == Some("inactive") { Self::Inactive } else { Self::Active }
    }
}

/// What is known of a member, by field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// `unique_id`.
    pub unique_id: Option<String>,
    /// `email`, as spelled.
    pub email: Option<String>,
    /// `first_name`.
    pub first_name: Option<String>,
    /// `last_name`.
    pub last_name: Option<String>,
    /// `status`.
    pub status: MemberStatus,
    /// All other fields that have a value, by key.
    pub attributes: BTreeMap<String, String>,
}

impl Default for Profile {
    /// Nothing is known; a member without a status is active.
    fn default() -> Self {
        Self {
            unique_id: None,
            email: None,
            first_name: None,
            last_name: None,
            status: MemberStatus::Active,
            attributes: BTreeMap::new(),
        }
    }
}

impl Profile {
    /// The value of the field `field_key`.
    #[must_use]
    pub fn get(&self, field_key: &str) -> Option<&str> {
        match field_key {
            key::UNIQUE_ID => self.unique_id.as_deref(),
            key::EMAIL => self.email.as_deref(),
            key::FIRST_NAME => self.first_name.as_deref(),
            key::LAST_NAME => self.last_name.as_deref(),
            key::STATUS => Some(self.status.value()),
            other => self.attributes.get(other).map(String::as_str),
        }
    }

    /// The same for those who only look at it.
    #[must_use]
    pub fn view(&self) -> ProfileView<'_> {
        let attributes = self.attributes.iter();
        ProfileView {
            unique_id: self.unique_id.as_deref(),
            email: self.email.as_deref(),
            first_name: self.first_name.as_deref(),
            last_name: self.last_name.as_deref(),
            status: self.status,
            attributes: attributes.map(|(key, value)| (key.as_str().into(), value.as_str().into())).collect(),
        }
    }

    /// Sets or clears the field `field_key`.
    pub fn set(&mut self, field_key: &str, value: Option<String>) {
        match field_key {
            key::UNIQUE_ID => self.unique_id = value,
            key::EMAIL => self.email = value,
            key::FIRST_NAME => self.first_name = value,
            key::LAST_NAME => self.last_name = value,
            key::STATUS => self.status = MemberStatus::of(value.as_deref()),
            other => match value {
                Some(value) => {
                    self.attributes.insert(other.to_owned(), value);
                }
                None => {
                    self.attributes.remove(other);
                }
            },
        }
    }

    /// The name as shown: first and last name, else the email, else the id.
    #[must_use]
    pub fn name(&self) -> String {
        match (self.first_name.as_deref(), self.last_name.as_deref()) {
            (Some(first), Some(last)) => format!("{first} {last}"),
            (Some(one), None) | (None, Some(one)) => one.to_owned(),
            (None, None) => {
                self.email.as_deref().or(self.unique_id.as_deref()).unwrap_or_default().to_owned()
            }
        }
    }

    /// What makes the address unique: folded, its domain as A-labels.
    #[must_use]
    pub fn email_key(&self) -> Option<String> {
        self.email.as_deref().map(|address| email::key(address).into_owned())
    }

    /// The order of lists: folded last name, then first name, cut to [`NAME_KEY_BYTES_MAX`] bytes.
    #[must_use]
    pub fn name_key(&self) -> String {
        let last = self.last_name.as_deref().unwrap_or_default();
        let first = self.first_name.as_deref().unwrap_or_default();
        let mut name_key = fold(&format!("{last}\u{1}{first}")).into_owned();
        name_key.truncate(name_key.floor_char_boundary(NAME_KEY_BYTES_MAX));
        name_key
    }

    /// Where a search looks: folded name, email and id.
    #[must_use]
    pub fn search_key(&self) -> String {
        search_key(&self.name(), self.email.as_deref(), self.unique_id.as_deref())
    }
}

/// A profile that lies elsewhere: a million of them are looked at, each once.
#[derive(Debug, Clone)]
pub struct ProfileView<'a> {
    /// See [`Profile`], and so for the others.
    pub unique_id: Option<&'a str>,
    /// As spelled.
    pub email: Option<&'a str>,
    /// Given name.
    pub first_name: Option<&'a str>,
    /// Family name.
    pub last_name: Option<&'a str>,
    /// Whether the member takes part.
    pub status: MemberStatus,
    /// All other fields that have a value: a handful, in no order.
    pub attributes: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl ProfileView<'_> {
    /// The value of the field `field_key`.
    #[must_use]
    pub fn get(&self, field_key: &str) -> Option<&str> {
        match field_key {
            key::UNIQUE_ID => self.unique_id,
            key::EMAIL => self.email,
            key::FIRST_NAME => self.first_name,
            key::LAST_NAME => self.last_name,
            key::STATUS => Some(self.status.value()),
            other => {
                let mut attributes = self.attributes.iter();
                attributes.find(|(key, _)| key == other).map(|(_, value)| value.as_ref())
            }
        }
    }
}

/// Where a search looks: folded name, email and id, a line each.
#[must_use]
pub fn search_key(name: &str, email: Option<&str>, unique_id: Option<&str>) -> String {
    fold(&format!("{name}\n{}\n{}", email.unwrap_or_default(), unique_id.unwrap_or_default())).into_owned()
}

/// A member of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Identity; it survives a deletion that is taken back.
    pub id: MemberId,
    /// What is known of them.
    pub profile: Profile,
    /// When they came.
    pub created_at: Timestamp,
    /// When they last changed.
    pub updated_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_name_is_bounded_also_where_folding_makes_it_longer() {
        let key = |last: &str| Profile { last_name: Some(last.to_owned()), ..Profile::default() }.name_key();
        let at = "x".repeat(NAME_KEY_BYTES_MAX - 1);
        assert_eq!(key(&at), format!("{at}\u{1}"));
        assert_eq!(key(&format!("{at}x")), format!("{at}x"));
        assert_eq!(key(&format!("{at}xyz")), format!("{at}x"));
        // Cut between characters: each becomes two here, of three bytes together.
        let folded = key(&format!("xx{}", "\u{149}".repeat(198)));
        assert_eq!(folded, format!("xx{}", "\u{2BC}n".repeat(170)));
        assert_eq!(key(&format!("x{}", "\u{149}".repeat(199))).len(), NAME_KEY_BYTES_MAX - 1);
        assert_eq!(key("Abara"), "abara\u{1}");
    }
}
