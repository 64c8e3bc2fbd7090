"""What the public may learn of a code or a file: three answers, and nothing of what is secret."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appraisal import trail
from appraisal.files.refusal import Refused
from appraisal.files.store import evidence_store
from appraisal.models import Issue, Paper
from appraisal.papers import verifying
from appraisal.papers.verifying import Answer, Means, check, cleaned, look_up
from appraisal.workflow import council, issuing
from tests.appraisal import signers
from tests.appraisal.council_stage import consolidated
from tests.cast import COUNCIL, Cast, moment

Jobs = Callable[..., Any]


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    def write(content: bytes, name: str = "tep.pdf") -> Path:
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return write


Put = Callable[..., Path]


# --- Codes ---------------------------------------------------------------------------------
CODE = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "typed",
    [
        CODE, CODE.upper(), " ".join(CODE[n : n + 8] for n in range(0, 64, 8)),
        "\n".join(CODE[n : n + 16] for n in range(0, 64, 16)), f"  {CODE}\t",
        CODE[:32] + "\u00a0\u200b" + CODE[32:],
        "-".join(CODE[n : n + 8] for n in range(0, 64, 8)),
    ],
)  # fmt: skip
def test_a_code_may_be_typed_in_groups_over_lines_and_in_capitals(typed: str) -> None:
    assert cleaned(typed) == CODE


@pytest.mark.parametrize(
    "typed",
    ["", "-", CODE[:-1], CODE + "0", "g" * 64, "٣" * 64, CODE.replace("0", "O"), "x" * 10**6],
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert cleaned(typed) == ""


def test_an_approved_fingerprint_matches_with_its_round_and_day(cast: Cast) -> None:
    made = consolidated(cast)
    signers.approved(cast)
    found = look_up(made.fingerprint)
    assert found.answer is Answer.MATCHES
    assert (found.year, found.jurisdiction) == (2020, "tỉnh Kon Tum")
    assert found.round == cast.round.name
    assert found.approved_at == cast.fresh().decision.approved_at


def again(cast: Cast) -> None:
    """The result given back, changed, and consolidated once more."""
    council.return_to_council(cast.chair, cast.fresh(), "Xem lại")
    cast.mark("2.2", "10", "council", reason="Kết luận lại")
    council.consolidate(cast.secretary, cast.fresh())


def test_an_earlier_result_of_an_approved_round_is_replaced(cast: Cast) -> None:
    earlier = consolidated(cast)
    again(cast)
    signers.approved(cast)
    assert look_up(earlier.fingerprint).answer is Answer.REPLACED
    last = cast.round.consolidations.first()
    assert last is not None
    assert look_up(last.fingerprint).answer is Answer.MATCHES


def test_what_is_not_approved_and_what_is_not_there_are_one_answer(cast: Cast) -> None:
    made = consolidated(cast)
    answers, queries = [], []
    for code in (made.fingerprint, CODE, "", "không phải mã"):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            answers.append(look_up(code))
        queries.append(len(captured))
    assert set(answers) == {verifying.Finding(Answer.UNKNOWN)}
    assert set(queries) == {1}


def test_a_returned_result_is_not_replaced_while_nothing_is_approved(cast: Cast) -> None:
    earlier = consolidated(cast)
    again(cast)
    assert look_up(earlier.fingerprint).answer is Answer.UNKNOWN


# --- JSON ----------------------------------------------------------------------------------
def test_the_sealed_json_matches_however_it_is_indented(cast: Cast, put: Put) -> None:
    made = consolidated(cast)
    signers.approved(cast)
    for text in (made.snapshot, json.dumps(json.loads(made.snapshot), indent=3)):
        found = check(put(text.encode(), "a.json"), "a.json")
        assert (found.answer, found.means) == (Answer.MATCHES, Means.JSON)


def test_a_json_with_one_other_figure_does_not_match(cast: Cast, put: Put) -> None:
    made = consolidated(cast)
    signers.approved(cast)
    value = json.loads(made.snapshot)
    value["groups"][0]["agencies"][0]["rank"] += 1
    found = check(put(trail.canonical(value).encode(), "a.json"), "a.json")
    assert found == verifying.Finding(Answer.UNKNOWN, Means.JSON)


@pytest.mark.parametrize(
    "content",
    [b"{", b"{}", b'{"a":' * 200_000, b"{" + b" " * 5_000_000, b'{"form": 1, "form": 1}',
     b'{"x": "' + b"y" * 20_000_000 + b'"}'],
)  # fmt: skip
def test_a_hostile_json_is_refused_with_a_sentence(db: None, put: Put, content: bytes) -> None:
    with pytest.raises(Refused) as caught:
        check(put(content, "a.json"), "a.json")
    assert caught.value.sentence


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n", b"PK\x03\x04", b"<html>", b"[1]"])
def test_another_kind_of_file_is_refused(db: None, put: Put, content: bytes) -> None:
    with pytest.raises(Refused) as caught:
        check(put(content, "a.bin"), "a.bin")
    assert caught.value.code == "neither_pdf_nor_json"


# --- PDF -----------------------------------------------------------------------------------
@pytest.fixture
def paper(cast: Cast, django_capture_on_commit_callbacks: Jobs) -> Paper:
    return signers.made_paper(cast, django_capture_on_commit_callbacks)


def rewritten(content: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as opened:
        out = io.BytesIO()
        opened.save(out)
    return out.getvalue()


def patched(content: bytes) -> bytes:
    """A white patch over the last table, in a file written anew."""
    with pikepdf.open(io.BytesIO(content)) as opened:
        patch = pikepdf.Stream(opened, b"q 1 1 1 rg 300 300 60 12 re f Q")
        opened.pages[-1].contents_add(patch, prepend=False)
        out = io.BytesIO()
        opened.save(out)
    return out.getvalue()


def sign(cast: Cast, paper: Paper) -> bytes:
    means = issuing.KeyFile(signers.key_file(), "khoa.p12", signers.PASSPHRASE)
    issuing.sign_paper(cast.secretary, paper, means, issuing.Look())
    return signers.bytes_of(paper, "signed")


def test_the_very_file_of_an_approved_result_matches(cast: Cast, paper: Paper, put: Put) -> None:
    signers.approved(cast)
    found = check(put(signers.bytes_of(paper)), "a.pdf")
    assert (found.answer, found.means) == (Answer.MATCHES, Means.BYTES)


def test_the_file_signed_here_matches_byte_by_byte(cast: Cast, paper: Paper, put: Put) -> None:
    content = sign(cast, paper)
    signers.approved(cast)
    found = check(put(content), "a.pdf")
    assert (found.answer, found.means) == (Answer.MATCHES, Means.BYTES)


def test_a_file_signed_elsewhere_or_written_anew_matches_by_its_content(
    cast: Cast, paper: Paper, put: Put
) -> None:
    content = sign(cast, paper)
    paper.files.filter(format="signed").delete()
    signers.approved(cast)
    for version in (content, rewritten(signers.bytes_of(paper)), rewritten(content)):
        found = check(put(version), "a.pdf")
        assert (found.answer, found.means) == (Answer.MATCHES, Means.CONTENT)


def test_a_forged_file_that_carries_an_approved_code_does_not_match(
    cast: Cast, paper: Paper, put: Put
) -> None:
    signers.approved(cast)
    found = check(put(patched(signers.bytes_of(paper))), "a.pdf")
    assert found == verifying.Finding(Answer.UNKNOWN, Means.CONTENT)


def test_what_is_appended_to_the_file_of_the_system_does_not_match(
    cast: Cast, paper: Paper, put: Put
) -> None:
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    signers.approved(cast)
    content = signers.bytes_of(paper)
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    with pikepdf.open(io.BytesIO(content)) as opened:
        last = len(opened.pages) - 1
    patch = writer.add_object(generic.StreamObject(stream_data=b"q 1 1 1 rg 9 9 500 500 re f Q"))
    writer.add_stream_to_page(last, patch)
    out = io.BytesIO()
    writer.write(out)
    assert out.getvalue().startswith(content)
    assert check(put(out.getvalue()), "a.pdf").answer is Answer.UNKNOWN


def test_two_codes_in_one_file_say_nothing(cast: Cast, paper: Paper, put: Put) -> None:
    signers.approved(cast)
    with pikepdf.open(io.BytesIO(signers.bytes_of(paper))) as opened:
        other = json.loads(paper.consolidation.snapshot) | {"form": 2}  # type: ignore[union-attr]
        opened.attachments["khac.json"] = trail.canonical(other).encode()
        out = io.BytesIO()
        opened.save(out)
    assert check(put(out.getvalue()), "a.pdf").answer is Answer.UNKNOWN


def test_the_file_of_a_replaced_result_says_so(cast: Cast, paper: Paper, put: Put) -> None:
    content = signers.bytes_of(paper)
    again(cast)
    signers.approved(cast)
    assert check(put(content), "a.pdf").answer is Answer.REPLACED
    assert check(put(rewritten(content)), "a.pdf").answer is Answer.REPLACED
    assert check(put(patched(content)), "a.pdf").answer is Answer.UNKNOWN


def test_before_approval_a_file_of_ours_and_a_strange_one_take_the_same_way(
    cast: Cast, paper: Paper, put: Put
) -> None:
    ours = signers.bytes_of(paper)
    strange = patched(ours)
    seen = []
    for content in (ours, strange):
        with CaptureQueriesContext(connection) as captured:
            answer = check(put(content), "a.pdf")
        seen.append((answer.answer, answer.round, answer.approved_at, len(captured)))
    assert seen[0] == seen[1]
    assert seen[0][0] is Answer.UNKNOWN


def test_a_paper_that_rests_on_no_result_is_not_told_of(cast: Cast, paper: Paper, put: Put) -> None:
    signers.approved(cast)
    Paper.objects.filter(pk=paper.pk).update(kind="minutes")
    assert check(put(rewritten(signers.bytes_of(paper))), "a.pdf").answer is Answer.UNKNOWN


@pytest.mark.parametrize(
    ("matches", "answer"), [(True, "matches"), (False, "unknown"), (None, "unknown")]
)
def test_the_issued_file_matches_when_it_carried_the_code_of_its_draft(
    cast: Cast, paper: Paper, put: Put, matches: bool | None, answer: str
) -> None:
    signers.approved(cast)
    issued = (
        b"%PDF-1.4\n"
        + (Path(__file__).parents[2] / "attack_corpus/evidence/ok-plain.pdf").read_bytes()[9:]
    )
    stored = evidence_store().put([issued])
    Issue.objects.create(
        paper=paper, number="35", issued_on="2021-01-20", sha256=stored.sha256, size=stored.size,
        matches=matches, recorded_by=cast.secretary, recorded_at=moment(COUNCIL),
    )  # fmt: skip
    assert check(put(issued), "a.pdf").answer == answer


def test_only_so_many_files_are_read_at_once(db: None, put: Put) -> None:
    path = put(b"{}", "a.json")
    with verifying._turn(), verifying._turn(), pytest.raises(Refused) as caught:
        check(path, "a.json")
    assert caught.value.code == "busy"
    with pytest.raises(Refused) as caught:
        check(path, "a.json")
    assert caught.value.code == "not_a_snapshot"


def test_nothing_is_kept_of_a_file(cast: Cast, paper: Paper, put: Put) -> None:
    before = list(evidence_store().names())
    check(put(rewritten(signers.bytes_of(paper))), "a.pdf")
    assert list(evidence_store().names()) == before
    assert not list(evidence_store().temporary_root.glob("*"))
