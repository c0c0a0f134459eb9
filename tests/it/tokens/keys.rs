//! Keys that come, go, and cannot be had.

use std::time::Duration;

use futures_util::future::join_all;
use muster::http::auth::{DOCUMENT_BYTES_MAX, Issuer, KEYS_MAX, Pace, Source, Tokens};
use serde_json::{Value, json};

use super::issuer::{Reply, TestIssuer};
use super::signer::{RSA, ed25519, p256};
use super::{app, claims, is_let_in, outcome, rules};
use crate::support::TestApp;

const NEVER: Duration = Duration::from_secs(100 * 365 * 86_400);
/// Read when a key is not known, each time.
const EAGER: Pace = Pace { refresh: NEVER, refetch: Duration::ZERO };
/// Read once.
const LAZY: Pace = Pace { refresh: NEVER, refetch: NEVER };

fn unavailable() -> (u16, Option<String>) {
    (503, Some("UNAVAILABLE".to_owned()))
}

/// Keys in a document of so many bytes.
fn padded(keys: &[Value], bytes: usize) -> String {
    let document = json!({ "keys": keys }).to_string();
    " ".repeat(bytes - document.len()) + &document
}

#[tokio::test]
async fn keys_of_each_kind_are_good() {
    let (p256, ed25519) = (p256(), ed25519());
    let issuer = TestIssuer::publishing(vec![RSA.jwk("r"), p256.jwk("e"), ed25519.jwk("d")]).await;
    let app = app(&issuer, LAZY).await;
    for token in [RSA.token("r", &claims()), p256.token("e", &claims()), ed25519.token("d", &claims())] {
        assert!(is_let_in(&app, &token).await, "{token}");
    }
    let mut claims = claims();
    claims["aud"] = json!(["other", "muster"]);
    claims["exp"] = json!(4_102_444_800.5);
    // Where else keys might be is nothing to us.
    let header = json!({ "alg": "ES256", "kid": "e", "typ": "at+jwt", "jku": format!("{}/jku", issuer.url) });
    assert!(is_let_in(&app, &p256.token_with(&header, &claims)).await);
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn the_only_key_needs_no_name() {
    let key = ed25519();
    let issuer = TestIssuer::publishing(vec![key.jwk("d")]).await;
    let app = app(&issuer, LAZY).await;
    assert!(is_let_in(&app, &key.token_with(&json!({ "alg": "EdDSA" }), &claims())).await);
}

#[tokio::test]
async fn keys_may_come_from_a_file() {
    let (key, folder) = (p256(), tempfile::tempdir().unwrap());
    let path = folder.path().join("keys.json");
    let source = Source::of(&format!("file:{}", path.display())).unwrap();
    let app = TestApp::behind(Tokens::by_issuer(Issuer::new(source, EAGER), rules())).await;
    assert_eq!(outcome(&app, &key.token("e", &claims())).await, unavailable());
    std::fs::write(&path, json!({ "keys": [key.jwk("e")] }).to_string()).unwrap();
    assert!(is_let_in(&app, &key.token("e", &claims())).await);
}

#[tokio::test]
async fn a_key_that_nobody_knew_is_good_as_soon_as_it_is_published() {
    let (old, new) = (p256(), ed25519());
    let issuer = TestIssuer::publishing(vec![old.jwk("old")]).await;
    let app = app(&issuer, EAGER).await;
    assert!(is_let_in(&app, &old.token("old", &claims())).await);
    assert!(!is_let_in(&app, &new.token("new", &claims())).await);
    issuer.reply(Reply::Keys(vec![old.jwk("old"), new.jwk("new")]));
    assert!(is_let_in(&app, &new.token("new", &claims())).await);
    assert!(is_let_in(&app, &old.token("old", &claims())).await);
    assert_eq!(issuer.asked(), 3);
}

#[tokio::test]
async fn keys_are_read_again_and_again() {
    let (old, new) = (p256(), p256());
    let issuer = TestIssuer::publishing(vec![old.jwk("old")]).await;
    let pace = Pace { refresh: Duration::from_millis(1), refetch: NEVER };
    let keeper = Issuer::new(Source::of(&issuer.url).unwrap(), pace);
    let app = TestApp::behind(Tokens::by_issuer(keeper.clone(), rules())).await;
    tokio::spawn(keeper.keep(app.shutdown.clone()));
    let (old_token, new_token) = (old.token("old", &claims()), new.token("new", &claims()));
    assert!(is_let_in(&app, &old_token).await);
    issuer.reply(Reply::Keys(vec![new.jwk("new")]));
    // Whoever is refused does not make the keys be read: the clock does.
    while !is_let_in(&app, &new_token).await {}
    assert!(!is_let_in(&app, &old_token).await);
    app.shutdown.cancel();
}

#[tokio::test]
async fn without_keys_nobody_can_be_told_who_they_are() {
    let key = p256();
    let token = key.token("e", &claims());
    for reply in [
        Reply::Status(500),
        Reply::Status(204),
        Reply::Status(404),
        Reply::Redirect,
        Reply::Text("<html>".into()),
        Reply::Text(String::new()),
        Reply::Keys(vec![]),
        Reply::Keys(vec![json!({ "kty": "oct", "k": "c2VjcmV0", "kid": "e" })]),
        Reply::Keys(vec![key.jwk("e"); KEYS_MAX + 1]),
        Reply::Text(padded(&[key.jwk("e")], DOCUMENT_BYTES_MAX + 1)),
    ] {
        let issuer = TestIssuer::publishing(vec![]).await;
        issuer.reply(reply);
        let app = app(&issuer, EAGER).await;
        assert_eq!(outcome(&app, &token).await, unavailable());
        let ready = app.get("/readyz").await;
        assert_eq!(
            (ready.status.as_u16(), ready.text().as_str()),
            (503, "database: ready\nfiles: ready\nkeys: not ready\n")
        );
        assert_eq!(issuer.asked(), 1, "an answer that leads elsewhere is not followed");
        // And then it can.
        issuer.reply(Reply::Keys(vec![key.jwk("e")]));
        assert!(is_let_in(&app, &token).await);
        assert_eq!(app.get("/readyz").await.text(), "database: ready\nfiles: ready\nkeys: ready\n");
    }
    // Nobody listens.
    let mut nobody = TestIssuer::publishing(vec![]).await;
    nobody.url = "http://127.0.0.1:9/keys".into();
    let app = app(&nobody, EAGER).await;
    assert_eq!(outcome(&app, &token).await, unavailable());
}

#[tokio::test]
async fn keys_may_be_as_many_and_as_long_as_the_bounds_say() {
    let key = p256();
    let issuer = TestIssuer::publishing(vec![key.jwk("e"); KEYS_MAX]).await;
    assert!(is_let_in(&app(&issuer, LAZY).await, &key.token("e", &claims())).await);
    issuer.reply(Reply::Text(padded(&[key.jwk("e")], DOCUMENT_BYTES_MAX)));
    assert!(is_let_in(&app(&issuer, LAZY).await, &key.token("e", &claims())).await);
}

#[tokio::test]
async fn an_issuer_that_fails_leaves_its_keys_good() {
    let key = p256();
    let issuer = TestIssuer::publishing(vec![key.jwk("e")]).await;
    let app = app(&issuer, EAGER).await;
    let token = key.token("e", &claims());
    assert!(is_let_in(&app, &token).await);
    for (asked, reply) in
        [Reply::Status(500), Reply::Redirect, Reply::Text("{".into())].into_iter().enumerate()
    {
        issuer.reply(reply);
        // Makes the keys be read.
        assert!(!is_let_in(&app, &key.token("unknown", &claims())).await);
        assert_eq!(issuer.asked(), asked + 2);
        assert!(is_let_in(&app, &token).await);
    }
    assert_eq!(app.get("/readyz").await.status, 200);
}

#[tokio::test]
async fn bogus_key_ids_do_not_make_us_hammer_the_issuer() {
    let key = p256();
    let issuer = TestIssuer::publishing(vec![key.jwk("e")]).await;
    let app = app(&issuer, LAZY).await;
    let bogus: Vec<String> = (0..200).map(|n| key.token(&format!("bogus-{n}"), &claims())).collect();
    let let_in = join_all(bogus.iter().map(|token| is_let_in(&app, token))).await;
    assert!(!let_in.contains(&true));
    assert!(is_let_in(&app, &key.token("e", &claims())).await);
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn whoever_waits_for_the_keys_waits_for_one_reading() {
    let key = p256();
    let issuer = TestIssuer::publishing(vec![]).await;
    issuer.reply(Reply::Held(vec![key.jwk("e")]));
    // However often they might be read.
    let app = app(&issuer, EAGER).await;
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let (app, token) = (app.clone(), key.token("e", &claims()));
            tokio::spawn(async move { is_let_in(&app, &token).await })
        })
        .collect();
    // On this one thread, all of them have come to wait once the issuer was asked, and some more turns were taken.
    while issuer.asked() == 0 {
        tokio::task::yield_now().await;
    }
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    issuer.let_go();
    for is_let_in in join_all(waiting).await {
        assert!(is_let_in.unwrap());
    }
    assert_eq!(issuer.asked(), 1);
}
