"""Templates of an office: versions that are checked, put in force and retired, each remembered."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx as library
import pytest

from agencies.verdict import Refusal
from appraisal import trail
from appraisal.documents import converting, docx
from appraisal.files.refusal import Refused
from appraisal.files.store import evidence_store
from appraisal.models import Event, Paper, PaperTemplate
from appraisal.models.papers import PaperFormat, PaperKind
from appraisal.papers.basis import is_current, subject_of
from appraisal.papers.samples import sample_of
from appraisal.workflow import papers, templates
from appraisal.workflow.acting import Invalid
from tests.appraisal.council_stage import consolidated
from tests.appraisal.desk import arriving
from tests.appraisal.documents.wordtemplate.offices import own, texts
from tests.cast import COUNCIL, Cast

CORPUS = Path(__file__).resolve().parents[2] / "attack_corpus" / "evidence"
DECISION = PaperKind.DECISION
REMARK = "Văn bản này theo mẫu riêng của Sở Nội vụ."


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


@pytest.fixture
def without_libreoffice(monkeypatch: Any) -> None:
    """A machine that prints no Word file: previews and papers are Word files alone."""
    monkeypatch.setattr(converting, "CONVERTER", "no-such-program")


def template(cast: Cast, remark: str = REMARK, kind: str = DECISION) -> bytes:
    """The built-in template with a sentence of the office at its end."""
    document = library.Document(
        io.BytesIO(docx.builtin_template(sample_of(cast.secretary, kind).paper))
    )
    document.add_paragraph(remark)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def brought(
    cast: Cast, content: bytes | None = None, name: str = "Mẫu QĐ.docx", kind: str = DECISION
) -> PaperTemplate:
    upload = arriving(name, template(cast) if content is None else content)
    try:
        return templates.upload_template(cast.secretary, kind, upload)
    finally:
        upload.close()


def last() -> Event:
    return Event.objects.filter(stream__startswith="jurisdiction-").latest("number")


def in_force(cast: Cast) -> PaperTemplate | None:
    """What a decision would be made from now."""
    return subject_of(cast.round, DECISION).template


# --- Brought --------------------------------------------------------------------------------------
def test_a_template_is_kept_as_a_version_with_its_filled_sample(cast: Cast) -> None:
    consolidated(cast)
    content = template(cast)
    kept = brought(cast, content)
    assert (kept.version, kept.file_name, kept.in_force_at) == (1, "Mẫu QĐ.docx", None)
    with evidence_store().open(kept.sha256) as stored:
        assert stored.read() == content
    preview = kept.facts["preview"]
    assert preview["round"] == cast.round.name
    with templates.preview_store().open(preview["docx"]) as filled:
        assert texts(filled.read())[-1] == REMARK
    with templates.preview_store().open(preview["pdf"]) as printed:
        assert printed.read().startswith(b"%PDF-")
    assert preview["pages"] == 2
    assert "noi_dung" in kept.facts["names"]
    assert (last().action, last().actor) == ("templates.uploaded", cast.secretary)
    assert last().sentence == (
        "Tải lên mẫu Word “Mẫu QĐ.docx” (bản 1) cho Quyết định phê duyệt kết quả (dự thảo)"
    )
    assert in_force(cast) is None


@pytest.mark.usefixtures("without_libreoffice")
def test_without_libreoffice_the_preview_is_the_word_file(cast: Cast) -> None:
    preview = brought(cast).facts["preview"]
    assert (preview["pdf"], preview["pages"], preview["round"]) == ("", 0, "")
    assert templates.preview_store().exists(preview["docx"])


@pytest.mark.usefixtures("without_libreoffice")
def test_versions_are_counted_by_kind_and_the_same_file_again_is_no_new_one(cast: Cast) -> None:
    content = template(cast)
    first = brought(cast, content)
    events = Event.objects.count()
    again = brought(cast, content)
    assert (again.pk, Event.objects.count()) == (first.pk, events)
    assert brought(cast, template(cast, "Bản khác")).version == 2
    letter = template(cast, kind=PaperKind.LETTERS)
    assert brought(cast, letter, kind=PaperKind.LETTERS).version == 1


@pytest.mark.usefixtures("without_libreoffice")
def test_the_same_file_again_brings_a_lost_preview_back(cast: Cast) -> None:
    content = template(cast)
    lost = brought(cast, content).facts["preview"]["docx"]
    templates.preview_store().path(lost).unlink()
    found = brought(cast, content).facts["preview"]["docx"]
    assert templates.preview_store().exists(found)


@pytest.mark.usefixtures("without_libreoffice")
@pytest.mark.parametrize(
    ("file", "name", "code"),
    [
        ("docm-renamed.docx", "Mẫu.docx", "macros"),
        ("docx-xxe.docx", "Mẫu.docx", "doctype"),
        ("docx-remote-template.docx", "Mẫu.docx", "remote_content"),
        ("docx-field-autolink.docx", "Mẫu.docx", "field"),
        ("ok-plain.docx", "Mẫu.docx", "no_tags"),
        ("ok-plain.docx", "Mẫu.docm", "type_not_allowed"),
        ("ok-plain.pdf", "Mẫu.pdf", "wrong_kind"),
        ("ok-plain.pdf", "Mẫu.docx", "damaged"),
        ("empty.pdf", "Mẫu.docx", "empty"),
        ("ok-plain.docx", "Mẫu", "type_not_allowed"),
    ],
)
def test_what_is_refused_leaves_an_event_and_nothing_else(
    cast: Cast, file: str, name: str, code: str
) -> None:
    before = list(evidence_store().names())
    with pytest.raises(Refused) as refusal:
        brought(cast, (CORPUS / file).read_bytes(), name)
    assert refusal.value.code == code
    assert not PaperTemplate.objects.exists()
    assert list(evidence_store().names()) == before
    assert not list(evidence_store().temporary_root.glob("*"))
    event = last()
    assert (event.action, event.data["code"]) == ("templates.refused", code)
    assert event.data["place"] == str(refusal.value.values.get("place", ""))
    assert event.data["file_name"] == name


@pytest.mark.usefixtures("without_libreoffice")
def test_a_file_over_the_limit_is_refused(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(templates, "MAX_BYTES", 1000)
    with pytest.raises(Refused) as refusal:
        brought(cast)
    assert refusal.value.code == "too_large"


@pytest.mark.parametrize("who", ["officer", "chair", "administrator", "nobody"])
@pytest.mark.usefixtures("without_libreoffice")
def test_only_the_secretariat_keeps_templates(cast: Cast, who: str) -> None:
    kept = brought(cast)
    user = cast.people[who]
    upload = arriving("Mẫu.docx", template(cast))
    for act in (
        lambda: templates.upload_template(user, DECISION, upload),
        lambda: templates.put_in_force(user, kept),
        lambda: templates.retire(user, kept),
    ):
        with pytest.raises(Refusal):
            act()
    upload.close()
    assert PaperTemplate.objects.get().in_force_at is None


# --- In force -------------------------------------------------------------------------------------
@pytest.mark.usefixtures("without_libreoffice")
def test_one_version_is_in_force_and_the_one_before_is_retired(cast: Cast) -> None:
    first, second = brought(cast), brought(cast, template(cast, "Bản khác"))
    templates.put_in_force(cast.secretary, first)
    assert in_force(cast) == first
    templates.put_in_force(cast.secretary, second)
    first.refresh_from_db()
    assert first.retired_at is not None
    assert in_force(cast) == second
    assert last().sentence.startswith("Đưa vào sử dụng mẫu Word “Mẫu QĐ.docx” (bản 2)")
    # An older version may come back.
    templates.put_in_force(cast.secretary, first)
    assert in_force(cast) == first


@pytest.mark.usefixtures("without_libreoffice")
def test_to_retire_a_template_is_to_go_back_to_the_built_in_one(cast: Cast) -> None:
    kept = templates.put_in_force(cast.secretary, brought(cast))
    templates.retire(cast.secretary, kept)
    assert in_force(cast) is None
    assert (last().action, last().data["version"]) == ("templates.retired", 1)
    assert not list(trail.breaks())


@pytest.mark.usefixtures("without_libreoffice")
def test_steps_that_lead_nowhere_are_refused(cast: Cast) -> None:
    kept = brought(cast)
    with pytest.raises(Invalid, match="không được dùng"):
        templates.retire(cast.secretary, kept)
    templates.put_in_force(cast.secretary, kept)
    with pytest.raises(Invalid, match="đang được dùng"):
        templates.put_in_force(cast.secretary, kept)
    templates.retire(cast.secretary, kept)
    with pytest.raises(Invalid, match="không được dùng"):
        templates.retire(cast.secretary, kept)


@pytest.mark.usefixtures("without_libreoffice")
def test_a_template_is_checked_again_before_it_is_used(cast: Cast) -> None:
    kept = brought(cast)
    stored = evidence_store().put([own("{{ khong_con_nua }}")])
    PaperTemplate.objects.filter(pk=kept.pk).update(sha256=stored.sha256)
    kept.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        templates.put_in_force(cast.secretary, kept)
    assert refusal.value.code == "unknown_name"
    PaperTemplate.objects.filter(pk=kept.pk).update(sha256="0" * 64)
    kept.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        templates.put_in_force(cast.secretary, kept)
    assert refusal.value.code == "template_gone"


# --- On paper -------------------------------------------------------------------------------------
def made(cast: Cast, callbacks: Any) -> Paper:
    with callbacks(execute=True):
        paper = papers.ask_for_paper(cast.secretary, cast.round)
    return Paper.objects.get(pk=paper.pk)


def words_of(paper: Paper) -> str:
    kept = paper.files.get(format=PaperFormat.DOCX)
    with evidence_store().open(kept.sha256) as content:
        return " ".join(texts(content.read()))


def test_papers_are_made_in_the_template_that_is_in_force_and_in_no_other(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    consolidated(cast)
    plain = made(cast, django_capture_on_commit_callbacks)
    kept = templates.put_in_force(cast.secretary, brought(cast))
    assert not is_current(plain)
    own_paper = made(cast, django_capture_on_commit_callbacks)
    assert own_paper.pk != plain.pk
    assert own_paper.template == kept
    assert REMARK in words_of(own_paper)
    assert REMARK not in words_of(plain)
    assert {file.format for file in own_paper.files.all()} == {"pdf", "docx"}
    templates.retire(cast.secretary, kept)
    assert not is_current(own_paper)
    assert is_current(plain)
    assert made(cast, django_capture_on_commit_callbacks).pk == plain.pk
