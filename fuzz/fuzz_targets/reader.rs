//! Any bytes, declared as anything, in any pieces: see `oracle.rs` for what has to hold.

#![no_main]

#[path = "../oracle.rs"]
mod oracle;

libfuzzer_sys::fuzz_target!(|input: &[u8]| oracle::Case::of(input).check());
