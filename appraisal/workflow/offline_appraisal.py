"""What happens when an appraiser's workbook comes back: read, held beside what is stored, taken row
by row.

A row is written by the same function as on the bench, with the version that the person saw in the
preview; what changed in between is reported and left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from agencies.models import User
from agencies.verdict import Refusal, Verdict
from appraisal import clock, trail
from appraisal.models import Mark, Round, WorkbookImport
from appraisal.papers.bench_workbook import MergedItem, items, merged_items, names_of, owner_of
from appraisal.rules import can_appraise, can_fill_workbook, can_reappraise, enforce, stage_now
from appraisal.states import Stage
from appraisal.workbooks import parsing
from appraisal.workbooks.appraisals import AppraisalSheet
from appraisal.workflow.acting import Conflict, Invalid, MarkInput, hold_dossier, hold_round
from appraisal.workflow.appraisal import check_mark, keep_mark
from appraisal.workflow.imports import Blocked, Workbook

APPRAISALS = WorkbookImport.Kind.APPRAISALS


NOT_YOURS = gettext_noop("Tiêu chí này không còn được phân công cho ông/bà.")


@dataclass(frozen=True)
class Taken:
    """What a confirmation did: how many rows were written, and those that were left, with why."""

    saved: int
    left: tuple[tuple[str, str], ...]


def hold_appraisals(actor: User, round: Round, workbook: Workbook) -> WorkbookImport:
    """Read a workbook that came back and keep it for the merge; an older unconfirmed one goes.

    Raises Refusal, Refused (the file), Blocked (cells). No mark changes.
    """
    at = clock.now()
    enforce(can_fill_workbook(actor, round, at=at))
    if workbook.refusal:
        raise workbook.refusal
    specs = [item.spec() for item in items(round, actor, at)]
    sheet = parsing.import_appraisals(
        workbook.path, workbook.name, owner_of(round, actor), stage_now(round, at), specs
    )
    if sheet.blocked:
        raise Blocked(sheet)
    with transaction.atomic():
        held, at = hold_round(round.pk, actor)
        enforce(can_fill_workbook(actor, held, at=at))
        waiting_of(held, actor).delete()
        kept = WorkbookImport.objects.create(
            round=held, kind=APPRAISALS, file_name=workbook.name, sha256=workbook.sha256,
            content=sheet.to_json(), uploaded_by=actor, uploaded_at=at,
        )  # fmt: skip
        trail.record(
            held, actor, "import.held", f"Đọc bảng thẩm định “{workbook.name}”, chờ xác nhận",
            at=at, data={"kind": APPRAISALS, "sha256": workbook.sha256},
        )  # fmt: skip
    return kept


def waiting_of(round: Round, user: User) -> QuerySet[WorkbookImport]:
    """The person's workbook that waits for a yes, as a query."""
    return WorkbookImport.objects.filter(
        round=round, kind=APPRAISALS, uploaded_by=user, confirmed_at__isnull=True
    )


def sheet_of(waiting: WorkbookImport) -> AppraisalSheet:
    """What a held workbook says."""
    return AppraisalSheet.from_json(waiting.content)


def given(row: MergedItem) -> MarkInput:
    """The mark that a row would write."""
    said = row.said
    return MarkInput(points=said.points, reason=said.reason, not_applicable=said.not_applicable)


def reasons_against(actor: User, rows: Iterable[MergedItem]) -> dict[str, str]:
    """Why a row would not be written, by its key: for the preview, which asks less than the write.

    What the rule says of one item of a dossier holds for all of them: whose they are and whether
    they were asked to be explained was read with them.
    """
    at = clock.now()
    asked: dict[tuple[int, Stage], Verdict] = {}
    found = {}
    for row in rows:
        if not row.may_be_taken:
            continue
        item = row.item
        place = (item.dossier.pk, item.stage)
        if place not in asked:
            rule = can_appraise if item.stage == Stage.APPRAISAL else can_reappraise
            asked[place] = rule(actor, item.dossier, item.criterion, at=at)
        if not asked[place]:
            found[row.key] = asked[place].reason
            continue
        try:
            check_mark(item.own, item.criterion, given(row))
        except Invalid as invalid:
            found[row.key] = " ".join(invalid.errors.values())
    return found


def take_appraisals(
    actor: User, waiting: WorkbookImport, accepted: Mapping[str, int], *, more: bool = False
) -> Taken:
    """Write the accepted rows of a held workbook. `accepted` maps keys of rows to the version that
    the person saw; a row that says something else by now is left and reported. With `more` the
    workbook goes on waiting, for the rows that the page did not show.

    Each dossier is a write of its own, so that a thousand rows keep nobody from saving for long;
    what was written before an interruption is found unchanged when the yes is given again.

    Raises Refusal, Invalid (taken before, or replaced by another file).
    """
    at = clock.now()
    round = waiting.round
    enforce(can_fill_workbook(actor, round, at=at))
    if not waiting_of(round, actor).filter(pk=waiting.pk).exists():
        raise Invalid(file=_("Tệp này đã được nhập hoặc đã thay bằng tệp khác. Hãy tải lại tệp."))
    wanted = [one for one in sheet_of(waiting).said if one.key in accepted]
    rows, strange = merged_items(round, actor, at, wanted)
    left = [(name, _(NOT_YOURS)) for name in names_of(strange)]
    by_dossier: dict[int, list[MergedItem]] = defaultdict(list)
    for row in rows:
        if row.may_be_taken:
            by_dossier[row.item.dossier.pk].append(row)
    saved = 0
    for pk in sorted(by_dossier):
        taken = _take(actor, by_dossier[pk], accepted)
        saved += taken.saved
        left += taken.left
    _close(actor, waiting, saved, left, more=more)
    return Taken(saved, tuple(left))


@transaction.atomic
def _take(actor: User, rows: Sequence[MergedItem], accepted: Mapping[str, int]) -> Taken:
    """Write rows of one dossier. A row that is refused has written nothing."""
    held = hold_dossier(rows[0].item.dossier, actor)
    own = {
        mark.criterion_id: mark
        for mark in Mark.objects.filter(dossier=held.dossier, stage=Stage.SELF)
    }
    saved = 0
    left: list[tuple[str, str]] = []
    for row in rows:
        item, leaf = row.item, row.item.criterion
        name = f"{item.dossier.agency.code} – {leaf.code}"
        try:
            keep_mark(
                held, actor, leaf, item.stage, given(row), accepted[row.key], own.get(leaf.pk)
            )
        except Conflict:
            left.append((name, _("Có người vừa lưu mục này sau khi ông/bà mở trang.")))
        except Invalid as invalid:
            left.append((name, " ".join(invalid.errors.values())))
        except Refusal as refusal:
            left.append((name, str(refusal)))
        else:
            saved += 1
    return Taken(saved, tuple(left))


@transaction.atomic
def _close(
    actor: User,
    waiting: WorkbookImport,
    saved: int,
    left: Sequence[tuple[str, str]],
    *,
    more: bool,
) -> None:
    """Remember what became of the workbook."""
    round, at = hold_round(waiting.round_id, actor)
    if not more:
        waiting_of(round, actor).filter(pk=waiting.pk).update(confirmed_by=actor, confirmed_at=at)
    trail.record(
        round, actor, "import.taken", f"Nhận {saved} dòng từ bảng thẩm định “{waiting.file_name}”",
        at=at,
        data={"sha256": waiting.sha256, "saved": saved, "left": [name for name, _why in left]},
    )  # fmt: skip
