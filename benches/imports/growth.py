#!/usr/bin/env python3
"""How the cost of an import grows: with the rows of the file, and with the members that it changes.

Imports rosters with Muster alone, into each database, and prints what each phase took and the peak of its memory.
Takes a release build, and psql with a PostgreSQL at MUSTER_TEST_POSTGRES_URL.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

from compare import DATABASE, PROGRAMS, URL, run, sql

PHASES = ["upload", "planning", "applying"]


class Rosters:
    """Rosters in a folder, each made once."""

    def __init__(self, folder):
        self.folder = folder
        self.made = {}

    def __call__(self, rows, *more):
        name = "-".join([str(rows), *more]).replace("--", "")
        if name not in self.made:
            roster, books = self.folder / f"{name}.csv", self.folder / f"{name}.json"
            with open(roster, "w") as csv, open(books, "w") as counts:
                subprocess.run([PROGRAMS / "roster", "--rows", str(rows), *more], stdout=csv, stderr=counts, check=True)
            self.made[name] = roster, books
        return self.made[name]


def measured(store, folder, rosters):
    """For each roster, in turn: seconds of each phase, and the highest peak in MiB."""
    more = []
    if store == "PostgreSQL":
        sql(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)", f"CREATE DATABASE {DATABASE}", "CHECKPOINT")
        more = ["--database-url", URL]
    files = [part for roster, books in rosters for part in ("--csv", roster, "--books", books)]
    lines = run([PROGRAMS / "measure", "--server", PROGRAMS / "muster", "--folder", folder, *files, *more])
    found = [{} for _ in rosters]
    for line in lines.splitlines():
        match line.split():
            case [number, phase, seconds, _, peak] if number.isdigit():
                one = found[int(number) - 1]
                one[phase] = float(seconds)
                one["peak"] = max(one.get("peak", 0.0), float(peak))
    return found


def line(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def table(first, stores):
    line("Database", first, *(f"{phase} (s)" for phase in PHASES), "Peak memory (MiB)")
    line(*["---"] * (len(PHASES) + 3))
    for store, what, one in stores:
        line(store, f"{what:,}", *(f"{one[phase]:.2f}" for phase in PHASES), f"{one['peak']:.0f}")
    print()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    arguments.add_argument("--rows", type=int, default=1_000_000, help="of the largest roster")
    rows = arguments.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="muster-growth-") as name:
        folder = Path(name)
        rosters = Rosters(folder)
        first, second, changes = [], [], []
        try:
            for store in ["PostgreSQL", "SQLite"]:
                for count in [rows // 100, rows // 10, rows]:
                    one, other = measured(store, folder, [rosters(count), rosters(count, "--second")])
                    first.append((store, count, one))
                    second.append((store, count, other))
                for count in [rows // 1000, rows // 100, rows // 10]:
                    changed = rosters(rows, "--changed", str(count))
                    changes.append((store, count, measured(store, folder, [rosters(rows), changed])[1]))
        finally:
            sql(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        table("First import, rows", first)
        table("Second import, rows", second)
        table(f"Of {rows:,} members, changed", changes)


if __name__ == "__main__":
    main()
