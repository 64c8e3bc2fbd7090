"""What must be true of an installation at any moment, and how to see that it is not.

Each check has the number under which `docs/operations.md` explains it, reads, and answers one
sentence for every break; it mends nothing. `manage.py check_invariants` runs them, nightly in
production, and after every drill. The client's own ledger (I1), mails (I12), and who sees what
(I13) are kept by tests and not here.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, F, Q
from django.utils import timezone

from appraisal import clock, scoring, trail
from appraisal.files.store import TEMPORARY_LIFETIME, Store, evidence_store
from appraisal.models import (
    Consolidation,
    Decision,
    Dossier,
    Event,
    Evidence,
    Extension,
    Issue,
    Mark,
    MarkChange,
    Paper,
    PaperFile,
    PaperTemplate,
    Result,
    Round,
    Seat,
    StateChange,
    Window,
    guards,
)
from appraisal.models.papers import PaperState
from appraisal.queries import results
from appraisal.states import (
    APPROVE,
    DOSSIER_MOVES,
    ROUND_MOVES,
    DossierState,
    RoundState,
    SeatRole,
    Step,
)

Breaks = Iterator[str]

JOB_LIMIT: Final = timedelta(minutes=15)
STRAY_AGE: Final = TEMPORARY_LIFETIME


def audit_is_whole() -> Breaks:
    """I2: no mark without its history, no history without its event, every chain whole."""
    yield from trail.breaks()
    unwritten = Mark.objects.annotate(saves=Count("changes")).exclude(saves=F("version"))
    for mark in unwritten.iterator():
        yield f"Điểm {mark}: phiên bản {mark.version} không khớp lịch sử"
    saved = Event.objects.filter(dossier__isnull=False, action__startswith="mark.")
    events = dict(saved.values_list("dossier").annotate(count=Count("pk")))
    changes = MarkChange.objects.values_list("mark__dossier").annotate(count=Count("pk"))
    for dossier, count in changes:
        if events.get(dossier, 0) != count:
            yield f"Hồ sơ {dossier}: {count} lần lưu điểm, {events.get(dossier, 0)} sự kiện"


def kept_files() -> Iterator[tuple[str, str, int]]:
    """What the database says is in the store: whose it is, its hash, its size."""
    evidence = Evidence.objects.filter(withdrawn_at__isnull=True)
    for pk, digest, size in evidence.values_list("pk", "sha256", "size"):
        yield f"Tài liệu {pk}", digest, size
    for pk, digest, size in PaperFile.objects.values_list("paper", "sha256", "size"):
        yield f"Văn bản {pk}", digest, size
    for pk, digest, size in PaperTemplate.objects.values_list("pk", "sha256", "size"):
        yield f"Mẫu văn bản {pk}", digest, size
    for pk, digest, size in Issue.objects.exclude(sha256="").values_list("pk", "sha256", "size"):
        yield f"Văn bản ban hành {pk}", digest, size


def files_are_what_rows_say() -> Breaks:
    """I3: the file of every row exists and its bytes have the size and the hash of the row."""
    store = evidence_store()
    for owner, digest, size in kept_files():
        if not store.exists(digest):
            yield f"{owner}: thiếu tệp {digest}"
        elif store.path(digest).stat().st_size != size or not store.is_intact(digest):
            yield f"{owner}: nội dung tệp {digest} đã đổi"


def no_strays(store: Store | None = None) -> Breaks:
    """I4: every file has a row, and nothing half-written lies about; the last hour aside."""
    store = store or evidence_store()
    known = {digest for _owner, digest, _size in kept_files()}
    known |= set(Evidence.objects.values_list("sha256", flat=True))
    oldest = time.time() - STRAY_AGE
    for digest in store.names():
        if digest not in known and store.path(digest).stat().st_mtime < oldest:
            yield f"Tệp {digest} không thuộc tài liệu hay văn bản nào"
    for path in store.temporary_root.glob("*"):
        if path.lstat().st_mtime < oldest:
            yield f"Tệp tạm {path.name} bị bỏ lại quá một giờ"


def approved_is_what_was_sealed() -> Breaks:
    """I5: decision, snapshot, audit event and a fresh count of live rows have one fingerprint."""
    approved = Decision.objects.select_related("consolidation", "round__jurisdiction")
    for decision in approved.iterator():
        where = f"Đợt {decision.round_id}"
        sealed = decision.consolidation
        if trail.fingerprint(sealed.snapshot) != sealed.fingerprint:
            yield f"{where}: bản niêm phong không khớp mã đối chiếu"
        if decision.fingerprint != sealed.fingerprint:
            yield f"{where}: quyết định phê duyệt mã khác với bản niêm phong"
        if results.seal(decision.round).fingerprint != decision.fingerprint:
            yield f"{where}: tính lại từ số liệu hiện có ra kết quả khác"
        remembered = Event.objects.filter(
            round=decision.round_id, action=f"round.{APPROVE.name}"
        ).last()
        if remembered is None or remembered.data.get("fingerprint") != decision.fingerprint:
            yield f"{where}: nhật ký phê duyệt không ghi đúng mã đối chiếu"


def nothing_after_approval() -> Breaks:
    """I6: no mark and no citation is younger than the approval of its round."""
    for decision in Decision.objects.iterator():
        late = Event.objects.filter(
            Q(action__startswith="mark.") | Q(action__startswith="citation."),
            dossier__round=decision.round_id,
            at__gt=decision.approved_at,
        )
        for event in late.iterator():
            yield f"{event.stream} số {event.number}: sau khi phê duyệt"
        marks = Mark.objects.filter(
            dossier__round=decision.round_id, saved_at__gt=decision.approved_at
        )
        for mark in marks.iterator():
            yield f"Điểm {mark}: lưu sau khi phê duyệt"


_MOVES: Final = {
    **{("round", move.name): move for move in ROUND_MOVES},
    **{("dossier", move.name): move for move in DOSSIER_MOVES},
}


def moves_were_legal() -> Breaks:
    """I7: every move starts where the one before ended; who approved had the right that day."""
    changes = StateChange.objects.order_by("round_id", "dossier_id", "at", "pk")
    for (round_id, dossier_id), history in groupby(
        changes, key=lambda change: (change.round_id, change.dossier_id)
    ):
        subject = "dossier" if dossier_id else "round"
        where = f"Hồ sơ {dossier_id}" if dossier_id else f"Đợt {round_id}"
        state: str = DossierState.DRAFT if dossier_id else RoundState.DRAFT
        for change in history:
            move = _MOVES.get((subject, change.move))
            if move is None or not move.starts_from(change.old_state):
                yield f"{where}: bước “{change.move}” không có từ “{change.old_state}”"
            elif change.new_state != move.target or change.old_state != state:
                yield f"{where}: bước “{change.move}” không nối với bước trước"
            state = change.new_state
        now = (
            Dossier.objects.values_list("state", flat=True).get(pk=dossier_id)
            if dossier_id
            else Round.objects.values_list("state", flat=True).get(pk=round_id)
        )
        if now != state:
            yield f"{where}: trạng thái “{now}” không phải nơi bước cuối dẫn đến"
    for decision in Decision.objects.select_related("authorization").iterator():
        if not _had_the_right(decision):
            yield f"Đợt {decision.round_id}: người phê duyệt không có thẩm quyền ngày hôm đó"


def _had_the_right(decision: Decision) -> bool:
    day = decision.approved_at.astimezone(clock.VIETNAM).date()
    seats = Seat.objects.filter(
        round=decision.round_id, user=decision.approved_by_id, role=decision.role
    ).in_force(day)
    if not seats.exists():
        return False
    if decision.role == SeatRole.CHAIR:
        return True
    paper = decision.authorization
    return (
        paper is not None
        and paper.user_id == decision.approved_by_id
        and paper.valid_from <= day <= paper.valid_to
    )


def submitted_in_time() -> Breaks:
    """I8: every submission came before the deadline, or an extension covers it."""
    closes = dict(
        Window.objects.filter(step=Step.SELF_ASSESSMENT).values_list("round", "closes_at")
    )
    longer: dict[int, Any] = {}
    for dossier, until in Extension.objects.filter(step=Step.SELF_ASSESSMENT).values_list(
        "dossier", "closes_at"
    ):
        longer[dossier] = max(until, longer.get(dossier, until))
    handed_in = Dossier.objects.filter(submitted_at__isnull=False)
    for pk, round_id, at in handed_in.values_list("pk", "round", "submitted_at"):
        end = closes.get(round_id)
        if at is not None and (end is None or at > max(end, longer.get(pk, end))):
            yield f"Hồ sơ {pk}: gửi lúc {clock.minute(at)}, sau thời hạn"


def figures_add_up() -> Breaks:
    """I9: points within their criterion; kept results are the snapshot's, ranks recounted."""
    wrong = Mark.objects.filter(
        Q(points__lt=0) | Q(points__gt=F("criterion__max_points"))
    ).select_related("criterion")
    for mark in wrong.iterator():
        yield f"Điểm {mark}: {mark.points} ngoài 0 đến {mark.criterion.max_points}"
    for consolidation in Consolidation.objects.order_by("pk").iterator(chunk_size=20):
        sealed = json.loads(consolidation.snapshot)
        rows = {
            row.dossier.agency.code: row
            for row in Result.objects.filter(consolidation=consolidation).select_related(
                "dossier__agency"
            )
        }
        where = f"Tổng hợp số {consolidation.pk}"
        for group in sealed["groups"]:
            places = scoring.rank(
                [
                    scoring.Entry(a["code"], Decimal(a["index"]), Decimal(a["appraised"]))
                    for a in group["agencies"]
                ],
                sealed["round"]["tie_rule"],
            )
            for agency in group["agencies"]:
                row = rows.pop(agency["code"], None)
                if row is None or _differs(row, agency):
                    yield f"{where}, {agency['code']}: dòng kết quả khác bản niêm phong"
                if places[agency["code"]].place != agency["rank"]:
                    yield f"{where}, {agency['code']}: xếp hạng không đúng theo chỉ số"
        for code in rows:
            yield f"{where}, {code}: dòng kết quả không có trong bản niêm phong"


def _differs(row: Result, agency: dict[str, Any]) -> bool:
    kept = (
        row.appraised_points, row.survey_points, row.bonus, row.penalty, row.total_points,
        row.maximum, row.index,
    )  # fmt: skip
    names = ("appraised", "survey", "bonus", "penalty", "total", "maximum", "index")
    near = Decimal("0.0000000001")
    return (row.rank, row.grade) != (agency["rank"], agency["grade"]) or any(
        abs(value - Decimal(agency[name])) > near for value, name in zip(kept, names, strict=True)
    )


def once_each() -> Breaks:
    """I10: one dossier for an agency and round, one mark for a stage, one decision for a round."""
    for name, rows in (
        ("Hồ sơ", Dossier.objects.values("round", "agency")),
        ("Điểm", Mark.objects.values("dossier", "criterion", "stage")),
        ("Quyết định", Decision.objects.values("round")),
        ("Văn bản", Paper.objects.values("basis")),
    ):
        for row in rows.annotate(copies=Count("pk")).filter(copies__gt=1):
            yield f"{name} {row}: có {row['copies']} bản"


def jobs_end() -> Breaks:
    """I11: every paper is done, failed or young; what is done has its file, whole."""
    since = timezone.now() - JOB_LIMIT
    waiting = Paper.objects.filter(
        Q(state=PaperState.RUNNING, started_at__lt=since)
        | Q(state=PaperState.QUEUED, asked_at__lt=clock.now() - JOB_LIMIT)
    )
    for pk in waiting.values_list("pk", flat=True):
        yield f"Văn bản {pk}: chờ hoặc đang lập quá {JOB_LIMIT.seconds // 60} phút"
    bare = Paper.objects.filter(state=PaperState.DONE, files__isnull=True)
    for pk in bare.values_list("pk", flat=True):
        yield f"Văn bản {pk}: đã xong nhưng không có tệp"


def database_is_sound() -> Breaks:
    """I15: the database's own check, every guard in place, no migration waiting."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT conname FROM pg_constraint WHERE NOT convalidated")
            for (name,) in cursor.fetchall():
                yield f"Ràng buộc {name} chưa được kiểm tra"
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("PRAGMA integrity_check")
            for (answer,) in cursor.fetchall():
                if answer != "ok":
                    yield f"Cơ sở dữ liệu: {answer}"
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        standing = {name for (name,) in cursor.fetchall()}
    for name in sorted(guards.names(connection) - standing):
        yield f"Thiếu chốt chặn {name} của cơ sở dữ liệu"
    executor = MigrationExecutor(connection)
    for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield f"Chưa chạy bước chuyển đổi dữ liệu {migration}"


CHECKS: Final[dict[str, Callable[[], Breaks]]] = {
    "I2": audit_is_whole,
    "I3": files_are_what_rows_say,
    "I4": no_strays,
    "I5": approved_is_what_was_sealed,
    "I6": nothing_after_approval,
    "I7": moves_were_legal,
    "I8": submitted_in_time,
    "I9": figures_add_up,
    "I10": once_each,
    "I11": jobs_end,
    "I15": database_is_sound,
}


def broken(*only: str) -> dict[str, list[str]]:
    """The breaks of every check (or of those named), by its number; empty when all hold."""
    found: dict[str, list[str]] = defaultdict(list)
    for number, check in CHECKS.items():
        if not only or number in only:
            found[number].extend(check())
    return {number: sentences for number, sentences in found.items() if sentences}
