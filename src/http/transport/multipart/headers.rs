//! Control bytes in the headers of parts, as they come with a file's name, are made harmless before multer
//! reads them: it refuses the request for them. What is in the parts passes as it is.

use bytes::{BufMut, Bytes, BytesMut};

/// What ends the headers of a part.
const HEAD_END: &[u8; 4] = b"\r\n\r\n";
/// A zero-width space: what cleans names drops it.
const REPLACEMENT: &[u8] = "\u{200B}".as_bytes();

/// Looks through a multipart body, chunk by chunk. Its state is where it is, so that cuts make no difference.
pub(super) struct HeaderCleaner {
    /// A line end, two hyphens and the boundary. It has a CR at its beginning alone, so that a search that
    /// fails begins anew with the byte at hand.
    delimiter: Vec<u8>,
    place: Place,
}

#[derive(Clone, Copy)]
enum Place {
    /// Before the first part, or in the headers of one; so many bytes of their end have been seen.
    Head(usize),
    /// In the content; so many bytes of the delimiter have been seen.
    Content(usize),
}

impl HeaderCleaner {
    pub fn new(boundary: &str) -> Self {
        Self { delimiter: format!("\r\n--{boundary}").into_bytes(), place: Place::Head(0) }
    }

    /// The chunk without control bytes in headers. Without any it is not copied.
    pub fn clean(&mut self, chunk: Bytes) -> Bytes {
        let mut cleaned = BytesMut::new();
        // `chunk[from..at]` has been looked at and is not in `cleaned`.
        let (mut from, mut at) = (0, 0);
        while let Some(&byte) = chunk.get(at) {
            match self.place {
                Place::Content(0) if byte != b'\r' => {
                    at = memchr::memchr(b'\r', &chunk[at..]).map_or(chunk.len(), |found| at + found);
                    continue;
                }
                Place::Content(seen) => {
                    let seen = matched(&self.delimiter, seen, byte);
                    let is_end = seen == self.delimiter.len();
                    self.place = if is_end { Place::Head(0) } else { Place::Content(seen) };
                }
                Place::Head(seen) => {
                    if is_control(byte) {
                        cleaned.put_slice(&chunk[from..at]);
                        cleaned.put_slice(REPLACEMENT);
                        from = at + 1;
                    }
                    let seen = matched(HEAD_END, seen, byte);
                    self.place = if seen == HEAD_END.len() { Place::Content(0) } else { Place::Head(seen) };
                }
            }
            at += 1;
        }
        if from == 0 {
            return chunk;
        }
        cleaned.put_slice(&chunk[from..]);
        cleaned.freeze()
    }
}

/// How much of `text` has been seen after one more byte.
fn matched(text: &[u8], seen: usize, byte: u8) -> usize {
    if byte == text[seen] { seen + 1 } else { usize::from(byte == text[0]) }
}

fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() && !matches!(byte, b'\r' | b'\n' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
        let mut cleaner = HeaderCleaner::new("--cut");
        chunks.into_iter().flat_map(|chunk| cleaner.clean(Bytes::copy_from_slice(chunk))).collect()
    }

    /// Controls in headers are `*` here.
    fn check(with_marks: &str, control: &str) {
        let body = with_marks.replace('*', control);
        let expected = with_marks.replace('*', "\u{200B}");
        let body = body.as_bytes();
        assert_eq!(String::from_utf8(cleaned([body])).unwrap(), expected);
        for cut in 0..=body.len() {
            assert_eq!(cleaned([&body[..cut], &body[cut..]]), expected.as_bytes(), "cut at {cut}");
        }
        assert_eq!(cleaned(body.chunks(1)), expected.as_bytes(), "byte by byte");
    }

    #[test]
    fn controls_are_replaced_in_headers_alone() {
        for control in ["\0", "\x07", "\x1B", "\x1F", "\x7F"] {
            check(
                "----cut\r\nname=\"a*\tb\"\r\nx: *\r\n\r\ncontent \0\x07\x1B\r\n----cu\r\r\n----cu\0\r\n----cut\r\n\
                 y: **é\r\r\n\r\r\n\r\n\x07\r\n\r\n\x7F----cut\x07\r\n----cut--\r\n",
                control,
            );
        }
    }

    #[test]
    fn content_that_looks_like_a_delimiter_stays_as_it_is() {
        check(
            "----cut\r\nx: y\r\n\r\n----cut\x07\n----cut\x07\r\r\n--\x07\r\n\r\n----cut\r\n*\r\n\r\n\x07",
            "\x1B",
        );
    }

    #[test]
    fn what_needs_no_cleaning_is_not_copied() {
        let chunk = Bytes::from_static(b"----cut\r\nx: y\r\n\r\n\x07\r\n----cut--");
        let mut cleaner = HeaderCleaner::new("--cut");
        assert_eq!(cleaner.clean(chunk.clone()).as_ptr(), chunk.as_ptr());
    }
}
