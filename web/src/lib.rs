//! The pages of Muster as Node.js builds them from `console/` and `playground/`: kept in the program, packed.
//!
//! `cargo build` builds them, in its own folder; see `build.rs`. Where it cannot, it says why, and there are none.

use std::borrow::Cow;
use std::io::Read;

include!(concat!(env!("OUT_DIR"), "/table.rs"));

/// A set of pages that belong together.
#[derive(Debug)]
pub struct Bundle {
    files: &'static [File],
}

/// A file of a bundle.
#[derive(Debug)]
pub struct File {
    path: &'static str,
    stored: &'static [u8],
    is_packed: bool,
    etag: &'static str,
}

impl Bundle {
    /// Whether it was built.
    #[must_use]
    pub fn is_built(&self) -> bool {
        !self.files.is_empty()
    }

    /// The file at this path, which has no `/` in front.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&'static File> {
        // The table is in order.
        let place = self.files.binary_search_by_key(&path, |file| file.path).ok()?;
        self.files.get(place)
    }

    /// All files.
    pub fn files(&self) -> impl Iterator<Item = &'static File> + use<> {
        self.files.iter()
    }
}

impl File {
    /// Where it lies in its bundle.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The bytes in gzip, if it is kept so.
    #[must_use]
    pub fn packed(&self) -> Option<&'static [u8]> {
        self.is_packed.then_some(self.stored)
    }

    /// The bytes as they are.
    #[must_use]
    pub fn plain(&self) -> Cow<'static, [u8]> {
        if !self.is_packed {
            return Cow::Borrowed(self.stored);
        }
        let mut plain = Vec::new();
        // It reads from memory what the build has packed.
        let _ = flate2::read::GzDecoder::new(self.stored).read_to_end(&mut plain);
        Cow::Owned(plain)
    }

    /// A weak validator, as it is the same packed and plain (RFC 9110, 8.8.3).
    #[must_use]
    pub fn etag(&self) -> &'static str {
        self.etag
    }

    /// Whether another file never has this path: what a bundle keeps in `assets` has its content's hash in its path.
    #[must_use]
    pub fn is_immutable(&self) -> bool {
        self.path.starts_with("assets/")
    }

    /// What it is, by the end of its name.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        match self.path.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "html" => "text/html; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "json" | "map" => "application/json",
            "svg" => "image/svg+xml",
            "png" => "image/png",
            "ico" => "image/x-icon",
            "woff2" => "font/woff2",
            "woff" => "font/woff",
            "txt" | "md" => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        }
    }
}
