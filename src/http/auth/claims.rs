//! What a token carries, and by which names.

use serde::Serialize;
use serde_json::Value;

/// Characters of a tenant's slug, a subject, a name or an email address in a token.
const CLAIM_CHARACTERS_MAX: usize = 255;

/// What a token carries.
#[derive(Debug, Clone, Serialize)]
pub struct Token {
    /// Who, in the tenant.
    pub sub: String,
    /// The tenant's slug.
    pub tenant: String,
    /// What they may do.
    pub roles: Vec<String>,
    /// Until when it is good, in seconds since 1970.
    pub exp: i64,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// Where in a token its claims are.
///
/// What begins with a slash is a JSON pointer (RFC 6901) into nested claims, such as `/realm_access/roles`; anything else is
/// the name of a claim, whatever characters it has: providers name theirs by addresses such as
/// `https://example.org/tenant`, in which dots mean nothing.
#[derive(Debug, Clone)]
pub struct ClaimNames {
    /// The tenant's slug: a string.
    pub tenant: String,
    /// What the bearer may do: a list of strings, or one string with blanks in between, as OAuth writes scopes (RFC 6749,
    /// 3.3).
    pub roles: String,
    /// For people: a string, if it is there.
    pub name: String,
    /// For people: a string, if it is there.
    pub email: String,
}

impl Default for ClaimNames {
    fn default() -> Self {
        Self { tenant: "tenant".into(), roles: "roles".into(), name: "name".into(), email: "email".into() }
    }
}

impl ClaimNames {
    /// What the claims of a good token say; `None` if they do not say who the bearer is.
    pub(super) fn read(&self, claims: &Value) -> Option<Token> {
        Some(Token {
            sub: text(claims.get("sub"))?,
            tenant: text(find(claims, &self.tenant))?,
            roles: roles(find(claims, &self.roles)),
            exp: seconds(claims.get("exp"))?,
            name: optional_text(find(claims, &self.name))?,
            email: optional_text(find(claims, &self.email))?,
        })
    }
}

fn find<'a>(claims: &'a Value, name: &str) -> Option<&'a Value> {
    if name.starts_with('/') { claims.pointer(name) } else { claims.get(name) }
}

fn text(claim: Option<&Value>) -> Option<String> {
    let text = claim?.as_str()?;
    is_claim(text).then(|| text.to_owned())
}

/// Whether a text can be a claim that is looked at: 1 to 255 characters, not all of them blank, none of them a control character.
#[must_use]
pub fn is_claim(text: &str) -> bool {
    !text.trim().is_empty()
        && !text.chars().any(char::is_control)
        && text.chars().nth(CLAIM_CHARACTERS_MAX).is_none()
}

/// A text that need not be there. Providers send it empty for people who have not given it.
fn optional_text(claim: Option<&Value>) -> Option<Option<String>> {
    match claim {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(text)) if text.trim().is_empty() => Some(None),
        claim => text(claim).map(Some),
    }
}

fn roles(claim: Option<&Value>) -> Vec<String> {
    match claim {
        Some(Value::Array(roles)) => roles.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(roles)) => roles.split_whitespace().map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// A NumericDate, which may have a fraction (RFC 7519, 2).
fn seconds(claim: Option<&Value>) -> Option<i64> {
    let claim = claim?;
    #[allow(clippy::cast_possible_truncation, reason = "what is too far off is the end of time")]
    claim.as_i64().or_else(|| claim.as_f64().map(|seconds| seconds as i64))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn claims_are_where_the_settings_say() {
        let names = ClaimNames {
            tenant: "https://example.org/tenant".into(),
            roles: "/realm_access/roles".into(),
            email: "/a~1b/m~0n".into(),
            ..ClaimNames::default()
        };
        let claims = json!({
            "sub": "ada", "exp": 4.5, "name": null,
            "https://example.org/tenant": "club",
            "realm_access": { "roles": ["tenant_admin", 7] },
            "a/b": { "m~n": "ada@example.org" },
        });
        let token = names.read(&claims).unwrap();
        assert_eq!((token.tenant.as_str(), token.exp, token.name), ("club", 4, None));
        assert_eq!(token.roles, ["tenant_admin"]);
        assert_eq!(token.email.as_deref(), Some("ada@example.org"));
    }

    #[test]
    fn whoever_is_not_named_is_nobody() {
        let good =
            json!({ "sub": "ada", "tenant": "club", "exp": 1, "roles": "reader tenant_admin", "name": "" });
        let token = ClaimNames::default().read(&good).unwrap();
        assert_eq!((token.roles, token.name), (vec!["reader".to_owned(), "tenant_admin".to_owned()], None));
        for (claim, bad) in [
            ("sub", json!(null)),
            ("sub", json!(1)),
            ("sub", json!(" ")),
            ("tenant", json!("")),
            ("tenant", json!(["club"])),
            ("tenant", json!("a\nb")),
            ("tenant", json!("x".repeat(256))),
            ("exp", json!("4102444800")),
            ("exp", json!(null)),
            ("name", json!(1)),
            ("email", json!("x".repeat(256))),
        ] {
            let mut claims = good.clone();
            claims[claim] = bad.clone();
            assert!(ClaimNames::default().read(&claims).is_none(), "{claim}: {bad}");
        }
        let mut longest = good;
        longest["tenant"] = json!("ä".repeat(255));
        assert!(ClaimNames::default().read(&longest).is_some());
    }
}
