//! Files and downloads.

use async_graphql::{Context, ID, Object, SimpleObject};

use crate::app::download::{Download, sign};
use crate::domain::import::Import;
use crate::domain::mapping;
use crate::graphql::error::Show;
use crate::graphql::ids::{Kind, encode};
use crate::graphql::loaders::MappingOf;
use crate::graphql::scalars::{DateTime, Long};
use crate::graphql::session::{lasting, list, loaders, requester, session};

/// The file of an import, as it was uploaded.
pub struct MembershipFile(pub Import);

/// The file of an import, as it was uploaded.
#[Object]
impl MembershipFile {
    /// Opaque, globally unique, stable.
    async fn id(&self) -> ID {
        encode(Kind::File, self.0.id.0)
    }

    /// The name, cleaned of paths and of characters that cannot be seen.
    async fn name(&self) -> &str {
        &self.0.file.name
    }

    /// Bytes, as uploaded.
    async fn size_bytes(&self) -> Long {
        Long(self.0.file.size_bytes)
    }

    /// Lower-case hex of the bytes, as uploaded.
    async fn sha256(&self) -> &str {
        &self.0.file.sha256
    }

    /// Records below the header, blank lines not counted.
    async fn row_count(&self) -> u32 {
        self.0.file.row_count
    }

    /// The WHATWG name of the encoding: UTF-8, UTF-16LE, windows-1252 and so on.
    async fn encoding(&self) -> &str {
        &self.0.file.dialect.encoding
    }

    /// What separates the cells.
    async fn delimiter(&self) -> String {
        self.0.file.dialect.delimiter.to_string()
    }

    /// The columns, in the order of the file.
    async fn columns(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<FileColumn>> {
        let mapping = loaders(ctx).one(MappingOf(self.0.id)).await.show(ctx)?;
        list(ctx, mapping.as_ref().map_or(0, |mapping| mapping.columns.len()))?;
        let columns = mapping.iter().flat_map(|mapping| &mapping.columns);
        Ok(columns.map(|column| FileColumn::of(column.clone())).collect())
    }

    /// Serves the exact bytes that were uploaded.
    async fn download(&self, ctx: &Context<'_>) -> SignedDownload {
        SignedDownload::of(ctx, Download::File(self.0.id))
    }
}

/// An address that serves a file without a token, for a short while. Ask for a new one when it has expired.
#[derive(SimpleObject)]
pub struct SignedDownload {
    /// The address.
    pub url: String,
    /// Until when it is good.
    pub expires_at: DateTime,
}

impl SignedDownload {
    pub(super) fn of(ctx: &Context<'_>, download: Download) -> Self {
        let signed = sign(lasting::app(ctx), requester(ctx), download);
        let url = format!("{}{}", session(ctx).public_url, signed.path);
        Self { url, expires_at: DateTime(signed.expires_at) }
    }
}

/// A column of a file. Columns are addressed by their place, as headers may repeat.
#[derive(Debug, Clone, SimpleObject)]
pub struct FileColumn {
    /// Its place, from 0.
    pub index: u32,
    /// Its name in the header, trimmed.
    pub header: String,
    /// Some of its values: the first different ones that are not blank.
    pub samples: Vec<String>,
    /// Rows in which it is blank.
    pub blank_count: u32,
}

impl FileColumn {
    pub(super) fn of(column: mapping::FileColumn) -> Self {
        Self {
            index: column.index,
            header: column.header,
            samples: column.samples,
            blank_count: column.blank_count,
        }
    }
}
