//! Tokens of an identity provider, and what is none.

mod bad;
mod ends;
mod issuer;
mod keys;
mod signer;

use std::sync::Arc;

use muster::http::auth::{Issuer, Pace, Rules, Source, Tokens};
use serde_json::{Value, json};

use self::issuer::TestIssuer;
use crate::support::TestApp;

const ISSUER: &str = "https://issuer.example.org";
const AUDIENCE: &str = "muster";
/// Good until 2100: what signs in looks at the machine's clock.
const GOOD_UNTIL: i64 = 4_102_444_800;

/// What a good token says.
fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "tenant": "club", "roles": ["tenant_admin"],
        "exp": GOOD_UNTIL, "name": "Ada Abara",
    })
}

fn rules() -> Rules {
    Rules { issuer: Some(ISSUER.into()), audience: Some(AUDIENCE.into()), ..Rules::default() }
}

/// A Muster that lets in whom the issuer does.
async fn app(issuer: &TestIssuer, pace: Pace) -> Arc<TestApp> {
    let issuer = Issuer::new(Source::of(&issuer.url).unwrap(), pace);
    TestApp::behind(Tokens::by_issuer(issuer, rules())).await
}

/// The status, and the code of the error if there is one, with this token.
async fn outcome(app: &Arc<TestApp>, token: &str) -> (u16, Option<String>) {
    let answer = app.stranger(Some(token)).answer("{ viewer { isTenantAdmin } }", json!({})).await;
    let body = answer.json();
    (answer.status.as_u16(), body["errors"][0]["extensions"]["code"].as_str().map(str::to_owned))
}

/// Whether the bearer is let in. Nothing but UNAUTHENTICATED is expected if not.
async fn is_let_in(app: &Arc<TestApp>, token: &str) -> bool {
    match outcome(app, token).await {
        (200, None) => true,
        (401, Some(code)) if code == "UNAUTHENTICATED" => false,
        other => panic!("{other:?}"),
    }
}
