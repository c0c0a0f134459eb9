#!/usr/bin/env python3
"""Imports two rosters, the second of which changes a tenth of the members, with Muster, with its floors and with its
peers, in turn; prints medians and their ratios to the floors as a table.

Takes a release build, psql with a PostgreSQL at MUSTER_TEST_POSTGRES_URL, and sqlite3. Peers take npm as well, and are
installed under target. Nothing but Python's own library.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import median

# As Muster does with a database on the same machine: nobody speaks in TLS.
os.environ["PGSSLMODE"] = "disable"

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PROGRAMS = ROOT / "target/release"
PEERS = ROOT / "target/peers"
PYTHON = PEERS / "python/bin/python"
POSTGRES = os.environ.get("MUSTER_TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1/postgres")
# Made anew for each import of two rosters.
DATABASE = f"muster_speed_{os.getpid()}"
URL = f"{POSTGRES.rpartition('/')[0]}/{DATABASE}"

NODE_PACKAGES = ["csv-parse@7.0.3", "knex@3.3.0", "pg@8.23.1"]
PYTHON_PACKAGES = ["pandas==3.1.1", "sqlalchemy==2.1.9", "psycopg2-binary==2.9.13", "django==5.2.19",
                   "django-import-export==4.4.3"]
# Beyond so many rows it takes minutes, and would say nothing new.
DJANGO_ROWS_MAX = 10_000

FLOORS = {"muster-postgres": "psql", "knex": "psql", "pandas": "psql", "django-import-export": "psql",
          "muster-sqlite": "sqlite3"}
# With --check: how many times the floor's time is a gross regression. A busy machine doubles a ratio now and then.
GROSS = {("muster-postgres", "first"): 6, ("muster-postgres", "second"): 4, ("muster-sqlite", "first"): 7,
         ("muster-sqlite", "second"): 5, ("muster-sqlite", "upload"): 5}


def run(command, **more):
    """What the command prints; what it prints besides is seen only if it fails."""
    done = subprocess.run([str(part) for part in command], text=True, capture_output=True, check=False, **more)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def sql(*statements):
    run(["psql", POSTGRES, "-Xq", *(part for statement in statements for part in ("-c", statement))])


class Comparison:
    """Two rosters in a folder, and what it took to import them."""

    def __init__(self, folder, rows):
        self.folder = folder
        self.times = defaultdict(list)
        self.peaks = defaultdict(float)
        for day, more in [("first", []), ("second", ["--second"])]:
            with open(self.roster(day), "w") as roster, open(self.books(day), "w") as books:
                subprocess.run([PROGRAMS / "roster", "--rows", str(rows), *more], stdout=roster, stderr=books, check=True)

    def roster(self, day):
        return self.folder / f"{day}.csv"

    def books(self, day):
        return self.folder / f"{day}.json"

    def afresh(self):
        sql(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)", f"CREATE DATABASE {DATABASE}",
            # What the one before has left to be written is not written on the time of the next.
            "CHECKPOINT")
        for file in self.folder.glob("members.db*"):
            file.unlink()

    def plain(self, name, command, from_stdin=False):
        """One that imports and prints seconds and how many members there are."""
        self.afresh()
        for day in ["first", "second"]:
            with open(self.roster(day)) as roster:
                rows = sum(1 for _ in roster) - 1
                roster.seek(0)
                given = [] if from_stdin else [self.roster(day), URL]
                seconds, members = run([*command, *given], stdin=roster).split()
            if int(members) != rows:
                sys.exit(f"{name} has {members} members of {rows}")
            self.times[name, day].append(float(seconds))

    def muster(self, name, *more):
        """From the upload to COMPLETE, the times in between included; `measure` checks the books."""
        self.afresh()
        files = [part for day in ["first", "second"]
                 for part in ("--csv", self.roster(day), "--books", self.books(day))]
        lines = run([PROGRAMS / "measure", "--server", PROGRAMS / "muster", "--folder", self.folder, *files, *more])
        sums = defaultdict(float)
        for line in lines.splitlines():
            match line.split():
                case [("1" | "2") as number, phase, seconds, _, peak]:
                    sums["first" if number == "1" else "second"] += float(seconds)
                    self.peaks[name] = max(self.peaks[name], float(peak))
                    if phase == "upload" and number == "1":
                        self.times[name, "upload"].append(float(seconds))
        for day, seconds in sums.items():
            self.times[name, day].append(seconds)

    def upload_floor(self):
        seconds = run([PROGRAMS / "upload-floor", self.roster("first"), self.folder / "uploaded"]).strip()
        self.times["poem", "upload"].append(float(seconds))

    def round(self, contestants, rows):
        if "postgres" in contestants:
            self.plain("psql", ["psql", URL, "-Xf", HERE / "psql.sql"], from_stdin=True)
            self.muster("muster-postgres", "--database-url", URL)
        if "sqlite" in contestants:
            database = ["sqlite3", "-batch", "-init", HERE / "sqlite.sql", self.folder / "members.db", ""]
            self.plain("sqlite3", database, from_stdin=True)
            self.muster("muster-sqlite")
        if "upload" in contestants:
            self.upload_floor()
        if "peers" in contestants:
            self.plain("knex", ["env", f"PEERS={PEERS}", "node", "--max-old-space-size=8192", HERE / "knex.mjs"])
            self.plain("pandas", [PYTHON, HERE / "frames.py"])
            if rows <= DJANGO_ROWS_MAX:
                self.plain("django-import-export", [PYTHON, HERE / "resources.py"])

    def ratio(self, name, work):
        """To the floor's time; none where it was not taken."""
        floor = self.times.get(("poem" if work == "upload" else FLOORS.get(name, name), work))
        return median(self.times[name, work]) / median(floor) if floor else None

    def table(self):
        lines = ["| Work | With | Seconds | Ratio | Peak memory (MiB) |", "|---|---|---|---|---|"]
        for name, work in sorted(self.times, key=lambda key: ["first", "second", "upload"].index(key[1])):
            ratio, peak = self.ratio(name, work), self.peaks.get(name)
            lines.append(f"| {work} | {name} | {median(self.times[name, work]):.3f} | "
                         f"{'' if ratio is None else f'{ratio:.2f}'} | {f'{peak:.0f}' if peak else ''} |")
        return "\n".join(lines)


def install_peers():
    run(["npm", "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", PEERS,
         *NODE_PACKAGES])
    if not PYTHON.exists():
        run([sys.executable, "-m", "venv", PEERS / "python"])
    run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PYTHON_PACKAGES])


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    arguments.add_argument("contestants", nargs="*", default=["postgres", "sqlite", "upload"],
                           help="of postgres, sqlite, upload and peers; all but the peers unless given")
    arguments.add_argument("--rows", type=int, action="append", help="of the first roster; may be given several times")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--check", action="store_true", help="fail where Muster is grossly slower than it was")
    given = arguments.parse_args()
    if "peers" in given.contestants:
        install_peers()
    gross = []
    try:
        for rows in given.rows or [100_000]:
            with tempfile.TemporaryDirectory(prefix="muster-speed-") as folder:
                comparison = Comparison(Path(folder), rows)
                for _ in range(given.rounds):
                    comparison.round(given.contestants, rows)
                load, cores = os.getloadavg()[0], os.cpu_count()
                print(f"\n{rows:,} rows, median of {given.rounds} rounds in turn, {cores} cores, load {load:.1f}\n")
                print(comparison.table(), flush=True)
                if given.check:
                    ratios = {key: comparison.ratio(*key) for key in GROSS if key in comparison.times}
                    gross += [f"{' '.join(key)}: {ratio:.1f} times the floor, at most {GROSS[key]}"
                              for key, ratio in ratios.items() if ratio and ratio > GROSS[key]]
    finally:
        sql(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    if gross:
        sys.exit("Grossly slower:\n  " + "\n  ".join(gross))


if __name__ == "__main__":
    main()
