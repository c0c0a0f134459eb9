//! Documents: looked at, parsed, and kept as they were parsed, as clients send the same few again and again with other
//! variables.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::parser::{self, parse_query, types::ExecutableDocument};

use super::{
    guard,
    limits::TransportLimits,
    refusal::{Code, Refusal, cut},
};

/// Bytes of a text whose document is kept.
const TEXT_BYTES_MAX: usize = 8 * 1024;
/// Bytes of all these texts; one more, and all are parsed again. A document takes up to some fifty times its text.
const TEXTS_BYTES_MAX: usize = 256 * 1024;

/// Looks at a text before async-graphql does, and parses it. Answers what it comes to once its fragments are spread, too.
pub(super) fn parse(text: &str, limits: &TransportLimits) -> Result<(ExecutableDocument, usize), Refusal> {
    guard::text::check(text, limits)?;
    let document = parse_query(text).map_err(|error| syntax(&error, limits))?;
    let selections = guard::expansion::check(&document, limits)?;
    Ok((document, selections))
}

/// The parser's sentence draws the client's text; only what it expected is passed on.
fn syntax(error: &parser::Error, limits: &TransportLimits) -> Refusal {
    let drawn = error.to_string();
    let mut reason = match error {
        parser::Error::Syntax { .. } => drawn.rsplit("= ").next().unwrap_or_default().trim().to_owned(),
        _ => drawn,
    };
    cut(&mut reason, limits.message_characters_max);
    Refusal::request(Code::BadUserInput, format!("Syntax error: {reason}")).at(error.positions())
}

/// A document that passed the guards which look at nothing else.
#[derive(Debug)]
pub(super) struct Parsed {
    pub document: ExecutableDocument,
    /// What it comes to once its fragments are spread.
    pub selections: usize,
}

/// The documents that are kept.
#[derive(Debug, Default)]
pub(super) struct Documents(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    documents: HashMap<String, Arc<Parsed>>,
    texts_bytes: usize,
}

impl Documents {
    /// The document of a text.
    pub fn parse(&self, text: &str, limits: &TransportLimits) -> Result<Arc<Parsed>, Refusal> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().documents.get(text) {
            return Ok(known.clone());
        }
        let (document, selections) = parse(text, limits)?;
        let parsed = Arc::new(Parsed { document, selections });
        if text.len() <= TEXT_BYTES_MAX {
            let mut kept = lock();
            if kept.texts_bytes + text.len() > TEXTS_BYTES_MAX {
                *kept = Kept::default();
            }
            if kept.documents.insert(text.to_owned(), parsed.clone()).is_none() {
                kept.texts_bytes += text.len();
            }
        }
        Ok(parsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(documents: &Documents) -> (usize, usize) {
        let kept = documents.0.lock().unwrap();
        (kept.documents.len(), kept.texts_bytes)
    }

    #[test]
    fn a_document_is_parsed_once_if_it_is_short_and_good() {
        let (documents, limits) = (Documents::default(), TransportLimits::DEFAULT);
        let once = documents.parse("{ a b }", &limits).unwrap();
        assert!(Arc::ptr_eq(&once, &documents.parse("{ a b }", &limits).unwrap()));
        assert_eq!((once.selections, kept(&documents)), (2, (1, 7)));
        assert!(documents.parse("{ a ", &limits).is_err());
        let comment = |bytes: usize| format!("{{ a }} #{}", "x".repeat(bytes - "{ a } #".len()));
        for (bytes, count) in [(TEXT_BYTES_MAX, 2), (TEXT_BYTES_MAX + 1, 2)] {
            documents.parse(&comment(bytes), &limits).unwrap();
            assert_eq!(kept(&documents).0, count);
        }
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let (documents, limits) = (Documents::default(), TransportLimits::DEFAULT);
        let text = |number: usize| format!("{{ a{number:04} }} #{}", "x".repeat(TEXT_BYTES_MAX - 11));
        let most = TEXTS_BYTES_MAX / text(0).len();
        for number in 0..most {
            documents.parse(&text(number), &limits).unwrap();
        }
        assert_eq!(kept(&documents).0, most);
        documents.parse(&text(most), &limits).unwrap();
        assert_eq!(kept(&documents), (1, TEXT_BYTES_MAX));
    }
}
