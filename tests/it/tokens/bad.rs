//! Tokens that are none: a table, and what each of them is answered on every way in.

use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use muster::http::auth::{Pace, Token};
use serde_json::{Value, json};

use super::issuer::TestIssuer;
use super::signer::{OTHER_RSA, RSA, base64, ed25519, hs256, message, p256};
use super::{GOOD_UNTIL, app, claims, is_let_in};
use crate::subscriptions::{Socket, server};
use crate::support::{Answer, SECRET, error_code};

const ROSTER: &str = "Member ID,First name\nM-1,Ada\n";
/// All that whoever comes with a bad token is told.
const SENTENCES: [&str; 9] = [
    "Send a token: `Authorization: Bearer …`.",
    "The Authorization header must be `Bearer` and one token.",
    "The token is too long.",
    "The token is not good.",
    "The token has expired.",
    "The token is not good yet.",
    "The token is from another issuer.",
    "The token is for another audience.",
    "The token is signed with a key that is not known.",
];
const NOBODY: &str = "The token says nothing, or too much, of its tenant or its user.";

fn with(claim: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[claim] = value;
    claims
}

fn without(claim: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(claim);
    claims
}

/// Signed as it should be, with claims that are not good.
fn bad_claims() -> Vec<(&'static str, String)> {
    let table = [
        ("expired", with("exp", json!(1_000_000_000))),
        ("exp as text", with("exp", json!(GOOD_UNTIL.to_string()))),
        ("exp as a list", with("exp", json!([GOOD_UNTIL]))),
        ("exp before time", with("exp", json!(-1))),
        ("exp beyond time", with("exp", json!(1e300))),
        ("exp null", with("exp", Value::Null)),
        ("no exp", without("exp")),
        ("nbf ahead", with("nbf", json!(GOOD_UNTIL))),
        ("nbf as text", with("nbf", json!("0"))),
        ("another aud", with("aud", json!("other"))),
        ("a list of other auds", with("aud", json!(["other", "muste", "muster "]))),
        ("no aud", without("aud")),
        ("another iss", with("iss", json!("https://issuer.example.com"))),
        ("a longer iss", with("iss", json!("https://issuer.example.org/"))),
        ("no iss", without("iss")),
        ("no tenant", without("tenant")),
        ("a blank tenant", with("tenant", json!(" \t"))),
        ("an empty tenant", with("tenant", json!(""))),
        ("a list of tenants", with("tenant", json!(["club"]))),
        ("a long tenant", with("tenant", json!("x".repeat(256)))),
        ("a tenant of two lines", with("tenant", json!("a\nb"))),
        ("no sub", without("sub")),
        ("a blank sub", with("sub", json!(" "))),
        ("sub as a number", with("sub", json!(1))),
        ("a list instead of claims", json!([claims()])),
        ("16 KiB", with("more", json!("x".repeat(16 * 1024)))),
    ];
    table.into_iter().map(|(name, claims)| (name, RSA.token("r", &claims))).collect()
}

/// A good token's parts, put together wrongly.
fn bad_parts() -> Vec<(&'static str, String)> {
    let good = RSA.token("r", &claims());
    let parts: Vec<&str> = good.split('.').collect();
    let (head, body, signature) = (parts[0], parts[1], parts[2]);
    let backwards: String = signature.chars().rev().collect();
    let others = base64(with("tenant", json!("other")).to_string());
    vec![
        ("empty", String::new()),
        ("nonsense", "nonsense".into()),
        ("dots", "..".into()),
        ("no signature", format!("{head}.{body}")),
        ("an empty signature", format!("{head}.{body}.")),
        ("another signature", format!("{head}.{body}.{backwards}")),
        ("a signature that is no base64", format!("{head}.{body}.%%%")),
        ("a header that is no base64", format!("%%%.{body}.{signature}")),
        ("a header that is no JSON", format!("{}.{body}.{signature}", base64("{"))),
        ("claims that are no base64", format!("{head}.%%%.{signature}")),
        ("claims of another", format!("{head}.{others}.{signature}")),
        ("cut in its signature", good[..good.len() - 20].into()),
        ("cut in its claims", good[..head.len() + 20].into()),
        ("five parts", format!("{good}.{body}.{signature}")),
        ("twice", format!("{good},{good}")),
    ]
}

/// Headers that say what is not so, or point elsewhere.
fn bad_headers(issuer: &TestIssuer) -> Vec<(&'static str, String)> {
    let claims = claims();
    let elsewhere = format!("{}/elsewhere", issuer.url);
    let mine = OTHER_RSA.jwk("r");
    let header = |name: &str, value: Value| {
        let mut header = json!({ "typ": "JWT", "alg": "RS256", "kid": "r" });
        header[name] = value;
        header
    };
    let forged = |name: &str, value: Value| OTHER_RSA.token_with(&header(name, value), &claims);
    let unsigned = |algorithm: &str| format!("{}.", message(&header("alg", json!(algorithm)), &claims));
    let by = |kid: Value| RSA.token_with(&header("kid", kid), &claims);
    let twice =
        format!("{}.{}", base64(r#"{"alg":"none","alg":"RS256","kid":"r"}"#), base64(claims.to_string()));
    vec![
        ("alg none", unsigned("none")),
        ("alg None", unsigned("None")),
        ("no alg", format!("{}.", message(&json!({ "kid": "r" }), &claims))),
        ("RS256 without a signature", unsigned("RS256")),
        ("alg twice", format!("{twice}.")),
        ("an unknown kid", by(json!("unknown"))),
        ("no kid, and several keys", by(Value::Null)),
        ("an empty kid", by(json!(""))),
        ("kid as a number", by(json!(1))),
        ("kid as a path", by(json!("../../../../../../dev/null"))),
        ("kid as SQL", by(json!("r' UNION SELECT 'r' --"))),
        ("kid as an address", by(json!(elsewhere.clone()))),
        ("kid with U+0000", by(json!("r\0"))),
        ("a kid of 10 kB", by(json!("x".repeat(10_000)))),
        ("the right kid and another key", OTHER_RSA.token("r", &claims)),
        ("jwk", forged("jwk", mine.clone())),
        ("jku", forged("jku", json!(elsewhere))),
        ("x5u", forged("x5u", json!(elsewhere))),
        ("x5c", forged("x5c", json!([base64(&OTHER_RSA.public_files()[1])]))),
        ("something critical", RSA.token_with(&header("crit", json!(["exp"])), &claims)),
        ("RS512", RSA.token_with(&header("alg", json!("RS512")), &claims)),
        ("PS256", RSA.token_with(&header("alg", json!("PS256")), &claims)),
        ("ES256 with an RSA key's kid", p256().token("r", &claims)),
        ("EdDSA with an RSA key's kid", ed25519().token("r", &claims)),
        ("RS256 with the kid of a P-256 key", RSA.token("e", &claims)),
        ("RS256 with the kid of an Ed25519 key", RSA.token("d", &claims)),
    ]
}

/// Public keys, and other things that are no secret of ours here, used as one.
fn bad_secrets() -> Vec<(&'static str, String)> {
    let header = |kid: &str| json!({ "typ": "JWT", "alg": "HS256", "kid": kid });
    let [pkcs1, spki, pem] = RSA.public_files();
    let by = |secret: &[u8]| hs256(secret, &header("r"), &claims());
    let ours = Token {
        sub: "ada".into(),
        tenant: "club".into(),
        roles: vec!["tenant_admin".into()],
        exp: GOOD_UNTIL,
        name: None,
        email: None,
    };
    vec![
        ("HS256 by the public key as PEM", by(&pem)),
        ("HS256 by the public key as PEM, without its last line end", by(pem.trim_ascii_end())),
        ("HS256 by the public key as DER", by(&spki)),
        ("HS256 by the public key as DER of PKCS#1", by(&pkcs1)),
        ("HS256 by the published key", by(RSA.jwk("r").to_string().as_bytes())),
        ("HS256 by the published modulus", by(RSA.jwk("r")["n"].as_str().unwrap().as_bytes())),
        ("HS256 by nothing", by(b"")),
        ("HS256 by a published secret", hs256(b"secret", &header("o"), &claims())),
        ("HS256 by the secret of download addresses", hs256(SECRET, &header("r"), &claims())),
        ("a token of `muster token`", ours.sign(SECRET).unwrap()),
    ]
}

/// Signatures of a P-256 key that libraries have been fooled by.
fn bad_signatures(pair: &EcdsaKeyPair) -> Vec<(&'static str, String)> {
    let message = message(&json!({ "alg": "ES256", "kid": "a" }), &claims());
    let der = pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
    vec![
        ("a signature of zeros", format!("{message}.{}", base64([0; 64]))),
        ("a signature as DER", format!("{message}.{}", base64(der.as_ref()))),
    ]
}

fn is_told_little(name: &str, text: &str) {
    for word in
        ["jsonwebtoken", "serde", "base64", "Error(", "panicked", "src/", "line 1", "key not", "Invalid"]
    {
        assert!(!text.contains(word), "{name}: {text}");
    }
}

fn is_refused(name: &str, way: &str, answer: &Answer) {
    let body = answer.json();
    assert_eq!(
        (answer.status.as_u16(), answer.header("www-authenticate"), error_code(&body).as_str()),
        (401, "Bearer", "UNAUTHENTICATED"),
        "{name}, {way}: {body}"
    );
    assert!(body.get("data").is_none(), "{name}, {way}: {body}");
    let sentence = body["errors"][0]["message"].as_str().unwrap();
    assert!(SENTENCES.contains(&sentence) || sentence == NOBODY, "{name}, {way}: {sentence}");
    is_told_little(name, &answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_bad_token_lets_anybody_in() {
    let (p256, ed25519) = (p256(), ed25519());
    let asn1 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let (x, y) = asn1.public_key().as_ref()[1..].split_at(32);
    let keys = vec![
        RSA.jwk("r"),
        p256.jwk("e"),
        ed25519.jwk("d"),
        json!({ "kty": "EC", "crv": "P-256", "kid": "a", "x": base64(x), "y": base64(y) }),
        json!({ "kty": "oct", "kid": "o", "alg": "HS256", "k": base64("secret") }),
    ];
    let issuer = TestIssuer::publishing(keys).await;
    let never = Duration::from_secs(1 << 30);
    let app = app(&issuer, Pace { refresh: never, refetch: never }).await;
    assert!(is_let_in(&app, &RSA.token("r", &claims())).await);

    let address = server(&app).await;
    let mut table = bad_claims();
    table.extend(bad_parts());
    table.extend(bad_headers(&issuer));
    table.extend(bad_secrets());
    table.extend(bad_signatures(&asn1));
    let table: Vec<(&str, Option<String>)> =
        table.into_iter().map(|(name, token)| (name, Some(token))).chain([("none", None)]).collect();
    for (name, token) in &table {
        let who = app.stranger(token.as_deref());
        let query = "{ viewer { isTenantAdmin } }";
        is_refused(name, "HTTP", &who.answer(query, json!({})).await);
        is_refused(name, "multipart", &who.upload_answer("roster.csv", ROSTER, json!({})).await);
        let watch = "subscription { importsChanged { change { version } } }";
        is_refused(name, "events", &who.events(watch, json!({})).await);
        let (code, reason) = Socket::knock(address, &who).await.closed().await;
        assert_eq!((code, reason.as_str()), (4403, "Forbidden"), "{name}");
    }
    // Neither asked for keys elsewhere, nor brought anybody into being.
    assert_eq!(issuer.asked(), 1);
    assert!(app.app.store.tenant_by_slug("other").await.unwrap().is_none());
    assert!(table.len() > 70);
    app.shutdown.cancel();
}
