"""What happens when a paper is signed here, and when it is recorded as issued.

The key or the PIN is used for one signature, before any lock is taken, and kept nowhere; the rule
is asked before and again under the lock. A signed file that comes back is read in a child process;
what it says of its signatures is kept with the record.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from string import ascii_letters
from typing import Any, Final, cast

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from appraisal import clock, trail
from appraisal.documents import signing, stamp, words
from appraisal.documents.official import Signature
from appraisal.files import child, kinds
from appraisal.files.inspect import inspect
from appraisal.files.names import display_name
from appraisal.files.refusal import Refused, gettext_noop
from appraisal.files.store import evidence_store
from appraisal.files.uploads import StreamedUpload
from appraisal.models import Evidence, Issue, Paper, PaperFile
from appraisal.models.papers import PaperFormat, PaperKind
from appraisal.papers.basis import FROM_RESULT, is_current
from appraisal.papers.house import house_of
from appraisal.papers.signatures import facts, read_signatures
from appraisal.rules import can_issue_paper, can_sign_paper, enforce, roles
from appraisal.states import SeatRole
from appraisal.workflow.acting import Invalid, hold_round

SECONDS: Final = 20
MEGABYTES: Final = 1000

SECRETARY_LINES: Final = ("THƯ KÝ",)
"""What stands above the secretary's name on minutes."""
LETTERS: Final = ascii_letters + "Đđ"

SIGNED_MEANWHILE: Final = gettext_noop("Có người khác vừa ký văn bản này. Hãy xem lại rồi ký tiếp.")
ACTIVE: Final = gettext_noop(
    "“%(name)s” có nội dung chạy được nên không được nhận làm văn bản ban hành. Hãy xuất lại PDF."
)
BROKEN: Final = gettext_noop(
    "“%(name)s” có chữ ký số không còn nguyên vẹn: nội dung đã bị sửa sau khi ký. Hãy lấy lại bản"
    " gốc từ hệ thống quản lý văn bản."
)
NOT_PDF: Final = gettext_noop("“%(name)s” không phải là tệp PDF. Hãy chọn bản PDF đã ký số.")


@dataclass(frozen=True)
class KeyFile:
    """A PKCS#12 file and its passphrase, for one signature."""

    content: bytes = field(repr=False)
    name: str
    passphrase: str = field(repr=False)


@dataclass(frozen=True)
class Pin:
    """The PIN of the server's signing device, for one signature."""

    value: str = field(repr=False)


@dataclass(frozen=True)
class Look:
    """What of the signature is seen: for a person or an organisation (`stamp.PERSON` …).

    `picture` is the signature or the seal as an uploaded PNG; `diameter` of the seal in
    millimetres.
    """

    role: str = stamp.PERSON
    picture: StreamedUpload | None = None
    diameter: float = 36


def has_token() -> bool:
    """Whether the server has a signing device."""
    return bool(settings.SIGNING_PKCS11_MODULE and settings.SIGNING_PKCS11_TOKEN)


def signed_or_plain(paper: Paper) -> PaperFile | None:
    """The paper's PDF that a signature would go on: the signed one, otherwise the plain one."""
    files = {item.format: item for item in paper.files.all()}
    return files.get(PaperFormat.SIGNED) or files.get(PaperFormat.PDF)


def sign_paper(actor: User, paper: Paper, means: KeyFile | Pin, look: Look) -> PaperFile:
    """Put one more digital signature on the paper's PDF; the bytes before it stay as they are.

    Raises Refusal (rule), Refused (key file, passphrase, PIN, certificate, picture; somebody else
    signed meanwhile).
    """
    at = clock.now()
    enforce(can_sign_paper(actor, paper, is_current=is_current(paper), at=at))
    base = signed_or_plain(paper)
    store = evidence_store()
    if base is None or not store.exists(base.sha256):
        raise Refused(gettext_noop("Không tìm thấy bản PDF của văn bản. Hãy lập lại."), "no_pdf")
    at = at.astimezone(clock.VIETNAM).replace(microsecond=0)
    with _opened(means, at) as credential:
        said = credential.certificate
        above = _authority(actor, paper, look, at)
        seen = _stamp(paper, store.path(base.sha256), said, look, above, at)
        content = signing.sign(
            store.path(base.sha256).read_bytes(),
            credential,
            base64.b64decode(seen["drawing"]),
            seen["page"],
            tuple(seen["box"]),
            at=at,
            location=paper.round.jurisdiction.place,
        )
    return _keep_signed(actor, paper, base.sha256, content, means, look, said)


@transaction.atomic
def _keep_signed(
    actor: User, paper: Paper, before: str, content: bytes, means: KeyFile | Pin, look: Look,
    said: signing.Certificate,
) -> PaperFile:  # fmt: skip
    round, at = hold_round(paper.round_id, actor)
    held = _hold(paper)
    enforce(can_sign_paper(actor, held, is_current=is_current(held), at=at))
    base = signed_or_plain(held)
    if base is None or base.sha256 != before:
        raise Refused(SIGNED_MEANWHILE, "signed_meanwhile")
    stored = evidence_store().put([content])
    kept, _fresh = PaperFile.objects.update_or_create(
        paper=held,
        format=PaperFormat.SIGNED,
        defaults={
            "sha256": stored.sha256, "size": stored.size, "signed_by": actor, "signed_at": at,
        },
    )  # fmt: skip
    title = trail.official(PaperKind(held.kind).label)
    trail.record(
        round, actor, "paper.signed",
        f"Ký số văn bản: {title} – chứng thư của {said.signer}, số hiệu {said.serial}",
        at=at,
        data={
            "paper": held.pk, "kind": held.kind, "dossier": held.dossier_id, "role": look.role,
            "means": "pkcs12" if isinstance(means, KeyFile) else "pkcs11",
            "certificate": {
                "subject": said.signer, "organisation": said.organisation,
                "issuer": said.issuer, "serial": said.serial,
            },
            "sha256_before": before, "sha256_after": stored.sha256,
        },
    )  # fmt: skip
    if base.format == PaperFormat.SIGNED:
        # Its bytes are the beginning of the new file.
        transaction.on_commit(partial(_discard, before), robust=True)
    return kept


def _hold(paper: Paper) -> Paper:
    """The paper as it is now; whoever changes it holds the round."""
    return (
        Paper.objects.select_related("round__jurisdiction__standing_agency", "dossier__agency")
        .prefetch_related("files")
        .get(pk=paper.pk)
    )


def _discard(sha256: str) -> None:
    """Take a content out of the store unless somebody else has the same."""
    used = (
        PaperFile.objects.filter(sha256=sha256).exists()
        or Issue.objects.filter(sha256=sha256).exists()
        or Evidence.objects.filter(sha256=sha256).exists()
    )
    if not used and evidence_store().exists(sha256):
        evidence_store().trash(sha256)


@contextmanager
def _opened(means: KeyFile | Pin, at: datetime) -> Iterator[signing.Credential]:
    if isinstance(means, KeyFile):
        yield signing.open_key_file(means.content, means.passphrase, at, means.name)
        return
    token = signing.Token(
        settings.SIGNING_PKCS11_MODULE, settings.SIGNING_PKCS11_TOKEN, settings.SIGNING_PKCS11_KEY
    )
    with signing.open_token(token, means.value, at) as credential:
        yield credential


def _authority(actor: User, paper: Paper, look: Look, at: datetime) -> Signature:
    """The lines and the name on the paper between which this person signs.

    Minutes have two: the secretary's on the left, and that of who chaired.
    """
    secretary = paper.kind == PaperKind.MINUTES and look.role == stamp.PERSON
    if secretary and SeatRole.SECRETARY in roles(actor, paper.round, at):
        return Signature(SECRETARY_LINES, actor.full_name)
    return words.signature(_house(paper, at).signing)


def _house(paper: Paper, at: datetime) -> words.House:
    agency = paper.dossier.agency if paper.dossier else None
    return house_of(paper.round.jurisdiction, paper.kind, at.date(), agency)


def _stamp(
    paper: Paper, pdf: Path, said: signing.Certificate, look: Look, above: Signature, at: datetime
) -> dict[str, Any]:
    """The drawing of the stamp, its page and its box; in a child, which never sees the key."""
    organisation = said.organisation or " ".join(_house(paper, at).issuer)
    # What a signature says is Vietnamese whoever signs.
    lines = [f"Thời gian ký: {at:%d/%m/%Y %H:%M:%S} {at.isoformat()[-6:]}"]
    if look.role == stamp.ORGANISATION:
        lines.insert(0, f"Cơ quan ký: {organisation or said.signer}")
    else:
        lines[:0] = [f"Ký bởi: {said.signer}", f"Cơ quan: {organisation}"]
    picture = ""
    picture_name = ""
    if look.picture is not None:
        if look.picture.refusal is not None:
            raise look.picture.refusal
        picture = look.picture.temporary_file_path()
        picture_name = display_name(look.picture.raw_name)
    prepared = child.run(
        "appraisal.documents.stamp:prepare",
        str(pdf), look.role, list(above.lines), above.name, lines, picture, picture_name,
        look.diameter,
        seconds=SECONDS, megabytes=MEGABYTES, name=picture_name or "văn bản",
    )  # fmt: skip
    return cast(dict[str, Any], prepared)


@dataclass(frozen=True)
class Returned:
    """The signed file that came back: examined, not yet kept.

    `matches` is whether it carries the fingerprint of the draft; None: it carries none, or the
    paper rests on no result.
    """

    upload: StreamedUpload = field(repr=False)
    name: str
    signatures: list[dict[str, Any]]
    matches: bool | None
    comparable: bool

    @property
    def doubts(self) -> tuple[str, ...]:
        """What a person should look at before this is recorded, one sentence each."""
        found = facts(self.signatures)
        sentences = []
        if not found:
            sentences.append(_("Tệp không có chữ ký số."))
        elif not any(one.covers_all for one in found):
            sentences.append(_("Tệp có phần thêm vào sau chữ ký số cuối cùng."))
        if any(one.trusted is False for one in found):
            sentences.append(
                _("Có chứng thư số không do tổ chức được hệ thống tin cậy cấp, hoặc đã hết hạn.")
            )
        if self.matches is False:
            sentences.append(_("Mã đối chiếu trong tệp khác với mã đối chiếu của bản dự thảo."))
        elif self.matches is None and self.comparable:
            sentences.append(_("Tệp không mang mã đối chiếu nên không so được với bản dự thảo."))
        return tuple(sentences)


def examine(actor: User, paper: Paper, upload: StreamedUpload) -> Returned:
    """Read the signed file that came back; nothing is written.

    Raises Refusal (rule), Refused (no sound PDF, active content, a broken signature).
    """
    at = clock.now()
    enforce(can_issue_paper(actor, paper, is_current=is_current(paper), at=at))
    if upload.refusal is not None:
        raise upload.refusal
    name = display_name(upload.raw_name)
    path = upload.temporary.path
    inspection = inspect(path, name)
    if inspection.content_type != kinds.PDF.content_type:
        raise Refused(NOT_PDF, "not_pdf", name=name)
    if kinds.ACTIVE_CONTENT in inspection.flags:
        raise Refused(ACTIVE, "active_content", name=name)
    signatures = read_signatures(path, name, at)
    if not all(one.intact for one in facts(signatures)):
        raise Refused(BROKEN, "broken_signature", name=name)
    said = cast(
        dict[str, list[str]],
        child.run(
            "appraisal.documents.reading:codes", str(path), name,
            seconds=SECONDS, megabytes=MEGABYTES, name=name,
        ),
    )  # fmt: skip
    codes = {*said["attached"], *said["printed"]}
    expected = _expected(paper)
    matches = codes == {expected} if codes and expected else None
    return Returned(upload, name, signatures, matches, bool(expected))


def _expected(paper: Paper) -> str:
    """The fingerprint that the paper carries, if it rests on a result."""
    if paper.consolidation is None or paper.kind not in FROM_RESULT:
        return ""
    return paper.consolidation.fingerprint


@transaction.atomic
def issue(
    actor: User, paper: Paper, number: str, issued_on: date, returned: Returned | None = None
) -> Issue:
    """Record number and day of a paper that left the house, with the signed file if it came back.

    `number` are digits and perhaps letters ("35", "12a"). Raises Refusal (rule: not done, out of
    date, recorded before), Invalid (a number used before, a day that cannot be).
    """
    round, at = hold_round(paper.round_id, actor)
    held = _hold(paper)
    enforce(can_issue_paper(actor, held, is_current=is_current(held), at=at))
    number = _spelled(number)
    _check_day(held, issued_on, at)
    _check_number(held, number, issued_on)
    stored = evidence_store().keep(returned.upload.temporary) if returned else None
    made = Issue.objects.create(
        paper=held,
        number=number,
        issued_on=issued_on,
        sha256=stored.sha256 if stored else "",
        size=stored.size if stored else 0,
        file_name=returned.name if returned else "",
        signatures=returned.signatures if returned else [],
        matches=returned.matches if returned else None,
        recorded_by=actor,
        recorded_at=at,
    )
    title = trail.official(PaperKind(held.kind).label)
    trail.record(
        round, actor, "paper.issued",
        f"Ghi nhận ban hành: {title}, số {number} ngày {issued_on:%d/%m/%Y}",
        at=at,
        data={
            "paper": held.pk, "kind": held.kind, "dossier": held.dossier_id, "number": number,
            "issued_on": issued_on, "sha256": made.sha256, "matches": made.matches,
            "signatures": made.signatures,
        },
    )  # fmt: skip
    return made


def _spelled(number: str) -> str:
    """The number as the decree writes it: a zero before those under 10."""
    digits = number.rstrip(LETTERS)
    return words.document_number(digits.lstrip("0")) + number[len(digits) :]


def _check_day(paper: Paper, day: date, at: datetime) -> None:
    if day > at.astimezone(clock.VIETNAM).date():
        raise Invalid(issued_on=_("Ngày ban hành ở sau hôm nay. Hãy kiểm tra lại."))
    if paper.kind != PaperKind.DECISION:
        return
    approved = paper.round.decision.approved_at.astimezone(clock.VIETNAM).date()
    if day < approved:
        raise Invalid(
            issued_on=_("Ngày ban hành ở trước ngày phê duyệt kết quả (%s). Hãy kiểm tra lại.")
            % approved.strftime("%d/%m/%Y")
        )


def _check_number(paper: Paper, number: str, day: date) -> None:
    """A number is given once a year by one house for one kind of paper."""
    others = Issue.objects.filter(
        paper__kind=paper.kind,
        paper__round__jurisdiction=paper.round.jurisdiction_id,
        number__iexact=number,
        issued_on__year=day.year,
    )
    if paper.dossier is not None:
        others = others.filter(paper__dossier__agency=paper.dossier.agency_id)
    if others.exists():
        raise Invalid(number=_("Số này đã được dùng trong năm cho loại văn bản này."))
