"""Checking a paper without an account: by the code printed on it, or by the file itself.

Nothing that arrives is kept, nothing is said but the verdict, and no page may be indexed or cached.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from agencies import throttle
from agencies.http import posted
from appraisal.files.names import display_name
from appraisal.files.refusal import Refused
from appraisal.files.uploads import StreamedUpload
from appraisal.forms.verify import CodeForm, DropForm
from appraisal.papers.verifying import Finding, check, cleaned, look_up
from appraisal.views.preparing import UNPROCESSABLE

DROPS: Final = throttle.Limit(free=20, longest=120)
"""Files from one network address: a whole agency may sit behind it."""
TOO_MANY, BUSY = 429, 503
NO_CODE: Final = "-"
"""The address of a code that is none: it gets the answer of any unknown code."""

View = Callable[..., HttpResponse]


def _public(view: View) -> View:
    """For anybody, never kept by a browser or a search engine."""

    @login_not_required
    @never_cache
    @wraps(view)
    def unlisted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return unlisted


@_public
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The two ways to ask; a typed code leads to its own address, a dropped file is answered."""
    code_form = CodeForm(request.GET if "code" in request.GET else None)
    if request.method != "POST":
        if code_form.is_bound and code_form.is_valid():
            code = cleaned(code_form.cleaned_data["code"])
            return redirect("appraisal:verify-show", code or NO_CODE)
        status = UNPROCESSABLE if code_form.errors else 200
        return _asked(request, code_form, DropForm(), status)
    form = DropForm(posted(request), request.FILES)
    if not form.is_valid():
        return _asked(request, CodeForm(), form, UNPROCESSABLE)
    if seconds := throttle.admit_use("verify", throttle.address(request), DROPS):
        form.add_error(None, _("Đã đối chiếu nhiều tệp. Hãy chờ %d giây rồi thử lại.") % seconds)
        answer = _asked(request, CodeForm(), form, TOO_MANY)
        answer["Retry-After"] = str(seconds)
        return answer
    try:
        found = _check(form.cleaned_data["file"])
    except Refused as refused:
        busy = refused.code == "busy"
        form.add_error(None if busy else "file", refused.sentence)
        return _asked(request, CodeForm(), form, BUSY if busy else UNPROCESSABLE)
    return _answered(request, found)


@_public
@require_safe
def show(request: HttpRequest, fingerprint: str) -> HttpResponse:
    """What stands behind a fingerprint."""
    return _answered(request, look_up(cleaned(fingerprint)))


def _check(upload: Any) -> Finding:
    if not isinstance(upload, StreamedUpload):
        raise TypeError("not streamed by SafeNameHandler")
    if upload.refusal is not None:
        raise upload.refusal
    # Names are cleaned as for evidence, which knows no JSON: hence the borrowed extension.
    name = display_name(f"{upload.raw_name}.pdf").removesuffix(".pdf")
    return check(upload.temporary.path, name)


def _asked(
    request: HttpRequest, code_form: CodeForm, drop_form: DropForm, status: int
) -> HttpResponse:
    context = {"code_form": code_form, "drop_form": drop_form}
    return render(request, "appraisal/verify/new.html", context, status=status)


def _answered(request: HttpRequest, found: Finding) -> HttpResponse:
    return render(request, "appraisal/verify/show.html", {"found": found})
