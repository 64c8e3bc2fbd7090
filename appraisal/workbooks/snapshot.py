"""A sealed snapshot opened for writing it out: agency by agency, however many there are.

`Loaded` holds a snapshot that was parsed already; `Streamed` reads the sealed text and parses one
agency at a time, so that a whole country needs no more memory than a province. Both say the same.
What the snapshot holds is said in `queries.results`.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

Agency = Mapping[str, Any]

_DECODE: Final = json.JSONDecoder().raw_decode
_BLANK: Final = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True)
class Group:
    """A ranked group without its agencies; `leaves` are code and maximum, in reading order."""

    place: int
    code: str
    name: str
    criteria: Mapping[str, Any]
    agencies: int
    leaves: tuple[tuple[str, str], ...]


class Snapshot(Protocol):
    """What both forms answer. `last_change` is the last moment that a mark was saved, as sealed;
    "" where there is none."""

    @property
    def form(self) -> int: ...
    @property
    def round(self) -> Mapping[str, Any]: ...
    @property
    def trail(self) -> Mapping[str, str]: ...
    @property
    def groups(self) -> tuple[Group, ...]: ...
    @property
    def last_change(self) -> str: ...

    def agencies(self, group: Group) -> Iterator[Agency]:
        """The agencies of a group in the order of their ranks."""
        ...


class Loaded:
    """A snapshot that is in memory as a whole."""

    def __init__(self, sealed: Mapping[str, Any]) -> None:
        self._groups: list[Mapping[str, Any]] = sealed["groups"]
        self.form: int = sealed.get("form", 0)
        self.round: Mapping[str, Any] = sealed["round"]
        self.trail: Mapping[str, str] = sealed.get("trail", {})
        seen = _Seen()
        heads = []
        for place, group in enumerate(self._groups):
            agencies = group["agencies"]
            for agency in agencies:
                seen.look(agency)
            heads.append(_head(place, group, len(agencies), agencies))
        self.groups = tuple(heads)
        self.last_change = seen.last_change

    def agencies(self, group: Group) -> Iterator[Agency]:
        return iter(self._groups[group.place]["agencies"])


class Streamed:
    """The sealed text, read twice: once for the heads of the groups, once for the agencies.

    The sealed spelling sorts names, so what is said of a group stands behind its agencies.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: list[int] = []
        self._seen = _Seen()
        heads: list[Group] = []
        said: dict[str, Any] = {}

        def take(name: str, at: int) -> int:
            if name == "groups":
                said[name] = heads
                return self._each_element(at, lambda start: self._group(start, heads))
            said[name], end = _DECODE(text, at)
            return end

        self._each_member(0, take)
        self.form: int = said.get("form", 0)
        self.round: Mapping[str, Any] = said["round"]
        self.trail: Mapping[str, str] = said.get("trail", {})
        self.groups: tuple[Group, ...] = tuple(said["groups"])
        self.last_change = self._seen.last_change

    def agencies(self, group: Group) -> Iterator[Agency]:
        at = self._after(self._starts[group.place], "[")
        while self._text[at] != "]":
            agency, end = _DECODE(self._text, at)
            yield agency
            at = self._next(end, "]")

    def _group(self, at: int, heads: list[Group]) -> int:
        said: dict[str, Any] = {}
        firsts: list[Agency] = []
        count = 0

        def look(start: int) -> int:
            nonlocal count
            agency, end = _DECODE(self._text, start)
            self._seen.look(agency)
            count += 1
            if not firsts:
                firsts.append(agency)
            return end

        def take(name: str, start: int) -> int:
            if name == "agencies":
                self._starts.append(start)
                return self._each_element(start, look)
            said[name], end = _DECODE(self._text, start)
            return end

        end = self._each_member(at, take)
        heads.append(_head(len(heads), said, count, firsts))
        return end

    # --- JSON, where only some of the values are decoded -----------------------------------------
    def _each_member(self, at: int, take: Callable[[str, int], int]) -> int:
        """Give each name of an object with where its value begins; `take` answers where it ends."""
        at = self._after(at, "{")
        while self._text[at] != "}":
            name, end = _DECODE(self._text, at)
            end = take(name, self._after(self._skip(end), ":"))
            at = self._next(end, "}")
        return at + 1

    def _each_element(self, at: int, take: Callable[[int], int]) -> int:
        """The same for the elements of an array."""
        at = self._after(at, "[")
        while self._text[at] != "]":
            at = self._next(take(at), "]")
        return at + 1

    def _next(self, end: int, closing: str) -> int:
        """From the end of a value to the next one, or to the end of what it stands in."""
        at = self._skip(end)
        return at if self._text[at] == closing else self._after(at, ",")

    def _after(self, at: int, mark: str) -> int:
        if self._text[at] != mark:
            raise ValueError(f"“{mark}” is missing at {at}")
        return self._skip(at + 1)

    def _skip(self, at: int) -> int:
        blank = _BLANK.match(self._text, at)
        assert blank is not None
        return blank.end()


class _Seen:
    """What is remembered of the agencies while they pass."""

    def __init__(self) -> None:
        self.last_change = ""

    def look(self, agency: Agency) -> None:
        for leaf in agency["leaves"]:
            for mark in leaf["marks"].values():
                # All moments are spelled alike, in UTC, so the text compares as the moment does.
                if mark["at"] > self.last_change:
                    self.last_change = mark["at"]


def _head(place: int, said: Mapping[str, Any], agencies: int, firsts: Sequence[Agency]) -> Group:
    leaves = firsts[0]["leaves"] if firsts else ()
    return Group(
        place=place,
        code=said.get("code", ""),
        name=said["name"],
        criteria=said["criteria"],
        agencies=agencies,
        leaves=tuple((leaf["code"], leaf["maximum"]) for leaf in leaves),
    )
