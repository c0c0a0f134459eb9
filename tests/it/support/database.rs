//! A database of a test's own: a file of SQLite, or, if `MUSTER_TEST_POSTGRES_URL` names a PostgreSQL, a schema there.

use std::path::Path;

use muster::clock::new_id;
use muster::store::Store;

/// The PostgreSQL that tests are to use.
pub const POSTGRES_URL: &str = "MUSTER_TEST_POSTGRES_URL";
/// Connections of one app: several tests run at once, and a PostgreSQL takes a hundred.
const CONNECTIONS_MAX: u32 = 9;

/// A database of a test's own.
pub struct Database {
    pub url: String,
    /// On PostgreSQL, what goes with the test.
    schema: Option<Schema>,
}

struct Schema {
    server: String,
    name: String,
}

impl Database {
    /// On the PostgreSQL that the environment names, or else in `folder`.
    pub fn new(folder: &Path) -> Self {
        match std::env::var(POSTGRES_URL) {
            Ok(server) => Self::on_postgres(server),
            Err(_) => Self::on_sqlite(folder),
        }
    }

    pub fn on_sqlite(folder: &Path) -> Self {
        Self { url: format!("sqlite://{}/muster.db?mode=rwc", folder.display()), schema: None }
    }

    pub fn on_postgres(server: String) -> Self {
        let name = format!("muster_test_{}", new_id().simple());
        psql(&server, &format!("CREATE SCHEMA {name}"));
        let separator = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{separator}options=-csearch_path%3D{name}");
        Self { url, schema: Some(Schema { server, name }) }
    }

    /// Opens it, up to date, as one more server.
    pub async fn open(&self) -> Store {
        let store = Store::connect(&self.url, CONNECTIONS_MAX, new_id()).await.unwrap();
        store.migrate_up().await.unwrap();
        store
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(schema) = &self.schema {
            psql(&schema.server, &format!("DROP SCHEMA {} CASCADE", schema.name));
        }
    }
}

/// Runs a statement.
pub fn psql(server: &str, statement: &str) {
    let ran = std::process::Command::new("psql")
        .args([server, "-qc", &format!("SET client_min_messages = warning; {statement}")])
        .output()
        .expect("psql");
    assert!(ran.status.success(), "{statement}: {}", String::from_utf8_lossy(&ran.stderr));
}
