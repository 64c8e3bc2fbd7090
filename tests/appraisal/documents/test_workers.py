"""Many papers made in processes side by side."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from appraisal.documents import pdf, workers
from appraisal.documents.engine import BlockedAddress
from appraisal.documents.markup import draft_of
from appraisal.files.refusal import Refused
from tests.appraisal.documents import samples


@pytest.fixture
def two_cores(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def letters(count):
    return [samples.letter(f"Ủy ban nhân dân xã số {n}.") for n in range(1, count + 1)]


def test_a_paper_made_beside_is_the_one_made_here(two_cores):
    papers = letters(workers.WORTH_IT)
    heard = []
    made = pdf.render_many(papers, heard.append)
    assert made == [pdf.render(paper) for paper in papers]
    assert heard == sorted(heard)
    assert heard[-1] == 100
    assert len(heard) == len(papers)


def test_a_few_are_made_here(two_cores, monkeypatch):
    monkeypatch.setattr(workers, "_start", lambda: pytest.fail("a process was started"))
    papers = letters(2)
    assert pdf.render_many(papers) == [pdf.render(paper) for paper in papers]


def test_what_goes_wrong_beside_goes_wrong_here(two_cores):
    drafts = [draft_of(paper) for paper in letters(workers.WORTH_IT)]
    outside = f"{drafts[3].html}<img src='http://127.0.0.1:9/corpus-sink'>"
    drafts[3] = replace(drafts[3], html=outside)
    with pytest.raises(BlockedAddress, match="corpus-sink"):
        workers.compose_many(drafts, lambda _percent: None)


def test_a_killed_process_is_noticed(two_cores, monkeypatch):
    start = workers._start

    def dying():
        worker = start()
        worker.kill()
        worker.wait()
        return worker

    monkeypatch.setattr(workers, "_start", dying)
    with pytest.raises(workers.WorkerLost):
        pdf.render_many(letters(workers.WORTH_IT))


def test_no_process_is_left_behind(two_cores, monkeypatch):
    started = []
    start = workers._start
    monkeypatch.setattr(workers, "_start", lambda: started.append(start()) or started[-1])
    pdf.render_many(letters(workers.WORTH_IT))
    assert len(started) == 2
    assert all(worker.returncode is not None for worker in started)


def test_a_worker_needs_neither_django_nor_the_environment():
    code = "import appraisal.documents.workers, sys; print('django' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=workers._ROOT, env={}, capture_output=True, check=True
    )
    assert done.stdout.split() == [b"False"]


def test_every_paper_is_examined_before_one_is_made(two_cores, monkeypatch):
    monkeypatch.setattr(workers, "_start", lambda: pytest.fail("a process was started"))
    papers = [*letters(workers.WORTH_IT), samples.letter("a" * 10_001)]
    with pytest.raises(Refused):
        pdf.render_many(papers)
