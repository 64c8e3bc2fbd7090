"""Documents cited under a leaf: added from the library, said where to look, taken away."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.http import Request
from appraisal import clock
from appraisal.files.refusal import Refused
from appraisal.forms.evidence import CitationForm, PickForm
from appraisal.models import Citation, Dossier
from appraisal.queries import dossiers as queries
from appraisal.queries import evidence as documents
from appraisal.rules import can_cite, enforce
from appraisal.views import dossiers
from appraisal.workflow import evidence as workflow


def _find(request: Request, pk: int) -> Citation:
    return get_object_or_404(
        Citation.objects.filter(
            dossier__in=Dossier.objects.visible_to(request.user)
        ).select_related("dossier__round", "dossier__agency", "criterion", "evidence"),
        pk=pk,
    )


def _back(citation: Citation) -> HttpResponse:
    """To the page on which the citation was made: the leaf's, or that of its explanation."""
    name = "explanations-edit" if citation.is_supplementary else "marks-edit"
    return redirect(f"appraisal:{name}", pk=citation.dossier_id, criterion_pk=citation.criterion_id)


@require_POST
def add(request: Request, pk: int, criterion_pk: int) -> HttpResponse:
    """Cite a document of the library under a leaf."""
    dossier = dossiers.find(request, pk)
    criterion = get_object_or_404(queries.leaves_of(dossier), pk=criterion_pk)
    enforce(can_cite(request.user, dossier, criterion, at=clock.now()))
    explaining = request.POST.get("from") == "explanation"
    name = "explanations-edit" if explaining else "marks-edit"
    answer = redirect(f"appraisal:{name}", pk=pk, criterion_pk=criterion_pk)
    form = PickForm(request.POST)
    if not form.is_valid():
        for sentences in form.errors.values():
            messages.error(request, " ".join(map(str, sentences)))
        return answer
    said = form.cleaned_data
    document = get_object_or_404(documents.library(request.user), pk=said["evidence"])
    try:
        workflow.cite(request.user, dossier, criterion, document, said["pages"], said["note"])
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("Đã viện dẫn “%s”.") % document.title)
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Pages and note of one citation."""
    citation = _find(request, pk)
    enforce(can_cite(request.user, citation.dossier, citation.criterion, at=clock.now()))
    stored = {"pages": citation.pages, "note": citation.note}
    form = CitationForm(request.POST or None, initial=stored)
    if form.is_valid():
        said = form.cleaned_data
        workflow.edit_citation(request.user, citation, said["pages"], said["note"])
        messages.success(request, _("Đã lưu trang cần xem."))
        return _back(citation)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"citation": citation, "dossier": citation.dossier, "form": form}
    return render(request, "appraisal/evidence/citation.html", context, status=status)


@require_POST
def remove(request: Request, pk: int) -> HttpResponse:
    """Take a citation away; asked a second time, there is nothing left to do."""
    citation = _find(request, pk)
    enforce(can_cite(request.user, citation.dossier, citation.criterion, at=clock.now()))
    workflow.uncite(request.user, citation)
    messages.success(
        request,
        _("Đã gỡ “%(title)s” khỏi tiêu chí %(code)s. Tài liệu vẫn còn trong thư viện.")
        % {"title": citation.evidence.title, "code": citation.criterion.code},
    )
    return _back(citation)
