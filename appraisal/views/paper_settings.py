"""What the province's papers look like: head, foot and signature of each kind, bases, names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.http import Request
from agencies.models import Agency, Jurisdiction
from appraisal import clock, rules
from appraisal.documents import words
from appraisal.documents.official import Letterhead, Signature
from appraisal.forms.paper_settings import (
    MOST_BASES,
    BasesForm,
    LetterheadForm,
    PaperSettingsForm,
    bases_form,
    letterhead_form,
    settings_form,
    stored_bases,
    tried,
    typed_bases,
)
from appraisal.models import LegalBasis, PaperSettings
from appraisal.models.papers import Issuer, PaperKind
from appraisal.papers.house import all_settings, cited, house_from, settings_of
from appraisal.views.preparing import CONFLICT, UNPROCESSABLE, tell
from appraisal.workflow import papers as workflow
from appraisal.workflow.acting import Conflict, Invalid

SAVED = 302
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
    bases: tuple[str, ...]
    example: str
    """The agency that the sample speaks of, where the assessed agency issues the paper."""
    is_usual: bool


class _Samples:
    """The samples of a province: bases and the agency of the example are read once."""

    def __init__(self, jurisdiction: Jurisdiction) -> None:
        self.today = clock.now().astimezone(clock.VIETNAM).date()
        self.bases = list(LegalBasis.objects.filter(jurisdiction=jurisdiction))
        self.agency = Agency.objects.filter(jurisdiction=jurisdiction).in_force(self.today).first()

    def of(self, chosen: PaperSettings) -> Sample:
        house = house_from(chosen, cited(self.bases, chosen.kind, self.today), self.agency)
        is_own = chosen.issuer == Issuer.AGENCY and self.agency is not None
        return Sample(
            kind=chosen.kind,
            title=str(PaperKind(chosen.kind).label),
            head=words.letterhead(house, self.today.year),
            signature=words.signature(house.signing),
            recipients=house.recipients,
            bases=house.bases,
            example=self.agency.name if is_own and self.agency else "",
            is_usual=chosen.version == 0,
        )


@dataclass(frozen=True)
class Difference:
    """What two editors say in one place of a form."""

    label: str
    mine: str
    theirs: str


def _differences(mine: forms.Form, theirs: forms.Form) -> list[Difference]:
    """Where a bound form differs from one that shows what is stored."""
    found = []
    for field in mine.visible_fields():
        typed, stored = (_said(field.field, form[field.name].value()) for form in (mine, theirs))
        if typed != stored:
            found.append(Difference(str(field.label), typed, stored))
    return found


def _said(field: forms.Field, value: Any) -> str:
    """A value of a form as its reader knows it."""
    if isinstance(field, forms.BooleanField):
        return _("có") if field.to_python(value) else _("không")
    if isinstance(field, forms.ChoiceField):
        labels: dict[Any, Any] = dict(field.choices)  # type: ignore[arg-type]
        return str(labels.get(value, value))
    return str(value or "").replace("\r\n", "\n")


def _crumbs() -> list[dict[str, Any]]:
    return [{"label": _("Mẫu và thiết lập văn bản"), "url": reverse("appraisal:papers-settings")}]


@require_safe
def show(request: Request) -> HttpResponse:
    """Every kind with its head and foot, and the ways to change them."""
    rules.enforce(rules.can_keep_paper_settings(request.user))
    province = request.user.jurisdiction
    samples = _Samples(province)
    return render(
        request,
        "appraisal/papers/settings.html",
        {
            "samples": [samples.of(chosen) for chosen in all_settings(province).values()],
            "province": province,
            "bases": samples.bases,
        },
    )


@require_form
def edit(request: Request, kind: str) -> HttpResponse:
    """Head, foot and signature of one kind; what was typed can be looked at before it is saved."""
    rules.enforce(rules.can_keep_paper_settings(request.user))
    if kind not in PaperKind.values:
        raise Http404
    province = request.user.jurisdiction
    chosen = settings_of(province, kind)
    form, status = settings_form(chosen), 200
    differences: list[Difference] = []
    if request.method == "POST":
        form = PaperSettingsForm(request.POST, kind=kind)
        chosen = tried(form, chosen)
        if "preview" not in request.POST:
            status, differences = _keep(request, kind, form)
            if status == SAVED:
                messages.success(request, _("Đã lưu. Bản đã lập trước đây thành lỗi thời."))
                return redirect("appraisal:papers-settings")
    context = {
        "kind": kind,
        "title": PaperKind(kind).label,
        "form": form,
        "differences": differences,
        "sample": _Samples(province).of(chosen),
        "crumbs": _crumbs(),
    }
    return render(request, "appraisal/papers/settings_edit.html", context, status=status)


def _keep(request: Request, kind: str, form: PaperSettingsForm) -> tuple[int, list[Difference]]:
    """Save the form, or say in it what is wrong or what somebody else saved meanwhile.

    Saved again after that, what was typed replaces what is shown beside it.
    """
    if not form.is_valid():
        return UNPROCESSABLE, []
    given = workflow.SettingsInput(**form.given())
    try:
        workflow.save_paper_settings(
            request.user, kind, given, version=form.cleaned_data["version"]
        )
    except Invalid as invalid:
        tell(form, invalid)
        return UNPROCESSABLE, []
    except Conflict:
        stored = settings_of(request.user.jurisdiction, kind)
        form.data = {**request.POST.dict(), "version": str(stored.version)}
        return CONFLICT, _differences(form, settings_form(stored))
    return SAVED, []


@require_form
def letterhead(request: Request) -> HttpResponse:
    """The names of the province as its papers print them; two editors see each other's values."""
    rules.enforce(rules.can_keep_paper_settings(request.user))
    province, status, differences = request.user.jurisdiction, 200, []
    form = letterhead_form(province, workflow.letterhead_state(province))
    if request.method == "POST":
        form, status = LetterheadForm(request.POST), UNPROCESSABLE
        if form.is_valid():
            given = workflow.LetterheadInput(**form.given())
            try:
                workflow.save_letterhead(request.user, given, seen=form.cleaned_data["seen"])
            except Conflict:
                province.refresh_from_db()
                seen = workflow.letterhead_state(province)
                differences = _differences(form, letterhead_form(province, seen))
                form.data, status = {**request.POST.dict(), "seen": seen}, CONFLICT
            else:
                messages.success(request, _("Đã lưu tên gọi trên văn bản."))
                return redirect("appraisal:papers-settings")
    context = {"form": form, "differences": differences, "crumbs": _crumbs()}
    return render(request, "appraisal/papers/letterhead.html", context, status=status)


@require_form
def bases(request: Request) -> HttpResponse:
    """The list of bases; adding, removing and moving a row reloads without saving."""
    rules.enforce(rules.can_keep_paper_settings(request.user))
    province, status, theirs = request.user.jurisdiction, 200, None
    if request.method != "POST":
        stored = stored_bases(list(province.legal_bases.all()))
        form = bases_form(stored or [BLANK], workflow.bases_state(province))
    else:
        rows, seen = typed_bases(request.POST), request.POST.get("seen", "")
        moved = _rearranged(rows, request.POST)
        if moved is not None:
            form = bases_form(moved[0][:MOST_BASES], seen, focus=moved[1])
        else:
            form, status = BasesForm(request.POST, rows=len(rows)), UNPROCESSABLE
            if form.is_valid():
                given = [workflow.BasisInput(**row) for row in form.given()]
                try:
                    workflow.save_bases(request.user, given, seen=form.cleaned_data["seen"])
                except Invalid as invalid:
                    tell(form, invalid)
                except Conflict:
                    theirs, status = list(province.legal_bases.all()), CONFLICT
                    typed = request.POST.copy()
                    typed["seen"] = workflow.bases_state(province)
                    form.data = typed
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


def _rearranged(rows: list[dict[str, Any]], data: Any) -> tuple[list[dict[str, Any]], int] | None:
    """The rows after a button that adds, removes or moves one, and the row that one goes on with.

    None when no such button was pressed.
    """
    if "add" in data:
        return [*rows, BLANK], len(rows)
    for button, step in (("remove", 0), ("up", -1), ("down", 1)):
        if button not in data:
            continue
        typed = data[button]
        if not (typed.isascii() and typed.isdigit() and len(typed) < 4 and int(typed) < len(rows)):
            return rows, 0
        row = rows.pop(place := int(typed))
        if step:
            place = max(0, place + step)
            rows.insert(place, row)
        return rows, min(place, len(rows) - 1)
    return None
