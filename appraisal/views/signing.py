"""Putting a digital signature on a paper, and looking at those that are there."""

from __future__ import annotations

import contextlib
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from agencies import throttle
from agencies.http import Request
from appraisal import clock, rules
from appraisal.files.names import display_name
from appraisal.files.refusal import Refused
from appraisal.files.store import evidence_store
from appraisal.files.uploads import StreamedUpload
from appraisal.forms.signing import KeyFileForm, LookForm, TokenForm
from appraisal.models import Paper
from appraisal.models.papers import PaperFormat
from appraisal.papers.basis import is_current
from appraisal.papers.signatures import facts, read_signatures
from appraisal.queries.papers import title_of
from appraisal.views.papers import find_paper
from appraisal.views.preparing import UNPROCESSABLE
from appraisal.workflow import issuing

TOO_MANY: Final = 429
FIELDS: Final = {
    "key_file_too_large": "key_file", "not_pkcs12": "key_file", "no_key": "key_file",
    "no_certificate": "key_file", "not_a_pair": "key_file", "expired": "key_file",
    "not_yet_valid": "key_file", "not_for_signing": "key_file", "weak_key": "key_file",
    "too_many_rounds": "key_file", "unknown_encryption": "key_file",
    "wrong_passphrase": "passphrase", "wrong_pin": "pin", "locked_pin": "pin",
    "not_png": "picture", "no_transparency": "picture", "too_large": "picture",
    "type_not_allowed": "picture",
}  # fmt: skip
"""Where on the form a refusal belongs, by its code; any other concerns the whole form."""
GUESSES: Final = frozenset({"wrong_passphrase", "wrong_pin"})


@sensitive_variables("token_form", "file_form", "form")
@sensitive_post_parameters("passphrase", "token-pin")
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: Request, pk: int) -> HttpResponse:
    """The two ways to sign; what signs is used once and kept nowhere."""
    paper = find_paper(request, pk)
    rules.enforce(
        rules.can_sign_paper(request.user, paper, is_current=is_current(paper), at=clock.now())
    )
    by_token = request.method == "POST" and request.POST.get("way") == "token"
    token_form, file_form = TokenForm(prefix="token"), KeyFileForm()
    if request.method != "POST":
        return _page(request, paper, file_form, token_form, 200)
    form: LookForm
    if by_token and issuing.has_token():
        form = token_form = TokenForm(request.POST, request.FILES, prefix="token")
    else:
        form = file_form = KeyFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, paper, file_form, token_form, UNPROCESSABLE)
    account, origin = f"signing of {request.user.pk}", throttle.address(request)
    if seconds := throttle.admit(account, origin):
        form.add_error(None, _("Đã thử nhiều lần. Hãy chờ %d giây rồi thử lại.") % seconds)
        answer = _page(request, paper, file_form, token_form, TOO_MANY)
        answer["Retry-After"] = str(seconds)
        return answer
    try:
        issuing.sign_paper(request.user, paper, _means(form), _look(form))
    except Refused as refused:
        if refused.code not in GUESSES:
            throttle.forget(account, origin)
        field = FIELDS.get(refused.code)
        form.add_error(field if field in form.fields else None, refused.sentence)
        return _page(request, paper, file_form, token_form, UNPROCESSABLE)
    throttle.forget(account, origin)
    messages.success(request, _("Đã ký số văn bản. Bản đã ký nằm trong danh sách tệp."))
    return redirect("appraisal:papers-show", paper.pk)


def _means(form: LookForm) -> issuing.KeyFile | issuing.Pin:
    if isinstance(form, TokenForm):
        return issuing.Pin(form.cleaned_data["pin"])
    raw, content = form.cleaned_data["key_file"]
    name = "tệp chứng thư số"
    # Names are cleaned as for evidence, which knows no PKCS#12: hence the borrowed extension.
    with contextlib.suppress(Refused):
        name = display_name(f"{raw}.pdf").removesuffix(".pdf")
    return issuing.KeyFile(content, name, form.cleaned_data["passphrase"])


def _look(form: LookForm) -> issuing.Look:
    picture = form.cleaned_data["picture"]
    return issuing.Look(
        role=form.cleaned_data["role"],
        picture=picture if isinstance(picture, StreamedUpload) else None,
        diameter=float(form.cleaned_data["diameter"]),
    )


def _page(
    request: Request, paper: Paper, file_form: KeyFileForm, token_form: TokenForm, status: int
) -> HttpResponse:
    base = issuing.signed_or_plain(paper)
    context = {
        "title": title_of(paper),
        "paper_pk": paper.pk,
        "round": paper.round,
        "crumbs": way(paper),
        "file_form": file_form,
        "token_form": token_form if issuing.has_token() else None,
        "is_signed": base is not None and base.format == PaperFormat.SIGNED,
        "sha256": base.sha256 if base else "",
    }
    return render(request, "appraisal/papers/sign.html", context, status=status)


def way(paper: Paper) -> list[dict[str, Any]]:
    """The way back: the papers of the round or of the dossier, and this paper."""
    if paper.dossier is not None:
        above = (paper.dossier.agency.name, "papers-dossier", paper.dossier_id)
    else:
        above = (_("Văn bản"), "papers-list", paper.round_id)
    return [
        {"label": above[0], "url": reverse(f"appraisal:{above[1]}", args=[above[2]])},
        {"label": title_of(paper), "url": reverse("appraisal:papers-show", args=[paper.pk])},
    ]


@require_safe
def signatures(request: Request, pk: int) -> HttpResponse:
    """The signatures on the file that was signed here, examined now."""
    paper = find_paper(request, pk)
    base = issuing.signed_or_plain(paper)
    store = evidence_store()
    if base is None or base.format != PaperFormat.SIGNED or not store.exists(base.sha256):
        raise Http404
    context: dict[str, Any] = {
        "title": title_of(paper),
        "round": paper.round,
        "crumbs": way(paper),
        "sha256": base.sha256,
    }
    try:
        found = read_signatures(store.path(base.sha256), title_of(paper), clock.now())
        context["signatures"] = facts(found)
    except Refused as refused:
        context["unreadable"] = refused.sentence
    return render(request, "appraisal/papers/signatures.html", context)
