"""`make bench`: Kon Tum 2020 on SQLite, and on PostgreSQL where `DATABASE_URL` names one; papers.

Each database is new, is measured in a process of its own, and is thrown away. The exit status is 1
when a page asks a different number of queries for 1, 3 and 30 dossiers, or when it cannot be shown.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
NAME = "parc_bench"


@contextmanager
def own_postgresql(url: str) -> Iterator[str]:
    """An empty database beside the one that `url` names; dropped afterwards."""
    name = sql.Identifier(f"{NAME}_{os.getpid()}")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} ENCODING 'UTF8'").format(name))
    try:
        yield urlsplit(url)._replace(path=f"/{NAME}_{os.getpid()}").geturl()
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def measure(module: str, *arguments: str, database_url: str = "") -> int:
    """Run a module of the benchmark in a new process with the settings of one machine; its status.

    `module` is named without its package.
    """
    with tempfile.TemporaryDirectory(prefix="parc-bench-") as folder:
        Path(folder, "static").mkdir()  # WhiteNoise looks for it
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "parc.settings",
            "PARC_LOCAL": "1",
            "PARC_VAR": folder,
            "SECRET_KEY": "a-key-of-the-benchmark-and-of-nothing-else-0123456789",
            "DATABASE_URL": database_url,
            "REDIS_URL": "",
            "PARC_CLOCK_OFFSET": "0",
            "EVIDENCE_ROOT": f"{folder}/evidence",
            "ALLOWED_HOSTS": "",
        }
        command = [sys.executable, "-m", f"bench.{module}", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=15, help="of each page, at least 3")
    parser.add_argument(
        "--only", choices=["sqlite", "postgresql", "printing", "workbooks", "exports", "word"]
    )
    chosen = parser.parse_args()
    round_of = ("kon_tum", "--requests", str(max(3, chosen.requests)))
    url = os.environ.get("DATABASE_URL", "").strip()
    if chosen.only == "postgresql" and not url:
        parser.error("DATABASE_URL is not set")
    statuses = []
    if chosen.only in {None, "sqlite"}:
        statuses.append(measure(*round_of))
    if url and chosen.only in {None, "postgresql"}:
        with own_postgresql(url) as own:
            statuses.append(measure(*round_of, database_url=own))
    if chosen.only in {None, "printing"}:
        statuses.append(measure("printing"))
    if chosen.only in {None, "workbooks"}:
        statuses.append(measure("workbooks"))
    if chosen.only in {None, "exports"}:
        statuses.append(measure("exports"))
    if chosen.only in {None, "word"}:
        statuses.append(measure("word"))
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main())
