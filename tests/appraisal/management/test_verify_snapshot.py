"""The offline check: no database, exit 0 only when every figure and every printed row is right."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.management import call_command

from appraisal import trail
from tests.appraisal import signers
from tests.appraisal.documents import kon_tum
from tests.appraisal.files.corpus import ROOT as CORPUS
from tests.appraisal.papers.test_verifying import sign
from tests.cast import COUNCIL, Cast


@pytest.fixture
def sealed(cast: Cast, clock: Any, django_capture_on_commit_callbacks: Callable[..., Any]) -> Any:
    """A consolidation, the bytes of its decision, and those of the signed one."""
    clock.set(COUNCIL)
    paper = signers.made_paper(cast, django_capture_on_commit_callbacks)
    made = cast.round.consolidations.get()
    return made, signers.bytes_of(paper), sign(cast, paper)


def check(tmp_path: Path, blocker: Any, content: bytes, name: str = "tep.json") -> tuple[int, str]:
    """The exit code and what was printed, with the database out of reach."""
    path = tmp_path / name
    path.write_bytes(content)
    out, errors = io.StringIO(), io.StringIO()
    with blocker.block():
        try:
            call_command("verify_snapshot", str(path), stdout=out, stderr=errors)
        except SystemExit as end:
            return int(end.code or 0), out.getvalue() + errors.getvalue()
    return 0, out.getvalue() + errors.getvalue()


def test_a_sealed_json_is_right(tmp_path: Path, sealed: Any, django_db_blocker: Any) -> None:
    made, _pdf, _signed = sealed
    code, said = check(tmp_path, django_db_blocker, made.snapshot.encode())
    assert code == 0
    assert "SAI" not in said
    groups = " ".join(made.fingerprint[n : n + 8] for n in range(0, 64, 8))
    assert groups in said
    assert "3 cơ quan" in said


def test_a_decision_is_right_plain_and_signed(
    tmp_path: Path, sealed: Any, django_db_blocker: Any
) -> None:
    for content in sealed[1:]:
        code, said = check(tmp_path, django_db_blocker, content, "qd.pdf")
        assert code == 0, said
        assert said.count("[ĐÚNG]") == 4


def changed(snapshot: str, change: Callable[[dict[str, Any]], object]) -> bytes:
    value = json.loads(snapshot)
    change(value)
    return trail.canonical(value).encode()


def test_a_figure_that_its_marks_do_not_give_ends_with_one(
    tmp_path: Path, sealed: Any, django_db_blocker: Any
) -> None:
    def raise_index(value: dict[str, Any]) -> None:
        value["groups"][0]["agencies"][1]["index"] = "99.5"

    code, said = check(tmp_path, django_db_blocker, changed(sealed[0].snapshot, raise_index))
    assert code == 1
    assert "[SAI] Tính lại điểm" in said
    assert "chỉ số (%) ghi 99.5, tính lại" in said
    assert "KHÔNG đúng" in said


def attached(content: bytes, snapshot: bytes) -> bytes:
    """The PDF with another snapshot in it."""
    with pikepdf.open(io.BytesIO(content)) as opened:
        name = next(name for name in opened.attachments if name.endswith(".json"))
        del opened.attachments[name]
        opened.attachments[name] = snapshot
        out = io.BytesIO()
        opened.save(out)
    return out.getvalue()


def test_a_pdf_whose_snapshot_is_not_that_of_its_code_ends_with_one(
    tmp_path: Path, sealed: Any, django_db_blocker: Any
) -> None:
    made, pdf, _signed = sealed

    def rename(value: dict[str, Any]) -> None:
        value["round"]["name"] = "Đợt khác"

    content = attached(pdf, changed(made.snapshot, rename))
    code, said = check(tmp_path, django_db_blocker, content, "qd.pdf")
    assert code == 1
    assert "[SAI] So mã tính lại với mã in trên văn bản" in said
    assert said.count("[ĐÚNG]") == 3


def test_a_pdf_that_prints_other_figures_than_it_carries_ends_with_one(
    tmp_path: Path, sealed: Any, django_db_blocker: Any
) -> None:
    """The table of another province, with the code and the snapshot of this one."""
    from appraisal.documents import pdf
    from appraisal.documents.decision import decision
    from appraisal.documents.official import Attachment

    made = sealed[0]
    forged = pdf.render(
        decision(
            kon_tum.facts(
                fingerprint=made.fingerprint,
                attachments=(
                    Attachment("a.json", made.snapshot.encode(), "application/json", "Niêm phong"),
                ),
            )
        )
    )
    code, said = check(tmp_path, django_db_blocker, forged, "qd.pdf")
    assert code == 1
    assert "[ĐÚNG] So mã" in said
    assert "[SAI] So từng dòng của bảng kết quả" in said
    assert "Sở Y tế: không thấy dòng" in said


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b""), ("a.json", b"{}"), ("a.json", b'{"a":' * 100_000), ("a.json", b"\xff"),
        ("a.pdf", b"%PDF-1.7 nothing"),
        ("a.pdf", (CORPUS / "evidence" / "ok-plain.pdf").read_bytes()),
        ("a.pdf", (CORPUS / "evidence" / "pdf-flate-bomb.pdf").read_bytes()),
        ("a.docx", (CORPUS / "evidence" / "ok-plain.docx").read_bytes()),
    ],
)  # fmt: skip
def test_what_cannot_be_read_ends_with_two(
    tmp_path: Path, django_db_blocker: Any, name: str, content: bytes
) -> None:
    code, said = check(tmp_path, django_db_blocker, content, name)
    assert code == 2
    assert said.startswith("Không kiểm tra được:")


def test_a_file_that_is_not_there_ends_with_two(tmp_path: Path, django_db_blocker: Any) -> None:
    errors = io.StringIO()
    with django_db_blocker.block(), pytest.raises(SystemExit) as end:
        call_command("verify_snapshot", str(tmp_path / "khong-co.json"), stderr=errors)
    assert end.value.code == 2
