//! Vectors as PostgreSQL takes them.

use std::error::Error;

use bytes::{BufMut, BytesMut};
use half::f16;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

/// A vector of length 1 in half precision, for `halfvec` columns and parameters; only its direction
/// counts, and no number of it can be too large. A vector of zeros stays one.
#[derive(Debug)]
pub(super) struct HalfVector(Vec<f16>);

impl HalfVector {
    pub(super) fn new(vector: &[f32]) -> Self {
        let length = length(vector);
        let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
        Self(vector.iter().map(|value| f16::from_f64(f64::from(*value) * scale)).collect())
    }
}

impl ToSql for HalfVector {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.put_u16(u16::try_from(self.0.len())?);
        out.put_u16(0);
        for value in &self.0 {
            out.put_u16(value.to_bits());
        }
        Ok(IsNull::No)
    }

    fn accepts(kind: &Type) -> bool {
        // `COPY` is told the type of each column; ours has no number that is the same on every server.
        kind.name() == "halfvec" || *kind == Type::UNKNOWN
    }

    to_sql_checked!();
}

/// The length of a vector.
fn length(vector: &[f32]) -> f64 {
    vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt()
}

/// The numbers of a vector as they are stored.
pub(super) fn to_bytes<'a>(vectors: impl Iterator<Item = &'a [f32]>) -> Vec<u8> {
    vectors.flatten().flat_map(|value| value.to_le_bytes()).collect()
}

/// The numbers that bytes hold.
pub(super) fn from_bytes(bytes: &[u8]) -> impl Iterator<Item = f32> {
    bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_direction_is_kept() {
        let (small, large) = (HalfVector::new(&[3e-20, 4e-20]), HalfVector::new(&[3e30, 4e30]));
        assert_eq!(small.0, large.0);
        assert!((small.0[1].to_f32() - 0.8).abs() < 1e-3);
        assert_eq!(HalfVector::new(&[0.0, 0.0]).0, [f16::ZERO; 2]);
    }

    #[test]
    fn numbers_come_back_to_the_bit() {
        let vectors = [vec![1.5, -0.0, f32::MIN_POSITIVE / 2.0], vec![f32::MAX]];
        let bytes = to_bytes(vectors.iter().map(Vec::as_slice));
        let back: Vec<u32> = from_bytes(&bytes).map(f32::to_bits).collect();
        assert_eq!(back, vectors.concat().iter().map(|value| value.to_bits()).collect::<Vec<_>>());
    }
}
