"""What is measured at each moment of the round: pages, a mark saved, consolidation, the paper.

The names are those of the addresses. Every page is asked for as the person who works with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

from agencies.models import User
from appraisal.demonstration import plan
from appraisal.demonstration.history import History
from appraisal.documents import pdf
from appraisal.forms.bench import points_text
from appraisal.forms.marks import stored_as
from appraisal.models import Consolidation, Dossier, Mark
from appraisal.models.papers import PaperKind
from appraisal.papers.basis import Subject
from appraisal.papers.building import build
from appraisal.queries import results
from appraisal.queries.dossiers import rule_of
from appraisal.states import SeatRole, Stage
from appraisal.workflow import council
from bench.measuring import Aim

PAGE = Aim(80, 12)
SAVE = Aim(15)
CONSOLIDATE = Aim(100)
PAPER = Aim(1500)

Action = Callable[[], object]


class Unexpected(Exception):
    """An answer that is not the page: nothing can be measured."""


def signed_in(user: User) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def address(user: User, url: str) -> Action:
    """Ask for an address as a person; Unexpected when its page does not come."""
    client = signed_in(user)

    def ask() -> None:
        answer = client.get(url)
        if answer.status_code != 200:
            raise Unexpected(f"{url}: {answer.status_code}")

    return ask


def page(user: User, name: str, *args: int, query: str = "") -> Action:
    return address(user, reverse(f"appraisal:{name}", args=args) + query)


def save(user: User, url: str, data: dict[str, Any]) -> Action:
    """Save a mark as its page does by itself: each run says something new."""
    client = signed_in(user)
    state = {**data}
    reason = str(data["reason"])

    def post() -> None:
        state["reason"] = f"{reason} Lần lưu thứ {state['version'] + 1}."
        answer = client.post(url, state, headers={"X-Requested-With": "fetch"})
        if answer.status_code != 200:
            raise Unexpected(f"{url}: {answer.status_code} {answer.text[:300]}")
        state["version"] = answer.json()["version"]

    return post


def officer(history: History) -> User:
    return history.officer(plan.TOUR)


def own_dossier(history: History) -> Dossier:
    """The dossier of the tour: filled in half when the agencies score themselves."""
    return history.dossiers[plan.TOUR]


def kept(history: History, count: int) -> list[int]:
    """So many dossiers of one group, that of the tour among them."""
    own = own_dossier(history)
    others = [item.pk for item in history.dossiers.values() if item.group_id == own.group_id]
    return [own.pk, *[pk for pk in others if pk != own.pk]][:count]


def appraised(history: History) -> Mark:
    """A leaf of that dossier, with evidence, that a member has appraised already."""
    marks = Mark.objects.filter(
        dossier=own_dossier(history), stage=Stage.APPRAISAL, points__isnull=False,
        criterion__citations__dossier=own_dossier(history),
    )  # fmt: skip
    return marks.select_related("author", "criterion").order_by("pk")[0]


def self_scored(history: History) -> Mark:
    """A leaf of that dossier that the officer has filled in."""
    marks = Mark.objects.filter(
        dossier=own_dossier(history), stage=Stage.SELF, points__isnull=False,
        criterion__citations__dossier=own_dossier(history),
    )  # fmt: skip
    return marks.select_related("author", "criterion").order_by("pk")[0]


# --- While the agencies score themselves ------------------------------------------------------
def self_assessment_pages(history: History) -> dict[str, Action]:
    user, mark = officer(history), self_scored(history)
    key = mark.dossier_id
    return {
        "home (officer)": page(user, "home"),
        "dossiers-show": page(user, "dossiers-show", key),
        "marks-edit": page(user, "marks-edit", key, mark.criterion_id),
        "dossiers-check": page(user, "dossiers-check", key),
    }


def save_self_score(history: History) -> Action:
    mark = self_scored(history)
    data = stored_as(
        rule_of(mark.criterion), mark.declared, mark.points, mark.reason, False, mark.version
    )
    del data["not_applicable"]  # a check box that is not ticked is not sent
    url = reverse("appraisal:marks-edit", args=[mark.dossier_id, mark.criterion_id])
    return save(mark.author, url, data)


# --- While the team appraises -----------------------------------------------------------------
def appraisal_pages(history: History) -> dict[str, Action]:
    mark, key = appraised(history), history.round.pk
    lead, secretary = history.person(SeatRole.TEAM_LEAD), history.person(SeatRole.SECRETARY)
    opened = f"?walk=criterion&dossier={mark.dossier_id}&leaf={mark.criterion_id}"
    return {
        "bench-show": page(mark.author, "bench-show", key, query=opened),
        "progress-show": page(lead, "progress-show", key),
        "assignments-edit": page(lead, "assignments-edit", key),
        "rounds-show": page(secretary, "rounds-show", key),
    }


def save_appraisal(history: History) -> Action:
    mark = appraised(history)
    key = [history.round.pk, mark.dossier_id, mark.criterion_id, Stage.APPRAISAL]
    data = {
        "version": mark.version,
        "points": points_text(mark.points),
        "reason": mark.reason or "Đồng ý với điểm tự chấm.",
    }
    return save(mark.author, reverse("appraisal:bench-mark", args=key), data)


# --- When the council meets -------------------------------------------------------------------
def council_pages(history: History) -> dict[str, Action]:
    secretary, key = history.person(SeatRole.SECRETARY), history.round.pk
    return {
        "problems-show": page(secretary, "problems-show", key),
        "table-show": page(secretary, "table-show", key),
        "table-derivation": page(secretary, "table-derivation", key, own_dossier(history).pk),
    }


def consolidate(history: History) -> None:
    council.consolidate(history.person(SeatRole.SECRETARY), history.round)


def sums(history: History) -> dict[str, Action]:
    """The result counted and sealed; and the whole consolidation, rolled back to be done again."""

    def undone() -> None:
        with transaction.atomic():
            consolidate(history)
            transaction.set_rollback(True)

    return {
        "results.seal": lambda: results.seal(history.round),
        "council.consolidate": undone,
    }


def approval_pages(history: History) -> dict[str, Action]:
    """The chair's page of a round that is consolidated here."""
    consolidate(history)
    chair = history.person(SeatRole.CHAIR)
    return {"approvals-new": page(chair, "approvals-new", history.round.pk)}


def decision_pdf(history: History) -> Action:
    def made() -> None:
        last = Consolidation.objects.select_related("round__jurisdiction")
        sealed = last.filter(round=history.round)[0]
        pdf.render(build(Subject(PaperKind.DECISION, sealed.round, sealed))[0])

    return made
