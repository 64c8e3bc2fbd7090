"""The office's own Word templates: brought, looked at with a sample, put in force, retired."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.http import Request
from agencies.text import fold
from appraisal import rules
from appraisal.documents import docx
from appraisal.files import kinds, previews
from appraisal.files.refusal import Refused
from appraisal.files.uploads import safe_headers
from appraisal.forms.templates import TemplateForm
from appraisal.models import PaperTemplate
from appraisal.models.papers import PaperKind
from appraisal.papers.samples import SEALED, sample_of
from appraisal.queries import templates as reading
from appraisal.views.evidence import PICTURE_HEADERS
from appraisal.views.preparing import UNPROCESSABLE, uploaded
from appraisal.views.sending import send_file, send_kept
from appraisal.workflow import templates as workflow
from appraisal.workflow.acting import Invalid

FORMATS = {"docx": kinds.DOCX, "pdf": kinds.PDF}
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _known_kind(kind: str) -> PaperKind:
    if kind not in PaperKind.values:
        raise Http404
    return PaperKind(kind)


def _find(request: Request, pk: int) -> PaperTemplate:
    """A template of the person's own province, or 404; then the rule."""
    template = get_object_or_404(
        PaperTemplate.objects.select_related("uploaded_by", "in_force_by", "jurisdiction"),
        pk=pk,
        jurisdiction=request.user.jurisdiction_id,
    )
    rules.enforce(rules.can_keep_paper_settings(request.user))
    return template


def _crumbs(*more: tuple[str, str]) -> list[dict[str, str]]:
    way = [
        (_("Mẫu và thiết lập văn bản"), reverse("appraisal:papers-settings")),
        (_("Mẫu Word của cơ quan"), reverse("appraisal:templates-list")),
        *more,
    ]
    return [{"label": label, "url": url} for label, url in way]


@require_safe
def list_(request: Request) -> HttpResponse:
    """Every kind of paper: what its papers are made from, and the versions the office brought."""
    rules.enforce(rules.can_keep_paper_settings(request.user))
    return render(
        request,
        "appraisal/templates/list.html",
        {"kinds": reading.kinds_of(request.user.jurisdiction), "crumbs": _crumbs()[:1]},
    )


@get_or_post
def upload(request: Request, kind: str) -> HttpResponse:
    """Bring a template; it is checked and kept, or what was refused is said with its place."""
    rules.enforce(rules.can_keep_paper_settings(request.user))
    chosen = _known_kind(kind)
    form, status = TemplateForm(), 200
    if request.method == "POST":
        form = TemplateForm(request.POST, request.FILES)
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                template = workflow.upload_template(request.user, chosen, uploaded(form))
            except Refused as refused:
                form.add_error("file", refused.sentence)
            else:
                messages.success(request, _("Đã nhận mẫu. Hãy xem thử rồi đưa vào sử dụng."))
                return redirect("appraisal:templates-show", template.pk)
    context = {
        "kind": chosen.value,
        "title": chosen.label,
        "form": form,
        "placeholders": docx.placeholders(chosen),
        "crumbs": _crumbs(),
    }
    return render(request, "appraisal/templates/upload.html", context, status=status)


@require_safe
def builtin(request: Request, kind: str) -> HttpResponse:
    """The built-in template of a kind, to be changed in Word."""
    rules.enforce(rules.can_keep_paper_settings(request.user))
    chosen = _known_kind(kind)
    content = docx.builtin_template(sample_of(request.user, chosen).paper)
    name = slugify(fold(f"mau {str(chosen.label).partition(' (')[0]}"))
    return HttpResponse(content, headers=safe_headers(f"{name}.docx", kinds.DOCX.content_type))


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """What was found in a template, and how a sample looks in it."""
    template = _find(request, pk)
    preview: dict[str, Any] = template.facts["preview"]
    store = workflow.preview_store()
    pages = preview["pages"] if preview["pdf"] and store.exists(preview["pdf"]) else 0
    page = request.GET.get("page", "1")
    number = min(max(int(page), 1), pages) if page.isdecimal() and len(page) < 5 and pages else 1
    names = set(template.facts["names"])
    return render(
        request,
        "appraisal/templates/show.html",
        {
            "template": reading.row_of(template),
            "used": [item for item in docx.placeholders(template.kind) if item.name in names],
            "remarks": reading.remarks(
                template.facts,
                has_annexes=template.kind != PaperKind.LETTERS,
                has_seal=template.kind in SEALED,
            ),
            "sample_round": preview["round"],
            "has_preview": store.exists(preview["docx"]),
            "pages": pages,
            "page_number": number,
            "before": number - 1 if number > 1 else 0,
            "after": number + 1 if number < pages else 0,
            "sha256": template.sha256,
            "crumbs": _crumbs(),
        },
    )


@require_safe
def file(request: Request, pk: int) -> HttpResponseBase:
    """The template as the office brought it."""
    template = _find(request, pk)
    return send_kept(template.sha256, template.file_name, kinds.DOCX.content_type)


@require_safe
def preview(request: Request, pk: int, format: str) -> HttpResponseBase:
    """The sample filled into the template, as Word or PDF."""
    template = _find(request, pk)
    if format not in FORMATS or not (sha256 := template.facts["preview"][format]):
        raise Http404
    name = f"xem-thu-mau-{template.kind}-{template.version}.{format}"
    return send_file(
        workflow.preview_store().path(sha256),
        safe_headers(name, FORMATS[format].content_type),
    )


@require_safe
def page(request: Request, pk: int, number: int) -> HttpResponseBase:
    """One page of the filled sample as a picture; 422 with the sentence where there is none."""
    template = _find(request, pk)
    sha256 = template.facts["preview"]["pdf"]
    if not sha256:
        raise Http404
    try:
        path = previews.page_image(sha256, kinds.PDF.content_type, number, workflow.preview_store())
    except Refused as refused:
        return HttpResponse(refused.sentence, content_type="text/plain; charset=utf-8", status=422)
    except FileNotFoundError as error:
        raise Http404 from error
    return send_file(path, PICTURE_HEADERS)


@get_or_post
def force(request: Request, pk: int) -> HttpResponse:
    """Ask once more, then use the template from here on."""
    template = _find(request, pk)
    row = reading.row_of(template)
    why = ""
    if request.method == "POST":
        try:
            workflow.put_in_force(request.user, template)
        except Refused as refused:
            why = refused.sentence
        except Invalid as invalid:
            why = str(invalid)
        else:
            messages.success(request, _("Mẫu đang được dùng. Bản đã lập trước đây thành lỗi thời."))
            return redirect("appraisal:templates-list")
    context = {"template": row, "why": why, "crumbs": _to_show(row)}
    status = UNPROCESSABLE if why else 200
    return render(request, "appraisal/templates/force.html", context, status=status)


@get_or_post
def retire(request: Request, pk: int) -> HttpResponse:
    """Ask once more, then go back to the built-in template."""
    template = _find(request, pk)
    row = reading.row_of(template)
    why = ""
    if request.method == "POST":
        try:
            workflow.retire(request.user, template)
        except Invalid as invalid:
            why = str(invalid)
        else:
            messages.success(request, _("Đã thôi dùng mẫu; văn bản lập theo mẫu có sẵn."))
            return redirect("appraisal:templates-list")
    context = {"template": row, "why": why, "crumbs": _to_show(row)}
    status = UNPROCESSABLE if why else 200
    return render(request, "appraisal/templates/retire.html", context, status=status)


def _to_show(row: reading.TemplateRow) -> list[dict[str, str]]:
    return _crumbs((row.file_name, reverse("appraisal:templates-show", args=[row.pk])))
