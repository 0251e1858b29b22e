//! Threads that waiting processes lend to a leader on the same machine.
//!
//! A loan is a lock that many may share, named after the machine and the number of threads; a leader counts
//! who holds one. It ends with its connection, so a dead process lends nothing.

use super::PostgresStore;
use super::connection::Connection;
use crate::StoreError;
use crate::team::Loan;

struct PostgresLoan {
    connection: Connection,
}

impl Loan for PostgresLoan {
    fn is_open(&self) -> bool {
        !self.connection.is_closed()
    }
}

/// What tells this machine from others since it was started, from inside containers too; `None` where the
/// system does not say.
fn machine() -> Option<String> {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim().to_owned()).filter(|id| !id.is_empty())
}

/// What locks of a store's loans on a machine are named after.
fn name(store: &PostgresStore, machine: &str) -> String {
    format!("lorgnon.{}.threads.{machine}", store.server.address().schema)
}

/// Lends threads of this process.
pub(super) fn lend(store: &PostgresStore, count: usize) -> Result<Option<Box<dyn Loan>>, StoreError> {
    let Some(machine) = machine() else { return Ok(None) };
    let count = i32::try_from(count).unwrap_or(i32::MAX);
    let (connection, _) = store.server.ask_anew("lend threads", &|connection| {
        connection
            .query("SELECT pg_advisory_lock_shared(hashtext($1), $2)", &[&name(store, &machine), &count])
    })?;
    Ok(Some(Box::new(PostgresLoan { connection })))
}

/// Threads lent on this machine.
pub(super) fn lent(store: &PostgresStore) -> Result<usize, StoreError> {
    let Some(machine) = machine() else { return Ok(0) };
    let (connection, lent) = store.server.ask_anew("count lent threads", &|connection| {
        let rows = connection.query(
            "SELECT coalesce(sum(objid::bigint), 0)::bigint FROM pg_locks \
             WHERE locktype = 'advisory' AND granted AND objsubid = 2 \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
             AND classid::bigint = hashtext($1)::bigint & 4294967295",
            &[&name(store, &machine)],
        )?;
        Ok(rows.first().map_or(0i64, |row| row.get(0)))
    })?;
    store.server.give_back(connection);
    Ok(usize::try_from(lent).unwrap_or(0))
}
