"""The audit trail is chained, and a change anywhere in it is found."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from appraisal import trail
from appraisal.models import Event, guards
from tests.cast import Cast, moment

NOON = moment("2020-12-10 12:00")


@pytest.fixture
def written(cast: Cast) -> list[Event]:
    """Three events of one dossier and one of the round."""
    events = [
        trail.record(
            cast.dossier, cast.officer, "mark.self", f"Lưu lần {n}", at=NOON, data={"n": n}
        )
        for n in (1, 2, 3)
    ]
    trail.record(cast.round, cast.secretary, "round.windows", "Đổi thời gian", at=NOON)
    return events


def forge(sql: str, *values: object) -> None:
    """What somebody with the database in his hands does: past the guards."""
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
    guards.install(connection)


def test_a_whole_trail_has_no_breaks(written: list[Event]) -> None:
    assert list(trail.breaks()) == []


def test_each_stream_counts_its_own_events(written: list[Event]) -> None:
    assert [event.number for event in written] == [1, 2, 3]
    assert written[1].previous_hash == written[0].hash


@pytest.mark.parametrize(
    "column", ["sentence", "actor_name", "action", "data", "previous_hash", "hash"]
)
def test_a_changed_event_is_found(written: list[Event], column: str) -> None:
    value = '{"n": 9}' if column == "data" else "khác"
    forge(f"UPDATE appraisal_event SET {column} = %s WHERE id = %s", value, written[1].pk)  # noqa: S608
    found = list(trail.breaks())
    assert found
    assert all(sentence.startswith(written[1].stream) for sentence in found)


def test_a_removed_event_is_found(written: list[Event]) -> None:
    forge("DELETE FROM appraisal_event WHERE id = %s", written[1].pk)
    assert any("sau số 1 là số 3" in sentence for sentence in trail.breaks())


def test_a_stream_cut_off_at_its_end_is_found_by_the_consolidation(
    cast: Cast, written: list[Event]
) -> None:
    text = trail.canonical({"trail": trail.heads(cast.round)})
    cast.round.consolidations.create(
        number=1, snapshot=text, fingerprint=trail.fingerprint(text), made_by=cast.secretary,
        made_at=NOON,
    )  # fmt: skip
    assert list(trail.breaks()) == []
    forge("DELETE FROM appraisal_event WHERE id = %s", written[2].pk)
    assert any("thiếu sự kiện" in sentence for sentence in trail.breaks())


def test_a_changed_snapshot_is_found(cast: Cast) -> None:
    text = trail.canonical({"trail": {}})
    row = cast.round.consolidations.create(
        number=1, snapshot=text, fingerprint=trail.fingerprint(text), made_by=cast.secretary,
        made_at=NOON,
    )  # fmt: skip
    forge(
        "UPDATE appraisal_consolidation SET snapshot = %s WHERE id = %s",
        json.dumps({"trail": {}, "index": 100}), row.pk,
    )  # fmt: skip
    assert any("dấu vân tay" in sentence for sentence in trail.breaks())


def test_the_canonical_form_has_one_spelling() -> None:
    assert trail.canonical({"b": 1, "a": "Đ"}) == '{"a":"Đ","b":1}'
    assert trail.canonical({"a": "Đ", "b": 1}) == trail.canonical({"b": 1, "a": "Đ"})
