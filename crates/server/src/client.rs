//! Who asks: the other end of the connection or, behind a proxy that the operator trusts, the address
//! that it passes on.
//!
//! Anybody can write anything into `X-Forwarded-For`. It is read from its end, and only as long as
//! whoever added an entry is on the list.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

const HEADER: &str = "x-forwarded-for";

/// The address of the client that a request comes from.
pub(crate) fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut client = peer.to_canonical();
    let lines = headers.get_all(HEADER).iter().filter_map(|line| line.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    for hop in hops.into_iter().rev() {
        if !is_trusted(client, trusted) {
            break;
        }
        // What cannot be read leaves the proxy that passed it on.
        let Some(address) = address_of(hop) else { break };
        client = address;
    }
    client
}

/// Whether an address is on a list of networks.
pub(crate) fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    let address = address.to_canonical();
    trusted.iter().any(|network| network.contains(&address))
}

/// The part of an address that stands for one client: a household or a server has a whole /64 of IPv6
/// addresses to choose from.
pub(crate) fn rate_key(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(long) => {
            let network = u128::from(long) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(network))
        }
        short @ IpAddr::V4(_) => short,
    }
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn address_of(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim().trim_matches('"');
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    let address: Option<IpAddr> = bare.parse().ok();
    address
        .or_else(|| hop.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(HEADER, line.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        client_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn what_a_stranger_forwards_is_not_believed() {
        assert_eq!(client("198.51.100.1", &["10.0.0.1"], &[]), "198.51.100.1");
        assert_eq!(client("198.51.100.1", &["10.0.0.1"], &["10.0.0.0/8"]), "198.51.100.1");
    }

    #[test]
    fn a_trusted_proxy_is_believed_about_its_own_client_only() {
        let trusted = &["10.0.0.0/8", "127.0.0.1/32"];
        assert_eq!(client("10.0.0.2", &["203.0.113.9"], trusted), "203.0.113.9");
        // The client wrote the first part itself.
        assert_eq!(client("10.0.0.2", &["127.0.0.1, 203.0.113.9"], trusted), "203.0.113.9");
        assert_eq!(client("10.0.0.2", &["1.2.3.4", "203.0.113.9, 10.0.0.3"], trusted), "203.0.113.9");
        assert_eq!(client("::ffff:10.0.0.2", &["[2001:db8::1]:4711"], trusted), "2001:db8::1");
        assert_eq!(client("10.0.0.2", &["203.0.113.9:55"], trusted), "203.0.113.9");
        assert_eq!(client("10.0.0.2", &["unknown"], trusted), "10.0.0.2");
        assert_eq!(client("10.0.0.2", &[], trusted), "10.0.0.2");
    }

    #[test]
    fn a_network_of_long_addresses_is_one_client() {
        let key = |text: &str| rate_key(text.parse().unwrap()).to_string();
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), key("2001:db8:1:2::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
