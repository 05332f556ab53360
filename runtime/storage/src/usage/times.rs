/// How long calls took, counted in buckets: each holds what is at most twice as long as the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times(pub [u64; Times::BUCKETS]);

impl Times {
    /// The first ends at 16 µs, the last but one at more than an hour; the last has what is longer.
    pub const BUCKETS: usize = 30;
    const FIRST_END_US: u64 = 16;

    /// The bucket of a duration.
    #[must_use]
    pub fn bucket(us: u64) -> usize {
        let doublings = u64::BITS - (us.saturating_sub(1) / Self::FIRST_END_US).leading_zeros();
        (doublings as usize).min(Self::BUCKETS - 1)
    }

    /// Where a bucket ends, in microseconds.
    fn end(bucket: usize) -> u64 {
        Self::FIRST_END_US << bucket
    }

    /// The duration that `share` of the calls did not pass, read between the ends of its bucket; none without calls.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<u64> {
        let total: u64 = self.0.iter().sum();
        let wanted = share * total as f64;
        let mut before = 0;
        for (bucket, count) in self.0.iter().enumerate() {
            if *count > 0 && (before + count) as f64 >= wanted {
                let from = if bucket == 0 { 0 } else { Self::end(bucket - 1) };
                let within = ((wanted - before as f64) / *count as f64).clamp(0.0, 1.0);
                return Some(from + (within * (Self::end(bucket) - from) as f64) as u64);
            }
            before += count;
        }
        None
    }

    pub fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(sum, count)| *sum += count);
    }
}

impl Default for Times {
    fn default() -> Self {
        Self([0; Self::BUCKETS])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_fall_into_buckets_that_double() {
        for (us, bucket) in
            [(0, 0), (1, 0), (16, 0), (17, 1), (32, 1), (33, 2), (64, 2), (65, 3), (u64::MAX, 29)]
        {
            assert_eq!(Times::bucket(us), bucket, "{us}");
        }
        for bucket in 0..Times::BUCKETS - 1 {
            assert_eq!(Times::bucket(Times::end(bucket)), bucket);
            assert_eq!(Times::bucket(Times::end(bucket) + 1), bucket + 1);
        }
        // More than an hour is told apart from less.
        assert!(Times::end(Times::BUCKETS - 2) > 3_600_000_000);
    }

    #[test]
    fn quantiles_lie_within_the_bucket_they_fall_into() {
        assert_eq!(Times::default().quantile(0.5), None);
        let mut times = Times::default();
        for us in (0..98).map(|_| 1_000).chain([2_000_000, 3_000_000]) {
            times.0[Times::bucket(us)] += 1;
        }
        let p50 = times.quantile(0.5).unwrap();
        assert!((512..=1_024).contains(&p50), "{p50}");
        let p99 = times.quantile(0.99).unwrap();
        assert!((1_048_576..=2_097_152).contains(&p99), "{p99}");
    }
}
