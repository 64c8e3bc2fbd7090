"""The commands that bring workbooks in and verify the trail: exit status, errors by cell."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from appraisal import trail
from appraisal.clock import now
from appraisal.models import CriteriaSet, Criterion, Event, Mark, WorkbookImport, guards
from tests.appraisal.preparing import (
    BEFORE,
    criteria_csv,
    demonstration_workbook,
    drafted,
    register,
)
from tests.cast import SELF_ASSESSMENT, Cast

SURVEY = "Mã cơ quan,Tên cơ quan,3.1\nSNV,Sở Nội vụ,30\nSYT,Sở Y tế,31\nSTP,Sở Tư pháp,"


@pytest.fixture
def draft(cast: Cast, clock: Any) -> Cast:
    clock.set(BEFORE)
    drafted(cast)
    return cast


def run(name: str, *arguments: Any, **options: Any) -> tuple[int, str, str]:
    """Exit status, stdout and stderr, as a shell would see them."""
    out, err = StringIO(), StringIO()
    try:
        call_command(name, *map(str, arguments), stdout=out, stderr=err, **options)
    except CommandError as error:
        return error.returncode, out.getvalue(), f"{err.getvalue()}{error}"
    return 0, out.getvalue(), err.getvalue()


def criteria(cast: Cast, path: Path, *more: str) -> tuple[int, str, str]:
    return run("import_criteria", path, "--round", cast.round.pk, "--group", "department", *more)


def file(tmp_path: Path, name: str, content: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_import_criteria_brings_in_the_demonstration(draft: Cast, tmp_path: Path) -> None:
    register(draft)
    path = file(tmp_path, "a.xlsx", demonstration_workbook())
    status, out, err = criteria(draft, path, "--name", "Bộ A", "--illustrative")
    assert (status, err) == (0, "")
    assert "Đã nhập 88 tiêu chí" in out
    assert CriteriaSet.objects.get().name == "Bộ A"
    assert Event.objects.latest("pk").actor == draft.secretary


def test_import_criteria_check_writes_nothing(draft: Cast, tmp_path: Path) -> None:
    register(draft)
    path = file(tmp_path, "a.xlsx", demonstration_workbook())
    status, out, _err = criteria(draft, path, "--check")
    assert status == 0
    assert "Đọc được 88 dòng; chưa nhập" in out
    assert Criterion.objects.count() == 10
    assert not Event.objects.exists()


@pytest.mark.parametrize("more", [[], ["--check"]])
def test_import_criteria_names_wrong_cells_on_stderr(
    draft: Cast, tmp_path: Path, more: list[str]
) -> None:
    path = file(tmp_path, "a.csv", criteria_csv("1,,Chỉ đạo,-5", "2,9,Thể chế,10"))
    status, out, err = criteria(draft, path, *more)
    assert status == 1
    assert out == ""
    lines = err.splitlines()
    assert any(line.startswith("D2: ") for line in lines)
    assert any(line.startswith("B3: ") for line in lines)
    assert Criterion.objects.count() == 10


def test_import_criteria_takes_warnings_only_when_accepted(draft: Cast, tmp_path: Path) -> None:
    content = criteria_csv("1,,Chỉ đạo,100", "1.1,1,Kế hoạch,99.5")
    path = file(tmp_path, "a.csv", content)
    status, _out, err = criteria(draft, path)
    assert status == 1
    assert "D2: " in err
    assert "--accept-warnings" in err
    assert Criterion.objects.count() == 10
    assert criteria(draft, path, "--accept-warnings")[0] == 0
    assert Criterion.objects.count() == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--round", "999999", "--group", "department"], "Không có đợt số 999999"),
        (["--group", "khong-co"], "Không có nhóm “khong-co”. Các nhóm: department, district"),
        (["--group", "department", "--actor", "ai@do.vn"], "Không có tài khoản “ai@do.vn”"),
        (["--group", "department", "--actor", "lead@kontum.example.vn"], "Thư ký Hội đồng"),
    ],
)
def test_import_criteria_says_what_it_does_not_know(
    draft: Cast, tmp_path: Path, arguments: list[str], said: str
) -> None:
    path = file(tmp_path, "a.csv", criteria_csv("1,,Chỉ đạo,100"))
    given = arguments if "--round" in arguments else ["--round", draft.round.pk, *arguments]
    status, _out, err = run("import_criteria", path, *given)
    assert status == 1
    assert said in err
    assert not WorkbookImport.objects.exists()


def test_import_criteria_of_a_missing_or_refused_file(draft: Cast, tmp_path: Path) -> None:
    status, _out, err = criteria(draft, tmp_path / "khong-co.xlsx")
    assert status == 1
    assert "Không đọc được tệp" in err
    status, _out, err = criteria(draft, file(tmp_path, "a.xlsx", b"x"))
    assert status == 1
    assert "a.xlsx" in err
    assert Event.objects.get().action == "import.refused"


def test_import_criteria_is_refused_once_the_round_is_open(cast: Cast, tmp_path: Path) -> None:
    path = file(tmp_path, "a.csv", criteria_csv("1,,Chỉ đạo,100"))
    status, _out, err = criteria(cast, path)
    assert status == 1
    assert "Đợt đã mở" in err


def test_import_survey_writes_the_points(cast: Cast, tmp_path: Path, clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)
    path = file(tmp_path, "diem.csv", SURVEY.encode())
    status, out, err = run("import_survey", path, "--round", cast.round.pk, "--check")
    assert (status, "Đọc được 2 điểm" in out) == (0, True)
    assert "C4: " in err
    assert not Mark.objects.exists()
    assert run("import_survey", path, "--round", cast.round.pk)[0] == 1
    status, out, _err = run("import_survey", path, "--round", cast.round.pk, "--accept-warnings")
    assert (status, "Đã nhập 2 điểm" in out) == (0, True)
    assert Mark.objects.count() == 2


def test_import_survey_names_wrong_cells_on_stderr(cast: Cast, tmp_path: Path, clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)
    path = file(tmp_path, "diem.csv", SURVEY.replace("31", "36").encode())
    status, _out, err = run("import_survey", path, "--round", cast.round.pk)
    assert status == 1
    assert any(line.startswith("C3: ") for line in err.splitlines())
    assert not Mark.objects.exists()


def test_verify_audit_counts_a_whole_trail(cast: Cast) -> None:
    trail.record(cast.round, cast.secretary, "x", "Một việc", at=now())
    status, out, err = run("verify_audit")
    assert (status, err) == (0, "")
    assert "Nhật ký toàn vẹn: 1 sự kiện." in out


def test_verify_audit_names_what_was_changed_behind_its_back(cast: Cast) -> None:
    trail.record(cast.round, cast.secretary, "x", "Một việc", at=now())
    guards.remove(connection)
    try:
        Event.objects.update(sentence="Việc khác")
        status, _out, err = run("verify_audit")
    finally:
        guards.install(connection)
    assert status == 1
    assert f"round-{cast.round.pk} số 1" in err
