"""What the bench reads: who judges which leaf, the queue with its states, one item's card.

Rows are tuples; a page costs the same number of queries for one dossier and for thirty. Who may
do what is asked of `rules` by the view; words and numbers for the eye are made in `BenchItem`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from django.db.models import Exists, F, OuterRef, Q

from agencies.models import Agency, User
from appraisal.models import (
    Criterion,
    Dossier,
    ExplanationRequest,
    Mark,
    Round,
)
from appraisal.models.round import OwnAgencyPolicy
from appraisal.queries import evidence
from appraisal.states import Stage

Walk = Literal["criterion", "agency"]
Key = tuple[int, int]
"""One item: (dossier, leaf)."""


class Judge(NamedTuple):
    """The person on the seat that a leaf is assigned to."""

    seat: int
    user: int
    agency: int | None
    name: str


@dataclass
class Plan:
    """Who judges what in a round, for all its criteria sets, in reading order."""

    policy: str
    leaves: dict[int, Criterion] = field(default_factory=dict)
    first: dict[int, Judge] = field(default_factory=dict)
    second: dict[int, Judge] = field(default_factory=dict)

    def judge(self, leaf: int, dossier: Dossier) -> Judge | None:
        """Who gives the first mark: the second stands in where the first may not judge his own."""
        first, second = self.first.get(leaf), self.second.get(leaf)
        if first is None or self.policy != OwnAgencyPolicy.FORBID or not _owns(first, dossier):
            return first
        return second if second is not None and not _owns(second, dossier) else None

    def second_judge(self, leaf: int, dossier: Dossier) -> Judge | None:
        """Who marks again beside the agency's own member, where the policy wants that."""
        first, second = self.first.get(leaf), self.second.get(leaf)
        if self.policy != OwnAgencyPolicy.SECOND or first is None or second is None:
            return None
        return second if _owns(first, dossier) and not _owns(second, dossier) else None


def _owns(judge: Judge, dossier: Dossier) -> bool:
    """Whether the judge belongs to the agency of the dossier, or to the one that it became."""
    heirs: set[int] | None = dossier.__dict__.get("_heirs")
    if heirs is None:
        heirs = set()
        agency: Agency | None = dossier.agency
        while agency is not None and agency.pk not in heirs:
            heirs.add(agency.pk)
            agency = agency.successor
        dossier.__dict__["_heirs"] = heirs
    return judge.agency in heirs


def dossiers_of(round: Round) -> list[Dossier]:
    """The dossiers in the order of the queue, each with its agency, group and this very round,
    whose windows and settings are then read once: one query."""
    found = list(
        Dossier.objects.of(round)
        .select_related("group", "agency__successor__successor")
        .order_by("group__position", "agency__code")
    )
    for dossier in found:
        dossier.round = round
    return found


def plan(round: Round) -> Plan:
    """The leaves of the round with their judges, by the nearest assignment above: one query.

    Each node carries its parent, so that no rule has to fetch it. Survey leaves are left out:
    nobody of the team marks them.
    """
    found = Plan(round.own_agency_policy)
    nodes: dict[int, Criterion] = {}
    judges: dict[bool, dict[int, Judge]] = {False: {}, True: {}}
    for row in (
        Criterion.objects.filter(criteria_set__round=round)
        .order_by("criteria_set__group__position", "criteria_set_id", "position", "pk")
        .annotate(
            group=F("criteria_set__group_id"),
            second=F("assignments__is_second"),
            seat=F("assignments__seat_id"),
            judge=F("assignments__seat__user_id"),
            judge_agency=F("assignments__seat__user__agency_id"),
            judge_name=F("assignments__seat__user__full_name"),
        )
    ):
        node = nodes.setdefault(row.pk, row)  # one row for each assignment of the node
        if node is row and row.parent_id:  # parents come before their children
            node.parent, node.field = nodes[row.parent_id], nodes[row.field_id or row.parent_id]
            for held in judges.values():
                if row.parent_id in held:
                    held[row.pk] = held[row.parent_id]
        if row.is_leaf and not row.is_survey:
            found.leaves[row.pk] = node
        if row.second is not None:
            judges[row.second][row.pk] = Judge(
                row.seat, row.judge, row.judge_agency, row.judge_name
            )
    found.first, found.second = judges[False], judges[True]
    return found


@dataclass
class ItemFacts:
    """What is known of one item without opening it."""

    points: dict[str, Decimal | None] = field(default_factory=dict)
    waived: set[str] = field(default_factory=set)
    saved: dict[str, datetime] = field(default_factory=dict)
    asked: bool = False
    explained: bool = False

    @property
    def changed(self) -> bool:
        """Whether the agency changed its self-score after the team had marked it."""
        own, judged = self.saved.get(Stage.SELF), self.saved.get(Stage.APPRAISAL)
        return own is not None and judged is not None and own > judged

    @property
    def state(self) -> str:
        """todo, changed, agreed, differs, asked, explained or again: what the queue's dot says."""
        if Stage.REAPPRAISAL in self.saved:
            return "again"
        if Stage.APPRAISAL not in self.saved:
            return "todo"
        if self.explained:
            return "explained"
        if self.asked:
            return "asked"
        if self.changed:
            return "changed"
        same = (
            (self.points.get(Stage.SELF) or Decimal(0)) == self.points[Stage.APPRAISAL]
            if Stage.SELF not in self.waived and Stage.APPRAISAL not in self.waived
            else self.waived >= {Stage.SELF, Stage.APPRAISAL}
        )
        return "agreed" if same else "differs"


@dataclass
class Queue:
    """A person's items in the order of the walk, and the one that is open."""

    plan: Plan
    walk: Walk
    everything: bool
    phase: Stage
    user: int
    dossiers: dict[int, Dossier]
    lines: list[list[Key]]
    facts: dict[Key, ItemFacts]
    current: Key | None = None

    def line(self) -> list[Key]:
        """The items of the open line: one criterion's agencies, or one agency's criteria."""
        return next((line for line in self.lines if self.current in line), [])

    def seconds(self, key: Key) -> bool:
        """Whether this person is the second appraiser of the item."""
        judge = self.plan.second_judge(key[1], self.dossiers[key[0]])
        return judge is not None and judge.user == self.user

    def stage(self, key: Key) -> Stage:
        """Which mark this person gives on the item now."""
        if not self.everything and self.seconds(key):
            return Stage.REAPPRAISAL
        return self.phase

    def counts(self, key: Key) -> bool:
        """Whether the item is this person's work in the present phase."""
        facts = self.facts.get(key)
        if self.stage(key) == Stage.APPRAISAL:
            return True
        if self.seconds(key):
            return facts is not None and Stage.APPRAISAL in facts.saved
        return facts is not None and facts.asked

    def is_done(self, key: Key) -> bool:
        facts = self.facts.get(key)
        stage = self.stage(key)
        if facts is None or stage not in facts.saved:
            return False
        return stage != Stage.APPRAISAL or not facts.changed or facts.asked

    def items(self) -> Iterable[Key]:
        return (key for line in self.lines for key in line)

    def neighbour(self, step: int) -> Key | None:
        """The item before (-1) or after (1) in reading order."""
        keys = list(self.items())
        if self.current not in keys:
            return None
        place = keys.index(self.current) + step
        return keys[place] if 0 <= place < len(keys) else None

    def next_line(self, step: int) -> Key | None:
        """The same place of the line before or after: the other agency, or the other criterion."""
        place = next((n for n, line in enumerate(self.lines) if self.current in line), None)
        if place is None or self.current is None or not 0 <= place + step < len(self.lines):
            return None
        wanted = self.lines[place + step]
        same = 0 if self.walk == "criterion" else 1
        return next((key for key in wanted if key[same] == self.current[same]), wanted[0])

    def unfinished(self) -> Key | None:
        """The next item to do after the open one, round to the beginning; None when all is done."""
        keys = list(self.items())
        start = keys.index(self.current) + 1 if self.current in keys else 0
        return next(
            (
                key
                for key in keys[start:] + keys[:start]
                if key != self.current and self.counts(key) and not self.is_done(key)
            ),
            None,
        )

    def tally(self, keys: Iterable[Key]) -> tuple[int, int]:
        """(done, all) of the items that count now."""
        wanted = [key for key in keys if self.counts(key)]
        return sum(self.is_done(key) for key in wanted), len(wanted)


def group_of(leaf: Criterion) -> int:
    """The group whose agencies a leaf of the plan assesses."""
    group: int = leaf.__dict__["group"]
    return group


def queue(
    round: Round,
    user: User,
    phase: Stage,
    *,
    walk: Walk,
    everything: bool,
    dossier: int | None = None,
    leaf: int | None = None,
) -> Queue | None:
    """The queue of a person (or of everybody, for who may look), opened at an item.

    Without a full item the first unfinished one that fits is opened. None when the item asked for
    is not in the person's queue. Three queries; `everything` reads the marks of one line only.
    """
    found = plan(round)
    rows = {row.pk: row for row in dossiers_of(round)}

    def mine(key: Key) -> bool:
        dossier = rows[key[0]]
        judges = (found.judge(key[1], dossier), found.second_judge(key[1], dossier))
        return any(judge is not None and judge.user == user.pk for judge in judges)

    by_line: dict[int, list[Key]] = defaultdict(list)
    members: dict[int, list[int]] = defaultdict(list)
    for row in rows.values():
        members[row.group_id].append(row.pk)
    for item in found.leaves.values():
        for pk in members[group_of(item)]:
            if everything or mine((pk, item.pk)):
                by_line[item.pk if walk == "criterion" else pk].append((pk, item.pk))
    order = found.leaves if walk == "criterion" else rows
    opened = Queue(
        plan=found,
        walk=walk,
        everything=everything,
        phase=phase,
        user=user.pk,
        dossiers=rows,
        lines=[by_line[pk] for pk in order if by_line[pk]],
        facts={},
    )
    fitting = [
        key
        for key in opened.items()
        if (dossier is None or key[0] == dossier) and (leaf is None or key[1] == leaf)
    ]
    if not fitting:
        return opened if dossier is None and leaf is None else None
    if everything:
        opened.current = fitting[0]
        _read(opened, round, opened.line())
        return opened
    _read(opened, round, list(opened.items()))
    opened.current = next(
        (key for key in fitting if opened.counts(key) and not opened.is_done(key)), fitting[0]
    )
    return opened


def _read(opened: Queue, round: Round, keys: list[Key]) -> None:
    """Marks of the items, and whether an explanation was asked and given: one query.

    Only a marked leaf can be asked to be explained, so the request hangs on the mark.
    """
    leaves = {leaf for _dossier, leaf in keys}
    dossiers = {dossier for dossier, _leaf in keys}
    wanted = Q(dossier__round=round, criterion__in=leaves)
    if len(dossiers) == 1:
        wanted &= Q(dossier__in=dossiers)
    asked = ExplanationRequest.objects.filter(
        dossier=OuterRef("dossier"), criterion=OuterRef("criterion")
    )
    for pk, leaf, stage, points, waived, saved, is_asked, is_explained in (
        Mark.objects.filter(wanted)
        .annotate(asked=Exists(asked), explained=Exists(asked.filter(explanation__isnull=False)))
        .values_list(
            "dossier_id",
            "criterion_id",
            "stage",
            "points",
            "not_applicable",
            "saved_at",
            "asked",
            "explained",
        )
    ):
        facts = opened.facts.setdefault((pk, leaf), ItemFacts())
        facts.points[stage] = points
        facts.saved[stage] = saved
        facts.asked, facts.explained = is_asked, is_explained
        if waived:
            facts.waived.add(stage)


@dataclass(frozen=True)
class Card:
    """Everything of the open item: the criterion, its marks by stage, last year's, the papers."""

    dossier: Dossier
    criterion: Criterion
    marks: dict[str, Mark]
    last_year: dict[str, Mark]
    request: ExplanationRequest | None
    cited: list[evidence.Row]


def card(opened: Queue, key: Key) -> Card:
    """Read one item of the queue: three queries, four when an explanation was asked for.

    Last year is the round that this one was copied from: same agency, same code.
    """
    dossier, criterion = opened.dossiers[key[0]], opened.plan.leaves[key[1]]
    marks: dict[str, Mark] = {}
    last_year: dict[str, Mark] = {}
    years = [pk for pk in (dossier.round_id, dossier.round.copied_from_id) if pk]
    for mark in Mark.objects.filter(
        dossier__round__in=years, dossier__agency=dossier.agency_id, criterion__code=criterion.code
    ).select_related("author"):
        (marks if mark.dossier_id == dossier.pk else last_year)[mark.stage] = mark
    request = None
    if key in opened.facts and opened.facts[key].asked:
        request = (
            ExplanationRequest.objects.select_related("asked_by", "explanation__author")
            .filter(dossier=dossier, criterion=criterion)
            .first()
        )
    cited = evidence.cited(dossier, criterion, names_agencies=True)
    return Card(dossier, criterion, marks, last_year, request, cited)
