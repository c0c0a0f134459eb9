//! Settings with which a server does not start, and says why.

use std::fs;
use std::process::Command;

use crate::support::SECRET;

/// What `muster serve` says last when it does not start with these settings.
fn refusal(settings: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_muster"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .current_dir(folder.path())
        .env_clear()
        .env("MUSTER_DATABASE_URL", "sqlite://muster.db?mode=rwc")
        .envs(settings.iter().copied())
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!folder.path().join("muster.db").exists(), "it had begun: {said}");
    said
}

#[test]
fn somebody_has_to_sign_tokens() {
    let said = refusal(&[]);
    assert!(said.contains("set MUSTER_JWT_SECRET") && said.contains("or MUSTER_JWKS_URL"), "{said}");
    let said = refusal(&[("MUSTER_JWT_SECRET", "short")]);
    assert!(said.contains("MUSTER_JWT_SECRET has 5 bytes; it needs 32 at least"), "{said}");
}

#[test]
fn keys_of_an_identity_provider_take_its_name_and_ours() {
    let secret = str::from_utf8(SECRET).unwrap();
    let keys = ("MUSTER_JWKS_URL", "https://issuer.example.org/keys");
    let (issuer, audience) =
        (("MUSTER_JWT_ISSUER", "https://issuer.example.org"), ("MUSTER_JWT_AUDIENCE", "muster"));
    for settings in [&[keys][..], &[keys, issuer], &[keys, audience], &[keys, ("MUSTER_JWT_SECRET", secret)]]
    {
        let said = refusal(settings);
        assert!(
            said.contains("set MUSTER_JWT_ISSUER and MUSTER_JWT_AUDIENCE along with MUSTER_JWKS_URL"),
            "{said}"
        );
    }
    let said = refusal(&[("MUSTER_JWKS_URL", "http://issuer.example.org/keys"), issuer, audience]);
    assert!(said.contains("the keys are at `https://…`"), "{said}");
    let said = refusal(&[keys, issuer, ("MUSTER_JWT_AUDIENCE", "")]);
    assert!(said.contains("a value is required for '--jwt-audience"), "{said}");
}

#[test]
fn a_trusted_operation_that_could_not_run_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bad.graphql"), "query {\n  nothing\n}").unwrap();
    let (secret, path) = (str::from_utf8(SECRET).unwrap(), folder.path().to_str().unwrap());
    let said = refusal(&[("MUSTER_JWT_SECRET", secret), ("MUSTER_TRUSTED_OPERATIONS", path)]);
    assert!(said.contains("bad.graphql:2: Unknown field \"nothing\" on type \"Query\"."), "{said}");
}
