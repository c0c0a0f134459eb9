-- The floor on SQLite: see psql.sql. The database keeps what it acknowledges and has the cache that Muster gives it.
.bail on
.output /dev/null
PRAGMA journal_mode = WAL;
.output stdout
PRAGMA synchronous = FULL;
PRAGMA cache_size = -65536;
CREATE TABLE IF NOT EXISTS members (
  member_id TEXT PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT, status TEXT, business_unit TEXT,
  job_title TEXT, location TEXT, start_date TEXT, program_eligibility TEXT) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS members_email ON members (lower(email));

CREATE TEMP TABLE clock AS SELECT julianday('now') AS began;
BEGIN IMMEDIATE;
CREATE TEMP TABLE staging (
  member_id TEXT PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT, status TEXT, business_unit TEXT,
  job_title TEXT, location TEXT, start_date TEXT, program_eligibility TEXT) WITHOUT ROWID;
.import --csv --skip 1 /dev/stdin staging
DELETE FROM members WHERE NOT EXISTS (SELECT 1 FROM staging s WHERE s.member_id = members.member_id);
UPDATE members SET
  (first_name, last_name, email, status, business_unit, job_title, location, start_date, program_eligibility) =
  (s.first_name, s.last_name, s.email, s.status, s.business_unit, s.job_title, s.location, s.start_date,
   s.program_eligibility)
FROM staging s WHERE s.member_id = members.member_id AND
  (s.first_name, s.last_name, s.email, s.status, s.business_unit, s.job_title, s.location, s.start_date,
   s.program_eligibility) IS NOT
  (members.first_name, members.last_name, members.email, members.status, members.business_unit, members.job_title,
   members.location, members.start_date, members.program_eligibility);
INSERT INTO members SELECT * FROM staging s
WHERE NOT EXISTS (SELECT 1 FROM members WHERE members.member_id = s.member_id);
COMMIT;
SELECT printf('%.3f', (julianday('now') - began) * 86400) FROM clock;
SELECT count(*) FROM members;
