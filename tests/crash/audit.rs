//! The database watches its servers: who takes work on, how long it had waited, and whether anybody writes what is
//! another one's to write. Each server comes as a user of its own, so that the database can tell them apart.

use crate::invariants::Books;

const INSTALL: &str = r"
CREATE TABLE audit_leases (
  tenant_id uuid, import_id uuid, kind text, fence bigint, attempts integer, holder text, waited bigint);
CREATE INDEX audit_leases_import ON audit_leases (import_id, fence);
CREATE TABLE audit_violations (what text, import_id uuid, writer text);

CREATE FUNCTION audit_now() RETURNS bigint LANGUAGE sql AS
  'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint';
CREATE FUNCTION audit_is_holder(import uuid) RETURNS boolean LANGUAGE sql AS
  'SELECT EXISTS (SELECT 1 FROM work w JOIN audit_leases l ON l.import_id = w.import_id AND l.fence = w.fence
                  WHERE w.import_id = import AND l.holder = session_user)';

CREATE FUNCTION audit_lease() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.fence <> OLD.fence AND NEW.leased_until > 0 THEN
    INSERT INTO audit_leases VALUES (NEW.tenant_id, NEW.import_id, NEW.kind, NEW.fence, NEW.attempts, session_user,
      audit_now() - greatest(OLD.leased_until, OLD.created_at));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER audit AFTER UPDATE ON work FOR EACH ROW EXECUTE FUNCTION audit_lease();

CREATE FUNCTION audit_plan_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_violations SELECT TG_TABLE_NAME, p.import_id, session_user
    FROM (SELECT DISTINCT plan_id FROM written) w LEFT JOIN plans p ON p.id = w.plan_id
    WHERE NOT audit_is_holder(p.import_id);
  RETURN NULL;
END $$;
CREATE FUNCTION audit_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_violations SELECT DISTINCT TG_TABLE_NAME, import_id, session_user FROM written
    WHERE NOT audit_is_holder(import_id);
  RETURN NULL;
END $$;
CREATE FUNCTION audit_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_violations SELECT TG_TABLE_NAME, NULL, session_user
    FROM (SELECT DISTINCT tenant_id FROM written) m
    WHERE NOT EXISTS (SELECT 1 FROM work w
      WHERE w.tenant_id = m.tenant_id AND w.kind = 'APPLY' AND audit_is_holder(w.import_id));
  -- Held until the transaction ends, by whoever writes members of a tenant first.
  INSERT INTO audit_violations SELECT 'a second apply', NULL, session_user
    FROM (SELECT DISTINCT tenant_id FROM written) m
    WHERE NOT pg_try_advisory_xact_lock(1, hashtext(m.tenant_id::text));
  RETURN NULL;
END $$;
";

/// A table, what is done to it, and the function that looks.
const WATCHED: [(&str, &str, &str); 8] = [
    ("action_blocks", "INSERT", "audit_plan_row"),
    ("row_issues", "INSERT", "audit_plan_row"),
    ("held_rows", "INSERT", "audit_plan_row"),
    ("plan_counts", "INSERT", "audit_plan_row"),
    ("plans", "INSERT", "audit_plan"),
    ("plans", "UPDATE", "audit_plan"),
    ("members", "INSERT", "audit_member"),
    ("members", "UPDATE", "audit_member"),
];

/// Begins to watch: the schema has to be there.
pub async fn install(books: &Books) {
    books.run(INSTALL).await;
    for (table, event, function) in WATCHED {
        books
            .run(&format!(
                "CREATE TRIGGER audit_{event} AFTER {event} ON {table} REFERENCING NEW TABLE AS written
                 FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
            ))
            .await;
    }
}

/// The user as whom a server comes.
pub fn user(place: usize) -> String {
    format!("server{place}")
}

/// The servers that are at work this moment; those that are applying, if `applies`.
pub async fn at_work(books: &Books, applies: bool) -> Vec<usize> {
    let leases =
        "SELECT l.holder FROM work w JOIN audit_leases l ON l.import_id = w.import_id AND l.fence = w.fence
                  WHERE w.leased_until > audit_now()";
    let holders =
        books.rows(&format!("{leases}{}", if applies { " AND w.kind = 'APPLY'" } else { "" })).await;
    let holders = holders.iter().map(|row| row.try_get_by_index::<String>(0).unwrap());
    holders.map(|holder| holder.trim_start_matches("server").parse().unwrap()).collect()
}

/// What was seen.
pub struct Seen {
    /// Pieces of work that were taken on.
    pub leases: i64,
    /// Those of them that another lease had ended on.
    pub takeovers: i64,
    /// The longest time that work of an ended lease waited beyond it.
    pub takeover_milliseconds_max: i64,
    /// The longest time that new work waited.
    pub wait_milliseconds_max: i64,
    /// The most often that a piece of work was taken on.
    pub attempts_max: i64,
}

/// Nobody has written what was another one's, and no fence was given twice.
pub async fn assert_clean(books: &Books) {
    let violations = books.rows("SELECT what || ' by ' || writer FROM audit_violations").await;
    let violations: Vec<String> = violations.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    assert_eq!(violations, [""; 0], "written by a server whose lease was taken");
    let twice = "SELECT import_id FROM audit_leases GROUP BY import_id, fence HAVING count(*) > 1";
    assert!(books.rows(twice).await.is_empty(), "a fence was given twice");
}

pub async fn seen(books: &Books) -> Seen {
    let max = async |column: &str, which: &str| {
        books
            .number(&format!("SELECT COALESCE(max({column}), 0)::bigint FROM audit_leases WHERE {which}"))
            .await
    };
    Seen {
        leases: books.number("SELECT count(*) FROM audit_leases").await,
        takeovers: books.number("SELECT count(*) FROM audit_leases WHERE attempts > 1").await,
        takeover_milliseconds_max: max("waited", "attempts > 1").await,
        wait_milliseconds_max: max("waited", "attempts = 1").await,
        attempts_max: max("attempts", "true").await,
    }
}
