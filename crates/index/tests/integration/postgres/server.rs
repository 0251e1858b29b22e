//! The server that tests are given, and what tests do to it behind the store's back.

use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use tokio_postgres::{NoTls, SimpleQueryMessage};

/// Held by tests; one that cuts everybody's connections holds it alone.
static PEACE: RwLock<()> = RwLock::new(());

#[expect(dead_code, reason = "held, not read")]
enum Held {
    WithOthers(RwLockReadGuard<'static, ()>),
    Alone(RwLockWriteGuard<'static, ()>),
}

/// Schemas of one test; they are dropped with it.
pub(crate) struct TestServer {
    base: String,
    prefix: String,
    used: Mutex<Vec<String>>,
    _held: Held,
}

impl TestServer {
    /// The server for a test; `None`, said aloud, where there is none.
    pub(crate) fn named(test: &str) -> Option<Self> {
        Self::holding(test, || Held::WithOthers(PEACE.read().unwrap_or_else(PoisonError::into_inner)))
    }

    /// The same, with no other test of this program at work on it meanwhile.
    pub(crate) fn alone(test: &str) -> Option<Self> {
        Self::holding(test, || Held::Alone(PEACE.write().unwrap_or_else(PoisonError::into_inner)))
    }

    fn holding(test: &str, hold: impl FnOnce() -> Held) -> Option<Self> {
        let Ok(base) = std::env::var("LORGNON_TEST_POSTGRES") else {
            eprintln!("skipped: LORGNON_TEST_POSTGRES names no server; see tools/postgres-for-tests");
            return None;
        };
        let prefix = format!("test_{}_{test}", std::process::id());
        Some(Self { base, prefix, used: Mutex::default(), _held: hold() })
    }

    /// What kills the server and starts it again; `None`, said aloud, where it is not ours to kill.
    pub(crate) fn crash_command() -> Option<std::ffi::OsString> {
        let command = std::env::var_os("LORGNON_TEST_POSTGRES_CRASH");
        if command.is_none() {
            eprintln!("skipped: LORGNON_TEST_POSTGRES_CRASH names nothing that may kill the server");
        }
        command
    }

    /// The address of a store of this test.
    pub(crate) fn url(&self, name: &str) -> String {
        let schema = self.schema(name);
        let separator = if self.base.contains('?') { '&' } else { '?' };
        format!("{}{separator}schema={schema}", self.base)
    }

    /// Its schema.
    pub(crate) fn schema(&self, name: &str) -> String {
        let schema = format!("{}_{}", self.prefix, name.replace('-', "_"));
        let mut used = self.used.lock().unwrap();
        if !used.contains(&schema) {
            used.push(schema.clone());
        }
        schema
    }

    /// The address of the server itself.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Runs SQL as the tests' user; gives the first cell of the answer.
    pub(crate) fn ask(&self, sql: &str) -> String {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&self.base, NoTls).await.unwrap();
            let connection = tokio::spawn(connection);
            let messages = client.simple_query(sql).await.unwrap();
            drop(client);
            connection.await.unwrap().unwrap();
            let cell = messages.iter().find_map(|message| {
                if let SimpleQueryMessage::Row(row) = message { row.get(0) } else { None }
            });
            cell.unwrap_or_default().to_owned()
        })
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // What is left helps to see why; the server is the tests' own.
            return;
        }
        for schema in std::mem::take(&mut *self.used.lock().unwrap()) {
            self.ask(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE"));
        }
    }
}
