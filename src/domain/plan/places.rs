//! Where traces are, by one of their fingerprints.

use std::sync::Arc;

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

/// The places of traces in the order of one of their fingerprints, some nine bytes each. One is found at
/// once; where many share a fingerprint, still in the logarithm of their number. (A hash table would be slow
/// for a file whose rows all have one address.)
#[derive(Debug)]
pub struct Places<T, K> {
    items: Arc<Vec<T>>,
    key: fn(&T) -> K,
    /// In the order of the buckets, and in each in the order of the tags, then of the keys, then of the places.
    order: Vec<Entry>,
    /// Where each bucket starts in `order`; last, where it ends.
    starts: Vec<u32>,
    bucket_bits: u32,
}

/// A place, and those bits of its key that follow the bucket's: they tell nearly all keys apart without a look at the items,
/// which are far away.
#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    tag: u32,
    place: u32,
}

impl<T, K: Key> Places<T, K> {
    /// Of all items that have a key other than none.
    pub fn of(items: &Arc<Vec<T>>, key: fn(&T) -> K) -> Self {
        Self::of_those(items, key, |_, _| true)
    }

    /// Of the items that have a key other than none and of which `whether` says so.
    pub fn of_those(items: &Arc<Vec<T>>, key: fn(&T) -> K, whether: impl Fn(u32, &T) -> bool) -> Self {
        let is_chosen = |(place, item): &(u32, &T)| key(item) != K::default() && whether(*place, item);
        let count = (0..).zip(items.iter()).filter(is_chosen).count();
        let bucket_bits = (count / ITEMS_PER_BUCKET).max(1).ilog2();
        let (order, starts) = (vec![Entry::default(); count], vec![0; (1 << bucket_bits) + 1]);
        let mut places = Self { items: items.clone(), key, order, starts, bucket_bits };
        places.put(is_chosen);
        places
    }

    /// Counts how many each bucket gets, hands them out, and sorts what is in each.
    fn put(&mut self, is_chosen: impl Fn(&(u32, &T)) -> bool) {
        let (items, key) = (self.items.clone(), self.key);
        for (_, item) in (0..).zip(items.iter()).filter(&is_chosen) {
            let bucket = self.bucket(key(item));
            self.starts[bucket + 1] += 1;
        }
        for bucket in 1..self.starts.len() {
            self.starts[bucket] += self.starts[bucket - 1];
        }
        let mut next = self.starts.clone();
        for (place, item) in (0..).zip(items.iter()).filter(&is_chosen) {
            let key = key(item);
            let bucket = self.bucket(key);
            self.order[next[bucket] as usize] = Entry { tag: self.tag(key), place };
            next[bucket] += 1;
        }
        let full = |entry: &Entry| (key(&items[entry.place as usize]), entry.place);
        for bounds in self.starts.windows(2) {
            let bucket = &mut self.order[bounds[0] as usize..bounds[1] as usize];
            bucket.sort_unstable_by(|one, other| {
                one.tag.cmp(&other.tag).then_with(|| full(one).cmp(&full(other)))
            });
        }
    }

    fn bucket(&self, key: K) -> usize {
        // Not shifted at once, as there may be no bits to keep.
        (key.first_bits() >> 1 >> (63 - self.bucket_bits)) as usize
    }

    fn tag(&self, key: K) -> u32 {
        (key.first_bits() << self.bucket_bits >> 32) as u32
    }

    fn key_at(&self, entry: &Entry) -> K {
        (self.key)(&self.items[entry.place as usize])
    }

    /// What is in the bucket of `key` from that key on.
    fn from(&self, key: K) -> &[Entry] {
        let (bucket, tag) = (self.bucket(key), self.tag(key));
        let bucket = &self.order[self.starts[bucket] as usize..self.starts[bucket + 1] as usize];
        let is_before = |entry: &Entry| entry.tag < tag || entry.tag == tag && self.key_at(entry) < key;
        &bucket[bucket.partition_point(is_before)..]
    }

    /// The places that have `key`, in order; none for no key.
    pub fn find(&self, key: K) -> impl Iterator<Item = u32> {
        let from = if key == K::default() { &[] } else { self.from(key) };
        let tag = self.tag(key);
        let is_same = |entry: &Entry| entry.tag == tag && self.key_at(entry) == key;
        from[..from.partition_point(is_same)].iter().map(|entry| entry.place)
    }

    /// The first place that has `key`.
    pub fn find_one(&self, key: K) -> Option<u32> {
        if key == K::default() {
            return None;
        }
        let tag = self.tag(key);
        let first = self.from(key).first()?;
        (first.tag == tag && self.key_at(first) == key).then_some(first.place)
    }

    /// Each run of places that share a key and are at least two, in order.
    pub fn shared(&self) -> impl Iterator<Item = Vec<u32>> {
        let is_same =
            |one: &Entry, other: &Entry| one.tag == other.tag && self.key_at(one) == self.key_at(other);
        let runs = self.order.chunk_by(is_same).filter(|run| run.len() > 1);
        runs.map(|run| run.iter().map(|entry| entry.place).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::fingerprint::Fingerprinter;

    fn check(keys: Vec<Fingerprint>) {
        let keys = &Arc::new(keys);
        let places = Places::of(keys, |key| *key);
        let odd = Places::of_those(keys, |key| *key, |place, _| place % 2 == 1);
        for key in keys.iter().filter(|key| key.is_some()) {
            let same = (0..keys.len() as u32).filter(|place| keys[*place as usize] == *key);
            let same: Vec<u32> = same.collect();
            assert_eq!(places.find(*key).collect::<Vec<_>>(), same);
            assert_eq!(places.find_one(*key), same.first().copied());
            let same: Vec<u32> = same.into_iter().filter(|place| place % 2 == 1).collect();
            assert_eq!(odd.find(*key).collect::<Vec<_>>(), same);
            assert_eq!(odd.find_one(*key), same.first().copied());
        }
        assert_eq!((places.find(Fingerprint::NONE).count(), places.find_one(Fingerprint::NONE)), (0, None));
        for run in places.shared() {
            assert!(run.len() > 1 && places.find(keys[run[0] as usize]).eq(run));
        }
    }

    #[test]
    fn all_that_share_a_key_are_found_in_order() {
        let prints = Fingerprinter::new(3);
        for (count, distinct) in [(0_u32, 1_u32), (1, 1), (2, 1), (7, 7), (300, 1), (300, 20), (300, 250)] {
            let keys: Vec<_> = (0..count).map(|number| prints.of(&(number % distinct).to_string())).collect();
            check(keys.clone());
            let with_none = |key: &Fingerprint| [*key, Fingerprint::NONE];
            check(keys.iter().flat_map(with_none).collect());
            assert_eq!(Places::of(&Arc::new(keys), |key| *key).find(prints.of("nobody")).count(), 0);
        }
    }
}
