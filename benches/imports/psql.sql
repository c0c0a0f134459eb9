-- The floor on PostgreSQL: what psql takes to import a roster, given on standard input. The file goes into a staging
-- table; what differs is found and applied as sets. Ids and folded addresses are unique, as in Muster; nothing is
-- checked, nobody reviews it, and who is absent is forgotten. Prints seconds, then the number of members.
\set ON_ERROR_STOP on
\set QUIET on
\pset tuples_only on
\pset format unaligned
SET client_min_messages = warning;
CREATE TABLE IF NOT EXISTS members (
  member_id text PRIMARY KEY, first_name text, last_name text, email text, status text, business_unit text,
  job_title text, location text, start_date date, program_eligibility text);
CREATE UNIQUE INDEX IF NOT EXISTS members_email ON members (lower(email));

SELECT clock_timestamp() AS began \gset
BEGIN;
CREATE TEMP TABLE staging (LIKE members) ON COMMIT DROP;
\copy staging FROM pstdin WITH (FORMAT csv, HEADER)
ANALYZE staging;
DELETE FROM members WHERE NOT EXISTS (SELECT FROM staging s WHERE s.member_id = members.member_id);
UPDATE members SET
  (first_name, last_name, email, status, business_unit, job_title, location, start_date, program_eligibility) =
  (s.first_name, s.last_name, s.email, s.status, s.business_unit, s.job_title, s.location, s.start_date,
   s.program_eligibility)
FROM staging s WHERE s.member_id = members.member_id AND s IS DISTINCT FROM members;
INSERT INTO members SELECT * FROM staging s
WHERE NOT EXISTS (SELECT FROM members WHERE members.member_id = s.member_id);
COMMIT;
SELECT round(extract(epoch FROM clock_timestamp() - :'began'), 3);
SELECT count(*) FROM members;
