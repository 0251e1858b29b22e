//! Nearest looks: candidates by half precision, the answer by the exact vectors.
//!
//! Below the size where an HNSW index pays, and for questions it does not serve, every look that
//! passes the filter is compared, and the answer is proven to be the exact one: rounding to half
//! precision moves a cosine by less than [`ROUNDING`], so once the last candidate is further away
//! than that, nothing better was left out. With an HNSW index the candidates are its best, several times
//! as many as asked for.

use lorgnon_look::{Gender, Slot};
use tokio_postgres::types::ToSql;

use super::half::{HalfVector, to_bytes};
use super::reader::{PostgresReader, text};
use crate::embedded::kernels::exact_dot;
use crate::{Filter, Match, StoreError};

/// Above how many answers an HNSW index is not asked: it would have to return most of itself.
const INDEXED_COUNT_MAX: usize = 200;
/// What rounding both vectors to 11 bits can change in a cosine, with room to spare.
const ROUNDING: f32 = 1.5e-3;
/// Candidates beyond those asked for.
const MARGIN: usize = 32;

/// As [`crate::Reader::search`].
pub(super) fn search(
    reader: &PostgresReader,
    vector: &[f32],
    slot: Option<Slot>,
    count: usize,
    filter: &Filter,
) -> Result<Vec<Match>, StoreError> {
    let state = reader.state();
    if !vector.iter().all(|value| value.is_finite()) {
        return Err(StoreError::NotFinite);
    }
    if state.looks == 0 || state.dimensions == 0 {
        return Ok(Vec::new());
    }
    if vector.len() != state.dimensions {
        return Err(StoreError::Dimensions { got: vector.len(), expected: state.dimensions });
    }
    if count == 0 {
        return Ok(Vec::new());
    }
    let count = count.min(usize::try_from(state.looks).unwrap_or(usize::MAX));
    let length = exact_dot(&to_bytes(std::iter::once(vector)), vector).1.sqrt();
    let question = Question { reader, vector, length, half: HalfVector::new(vector), slot, filter };
    if length <= 0.0 {
        return question.first_by_id(count);
    }
    if state.reach > 0 && count <= INDEXED_COUNT_MAX {
        let wanted = count * 4 + MARGIN;
        let mut candidates = question.candidates(wanted, true)?;
        // Fewer than wanted: the filter leaves few, or the index gave up looking for them. And what
        // is no more similar than zero may stand behind a vector of zeros, which the index has not.
        if candidates.len() == wanted {
            rank(&mut candidates, count);
            if candidates.last().is_some_and(|last| last.found.similarity > 0.0) {
                return Ok(found(candidates));
            }
        }
    }
    question.exact(count)
}

struct Question<'a> {
    reader: &'a PostgresReader,
    vector: &'a [f32],
    length: f32,
    half: HalfVector,
    slot: Option<Slot>,
    filter: &'a Filter,
}

/// A look with its exact similarity and the one in half precision.
struct Candidate {
    found: Match,
    half: f32,
}

impl Question<'_> {
    fn exact(&self, count: usize) -> Result<Vec<Match>, StoreError> {
        let all = usize::try_from(self.reader.state().looks).unwrap_or(usize::MAX);
        let mut wanted = count.saturating_add(MARGIN).min(all);
        loop {
            let mut candidates = self.candidates(wanted, false)?;
            let is_all = candidates.len() < wanted || wanted == all;
            let furthest = candidates.iter().map(|candidate| candidate.half).fold(1.0, f32::min);
            rank(&mut candidates, count);
            let proven = candidates.last().is_some_and(|last| last.found.similarity > furthest + ROUNDING);
            if is_all || proven {
                return Ok(found(candidates));
            }
            wanted = wanted.saturating_mul(4).min(all);
        }
    }

    /// The nearest in half precision, with their exact similarities, in no order.
    fn candidates(&self, wanted: usize, by_index: bool) -> Result<Vec<Candidate>, StoreError> {
        let state = self.reader.state();
        let dimensions = state.dimensions;
        let place = self.slot.map_or(0, |slot| slot.index() + 1);
        let table = format!("{}_{place}", state.vectors());
        let first_byte = i32::try_from(place * dimensions * 4 + 1).unwrap_or(i32::MAX);
        let bytes = i32::try_from(dimensions * 4).unwrap_or(i32::MAX);
        let wanted = i64::try_from(wanted).unwrap_or(i64::MAX);
        let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&self.half, &wanted, &first_byte, &bytes];
        let filter = FilterSql::new(self.filter);
        let conditions = filter.conditions(&mut parameters);
        // The index is over the vector with its length; without it every row is compared.
        let order = if by_index {
            format!("v.half::halfvec({dimensions}) <=> $1::halfvec")
        } else {
            "distance".to_owned()
        };
        let join = if conditions.is_empty() {
            String::new()
        } else {
            format!(" JOIN looks l ON l.key = v.look{conditions}")
        };
        // The distance from a vector of zeros, which is none, is that of a right angle.
        let sql = format!(
            "SELECT l.id, substring(l.exact FROM $3 FOR $4), c.distance FROM ( \
                 SELECT v.look, coalesce(nullif(v.half <=> $1::halfvec, 'NaN'), 1) AS distance \
                 FROM {table} v{join} ORDER BY {order} LIMIT $2 \
             ) c JOIN looks l ON l.key = c.look"
        );
        let rows = self.reader.query("search", &sql, &parameters)?;
        rows.iter()
            .map(|row| {
                let distance: f64 = row.get(2);
                let similarity = similarity(self.vector, self.length, row.get(1));
                Ok(Candidate {
                    found: Match { id: text(row.get(0))?, similarity },
                    half: (1.0 - distance) as f32,
                })
            })
            .collect()
    }

    /// To a vector of zeros all are equally near.
    fn first_by_id(&self, count: usize) -> Result<Vec<Match>, StoreError> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&count];
        let filter = FilterSql::new(self.filter);
        let conditions = filter.conditions(&mut parameters);
        let sql = format!("SELECT l.id FROM looks l WHERE true{conditions} ORDER BY l.id LIMIT $1");
        let rows = self.reader.query("search", &sql, &parameters)?;
        rows.iter().map(|row| Ok(Match { id: text(row.get(0))?, similarity: 0.0 })).collect()
    }
}

/// The cosine, to the bit as the embedded store has it: answers do not depend on where looks are.
fn similarity(query: &[f32], length_of_query: f32, stored: &[u8]) -> f32 {
    let (dot, square) = exact_dot(stored, query);
    if square > 0.0 { (dot / square.sqrt() / length_of_query).clamp(-1.0, 1.0) } else { 0.0 }
}

/// Leaves the best, in order.
fn rank(candidates: &mut Vec<Candidate>, count: usize) {
    candidates.sort_by(|left, right| {
        let order = right.found.similarity.total_cmp(&left.found.similarity);
        order.then_with(|| left.found.id.cmp(&right.found.id))
    });
    candidates.truncate(count);
}

fn found(candidates: Vec<Candidate>) -> Vec<Match> {
    candidates.into_iter().map(|candidate| candidate.found).collect()
}

/// A filter's values as the table of looks has them.
struct FilterSql {
    class: Option<Vec<u8>>,
    gender: Option<&'static str>,
    items: Option<Vec<String>>,
}

impl FilterSql {
    fn new(filter: &Filter) -> Self {
        Self {
            class: filter.class.as_ref().map(|class| class.as_str().as_bytes().to_vec()),
            gender: filter.gender.map(gender_text),
            items: filter.item.map(|(slot, item)| vec![item_text(slot, item)]),
        }
    }

    /// Conditions that follow others; their values become further parameters.
    fn conditions<'a>(&'a self, parameters: &mut Vec<&'a (dyn ToSql + Sync)>) -> String {
        let mut sql = String::new();
        let mut add = |text: &str, value: &'a (dyn ToSql + Sync)| {
            parameters.push(value);
            sql.push_str(&format!(" AND l.{text} ${}", parameters.len()));
        };
        if let Some(class) = &self.class {
            add("class =", class);
        }
        if let Some(gender) = &self.gender {
            add("gender =", gender);
        }
        if let Some(items) = &self.items {
            add("items @>", items);
        }
        sql
    }
}

/// A sex as the table has it.
pub(super) fn gender_text(gender: Gender) -> &'static str {
    match gender {
        Gender::Male => "m",
        Gender::Female => "f",
    }
}

/// A worn item as the table has it.
pub(super) fn item_text(slot: Slot, item: u64) -> String {
    format!("{slot}:{item}")
}
