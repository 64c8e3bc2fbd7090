"""What stands in the way of opening a round, and of consolidating it; with links to the mending."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appraisal import scoring
from appraisal.files.store import evidence_store
from appraisal.models import (
    Assignment,
    Citation,
    Criterion,
    Dossier,
    ExplanationRequest,
    Mark,
    Round,
)
from appraisal.models.round import OwnAgencyPolicy
from appraisal.queries.results import bands_of
from appraisal.queries.table import leaf_anchor
from appraisal.states import DECIDING_STAGES, SeatRole, Stage, Step


@dataclass(frozen=True)
class Problem:
    """One thing to mend: what it is, where, whether it blocks."""

    kind: str
    sentence: str
    url: str
    blocking: bool = True


@dataclass(frozen=True)
class Coverage:
    """Who appraises each leaf of a set: seat ids of the first and the second appraiser."""

    first: dict[int, int]
    second: dict[int, int]


def coverage(round: Round, known: list[Criterion] | None = None) -> Coverage:
    """The appraiser of every leaf, by the nearest assignment above it: two queries.

    Who has read the criteria in reading order hands them over as `known` and saves one.
    """
    nodes = (
        [(node.pk, node.parent_id, node.is_leaf) for node in known]
        if known is not None
        else list(
            Criterion.objects.filter(criteria_set__round=round)
            .order_by("criteria_set_id", "position")
            .values_list("pk", "parent_id", "is_leaf")
        )
    )
    given: dict[bool, dict[int, int]] = {False: {}, True: {}}
    for criterion, seat, is_second in Assignment.objects.filter(
        criterion__criteria_set__round=round
    ).values_list("criterion_id", "seat_id", "is_second"):
        given[is_second][criterion] = seat
    resolved: dict[bool, dict[int, int]] = {False: {}, True: {}}
    leaves = set()
    for pk, parent, is_leaf in nodes:  # parents come before their children
        for is_second in (False, True):
            seat_id = given[is_second].get(pk) or (
                resolved[is_second].get(parent) if parent else None
            )
            if seat_id:
                resolved[is_second][pk] = seat_id
        if is_leaf:
            leaves.add(pk)
    return Coverage(
        first={pk: seat for pk, seat in resolved[False].items() if pk in leaves},
        second={pk: seat for pk, seat in resolved[True].items() if pk in leaves},
    )


def opening_problems(round: Round) -> list[Problem]:
    """What must be there before the round opens; each with the page where it is mended."""
    found: list[Problem] = []
    pk = round.pk
    held = {window.step: window for window in round.windows.all()}
    needed = [Step.SELF_ASSESSMENT, Step.APPRAISAL]
    if round.appraisals == 2:
        needed += [Step.EXPLANATION, Step.REAPPRAISAL]
    found += [
        Problem("windows", _("Chưa đặt thời gian bước “%s”.") % step.label, _to("windows-edit", pk))
        for step in needed
        if step not in held
    ]
    ordered = [held[step] for step in needed if step in held]
    found += [
        Problem(
            "windows",
            _("Bước “%(later)s” mở trước khi bước “%(earlier)s” đóng.")
            % {
                "later": after.get_step_display(),
                "earlier": before.get_step_display(),
            },
            _to("windows-edit", pk),
            blocking=False,
        )
        for before, after in pairwise(ordered)
        if after.opens_at < before.closes_at
    ]
    found += [
        Problem("bands", sentence, _to("bands-edit", pk))
        for sentence in scoring.check_bands(bands_of(round))
    ]
    held_roles = set(round.seats.values_list("role", flat=True))
    found += [
        Problem("seats", _("Chưa có %s.") % role.label, _to("seats-list", pk))
        for role in (SeatRole.CHAIR, SeatRole.TEAM_LEAD, SeatRole.TEAM_MEMBER)
        if role not in held_roles
    ]
    nodes = _nodes(round)
    dossiers = list(Dossier.objects.filter(round=round).select_related("agency", "group"))
    found += _participants(round, dossiers, nodes)
    found += _criteria(round, nodes)
    found += _uncovered(round, nodes, dossiers)
    return found


def _participants(round: Round, dossiers: list[Dossier], nodes: list[Criterion]) -> list[Problem]:
    found = []
    groups = {item.group_id: item.group.name for item in dossiers}
    if not groups:
        found.append(
            Problem(
                "participants",
                _("Chưa chọn cơ quan được đánh giá."),
                _to("participants-edit", round.pk),
            )
        )
    filled = {node.criteria_set.group_id for node in nodes}
    found += [
        Problem(
            "criteria",
            _("Nhóm “%s” chưa có bộ tiêu chí.") % name,
            _to("criteria-list", round.pk),
        )
        for group, name in groups.items()
        if group not in filled
    ]
    return found


def _nodes(round: Round) -> list[Criterion]:
    """The criteria of the round, set by set in reading order."""
    return list(
        Criterion.objects.filter(criteria_set__round=round)
        .select_related("criteria_set__group")
        .order_by("criteria_set__group__position", "position")
    )


def _criteria(round: Round, nodes: list[Criterion]) -> list[Problem]:
    """Parents that differ from the sum of their children, and rules whose parameters are wrong."""
    found = []
    page = _to("criteria-list", round.pk)
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for node in nodes:
        if node.parent_id:
            sums[node.parent_id] += node.max_points
    whole: dict[str, Decimal] = defaultdict(Decimal)
    for node in nodes:
        name = node.criteria_set.group.name
        if node.parent_id is None and not node.outside_total:
            whole[name] += node.max_points
        if not node.is_leaf and sums[node.pk] != node.max_points:
            found.append(
                Problem(
                    "criteria",
                    _("%(group)s, tiêu chí %(code)s: tổng thành phần là %(sum)s, khác %(max)s.")
                    % {
                        "group": name,
                        "code": node.code,
                        "sum": scoring.show(sums[node.pk]),
                        "max": scoring.show(node.max_points),
                    },
                    page,
                )
            )
        if node.is_leaf:
            found += [
                Problem("criteria", f"{name}, {node.code}: {sentence}", page)
                for sentence in scoring.check_params(
                    scoring.Rule(node.kind, node.max_points, node.params)
                )
            ]
    found += [
        Problem(
            "criteria",
            _("%(group)s: tổng điểm của bộ tiêu chí là %(sum)s, không phải 100.")
            % {"group": name, "sum": scoring.show(total, trim=True)},
            page,
            blocking=False,
        )
        for name, total in whole.items()
        if total != 100
    ]
    return found


def _uncovered(round: Round, nodes: list[Criterion], dossiers: Iterable[Dossier]) -> list[Problem]:
    """Leaves without an appraiser, or without the second one that an own agency's dossier needs."""
    covered = coverage(round, nodes)
    page = _to("assignments-edit", round.pk)
    leaves = [node for node in nodes if node.is_leaf and not node.is_survey]
    found = []
    lacking = [leaf.code for leaf in leaves if leaf.pk not in covered.first]
    if lacking:
        found.append(
            Problem("coverage", _("Chưa phân công người thẩm định: %s.") % _codes(lacking), page)
        )
    if round.own_agency_policy == OwnAgencyPolicy.WARN:
        return found
    agency_of = dict(round.seats.values_list("pk", "user__agency_id"))
    for dossier in dossiers:
        alone = [
            leaf.code
            for leaf in leaves
            if leaf.criteria_set.group_id == dossier.group_id
            and agency_of.get(covered.first.get(leaf.pk, 0)) == dossier.agency_id
            and agency_of.get(covered.second.get(leaf.pk, 0), dossier.agency_id)
            == dossier.agency_id
        ]
        if alone:
            found.append(
                Problem(
                    "coverage",
                    _("%(agency)s: chưa có người thẩm định thứ hai từ cơ quan khác (%(codes)s).")
                    % {"agency": dossier.agency.name, "codes": _codes(alone)},
                    page,
                )
            )
    return found


def consolidation_problems(round: Round) -> list[Problem]:
    """Problems first: what is missing before the result may be consolidated."""
    found: list[Problem] = []
    dossiers = {
        item.pk: item for item in Dossier.objects.filter(round=round).select_related("agency")
    }
    nodes = _nodes(round)
    leaves = [
        (node.pk, node.criteria_set.group_id, node.code, node.kind)
        for node in nodes
        if node.is_leaf and node.kind not in {"bonus", "penalty"}
    ]
    decided: dict[int, set[int]] = defaultdict(set)
    again: dict[int, set[int]] = defaultdict(set)
    for key, criterion, stage in Mark.objects.filter(
        dossier__round=round, stage__in=DECIDING_STAGES
    ).values_list("dossier_id", "criterion_id", "stage"):
        decided[key].add(criterion)
        if stage in {Stage.REAPPRAISAL, Stage.COUNCIL}:
            again[key].add(criterion)
    for pk, dossier in dossiers.items():
        missing = [
            (code, kind)
            for leaf, group, code, kind in leaves
            if group == dossier.group_id and leaf not in decided[pk]
        ]
        found += _missing(round, dossier, missing)
    found += [item for item in _criteria(round, nodes) if item.blocking]
    found += _uncovered(round, nodes, dossiers.values())
    found += _explanations(round, dossiers, again)
    if round.own_agency_policy == OwnAgencyPolicy.SECOND:
        found += _second_marks(round, dossiers, again)
    found += _unreadable(round)
    return found


def _missing(round: Round, dossier: Dossier, missing: list[tuple[str, str]]) -> list[Problem]:
    found = []
    survey = [code for code, kind in missing if kind == "survey"]
    marks = [code for code, kind in missing if kind != "survey"]
    if marks:
        found.append(
            Problem(
                "missing",
                ngettext(
                    "%(agency)s: còn %(count)d tiêu chí chưa thẩm định (%(codes)s).",
                    "%(agency)s: còn %(count)d tiêu chí chưa thẩm định (%(codes)s).",
                    len(marks),
                )
                % {"agency": dossier.agency.name, "count": len(marks), "codes": _codes(marks)},
                reverse("appraisal:table-derivation", args=[round.pk, dossier.pk]),
            )
        )
    if survey:
        found.append(
            Problem(
                "survey",
                _("%(agency)s: chưa có điểm điều tra xã hội học (%(codes)s).")
                % {"agency": dossier.agency.name, "codes": _codes(survey)},
                _to("survey-show", round.pk),
            )
        )
    return found


def _explanations(
    round: Round, dossiers: dict[int, Dossier], again: dict[int, set[int]]
) -> list[Problem]:
    found = []
    for dossier, criterion, code, answered in ExplanationRequest.objects.filter(
        dossier__round=round
    ).values_list("dossier_id", "criterion_id", "criterion__code", "explanation__pk"):
        if criterion in again[dossier]:
            continue
        agency = dossiers[dossier].agency.name
        page = reverse("appraisal:table-derivation", args=[round.pk, dossier])
        url = f"{page}#{leaf_anchor(code)}"
        if answered:
            found.append(
                Problem(
                    "explanation",
                    _("%(agency)s, tiêu chí %(code)s: đã giải trình, chưa thẩm định lần 2.")
                    % {"agency": agency, "code": code},
                    url,
                )
            )
        else:
            found.append(
                Problem(
                    "explanation",
                    _("%(agency)s, tiêu chí %(code)s: cơ quan không giải trình; giữ điểm lần 1.")
                    % {"agency": agency, "code": code},
                    url,
                    blocking=False,
                )
            )
    return found


def _second_marks(
    round: Round, dossiers: dict[int, Dossier], again: dict[int, set[int]]
) -> list[Problem]:
    """Leaves marked by the agency's own member, which the policy wants marked by a second."""
    lacking: dict[int, list[str]] = defaultdict(list)
    for dossier, criterion, code, agency in (
        Mark.objects.filter(dossier__round=round, stage=Stage.APPRAISAL)
        .order_by("criterion__position")
        .values_list("dossier_id", "criterion_id", "criterion__code", "author__agency_id")
    ):
        if agency == dossiers[dossier].agency_id and criterion not in again[dossier]:
            lacking[dossier].append(code)
    return [
        Problem(
            "second",
            _("%(agency)s: chờ người thẩm định thứ hai (%(codes)s).")
            % {"agency": dossiers[dossier].agency.name, "codes": _codes(codes)},
            reverse("appraisal:table-derivation", args=[round.pk, dossier]),
        )
        for dossier, codes in lacking.items()
    ]


def _unreadable(round: Round) -> list[Problem]:
    """Cited documents whose bytes are not in the store."""
    store = evidence_store()
    cited = (
        Citation.objects.filter(dossier__round=round)
        .order_by("evidence_id")
        .values_list("evidence__sha256", "evidence__title", "dossier__agency__name", "dossier_id")
        .distinct()
    )
    return [
        Problem(
            "evidence",
            _("%(agency)s: không đọc được tệp của tài liệu “%(title)s”.")
            % {"agency": agency, "title": title},
            reverse("appraisal:table-derivation", args=[round.pk, dossier]),
        )
        for digest, title, agency, dossier in cited
        if not store.exists(digest)
    ]


def _codes(codes: Iterable[str], most: int = 12) -> str:
    """Criterion codes in a sentence; a long list is cut with its count."""
    listed = list(codes)
    shown = ", ".join(listed[:most])
    if len(listed) > most:
        return _("%(codes)s và %(more)d tiêu chí nữa") % {
            "codes": shown,
            "more": len(listed) - most,
        }
    return shown


def _to(name: str, pk: int) -> str:
    return reverse(f"appraisal:{name}", args=[pk])
