"""Migrations carry what is there: forth with nothing lost, back with all that the old form holds.

Run by `migrate` itself, so that the database guards go and come as in an installation. Old rows are
written through the models of their time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.apps.registry import Apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from appraisal.models import guards
from tests.cast import AFTER, SELF_ASSESSMENT, moment

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE, NOW = "0001_initial", "0004_papers_settled"
OLD_PDF, OTHER_PDF, NEW_PDF = "a" * 64, "b" * 64, "c" * 64
OF_PAPER = ("pk", "consolidation", "kind", "state", "sha256", "size", "error", "asked_by")
OF_ROUND = ("jurisdiction", "signing_form", "signed_by_deputy", "signer_name", "legal_bases")


def migrate(name: str) -> Apps:
    """The database at that migration of `appraisal`, and the models of then."""
    call_command("migrate", "appraisal", name, verbosity=0)
    state = MigrationExecutor(connection).loader.project_state(
        [("agencies", "0002_jurisdiction_kind"), ("appraisal", name)]
    )
    return state.apps


@pytest.fixture
def before() -> Iterator[Apps]:
    """The models of the first release, on an empty database of the first release."""
    try:
        yield migrate(BEFORE)
    finally:
        call_command("migrate", "appraisal", verbosity=0)


class Old:
    """Two provinces as the first release kept them, and one that never set anything."""

    def __init__(self, apps: Apps) -> None:
        self.apps = apps
        self.kon_tum, self.quang_ngai, self.silent = (
            apps.get_model("agencies", "Jurisdiction").objects.create(
                code=code, name=name, council=f"Hội đồng {name}",
                committee=f"Ủy ban nhân dân tỉnh {name}",
            )
            for code, name in (("KT", "Kon Tum"), ("QNg", "Quảng Ngãi"), ("GL", "Gia Lai"))
        )  # fmt: skip
        self.secretary = apps.get_model("agencies", "User").objects.create(
            email="thu-ky@kontum.example", full_name="Nguyễn Thị Thư", jurisdiction=self.kon_tum
        )
        self.round(
            self.kon_tum, 2019, signing_form="committee", signed_by_deputy=True,
            signer_name="Người ký năm trước", legal_bases="Căn cứ năm trước",
        )  # fmt: skip
        self.approved = self.round(
            self.kon_tum, 2020, signing_form="committee", signed_by_deputy=True,
            signer_name="Lê Ngọc Tuấn", state="approved", opened_at=moment(SELF_ASSESSMENT),
            legal_bases="Luật Tổ chức chính quyền địa phương\n\n  Quyết định số 1150/QĐ-UBND  \n",
        )  # fmt: skip
        self.round(self.kon_tum, 2021)
        self.round(self.quang_ngai, 2020, legal_bases="Kế hoạch số 12/KH-UBND")
        self.round(self.silent, 2020)

    def round(self, province: Any, year: int, **fields: Any) -> Any:
        return self.apps.get_model("appraisal", "Round").objects.create(
            jurisdiction=province, year=year, name=f"Đợt {year}", appraisals=2,
            bonus_max=2, penalty_max=2, **fields,
        )  # fmt: skip

    def consolidation(self, number: int) -> Any:
        return self.apps.get_model("appraisal", "Consolidation").objects.create(
            round=self.approved, number=number, snapshot="{}", fingerprint=str(number) * 64,
            made_by=self.secretary, made_at=moment(AFTER),
        )  # fmt: skip

    def paper(self, consolidation: Any, state: str, **fields: Any) -> Any:
        return self.apps.get_model("appraisal", "Paper").objects.create(
            consolidation=consolidation, kind="decision", state=state, asked_by=self.secretary,
            asked_at=moment(AFTER), **fields,
        )  # fmt: skip


def rows(apps: Apps, model: str, *fields: str, **wanted: Any) -> list[tuple[Any, ...]]:
    found = apps.get_model("appraisal", model).objects.filter(**wanted).order_by("pk")
    return list(found.values_list(*fields))


def test_forth_and_back_loses_nothing_that_was_there(before: Apps) -> None:
    old = Old(before)
    done = old.paper(old.consolidation(1), "done", sha256=OLD_PDF, size=1234, progress=100)
    failed = old.paper(old.consolidation(2), "failed", error="Hết chỗ")
    stood = rows(before, "Paper", *OF_PAPER)
    guarded = present_guards()
    assert guarded == guards.names(connection)

    now = migrate(NOW)
    assert rows(now, "Paper", "pk", "round", "consolidation", "dossier", "state", "error") == [
        (done.pk, old.approved.pk, done.consolidation_id, None, "done", ""),
        (failed.pk, old.approved.pk, failed.consolidation_id, None, "failed", "Hết chỗ"),
    ]
    assert {len(basis) for (basis,) in rows(now, "Paper", "basis")} == {64}
    assert rows(now, "PaperFile", "paper", "format", "sha256", "size") == [
        (done.pk, "pdf", OLD_PDF, 1234)
    ]
    # The newest round that said how papers look speaks for its province; a silent one does not.
    assert rows(
        now, "PaperSettings", "jurisdiction", "kind", "issuer", "symbol", "on_behalf", "mode",
        "head_title", "signer_title", "signer_name",
    ) == [
        (old.kon_tum.pk, "decision", "committee", "QĐ-UBND", True, "deputy", "Chủ tịch",
         "Phó Chủ tịch", "Lê Ngọc Tuấn"),
    ]  # fmt: skip
    cited = [
        (old.kon_tum.pk, 0, "Luật Tổ chức chính quyền địa phương", ["decision"]),
        (old.kon_tum.pk, 1, "Quyết định số 1150/QĐ-UBND", ["decision"]),
        (old.quang_ngai.pk, 0, "Kế hoạch số 12/KH-UBND", ["decision"]),
    ]
    assert sorted(rows(now, "LegalBasis", "jurisdiction", "position", "text", "kinds")) == cited
    assert present_guards() == guarded

    then = migrate(BEFORE)
    assert rows(then, "Paper", *OF_PAPER) == stood
    # What was said once for the whole province is now said by every round of it.
    assert {province: said for province, *said in rows(then, "Round", *OF_ROUND)} == {
        old.kon_tum.pk: ["committee", True, "Lê Ngọc Tuấn", f"{cited[0][2]}\n{cited[1][2]}"],
        old.quang_ngai.pk: ["chairman", False, "", "Kế hoạch số 12/KH-UBND"],
        old.silent.pk: ["chairman", False, "", ""],
    }
    assert present_guards() == guarded


def test_back_keeps_one_decision_of_each_result_and_none_of_the_papers_that_came_after(
    before: Apps,
) -> None:
    old = Old(before)
    old.paper(old.consolidation(1), "done", sha256=OLD_PDF, size=1)
    now = migrate(NOW)
    sealed = now.get_model("appraisal", "Consolidation").objects.get()
    made = {"round_id": old.approved.pk, "state": "done", "asked_by_id": old.secretary.pk}
    for number, (kind, result, sha256) in enumerate(
        [("decision", sealed, OTHER_PDF), ("minutes", None, OTHER_PDF),
         ("submission", sealed, OTHER_PDF), ("decision", sealed, NEW_PDF)]
    ):  # fmt: skip
        paper = now.get_model("appraisal", "Paper").objects.create(
            kind=kind, consolidation=result, basis=str(number) * 64, asked_at=moment(AFTER), **made
        )
        now.get_model("appraisal", "PaperFile").objects.create(
            paper=paper, format="pdf", sha256=sha256, size=number + 2
        )
        now.get_model("appraisal", "Issue").objects.create(
            paper=paper, number="07", issued_on=date(2021, 2, 1),
            recorded_by_id=old.secretary.pk, recorded_at=moment(AFTER),
        )  # fmt: skip
    then = migrate(BEFORE)
    assert rows(then, "Paper", "kind", "sha256", "size") == [("decision", NEW_PDF, 5)]


def present_guards() -> frozenset[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return frozenset(name for (name,) in cursor.fetchall())
