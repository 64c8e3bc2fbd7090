"""Papers are made later: once, whole, and again after a lost message, by eager or real workers."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from agencies.verdict import Refusal
from appraisal import tasks
from appraisal.files.store import Store, evidence_store
from appraisal.models import Consolidation, Event, Paper, PaperFile
from appraisal.models.papers import DOSSIER_KINDS, PaperKind, PaperState
from appraisal.queries import results
from appraisal.states import RoundState
from appraisal.workflow import papers
from tests.cast import COUNCIL, Cast, build, moment


def consolidated(cast: Cast) -> Consolidation:
    cast.fill()
    sealed = results.seal(cast.round)
    made = Consolidation.objects.create(
        round=cast.round, number=1, snapshot=sealed.text, fingerprint=sealed.fingerprint,
        made_by=cast.secretary, made_at=moment(COUNCIL),
    )  # fmt: skip
    cast.put(RoundState.CONSOLIDATED)
    return made


def asked(cast: Cast) -> Paper:
    return papers.ask_for_paper(cast.secretary, cast.round)


def hashes(paper: Paper) -> dict[str, str]:
    """The hash of every file of the paper, by its format."""
    return dict(paper.files.values_list("format", "sha256"))


def pdf_of(paper: Paper) -> str:
    return hashes(paper)["pdf"]


def test_a_paper_asked_for_is_made_after_the_commit(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    consolidated(cast)
    with django_capture_on_commit_callbacks(execute=True):
        paper = asked(cast)
        assert paper.state == PaperState.QUEUED
    paper.refresh_from_db()
    assert (paper.state, paper.progress, paper.error) == (PaperState.DONE, 100, "")
    with evidence_store().open(pdf_of(paper)) as stored:
        assert stored.read(5) == b"%PDF-"


def test_asked_for_twice_it_is_one_paper_and_one_event(cast: Cast) -> None:
    consolidated(cast)
    assert asked(cast) == asked(cast)
    assert Event.objects.filter(action="paper.asked").count() == 1


def test_run_twice_the_task_does_no_harm(cast: Cast) -> None:
    consolidated(cast)
    paper = asked(cast)
    tasks.make_paper(paper.pk)
    first = Paper.objects.get()
    tasks.make_paper(paper.pk)
    again = Paper.objects.get()
    assert again.finished_at == first.finished_at
    assert Paper.objects.get().files.filter(format="pdf").count() == 1


def test_made_anew_it_has_the_same_bytes(cast: Cast) -> None:
    consolidated(cast)
    paper = asked(cast)
    tasks.make_paper(paper.pk)
    first = hashes(paper)
    Paper.objects.update(state=PaperState.QUEUED)
    PaperFile.objects.all().delete()
    tasks.make_paper(paper.pk)
    assert hashes(paper) == first
    assert {"pdf", "docx"} <= first.keys()


def test_a_paper_that_failed_says_so_and_is_made_when_asked_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    consolidated(cast)
    paper = asked(cast)

    def full(self: Store, source: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(Store, "put", full)
        tasks.make_paper(paper.pk)
    failed = Paper.objects.get()
    assert failed.state == PaperState.FAILED
    assert "thử lại" in failed.error
    again = asked(cast)
    assert again.state == PaperState.QUEUED
    tasks.make_paper(again.pk)
    assert Paper.objects.get().state == PaperState.DONE


def renamed(cast: Cast, council: str) -> None:
    province = cast.fresh().jurisdiction
    names = papers.LetterheadInput(province.kind, province.name, province.place, council)
    papers.save_letterhead(cast.secretary, names, seen=papers.letterhead_state(province))


def test_what_changed_between_asking_and_making_is_not_passed_off_as_what_was_asked_for(
    cast: Cast,
) -> None:
    consolidated(cast)
    paper, name = asked(cast), cast.jurisdiction.council
    renamed(cast, "Hội đồng khác")
    tasks.make_paper(paper.pk)
    failed = Paper.objects.get()
    assert failed.state == PaperState.FAILED
    assert "đã thay đổi từ khi yêu cầu" in failed.error
    assert not failed.files.exists()
    # Under the old name again, the same paper can be made after all.
    renamed(cast, name)
    assert asked(cast) == paper
    tasks.make_paper(paper.pk)
    assert Paper.objects.get().state == PaperState.DONE


def test_a_paper_asked_for_without_what_it_tells_of_says_so(cast: Cast) -> None:
    consolidated(cast)
    with pytest.raises(Refusal, match="Chưa ghi cuộc họp nào"):
        papers.ask_for_paper(cast.secretary, cast.fresh(), PaperKind.MINUTES)
    made = papers.ask_for_submission(cast.secretary, cast.fresh())
    assert {paper.kind for paper in made} == set(PaperKind) - DOSSIER_KINDS - {PaperKind.MINUTES}
    assert papers.ask_for_submission(cast.secretary, cast.fresh()) == made


def test_the_sweeper_starts_what_was_lost(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    consolidated(cast)
    paper = asked(cast)
    hurried: list[int] = []
    monkeypatch.setattr(tasks, "hurry", hurried.append)
    now = timezone.now()
    Paper.objects.update(asked_at=now)
    tasks.sweep_papers()
    assert hurried == []
    Paper.objects.update(asked_at=now - timedelta(minutes=2))
    tasks.sweep_papers()
    assert hurried == [paper.pk]
    Paper.objects.update(state=PaperState.RUNNING, started_at=now - timedelta(minutes=3))
    tasks.sweep_papers()
    assert hurried == [paper.pk]
    Paper.objects.update(started_at=now - timedelta(minutes=30))
    tasks.sweep_papers()
    assert hurried == [paper.pk, paper.pk]


@pytest.mark.worker
def test_a_real_worker_makes_the_paper(worker: Path) -> None:
    cast = build()
    consolidated(cast)
    paper = asked(cast)
    until = time.monotonic() + 60
    while Paper.objects.get(pk=paper.pk).state not in {PaperState.DONE, PaperState.FAILED}:
        assert time.monotonic() < until, "the worker did not answer"
        time.sleep(0.2)
    made = Paper.objects.get(pk=paper.pk)
    assert made.state == PaperState.DONE
    assert Store(worker).exists(pdf_of(made))
