//! Where an identity provider's keys are read from.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use tokio::io::AsyncReadExt;
use url::{Host, Url};

use super::keys::KEYS_MAX;

/// Bytes of a document of keys.
pub const DOCUMENT_BYTES_MAX: usize = 256 * 1024;
/// How long fetching one may take.
const FETCH: Duration = Duration::from_secs(5);

/// Where keys are read from.
#[derive(Debug)]
pub enum Source {
    /// A file, which may be replaced while the server runs.
    File(PathBuf),
    /// An address, and who asks there.
    Address(Box<Url>, Client),
}

/// Why keys cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The address is of no use.
    #[error(
        "the keys are at `https://…`, at `http://…` on this very machine, or in a file (`file:PATH`): nowhere else"
    )]
    Address,
    /// The client that asks cannot be made.
    #[error("cannot ask for the keys")]
    Client(#[source] reqwest::Error),
    /// The file cannot be read.
    #[error("the file of keys cannot be read")]
    File(#[from] std::io::Error),
    /// Whoever has the keys does not answer.
    #[error("the keys cannot be fetched")]
    Fetch(#[source] reqwest::Error),
    /// The answer is another one. Redirections are not followed.
    #[error("the keys cannot be fetched: the answer is {0}")]
    Status(StatusCode),
    /// It is longer than any set of keys.
    #[error("the document of keys is longer than {DOCUMENT_BYTES_MAX} bytes")]
    TooLong,
    /// It is something else.
    #[error("the document of keys is no JSON object with a list of `keys` (RFC 7517)")]
    Malformed,
    /// It has too many of them.
    #[error("the document of keys has more than {KEYS_MAX}")]
    TooMany,
}

impl Source {
    /// A file (`file:PATH`, or a path), or an address: `https://…`, or `http://…` if it is this machine's.
    ///
    /// # Errors
    /// If it is none of these, or TLS cannot be set up.
    pub fn of(text: &str) -> Result<Self, KeysError> {
        if let Some(path) = text.strip_prefix("file:") {
            return Ok(Self::File(path.strip_prefix("//").unwrap_or(path).into()));
        }
        if !text.contains("://") {
            return Ok(Self::File(text.into()));
        }
        let url = Url::parse(text).map_err(|_| KeysError::Address)?;
        let client = Client::builder().redirect(Policy::none()).timeout(FETCH);
        let client = match url.scheme() {
            "https" => client.https_only(true),
            // No proxy leads to this machine.
            "http" if is_this_machine(&url) => client.no_proxy(),
            _ => return Err(KeysError::Address),
        };
        Ok(Self::Address(Box::new(url), client.build().map_err(KeysError::Client)?))
    }

    pub(super) async fn read(&self) -> Result<Vec<u8>, KeysError> {
        match self {
            Self::File(path) => {
                let mut document = Vec::new();
                let file = tokio::fs::File::open(path).await?;
                file.take(DOCUMENT_BYTES_MAX as u64 + 1).read_to_end(&mut document).await?;
                if document.len() > DOCUMENT_BYTES_MAX { Err(KeysError::TooLong) } else { Ok(document) }
            }
            Self::Address(url, client) => fetch(client, (**url).clone()).await,
        }
    }
}

async fn fetch(client: &Client, url: Url) -> Result<Vec<u8>, KeysError> {
    // The address may have a key to it in it, which is not for the log.
    let failed = |error: reqwest::Error| KeysError::Fetch(error.without_url());
    let mut answer = client.get(url).header("accept", "application/json").send().await.map_err(failed)?;
    if answer.status() != StatusCode::OK {
        return Err(KeysError::Status(answer.status()));
    }
    let mut document = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(failed)? {
        if document.len() + chunk.len() > DOCUMENT_BYTES_MAX {
            return Err(KeysError::TooLong);
        }
        document.extend_from_slice(&chunk);
    }
    Ok(document)
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_as_long_as_keys_can_be_and_no_longer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        let source = Source::of(&format!("file:{}", path.display())).unwrap();
        assert!(matches!(source.read().await, Err(KeysError::File(_))));
        std::fs::write(&path, vec![b' '; DOCUMENT_BYTES_MAX]).unwrap();
        assert_eq!(source.read().await.unwrap().len(), DOCUMENT_BYTES_MAX);
        std::fs::write(&path, vec![b' '; DOCUMENT_BYTES_MAX + 1]).unwrap();
        assert!(matches!(source.read().await, Err(KeysError::TooLong)));
    }

    #[test]
    fn keys_come_by_tls_or_from_this_machine() {
        for good in [
            "https://issuer.example.org/keys",
            "http://127.0.0.1:1/keys",
            "http://[::1]/keys",
            "http://localhost/keys",
        ] {
            assert!(matches!(Source::of(good), Ok(Source::Address(..))), "{good}");
        }
        for file in ["keys.json", "/etc/keys.json", "file:keys.json", "file:///etc/keys.json"] {
            let Ok(Source::File(path)) = Source::of(file) else { panic!("{file}") };
            assert!(["keys.json", "/etc/keys.json"].contains(&path.to_str().unwrap()), "{path:?}");
        }
        for bad in [
            "http://issuer.example.org/keys",
            "http://127.0.0.1.example.org/keys",
            "http://10.0.0.1/keys",
            "ftp://127.0.0.1/keys",
            "https://",
        ] {
            assert!(matches!(Source::of(bad), Err(KeysError::Address)), "{bad}");
        }
    }
}
