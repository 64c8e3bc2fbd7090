"""What happens when an agency's workbook comes back: read, held beside what is stored, taken row
by row.

A row is written by the same function as in the form, with the version that the person saw in the
preview; what changed in between is reported and left. Documents of a ZIP go through the gate of
every upload.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    """What became of the documents of a ZIP: taken into the library, refused, not asked for."""

    taken: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    unused: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "taken": list(self.taken),
            "refused": [list(item) for item in self.refused],
            "unused": list(self.unused),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Unpacked:
        return cls(
            tuple(data["taken"]),
            tuple((name, sentence) for name, sentence in data["refused"]),
            tuple(data["unused"]),
        )


def hold_self_scores(
    actor: User, dossier: Dossier, workbook: Workbook, bundle: Workbook | None = None
) -> WorkbookImport:
    """Read a workbook that came back and keep it for the merge; an older unconfirmed one goes.

    Raises Refusal, Refused (one of the files), Blocked (cells). Nothing of the dossier changes.
    """
    enforce(can_enter_self_score(actor, dossier, at=clock.now()))
    if workbook.refusal:
        raise workbook.refusal
    sheet = parsing.import_self_scores(
        workbook.path, workbook.name, dossier.pk, offline.specs(dossier)
    )
    if sheet.blocked:
        raise Blocked(sheet)
    unpacked = _unpack(actor, dossier, sheet, bundle) if bundle else Unpacked()
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


def _unpack(actor: User, dossier: Dossier, sheet: SelfScoreSheet, bundle: Workbook) -> Unpacked:
    """Take the documents that the workbook names out of the ZIP into the library."""
    if bundle.refusal:
        raise bundle.refusal
    bundles.check_bundle(bundle.path, bundle.name)
    named = {offline.name_key(name) for item in sheet.said for name in item.files}
    taken: list[str] = []
    refused: list[tuple[str, str]] = []
    with bundles.opened(bundle.path, offline.name_key) as archive:
        for key in sorted(named & archive.keys):
            upload = _upload_of(archive, key)
            try:
                evidence.attach(actor, upload)
            except Refused as reason:
                refused.append((archive.name(key), reason.sentence))
            else:
                taken.append(archive.name(key))
            finally:
                upload.close()
        unused = tuple(archive.name(key) for key in sorted(archive.keys - named))
    return Unpacked(tuple(taken), tuple(refused), unused)


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


@dataclass(frozen=True)
class Outcome:
    """What a confirmation did: rows written, documents cited, rows left with the reason."""

    saved: tuple[str, ...]
    cited: int
    left: tuple[tuple[str, str], ...]


@transaction.atomic
def take_self_scores(actor: User, waiting: WorkbookImport, accepted: Mapping[str, int]) -> Outcome:
    """Write the accepted rows of a held workbook. `accepted` maps leaves to the version that the
    person saw in the preview; a row that says something else by now is left and reported.

    Raises Refusal, Invalid (taken before, or replaced by another file).
    """
    dossier = waiting.dossier
    assert dossier is not None
    held = hold_dossier(dossier, actor)
    enforce(can_enter_self_score(actor, held.dossier, at=held.at))
    kept = WorkbookImport.objects.filter(
        pk=waiting.pk, kind=SELF_SCORES, confirmed_at__isnull=True
    ).first()
    if kept is None:
        raise Invalid(file=_("Tệp này đã được nhập hoặc đã thay bằng tệp khác. Hãy tải lại tệp."))
    saved: list[str] = []
    left: list[tuple[str, str]] = []
    cited = 0
    for row in _chosen(held.dossier, said_in(kept), accepted):
        code = row.criterion.code
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
    kept.confirmed_by, kept.confirmed_at = actor, held.at
    kept.save(update_fields=["confirmed_by", "confirmed_at"])
    trail.record(
        held.dossier, actor, "import.taken",
        f"Nhận {len(saved)} tiêu chí từ bảng tự chấm “{kept.file_name}”", at=held.at,
        data={"sha256": kept.sha256, "saved": saved, "cited": cited,
              "left": [code for code, _reason in left]},
    )  # fmt: skip
    return Outcome(tuple(saved), cited, tuple(left))


def _chosen(
    dossier: Dossier, said: Sequence[Said], accepted: Mapping[str, int]
) -> list[MergedLeaf]:
    wanted = [item for item in said if item.code in accepted]
    return [row for row in offline.merged_leaves(dossier, wanted) if row.may_be_taken]


def _save(actor: User, dossier: Dossier, row: MergedLeaf, seen: int) -> None:
    mine = row.said
    given = MarkInput(
        points=mine.points, declared=dict(mine.declared), reason=mine.reason,
        not_applicable=mine.not_applicable,
    )  # fmt: skip
    save_self_score(actor, dossier, row.criterion, given, version=seen)


def _cite(actor: User, dossier: Dossier, row: MergedLeaf) -> int:
    new = [match.evidence for match in row.files if match.evidence and not match.is_cited]
    for document in new:
        evidence.cite(actor, dossier, row.criterion, document)
    return len(new)
