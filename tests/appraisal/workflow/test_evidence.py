"""The rules of documents: uploaded once, cited many times, locked with the dossier."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from agencies.verdict import Refusal
from appraisal import trail
from appraisal.files.refusal import Refused
from appraisal.files.store import evidence_store
from appraisal.models import Citation, Event, Evidence, ExplanationRequest
from appraisal.workflow import evidence as workflow
from appraisal.workflow.acting import Invalid
from tests.appraisal.desk import CORPUS, arriving, document
from tests.cast import AFTER, APPRAISAL, EXPLANATION, SELF_ASSESSMENT, Cast, moment


@pytest.fixture(autouse=True)
def _while_scoring(clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)


def actions(stream: str) -> list[str]:
    return list(Event.objects.filter(stream=stream).values_list("action", flat=True))


def stream_of(cast: Cast) -> str:
    return f"agency-{cast.agencies['SYT'].pk}"


def test_a_document_is_stored_first_and_remembered_in_the_agencys_stream(cast: Cast) -> None:
    evidence = document(cast.officer)
    assert evidence_store().is_intact(evidence.sha256)
    assert (evidence.title, evidence.file_name, evidence.pages) == ("Kế hoạch", "Kế hoạch.pdf", 1)
    assert evidence.agency == cast.agencies["SYT"]
    assert actions(stream_of(cast)) == ["evidence.attached"]
    assert list(trail.breaks()) == []


def test_the_same_bytes_again_are_the_same_document(cast: Cast) -> None:
    first = document(cast.officer, "a.pdf")
    again = workflow.attach(
        cast.head, arriving("b.pdf", evidence_store().open(first.sha256).read())
    )
    assert again.evidence == first
    assert not again.is_new
    assert Evidence.objects.count() == 1


def test_the_same_bytes_of_another_agency_are_another_document(cast: Cast) -> None:
    mine, theirs = document(cast.officer), document(cast.other_officer)
    assert mine.sha256 == theirs.sha256
    assert mine.pk != theirs.pk


def test_a_refused_file_leaves_an_event_with_its_hash_and_no_row(cast: Cast) -> None:
    script = (CORPUS / "evidence" / "script-svg-renamed.png").read_bytes()
    upload = arriving("ảnh.png", script)
    with pytest.raises(Refused):
        workflow.attach(cast.officer, upload)
    event = Event.objects.get(action="evidence.refused")
    assert event.data["sha256"] == upload.sha256
    assert event.data["code"]
    assert not Evidence.objects.exists()


def test_a_library_has_a_quota_and_what_was_withdrawn_still_counts(
    cast: Cast, settings: Any
) -> None:
    first = document(cast.officer, number=1)
    settings.EVIDENCE_QUOTA_BYTES = first.size + 10
    workflow.withdraw_evidence(cast.officer, first)
    with pytest.raises(Refused, match="quota"):
        workflow.attach(cast.officer, arriving("b.pdf"))
    assert Evidence.objects.count() == 1


def test_who_does_not_fill_in_for_an_agency_uploads_nothing(cast: Cast) -> None:
    with pytest.raises(Refusal, match="cán bộ đầu mối"):
        workflow.attach(cast.member, arriving())
    assert not list(evidence_store().names())


def test_a_document_is_cited_under_many_leaves_and_once_under_each(cast: Cast) -> None:
    evidence = document(cast.officer)
    first = workflow.cite(cast.officer, cast.dossier, cast.leaf("1.1"), evidence, "3", "xem dấu")
    assert workflow.cite(cast.officer, cast.dossier, cast.leaf("1.1"), evidence) == first
    workflow.cite(cast.officer, cast.dossier, cast.leaf("1.2"), evidence)
    assert Citation.objects.count() == 2
    assert not first.is_supplementary
    assert actions(f"dossier-{cast.dossier.pk}") == ["citation.added", "citation.added"]


def test_a_document_of_another_agency_cannot_be_cited(cast: Cast) -> None:
    theirs = document(cast.other_officer)
    with pytest.raises(Invalid, match="thư viện"):
        workflow.cite(cast.officer, cast.dossier, cast.leaf("1.1"), theirs)


def test_a_withdrawn_document_cannot_be_cited(cast: Cast) -> None:
    evidence = document(cast.officer)
    workflow.withdraw_evidence(cast.officer, evidence)
    with pytest.raises(Invalid):
        workflow.cite(cast.officer, cast.dossier, cast.leaf("1.1"), evidence)


def test_a_leaf_holds_so_many_documents_and_no_more(cast: Cast, settings: Any) -> None:
    settings.EVIDENCE_PER_LEAF = 2
    for number in (1, 2):
        workflow.cite(
            cast.officer, cast.dossier, cast.leaf("1.1"), document(cast.officer, number=number)
        )
    with pytest.raises(Refused) as refused:
        workflow.cite(
            cast.officer, cast.dossier, cast.leaf("1.1"), document(cast.officer, number=3)
        )
    assert "Tiêu chí 1.1 đã có 2 tài liệu" in refused.value.sentence


def test_a_citation_cannot_change_once_the_dossier_is_submitted(cast: Cast) -> None:
    citation = workflow.cite(
        cast.officer, cast.dossier, cast.leaf("1.1"), document(cast.officer), "1"
    )
    cast.submit()
    with pytest.raises(Refusal):
        workflow.uncite(cast.officer, citation)
    with pytest.raises(Refusal):
        workflow.edit_citation(cast.officer, citation, "2", "")
    citation.refresh_from_db()
    assert citation.pages == "1"


def test_while_explaining_only_what_was_added_then_may_change(cast: Cast, clock: Any) -> None:
    leaf = cast.leaf("1.1")
    before = workflow.cite(cast.officer, cast.dossier, leaf, document(cast.officer, number=1))
    cast.submit()
    ExplanationRequest.objects.create(
        dossier=cast.dossier, criterion=leaf, text="Vì sao?", asked_by=cast.member,
        asked_at=moment(APPRAISAL),
    )  # fmt: skip
    clock.set(EXPLANATION)
    extra = workflow.cite(cast.officer, cast.dossier, leaf, document(cast.officer, number=2))
    assert extra.is_supplementary
    with pytest.raises(Refusal):
        workflow.uncite(cast.officer, before)
    workflow.uncite(cast.officer, extra)
    assert list(Citation.objects.all()) == [before]


def test_the_card_of_a_document_may_change_until_a_dossier_that_cites_it_is_locked(
    cast: Cast,
) -> None:
    evidence = document(cast.officer)
    card = workflow.Card("Quyết định 12", "12/QĐ-UBND", date(2020, 3, 1), "UBND tỉnh")
    workflow.describe(cast.officer, evidence, card, token=workflow.Card.of(evidence).token)
    evidence.refresh_from_db()
    assert workflow.Card.of(evidence) == card
    assert Evidence.objects.matching("quyet dinh 12").get() == evidence
    workflow.cite(cast.officer, cast.dossier, cast.leaf("1.1"), evidence)
    cast.submit()
    with pytest.raises(Refusal, match="đã gửi"):
        workflow.describe(cast.officer, evidence, workflow.Card("Khác"), token=card.token)


def test_a_card_that_somebody_else_changed_is_a_conflict(cast: Cast) -> None:
    evidence = document(cast.officer)
    token = workflow.Card.of(evidence).token
    workflow.describe(cast.head, evidence, workflow.Card("Của thủ trưởng"), token=token)
    with pytest.raises(workflow.CardConflict) as conflict:
        workflow.describe(cast.officer, evidence, workflow.Card("Của cán bộ"), token=token)
    assert conflict.value.current.title == "Của thủ trưởng"


def test_a_document_leaves_the_library_only_when_no_leaf_cites_it(cast: Cast) -> None:
    evidence = document(cast.officer)
    citation = workflow.cite(cast.officer, cast.dossier, cast.leaf("1.1"), evidence)
    with pytest.raises(Refusal, match=r"1\.1"):
        workflow.withdraw_evidence(cast.officer, evidence)
    workflow.uncite(cast.officer, citation)
    workflow.withdraw_evidence(cast.officer, evidence)
    evidence.refresh_from_db()
    assert evidence.withdrawn_at is not None
    assert evidence_store().exists(evidence.sha256)


def test_a_document_of_a_closed_dossier_never_leaves_the_library(cast: Cast, clock: Any) -> None:
    evidence = document(cast.officer)
    workflow.cite(cast.officer, cast.dossier, cast.leaf("1.1"), evidence)
    clock.set(AFTER)
    with pytest.raises(Refusal, match="đã khóa"):
        workflow.withdraw_evidence(cast.officer, evidence)


def test_nobody_of_another_agency_describes_or_withdraws(cast: Cast) -> None:
    evidence = document(cast.officer)
    token = workflow.Card.of(evidence).token
    with pytest.raises(Refusal):
        workflow.describe(cast.other_officer, evidence, workflow.Card("x"), token=token)
    with pytest.raises(Refusal):
        workflow.withdraw_evidence(cast.other_head, evidence)
