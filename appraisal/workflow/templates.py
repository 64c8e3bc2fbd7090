"""What happens to the office's own Word templates: brought, checked, put in force, retired.

The built-in template always remains: to retire a template is to go back to it. A file is examined
in a child process before any lock is taken, and the rule is asked again under the lock. A template
is checked once more when it is put in force, since the software may have changed meanwhile.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agencies.models import Jurisdiction, User
from appraisal import clock, trail
from appraisal.documents import converting, docx
from appraisal.files import kinds, previews
from appraisal.files.inspect import EMPTY
from appraisal.files.names import display_name, extension_of
from appraisal.files.refusal import Refused, gettext_noop
from appraisal.files.store import Store, evidence_store
from appraisal.files.uploads import StreamedUpload
from appraisal.models import PaperTemplate
from appraisal.models.papers import PaperKind
from appraisal.papers.samples import Sample, sample_of
from appraisal.rules import can_keep_paper_settings, enforce
from appraisal.workflow.acting import Invalid

MAX_BYTES: Final = 5 * kinds.MEGABYTE

NOT_WORD: Final = gettext_noop(
    "“%(name)s” không phải là tệp Word (.docx). Hãy lưu lại dạng “Word Document (*.docx)” rồi gửi"
    " lại."
)
TOO_LARGE: Final = gettext_noop(
    "“%(name)s” lớn hơn %(megabytes)s MB. Hãy bỏ hoặc nén hình trong mẫu rồi gửi lại."
)
GONE: Final = gettext_noop("Không tìm thấy tệp của mẫu này trên máy chủ. Hãy tải mẫu lên lại.")


def upload_template(actor: User, kind: str, upload: StreamedUpload) -> PaperTemplate:
    """Keep an office's template as a new version, checked and filled with a sample.

    The last version again is that version. Raises Refusal (rule), Refused (the file), the latter
    after an event.
    """
    enforce(can_keep_paper_settings(actor))
    try:
        name = _name(upload)
        path = Path(upload.temporary_file_path())
        sample = sample_of(actor, kind)
        checked = docx.check_template(path, name, sample.paper)
    except Refused as refused:
        _remember_refusal(actor, kind, upload, refused)
        raise
    facts = checked.facts | {"preview": _preview(checked.filled, sample)}
    kept = evidence_store().keep(upload.temporary)
    with transaction.atomic():
        jurisdiction = _hold(actor)
        own = PaperTemplate.objects.filter(jurisdiction=jurisdiction, kind=kind)
        last = own.first()
        if last is not None and last.sha256 == kept.sha256:
            last.facts = facts
            last.save(update_fields=["facts"])
            return last
        template = PaperTemplate.objects.create(
            jurisdiction=jurisdiction, kind=kind,
            version=(own.aggregate(most=Max("version"))["most"] or 0) + 1,
            sha256=kept.sha256, size=kept.size, file_name=name, facts=facts,
            uploaded_by=actor, uploaded_at=clock.read(),
        )  # fmt: skip
        _remember(actor, template, "templates.uploaded", "Tải lên mẫu Word “{name}”")
    return template


def put_in_force(actor: User, known: PaperTemplate) -> PaperTemplate:
    """Use a version from here on; papers of its kind that were made before are out of date.

    Raises Refusal (rule), Refused (it does not pass the check any more), Invalid (it is in force).
    """
    enforce(can_keep_paper_settings(actor))
    store = evidence_store()
    if not store.exists(known.sha256):
        raise Refused(GONE, "template_gone")
    docx.check_template(
        store.path(known.sha256), known.file_name, sample_of(actor, known.kind).paper
    )
    with transaction.atomic():
        template = _hold_template(actor, known)
        if template.in_force_at is not None and template.retired_at is None:
            raise Invalid(template=_("Mẫu này đang được dùng."))
        at = clock.read()
        PaperTemplate.objects.filter(
            jurisdiction=template.jurisdiction_id, kind=template.kind,
            in_force_at__isnull=False, retired_at__isnull=True,
        ).update(retired_at=at)  # fmt: skip
        template.in_force_at, template.in_force_by, template.retired_at = at, actor, None
        template.save(update_fields=["in_force_at", "in_force_by", "retired_at"])
        _remember(actor, template, "templates.in_force", "Đưa vào sử dụng mẫu Word “{name}”")
    return template


@transaction.atomic
def retire(actor: User, known: PaperTemplate) -> PaperTemplate:
    """Go back to the built-in template. Raises Refusal (rule), Invalid (it is not in force)."""
    template = _hold_template(actor, known)
    if template.in_force_at is None or template.retired_at is not None:
        raise Invalid(template=_("Mẫu này không được dùng nên không cần thôi dùng."))
    template.retired_at = clock.read()
    template.save(update_fields=["retired_at"])
    _remember(actor, template, "templates.retired", "Thôi dùng mẫu Word “{name}”")
    return template


def preview_store() -> Store:
    """Where filled samples are kept, beside the pictures of pages; they can be deleted."""
    return Store(evidence_store().previews_root / "templates")


def _name(upload: StreamedUpload) -> str:
    """The display name of a file that may be a template at all."""
    if upload.refusal is not None:
        raise upload.refusal
    name = display_name(upload.raw_name)
    if extension_of(name) != "docx":
        raise Refused(NOT_WORD, "wrong_kind", name=name)
    size = upload.temporary.size
    if not size:
        raise Refused(EMPTY, "empty", name=name)
    if size > MAX_BYTES:
        raise Refused(TOO_LARGE, "too_large", name=name, megabytes=MAX_BYTES // kinds.MEGABYTE)
    return name


def _preview(filled: bytes, sample: Sample) -> dict[str, Any]:
    """Keep the filled sample, as Word and where LibreOffice is as PDF; where they are."""
    store = preview_store()
    preview: dict[str, Any] = {
        "docx": store.put([filled]).sha256, "pdf": "", "pages": 0, "round": sample.round,
    }  # fmt: skip
    try:
        for printed in converting.to_pdfs([filled], [sample.paper]):
            preview["pdf"] = store.put([printed]).sha256
            preview["pages"] = previews.page_count(preview["pdf"], kinds.PDF.content_type, store)
    except Refused:
        # The Word file is there to be looked at; why it cannot be printed is not the template's.
        preview["pdf"] = ""
    return preview


def _hold(actor: User) -> Jurisdiction:
    jurisdiction = Jurisdiction.objects.select_for_update().get(pk=actor.jurisdiction_id)
    enforce(can_keep_paper_settings(actor))
    return jurisdiction


def _hold_template(actor: User, known: PaperTemplate) -> PaperTemplate:
    jurisdiction = _hold(actor)
    return PaperTemplate.objects.select_for_update().get(pk=known.pk, jurisdiction=jurisdiction)


@transaction.atomic
def _remember_refusal(actor: User, kind: str, upload: StreamedUpload, refused: Refused) -> None:
    name = "".join(letter if letter.isprintable() else "�" for letter in upload.raw_name)
    trail.record_account(
        _hold(actor), actor, "templates.refused", "Không nhận mẫu Word tải lên",
        {
            "kind": kind, "code": refused.code, "place": refused.values.get("place", ""),
            "file_name": name[:255], "sha256": "" if upload.refusal else upload.sha256,
        },
    )  # fmt: skip


def _remember(actor: User, template: PaperTemplate, action: str, told: str) -> None:
    title = trail.official(PaperKind(template.kind).label)
    trail.record_account(
        template.jurisdiction, actor, action,
        f"{told.format(name=template.file_name)} (bản {template.version}) cho {title}",
        {"kind": template.kind, "version": template.version, "sha256": template.sha256},
    )  # fmt: skip
