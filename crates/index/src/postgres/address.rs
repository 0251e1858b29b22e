//! Where a database is: `postgres://user:password@host:port/database?schema=name&sslmode=require`.
//!
//! The password is in here and nowhere else: [`Address::place`] is what messages name.

use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::tls;
use crate::StoreError;

/// Where tables are without `schema=`.
const DEFAULT_SCHEMA: &str = "lorgnon";
/// PostgreSQL cuts longer names.
const SCHEMA_LENGTH_MAX: usize = 63;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A dead network is noticed after about a minute, not after the system's two hours.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(30);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);
const KEEPALIVE_RETRIES: u32 = 3;

/// A parsed address.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) config: Config,
    pub(super) schema: String,
    /// What connections are encrypted by, where they are to be.
    pub(super) tls: Option<MakeRustlsConnect>,
    place: String,
}

impl Address {
    /// Reads an address. A password that it lacks is taken from `PGPASSWORD`, as everywhere with PostgreSQL.
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        let refused = |what: &str| StoreError::Address { what: what.to_owned() };
        if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(refused("it does not begin with `postgres://`"));
        }
        let (rest, own) = take_own(url);
        let schema = own.schema.unwrap_or_else(|| DEFAULT_SCHEMA.to_owned());
        let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        if schema.is_empty() || schema.len() > SCHEMA_LENGTH_MAX || !schema.chars().all(is_plain) {
            return Err(refused("`schema` may hold small letters, digits and `_` only"));
        }
        // What the parser says may quote the address, and so the password.
        let mut config: Config = rest.parse().map_err(|_| {
            refused(
                "it has to read `postgres://user:password@host:port/database`, \
                 with signs such as `@`, `:` and `/` in the password written as `%40`, `%3A` and `%2F`",
            )
        })?;
        if config.get_hosts().is_empty() {
            return Err(refused("it names no host"));
        }
        let tls = if config.get_ssl_mode() == SslMode::Require {
            Some(tls::connector(own.authorities.as_deref())?)
        } else if own.authorities.is_some() {
            return Err(refused("`sslrootcert` says nothing without `sslmode=require`"));
        } else {
            // Half a promise is none: without TLS asked for, it is not tried.
            config.ssl_mode(SslMode::Disable);
            None
        };
        if config.get_password().is_none()
            && let Ok(password) = std::env::var("PGPASSWORD")
        {
            config.password(password);
        }
        let place = describe(&config, &schema);
        let timeout = *config.get_connect_timeout().unwrap_or(&CONNECT_TIMEOUT);
        config
            .application_name("lorgnon")
            .connect_timeout(timeout)
            .keepalives_idle(KEEPALIVE_IDLE)
            .keepalives_interval(KEEPALIVE_INTERVAL)
            .keepalives_retries(KEEPALIVE_RETRIES);
        Ok(Self { config, schema, tls, place })
    }

    /// Host, port, database and schema, for messages.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Who connects, for messages.
    pub(super) fn user(&self) -> &str {
        self.config.get_user().unwrap_or_default()
    }
}

/// Parameters of ours, which the client's parser does not have.
#[derive(Default)]
struct Own {
    schema: Option<String>,
    /// `sslrootcert`.
    authorities: Option<PathBuf>,
}

/// Takes our parameters out of the address; every `sslmode` that checks a certificate is `require`.
fn take_own(url: &str) -> (String, Own) {
    let Some((before, query)) = url.split_once('?') else { return (url.to_owned(), Own::default()) };
    let mut own = Own::default();
    let mut others = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("schema", name)) => own.schema = Some(name.to_owned()),
            Some(("sslrootcert", path)) => own.authorities = Some(PathBuf::from(path)),
            Some(("sslmode", "verify-full" | "verify-ca")) => others.push("sslmode=require"),
            _ => others.push(pair),
        }
    }
    let rest = if others.is_empty() { before.to_owned() } else { format!("{before}?{}", others.join("&")) };
    (rest, own)
}

fn describe(config: &Config, schema: &str) -> String {
    let ports = config.get_ports();
    let hosts: Vec<String> = config
        .get_hosts()
        .iter()
        .enumerate()
        .map(|(number, host)| {
            let port = ports.get(number).or(ports.first()).copied().unwrap_or(5432);
            match host {
                // An unescaped `@` in a password would put its end before the host's name.
                Host::Tcp(name) => format!("{}:{port}", name.rsplit('@').next().unwrap_or(name)),
                #[cfg(unix)]
                Host::Unix(path) => path.display().to_string(),
            }
        })
        .collect();
    let database = config.get_dbname().or(config.get_user()).unwrap_or_default();
    let suffix = if schema == DEFAULT_SCHEMA { String::new() } else { format!("?schema={schema}") };
    format!("postgres://{}/{database}{suffix}", hosts.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_its_password_never_named() {
        let address = Address::parse("postgresql://ann:hunter2@db.example:6000/looks?schema=site_1").unwrap();
        assert_eq!(address.place(), "postgres://db.example:6000/looks?schema=site_1");
        assert_eq!((address.schema.as_str(), address.user()), ("site_1", "ann"));
        assert_eq!(address.config.get_password(), Some(&b"hunter2"[..]));
        let plain = Address::parse("postgres://ann:x@localhost/looks?connect_timeout=3").unwrap();
        assert_eq!(plain.place(), "postgres://localhost:5432/looks");
        assert_eq!(plain.config.get_connect_timeout(), Some(&Duration::from_secs(3)));
        let unescaped = Address::parse("postgres://ann:hun@ter2@localhost/looks");
        assert!(unescaped.is_err() || !unescaped.is_ok_and(|address| address.place().contains("ter2")));
    }

    #[test]
    fn wrong_addresses_are_refused_without_their_password() {
        for (url, part) in [
            ("mysql://a:hunter2@b/c", "does not begin"),
            ("postgres://a:hunter2@b:port/c", "has to read"),
            ("postgres://a:hunter2@b/c?nonsense=1", "has to read"),
            ("postgres://a:hunter2@b/c?schema=A;drop", "`schema`"),
            ("postgres://a:hunter2@b/c?schema=", "`schema`"),
            ("postgres://a:hunter2@b/c?sslrootcert=ca.pem", "says nothing"),
            ("postgres://a:hunter2@b/c?sslmode=require&sslrootcert=/nowhere/ca.pem", "/nowhere/ca.pem"),
            ("postgres://a:hunter2@b/c?sslmode=perhaps", "has to read"),
        ] {
            let Err(error) = Address::parse(url) else { panic!("`{url}` was taken") };
            let message = error.to_string();
            assert!(message.contains(part) && !message.contains("hunter2"), "{url}: {message}");
        }
    }
}
