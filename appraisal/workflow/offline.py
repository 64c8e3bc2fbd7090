"""What happens when an agency's workbook comes back: read, held beside what is stored, taken row
by row.

A row is written by the same function as in the form, with the version that the person saw in the
preview; what changed in between is reported and left. Documents of a ZIP go through the gate of
every upload.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.verdict import Refusal
from appraisal import clock, trail
from appraisal.files import bundles
from appraisal.files.refusal import Refused
from appraisal.files.store import evidence_store
from appraisal.files.uploads import StreamedUpload
from appraisal.models import Dossier, WorkbookImport
from appraisal.papers import offline
from appraisal.papers.offline import MergedLeaf
from appraisal.rules import can_enter_self_score, enforce
from appraisal.workbooks import parsing
from appraisal.workbooks.self_scores import Said, SelfScoreSheet
from appraisal.workflow import evidence
from appraisal.workflow.acting import Conflict, Invalid, MarkInput, hold_dossier
from appraisal.workflow.imports import Blocked, Workbook
from appraisal.workflow.self_assessment import save_self_score

SELF_SCORES = WorkbookImport.Kind.SELF_SCORES


@dataclass(frozen=True)
class Unpacked:
    """What became of the documents of ZIPs: taken into the library, refused, not asked for.

    `documents` maps names in the workbook (as `path_key`) to documents of the library.
    """

    taken: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    unused: tuple[str, ...] = ()
    documents: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "taken": list(self.taken),
            "refused": [list(item) for item in self.refused],
            "unused": list(self.unused),
            "documents": dict(self.documents),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Unpacked:
        return cls(
            tuple(data["taken"]),
            tuple((name, sentence) for name, sentence in data["refused"]),
            tuple(data["unused"]),
            data["documents"],
        )


def hold_self_scores(
    actor: User, dossier: Dossier, workbook: Workbook, bundle: Workbook | None = None
) -> WorkbookImport:
    """Read a workbook that came back and keep it for the merge; an older unconfirmed one goes.

    Raises Refusal, Refused (one of the files), Blocked (cells), the last two after an event.
    Nothing of the dossier changes; documents of a ZIP are in the library from now on.
    """
    enforce(can_enter_self_score(actor, dossier, at=clock.now()))
    unpacked, file = Unpacked(), workbook
    try:
        sheet = _read(dossier, workbook)
        if bundle is not None:
            file = bundle
            unpacked = _unpack(actor, dossier, sheet.said, bundle)
    except (Refused, Blocked) as reason:
        _remember_refusal(actor, dossier, file, reason)
        raise
    with transaction.atomic():
        held = hold_dossier(dossier, actor)
        enforce(can_enter_self_score(actor, held.dossier, at=held.at))
        held.dossier.imports.filter(kind=SELF_SCORES, confirmed_at__isnull=True).delete()
        kept = WorkbookImport.objects.create(
            round=held.round, dossier=held.dossier, kind=SELF_SCORES, file_name=workbook.name,
            sha256=workbook.sha256, content={**sheet.to_json(), "bundle": unpacked.to_json()},
            uploaded_by=actor, uploaded_at=held.at,
        )  # fmt: skip
        trail.record(
            held.dossier, actor, "import.held",
            f"Đọc bảng tự chấm “{workbook.name}”, chờ xác nhận", at=held.at,
            data={"kind": SELF_SCORES, "sha256": workbook.sha256},
        )  # fmt: skip
    return kept


def add_documents(actor: User, waiting: WorkbookImport, bundle: Workbook) -> Unpacked:
    """Take documents that came later for a workbook that waits; what came of this ZIP.

    Raises Refusal, Refused (the ZIP, after an event), Invalid (the workbook waits no more).
    """
    dossier = waiting.dossier
    assert dossier is not None
    enforce(can_enter_self_score(actor, dossier, at=clock.now()))
    try:
        unpacked = _unpack(actor, dossier, said_in(waiting), bundle)
    except Refused as refused:
        _remember_refusal(actor, dossier, bundle, refused)
        raise
    with transaction.atomic():
        held = hold_dossier(dossier, actor)
        enforce(can_enter_self_score(actor, held.dossier, at=held.at))
        kept = _still_waiting(waiting)
        known = {**kept.content["bundle"]["documents"], **unpacked.documents}
        kept.content["bundle"] = replace(unpacked, documents=known).to_json()
        kept.save(update_fields=["content"])
    return unpacked


def _read(dossier: Dossier, workbook: Workbook) -> SelfScoreSheet:
    if workbook.refusal:
        raise workbook.refusal
    sheet = parsing.import_self_scores(
        workbook.path, workbook.name, offline.owner_of(dossier), offline.specs(dossier)
    )
    if sheet.blocked:
        raise Blocked(sheet)
    return sheet


@transaction.atomic
def _remember_refusal(
    actor: User, dossier: Dossier, workbook: Workbook, reason: Refused | Blocked
) -> None:
    held = hold_dossier(dossier, actor)
    if isinstance(reason, Refused):
        data: dict[str, Any] = {"code": reason.code, "reason": reason.sentence}
    else:
        cells = [problem.cell for problem in reason.sheet.problems if problem.blocking]
        data = {"code": "blocked", "reason": "Có ô sai trong tệp.", "cells": cells[:20]}
    trail.record(
        held.dossier, actor, "import.refused",
        f"Từ chối tệp “{workbook.name}”: {data['reason']}", at=held.at,
        data={"kind": SELF_SCORES, "sha256": workbook.sha256, **data},
    )  # fmt: skip


def _unpack(actor: User, dossier: Dossier, said: Sequence[Said], bundle: Workbook) -> Unpacked:
    """Take the documents that the workbook names out of the ZIP into the library."""
    if bundle.refusal:
        raise bundle.refusal
    bundles.check_bundle(bundle.path, bundle.name)
    taken: list[str] = []
    refused: list[tuple[str, str]] = []
    documents: dict[str, int] = {}
    done: dict[str, int | None] = {}
    at_hand = offline.library(dossier).keys()
    with bundles.opened(bundle.path, offline.path_key) as archive:
        known = at_hand | archive.keys | archive.names
        lines = [line for item in said for line in item.files]
        for name in offline.split_names(lines, known):
            try:
                key = archive.find(offline.path_key(name))
            except Refused as twice:
                refused.append((name, twice.sentence))
                continue
            if key is None:
                continue
            if key not in done:
                done[key] = _attach(actor, archive, key, refused)
                if done[key] is not None:
                    taken.append(archive.name(key))
            document = done[key]
            if document is not None:
                documents[offline.path_key(name)] = document
        unused = tuple(archive.name(key) for key in sorted(archive.keys - done.keys()))
    return Unpacked(tuple(taken), tuple(refused), unused, documents)


def _attach(
    actor: User, archive: bundles.Bundle, key: str, refused: list[tuple[str, str]]
) -> int | None:
    """One document through the gate of every upload; its key in the library."""
    upload = _upload_of(archive, key)
    try:
        return evidence.attach(actor, upload).evidence.pk
    except Refused as reason:
        refused.append((archive.name(key), reason.sentence))
        return None
    finally:
        upload.close()


def _upload_of(archive: bundles.Bundle, key: str) -> StreamedUpload:
    temporary = evidence_store().new_temporary()
    refusal = None
    try:
        archive.copy(key, temporary.write)
    except Refused as refused:
        refusal = refused
    return StreamedUpload(temporary, archive.name(key), None, None, refusal)


def said_in(waiting: WorkbookImport) -> tuple[Said, ...]:
    """What a held workbook says of every leaf."""
    return SelfScoreSheet.from_json(waiting.content).said


def documents_of(waiting: WorkbookImport) -> Mapping[str, int]:
    """The documents that came in a ZIP with a held workbook, by their name in it."""
    return Unpacked.from_json(waiting.content["bundle"]).documents


@dataclass(frozen=True)
class Outcome:
    """What a confirmation did: rows written, documents cited, rows left with the reason."""

    saved: tuple[str, ...]
    cited: int
    left: tuple[tuple[str, str], ...]


@transaction.atomic
def take_self_scores(actor: User, waiting: WorkbookImport, accepted: Mapping[str, int]) -> Outcome:
    """Write the accepted rows of a held workbook. `accepted` maps leaves to the version that the
    person saw in the preview; a row that says something else by now is left and reported. Where
    nothing could be taken, the workbook waits on.

    Raises Refusal, Invalid (taken before, or replaced by another file).
    """
    dossier = waiting.dossier
    assert dossier is not None
    held = hold_dossier(dossier, actor)
    enforce(can_enter_self_score(actor, held.dossier, at=held.at))
    kept = _still_waiting(waiting)
    saved: list[str] = []
    left: list[tuple[str, str]] = []
    cited = 0
    for row in _chosen(held.dossier, kept, accepted):
        code = row.criterion.code
        if not row.may_be_taken:
            left.append((code, _("Bản trên hệ thống nay đã khác; bảng không còn gì để nhận.")))
            continue
        try:
            with transaction.atomic():
                if row.merged.may_be_taken:
                    _save(actor, held.dossier, row, accepted[code])
                cited += _cite(actor, held.dossier, row)
        except Conflict:
            left.append((code, _("Có người vừa lưu tiêu chí này sau khi ông/bà mở trang.")))
        except Invalid as invalid:
            left.append((code, " ".join(invalid.errors.values())))
        except Refused as refused:
            left.append((code, refused.sentence))
        except Refusal as refusal:
            left.append((code, str(refusal)))
        else:
            saved.append(code)
    if not saved:
        return Outcome((), 0, tuple(left))
    kept.confirmed_by, kept.confirmed_at = actor, held.at
    kept.save(update_fields=["confirmed_by", "confirmed_at"])
    trail.record(
        held.dossier, actor, "import.taken",
        f"Nhận {len(saved)} tiêu chí từ bảng tự chấm “{kept.file_name}”", at=held.at,
        data={"sha256": kept.sha256, "saved": saved, "cited": cited,
              "left": [code for code, _reason in left]},
    )  # fmt: skip
    return Outcome(tuple(saved), cited, tuple(left))


def _still_waiting(waiting: WorkbookImport) -> WorkbookImport:
    kept = WorkbookImport.objects.filter(
        pk=waiting.pk, kind=SELF_SCORES, confirmed_at__isnull=True
    ).first()
    if kept is None:
        raise Invalid(file=_("Tệp này đã được nhập hoặc đã thay bằng tệp khác. Hãy tải lại tệp."))
    return kept


def _chosen(
    dossier: Dossier, kept: WorkbookImport, accepted: Mapping[str, int]
) -> list[MergedLeaf]:
    wanted = [item for item in said_in(kept) if item.code in accepted]
    return offline.merged_leaves(dossier, wanted, documents_of(kept))


def _save(actor: User, dossier: Dossier, row: MergedLeaf, seen: int) -> None:
    mine = row.said
    given = MarkInput(
        points=mine.points, declared=dict(mine.declared), reason=mine.reason,
        not_applicable=mine.not_applicable,
    )  # fmt: skip
    save_self_score(actor, dossier, row.criterion, given, version=seen)


def _cite(actor: User, dossier: Dossier, row: MergedLeaf) -> int:
    for document in row.new_documents:
        evidence.cite(actor, dossier, row.criterion, document)
    return len(row.new_documents)
