"""Reads the parameters of one rule and notes, in Vietnamese, everything that is wrong with them.

Knows the shapes of JSON, not what a kind of rule does with its values (that is `kinds`).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import overload

from appraisal.scoring import words
from appraisal.scoring.numbers import BadNumber, read_decimal, show_full

ZERO = Decimal(0)
ONE = Decimal(1)


class Params:
    """One mapping of parameters; a wrong value is noted and replaced by the default.

    `unknown` is asked last and names the keys that nobody read: a misspelt parameter must not be
    ignored in silence.
    """

    def __init__(self, raw: Mapping[str, object]) -> None:
        self.raw = raw
        self.problems: list[str] = []
        self._read = {"note"}

    def has(self, key: str) -> bool:
        return self.raw.get(key) is not None

    @overload
    def number(self, key: str, default: Decimal, *, high: Decimal | None = None) -> Decimal: ...
    @overload
    def number(self, key: str, default: None, *, high: Decimal | None = None) -> Decimal | None: ...
    def number(
        self, key: str, default: Decimal | None, *, high: Decimal | None = None
    ) -> Decimal | None:
        """A number from 0 to `high`."""
        self._read.add(key)
        if not self.has(key):
            return default
        value = self._decimal(key, self.raw[key], high)
        return default if value is None else value

    def needed_number(self, key: str, *, high: Decimal | None = None) -> Decimal:
        if not self.has(key):
            self.problems.append(words.NEED_KEY.format(key=key))
        return self.number(key, ZERO, high=high)

    def one_of(self, key: str, allowed: Sequence[str], default: str) -> str:
        self._read.add(key)
        value = self.raw.get(key, default)
        if isinstance(value, str) and value in allowed:
            return value
        self.problems.append(
            words.NEED_CHOICE.format(key=key, allowed=", ".join(allowed), value=value)
        )
        return default

    def text(self, key: str, default: str = "") -> str:
        self._read.add(key)
        value = self.raw.get(key)
        if value is None:
            return default
        if isinstance(value, str):
            return value.strip() or default
        self.problems.append(words.NEED_TEXT.format(key=key))
        return default

    def flag(self, key: str) -> bool:
        self._read.add(key)
        return bool(self.raw.get(key))

    def rows(self, key: str) -> "list[Params]":
        """A list of mappings, not empty."""
        self._read.add(key)
        value = self.raw.get(key)
        if isinstance(value, list | tuple) and value and all(isinstance(r, Mapping) for r in value):
            return [Params(row) for row in value]
        self.problems.append(words.NEED_LIST.format(key=key))
        return []

    def sizes(self, key: str) -> dict[str, Decimal]:
        """Names with a number each, not empty."""
        self._read.add(key)
        value = self.raw.get(key)
        if not isinstance(value, Mapping) or not value:
            self.problems.append(words.NEED_MAP.format(key=key))
            return {}
        sizes = {}
        for name, size in value.items():
            number = self._decimal(f"{key}: {name}", size, None)
            if not str(name).strip():
                self.problems.append(words.RESERVED_NAME.format(name=name))
            sizes[str(name)] = ZERO if number is None else number
        return sizes

    def labels(self) -> dict[str, str]:
        """The set's own Vietnamese names, before the common ones."""
        self._read.add("labels")
        value = self.raw.get("labels")
        if value is None:
            return words.LABELS
        if not isinstance(value, Mapping):
            self.problems.append(words.NEED_MAP.format(key="labels"))
            return words.LABELS
        return words.LABELS | {str(name): str(label) for name, label in value.items()}

    def take(self, rows: "list[Params]") -> None:
        """Notes the problems of the rows, each with its number, once all were read."""
        for number, row in enumerate(rows, start=1):
            self.problems += [
                words.IN_ROW.format(number=number, problem=problem) for problem in row.unknown()
            ]

    def unknown(self) -> list[str]:
        """All problems, those of unread keys included."""
        unread = [str(key) for key in self.raw if key not in self._read]
        return self.problems + [words.UNKNOWN_KEY.format(key=key) for key in unread]

    def _decimal(self, key: str, value: object, high: Decimal | None) -> Decimal | None:
        try:
            number = read_decimal(value)
        except BadNumber:
            number = None
        if number is not None and (high is None or number <= high):
            return number
        template = words.NEED_NUMBER if high is None else words.NEED_NUMBER_BETWEEN
        self.problems.append(
            template.format(key=key, low=0, high=high and show_full(high), value=value)
        )
        return None
