//! One connection, used synchronously.
//!
//! A task of the server's small runtime moves bytes; the thread that asks waits by parking, which
//! works in every kind of thread, those of another runtime included.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use pollster::block_on;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, CopyInSink, Error, Row, SimpleQueryMessage, SimpleQueryRow, Statement};

/// What a statement is given.
pub(super) type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

/// What every connection is told first. Plans follow what is asked for, because a filter decides
/// which index serves; a commit is on disk when it is acknowledged, whatever the server's default;
/// a long training is no reason to be thrown out.
const SETTINGS: &str = "SET plan_cache_mode = force_custom_plan; SET jit = off; \
     SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0; \
     SET hnsw.iterative_scan = relaxed_order; \
     SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3; \
     SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

/// An open connection with the statements it has prepared.
pub(super) struct Connection {
    client: Client,
    prepared: Mutex<HashMap<String, Statement>>,
}

impl Connection {
    /// Takes over a client that has just connected.
    pub(super) fn begin(client: Client, schema: &str) -> Result<Self, Error> {
        let connection = Self { client, prepared: Mutex::default() };
        connection.run(SETTINGS)?;
        connection.find_extension(schema)?;
        Ok(connection)
    }

    /// Names are found in our schema, and the types of `vector` wherever it was installed.
    fn find_extension(&self, schema: &str) -> Result<(), Error> {
        let sql = "SELECT set_config('search_path', quote_ident($1) || coalesce((SELECT ', ' || quote_ident(nspname) \
                   FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'vector'), ''), false)";
        block_on(self.client.query_typed(sql, &[(&schema, Type::TEXT)]))?;
        Ok(())
    }

    /// Whether it can no longer be used.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs statements without parameters, for what they do.
    pub(super) fn run(&self, sql: &str) -> Result<(), Error> {
        block_on(self.client.batch_execute(sql))
    }

    /// Runs one prepared statement.
    pub(super) fn query(&self, sql: &str, parameters: Parameters<'_>) -> Result<Vec<Row>, Error> {
        block_on(async {
            let statement = self.prepare(sql).await?;
            self.client.query(&statement, parameters).await
        })
    }

    /// Runs one prepared statement; gives how many rows it changed.
    pub(super) fn execute(&self, sql: &str, parameters: Parameters<'_>) -> Result<u64, Error> {
        block_on(async {
            let statement = self.prepare(sql).await?;
            self.client.execute(&statement, parameters).await
        })
    }

    /// Runs several statements in one round trip; gives the rows of the last that has any, as text.
    pub(super) fn query_text(&self, sql: &str) -> Result<Vec<SimpleQueryRow>, Error> {
        let messages = block_on(self.client.simple_query(sql))?;
        let rows = messages
            .into_iter()
            .filter_map(|message| if let SimpleQueryMessage::Row(row) = message { Some(row) } else { None });
        Ok(rows.collect())
    }

    /// Sends rows in the binary form of `COPY`.
    pub(super) fn copy_in(
        &self,
        sql: &str,
        types: &[Type],
        rows: &mut dyn Iterator<Item = Vec<Box<dyn ToSql + Sync + Send + '_>>>,
    ) -> Result<(), Error> {
        block_on(async {
            let sink: CopyInSink<Bytes> = self.client.copy_in(sql).await?;
            let mut writer = pin!(BinaryCopyInWriter::new(sink, types));
            for row in rows {
                let row: Vec<&(dyn ToSql + Sync)> =
                    row.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect();
                writer.as_mut().write(&row).await?;
            }
            writer.finish().await?;
            Ok(())
        })
    }

    async fn prepare(&self, sql: &str) -> Result<Statement, Error> {
        let known = self.prepared.lock().unwrap_or_else(PoisonError::into_inner).get(sql).cloned();
        if let Some(statement) = known {
            return Ok(statement);
        }
        let statement = self.client.prepare(sql).await?;
        self.prepared
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}
