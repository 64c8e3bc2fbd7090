"""A paper that left the house: recorded with number and day, its signed file kept and sent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.http import Request
from appraisal import clock, rules
from appraisal.files.refusal import Refused
from appraisal.files.uploads import StreamedUpload
from appraisal.forms.issuing import IssueForm
from appraisal.models import Issue
from appraisal.models.papers import PaperFormat
from appraisal.papers.basis import is_current
from appraisal.papers.signatures import facts
from appraisal.queries.papers import title_of
from appraisal.views.papers import file_name, find_paper
from appraisal.views.preparing import UNPROCESSABLE, tell
from appraisal.views.sending import send_kept
from appraisal.views.signing import way
from appraisal.workflow import issuing
from appraisal.workflow.acting import Invalid


@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: Request, pk: int) -> HttpResponse:
    """Record number and day; a file with something odd about it is taken only when ticked."""
    paper = find_paper(request, pk)
    rules.enforce(
        rules.can_issue_paper(request.user, paper, is_current=is_current(paper), at=clock.now())
    )
    context: dict[str, Any] = {
        "title": title_of(paper),
        "paper_pk": paper.pk,
        "round": paper.round,
        "crumbs": way(paper),
        "form": IssueForm(),
    }
    if request.method != "POST":
        return render(request, "appraisal/papers/issue.html", context)
    form = context["form"] = IssueForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            returned = None
            if isinstance(upload := form.cleaned_data["file"], StreamedUpload):
                returned = issuing.examine(request.user, paper, upload)
                context |= {"signatures": facts(returned.signatures), "seen": upload.sha256}
            if returned is not None and returned.doubts and not form.accepts(upload.sha256):
                context["doubts"] = returned.doubts
                form.ask_to_accept()
            else:
                issuing.issue(
                    request.user, paper, form.cleaned_data["number"],
                    form.cleaned_data["issued_on"], returned,
                )  # fmt: skip
                messages.success(request, _("Đã ghi nhận văn bản ban hành."))
                return redirect("appraisal:papers-show", paper.pk)
        except Refused as refused:
            form.add_error("file", refused.sentence)
        except Invalid as invalid:
            tell(form, invalid)
    return render(request, "appraisal/papers/issue.html", context, status=UNPROCESSABLE)


@require_safe
def issued(request: Request, pk: int) -> HttpResponseBase:
    """The signed file that came back, as an attachment."""
    paper = find_paper(request, pk)
    record: Issue | None = getattr(paper, "issue", None)
    if record is None or not record.sha256:
        raise Http404
    return send_kept(
        record.sha256, f"{file_name(paper, PaperFormat.SIGNED)}.pdf", "application/pdf"
    )
