//! Numbers that look random and are the same everywhere.

/// Splitmix64 (Steele, Lea and Flood 2014). Written out here because a roster has to stay the same for
/// years, and no crate promises that for its generators.
#[derive(Debug, Clone)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The numbers of one member, or of any other purpose that has a number of its own.
    ///
    /// The seed and the number are mixed first: splitmix64 steps by a constant, so that neighbouring
    /// states would give the same numbers one place apart.
    #[must_use]
    pub fn new(seed: u64, number: u64) -> Self {
        Self { state: mix(mix(seed).wrapping_add(number)) }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.state)
    }

    /// A number from 0 up to and without `bound`; 0 for a bound of 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        // The high half of a product: no division, and a bias far below what anybody could see here.
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// Whether an event of so many per cent happens.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A place in a list.
    pub fn place(&mut self, len: usize) -> usize {
        self.below(len as u64) as usize
    }

    /// Another place in a list than this one. The list has two entries at least.
    pub fn other_place(&mut self, place: usize, len: usize) -> usize {
        (place + 1 + self.place(len.saturating_sub(1))) % len
    }
}

/// The finalizer of splitmix64: each bit of the input changes about half of the output.
fn mix(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_splitmix64() {
        // The published reference values for the state 0.
        let mut random = Random { state: 0 };
        assert_eq!(random.bits(), 0xE220_A839_7B1D_CDAF);
        assert_eq!(random.bits(), 0x6E78_9E6A_A1B9_65F4);
        assert_eq!(random.bits(), 0x06C4_5D18_8009_454F);
    }

    #[test]
    fn numbers_stay_below_their_bound() {
        let mut random = Random::new(1, 2);
        assert!((0..1_000).all(|_| random.below(7) < 7));
        assert_eq!(random.below(0), 0);
        assert_eq!(random.below(1), 0);
    }

    #[test]
    fn another_place_is_another_place() {
        let mut random = Random::new(1, 2);
        for place in 0..5 {
            assert!((0..100).map(|_| random.other_place(place, 5)).all(|other| other != place && other < 5));
        }
    }

    #[test]
    fn neighbours_have_nothing_in_common() {
        let (mut one, mut two) = (Random::new(1, 1), Random::new(1, 2));
        one.bits();
        assert_ne!(one.bits(), two.bits());
    }
}
