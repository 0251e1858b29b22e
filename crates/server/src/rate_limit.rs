//! How much one client may ask for, so that one cannot take everybody's share.
//!
//! The queue bounds what all clients together cost; this bounds what each of them may fill it with.
//! The arithmetic (GCRA) is `governor`'s. Requests that change or recognise something count whole,
//! all others a tenth: a page of looks loads dozens of small pictures.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::client::rate_key;

/// A whole request in the limiter's units.
const WHOLE: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);
/// Addresses remembered before those that are back to their full allowance are forgotten.
const CLIENTS_MAX: usize = 100_000;

/// What each client has left.
pub(crate) struct RateLimit {
    limiter: Option<RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock>>,
    clock: DefaultClock,
}

/// Why a client has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RateError {
    /// It asked too often; it may again after this long.
    TooMany(Duration),
    /// More clients than can be told apart ask at once.
    TooManyClients,
}

impl RateLimit {
    /// So many whole requests a minute and client, all of which may come at once; 0: no limit.
    pub(crate) fn new(requests_per_minute: u32) -> Self {
        let units = NonZeroU32::new(requests_per_minute.saturating_mul(WHOLE.get()));
        let limiter = units.map(|units| RateLimiter::hashmap(Quota::per_minute(units)));
        Self { limiter, clock: DefaultClock::default() }
    }

    /// Takes a request from a client's allowance.
    ///
    /// # Errors
    /// When there is not enough of it left.
    pub(crate) fn take(&self, client: IpAddr, whole: bool) -> Result<(), RateError> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        if limiter.len() >= CLIENTS_MAX {
            limiter.retain_recent();
            limiter.shrink_to_fit();
            if limiter.len() >= CLIENTS_MAX {
                return Err(RateError::TooManyClients);
            }
        }
        let units = if whole { WHOLE } else { NonZeroU32::MIN };
        match limiter.check_key_n(&rate_key(client), units) {
            // The allowance is never smaller than one whole request.
            Ok(Ok(())) | Err(_) => Ok(()),
            Ok(Err(until)) => Err(RateError::TooMany(until.wait_time_from(self.clock.now()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn each_client_has_its_own_allowance() {
        let limit = RateLimit::new(2);
        assert_eq!(limit.take(address(1), true), Ok(()));
        assert_eq!(limit.take(address(1), true), Ok(()));
        let Err(RateError::TooMany(wait)) = limit.take(address(1), true) else { panic!("not limited") };
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(30), "{wait:?}");
        assert_eq!(limit.take(address(2), true), Ok(()));
    }

    #[test]
    fn what_only_reads_counts_a_tenth() {
        let limit = RateLimit::new(1);
        assert!((0..10).all(|_| limit.take(address(1), false).is_ok()));
        assert!(limit.take(address(1), false).is_err());
    }

    #[test]
    fn zero_is_no_limit() {
        let limit = RateLimit::new(0);
        assert!((0..1000).all(|_| limit.take(address(1), true).is_ok()));
    }
}
