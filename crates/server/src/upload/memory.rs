//! The memory of all bodies that are being read or wait for a worker, bounded together.
//!
//! Each body has its limit, but as many as there are connections would be gigabytes, and a bound on their
//! number would let clients who never send theirs keep all others out. So bodies reserve what they really
//! take, as they grow, and give it back when their picture is decoded. Most pictures are small.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lorgnon_imaging::Limits;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Kind;
use crate::error::{ApiError, ApiResult};

/// What is reserved at once.
const UNIT_BYTES: usize = 64 << 10;
/// What all bodies together may take, if the largest that is allowed fits in twice.
const TOTAL_BYTES: usize = 256 << 20;

/// What all bodies may take.
pub(crate) struct BodyMemory {
    free: Arc<Semaphore>,
    units: AtomicUsize,
}

impl BodyMemory {
    /// Enough for the bodies that these limits allow.
    pub(crate) fn for_limits(limits: &Limits) -> Self {
        let memory = Self { free: Arc::new(Semaphore::new(0)), units: AtomicUsize::new(0) };
        memory.grow_for(limits);
        memory
    }

    /// Grows, where limits became larger; never shrinks.
    pub(crate) fn grow_for(&self, limits: &Limits) {
        let largest = usize::try_from(Kind::Json.max_bytes(limits)).unwrap_or(usize::MAX);
        let units = TOTAL_BYTES.max(largest.saturating_mul(2)).div_ceil(UNIT_BYTES);
        let before = self.units.fetch_max(units, Ordering::Relaxed);
        self.free.add_permits(units.saturating_sub(before));
    }

    /// Nothing yet, for a body that grows.
    pub(crate) fn reserve(&self) -> Reserved {
        Reserved { free: Arc::clone(&self.free), held: None, units: 0 }
    }
}

/// What one body holds; given back when dropped.
pub(crate) struct Reserved {
    free: Arc<Semaphore>,
    held: Option<OwnedSemaphorePermit>,
    units: usize,
}

impl Reserved {
    /// Makes sure of this many bytes in all.
    ///
    /// # Errors
    /// 503 when other bodies hold what would be needed.
    pub(crate) fn grow_to(&mut self, bytes: usize) -> ApiResult<()> {
        let more = bytes.div_ceil(UNIT_BYTES).saturating_sub(self.units);
        if more == 0 {
            return Ok(());
        }
        let asked = u32::try_from(more).map_err(|_| ApiError::body_too_large())?;
        let got = Arc::clone(&self.free).try_acquire_many_owned(asked).map_err(|_| ApiError::overloaded())?;
        self.units += more;
        match &mut self.held {
            Some(held) => held.merge(got),
            None => self.held = Some(got),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_share_what_there_is_and_give_it_back() {
        let memory = BodyMemory::for_limits(&Limits::default());
        let mut first = memory.reserve();
        first.grow_to(1).unwrap();
        first.grow_to(TOTAL_BYTES - UNIT_BYTES).unwrap();
        let mut second = memory.reserve();
        second.grow_to(UNIT_BYTES).unwrap();
        assert_eq!(second.grow_to(UNIT_BYTES + 1), Err(ApiError::overloaded()));
        drop(first);
        second.grow_to(TOTAL_BYTES).unwrap();
    }

    #[test]
    fn the_largest_body_fits_in_twice_whatever_the_limits() {
        let memory = BodyMemory::for_limits(&Limits::default());
        let limits = Limits { max_bytes: 1 << 30, ..Limits::default() };
        memory.grow_for(&limits);
        let largest = usize::try_from(Kind::Json.max_bytes(&limits)).unwrap();
        let (mut first, mut second) = (memory.reserve(), memory.reserve());
        first.grow_to(largest).unwrap();
        second.grow_to(largest - UNIT_BYTES).unwrap();
    }
}
