"""What the papers that tell at length read beside the marks: the course of a round, its people.

`sealed_figures` turns a sealed snapshot back into the figures that every count begins with, so
that a paper of a result never reads the live marks. The other readings are one or two queries for
the whole round, whatever its size.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, F, Prefetch, QuerySet

from agencies.models import Agency, Capacity, User
from appraisal import scoring
from appraisal.models import (
    Attendance,
    Citation,
    Criterion,
    Dossier,
    ExplanationRequest,
    Extension,
    Issue,
    Mark,
    Meeting,
    MemberReport,
    Round,
    Ruling,
    Seat,
    Window,
)
from appraisal.models.papers import PaperKind
from appraisal.queries.past import YearLine, last_year
from appraisal.queries.results import DossierFact, Figures, GroupFact, MarkFact, groups_of
from appraisal.states import Stage, Step


# --- The sealed result ---------------------------------------------------------------------
def sealed_figures(round: Round, sealed: dict[str, Any]) -> Figures:
    """The figures that a snapshot sealed: its marks, settings and bands; three queries.

    The titles of the criteria, which the snapshot does not hold, come from the sets that were
    frozen when the round opened. Groups without agencies are left out.
    """
    settings = sealed["round"]
    pks = dict(Dossier.objects.filter(round=round).values_list("agency__code", "pk"))
    groups = {group.code: group for group in groups_of(round)}
    chosen = [item for item in sealed["groups"] if item["agencies"]]
    return Figures(
        round=round,
        settings=scoring.Settings(
            not_applicable_method=settings["not_applicable_method"],
            bonus_max=Decimal(settings["bonus_max"]),
            penalty_max=Decimal(settings["penalty_max"]),
            tie_rule=settings["tie_rule"],
            display_places=settings["display_decimals"],
        ),
        bands=tuple(
            scoring.Band(band["name"], Decimal(band["from"]), band["inclusive"])
            for band in settings["bands"]
        ),
        groups=tuple(groups[item["code"]] for item in chosen),
        dossiers=tuple(
            _sealed_dossier(groups[item["code"]], agency, pks[agency["code"]])
            for item in chosen
            for agency in item["agencies"]
        ),
    )


def _sealed_dossier(group: GroupFact, agency: dict[str, Any], pk: int) -> DossierFact:
    at = agency["submitted_at"]
    return DossierFact(
        pk=pk,
        agency_code=agency["code"],
        agency=agency["name"],
        group_id=group.pk,
        submitted_at=datetime.fromisoformat(at) if at else None,
        marks={
            leaf["code"]: {stage: _sealed_mark(mark) for stage, mark in leaf["marks"].items()}
            for leaf in agency["leaves"]
        },
    )


def _sealed_mark(mark: dict[str, Any]) -> MarkFact:
    return MarkFact(
        points=None if mark["points"] is None else Decimal(mark["points"]),
        not_applicable=mark["not_applicable"],
        reason=mark["reason"],
        author=mark["by"],
        saved_at=datetime.fromisoformat(mark["at"]),
        version=mark["version"],
    )


def sealed_citations(sealed: dict[str, Any]) -> dict[tuple[str, str], int]:
    """How many documents each leaf cited when it was sealed: (agency's code, leaf's code)."""
    return {
        (agency["code"], leaf["code"]): len(leaf["evidence"])
        for group in sealed["groups"]
        for agency in group["agencies"]
        for leaf in agency["leaves"]
    }


# --- The course of the round -----------------------------------------------------------------
def windows(round: Round) -> dict[str, Window]:
    """The windows of a round by step: one query."""
    return {item.step: item for item in Window.objects.filter(round=round)}


def extensions(round: Round) -> dict[int, Extension]:
    """The latest extension of self-assessment that each dossier has: one query."""
    found: dict[int, Extension] = {}
    for item in Extension.objects.filter(dossier__round=round, step=Step.SELF_ASSESSMENT).order_by(
        "closes_at", "pk"
    ):
        found[item.dossier_id] = item
    return found


def answered(round: Round) -> dict[tuple[int, str], bool]:
    """What was asked to be explained, and whether it was: (dossier, leaf's code); one query."""
    return {
        (dossier, code): explanation is not None
        for dossier, code, explanation in ExplanationRequest.objects.filter(dossier__round=round)
        .order_by("dossier_id", "criterion__position")
        .values_list("dossier_id", "criterion__code", "explanation__pk")
    }


def seats(round: Round) -> list[Seat]:
    """Everybody with a seat in the round, with person and agency: one query."""
    return list(Seat.objects.filter(round=round).select_related("user__agency").order_by("pk"))


def member_reports(round: Round) -> list[MemberReport]:
    """What the members reported to the council, with person and agency: one query."""
    return list(
        MemberReport.objects.filter(round=round).select_related("author__agency").order_by("pk")
    )


def meetings(round: Round) -> list[Meeting]:
    """The meetings in the order of time, each with attendance and rulings: three queries."""
    return list(
        Meeting.objects.filter(round=round)
        .select_related("chaired_by__user__agency")
        .prefetch_related(
            Prefetch(
                "attendances",
                Attendance.objects.select_related("seat__user__agency").order_by("seat_id"),
            ),
            Prefetch("rulings", _rulings()),
        )
        .order_by("held_at", "pk")
    )


def _rulings() -> QuerySet[Ruling]:
    return Ruling.objects.select_related("dossier__agency", "criterion").order_by(
        "recorded_at", "pk"
    )


def marks_ruled_on(round: Round) -> dict[tuple[int, int], dict[str, Mark]]:
    """The marks of each leaf that the council ruled on, by (dossier, criterion): one query."""
    found: dict[tuple[int, int], dict[str, Mark]] = defaultdict(dict)
    for mark in Mark.objects.filter(
        dossier__round=round,
        dossier__rulings__criterion=F("criterion"),
    ).distinct():
        found[mark.dossier_id, mark.criterion_id][mark.stage] = mark
    return found


class Worked(NamedTuple):
    """How much came in and was looked at before a council meets."""

    agencies: int
    submitted: int
    appraised: int
    reappraised: int
    asked: int
    answered: int


def worked(round: Round) -> Worked:
    """Counts of the round as it stands now: three queries."""
    marked = dict(
        Mark.objects.filter(dossier__round=round, stage__in=[Stage.APPRAISAL, Stage.REAPPRAISAL])
        .values_list("stage")
        .annotate(number=Count("pk"))
    )
    dossiers = Dossier.objects.filter(round=round).aggregate(
        all=Count("pk"), submitted=Count("submitted_at")
    )
    requests = ExplanationRequest.objects.filter(dossier__round=round).aggregate(
        all=Count("pk"), answered=Count("explanation")
    )
    return Worked(
        agencies=dossiers["all"],
        submitted=dossiers["submitted"],
        appraised=marked.get(Stage.APPRAISAL, 0),
        reappraised=marked.get(Stage.REAPPRAISAL, 0),
        asked=requests["all"],
        answered=requests["answered"],
    )


# --- One dossier -----------------------------------------------------------------------------
class Node(NamedTuple):
    """A node of the criterion tree with the texts that papers print."""

    code: str
    title: str
    max_points: Decimal
    kind: str
    params: dict[str, Any]
    is_leaf: bool
    field_code: str
    """The code of the field it belongs to; its own where it is one."""


def nodes(dossier: Dossier) -> list[Node]:
    """The whole tree of the dossier's criteria in reading order: one query."""
    return [
        Node(code, title, maximum, kind, params, is_leaf, field_code or code)
        for code, title, maximum, kind, params, is_leaf, field_code in Criterion.objects.filter(
            criteria_set__round=dossier.round_id, criteria_set__group=dossier.group_id
        )
        .order_by("position")
        .values_list("code", "title", "max_points", "kind", "params", "is_leaf", "field__code")
    ]


def declared(dossier: Dossier) -> dict[str, dict[str, object]]:
    """What the agency declared with its self-scores, by leaf: one query."""
    return dict(
        Mark.objects.filter(dossier=dossier, stage=Stage.SELF).values_list(
            "criterion__code", "declared"
        )
    )


def citations(dossier: Dossier) -> list[Citation]:
    """Every citation of the dossier in the order of the criteria, with its document: one query."""
    return list(
        Citation.objects.filter(dossier=dossier)
        .select_related("evidence", "criterion")
        .order_by("criterion__position", "pk")
    )


def requests(dossier: Dossier) -> list[ExplanationRequest]:
    """What was asked of one dossier, with the answers: one query."""
    return list(
        ExplanationRequest.objects.filter(dossier=dossier)
        .select_related("criterion", "explanation")
        .order_by("criterion__position")
    )


def head_of(agency: Agency) -> User | None:
    """The head of an agency where the accounts name exactly one: one query."""
    heads = list(User.objects.filter(agency=agency, capacity=Capacity.HEAD, is_active=True)[:2])
    return heads[0] if len(heads) == 1 else None


# --- The year before, and what was issued ------------------------------------------------------
def year_before(round: Round) -> dict[int, YearLine]:
    """The result of the year before by dossier, where it is known (see `queries.past`)."""
    known = last_year(round)
    return {
        pk: known[agency]
        for pk, agency in Dossier.objects.filter(round=round).values_list("pk", "agency_id")
        if agency in known
    }


def issued_decision(round: Round, fingerprint: str) -> Issue | None:
    """Number and day of the decision on a fingerprint, once its paper left the house: one query."""
    return (
        Issue.objects.filter(
            paper__round=round,
            paper__kind=PaperKind.DECISION,
            paper__consolidation__fingerprint=fingerprint,
        )
        .order_by("-pk")
        .first()
    )
