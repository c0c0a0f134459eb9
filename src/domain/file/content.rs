//! What a file is by its content. What its name or its sender says counts for nothing.

use super::refusal;
use crate::domain::user_error::UserError;

const EXPORT: &str = "Export the roster as CSV and upload that.";
const SAVE_AS: &str = "Open it, save it as “CSV UTF-8”, and upload that.";
const UNPACK: &str = "Unpack it, and upload the CSV file that is in it.";

/// First bytes that CSV never begins with.
const MAGIC: [(&[u8], &str, &str); 17] = [
    (b"\x1F\x8B", "a gzip archive", UNPACK),
    (b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive", UNPACK),
    (b"Rar!\x1A\x07", "a RAR archive", UNPACK),
    (b"\xFD7zXZ\x00", "an xz archive", UNPACK),
    (b"\x28\xB5\x2F\xFD", "a Zstandard archive", UNPACK),
    (b"BZh91AY&SY", "a bzip2 archive", UNPACK),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old Excel or Office file (.xls)", SAVE_AS),
    (b"\x89PNG\r\n\x1A\n", "a PNG picture", EXPORT),
    (b"\xFF\xD8\xFF", "a JPEG picture", EXPORT),
    (b"GIF87a", "a GIF picture", EXPORT),
    (b"GIF89a", "a GIF picture", EXPORT),
    (b"II*\x00", "a TIFF picture", EXPORT),
    (b"MM\x00*", "a TIFF picture", EXPORT),
    (b"SQLite format 3\x00", "a SQLite database", EXPORT),
    (b"PAR1\x15", "a Parquet file", EXPORT),
    (b"\x7FELF", "a program", EXPORT),
    (b"MZ\x90\x00", "a program", EXPORT),
];

/// The same for what begins as text does, and may have a byte-order mark or line ends before it.
const TEXT_MAGIC: [(&str, &str, &str); 3] = [
    ("{\\rtf", "an RTF document", EXPORT),
    ("%PDF-", "a PDF document", EXPORT),
    ("%!PS", "a PostScript document", EXPORT),
];

/// Refuses what is no text at all.
pub(super) fn refuse_binary(head: &[u8]) -> Result<(), UserError> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        let (what, advice) = zip(head);
        return Err(refusal::not_csv(what, advice));
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Err(refusal::not_csv("a WebP picture", EXPORT));
    }
    if head.starts_with(b"BM") && head.get(6..10) == Some(&[0; 4]) {
        return Err(refusal::not_csv("a BMP picture", EXPORT));
    }
    match MAGIC.iter().find(|(magic, ..)| head.starts_with(magic)) {
        Some((_, what, advice)) => Err(refusal::not_csv(what, advice)),
        None => Ok(()),
    }
}

/// A zip archive lists what it holds; office documents are zip archives.
fn zip(head: &[u8]) -> (&'static str, &'static str) {
    let holds = |name: &str| head.windows(name.len()).any(|window| window == name.as_bytes());
    if holds("xl/") {
        ("an Excel workbook (.xlsx)", SAVE_AS)
    } else if holds("opendocument.spreadsheet") {
        ("an OpenDocument spreadsheet (.ods)", SAVE_AS)
    } else if holds("word/") {
        ("a Word document (.docx)", EXPORT)
    } else if holds("[Content_Types].xml") {
        ("an Office document, perhaps an Excel workbook (.xlsx)", SAVE_AS)
    } else {
        ("a zip archive", UNPACK)
    }
}

/// Refuses text of another kind.
pub(super) fn refuse_markup(text: &str) -> Result<(), UserError> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    if let Some((_, what, advice)) = TEXT_MAGIC.iter().find(|(magic, ..)| text.starts_with(magic)) {
        return Err(refusal::not_csv(what, advice));
    }
    let mut chars = text.chars();
    let what = match (chars.next(), chars.find(|c| !c.is_whitespace())) {
        (Some('<'), Some(next)) if next.is_ascii_alphabetic() || matches!(next, '!' | '?') => markup(text),
        (Some('{'), Some('"' | '}' | '\'')) => "a JSON file",
        // `[Name]` is a header that some databases write; `["` or `[{` is none.
        (Some('['), Some('{' | '[' | ']' | '"')) => "a JSON file",
        _ => return Ok(()),
    };
    Err(refusal::not_csv(what, EXPORT))
}

fn markup(text: &str) -> &'static str {
    let start: String = text.chars().take(1024).collect::<String>().to_ascii_lowercase();
    if start.starts_with("<?xml") && !start.contains("<html") && !start.contains("<!doctype html") {
        "an XML file"
    } else if start.starts_with("<svg") {
        "an SVG picture"
    } else {
        "a web page (HTML)"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(head: &[u8]) -> Option<String> {
        let text = String::from_utf8_lossy(head);
        refuse_binary(head).and_then(|()| refuse_markup(&text)).err().map(|error| error.message)
    }

    #[test]
    fn other_content_is_named() {
        for (head, name) in [
            (&b"PK\x03\x04...xl/workbook.xml"[..], "Excel workbook (.xlsx)"),
            (b"PK\x03\x04...[Content_Types].xml", "Excel"),
            (b"PK\x03\x04...members.csv", "zip"),
            (b"PK\x05\x06", "zip"),
            (b"\x1F\x8B\x08\x00", "gzip"),
            (b"\x89PNG\r\n\x1A\n\x00", "PNG"),
            (b"\xFF\xD8\xFF\xE0", "JPEG"),
            (b"BM\x10\x00\x00\x00\x00\x00\x00\x00", "BMP"),
            (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "WebP"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", ".xls"),
            (b"%PDF-1.7\n", "PDF"),
            (b"\n%PDF-1.7\n", "PDF"),
            (b"\xEF\xBB\xBF%PDF-1.7\n", "PDF"),
            (b"\r\n{\\rtf1", "RTF"),
            (b"\r\n <!DOCTYPE html><html>", "HTML"),
            (b"<table><tr><td>id</td>", "HTML"),
            (b"<?xml version=\"1.0\"?><members/>", "XML"),
            (b"[ {\"id\": 1}]", "JSON"),
            (b"[]", "JSON"),
            (b"\n{\n \"members\": []}", "JSON"),
        ] {
            let message = what(head).unwrap_or_default();
            assert!(message.contains(name), "{name}: {message}");
        }
    }

    #[test]
    fn csv_that_begins_oddly_is_csv() {
        for head in ["[id],[name]", "{id},{name}", "<= 5,name", "BMI,name", "PK,name", "BM", "MZ,x", ""] {
            assert_eq!(what(head.as_bytes()), None, "{head}");
        }
    }
}
