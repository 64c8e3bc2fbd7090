"""The audit trail: how an event is written and chained, and how the chain is verified.

Sentences of the trail are records: Vietnamese, and never translated.

Who writes holds an exclusive lock on the object whose stream it is (dossier, round, agency or
province), so numbers never collide; the unique constraint on (stream, number) is the net below.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils import translation

from agencies.models import Agency, Jurisdiction, User
from appraisal import clock
from appraisal.models import Consolidation, Dossier, Event, Round


def canonical(value: Any) -> str:
    """The one spelling of a value that hashes are made of: sorted keys, no spaces, as UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def official(label: object) -> str:
    """A label as the trail keeps it: in Vietnamese, whatever language the person reads."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(label)


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


@dataclass(frozen=True)
class Entry:
    """What one event says."""

    actor: User | None
    action: str
    sentence: str
    at: datetime
    data: dict[str, Any] | None = None


def _last(stream: str) -> tuple[int, str]:
    """Number and hash of the last event of a stream."""
    return (
        Event.objects.filter(stream=stream).order_by("-number").values_list("number", "hash")
    ).first() or (0, "")


def _chained(stream: str, last: tuple[int, str], entry: Entry, **keys: int | None) -> Event:
    """The event that follows `last`, hashed, not yet written."""
    event = Event(
        stream=stream,
        number=last[0] + 1,
        at=entry.at,
        actor=entry.actor,
        actor_name=entry.actor.full_name if entry.actor else "",
        action=entry.action,
        sentence=entry.sentence,
        data=json.loads(canonical(entry.data or {})),
        previous_hash=last[1],
        **keys,
    )
    event.hash = _hash(event)
    return event


def _append(stream: str, entry: Entry, **keys: int | None) -> Event:
    event = _chained(stream, _last(stream), entry, **keys)
    event.save(force_insert=True)
    return event


def _keys(dossier: Dossier) -> dict[str, int | None]:
    return {
        "jurisdiction_id": dossier.round.jurisdiction_id,
        "round_id": dossier.round_id,
        "dossier_id": dossier.pk,
    }


def record_many(dossier: Dossier, entries: Iterable[Entry]) -> None:
    """Write several events of one dossier at once, chained in the order given.

    For bulk writers; the caller holds the dossier, as for `record`.
    """
    stream = f"dossier-{dossier.pk}"
    last, made = _last(stream), []
    for entry in entries:
        made.append(_chained(stream, last, entry, **_keys(dossier)))
        last = (made[-1].number, made[-1].hash)
    Event.objects.bulk_create(made, batch_size=500)


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
    entry = Entry(actor, action, sentence, at, data)
    if isinstance(subject, Dossier):
        return _append(f"dossier-{subject.pk}", entry, **_keys(subject))
    if isinstance(subject, Round):
        return _append(
            f"round-{subject.pk}",
            entry,
            jurisdiction_id=subject.jurisdiction_id,
            round_id=subject.pk,
        )
    return _append(f"agency-{subject.pk}", entry, jurisdiction_id=subject.jurisdiction_id)


def record_account(
    jurisdiction: Jurisdiction, actor: User | None, action: str, sentence: str, data: dict[str, Any]
) -> None:
    """The recorder of `agencies`: accounts and register, one stream for each province."""
    with transaction.atomic():
        Jurisdiction.objects.select_for_update().get(pk=jurisdiction.pk)
        _append(
            f"jurisdiction-{jurisdiction.pk}",
            Entry(actor, action, sentence, clock.read(), data),
            jurisdiction_id=jurisdiction.pk,
        )


def heads(round: Round) -> dict[str, str]:
    """The last hash of the stream of every dossier of the round; a consolidation keeps them.

    One look into the index of (stream, number) for each dossier, however long its stream is.
    """
    stream = Concat(Value("dossier-"), Cast(OuterRef("pk"), CharField()))
    last = Event.objects.filter(stream=stream).order_by("-number").values("hash")[:1]
    dossiers = Dossier.objects.filter(round=round).annotate(head=Subquery(last))
    return {
        f"dossier-{pk}": head for pk, head in dossiers.values_list("pk", "head") if head is not None
    }


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
