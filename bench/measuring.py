"""Counting SQL and taking time, and what was found of one operation."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, median_low
from typing import Any

from django.db import connection

WARM_UP = 3
# They delimit transactions and ask nothing; a page inside a transaction would count more of them.
TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True)
class Aim:
    """What is wished for: so many milliseconds, and so many queries."""

    milliseconds: float
    queries: int | None = None


@dataclass
class Row:
    """What was found of one operation, by the number of dossiers in the round."""

    name: str
    aim: Aim | None = None
    milliseconds: dict[int, float] = field(default_factory=dict)
    queries: dict[int, int] = field(default_factory=dict)

    @property
    def is_level(self) -> bool:
        """Whether the round's size does not change the number of queries."""
        return len(set(self.queries.values())) <= 1


class Queries:
    """The statements that were sent while it was open."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def __call__(
        self, execute: Callable[..., Any], statement: str, params: Any, many: bool, context: Any
    ) -> Any:
        if not statement.startswith(TRANSACTION):
            self.sent.append(statement)
        return execute(statement, params, many, context)


@contextmanager
def queries() -> Iterator[Queries]:
    """Count what the connection sends inside the block."""
    counted = Queries()
    with connection.execute_wrapper(counted):
        yield counted


def times(action: Callable[[], object], count: int, warm_up: int = WARM_UP) -> float:
    """The median of so many runs in milliseconds, after the first ones."""
    taken = []
    for number in range(warm_up + count):
        begun = time.perf_counter()
        action()
        if number >= warm_up:
            taken.append((time.perf_counter() - begun) * 1000)
    return median(taken)


def sent_by(action: Callable[[], object], runs: int = 3) -> int:
    """How many queries one run sends; the median, since a session is written once a minute."""
    counts = []
    for _run in range(runs):
        with queries() as counted:
            action()
        counts.append(len(counted.sent))
    return median_low(counts)
