//! Settings by their names and ranges.

use clap::{ArgAction, CommandFactory, Parser};

use super::{Cli, Command, LimitsArgs};
use crate::http::quotas::QuotaLimits;
use crate::http::serve::ConnectionLimits;
use crate::http::transport::TransportLimits;

/// Settings of which nothing can be wanted.
const MAY_BE_0: [&str; 8] = [
    "jwt-leeway-seconds",
    "deletions-percent",
    "deletions-free",
    "deleted-kept-days",
    "user-operations-per-second",
    "tenant-operations-per-second",
    "tenant-operations-at-once",
    "tenant-uploads-per-minute",
];

/// The settings of `muster serve` that are numbers, with their defaults.
fn numbers() -> Vec<(String, u64)> {
    let program = Cli::command();
    let serve = program.find_subcommand("serve").expect("it is there");
    let numbers = serve.get_arguments().filter(|argument| matches!(argument.get_action(), ArgAction::Set));
    let numbers = numbers.filter_map(|argument| {
        let default = argument.get_default_values().first()?.to_str()?.parse().ok()?;
        Some((argument.get_long()?.to_owned(), default))
    });
    numbers.collect()
}

fn parse(setting: &str, value: &str) -> Result<Cli, String> {
    Cli::try_parse_from(["muster", "serve", &format!("--{setting}"), value])
        .map_err(|error| error.to_string())
}

fn limits(setting: &str, value: &str) -> LimitsArgs {
    match parse(setting, value).expect("it is taken").command {
        Command::Serve(serve) => serve.server.limits,
        _ => unreachable!("it is `serve`"),
    }
}

#[test]
fn a_setting_is_named_alike_on_the_command_line_and_in_the_environment() {
    let program = Cli::command();
    for argument in program.find_subcommand("serve").expect("it is there").get_arguments() {
        let (Some(long), Some(env)) = (argument.get_long(), argument.get_env()) else { continue };
        assert_eq!(env.to_str(), Some(&*format!("MUSTER_{}", long.to_uppercase().replace('-', "_"))));
        assert!(argument.get_help().is_some(), "{long}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_a_sentence_and_not_mended() {
    let numbers = numbers();
    assert!(numbers.len() > 30, "{numbers:?}");
    for (setting, default) in numbers {
        assert!(parse(&setting, &default.to_string()).is_ok(), "{setting}");
        assert_eq!(parse(&setting, "0").is_ok(), MAY_BE_0.contains(&&*setting), "{setting}");
        let sentence = parse(&setting, "18446744073709551615").expect_err("it is no number of anything");
        assert!(sentence.contains(&setting) && sentence.contains("is not in"), "{setting}: {sentence}");
    }
}

#[test]
fn what_is_not_set_is_the_default() {
    let args = limits("aliases-max", "30");
    assert_eq!(format!("{:?}", args.transport(512 << 20)), format!("{:?}", TransportLimits::default()));
    assert_eq!(args.quotas(), QuotaLimits::default());
    assert_eq!(args.connections(), ConnectionLimits::default());
}

#[test]
fn every_limit_reaches_what_it_limits() {
    let unset = limits("aliases-max", "30");
    let shown =
        |args: &LimitsArgs| format!("{:?} {:?} {:?}", args.transport(1), args.quotas(), args.connections());
    for (setting, default) in numbers() {
        // The tuning is elsewhere.
        let name = format!("{}: {default}", setting.replace('-', "_"));
        if !format!("{unset:?}").contains(&name) {
            continue;
        }
        // In each range there is a number beside the default.
        let other = [default + 1, default - 1].map(|other| other.to_string());
        let other = other.iter().find(|other| parse(&setting, other).is_ok()).expect("another one is taken");
        assert_ne!(shown(&limits(&setting, other)), shown(&unset), "{setting}");
    }
}

#[test]
fn what_names_nothing_is_refused() {
    for (setting, value) in [
        ("jwt-admin-role", ""),
        ("jwt-claim-tenant", ""),
        ("jwt-claim-roles", ""),
        ("public-url", ""),
        ("public-url", "foo"),
        ("public-url", "ftp://muster.example.org"),
    ] {
        assert!(parse(setting, value).is_err(), "{setting}={value}");
    }
    assert!(parse("public-url", "https://muster.example.org/base/").is_ok());
}

#[test]
fn an_address_to_listen_at_has_a_port() {
    for good in ["127.0.0.1:8000", "[::1]:0", "localhost:80"] {
        assert!(parse("listen", good).is_ok(), "{good}");
    }
    for bad in ["foo", "127.0.0.1", ":8000", "localhost:http", "localhost:65536"] {
        let said = parse("listen", bad).expect_err(bad);
        assert!(said.contains("it has to be HOST:PORT, such as 127.0.0.1:8000"), "{said}");
    }
}

#[test]
fn a_token_that_no_server_would_take_is_not_signed() {
    let long = "a".repeat(256);
    let good = [
        ("tenant", "acme"),
        ("user", "ada"),
        ("name", "Ada Abara"),
        ("email", "ada@acme.org"),
        ("ttl", "60"),
    ];
    let sign = |(name, value): (&str, &str)| {
        let values = good.map(|(of, good)| format!("--{of}={}", if of == name { value } else { good }));
        Cli::try_parse_from(["muster", "token"].map(str::to_owned).into_iter().chain(values))
            .map_err(|error| error.to_string())
    };
    assert!(good.into_iter().all(|good| sign(good).is_ok()));
    for bad in [("tenant", ""), ("user", " "), ("name", &*long), ("email", "a\tb")] {
        let said = sign(bad).expect_err("no server would take it");
        assert!(said.contains("it has to have 1 to 255 characters"), "{said}");
    }
    assert!(sign(("ttl", "0")).is_err());
}
