"""Checking a paper without an account: by the code printed on it, or by the file itself."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from appraisal.papers.verifying import cleaned, look_up


@login_not_required
@never_cache
@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """The form: a code to type, or a file to drop."""
    if code := request.GET.get("code", ""):
        return redirect("appraisal:verify-show", cleaned(code) or "-")
    return render(request, "appraisal/verify/new.html")


@login_not_required
@never_cache
@require_safe
def show(request: HttpRequest, fingerprint: str) -> HttpResponse:
    """What stands behind a fingerprint."""
    found = look_up(cleaned(fingerprint))
    return render(request, "appraisal/verify/show.html", {"found": found})
