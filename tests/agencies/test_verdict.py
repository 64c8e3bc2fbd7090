"""A rule answers with its reason, and the reason travels with the refusal."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from agencies import trail
from agencies.models import Jurisdiction
from agencies.verdict import Refusal, enforce, no, yes


def test_a_verdict_is_true_when_it_allows() -> None:
    assert yes()
    assert not no("Đã hết hạn.")


def test_a_refusal_carries_the_reason_of_the_rule() -> None:
    enforce(yes())
    with pytest.raises(Refusal, match=r"^Đã hết hạn\.$") as caught:
        enforce(no("Đã hết hạn."))
    assert isinstance(caught.value, PermissionDenied)


def test_nothing_is_written_without_a_recorder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "_slot", [])
    with pytest.raises(RuntimeError):
        trail.record(Jurisdiction(), None, "x", "y")
