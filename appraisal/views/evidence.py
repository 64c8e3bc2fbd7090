"""The library of documents: listed, uploaded, described, withdrawn; the bytes, on permission."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from agencies.http import Request
from agencies.verdict import Refusal
from appraisal import clock
from appraisal.files import kinds, previews
from appraisal.files.refusal import Refused
from appraisal.forms.evidence import CardForm
from appraisal.models import Criterion, Dossier, Evidence, Round
from appraisal.queries import dossiers as dossier_queries
from appraisal.queries import evidence as queries
from appraisal.rules import can_attach, can_cite, enforce
from appraisal.rules.evidence import can_describe, can_withdraw_evidence
from appraisal.views import dossiers
from appraisal.views.sending import send_file, send_kept
from appraisal.workflow import evidence as workflow

PER_PAGE = 50
PICTURE_HEADERS = {
    "Content-Type": "image/png",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ACCEPT = ",".join(f".{extension}" for extension in kinds.BY_EXTENSION)


def limits() -> dict[str, object]:
    """What a page with a drop zone says about types and sizes."""
    megabytes = settings.EVIDENCE_MAX_BYTES // kinds.MEGABYTE
    return {
        "accept": ACCEPT,
        "max_bytes": settings.EVIDENCE_MAX_BYTES,
        "max_text": f"{megabytes} MB",
        "upload_help": _("PDF, DOCX, XLSX, JPG, PNG; mỗi tệp không quá %d MB.") % megabytes,
    }


def _find(request: Request, pk: int) -> Evidence:
    return get_object_or_404(
        Evidence.objects.visible_to(request.user).select_related("agency", "uploaded_by"), pk=pk
    )


@require_safe
def list_(request: Request) -> HttpResponse:
    """The library of the person's own agency, with a search that ignores case and marks."""
    attaching = can_attach(request.user, at=clock.now())
    if request.user.agency is None or not request.user.capacity:
        enforce(attaching)
        raise Http404
    agency = request.user.agency
    text = queries.searched(request.GET.get("q", ""))
    found = queries.library(request.user, text)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "agency": agency,
        "page": page,
        "rows": queries.library_rows(list(page), request.user),
        "text": text,
        "page_query": urlencode({"q": text}) if text else "",
        "attaching": attaching,
        **limits(),
    }
    return render(request, "appraisal/evidence/list.html", context)


@dataclass(frozen=True)
class Answer:
    """What became of one file of an upload."""

    name: str
    ok: bool
    sentence: str
    evidence: Evidence | None = None
    status: int = HTTPStatus.OK


@require_POST
def upload(request: Request) -> HttpResponse:
    """Take in several files; with `dossier` and `criterion` they are cited there at once.

    One file that is refused stops no other. `static/js/dropzone.js` says what it expects.
    """
    place = _place(request)
    enforce(can_attach(request.user, at=clock.now()))
    if place is not None:
        enforce(can_cite(request.user, *place, at=clock.now()))
    arrived = [item for name in request.FILES for item in request.FILES.getlist(name)]
    answers = [_take(request, item, place) for item in arrived]
    if not answers:
        sentence = _("Chưa nhận được tệp nào. Hãy chọn tệp rồi gửi lại.")
        answers = [Answer("", False, sentence, status=HTTPStatus.BAD_REQUEST)]
    if request.headers.get("X-Requested-With") == "fetch":
        return _json(request, answers, place)
    for answer in answers:
        (messages.success if answer.ok else messages.error)(request, answer.sentence)
    return redirect(_return_to(request, place))


def _place(request: Request) -> tuple[Dossier, Criterion] | None:
    """The leaf under which the files are to be cited, or none; 404 for one of somebody else."""
    if not request.POST.get("dossier"):
        return None
    values = [request.POST.getlist(name) for name in ("dossier", "criterion")]
    if any(len(value) != 1 or not _is_id(value[0]) for value in values):
        raise Http404
    dossier = dossiers.find(request, int(values[0][0]))
    return dossier, get_object_or_404(dossier_queries.leaves_of(dossier), pk=int(values[1][0]))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _take(
    request: Request, item: UploadedFile[bytes], place: tuple[Dossier, Criterion] | None
) -> Answer:
    name = "".join(letter for letter in item.name or "" if letter.isprintable())[:255]
    try:
        attached = workflow.attach(request.user, item)
    except Refused as refused:
        too_large = refused.code == "too_large"
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if too_large else 422
        return Answer(name, False, refused.sentence, status=status)
    evidence = attached.evidence
    said = [
        _("Đã tải lên “%s”.") % evidence.file_name
        if attached.is_new
        else _("“%(file)s” đã có trong thư viện với tên “%(title)s”, không tải lại.")
        % {"file": evidence.file_name, "title": evidence.title}
    ]
    if attached.shows_position:
        said.append(_("Ảnh này có ghi vị trí chụp; hãy cân nhắc trước khi dùng."))
    if place is not None:
        try:
            workflow.cite(request.user, *place, evidence)
        except (Refused, Refusal) as refusal:
            reason = refusal.sentence if isinstance(refusal, Refused) else str(refusal)
            said = [_("“%s” đã vào thư viện nhưng chưa được viện dẫn.") % evidence.title, reason]
            return Answer(name, False, " ".join(said), evidence, 422)
    return Answer(name, True, " ".join(said), evidence)


def _json(
    request: Request, answers: list[Answer], place: tuple[Dossier, Criterion] | None
) -> JsonResponse:
    """All taken: the rows to show. Otherwise what was refused, one sentence for each."""
    failed = [answer for answer in answers if not answer.ok]
    if failed:
        error = " ".join(answer.sentence for answer in failed)
        return JsonResponse({"error": error}, status=failed[0].status)
    html = "".join(_row_html(request, answer, place) for answer in answers)
    return JsonResponse({"ok": True, "html": html})


def _row_html(request: Request, answer: Answer, place: tuple[Dossier, Criterion] | None) -> str:
    if answer.evidence is None:
        return ""
    row = queries.row(answer.evidence, queries.flag_chips(answer.evidence))
    context: dict[str, object] = {
        "row": row,
        "sentence": answer.sentence,
        "csrf_token": get_token(request),
    }
    if place is not None:
        dossier, criterion = place
        rows = queries.cited(dossier, criterion, names_agencies=False)
        context["row"] = next(
            (item for item in rows if item.evidence.pk == answer.evidence.pk), row
        )
        context["editable"] = True
    return render_to_string("appraisal/evidence/_row.html", context)


def _return_to(request: Request, place: tuple[Dossier, Criterion] | None) -> str:
    if place is None:
        return reverse("appraisal:evidence-list")
    name = "explanations-edit" if request.POST.get("from") == "explanation" else "marks-edit"
    return reverse(f"appraisal:{name}", args=[place[0].pk, place[1].pk])


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Request, pk: int) -> HttpResponse:
    """One document: its card, its pages, where it is cited."""
    evidence = _find(request, pk)
    describing = can_describe(request.user, evidence, at=clock.now())
    card = workflow.Card.of(evidence)
    if request.method != "POST":
        initial = {**vars(card), "token": card.token}
        return _card_page(request, evidence, CardForm(initial=initial), card.token)
    enforce(describing)
    form = CardForm(request.POST)
    if not form.is_valid():
        token = str(request.POST.get("token", ""))
        return _card_page(request, evidence, form, token, HTTPStatus.UNPROCESSABLE_ENTITY)
    said = dict(form.cleaned_data)
    token = said.pop("token")
    try:
        workflow.describe(request.user, evidence, workflow.Card(**said), token=token)
    except workflow.CardConflict as conflict:
        return _card_page(
            request, evidence, form, conflict.current.token, HTTPStatus.CONFLICT,
            _differences(form, conflict.current),
        )  # fmt: skip
    messages.success(request, _("Đã lưu thông tin tài liệu."))
    return redirect("appraisal:evidence-show", pk=pk)


def _differences(form: CardForm, theirs: workflow.Card) -> list[tuple[str, str, str]]:
    """Label, what was typed, what is stored, where they differ."""
    found = []
    for name, stored in vars(theirs).items():
        mine = form.cleaned_data[name]
        if mine != stored:
            words = [
                f"{v:%d/%m/%Y}" if hasattr(v, "year") else str(v or "") for v in (mine, stored)
            ]
            mine_text, theirs_text = (word or _("(để trống)") for word in words)
            found.append((str(form.fields[name].label), mine_text, theirs_text))
    return found


def _card_page(
    request: Request, evidence: Evidence, form: CardForm, token: str,
    status: int = HTTPStatus.OK, differences: list[tuple[str, str, str]] | None = None,
) -> HttpResponse:  # fmt: skip
    at = clock.now()
    known = Round.objects.visible_to(request.user)
    pages = evidence.pages or (1 if evidence.content_type in kinds.PICTURES else 0)
    number = request.GET.get("page", "1")
    page_number = min(int(number), max(pages, 1)) if _is_id(number) and int(number) else 1
    context = {
        "evidence": evidence,
        "row": queries.row(evidence, queries.flag_chips(evidence)),
        "form": form,
        "token": token,
        "differences": differences,
        "describing": can_describe(request.user, evidence, at=at),
        "withdrawing": can_withdraw_evidence(request.user, evidence, at=at),
        "is_own": evidence.agency_id in request.user.agency_line,
        "citations": queries.citations_of(evidence, known),
        "uploaded_at": clock.minute(evidence.uploaded_at),
        "size": queries.size_text(evidence.size),
        "pages": min(pages, kinds.MAX_PAGES),
        "page_number": page_number,
        "before": page_number - 1,
        "after": page_number + 1 if page_number < pages else 0,
    }
    return render(request, "appraisal/evidence/show.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take a document out of the library, asked for once more."""
    evidence = _find(request, pk)
    enforce(can_withdraw_evidence(request.user, evidence, at=clock.now()))
    if request.method != "POST":
        return render(request, "appraisal/evidence/withdraw.html", {"evidence": evidence})
    workflow.withdraw_evidence(request.user, evidence)
    messages.success(request, _("Đã rút “%s” khỏi thư viện.") % evidence.title)
    return redirect("appraisal:evidence-list")


@require_safe
def download(request: Request, pk: int) -> HttpResponseBase:
    """The bytes, as a download that no browser renders; always whole (ranges are not served)."""
    evidence = _find(request, pk)
    return send_kept(evidence.sha256, evidence.file_name, evidence.content_type)


@require_safe
def page(request: Request, pk: int, number: int) -> HttpResponseBase:
    """One page as a picture made by us; 422 with the sentence where there is none."""
    evidence = _find(request, pk)
    try:
        path = previews.page_image(evidence.sha256, evidence.content_type, number)
    except Refused as refused:
        return HttpResponse(refused.sentence, content_type="text/plain; charset=utf-8", status=422)
    except FileNotFoundError as error:
        raise Http404 from error
    return send_file(path, PICTURE_HEADERS)
