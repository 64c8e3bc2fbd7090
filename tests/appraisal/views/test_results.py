"""The published result, its export, the own derivation."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from appraisal import trail
from appraisal.models import PastResult
from appraisal.papers.exports import EXPORTS
from appraisal.workbooks.result_rows import DICTIONARY
from appraisal.workflow import council
from tests.appraisal.council_pages import get, queries, text
from tests.appraisal.council_stage import consolidated, convened
from tests.cast import COUNCIL, PASSWORD, Cast


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def url(cast: Cast, tail: str = "") -> str:
    return f"/rounds/{cast.round.pk}/results/{tail}"


def sent(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


@pytest.fixture
def published(cast: Cast) -> Cast:
    made = consolidated(cast)
    council.approve(cast.chair, cast.round, made.fingerprint, PASSWORD)
    council.publish(cast.secretary, cast.round)
    return cast


def test_list_before_publication_is_refused_with_the_reason(cast: Cast) -> None:
    made = consolidated(cast)
    assert get(cast.officer, url(cast)).status_code == 403
    council.approve(cast.chair, cast.round, made.fingerprint, PASSWORD)
    refused = get(cast.officer, url(cast))
    assert refused.status_code == 403
    assert "chưa công bố" in text(refused)
    assert get(cast.council_member, url(cast)).status_code == 200


@pytest.mark.parametrize("who", ["officer", "other_head", "member", "chair", "auditor"])
def test_list_is_for_everybody_of_the_round_once_published(published: Cast, who: str) -> None:
    page = text(get(published.people[who], url(published)))
    assert "Sở Tư pháp" in page
    assert "80,50" in page


def test_list_stays_within_its_queries(published: Cast) -> None:
    assert queries(published.officer, url(published)) <= 12


def test_dossier_shows_the_agency_its_own_derivation_without_the_teams_names(
    published: Cast,
) -> None:
    page = text(get(published.officer, f"/dossiers/{published.dossier.pk}/result/"))
    assert "Cách tính chỉ số" in page
    assert "Tổ giúp việc" in page
    assert "Đỗ Minh Tâm" not in page
    assert f"/rounds/{published.round.pk}/papers/" not in page


def test_dossier_shows_what_the_agency_had_the_year_before(published: Cast) -> None:
    page = f"/dossiers/{published.dossier.pk}/result/"
    assert "Năm 2019" not in text(get(published.officer, page))
    PastResult.objects.create(
        jurisdiction=published.jurisdiction, year=2019, agency=published.dossier.agency,
        agency_name="Sở Y tế", total_points=Decimal("84.567"), index=Decimal("84.567"), rank=3,
        grade="Tốt",
    )  # fmt: skip
    assert "Năm 2019: chỉ số 84,57%, hạng 3, xếp loại Tốt." in text(get(published.officer, page))


def test_dossier_of_another_agency_is_not_found(published: Cast) -> None:
    page = f"/dossiers/{published.dossier.pk}/result/"
    assert get(published.other_officer, page).status_code == 404


def test_dossier_before_publication_is_refused_with_the_reason(cast: Cast) -> None:
    consolidated(cast)
    response = get(cast.officer, f"/dossiers/{cast.dossier.pk}/result/")
    assert response.status_code == 403
    assert "sau khi kết quả được công bố" in text(response)


def test_export_json_is_the_text_whose_hash_is_the_fingerprint(cast: Cast) -> None:
    made = consolidated(cast)
    response = get(cast.chair, url(cast, "export/?format=json"))
    assert trail.fingerprint(sent(response)) == made.fingerprint
    assert response["Content-Disposition"].startswith("attachment;")


def test_export_csv_has_a_line_for_each_agency_with_decimal_commas(cast: Cast) -> None:
    consolidated(cast)
    lines = sent(get(cast.chair, url(cast, "export/"))).removeprefix("\ufeff").splitlines()
    assert len(lines) == 4
    assert lines[3].split(";")[1:4] == ["STP", "Sở Tư pháp", "50,5"]


def test_exports_explains_every_form_and_every_field(cast: Cast) -> None:
    consolidated(cast)
    page = text(get(cast.chair, url(cast, "exports/")))
    for key, form in EXPORTS.items():
        assert f"export/?format={key}" in page
        assert str(form.explanation) in page
    for table in DICTIONARY:
        for field in table.fields:
            assert f"<code>{field.name}</code>" in page


def test_exports_before_consolidation_says_what_is_missing(cast: Cast) -> None:
    convened(cast)
    page = text(get(cast.secretary, url(cast, "exports/")))
    assert "Hãy tổng hợp trước" in page
    assert "?format=" not in page


@pytest.mark.parametrize("key", EXPORTS)
def test_export_gives_each_form_under_its_name(cast: Cast, key: str) -> None:
    consolidated(cast)
    response = get(cast.chair, url(cast, f"export/?format={key}"))
    form = EXPORTS[key]
    assert response["Content-Type"] == form.content_type
    name = f"{form.stem}-chi-so-cchc-2020-lan-1.{form.extension}"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    content = b"".join(response.streaming_content)
    assert content.startswith(b"PK") is (form.extension == "xlsx")
    assert "Sở Tư pháp".encode() in content or form.extension == "xlsx"
    # Session and person, rounds and seats; of the export itself, two.
    assert queries(cast.chair, url(cast, f"export/?format={key}")) <= 7


def test_export_of_a_form_nobody_knows_is_not_found(cast: Cast) -> None:
    consolidated(cast)
    assert get(cast.chair, url(cast, "export/?format=pdf")).status_code == 404


def test_the_workbook_has_the_titles_of_the_criteria(cast: Cast) -> None:
    consolidated(cast)
    response = get(cast.chair, url(cast, "export/?format=xlsx"))
    book = load_workbook(BytesIO(b"".join(response.streaming_content)))
    head, first, *_rest = book["Điểm từng tiêu chí"].iter_rows(values_only=True)
    row = dict(zip(head, first, strict=True))
    assert (row["Lĩnh vực"], row["Tiêu chí"]) == ("Tiêu chí 1", "Tiêu chí 1.1")


def test_export_is_not_for_agencies_nor_before_consolidation(published: Cast) -> None:
    assert get(published.officer, url(published, "export/")).status_code == 403


def test_export_before_consolidation_says_what_is_missing(cast: Cast) -> None:
    convened(cast)
    assert "Hãy tổng hợp trước" in text(get(cast.secretary, url(cast, "export/")))
