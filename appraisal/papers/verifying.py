"""What the public page may say of a fingerprint: match, replaced, no match, and nothing else.

A result is known to the public only when a decision approved exactly it. What was not approved and
what does not exist are one answer, found by one query.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from appraisal.models import Consolidation

FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")
_BLANKS: Final = re.compile(r"[\s\u00ad\u200b-\u200d\ufeff-]+")


class Standing(StrEnum):
    """The three answers."""

    MATCHES = "matches"
    REPLACED = "replaced"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """What is said: for an unknown fingerprint the rest is empty."""

    standing: Standing
    year: int = 0
    jurisdiction: str = ""
    round: str = ""
    approved_at: datetime | None = None


NO_MATCH: Final = Finding(Standing.UNKNOWN)


def cleaned(typed: str) -> str:
    """A fingerprint as people type or paste it: in groups, over lines, in capitals.

    The empty text when it is none.
    """
    bare = _BLANKS.sub("", typed).lower()
    return bare if FINGERPRINT.fullmatch(bare) else ""


def look_up(fingerprint: str) -> Finding:
    """What stands behind a fingerprint (64 hex digits, or anything else: no match)."""
    found = list(
        Consolidation.objects.filter(fingerprint=fingerprint, round__decision__isnull=False)
        .values_list(
            "round__year", "round__name", "round__jurisdiction__kind",
            "round__jurisdiction__name", "round__decision__approved_at",
            "round__decision__consolidation__fingerprint", "round__decision__fingerprint",
        )
    )  # fmt: skip
    findings = [
        Finding(
            Standing.MATCHES if fingerprint == approved == decided else Standing.REPLACED,
            year,
            f"{kind} {name}",
            title,
            at,
        )
        for year, title, kind, name, at, approved, decided in found
    ]
    return min(findings, key=lambda item: item.standing is Standing.REPLACED, default=NO_MATCH)
