//! What an operator can set, in one validated place.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use lorgnon_imaging::Limits;

use crate::client::is_trusted;

/// How to serve.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The path a reverse proxy serves the program under, such as `/lorgnon`; empty for the root.
    /// Requests are answered under it and, for proxies that strip it, without it.
    pub base_path: String,
    /// Secret that writes must carry as `Authorization: Bearer …`; `None`: writes from this
    /// machine only.
    pub token: Option<String>,
    /// Origins (`https://site.example`) whose pages may call the API; `*` is any.
    pub allowed_origins: Vec<String>,
    /// The folder where looks are collected, corrected and removed, the default dataset; `None`: the
    /// server changes no looks.
    pub generations: Option<PathBuf>,
    /// What one picture may cost.
    pub limits: Limits,
    /// Threads that decode and recognise.
    pub workers: usize,
    /// Pictures that may wait for a worker; more are refused with 503.
    pub queue_length: usize,
    /// A client must have sent its whole request, and be answered, within this time.
    pub request_timeout: Duration,
    /// Connections open at once; more wait, and no single client gets more than a quarter.
    pub max_connections: u32,
    /// Requests that recognise or change something, a minute and client; all others count a tenth. More
    /// are refused with 429; 0 is no limit.
    pub requests_per_minute: u32,
    /// Proxies whose `X-Forwarded-For` is believed. What they ask on their own account is not limited.
    pub trusted_proxies: Vec<IpNet>,
    /// Live event streams open at once; more are refused with 503.
    pub max_streams: usize,
    /// After a signal, requests at work get this long to end.
    pub shutdown_grace: Duration,
}

impl Default for ServerConfig {
    fn default() -> Self {
        let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            base_path: String::new(),
            token: None,
            allowed_origins: Vec::new(),
            generations: None,
            limits: Limits::default(),
            workers,
            queue_length: Self::queue_length_for(workers),
            request_timeout: Duration::from_secs(30),
            max_connections: 1024,
            requests_per_minute: 600,
            trusted_proxies: Vec::new(),
            max_streams: 256,
            shutdown_grace: Duration::from_secs(10),
        }
    }
}

impl ServerConfig {
    /// How many pictures should wait at most for so many threads: one each. A picture alone has all
    /// threads to itself; of those that come together each has one, and half of them wait for the other
    /// half. A longer queue makes everybody wait longer and recognises no picture more.
    #[must_use]
    pub fn queue_length_for(workers: usize) -> usize {
        workers.max(1)
    }

    /// This configuration with what can change while the server runs taken from another one: token, origins,
    /// proxies, limits of a picture and a client, and the time of a request. Addresses, folders, threads
    /// and queues stay.
    #[must_use]
    pub fn reloaded(&self, newer: Self) -> Self {
        Self {
            token: newer.token,
            allowed_origins: newer.allowed_origins,
            trusted_proxies: newer.trusted_proxies,
            limits: newer.limits,
            requests_per_minute: newer.requests_per_minute,
            request_timeout: newer.request_timeout,
            ..self.clone()
        }
    }

    /// Whether a client is not limited: this machine, and trusted proxies that ask on their own account.
    pub(crate) fn is_free(&self, client: IpAddr) -> bool {
        client.to_canonical().is_loopback() || is_trusted(client, &self.trusted_proxies)
    }

    /// The base path as links need it: `""` or `/path`, without a slash at its end.
    ///
    /// # Errors
    /// When it holds anything but letters, digits, `-`, `_`, `.`, `~` and slashes.
    pub(crate) fn normalised_base_path(&self) -> Result<String, ServerError> {
        let trimmed = self.base_path.trim_matches('/');
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.~/".contains(c);
        if !trimmed.chars().all(allowed) || trimmed.split('/').any(|part| part == "..") {
            return Err(ServerError::BasePath { path: self.base_path.clone() });
        }
        Ok(if trimmed.is_empty() { String::new() } else { format!("/{trimmed}") })
    }
}

/// Why the server could not run. All are the operator's to mend.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// The address is taken, or not of this machine.
    #[error("cannot listen on `{listen}`")]
    Listen {
        /// The address asked for.
        listen: SocketAddr,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The base path is no plain path.
    #[error("`{path}` is no base path: expected something like `/lorgnon`")]
    BasePath {
        /// As given.
        path: String,
    },
    /// The system gave no threads or signals, or the listener broke.
    #[error("cannot {action}")]
    Io {
        /// What was being done.
        action: &'static str,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(path: &str) -> Option<String> {
        ServerConfig { base_path: path.to_owned(), ..ServerConfig::default() }.normalised_base_path().ok()
    }

    #[test]
    fn base_paths_get_one_leading_slash_and_nothing_that_needs_escaping() {
        assert_eq!(base("").as_deref(), Some(""));
        assert_eq!(base("/").as_deref(), Some(""));
        assert_eq!(base("lorgnon/").as_deref(), Some("/lorgnon"));
        assert_eq!(base("/a/b").as_deref(), Some("/a/b"));
        assert_eq!(base("/a\"b"), None);
        assert_eq!(base("/a/../b"), None);
    }
}
