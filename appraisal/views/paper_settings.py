"""What the province's papers look like: head, foot and signature of each kind, bases, names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.http import Request
from agencies.models import Agency
from appraisal import clock, rules
from appraisal.documents import words
from appraisal.documents.official import Letterhead, Signature
from appraisal.forms.paper_settings import (
    MOST_BASES,
    BasesForm,
    LetterheadForm,
    PaperSettingsForm,
    bases_form,
    settings_form,
    stored_bases,
    typed_bases,
)
from appraisal.models.papers import PaperKind
from appraisal.papers.house import house_of, settings_of
from appraisal.views.preparing import UNPROCESSABLE, tell
from appraisal.workflow import papers as workflow
from appraisal.workflow.acting import Conflict, Invalid

CONFLICT = 409
BLANK: dict[str, Any] = {"text": "", "issued_on": "", "replaced_on": "", "kinds": []}
require_form = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Sample:
    """One kind of paper with its head and foot as they will be printed."""

    kind: str
    title: str
    head: Letterhead
    signature: Signature
    recipients: tuple[str, ...]
    bases: int
    is_usual: bool


def _sample(request: Request, kind: PaperKind) -> Sample:
    jurisdiction = request.user.jurisdiction
    today = clock.now().astimezone(clock.VIETNAM).date()
    agency = Agency.objects.filter(jurisdiction=jurisdiction).in_force(today).first()
    house = house_of(jurisdiction, kind, today, agency)
    return Sample(
        kind=kind,
        title=str(kind.label),
        head=words.letterhead(house, today.year),
        signature=words.signature(house.signing),
        recipients=house.recipients,
        bases=len(house.bases),
        is_usual=settings_of(jurisdiction, kind).version == 0,
    )


def _crumbs() -> list[dict[str, Any]]:
    return [{"label": _("Mẫu và thiết lập văn bản"), "url": reverse("appraisal:papers-settings")}]


@require_safe
def show(request: Request) -> HttpResponse:
    """Every kind with its head and foot, and the ways to change them."""
    rules.enforce(rules.can_keep_paper_settings(request.user))
    return render(
        request,
        "appraisal/papers/settings.html",
        {
            "samples": [_sample(request, kind) for kind in PaperKind],
            "jurisdiction": request.user.jurisdiction,
        },
    )


@require_form
def edit(request: Request, kind: str) -> HttpResponse:
    """Head, foot and signature of one kind; two editors see each other's values."""
    rules.enforce(rules.can_keep_paper_settings(request.user))
    if kind not in PaperKind.values:
        raise Http404
    chosen = settings_of(request.user.jurisdiction, kind)
    form, status, theirs = settings_form(chosen), 200, None
    if request.method == "POST":
        form = PaperSettingsForm(request.POST)
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                workflow.save_paper_settings(
                    request.user, kind, workflow.SettingsInput(**form.given()),
                    version=form.cleaned_data["version"],
                )  # fmt: skip
            except Invalid as invalid:
                tell(form, invalid)
            except Conflict:
                # What was typed stays; saved again from here, it replaces what is shown beside it.
                theirs, status = settings_form(chosen), CONFLICT
                form.data = form.data.copy()
                form.data["version"] = chosen.version
            else:
                messages.success(request, _("Đã lưu. Bản đã lập trước đây thành lỗi thời."))
                return redirect("appraisal:papers-settings")
    context = {
        "kind": kind,
        "title": PaperKind(kind).label,
        "form": form,
        "theirs": theirs,
        "sample": _sample(request, PaperKind(kind)),
        "crumbs": _crumbs(),
    }
    return render(request, "appraisal/papers/settings_edit.html", context, status=status)


@require_form
def letterhead(request: Request) -> HttpResponse:
    """The names of the province as its papers print them."""
    rules.enforce(rules.can_keep_paper_settings(request.user))
    province = request.user.jurisdiction
    names = ("kind", "name", "place", "council")
    form = LetterheadForm(initial={name: getattr(province, name) for name in names})
    status = 200
    if request.method == "POST":
        form = LetterheadForm(request.POST)
        if form.is_valid():
            workflow.save_letterhead(request.user, workflow.LetterheadInput(**form.cleaned_data))
            messages.success(request, _("Đã lưu tên gọi trên văn bản."))
            return redirect("appraisal:papers-settings")
        status = UNPROCESSABLE
    context = {"form": form, "crumbs": _crumbs()}
    return render(request, "appraisal/papers/letterhead.html", context, status=status)


@require_form
def bases(request: Request) -> HttpResponse:
    """The list of bases; adding, removing and moving a row reloads without saving."""
    rules.enforce(rules.can_keep_paper_settings(request.user))
    province, status, theirs = request.user.jurisdiction, 200, []
    if request.method != "POST":
        stored = stored_bases(list(province.legal_bases.all()))
        form = bases_form(stored or [BLANK], workflow.bases_state(province))
    else:
        rows, seen = typed_bases(request.POST), request.POST.get("seen", "")
        moved = _rearranged(rows, request.POST)
        status = UNPROCESSABLE
        if moved is not None:
            form = bases_form(moved[:MOST_BASES], seen)
        else:
            form = BasesForm(request.POST, rows=len(rows))
            if form.is_valid():
                try:
                    given = [workflow.BasisInput(**row) for row in form.given()]
                    workflow.save_bases(request.user, given, seen=form.cleaned_data["seen"])
                except Invalid as invalid:
                    tell(form, invalid)
                except Conflict:
                    theirs, status = list(province.legal_bases.all()), CONFLICT
                    form.data = form.data.copy()
                    form.data["seen"] = workflow.bases_state(province)
                else:
                    messages.success(request, _("Đã lưu danh mục căn cứ."))
                    return redirect("appraisal:papers-settings")
    context = {
        "form": form,
        "theirs": theirs,
        "may_add": form.count < MOST_BASES,
        "crumbs": _crumbs(),
    }
    return render(request, "appraisal/papers/bases.html", context, status=status)


def _rearranged(rows: list[dict[str, Any]], data: Any) -> list[dict[str, Any]] | None:
    """The rows after a button that adds, removes or moves one; None when it was not such."""
    if "add" in data:
        return [*rows, BLANK]
    for button, step in (("remove", 0), ("up", -1)):
        if button in data:
            typed = data[button]
            if not (typed.isascii() and typed.isdigit() and int(typed) < len(rows)):
                return rows
            row = rows.pop(int(typed))
            if step:
                rows.insert(max(0, int(typed) + step), row)
            return rows
    return None
