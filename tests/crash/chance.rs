//! Numbers by chance, the same ones for the same seed.

/// The seed; printed, so that a run can be had again.
const SEED: &str = "MUSTER_TEST_SEED";

/// SplitMix64.
pub struct Chance(u64);

impl Chance {
    /// From the environment, or else another one each time.
    pub fn new(test: &str) -> Self {
        let seed = match std::env::var(SEED) {
            Ok(seed) => seed.parse().unwrap(),
            Err(_) => {
                u64::from(std::process::id()) << 32 | u64::from(test.as_bytes()[0]) << 8 | test.len() as u64
            }
        };
        println!("{test}: {SEED}={seed}");
        Self(seed)
    }

    /// One that goes its own way from here.
    pub fn fork(&mut self) -> Self {
        Self(self.next())
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    pub fn one_in(&mut self, bound: u64) -> bool {
        self.below(bound) == 0
    }
}

/// A number from the environment.
pub fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |number| number.parse().unwrap())
}
