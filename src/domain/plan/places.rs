//! Where traces are, by one of their fingerprints.

use super::fingerprint::{Fingerprint, ShortFingerprint};

/// Items that share the first bits of their keys, on average. Less takes memory, more takes time.
const ITEMS_PER_BUCKET: usize = 4;

/// What traces are found by. Keys are as good as random, so their first bits spread them evenly.
pub trait Key: Ord + Copy + Default {
    /// The first bits, in the order of the keys.
    fn first_bits(self) -> u64;
}

impl Key for Fingerprint {
    fn first_bits(self) -> u64 {
        self.high()
    }
}

impl Key for ShortFingerprint {
    fn first_bits(self) -> u64 {
        self.bits()
    }
}

/// The places of traces in the order of one of their fingerprints, some five bytes each. One is found at
/// once; where many share a fingerprint, still in the logarithm of their number. (A hash table would be slow
/// for a file whose rows all have one address.)
#[derive(Debug)]
pub struct Places<'a, T, K> {
    items: &'a [T],
    key: fn(&T) -> K,
    order: Vec<u32>,
    /// Where each bucket starts in `order`; last, where it ends.
    starts: Vec<u32>,
    bucket_bits: u32,
}

impl<'a, T, K: Key> Places<'a, T, K> {
    /// Of all items that have a key other than none.
    pub fn of(items: &'a [T], key: fn(&T) -> K) -> Self {
        Self::of_those(items, key, |_| true)
    }

    /// Of the items that have a key other than none and of which `whether` says so.
    pub fn of_those(items: &'a [T], key: fn(&T) -> K, whether: impl Fn(u32) -> bool) -> Self {
        let has_key = |place: &u32| key(&items[*place as usize]) != K::default();
        let all = 0..items.len() as u32;
        let chosen: Vec<u32> = all.filter(|place| has_key(place) && whether(*place)).collect();
        let bucket_bits = (chosen.len() / ITEMS_PER_BUCKET).max(1).ilog2();
        let (order, starts) = (vec![0; chosen.len()], vec![0; (1 << bucket_bits) + 1]);
        let mut places = Self { items, key, order, starts, bucket_bits };
        places.put(&chosen);
        places
    }

    /// Counts how many each bucket gets, hands them out, and sorts what is in each.
    fn put(&mut self, chosen: &[u32]) {
        for place in chosen {
            let bucket = self.bucket(self.key_at(*place));
            self.starts[bucket + 1] += 1;
        }
        for bucket in 1..self.starts.len() {
            self.starts[bucket] += self.starts[bucket - 1];
        }
        let mut next = self.starts.clone();
        for place in chosen {
            let bucket = self.bucket(self.key_at(*place));
            self.order[next[bucket] as usize] = *place;
            next[bucket] += 1;
        }
        let (items, key) = (self.items, self.key);
        for bounds in self.starts.windows(2) {
            let bucket = &mut self.order[bounds[0] as usize..bounds[1] as usize];
            bucket.sort_unstable_by_key(|place| (key(&items[*place as usize]), *place));
        }
    }

    fn bucket(&self, key: K) -> usize {
        // Not shifted at once, as there may be no bits to keep.
        (key.first_bits() >> 1 >> (63 - self.bucket_bits)) as usize
    }

    fn key_at(&self, place: u32) -> K {
        (self.key)(&self.items[place as usize])
    }

    /// What is in the bucket of `key` from that key on.
    fn from(&self, key: K) -> &[u32] {
        let bucket = self.bucket(key);
        let bucket = &self.order[self.starts[bucket] as usize..self.starts[bucket + 1] as usize];
        &bucket[bucket.partition_point(|place| self.key_at(*place) < key)..]
    }

    /// The places that have `key`, in order; none for no key.
    pub fn find(&self, key: K) -> &[u32] {
        if key == K::default() {
            return &[];
        }
        let from = self.from(key);
        &from[..from.partition_point(|place| self.key_at(*place) == key)]
    }

    /// The first place that has `key`.
    pub fn find_one(&self, key: K) -> Option<u32> {
        if key == K::default() {
            return None;
        }
        self.from(key).first().copied().filter(|place| self.key_at(*place) == key)
    }

    /// Each run of places that share a key and are at least two, in order.
    pub fn shared(&self) -> impl Iterator<Item = &[u32]> {
        self.order.chunk_by(|one, other| self.key_at(*one) == self.key_at(*other)).filter(|run| run.len() > 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::fingerprint::Fingerprinter;

    fn check(keys: &[Fingerprint]) {
        let places = Places::of(keys, |key| *key);
        let odd = Places::of_those(keys, |key| *key, |place| place % 2 == 1);
        for key in keys.iter().filter(|key| key.is_some()) {
            let same = (0..keys.len() as u32).filter(|place| keys[*place as usize] == *key);
            let same: Vec<u32> = same.collect();
            assert_eq!(places.find(*key), same);
            assert_eq!(places.find_one(*key), same.first().copied());
            let same: Vec<u32> = same.into_iter().filter(|place| place % 2 == 1).collect();
            assert_eq!(odd.find(*key), same);
            assert_eq!(odd.find_one(*key), same.first().copied());
        }
        assert_eq!((places.find(Fingerprint::NONE), places.find_one(Fingerprint::NONE)), (&[][..], None));
        let runs: Vec<&[u32]> = places.shared().collect();
        assert!(runs.iter().all(|run| run.len() > 1 && *run == places.find(keys[run[0] as usize])));
    }

    #[test]
    fn all_that_share_a_key_are_found_in_order() {
        let prints = Fingerprinter::new(3);
        for (count, distinct) in [(0_u32, 1_u32), (1, 1), (2, 1), (7, 7), (300, 1), (300, 20), (300, 250)] {
            let keys: Vec<_> = (0..count).map(|number| prints.of(&(number % distinct).to_string())).collect();
            check(&keys);
            let with_none = |key: &Fingerprint| [*key, Fingerprint::NONE];
            check(&keys.iter().flat_map(with_none).collect::<Vec<_>>());
            assert!(Places::of(&keys, |key| *key).find(prints.of("nobody")).is_empty());
        }
    }
}
