"""A peer: pandas and SQLAlchemy. File and members are frames that are merged; what changed is written in batches, in one
transaction. Arguments: the roster, the database. Prints seconds, then members."""

import sys
import time

import pandas
import sqlalchemy
from sqlalchemy.dialects.postgresql import insert

COLUMNS = ("member_id first_name last_name email status business_unit job_title location start_date "
           "program_eligibility").split()
BATCH = 1000

roster, url = sys.argv[1:]
engine = sqlalchemy.create_engine(url.replace("postgres://", "postgresql+psycopg2://"))
metadata = sqlalchemy.MetaData()
columns = [sqlalchemy.Column(name, sqlalchemy.Text, primary_key=name == "member_id") for name in COLUMNS]
members = sqlalchemy.Table("members", metadata, *columns)
sqlalchemy.Index("members_email", sqlalchemy.func.lower(members.c.email), unique=True)
metadata.create_all(engine)


def batches(rows):
    return (rows[start:start + BATCH] for start in range(0, len(rows), BATCH))


began = time.monotonic()
with engine.begin() as connection:
    after = pandas.read_csv(roster, dtype=str, keep_default_na=False).set_index("member_id")
    before = pandas.read_sql(sqlalchemy.select(members), connection).fillna("").set_index("member_id")
    both = after.index.intersection(before.index)
    differs = (after.loc[both] != before.loc[both]).any(axis=1)
    changed = pandas.concat([after.loc[both[differs]], after.loc[after.index.difference(before.index)]])
    rows = changed.reset_index().to_dict("records")
    upsert = insert(members)
    upsert = upsert.on_conflict_do_update(
        index_elements=["member_id"], set_={name: upsert.excluded[name] for name in COLUMNS[1:]})
    for batch in batches(rows):
        connection.execute(upsert, batch)
    for batch in batches(list(before.index.difference(after.index))):
        connection.execute(members.delete().where(members.c.member_id.in_(batch)))
print(f"{time.monotonic() - began:.3f}")
with engine.connect() as connection:
    print(connection.scalar(sqlalchemy.select(sqlalchemy.func.count()).select_from(members)))
