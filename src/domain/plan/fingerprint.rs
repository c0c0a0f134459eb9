//! Fingerprints: ids and addresses in a fixed number of bytes.

use std::hash::Hasher;

use siphasher::sip128::{Hasher128, SipHasher13};

/// The fingerprint of a text: equal for equal texts, and different for different ones but for one
/// chance in 2^127. Zero stands for no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// Of no text.
    pub const NONE: Self = Self(0);

    /// Whether there was a text.
    #[must_use]
    pub fn is_some(self) -> bool {
        self != Self::NONE
    }

    /// The first half of its bits.
    pub(super) fn high(self) -> u64 {
        (self.0 >> 64) as u64
    }

    /// Half of its bits, where two among millions need not be told apart: under a secret key they are the same by chance
    /// alone, once in 2^64.
    #[must_use]
    pub fn short(self) -> ShortFingerprint {
        ShortFingerprint((self.0 as u64).max(1))
    }
}

/// The fingerprint of a text in half the bytes. Zero stands for no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ShortFingerprint(u64);

impl ShortFingerprint {
    /// Of no text.
    pub const NONE: Self = Self(0);

    pub(super) fn bits(self) -> u64 {
        self.0
    }
}

/// Makes fingerprints with a key of its own, so that nobody can prepare a file in which two
/// collide.
#[derive(Debug, Clone, Copy)]
pub struct Fingerprinter {
    key: u128,
}

impl Fingerprinter {
    /// With a random key.
    #[must_use]
    pub fn new(key: u128) -> Self {
        Self { key }
    }

    /// Of one text.
    #[must_use]
    pub fn of(&self, text: &str) -> Fingerprint {
        let mut hasher = self.hasher();
        hasher.write(text.as_bytes());
        finish(&hasher)
    }

    /// Of several texts, in order: to be added one by one.
    #[must_use]
    pub fn start(&self) -> Joint {
        Joint(self.hasher())
    }

    fn hasher(&self) -> SipHasher13 {
        SipHasher13::new_with_keys(self.key as u64, (self.key >> 64) as u64)
    }
}

/// The fingerprint of several texts, in order.
pub struct Joint(SipHasher13);

impl Joint {
    /// Adds a text. One that is empty is not one that is missing.
    pub fn add(&mut self, text: Option<&str>) {
        match text {
            Some(text) => {
                self.0.write_u64(text.len() as u64 + 1);
                self.0.write(text.as_bytes());
            }
            None => self.0.write_u64(0),
        }
    }

    /// Adds what a text says that cannot be read. It is never the same as one that can.
    pub fn add_unread(&mut self, text: &str) {
        self.0.write_u64(u64::MAX);
        self.add(Some(text));
    }

    /// Of all that was added.
    #[must_use]
    pub fn end(self) -> Fingerprint {
        finish(&self.0)
    }
}

fn finish(hasher: &SipHasher13) -> Fingerprint {
    let bits = u128::from(hasher.finish128());
    Fingerprint(if bits == 0 { 1 } else { bits })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_between_texts_count() {
        let prints = Fingerprinter::new(7);
        let of = |texts: &[Option<&str>]| {
            let mut joint = prints.start();
            texts.iter().for_each(|text| joint.add(*text));
            joint.end()
        };
        assert_ne!(of(&[Some("ab"), Some("c")]), of(&[Some("a"), Some("bc")]));
        assert_ne!(of(&[Some(""), None]), of(&[None, Some("")]));
        assert_eq!(of(&[Some("a"), None]), of(&[Some("a"), None]));
        let mut unread = prints.start();
        unread.add_unread("a");
        assert_ne!(of(&[Some("a")]), unread.end());
        assert!(prints.of("").is_some());
        assert_ne!(prints.of("a"), Fingerprinter::new(8).of("a"), "another key, another print");
    }
}
