//! From bytes to text, strictly: what an encoding does not have is never replaced.

use encoding_rs::{DecoderResult, Encoding, UTF_8};

/// Bytes decoded at once: a piece stays in the processor's cache while it is checked and split.
const PIECE_BYTES: usize = 32 * 1024;

/// A stretch of text, and what ends it.
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    /// Where, in the file, the bytes begin that follow the text and are not in the encoding.
    pub(super) bad_at: Option<u64>,
}

/// Turns the bytes of one file into text.
pub(super) struct Decoder {
    form: Form,
    /// Bytes of the byte-order mark that are still to come.
    bom_left: usize,
    /// Bytes taken so far.
    taken: u64,
}

enum Form {
    /// Checked where it stands, without a copy; `open` bytes of a character that a cut went through.
    Utf8 { open: [u8; 4], open_bytes: usize },
    /// Decoded into `text`.
    Other { decoder: Box<encoding_rs::Decoder>, text: String },
}

impl Decoder {
    pub(super) fn new(encoding: &'static Encoding, bom_bytes: u8) -> Self {
        let form = if encoding == UTF_8 {
            Form::Utf8 { open: [0; 4], open_bytes: 0 }
        } else {
            let decoder = Box::new(encoding.new_decoder_without_bom_handling());
            Form::Other { decoder, text: String::with_capacity(PIECE_BYTES) }
        };
        Self { form, bom_left: bom_bytes.into(), taken: 0 }
    }

    /// The next text of `bytes`, which it is taken off. Call it until `bytes` is empty.
    pub(super) fn decode<'a, 'b: 'a>(&'a mut self, bytes: &mut &'b [u8]) -> Piece<'a> {
        let bom = self.bom_left.min(bytes.len());
        self.bom_left -= bom;
        self.taken += bom as u64;
        *bytes = &bytes[bom..];
        match &mut self.form {
            Form::Utf8 { open, open_bytes } => {
                if *open_bytes > 0 {
                    return close(open, open_bytes, bytes, &mut self.taken);
                }
                let (piece, later) = bytes.split_at(bytes.len().min(PIECE_BYTES));
                let (whole, cut) = piece.split_at(piece.len() - open_tail(piece));
                let start = self.taken;
                // What is cut off waits in `bytes`, or in `open` when that is all there is.
                let read = if later.is_empty() { piece.len() } else { whole.len() };
                if later.is_empty() {
                    open[..cut.len()].copy_from_slice(cut);
                    *open_bytes = cut.len();
                }
                *bytes = &bytes[read..];
                self.taken += read as u64;
                check(whole, start)
            }
            Form::Other { decoder, text } => {
                text.clear();
                let piece = &bytes[..bytes.len().min(PIECE_BYTES)];
                let (result, read) = decoder.decode_to_string_without_replacement(piece, text, false);
                *bytes = &bytes[read..];
                self.taken += read as u64;
                Piece { text, bad_at: bad_at(result, self.taken) }
            }
        }
    }

    /// What is left at the end of the file.
    pub(super) fn finish(&mut self) -> Piece<'_> {
        match &mut self.form {
            Form::Utf8 { open_bytes, .. } => {
                let bad_at = (*open_bytes > 0).then(|| self.taken - *open_bytes as u64);
                Piece { text: "", bad_at }
            }
            Form::Other { decoder, text } => {
                text.clear();
                let (result, _) = decoder.decode_to_string_without_replacement(&[], text, true);
                Piece { text, bad_at: bad_at(result, self.taken) }
            }
        }
    }
}

fn bad_at(result: DecoderResult, taken: u64) -> Option<u64> {
    match result {
        DecoderResult::Malformed(bad, after) => Some(taken - u64::from(bad) - u64::from(after)),
        DecoderResult::InputEmpty | DecoderResult::OutputFull => None,
    }
}

/// The text of `bytes`, up to the first that are not UTF-8.
fn check(bytes: &[u8], start: u64) -> Piece<'_> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Piece { text, bad_at: None },
        Err(error) => {
            let valid = error.valid_up_to();
            let text = std::str::from_utf8(&bytes[..valid]).unwrap_or_default();
            Piece { text, bad_at: Some(start + valid as u64) }
        }
    }
}

/// Completes the character that a cut went through.
fn close<'a>(open: &'a mut [u8; 4], open_bytes: &mut usize, bytes: &mut &[u8], taken: &mut u64) -> Piece<'a> {
    let start = *taken - *open_bytes as u64;
    while let Some((&next, later)) = bytes.split_first() {
        open[*open_bytes] = next;
        *open_bytes += 1;
        *taken += 1;
        *bytes = later;
        match std::str::from_utf8(&open[..*open_bytes]) {
            Err(error) if error.error_len().is_none() => {}
            _ => return check(&open[..std::mem::take(open_bytes)], start),
        }
    }
    Piece { text: "", bad_at: None }
}

/// How many of the last bytes begin a character that goes on after them.
fn open_tail(bytes: &[u8]) -> usize {
    for (back, &byte) in (1..=3).zip(bytes.iter().rev()) {
        let character_bytes = match byte {
            0x80..=0xBF => continue,
            0xC0..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xFF => 4,
            _ => 0,
        };
        return if character_bytes > back { back } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text and the first bad byte, when the file comes in pieces of `size`.
    fn decoded(
        encoding: &'static Encoding,
        bom_bytes: u8,
        file: &[u8],
        size: usize,
    ) -> (String, Option<u64>) {
        let mut decoder = Decoder::new(encoding, bom_bytes);
        let mut all = String::new();
        for mut bytes in file.chunks(size) {
            while !bytes.is_empty() {
                let piece = decoder.decode(&mut bytes);
                all.push_str(piece.text);
                if piece.bad_at.is_some() {
                    return (all, piece.bad_at);
                }
            }
        }
        let piece = decoder.finish();
        all.push_str(piece.text);
        (all, piece.bad_at)
    }

    #[test]
    fn characters_survive_any_cut() {
        let text = "aé€😀\u{FEFF}z";
        for size in 1..=text.len() {
            assert_eq!(decoded(UTF_8, 0, text.as_bytes(), size), (text.to_owned(), None));
        }
        let long = "€".repeat(PIECE_BYTES);
        assert_eq!(decoded(UTF_8, 0, long.as_bytes(), usize::MAX), (long.clone(), None));
    }

    #[test]
    fn bad_bytes_are_found_where_they_begin() {
        for (file, at) in [
            (&b"abc\xC0\x80d"[..], 3),
            (b"ab\xED\xA0\x80d", 2),
            (b"a\xE2\x82", 1),
            (b"a\xE2\x82,b", 1),
            (b"\xF8abc", 0),
            (b"ab\xFF", 2),
            (b"Bj\xF6rn,Lindqvist", 2),
        ] {
            for size in 1..=file.len() {
                let (text, bad_at) = decoded(UTF_8, 0, file, size);
                assert_eq!((text.len() as u64, bad_at), (at, Some(at)), "{file:?} by {size}");
            }
        }
    }

    #[test]
    fn utf_16_is_read_strictly() {
        let file: Vec<u8> = "\u{FEFF}a😀é".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for size in 1..=file.len() {
            assert_eq!(decoded(encoding_rs::UTF_16LE, 2, &file, size), ("a😀é".to_owned(), None));
            let lone = [&file[..6], b"a\0"].concat();
            assert_eq!(decoded(encoding_rs::UTF_16LE, 2, &lone, size).1, Some(4));
            let odd = &file[..file.len() - 1];
            assert_eq!(decoded(encoding_rs::UTF_16LE, 2, odd, size).1, Some(8));
        }
    }

    #[test]
    fn a_named_encoding_is_taken_at_its_word() {
        let windows = decoded(encoding_rs::WINDOWS_1252, 0, b"Bj\xF6rn \x80", 3);
        assert_eq!(windows, ("Björn €".to_owned(), None));
        assert_eq!(decoded(encoding_rs::SHIFT_JIS, 0, b"a\x83\xFFb", 1).1, Some(1));
    }
}
