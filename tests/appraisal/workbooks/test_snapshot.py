"""The sealed text read in pieces says what it says as a whole."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraisal.workbooks.snapshot import Loaded, Snapshot, Streamed

TEXT = st.text(max_size=4)
MOMENT = st.integers(10, 28).map(lambda day: f"2020-12-{day}T02:00:00.000000+00:00")
MARK = st.fixed_dictionaries({"points": st.sampled_from(["1", None]), "reason": TEXT, "at": MOMENT})
LEAF = st.fixed_dictionaries(
    {"code": TEXT, "maximum": TEXT, "marks": st.dictionaries(TEXT, MARK, max_size=1)}
)
AGENCY = st.fixed_dictionaries({"name": TEXT, "leaves": st.lists(LEAF, max_size=2)})
GROUP = st.fixed_dictionaries(
    {"agencies": st.lists(AGENCY, max_size=2), "code": TEXT, "name": TEXT,
     "criteria": st.just({"name": "Bộ"})}
)  # fmt: skip
SEALED = st.fixed_dictionaries(
    {"form": st.just(1), "groups": st.lists(GROUP, max_size=2), "round": st.just({"year": 2020}),
     "trail": st.dictionaries(TEXT, TEXT, max_size=1)}
)  # fmt: skip


def whole(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "form": snapshot.form,
        "round": snapshot.round,
        "trail": snapshot.trail,
        "groups": snapshot.groups,
        "agencies": [list(snapshot.agencies(group)) for group in snapshot.groups],
        "last_change": snapshot.last_change,
    }


@given(SEALED, st.sampled_from([None, 1]), st.booleans())
def test_in_pieces_it_says_the_same_however_it_is_spelled(
    sealed: dict[str, Any], indent: int | None, sort: bool
) -> None:
    text = json.dumps(sealed, indent=indent, sort_keys=sort, ensure_ascii=False)
    streamed = Streamed(text)
    assert whole(streamed) == whole(Loaded(sealed))
    # Any group, any number of times, also beside one another.
    streams = [streamed.agencies(group) for group in (*streamed.groups, *streamed.groups)]
    for agencies in zip(*streams, strict=False):
        assert list(agencies[: len(streams) // 2]) == list(agencies[len(streams) // 2 :])


@pytest.mark.parametrize(
    "text", ['{"groups":[1 2],"round":{}}', '{"groups" 1}', '{"groups":[', "[]", '{"round":{}}']
)
def test_what_is_no_snapshot_is_an_error(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, IndexError)):
        Streamed(text)
