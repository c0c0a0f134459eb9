//! The name of an uploaded file: only ever shown, never used to store it.

use super::text;
use crate::domain::limits::FILE_NAME_BYTES_MAX;

/// What a file without a usable name is called.
const UNNAMED: &str = "unnamed.csv";

/// The name without a path, control characters, or characters that hide or reverse what is shown; cut to
/// [`FILE_NAME_BYTES_MAX`] bytes, its extension kept.
#[must_use]
pub fn clean(declared: Option<&str>) -> String {
    let declared = declared.unwrap_or_default();
    // Browsers once sent whole paths, of either kind.
    let last = declared.rsplit(['/', '\\']).next().unwrap_or_default();
    let hidden = |c: char| c.is_control() || text::is_bidi_control(c) || text::is_zero_width(c);
    let shown: String = last.chars().filter(|c| !hidden(*c)).collect();
    let shown = text::trim_and_nfc(&shown);
    if shown.is_empty() || shown.chars().all(|c| c == '.') {
        return UNNAMED.to_owned();
    }
    cut(&shown)
}

fn cut(name: &str) -> String {
    if name.len() <= FILE_NAME_BYTES_MAX {
        return name.to_owned();
    }
    let extension = name.rfind('.').map_or("", |dot| &name[dot..]);
    let extension = if extension.len() <= 16 { extension } else { "" };
    let mut end = FILE_NAME_BYTES_MAX - extension.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{extension}", &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_is_left_of_a_path() {
        for (declared, shown) in [
            ("members.csv", "members.csv"),
            ("/etc/passwd", "passwd"),
            ("C:\\Users\\ada\\März.csv", "März.csv"),
            ("../../x.csv", "x.csv"),
            ("a\r\nSet-Cookie: x.csv", "aSet-Cookie: x.csv"),
            ("in\u{202E}vsc.csv", "invsc.csv"),
            ("a\"b;c=d,e.csv", "a\"b;c=d,e.csv"),
            ("  padded.csv ", "padded.csv"),
            ("", UNNAMED),
            ("..", UNNAMED),
            ("dir/", UNNAMED),
        ] {
            assert_eq!(clean(Some(declared)), shown, "{declared:?}");
        }
        assert_eq!(clean(None), UNNAMED);
    }

    #[test]
    fn a_long_name_is_cut_between_characters_and_keeps_its_extension() {
        let at = format!("{}.csv", "x".repeat(FILE_NAME_BYTES_MAX - 4));
        assert_eq!(clean(Some(&at)), at);
        let over = clean(Some(&format!("{}.csv", "ü".repeat(300))));
        assert!(over.len() <= FILE_NAME_BYTES_MAX && over.ends_with("ü.csv"), "{over}");
    }
}
