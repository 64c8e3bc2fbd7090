"""What the pages of one dossier read: leaves with their state and gaps, sums, last year, timeline.

A gap is what keeps a leaf from being complete; it is defined here once, for the tree, the counters
and the check before submission. Who may see what is asked of `rules` by the views, which hand the
answer in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appraisal import scoring
from appraisal.models import Citation, Criterion, Dossier, Event, ExplanationRequest, Mark
from appraisal.models.criteria import RuleKind
from appraisal.models.event import StateChange
from appraisal.states import DECIDING_STAGES, SEND_BACK, DossierState, RoundState, Stage


def rule_of(criterion: Criterion) -> scoring.Rule:
    """The leaf's rule as the arithmetic takes it."""
    return scoring.Rule(criterion.kind, criterion.max_points, criterion.params)


def points_text(points: Decimal | None) -> str:
    """Points for reading: `7,5`; an empty mark is a dash, never 0."""
    return "–" if points is None else scoring.show(points, trim=True)


# --- One leaf ------------------------------------------------------------------------------
@dataclass(frozen=True)
class Dot:
    """The state of a leaf as icon and words."""

    key: str
    icon: str
    tone: str
    words: str | Promise


NOT_SCORED = Dot("not_scored", "circle", "quiet", gettext_lazy("Chưa chấm"))
ENTERING = Dot("entering", "circle-half", "info", gettext_lazy("Đang nhập"))
COMPLETE = Dot("complete", "check-circle-fill", "ok", gettext_lazy("Đủ"))
NO_EVIDENCE = Dot("no_evidence", "paperclip", "warn", gettext_lazy("Thiếu minh chứng"))
TO_EXPLAIN = Dot("to_explain", "chat-square-quote", "bad", gettext_lazy("Cần giải trình"))
EXPLAINED = Dot("explained", "chat-left-text", "odd", gettext_lazy("Đã giải trình"))
RETURNED = Dot("returned", "arrow-counterclockwise", "warn", gettext_lazy("Bị trả lại"))
NOT_OURS = Dot("not_ours", "dash", "quiet", gettext_lazy("Không tự chấm"))

LEGEND = (NOT_SCORED, ENTERING, NO_EVIDENCE, RETURNED, TO_EXPLAIN, EXPLAINED, COMPLETE, NOT_OURS)


@dataclass(frozen=True)
class Gap:
    """One thing that is missing under one leaf: of what kind, the sentence, where to mend it."""

    criterion: Criterion
    kind: str
    sentence: str
    url: str


def leaf_gaps(criterion: Criterion, mark: Mark | None, citations: int) -> list[tuple[str, str]]:
    """What is missing under a leaf, as (kind, sentence); an unclaimed bonus misses nothing.

    Kinds: no_points, no_values, no_reason, no_evidence.
    """
    if not criterion.is_self_scored:
        return []
    if criterion.kind == RuleKind.BONUS and (mark is None or mark.points is None):
        return []
    if mark is not None and mark.not_applicable:
        return []  # the database keeps no such request without its reason
    if mark is None or mark.points is None:
        return [("no_points", _("Chưa có điểm tự chấm."))]
    found = []
    proposal = scoring.propose(rule_of(criterion), mark.declared)
    if proposal.missing:
        found.append(("no_values", proposal.why))
    elif proposal.points is not None and proposal.points != mark.points and not mark.reason:
        found.append(
            (
                "no_reason",
                _("Điểm tự chấm %(own)s khác điểm đề xuất %(proposed)s nhưng chưa nêu lý do.")
                % {"own": points_text(mark.points), "proposed": points_text(proposal.points)},
            )
        )
    if not citations and not mark.reason:
        found.append(("no_evidence", _("Chưa có tài liệu kiểm chứng và chưa giải trình.")))
    return found


def citation_count(dossier: Dossier, criterion: Criterion) -> int:
    """How many documents the leaf cites."""
    return Citation.objects.filter(dossier=dossier, criterion=criterion).count()


@dataclass(frozen=True)
class LeafLine:
    """A leaf of the dossier with everything that its line on a page says."""

    criterion: Criterion
    mark: Mark | None
    citations: int
    dot: Dot
    gaps: tuple[Gap, ...]
    url: str

    @property
    def points(self) -> str:
        """`7,5/10`; `KAD/10` where "not applicable" is asked for."""
        maximum = points_text(self.criterion.max_points)
        if self.mark is not None and self.mark.not_applicable:
            return _("KAD/%s") % maximum
        return f"{points_text(self.mark.points if self.mark else None)}/{maximum}"


@dataclass
class Node:
    """A node of the criterion tree; a leaf has a line, a group has children."""

    criterion: Criterion
    line: LeafLine | None = None
    children: list[Node] = field(default_factory=list)
    points: str = ""
    open: bool = False


@dataclass(frozen=True)
class FieldSum:
    """A field of the tree with the self-scored points so far."""

    code: str
    title: str
    achieved: str
    maximum: str
    done: int
    count: int


@dataclass(frozen=True)
class Sheet:
    """A dossier as its agency works on it."""

    dossier: Dossier
    lines: tuple[LeafLine, ...]
    tree: tuple[Node, ...]
    fields: tuple[FieldSum, ...]
    total: str
    maximum: str

    @property
    def gaps(self) -> list[Gap]:
        return [gap for line in self.lines for gap in line.gaps]

    @property
    def due(self) -> list[LeafLine]:
        """The leaves that the agency has to score; a bonus is claimed only by who has one."""
        return [
            line
            for line in self.lines
            if line.criterion.is_self_scored and line.criterion.kind != RuleKind.BONUS
        ]

    @property
    def done(self) -> int:
        return sum(not line.gaps for line in self.due)

    @property
    def percent(self) -> int:
        """How much is complete, cut, so that 100 means all of it."""
        return 100 * self.done // len(self.due) if self.due else 100

    def counted(self, dot: Dot) -> int:
        return sum(line.dot is dot for line in self.lines)

    @property
    def without_evidence(self) -> int:
        return sum(any(gap.kind == "no_evidence" for gap in line.gaps) for line in self.lines)

    @property
    def next_line(self) -> LeafLine | None:
        """The first leaf that is not complete, in reading order."""
        return next((line for line in self.lines if line.gaps), None)


def leaf_url(dossier: Dossier, criterion_pk: int) -> str:
    return reverse("appraisal:marks-edit", args=[dossier.pk, criterion_pk])


def leaves_of(dossier: Dossier) -> QuerySet[Criterion]:
    """The leaves of the dossier's criteria set, in reading order."""
    return _criteria(dossier).filter(is_leaf=True)


def _criteria(dossier: Dossier) -> QuerySet[Criterion]:
    return Criterion.objects.filter(
        criteria_set__round=dossier.round_id, criteria_set__group=dossier.group_id
    ).order_by("position")


def sheet(dossier: Dossier, *, shows_requests: bool) -> Sheet:
    """Read the dossier: four queries, one more where it was returned.

    `shows_requests` tells whether the reader may know already what the team asked to explain.
    """
    criteria = list(_criteria(dossier))
    marks = {
        mark.criterion_id: mark for mark in Mark.objects.filter(dossier=dossier, stage=Stage.SELF)
    }
    citations = Counter(
        Citation.objects.filter(dossier=dossier).values_list("criterion_id", flat=True)
    )
    answered: dict[int, bool] = {}
    if shows_requests:
        answered = {
            criterion: explanation is not None
            for criterion, explanation in ExplanationRequest.objects.filter(
                dossier=dossier
            ).values_list("criterion_id", "explanation__pk")
        }
    returned_at = _returned_at(dossier)
    nodes: dict[int, Node] = {}
    lines: list[LeafLine] = []
    roots: list[Node] = []
    for criterion in criteria:
        node = Node(criterion)
        if criterion.is_leaf:
            node.line = _line(
                dossier, criterion, marks.get(criterion.pk), citations[criterion.pk],
                answered.get(criterion.pk), returned_at,
            )  # fmt: skip
            node.points = node.line.points
            lines.append(node.line)
        nodes[criterion.pk] = node
        above = nodes.get(criterion.parent_id or 0)
        (above.children if above else roots).append(node)
    fields, total, maximum = _sums(roots, lines)
    return Sheet(dossier, tuple(lines), tuple(roots), fields, total, maximum)


def gaps(dossier: Dossier) -> list[Gap]:
    """Everything that keeps the dossier from being complete, in reading order."""
    return sheet(dossier, shows_requests=False).gaps


def _line(
    dossier: Dossier, criterion: Criterion, mark: Mark | None, citations: int,
    answered: bool | None, returned_at: datetime | None,
) -> LeafLine:  # fmt: skip
    url = leaf_url(dossier, criterion.pk)
    found = tuple(
        Gap(criterion, kind, sentence, url)
        for kind, sentence in leaf_gaps(criterion, mark, citations)
    )
    dot = _dot(criterion, mark, {gap.kind for gap in found}, answered, returned_at)
    return LeafLine(criterion, mark, citations, dot, found, url)


def _dot(
    criterion: Criterion, mark: Mark | None, kinds: set[str], answered: bool | None,
    returned_at: datetime | None,
) -> Dot:  # fmt: skip
    if answered is not None:
        return EXPLAINED if answered else TO_EXPLAIN
    if not criterion.is_self_scored:
        return NOT_OURS
    if mark is None:
        return NOT_SCORED
    if kinds - {"no_evidence"}:
        return ENTERING
    if kinds:
        return NO_EVIDENCE
    # Nobody has looked at it since the lead gave the dossier back.
    if returned_at is not None and mark.saved_at <= returned_at:
        return RETURNED
    return COMPLETE if mark.points is not None or mark.not_applicable else NOT_SCORED


def _returned_at(dossier: Dossier) -> datetime | None:
    if dossier.state != DossierState.RETURNED:
        return None
    return last_return(dossier).at


def last_return(dossier: Dossier) -> StateChange:
    """The move by which the lead gave the dossier back; it carries the reason."""
    kept: StateChange | None = dossier.__dict__.get("_last_return")
    if kept is None:
        kept = StateChange.objects.filter(dossier=dossier, move=SEND_BACK.name).latest("at", "pk")
        dossier.__dict__["_last_return"] = kept
    return kept


def _sums(
    roots: Iterable[Node], lines: Iterable[LeafLine]
) -> tuple[tuple[FieldSum, ...], str, str]:
    """The sums per field and in all, of what the agency scores itself, bonus apart."""
    by_field: dict[int, list[LeafLine]] = defaultdict(list)
    for line in lines:
        criterion = line.criterion
        if criterion.is_self_scored and not criterion.outside_total:
            by_field[criterion.field_id or criterion.pk].append(line)
    sums, total, maximum = [], Decimal(0), Decimal(0)
    for root in roots:
        inside = by_field.get(root.criterion.pk, [])
        if not inside:
            continue
        achieved = sum((_achieved(line) for line in inside), Decimal(0))
        reachable = sum((line.criterion.max_points for line in inside), Decimal(0))
        total, maximum = total + achieved, maximum + reachable
        root.points = f"{points_text(achieved)}/{points_text(reachable)}"
        sums.append(
            FieldSum(
                root.criterion.code,
                root.criterion.title,
                points_text(achieved),
                points_text(reachable),
                sum(not line.gaps for line in inside),
                len(inside),
            )
        )
    return tuple(sums), points_text(total), points_text(maximum)


def _achieved(line: LeafLine) -> Decimal:
    points = line.mark.points if line.mark else None
    return Decimal(0) if points is None else points


# --- The leaf's page -----------------------------------------------------------------------
@dataclass(frozen=True)
class LastYear:
    """What an earlier round says about the leaf of the same code; shown, never inherited."""

    year: int
    own: str
    own_reason: str
    final: str
    remark: str


@dataclass(frozen=True)
class LeafMarks:
    """The self-score of a leaf, and what the last round in which the agency had a dossier says."""

    own: Mark | None
    last_year: LastYear | None


def leaf_marks(dossier: Dossier, criterion: Criterion) -> LeafMarks:
    """Own mark and last year's in one query. Final points show only where they were published."""
    earlier = Q(
        dossier__agency=dossier.agency_id,
        dossier__round__year__lt=dossier.round.year,
        criterion__code=criterion.code,
    )
    here = Q(dossier=dossier, criterion=criterion, stage=Stage.SELF)
    marks = list(
        Mark.objects.filter(here | earlier)
        .select_related("dossier__round", "author")
        .order_by("-dossier__round__year", "-dossier__round_id")
    )
    own = next((mark for mark in marks if mark.dossier_id == dossier.pk), None)
    before = [mark for mark in marks if mark.dossier_id != dossier.pk]
    return LeafMarks(own, _last_year(before))


def _last_year(marks: list[Mark]) -> LastYear | None:
    if not marks:
        return None
    round = marks[0].dossier.round
    stages = {mark.stage: mark for mark in marks if mark.dossier_id == marks[0].dossier_id}
    own = stages.get(Stage.SELF)
    final = None
    if round.state == RoundState.PUBLISHED:
        final = next((stages[stage] for stage in DECIDING_STAGES if stage in stages), None)
    if own is None and final is None:
        return None
    return LastYear(
        round.year,
        _said(own),
        own.reason if own else "",
        _said(final),
        final.reason if final else "",
    )


def _said(mark: Mark | None) -> str:
    if mark is not None and mark.not_applicable:
        return _("không áp dụng")
    return points_text(mark.points if mark else None)


# --- Explanations --------------------------------------------------------------------------
def explanation_requests(dossier: Dossier) -> QuerySet[ExplanationRequest]:
    """What the team asked to explain, with the answers, in the order of the criteria."""
    return (
        ExplanationRequest.objects.filter(dossier=dossier)
        .select_related("criterion", "explanation__author", "asked_by")
        .order_by("criterion__position")
    )


def judged(dossier: Dossier, criteria: Iterable[int]) -> dict[int, dict[str, Mark]]:
    """The marks of the leaves by stage; the view shows what the reader may see."""
    found: dict[int, dict[str, Mark]] = defaultdict(dict)
    for mark in Mark.objects.filter(dossier=dossier, criterion__in=list(criteria)):
        found[mark.criterion_id][mark.stage] = mark
    return found


# --- Timeline ------------------------------------------------------------------------------
OWN_ACTIONS = Q(action="mark.self") | Q(action__startswith="citation.")
OWN_ACTIONS |= Q(action__startswith="dossier.") | Q(action="explanation.saved")
"""What the agency did itself, and the moves and extensions of its dossier."""

TEAM_MARKS = Q(action__in=["mark.appraisal", "mark.reappraisal"])
ASKING = Q(action__startswith="explanation.")


def timeline(
    dossier: Dossier, *, whole: bool, shows_requests: bool, seen_codes: frozenset[str] | None
) -> QuerySet[Event]:
    """The events of a dossier, the newest first.

    `whole`: everything, for who has a seat, and for the agency once results are published.
    Otherwise the agency's own events; what was asked of it if `shows_requests`; and the team's
    marks of the leaves in `seen_codes` (None: of no leaf).
    """
    events = Event.objects.filter(dossier=dossier).order_by("-number")
    if whole:
        return events
    shown = OWN_ACTIONS
    if shows_requests:
        shown |= ASKING
    if seen_codes is not None:
        shown |= TEAM_MARKS & Q(data__criterion__in=sorted(seen_codes))
    return events.filter(shown)
