"""Three hands on one row: what it was, what the file says, what is stored now.

Values are compared as they are kept (JSON); what they mean, and who may change them, is not known
here. Used for every workbook that is filled off line and comes back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Values = Mapping[str, Any]


class Fate(StrEnum):
    """What became of a row while it was out of the house."""

    UNCHANGED = "unchanged"  # nobody touched it
    MINE = "mine"  # only the file changed it
    SAME = "same"  # both say the same by now
    THEIRS = "theirs"  # only somebody here changed it
    CONFLICT = "conflict"  # both changed it, differently


@dataclass(frozen=True)
class Merged:
    """One row with its three versions; `base` is None where nothing was stored at the export."""

    key: str
    base: Values | None
    mine: Values | None
    theirs: Values | None

    @property
    def fate(self) -> Fate:
        mine, theirs = self.mine != self.base, self.theirs != self.base
        if not mine and not theirs:
            return Fate.UNCHANGED
        if self.mine == self.theirs:
            return Fate.SAME
        if mine and theirs:
            return Fate.CONFLICT
        return Fate.MINE if mine else Fate.THEIRS

    @property
    def may_be_taken(self) -> bool:
        """Whether taking the file's row would change anything."""
        return self.fate in {Fate.MINE, Fate.CONFLICT}

    @property
    def is_taken_by_default(self) -> bool:
        """Only what nobody else touched; a conflict is decided by a person."""
        return self.fate is Fate.MINE

    def to_json(self) -> dict[str, Any]:
        return {
            name: None if values is None else dict(values)
            for name, values in (("base", self.base), ("mine", self.mine), ("theirs", self.theirs))
        } | {"key": self.key}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Merged":
        return cls(data["key"], data["base"], data["mine"], data["theirs"])


def merge(
    base: Mapping[str, Values | None],
    mine: Mapping[str, Values | None],
    theirs: Mapping[str, Values | None],
) -> list[Merged]:
    """Every row of the file, in its order, beside what it was and what it is."""
    return [Merged(key, base.get(key), values, theirs.get(key)) for key, values in mine.items()]
