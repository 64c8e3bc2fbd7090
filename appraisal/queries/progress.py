"""How far the team is: agency × field, load per member, what is missing. Seven queries.

Counts marks that exist; what they are worth is not read here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Q

from agencies.models import Capacity, User
from agencies.text import fold
from appraisal.models import Criterion, Dossier, ExplanationRequest, Mark, Round
from appraisal.queries import bench
from appraisal.states import DossierState, Stage


@dataclass(frozen=True)
class Cell:
    """One field of one dossier."""

    done: int
    count: int
    is_returned: bool

    @property
    def state(self) -> str:
        """returned, done, in_work or not_started."""
        if self.is_returned:
            return "returned"
        if self.count and self.done == self.count:
            return "done"
        return "in_work" if self.done else "not_started"


@dataclass(frozen=True)
class Row:
    """One agency of the matrix."""

    dossier: Dossier
    cells: list[Cell]
    missing: int
    waiting: int
    """Explanations asked for and not yet answered."""


@dataclass(frozen=True)
class Section:
    """A group of agencies: its fields are the columns."""

    group: int
    name: str
    fields: list[Criterion]
    rows: list[Row]


@dataclass
class Load:
    """The work of one member."""

    name: str
    assigned: int = 0
    done: int = 0
    asked: int = 0


@dataclass(frozen=True)
class Lacking:
    """A leaf that is not marked in every dossier; `judge` is empty where nobody has it."""

    leaf: Criterion
    judge: str
    missing: int
    count: int


@dataclass(frozen=True)
class Progress:
    """The whole page, before it is put into words."""

    sections: list[Section]
    groups: list[tuple[int, str]]
    load: list[Load]
    lacking: list[Lacking]
    absent: list[User]
    not_submitted: int
    done: int
    count: int


def progress(round: Round, group: str = "", text: str = "") -> Progress:
    """Read the round; `group` (an id) and `text` (name or code of an agency) narrow the matrix,
    the load of the members is always that of the whole round."""
    plan = bench.plan(round)
    dossiers = bench.dossiers_of(round)
    marked = set(
        Mark.objects.filter(dossier__round=round, stage=Stage.APPRAISAL).values_list(
            "dossier_id", "criterion_id"
        )
    )
    asked = {
        (dossier, leaf): answer is not None
        for dossier, leaf, answer in ExplanationRequest.objects.filter(
            dossier__round=round
        ).values_list("dossier_id", "criterion_id", "explanation__pk")
    }
    leaves: dict[int, list[Criterion]] = defaultdict(list)
    for leaf in plan.leaves.values():
        leaves[bench.group_of(leaf)].append(leaf)
    shown = [
        dossier
        for dossier in dossiers
        if (not group or str(dossier.group_id) == group) and fold(text) in dossier.agency.folded
    ]
    sections = _sections(shown, leaves, marked, asked)
    return Progress(
        sections=sections,
        groups=list(dict.fromkeys((item.group_id, item.group.name) for item in dossiers)),
        load=_load(plan, dossiers, leaves, marked, asked),
        lacking=_lacking(plan, shown, leaves, marked),
        absent=_absent(round),
        not_submitted=sum(item.state != DossierState.SUBMITTED for item in dossiers),
        done=sum(cell.done for part in sections for row in part.rows for cell in row.cells),
        count=sum(cell.count for part in sections for row in part.rows for cell in row.cells),
    )


def _sections(
    dossiers: list[Dossier],
    leaves: dict[int, list[Criterion]],
    marked: set[bench.Key],
    asked: dict[bench.Key, bool],
) -> list[Section]:
    sections: dict[int, Section] = {}
    for dossier in dossiers:
        own = leaves[dossier.group_id]
        fields = {(leaf.field or leaf).pk: leaf.field or leaf for leaf in own}
        section = sections.setdefault(
            dossier.group_id,
            Section(dossier.group_id, dossier.group.name, list(fields.values()), []),
        )
        count = Counter((leaf.field or leaf).pk for leaf in own)
        done = Counter((leaf.field or leaf).pk for leaf in own if (dossier.pk, leaf.pk) in marked)
        returned = dossier.state == DossierState.RETURNED
        section.rows.append(
            Row(
                dossier=dossier,
                cells=[Cell(done[pk], count[pk], returned) for pk in fields],
                missing=count.total() - done.total(),
                waiting=sum(
                    (dossier.pk, leaf.pk) in asked and not asked[dossier.pk, leaf.pk]
                    for leaf in own
                ),
            )
        )
    return list(sections.values())


def _load(
    plan: bench.Plan,
    dossiers: list[Dossier],
    leaves: dict[int, list[Criterion]],
    marked: set[bench.Key],
    asked: dict[bench.Key, bool],
) -> list[Load]:
    found: dict[int, Load] = {}
    for dossier in dossiers:
        for leaf in leaves[dossier.group_id]:
            judge = plan.judge(leaf.pk, dossier)
            if judge is None:
                continue
            load = found.setdefault(judge.user, Load(judge.name))
            load.assigned += 1
            load.done += (dossier.pk, leaf.pk) in marked
            load.asked += (dossier.pk, leaf.pk) in asked
    return sorted(found.values(), key=lambda item: (item.done - item.assigned, item.name))


def _lacking(
    plan: bench.Plan,
    dossiers: list[Dossier],
    leaves: dict[int, list[Criterion]],
    marked: set[bench.Key],
) -> list[Lacking]:
    members: dict[int, list[int]] = defaultdict(list)
    for dossier in dossiers:
        members[dossier.group_id].append(dossier.pk)
    found = []
    for group, keys in members.items():
        for leaf in leaves[group]:
            missing = sum((pk, leaf.pk) not in marked for pk in keys)
            if missing:
                judge = plan.first.get(leaf.pk)
                found.append(Lacking(leaf, judge.name if judge else "", missing, len(keys)))
    return found


def _absent(round: Round) -> list[User]:
    """People of the round who have never signed in."""
    filling = Q(agency__dossiers__round=round, capacity__in=[Capacity.OFFICER, Capacity.HEAD])
    return list(
        User.objects.filter(Q(seats__round=round) | filling, is_active=True, last_login=None)
        .select_related("agency")
        .distinct()
        .order_by("full_name")
    )
