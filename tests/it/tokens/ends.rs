//! What lasts ends with its token.

use std::time::Duration;

use muster::clock::Clock;
use muster::http::auth::{Rules, Token, Tokens};
use serde_json::json;
use tokio::time::timeout;

use crate::subscriptions::{Socket, server};
use crate::support::{SECRET, TestApp};

/// For a machine that has much else to do; what lasts too long lasts for good.
const PATIENCE: Duration = Duration::from_secs(60);
const WATCH: &str = "subscription { importsChanged { change { version } } }";

/// A token whose end has come is still taken for as long as clocks may differ; what lasts does not.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_lasts_longer_than_its_token() {
    let rules = Rules { leeway_seconds: 3_600, ..Rules::default() };
    let app = TestApp::behind(Tokens::by_secret(SECRET, rules)).await;
    let token = Token {
        sub: "ada".into(),
        tenant: "club".into(),
        roles: vec!["tenant_admin".into()],
        exp: Clock::System.now().0 / 1_000 - 5,
        name: None,
        email: None,
    };
    let ada = app.stranger(Some(&token.sign(SECRET).unwrap()));
    assert_eq!(ada.ask("{ viewer { isTenantAdmin } }", json!({})).await["viewer"]["isTenantAdmin"], true);
    // It does not say `complete`: a client comes again with a new token.
    let events = timeout(PATIENCE, ada.events(WATCH, json!({}))).await.expect("it ends");
    assert_eq!(events.status, 200);
    assert!(!events.text().contains("complete"), "{}", events.text());
    let socket = Socket::knock(server(&app).await, &ada).await;
    let closed = timeout(PATIENCE, socket.closed()).await.expect("it ends");
    assert_eq!(closed, (4403, "The token has ended".to_owned()));
    app.shutdown.cancel();
}
