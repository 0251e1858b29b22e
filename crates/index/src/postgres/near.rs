//! HNSW indexes, and whether they find what comparing all vectors would.
//!
//! A graph finds nearly everything where vectors lie in clusters, as those of looks do, and little where
//! they lie evenly. So nobody has to believe it: whenever an index is made, and each time the looks
//! have doubled, it is asked between stored vectors and compared with the exact answer; it is searched as far as
//! [`RECALL`] takes, or not at all.

use tokio_postgres::Error;

use super::connection::Connection;
use super::half::{HalfVector, from_bytes};

/// What an index must find of the ten nearest.
const RECALL: f64 = 0.99;
/// How far it may be searched for that: further than that, comparing all is as fast.
const REACHES: [u64; 4] = [100, 200, 400, 800];
/// Questions to measure by.
const QUESTIONS: i64 = 32;
const NEAREST: i64 = 10;
/// Candidates that a search for so many takes from the index, see [`super::search`].
const CANDIDATES: i64 = 72;

/// The statement that makes the index of a partition.
pub(super) fn create(partition: &str, dimensions: usize) -> String {
    format!(
        "CREATE INDEX {partition}_near ON {partition} USING hnsw ((half::halfvec({dimensions})) halfvec_cosine_ops)"
    )
}

/// How far a partition's index has to be searched; 0 where no reach does.
pub(super) fn reach(connection: &Connection, partition: &str, dimensions: usize) -> Result<u64, Error> {
    let questions = questions(connection, dimensions)?;
    let exact = format!("SELECT look FROM {partition} ORDER BY half <=> $1::halfvec LIMIT $2");
    let by_index =
        format!("SELECT look FROM {partition} ORDER BY half::halfvec({dimensions}) <=> $1::halfvec LIMIT $2");
    let ask = |sql: &str, question: &HalfVector, count: i64| -> Result<Vec<i64>, Error> {
        let rows = connection.query(sql, &[question, &count])?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    };
    let mut expected = Vec::new();
    for question in &questions {
        expected.push(ask(&exact, question, NEAREST)?);
    }
    let all: usize = expected.iter().map(Vec::len).sum();
    let mut found_reach = 0;
    for reach in REACHES {
        connection.run(&format!("SET LOCAL hnsw.ef_search = {reach}; SET LOCAL enable_seqscan = off"))?;
        let mut right = 0;
        for (question, expected) in questions.iter().zip(&expected) {
            let found = ask(&by_index, question, CANDIDATES)?;
            right += expected.iter().filter(|look| found.contains(look)).count();
        }
        let recall = right as f64 / all.max(1) as f64;
        tracing::info!(partition, reach, recall, "measured an HNSW index");
        if recall >= RECALL {
            found_reach = reach;
            break;
        }
    }
    connection.run("SET LOCAL enable_seqscan = on")?;
    if found_reach == 0 {
        tracing::warn!(partition, "the HNSW index misses too much: all vectors are compared");
    }
    Ok(found_reach)
}

/// Points between two looks each, which nobody stored.
fn questions(connection: &Connection, dimensions: usize) -> Result<Vec<HalfVector>, Error> {
    let bytes = i32::try_from(dimensions * size_of::<f32>()).unwrap_or(i32::MAX);
    let rows = connection.query(
        "SELECT substring(exact FROM 1 FOR $2) FROM looks ORDER BY md5(key::text) LIMIT $1",
        &[&(QUESTIONS * 2), &bytes],
    )?;
    let vectors: Vec<Vec<f32>> = rows.iter().map(|row| from_bytes(row.get(0)).collect()).collect();
    Ok(vectors
        .chunks_exact(2)
        .map(|pair| {
            let middle: Vec<f32> =
                pair[0].iter().zip(&pair[1]).map(|(one, other)| one + other * 0.5).collect();
            HalfVector::new(&middle)
        })
        .collect())
}
