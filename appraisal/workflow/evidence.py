"""What happens with documents: attached to a library, described, cited under leaves, withdrawn.

Bytes are stored before the row that names them; a crash in between leaves bytes without a row,
never a row without bytes. One document is one transaction, so a refused file stops no other.
Events about the library go to the agency's stream, events about citations to the dossier's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.text import clean
from appraisal import clock, trail
from appraisal.files import kinds, uploads
from appraisal.files.refusal import Refused, gettext_noop
from appraisal.models import Citation, Criterion, Dossier, Evidence
from appraisal.rules import can_attach, can_cite, can_enter_self_score, enforce
from appraisal.rules.evidence import can_describe, can_withdraw_evidence
from appraisal.workflow.acting import Held, Invalid, hold_dossier

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    Upload = UploadedFile[Any]

QUOTA = gettext_noop(
    "“%(name)s” chưa được nhận: thư viện của cơ quan đã dùng %(used)s trong %(quota)s MB."
    " Hãy giảm dung lượng tệp hoặc báo quản trị kỹ thuật."
)
FULL_LEAF = gettext_noop(
    "Tiêu chí %(leaf)s đã có %(most)s tài liệu, là mức nhiều nhất. Hãy gỡ bớt hoặc gộp tài liệu."
)


@dataclass(frozen=True)
class Attached:
    """What became of an upload: `is_new` is false when the library already had the same bytes."""

    evidence: Evidence
    is_new: bool

    @property
    def shows_position(self) -> bool:
        """Whether the picture tells where it was taken; the uploader should know."""
        return kinds.POSITION_DATA in self.evidence.flags


def attach(actor: User, upload: Upload) -> Attached:
    """Take one uploaded file into the library of the actor's agency.

    The same bytes again are the same document. Raises Refusal (who, when) and Refused (the file;
    the refusal is written to the trail with the hash of the bytes).
    """
    enforce(can_attach(actor, at=clock.now()))
    try:
        received = uploads.receive(upload)
        return take(actor, received)
    except Refused as refused:
        _remember_refusal(actor, upload, refused)
        raise


@transaction.atomic
def take(actor: User, received: uploads.Received) -> Attached:
    agency, at = _hold_agency(actor)
    enforce(can_attach(actor, at=at))
    kept = Evidence.objects.kept().filter(agency=agency, sha256=received.stored.sha256).first()
    if kept is not None:
        return Attached(kept, is_new=False)
    # Withdrawn documents count too: their bytes stay.
    used = Evidence.objects.filter(agency=agency).aggregate(sum=Sum("size"))["sum"] or 0
    if used + received.stored.size > settings.EVIDENCE_QUOTA_BYTES:
        raise Refused(
            QUOTA, "quota", name=received.name,
            used=used // kinds.MEGABYTE, quota=settings.EVIDENCE_QUOTA_BYTES // kinds.MEGABYTE,
        )  # fmt: skip
    evidence = Evidence.objects.create(
        agency=agency,
        sha256=received.stored.sha256,
        size=received.stored.size,
        content_type=received.inspection.content_type,
        file_name=received.name,
        pages=received.inspection.pages,
        flags=list(received.inspection.flags),
        title=received.name.rpartition(".")[0],
        uploaded_by=actor,
        uploaded_at=at,
    )
    trail.record(
        agency, actor, "evidence.attached", f"Tải lên tài liệu “{evidence.title}”", at=at,
        data={"evidence": evidence.pk, "sha256": evidence.sha256, "size": evidence.size,
              "file_name": evidence.file_name, "flags": evidence.flags},
    )  # fmt: skip
    return Attached(evidence, is_new=True)


@transaction.atomic
def _remember_refusal(actor: User, upload: Upload, refused: Refused) -> None:
    agency, at = _hold_agency(actor)
    name = "".join(letter if letter.isprintable() else "�" for letter in upload.name or "")
    sha256 = ""
    if isinstance(upload, uploads.StreamedUpload) and upload.refusal is None:
        sha256 = upload.sha256
    trail.record(
        agency, actor, "evidence.refused", "Không nhận tệp tải lên", at=at,
        data={"code": refused.code, "file_name": name[:255], "size": upload.size,
              "sha256": sha256},
    )  # fmt: skip


def _hold_agency(actor: User) -> tuple[Agency, datetime]:
    agency = Agency.objects.select_for_update(of=("self",)).get(people=actor)
    return agency, clock.read()


@dataclass(frozen=True)
class Card:
    """What is said about a document."""

    title: str
    number: str = ""
    issued_on: date | None = None
    issuer: str = ""

    @classmethod
    def of(cls, evidence: Evidence) -> Card:
        return cls(evidence.title, evidence.number, evidence.issued_on, evidence.issuer)

    @property
    def token(self) -> str:
        """Stands for exactly this content; a form carries it as the version that it began from."""
        said = [self.title, self.number, self.issued_on, self.issuer]
        return trail.fingerprint(trail.canonical(said))[:16]


class CardConflict(Exception):
    """Somebody else changed the card in between; `current` is what stands now."""

    def __init__(self, current: Card) -> None:
        super().__init__(_("Có người khác vừa sửa tài liệu này."))
        self.current = current


@transaction.atomic
def describe(actor: User, evidence: Evidence, card: Card, *, token: str) -> Evidence:
    """Change what is said about a document; `token` is that of the card the person began from.

    Raises Refusal, Invalid, CardConflict.
    """
    agency, at = _hold_agency_of(evidence)
    evidence = Evidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
    enforce(can_describe(actor, evidence, at=at))
    if not card.title:
        raise Invalid(title=_("Tài liệu cần có tên hoặc trích yếu."))
    standing = Card.of(evidence)
    if card == standing:
        return evidence
    if token != standing.token:
        raise CardConflict(standing)
    evidence.title, evidence.number = card.title, card.number
    evidence.issued_on, evidence.issuer = card.issued_on, card.issuer
    evidence.save(update_fields=["title", "number", "issued_on", "issuer", "folded"])
    trail.record(
        agency, actor, "evidence.described", f"Sửa thông tin tài liệu “{card.title}”", at=at,
        data={"evidence": evidence.pk, "old": vars(standing), "new": vars(card)},
    )  # fmt: skip
    return evidence


@transaction.atomic
def withdraw_evidence(actor: User, evidence: Evidence) -> Evidence:
    """Take a document out of the library; the row and the bytes stay for the record."""
    agency, at = _hold_agency_of(evidence)
    evidence = Evidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
    enforce(can_withdraw_evidence(actor, evidence, at=at))
    evidence.withdrawn_at = at
    evidence.save(update_fields=["withdrawn_at"])
    trail.record(
        agency, actor, "evidence.withdrawn", f"Rút tài liệu “{evidence.title}”", at=at,
        data={"evidence": evidence.pk, "sha256": evidence.sha256},
    )  # fmt: skip
    return evidence


def _hold_agency_of(evidence: Evidence) -> tuple[Agency, datetime]:
    agency = Agency.objects.select_for_update().get(pk=evidence.agency_id)
    return agency, clock.read()


@transaction.atomic
def cite(
    actor: User, dossier: Dossier, criterion: Criterion, evidence: Evidence,
    pages: str = "", note: str = "",
) -> Citation:  # fmt: skip
    """Cite a document of the own library under a leaf; cited there already, it stays as it is.

    Raises Refusal, Invalid (a document of another library, or withdrawn), Refused (leaf is full).
    """
    held = hold_dossier(dossier, actor)
    enforce(can_cite(actor, held.dossier, criterion, at=held.at))
    document = Evidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
    if document.agency_id not in actor.agency_line or document.withdrawn_at is not None:
        raise Invalid(evidence=_("Tài liệu này không có trong thư viện của cơ quan."))
    under = Citation.objects.filter(dossier=held.dossier, criterion=criterion)
    if (same := under.filter(evidence=document).first()) is not None:
        return same
    if under.count() >= settings.EVIDENCE_PER_LEAF:
        raise Refused(FULL_LEAF, "full_leaf", leaf=criterion.code, most=settings.EVIDENCE_PER_LEAF)
    citation = Citation.objects.create(
        dossier=held.dossier, criterion=criterion, evidence=document,
        pages=clean(pages), note=clean(note),
        is_supplementary=_is_explaining(actor, held, criterion),
        cited_by=actor, cited_at=held.at,
    )  # fmt: skip
    _remember(held, actor, "citation.added", "Viện dẫn “%(title)s” ở %(code)s", citation)
    return citation


@transaction.atomic
def edit_citation(actor: User, citation: Citation, pages: str, note: str) -> Citation:
    """Say anew on which pages of a cited document to look, and why."""
    held = hold_dossier(citation.dossier, actor)
    citation = _hold_citation(citation)
    _enforce_change(actor, held, citation)
    if (citation.pages, citation.note) == (pages, note):
        return citation
    citation.pages, citation.note = pages, note
    citation.save(update_fields=["pages", "note"])
    _remember(held, actor, "citation.changed", "Sửa viện dẫn “%(title)s” ở %(code)s", citation)
    return citation


@transaction.atomic
def uncite(actor: User, citation: Citation) -> None:
    """Take a citation away; the document stays in the library."""
    held = hold_dossier(citation.dossier, actor)
    citation = _hold_citation(citation)
    _enforce_change(actor, held, citation)
    _remember(held, actor, "citation.removed", "Gỡ viện dẫn “%(title)s” ở %(code)s", citation)
    citation.delete()


def _hold_citation(citation: Citation) -> Citation:
    return (
        Citation.objects.select_for_update(of=("self",))
        .select_related("criterion", "evidence")
        .get(pk=citation.pk)
    )


def _is_explaining(actor: User, held: Held, criterion: Criterion) -> bool:
    return not can_enter_self_score(actor, held.dossier, criterion, at=held.at)


def _enforce_change(actor: User, held: Held, citation: Citation) -> None:
    """While explaining, only what was added while explaining may change (abuse A5)."""
    enforce(can_cite(actor, held.dossier, citation.criterion, at=held.at))
    if not citation.is_supplementary:
        enforce(can_enter_self_score(actor, held.dossier, citation.criterion, at=held.at))


def _remember(held: Held, actor: User, action: str, sentence: str, citation: Citation) -> None:
    said = {"title": citation.evidence.title, "code": citation.criterion.code}
    trail.record(
        held.dossier, actor, action, sentence % said, at=held.at,
        data={"criterion": citation.criterion.code, "evidence": citation.evidence_id,
              "sha256": citation.evidence.sha256, "pages": citation.pages, "note": citation.note,
              "supplementary": citation.is_supplementary},
    )  # fmt: skip
