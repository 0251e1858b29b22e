//! Tables, and how older ones become the present ones.

use super::connection::Connection;
use super::failure;
use super::server::Server;
use crate::StoreError;

/// Format of the tables that this program reads and writes: the number of [`MIGRATIONS`].
pub(super) const FORMAT: u32 = MIGRATIONS.len() as u32;

/// `hnsw.iterative_scan`, without which a filter loses answers, came with this version of `vector`.
const EXTENSION_MINIMUM: (u32, u32) = (0, 8);

/// What brings the tables from each format to the next. Published ones are never changed.
///
/// Names and ids are bytes: exports may hold the zero character, which `text` refuses; bytes sort as
/// ids do. Exact vectors lie outside the row, uncompressed, so that one place's can be cut out.
const MIGRATIONS: [&str; 2] = [
    "
    CREATE TABLE state (
        single boolean PRIMARY KEY CHECK (single),
        format integer NOT NULL,
        version bigint NOT NULL,
        generation bigint NOT NULL,
        dimensions bigint NOT NULL,
        looks bigint NOT NULL,
        next_key bigint NOT NULL,
        indexed boolean NOT NULL,
        reach bigint NOT NULL,
        reach_looks bigint NOT NULL,
        manifest text NOT NULL
    );
    INSERT INTO state VALUES (true, 0, 0, 0, 0, 0, 0, false, 0, 0,
        '{\"updatedAtMs\":0,\"datasetPath\":\"\",\"datasetSize\":0,\"encoder\":null,\"model\":\"\"}');
    CREATE TABLE commits (version bigint PRIMARY KEY, token text NOT NULL);
    CREATE TABLE looks (
        key bigint PRIMARY KEY,
        id bytea NOT NULL UNIQUE,
        class bytea,
        gender text,
        items text[] NOT NULL,
        record bytea NOT NULL,
        exact bytea NOT NULL
    );
    ALTER TABLE looks ALTER COLUMN exact SET STORAGE EXTERNAL;
    CREATE INDEX looks_class ON looks (class, gender);
    CREATE INDEX looks_items ON looks USING gin (items);
    CREATE TABLE blobs (look bigint NOT NULL, name bytea NOT NULL, bytes bytea NOT NULL, PRIMARY KEY (look, name));
    ALTER TABLE blobs ALTER COLUMN bytes SET STORAGE EXTERNAL;
    CREATE TABLE models (name bytea PRIMARY KEY, bytes bytea NOT NULL);
    ALTER TABLE models ALTER COLUMN bytes SET STORAGE EXTERNAL;
",
    // The number of the training is a key, so that it cannot change under a write that holds on to it, while the
    // notice can.
    "
    CREATE TABLE run (
        number bigint PRIMARY KEY,
        single boolean UNIQUE CHECK (single),
        open boolean NOT NULL,
        notice bytea NOT NULL
    );
    INSERT INTO run VALUES (0, true, false, '');
    CREATE TABLE tasks (run bigint, number bigint, work bytea NOT NULL, PRIMARY KEY (run, number));
    CREATE TABLE reports (run bigint, number bigint, report bytea NOT NULL, PRIMARY KEY (run, number));
",
];

/// Makes what is missing and brings up to date what is older.
///
/// # Errors
/// [`StoreError::Extension`] without `vector`, [`StoreError::Version`] for tables of a newer program.
pub(super) fn prepare(server: &Server) -> Result<(), StoreError> {
    let connection = server.connection()?;
    if format_of(server, &connection)? == Some(FORMAT) && has_extension(server, &connection)? {
        server.give_back(connection);
        return Ok(());
    }
    let failed = |error| failure::of_statement(server.address(), "make the tables", error);
    connection.run("BEGIN").map_err(failed)?;
    // Two programs that start at once must not both do it, not even for different schemas: the extension is for
    // all of them.
    connection.run("SELECT pg_advisory_xact_lock(hashtextextended('lorgnon.tables', 1))").map_err(failed)?;
    let result = make(server, &connection);
    match result {
        Ok(()) => connection.run("COMMIT").map_err(failed)?,
        Err(error) => {
            server.end(connection);
            return Err(error);
        }
    }
    server.forget_idle();
    Ok(())
}

fn make(server: &Server, connection: &Connection) -> Result<(), StoreError> {
    let failed = |error| failure::of_statement(server.address(), "make the tables", error);
    let schema = &server.address().schema;
    if !has_extension(server, connection)? {
        connection.run("CREATE EXTENSION vector SCHEMA public").map_err(|error| {
            if failure::is_short_of_means(&error) {
                return failed(error);
            }
            let said =
                error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned());
            StoreError::Extension {
                place: server.address().place().to_owned(),
                what: format!("extension `vector` (pgvector) is not there and cannot be made: {said}"),
            }
        })?;
    }
    let found = format_of(server, connection)?;
    let there = connection.query("SELECT FROM pg_namespace WHERE nspname = $1", &[schema]).map_err(failed)?;
    if there.is_empty() {
        connection.run(&format!("CREATE SCHEMA \"{schema}\"")).map_err(failed)?;
    }
    let format = found.unwrap_or(0);
    if format < FORMAT {
        for migration in &MIGRATIONS[format as usize..] {
            connection.run(migration).map_err(failed)?;
        }
        connection
            .execute("UPDATE state SET format = $1", &[&i32::try_from(FORMAT).unwrap_or(i32::MAX)])
            .map_err(failed)?;
        tracing::info!(
            place = server.address().place(),
            from = format,
            to = FORMAT,
            "the tables were made or upgraded"
        );
    }
    Ok(())
}

/// The format of the tables; `None` where there are none.
fn format_of(server: &Server, connection: &Connection) -> Result<Option<u32>, StoreError> {
    let failed = |error| failure::of_statement(server.address(), "read the format", error);
    let table = format!("\"{}\".state", server.address().schema);
    let there = connection.query("SELECT to_regclass($1) IS NOT NULL", &[&table]).map_err(failed)?;
    if !there.first().is_some_and(|row| row.get(0)) {
        return Ok(None);
    }
    let rows = connection.query_text(&format!("SELECT format FROM {table}")).map_err(failed)?;
    let found = rows.first().and_then(|row| row.get(0)?.parse().ok()).unwrap_or(0);
    check_format(found)?;
    Ok(Some(found))
}

/// Refuses tables of a newer program.
pub(super) fn check_format(found: u32) -> Result<(), StoreError> {
    if found > FORMAT { Err(StoreError::Version { found, supported: FORMAT }) } else { Ok(()) }
}

/// Whether `vector` is there; an old one is refused.
fn has_extension(server: &Server, connection: &Connection) -> Result<bool, StoreError> {
    let rows = connection
        .query("SELECT extversion FROM pg_extension WHERE extname = 'vector'", &[])
        .map_err(|error| failure::of_statement(server.address(), "look for extension `vector`", error))?;
    let Some(version) = rows.first().map(|row| row.get::<_, String>(0)) else { return Ok(false) };
    if parsed(&version) < EXTENSION_MINIMUM {
        return Err(StoreError::Extension {
            place: server.address().place().to_owned(),
            what: format!("extension `vector` is version {version}, 0.8 or newer is needed"),
        });
    }
    Ok(true)
}

/// The first two numbers of a version.
fn parsed(version: &str) -> (u32, u32) {
    let mut numbers = version.split('.').map(|part| part.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(parsed("0.8.5") >= EXTENSION_MINIMUM && parsed("0.10.0") >= EXTENSION_MINIMUM);
        assert!(parsed("1.0") >= EXTENSION_MINIMUM && parsed("0.7.4") < EXTENSION_MINIMUM);
    }
}
