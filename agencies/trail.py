"""Where the writes of this app are remembered.

The audit trail belongs to `appraisal`, a layer above, which puts its recorder into the slot here
when the process starts. Writing without a recorder is an error: nothing may go unremembered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agencies.models import Jurisdiction, User

Recorder = Callable[[Jurisdiction, User | None, str, str, dict[str, Any]], None]

_slot: list[Recorder] = []


def use(recorder: Recorder) -> None:
    """Make this the recorder from now on."""
    _slot[:] = [recorder]


def record(
    jurisdiction: Jurisdiction,
    actor: User | None,
    action: str,
    sentence: str,
    data: dict[str, Any] | None = None,
) -> None:
    """Write one event, in the transaction of the caller."""
    if not _slot:
        raise RuntimeError("No recorder: appraisal.apps sets it when the process starts.")
    _slot[0](jurisdiction, actor, action, sentence, data or {})
