//! What DOS wrote at the end of a text file.

const CTRL_Z: char = '\x1A';

/// How much may be put aside. DOS filled a block; more is no ending.
const ASIDE_BYTES_MAX: usize = 4 * 1024;

/// Puts a Ctrl-Z and the blanks and line ends after it aside, to be dropped if the file ends there.
#[derive(Debug, Default)]
pub(super) struct Ending {
    aside: String,
    /// Too much came, so that this stretch is text like any other.
    too_long: bool,
}

impl Ending {
    /// Hands on what is text for certain, in order: what was put aside before `text`, and `text` less what
    /// may be the ending.
    pub(super) fn feed<E>(
        &mut self,
        mut text: &str,
        sink: &mut impl FnMut(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.too_long || !self.aside.is_empty() {
            let rest = text.trim_start_matches(may_follow);
            self.put_aside(&text[..text.len() - rest.len()], sink)?;
            if rest.is_empty() {
                return Ok(());
            }
            self.release(sink)?;
            text = rest;
        }
        let tail = &text[text.trim_end_matches(may_follow).len()..];
        let Some(begin) = tail.find(CTRL_Z) else { return sink(text) };
        let (text, tail) = text.split_at(text.len() - tail.len() + begin);
        sink(text)?;
        self.put_aside(tail, sink)
    }

    /// The file goes on: what was put aside is text.
    pub(super) fn release<E>(&mut self, sink: &mut impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
        self.too_long = false;
        sink(&std::mem::take(&mut self.aside))
    }

    fn put_aside<E>(&mut self, text: &str, sink: &mut impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
        if self.too_long {
            return sink(text);
        }
        if self.aside.len() + text.len() <= ASIDE_BYTES_MAX {
            self.aside.push_str(text);
            return Ok(());
        }
        self.release(sink)?;
        self.too_long = true;
        sink(text)
    }
}

fn may_follow(c: char) -> bool {
    c == CTRL_Z || c.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of a text that comes in pieces of so many characters.
    fn kept(text: &str, piece_chars: usize) -> String {
        let mut ending = Ending::default();
        let mut kept = String::new();
        let chars: Vec<char> = text.chars().collect();
        for piece in chars.chunks(piece_chars) {
            let piece: String = piece.iter().collect();
            let fed: Result<(), ()> = ending.feed(&piece, &mut |text| {
                kept.push_str(text);
                Ok(())
            });
            fed.unwrap();
        }
        kept
    }

    #[test]
    fn only_the_end_of_the_file_is_dropped() {
        for (text, left) in [
            ("id\n1\n\x1A", "id\n1\n"),
            ("id\n1\x1A\r\n", "id\n1"),
            ("id\n1 \n\x1A\r\n \x1A\u{A0}\x1A", "id\n1 \n"),
            ("id\n1\n", "id\n1\n"),
            ("id\n\x1A\n2\n", "id\n\x1A\n2\n"),
            ("\x1A", ""),
            ("\x1Aid\x1A \x1A1\x1A", "\x1Aid\x1A \x1A1"),
        ] {
            for piece_chars in 1..=text.len() {
                assert_eq!(kept(text, piece_chars), left, "{text:?} by {piece_chars}");
            }
        }
    }

    #[test]
    fn an_ending_is_bounded() {
        let at = format!("id\x1A{}", " ".repeat(ASIDE_BYTES_MAX - 1));
        let over = format!("{at} ");
        for piece_chars in [1, 100, 4_000, usize::MAX] {
            assert_eq!(kept(&at, piece_chars), "id");
            assert_eq!(kept(&over, piece_chars), over);
            assert_eq!(kept(&format!("{over}x\x1A"), piece_chars), format!("{over}x"));
        }
    }
}
