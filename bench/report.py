"""The figures as aligned text, each with its aim beside it."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterable, Sequence

import django
from django.db import connection

from bench.measuring import Aim, Row

COLUMNS = "{:<38}" + "{:>8}" * 3 + "{:>9}" + "   {:<15}{:>8}"


def heading(note: str) -> None:
    version = sqlite3.sqlite_version
    if connection.vendor == "postgresql":
        version = ".".join(map(str, connection.get_database_version()))
    print(
        f"\nKon Tum 2020, {connection.display_name} {version}, Python {platform.python_version()},"
        f" Django {django.get_version()}, {os.cpu_count()} cores ({note})"
    )


def table(title: str, rows: Iterable[Row], sizes: Sequence[int]) -> None:
    """Milliseconds and queries by the number of dossiers; `!` marks a figure over its aim."""
    print(f"\n{title}")
    heads = [f"ms/{size}" for size in sizes]
    print(COLUMNS.format("", *heads, "aim", "SQL " + "/".join(map(str, sizes)), "aim"))
    for row in rows:
        print(
            COLUMNS.format(
                row.name,
                *[_time(row.milliseconds.get(size), row.aim) for size in sizes],
                f"≤ {row.aim.milliseconds:g}" if row.aim else "",
                _counts(row, sizes),
                f"≤ {row.aim.queries}" if row.aim and row.aim.queries else "",
            ).rstrip()
        )


def _time(value: float | None, aim: Aim | None) -> str:
    if value is None:
        return "–"
    return f"{value:.1f}{'!' if aim and value > aim.milliseconds else ''}"


def _counts(row: Row, sizes: Sequence[int]) -> str:
    if not row.queries:
        return ""
    over = row.aim and row.aim.queries and max(row.queries.values()) > row.aim.queries
    mark = "!" if over else ""
    if row.is_level:
        return f"= {next(iter(row.queries.values()))}{mark}"
    return "≠ " + "/".join(str(row.queries.get(size, "–")) for size in sizes) + mark
