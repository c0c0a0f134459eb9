//! Writes a table down as systems do, with nothing of the reader in it; and draws tables and ways to write them.

use encoding_rs::Encoding;
use proptest::prelude::*;
use proptest::sample::select;

use super::Dialect;

/// What cells are made of: all that means something to a CSV or to a spreadsheet, and letters of many scripts.
const PARTS: [&str; 28] = [
    "a",
    "Ann Lee",
    "0",
    "é",
    "ß",
    "東",
    "Ж",
    "\u{1F600}",
    "€",
    " ",
    "\u{A0}",
    "\u{2028}",
    "\u{85}",
    "\u{200B}",
    "\"",
    "\"\"",
    ",",
    ";",
    "\t",
    "|",
    "\n",
    "\r\n",
    "\r",
    "=1+1",
    "@",
    "-",
    "'",
    "NULL",
];
/// Beside the first column, `id`, which the sniffer knows.
const HEADERS: [&str; 7] =
    ["name", "email", "status", "Größe", "a \"b\"", "Last, first; or\twhat|else", "Start\ndate"];
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];
/// What the uploader says where no byte-order mark does.
const LABELS: [&str; 10] = [
    "utf-8",
    "utf-16le",
    "utf-16be",
    "windows-1252",
    "iso-8859-15",
    "shift_jis",
    "gb18030",
    "euc-kr",
    "koi8-r",
    "iso-2022-jp",
];

/// How the text becomes bytes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    Plain,
    MarkedUtf8,
    MarkedUtf16Le,
    MarkedUtf16Be,
    /// The uploader has to say so.
    Named(&'static str),
}

/// How a table is written down.
#[derive(Debug, Clone)]
pub(super) struct Style {
    pub(super) delimiter: char,
    pub(super) sep_line: bool,
    pub(super) line_end: &'static str,
    pub(super) final_line_end: bool,
    pub(super) ctrl_z: bool,
    pub(super) quote_all: bool,
    pub(super) form: Form,
}

/// A header and rows, each with the number of blank rows before it.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<(u32, Vec<String>)>,
}

/// Where a record stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) row_number: u32,
    pub(super) line: u64,
    pub(super) byte: usize,
}

/// A table as text, and where its records are, the header first.
pub(super) struct Text {
    pub(super) text: String,
    pub(super) places: Vec<Place>,
}

impl Style {
    /// UTF-8, comma, LF, quotes where they are needed.
    pub(super) fn simple(quote_all: bool) -> Self {
        let (delimiter, form) = (',', Form::Plain);
        Self {
            delimiter,
            sep_line: false,
            line_end: "\n",
            final_line_end: true,
            ctrl_z: false,
            quote_all,
            form,
        }
    }

    /// What has to be found out about the file.
    pub(super) fn dialect(&self) -> Dialect {
        let (encoding, bom_bytes) = match self.form {
            Form::Plain => ("UTF-8", 0),
            Form::MarkedUtf8 => ("UTF-8", 3),
            Form::MarkedUtf16Le => ("UTF-16LE", 2),
            Form::MarkedUtf16Be => ("UTF-16BE", 2),
            Form::Named(label) => (Encoding::for_label(label.as_bytes()).unwrap().name(), 0),
        };
        let encoding = encoding.to_owned();
        Dialect { encoding, bom_bytes, delimiter: self.delimiter, sep_line: self.sep_line, has_header: true }
    }

    pub(super) fn label(&self) -> Option<&'static str> {
        if let Form::Named(label) = self.form { Some(label) } else { None }
    }

    pub(super) fn text_of(&self, table: &Table) -> Text {
        let mut text = String::new();
        let mut places = Vec::new();
        let mut row_number = 0;
        let mut line = 1;
        if self.sep_line {
            text += &format!("sep={}{}", self.delimiter, self.line_end);
            line += 1;
        }
        let header = (0, &table.header);
        for (blank_rows, cells) in
            std::iter::once(header).chain(table.rows.iter().map(|(n, cells)| (*n, cells)))
        {
            for blank in 0..blank_rows {
                // Nothing at all, or cells that show nothing.
                let blank_row =
                    if blank == 0 { "".into() } else { self.delimiter.to_string().repeat(cells.len() - 1) };
                text += &(blank_row + self.line_end);
                line += 1;
            }
            row_number += blank_rows;
            places.push(Place { row_number, line, byte: text.len() });
            let written: Vec<String> = cells.iter().map(|cell| self.cell(cell)).collect();
            text += &(written.join(&self.delimiter.to_string()) + self.line_end);
            row_number += 1;
            let inside =
                cells.iter().map(|cell| cell.replace("\r\n", "\n").matches(['\r', '\n']).count() as u64);
            line += 1 + inside.sum::<u64>();
        }
        if !self.final_line_end {
            text.truncate(text.len() - self.line_end.len());
        }
        if self.ctrl_z {
            text.push('\x1A');
        }
        Text { text, places }
    }

    fn cell(&self, cell: &str) -> String {
        if self.quote_all || cell.contains([self.delimiter, '"', '\r', '\n']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    }

    pub(super) fn bytes_of(&self, text: &str) -> Vec<u8> {
        let wide = |to_bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to_bytes).collect::<Vec<u8>>();
        match self.form {
            Form::Plain => text.as_bytes().to_vec(),
            Form::MarkedUtf8 => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            Form::MarkedUtf16Le => [b"\xFF\xFE", &wide(u16::to_le_bytes)[..]].concat(),
            Form::MarkedUtf16Be => [b"\xFE\xFF", &wide(u16::to_be_bytes)[..]].concat(),
            Form::Named("utf-16le") => wide(u16::to_le_bytes),
            Form::Named("utf-16be") => wide(u16::to_be_bytes),
            Form::Named(label) => Encoding::for_label(label.as_bytes()).unwrap().encode(text).0.into_owned(),
        }
    }

    fn has(&self, part: &str) -> bool {
        match self.form {
            Form::Named("utf-16le" | "utf-16be") => true,
            Form::Named(label) => {
                let encoding = Encoding::for_label(label.as_bytes()).unwrap();
                let (bytes, _, unmappable) = encoding.encode(part);
                // Some characters have a look-alike that shares their bytes.
                !unmappable && encoding.decode_without_bom_handling(&bytes).0 == part
            }
            _ => true,
        }
    }
}

pub(super) fn style() -> impl Strategy<Value = Style> {
    let form = prop_oneof![
        Just(Form::Plain),
        Just(Form::MarkedUtf8),
        Just(Form::MarkedUtf16Le),
        Just(Form::MarkedUtf16Be),
        select(&LABELS[..]).prop_map(Form::Named),
    ];
    let line_end = select(vec!["\n", "\r\n", "\r"]);
    let yes = any::<bool>;
    (select(&DELIMITERS[..]), yes(), line_end, yes(), yes(), yes(), form).prop_map(
        |(delimiter, sep_line, line_end, final_line_end, ctrl_z, quote_all, form)| Style {
            delimiter,
            sep_line,
            line_end,
            final_line_end,
            ctrl_z,
            quote_all,
            form,
        },
    )
}

fn cell() -> impl Strategy<Value = String> {
    prop::collection::vec(select(&PARTS[..]), 0..6).prop_map(|parts| parts.concat())
}

/// A table that is read as it is if it is written as `style` says.
pub(super) fn table_for(style: &Style) -> impl Strategy<Value = Table> + use<> {
    // Nothing but a `sep=` line tells what would separate the cells of one column; it is read by commas.
    let columns_min = if style.delimiter == ',' || style.sep_line { 0 } else { 1 };
    let header = prop::sample::subsequence(&HEADERS[..], columns_min..=4);
    let style = style.clone();
    header.prop_flat_map(move |header| {
        let header: Vec<String> = header.into_iter().map(|name| keep(&style, name, 2)).collect();
        let columns = header.len() + 1;
        let style = style.clone();
        let cells = prop::collection::vec(cell(), columns - 1);
        let row = (prop_oneof![4 => Just(0), 1 => 1..3_u32], cells);
        prop::collection::vec(row, 1..8).prop_map(move |rows| {
            let row = |(number, (blank_rows, cells)): (usize, (u32, Vec<String>))| {
                let cells = cells.iter().map(|cell| keep(&style, cell, columns));
                // An id in each row: a row that shows nothing is passed over.
                (blank_rows, std::iter::once(format!("M-{number}")).chain(cells).collect())
            };
            let header = std::iter::once("id".to_owned()).chain(header.clone()).collect();
            Table { header, rows: rows.into_iter().enumerate().map(row).collect() }
        })
    })
}

/// The cell, less what cannot be read as it is meant.
fn keep(style: &Style, cell: &str, columns: usize) -> String {
    let mut kept: String = cell.chars().filter(|c| style.has(&c.to_string())).collect();
    if columns == 1 {
        // In one column each line looks like a row.
        kept.retain(|c| c != '\r' && c != '\n');
    }
    if kept.contains(['\r', '\n']) {
        // Lines with delimiters in them may look like rows.
        kept.retain(|c| c != style.delimiter);
    }
    kept
}
