//! Signing in with a click, in the demo.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use poem::error::NotFoundError;
use poem::http::header;
use poem::web::Data;
use poem::{Request, Response, Result, handler};
use serde::Serialize;

use super::policy;

/// An admin of the demo, with a token that is good.
#[derive(Debug, Serialize)]
pub struct DemoAdmin {
    /// For people.
    pub name: String,
    /// The tenant's slug.
    pub tenant: String,
    /// Who, in the tenant.
    pub subject: String,
    /// Signed when it is asked for.
    pub token: String,
}

/// The admins of a demo, for whoever uses the machine that it runs on.
pub struct DemoAdmins {
    /// Where the demo listens.
    pub address: SocketAddr,
    /// Signs a token for each.
    pub sign: Box<dyn Fn() -> Vec<DemoAdmin> + Send + Sync>,
}

/// All of them, to a page that came from here by an address: a name that somebody else can point here would let that
/// somebody's page ask (DNS rebinding).
#[handler]
pub(super) fn admins(request: &Request, demo: Data<&Arc<DemoAdmins>>) -> Result<Response> {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    if !host.is_some_and(|host| is_here(host, demo.address)) {
        return Err(NotFoundError.into());
    }
    let admins = serde_json::to_string(&(demo.sign)()).map_err(poem::error::InternalServerError)?;
    Ok(policy::under(&policy::console(&[]))
        .content_type("application/json")
        .header(header::CACHE_CONTROL, "no-store")
        .body(admins))
}

/// Whether a `Host` is this machine, or the address that is listened at.
fn is_here(host: &str, address: SocketAddr) -> bool {
    // Without its port, which comes behind the last colon unless that is a part of the address.
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let ip = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || ip.is_ok_and(|ip| ip.is_loopback() || ip == address.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_of_this_machine_is_here() {
        let address = "10.1.2.3:8000".parse().unwrap();
        for host in [
            "127.0.0.1:8000",
            "127.9.9.9",
            "localhost:1",
            "LOCALHOST",
            "[::1]:8000",
            "[::1]",
            "10.1.2.3:8000",
        ] {
            assert!(is_here(host, address), "{host}");
        }
        for host in
            ["", "muster.example.org", "localhost.example.org", "127.0.0.1.example.org:80", "10.1.2.4:8000"]
        {
            assert!(!is_here(host, address), "{host}");
        }
    }
}
