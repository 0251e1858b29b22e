//! Who may change things: those who know the token, or, where none is set, people at the
//! server's own machine.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};

use crate::error::ApiError;
use crate::listener::Peer;
use crate::state::AppState;

/// Headers that a proxy adds: behind one, everybody comes from this machine.
const PROXY_HEADERS: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/// Proof that a request may write; handlers that change things take it as an argument.
pub(crate) struct WriteAccess;

impl FromRequestParts<AppState> for WriteAccess {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        match state.config().token.as_deref().filter(|token| !token.is_empty()) {
            Some(token) => {
                let given = bearer(&parts.headers).ok_or_else(ApiError::unauthorised)?;
                if equal_in_constant_time(given.as_bytes(), token.as_bytes()) {
                    Ok(Self)
                } else {
                    Err(ApiError::unauthorised())
                }
            }
            None => {
                let peer = parts.extensions.get::<ConnectInfo<Peer>>().map(|info| info.0.0);
                if is_local(peer, &parts.headers) { Ok(Self) } else { Err(ApiError::forbidden()) }
            }
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Whether equal, in a time that depends on the lengths only: how many bytes match must not show.
fn equal_in_constant_time(given: &[u8], expected: &[u8]) -> bool {
    let mut difference = given.len() ^ expected.len();
    for (index, byte) in expected.iter().enumerate() {
        let other = given.get(index).copied().unwrap_or(!byte);
        difference |= std::hint::black_box(usize::from(byte ^ other));
    }
    std::hint::black_box(difference) == 0
}

/// Whether a person or program on this machine sends the request: not a proxy for someone else,
/// not a foreign page in a local browser (`Origin`), not a foreign name that was made to point
/// here (`Host`).
fn is_local(peer: Option<SocketAddr>, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback())
        && !PROXY_HEADERS.iter().any(|name| headers.contains_key(*name))
        && text("host").is_none_or(|host| is_loopback_name(&format!("http://{host}/")))
        && text("origin").is_none_or(is_loopback_name)
        && text("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none")
}

fn is_loopback_name(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let Some(host) = uri.host() else { return false };
    let host = host.trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_equal_tokens_are_equal() {
        assert!(equal_in_constant_time(b"secret", b"secret"));
        for other in ["", "secre", "secret ", "Secret", "secretsecret"] {
            assert!(!equal_in_constant_time(other.as_bytes(), b"secret"), "{other}");
        }
    }

    #[test]
    fn local_is_neither_a_proxy_nor_a_foreign_page_nor_a_rebound_name() {
        let local = Some("127.0.0.1:5000".parse().unwrap());
        let request = |pairs: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            headers
        };
        assert!(is_local(local, &request(&[])));
        assert!(is_local(
            local,
            &request(&[("host", "localhost:3000"), ("origin", "http://127.0.0.1:3000")])
        ));
        assert!(is_local(Some("[::ffff:127.0.0.1]:1".parse().unwrap()), &request(&[("host", "[::1]:3000")])));
        assert!(!is_local(Some("192.168.1.9:5000".parse().unwrap()), &request(&[])));
        assert!(!is_local(None, &request(&[])));
        for foreign in [
            ("x-forwarded-for", "10.0.0.1"),
            ("host", "evil.example"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
        ] {
            assert!(!is_local(local, &request(&[foreign])), "{foreign:?}");
        }
    }
}
