"""How a rule answers: yes, or no with the sentence that the person reads."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied


@dataclass(frozen=True)
class Verdict:
    """The answer of a rule; true when allowed."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


def yes() -> Verdict:
    return Verdict(True)


def no(reason: str) -> Verdict:
    return Verdict(False, str(reason))


class Refusal(PermissionDenied):
    """A rule said no; its text is the reason and the 403 page shows it."""


def enforce(verdict: Verdict) -> None:
    """Raise Refusal with the rule's reason unless the verdict allows."""
    if not verdict:
        raise Refusal(verdict.reason)
