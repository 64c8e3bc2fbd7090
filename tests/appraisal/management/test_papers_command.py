"""`manage.py papers`: the papers of a round as files."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from appraisal.models import Paper
from appraisal.models.papers import PaperKind
from tests.appraisal.papers import stage
from tests.cast import COUNCIL, Cast


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def written(cast: Cast, folder: Path, *kinds: str, **options: Any) -> tuple[list[str], str]:
    """The files that the command wrote, and what it complained about."""
    errors = io.StringIO()
    call_command(
        "papers", round=cast.round.pk, output=folder, kind=list(kinds) or None,
        stdout=io.StringIO(), stderr=errors, **options,
    )  # fmt: skip
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    return files, errors.getvalue()


def test_a_paper_of_the_round_is_one_pdf_and_one_word_file(cast: Cast, tmp_path: Path) -> None:
    stage.sealed(cast)
    files, errors = written(cast, tmp_path, PaperKind.SUBMISSION)
    assert files == ["to-trinh.docx", "to-trinh.pdf"]
    assert (tmp_path / "to-trinh.pdf").read_bytes().startswith(b"%PDF")
    assert errors == ""
    assert not Paper.objects.exists()


def test_letters_come_as_one_pdf_and_a_zip_named_by_agency(cast: Cast, tmp_path: Path) -> None:
    stage.sealed(cast)
    files, _errors = written(cast, tmp_path, PaperKind.LETTERS)
    assert files == ["thong-bao.pdf", "thong-bao.zip"]
    with zipfile.ZipFile(tmp_path / "thong-bao.zip") as bundle:
        stems = {name.rpartition(".")[0] for name in bundle.namelist()}
    assert stems == {"01-syt", "02-snv", "03-stp"}


def test_papers_about_an_agency_lie_in_a_folder_under_its_code(cast: Cast, tmp_path: Path) -> None:
    stage.at_the_council(cast)
    files, _errors = written(cast, tmp_path, PaperKind.SELF_REPORT, agency=["SYT"])
    assert files == ["bao-cao-tu-danh-gia/SYT.docx", "bao-cao-tu-danh-gia/SYT.pdf"]
    files, _errors = written(cast, tmp_path, PaperKind.SCORE_SHEET)
    assert [name for name in files if name.startswith("bang-diem") and name.endswith("pdf")] == [
        "bang-diem/SNV.pdf", "bang-diem/STP.pdf", "bang-diem/SYT.pdf",
    ]  # fmt: skip


def test_what_cannot_be_made_yet_is_named_and_the_rest_is_made(cast: Cast, tmp_path: Path) -> None:
    stage.at_the_council(cast)
    files, errors = written(cast, tmp_path, PaperKind.REPORT, PaperKind.MINUTES)
    assert files == ["bien-ban.docx", "bien-ban.pdf"]
    assert errors.startswith("bao-cao-tham-dinh: chưa có kết quả tổng hợp")


def test_a_round_without_meetings_has_no_minutes(cast: Cast, tmp_path: Path) -> None:
    files, errors = written(cast, tmp_path, PaperKind.MINUTES)
    assert files == []
    assert "chưa ghi cuộc họp nào" in errors


def test_an_unknown_round_is_an_error(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="does not exist"):
        call_command("papers", round=4711, output=tmp_path)


def test_a_folder_that_cannot_be_written_is_an_error(cast: Cast, tmp_path: Path) -> None:
    stage.at_the_council(cast)
    (tmp_path / "taken").write_text("")
    with pytest.raises(CommandError, match="taken"):
        written(cast, tmp_path / "taken", PaperKind.MINUTES)
