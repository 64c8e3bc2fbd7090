"""The audit trail: how an event is written and chained, and how the chain is verified.

Who writes holds an exclusive lock on the object whose stream it is (dossier, round, agency or
province), so numbers never collide; the unique constraint on (stream, number) is the net below.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from agencies.models import Agency, Jurisdiction, User
from appraisal import clock
from appraisal.models import Consolidation, Dossier, Event, Round


def canonical(value: Any) -> str:
    """The one spelling of a value that hashes are made of: sorted keys, no spaces, as UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _hash(event: Event) -> str:
    return fingerprint(
        canonical(
            {
                "stream": event.stream,
                "number": event.number,
                "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "actor": event.actor_id,
                "actor_name": event.actor_name,
                "action": event.action,
                "sentence": event.sentence,
                "data": event.data,
                "previous": event.previous_hash,
            }
        )
    )


def _append(
    stream: str,
    *,
    jurisdiction_id: int,
    actor: User | None,
    action: str,
    sentence: str,
    at: datetime,
    data: dict[str, Any] | None,
    round_id: int | None = None,
    dossier_id: int | None = None,
) -> Event:
    last = (
        Event.objects.filter(stream=stream).order_by("-number").values_list("number", "hash")
    ).first() or (0, "")
    event = Event(
        stream=stream,
        number=last[0] + 1,
        jurisdiction_id=jurisdiction_id,
        round_id=round_id,
        dossier_id=dossier_id,
        at=at,
        actor=actor,
        actor_name=actor.full_name if actor else "",
        action=action,
        sentence=sentence,
        data=json.loads(canonical(data or {})),
        previous_hash=last[1],
    )
    event.hash = _hash(event)
    event.save(force_insert=True)
    return event


def record(
    subject: Round | Dossier | Agency,
    actor: User | None,
    action: str,
    sentence: str,
    *,
    at: datetime,
    data: dict[str, Any] | None = None,
) -> Event:
    """Write one event into the stream of the subject, which the caller has locked."""
    common: dict[str, Any] = {
        "actor": actor,
        "action": action,
        "sentence": sentence,
        "at": at,
        "data": data,
    }
    if isinstance(subject, Dossier):
        return _append(
            f"dossier-{subject.pk}",
            jurisdiction_id=subject.round.jurisdiction_id,
            round_id=subject.round_id,
            dossier_id=subject.pk,
            **common,
        )
    if isinstance(subject, Round):
        return _append(
            f"round-{subject.pk}",
            jurisdiction_id=subject.jurisdiction_id,
            round_id=subject.pk,
            **common,
        )
    return _append(f"agency-{subject.pk}", jurisdiction_id=subject.jurisdiction_id, **common)


def record_account(
    jurisdiction: Jurisdiction, actor: User | None, action: str, sentence: str, data: dict[str, Any]
) -> None:
    """The recorder of `agencies`: accounts and register, one stream for each province."""
    with transaction.atomic():
        Jurisdiction.objects.select_for_update().get(pk=jurisdiction.pk)
        _append(
            f"jurisdiction-{jurisdiction.pk}",
            jurisdiction_id=jurisdiction.pk,
            actor=actor,
            action=action,
            sentence=sentence,
            at=clock.read(),
            data=data,
        )


def heads(round: Round) -> dict[str, str]:
    """The last hash of every stream of the round; a consolidation keeps them."""
    events = Event.objects.filter(round=round).order_by("stream", "number")
    return dict(events.values_list("stream", "hash"))


def breaks() -> Iterator[str]:
    """What is wrong with the trail, one sentence each; nothing when it is whole.

    Verified: the hash of every event, the link to the one before, numbers without gaps, and that
    the heads kept in every consolidation are still hashes of their streams (a stream that was cut
    off at its end is found there).
    """
    stream, number, previous = "", 0, ""
    known: set[tuple[str, str]] = set()
    for event in Event.objects.order_by("stream", "number").iterator(chunk_size=2000):
        if event.stream != stream:
            stream, number, previous = event.stream, 0, ""
        if event.number != number + 1:
            yield f"{stream}: sau số {number} là số {event.number}"
        if event.previous_hash != previous:
            yield f"{stream} số {event.number}: không nối với sự kiện trước"
        if event.hash != _hash(event):
            yield f"{stream} số {event.number}: nội dung không khớp mã băm"
        number, previous = event.number, event.hash
        known.add((stream, event.hash))
    for consolidation in Consolidation.objects.order_by("pk").iterator(chunk_size=20):
        kept: dict[str, str] = json.loads(consolidation.snapshot).get("trail", {})
        for name, digest in kept.items():
            if (name, digest) not in known:
                yield f"{name}: thiếu sự kiện đã có khi tổng hợp lần {consolidation.number}"
        if fingerprint(consolidation.snapshot) != consolidation.fingerprint:
            yield f"Tổng hợp số {consolidation.pk}: nội dung không khớp dấu vân tay"
