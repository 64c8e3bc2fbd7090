"""The appraiser's bench: the queue, the evidence, the score card; mark, ask, remark.

What the page shows is put into words in `bench_page`; here are the five steps of each view.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.http import Request
from agencies.verdict import Refusal, enforce
from appraisal import clock, rules
from appraisal.forms.bench import AskForm, MarkForm, RemarkForm
from appraisal.models import CannedRemark, Criterion, Dossier, Mark, Round
from appraisal.queries import bench, offers
from appraisal.states import SeatRole, Stage
from appraisal.views import bench_page
from appraisal.views.known import find_round
from appraisal.workflow import appraisal
from appraisal.workflow.acting import Conflict, Invalid, MarkInput

GIVEN = {
    Stage.APPRAISAL: appraisal.save_appraisal,
    Stage.REAPPRAISAL: appraisal.save_reappraisal,
}
ASKED = {Stage.APPRAISAL: rules.can_appraise, Stage.REAPPRAISAL: rules.can_reappraise}
READERS = {SeatRole.TEAM_LEAD, SeatRole.SECRETARY, SeatRole.AUDITOR}


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """The bench, opened at an item or at the first one that is not done."""
    round, at = _round(request, pk)
    return _page(request, round, at)


@require_POST
def mark(request: Request, pk: int, dossier_pk: int, leaf_pk: int, stage: str) -> HttpResponse:
    """Save one mark; JSON for a form that saves itself, otherwise on to the next item.

    The stage is in the address: a first mark that comes too late is refused, it never becomes a
    second one.
    """
    if stage not in GIVEN:
        raise Http404
    round, at = _round(request, pk)
    dossier, criterion = _item(request, round, dossier_pk, leaf_pk)
    marks = {item.stage: item for item in Mark.objects.filter(dossier=dossier, criterion=criterion)}
    data = _agreed(request.POST, marks.get(Stage.SELF)) if "agree" in request.POST else request.POST
    form = bench_page.mark_form(criterion, marks, Stage(stage), data)
    quiet = request.headers.get("X-Requested-With") == "fetch"
    if form.is_valid():
        try:
            saved = GIVEN[Stage(stage)](
                request.user, dossier, criterion, _given(form),
                version=form.cleaned_data["version"],
            )  # fmt: skip
        except Invalid as invalid:
            for name, sentence in invalid.errors.items():
                form.add_error(name if name in form.fields else None, sentence)
        except Conflict as conflict:
            return _collided(request, round, at, form, conflict.current, quiet=quiet)
        except Refusal as refusal:
            return _refused(request, round, at, form, str(refusal), quiet=quiet)
        else:
            if quiet:
                return JsonResponse(_saved(saved, marks))
            return redirect(_next(request, round, at, (dossier.pk, criterion.pk)))
    if not (allowed := ASKED[Stage(stage)](request.user, dossier, criterion, at=at)):
        return _refused(request, round, at, form, allowed.reason, quiet=quiet)
    if quiet:
        return JsonResponse({"errors": form.errors}, status=422)
    return _page(request, round, at, form=form, status=422)


@require_POST
def ask(request: Request, pk: int, dossier_pk: int, leaf_pk: int) -> HttpResponse:
    """Ask the agency to explain the leaf."""
    round, at = _round(request, pk)
    dossier, criterion = _item(request, round, dossier_pk, leaf_pk)
    form = AskForm(request.POST)
    if not (allowed := rules.can_ask_explanation(request.user, dossier, criterion, at=at)):
        return _page(request, round, at, asking=form, refused=allowed.reason, status=403)
    if form.is_valid():
        try:
            appraisal.ask_explanation(request.user, dossier, criterion, form.cleaned_data["text"])
        except Invalid as invalid:
            form.add_error("text", invalid.errors["text"])
        except Refusal as refusal:
            return _page(request, round, at, asking=form, refused=str(refusal), status=403)
        else:
            return redirect(_back(request, round, dossier.pk, criterion.pk))
    return _page(request, round, at, asking=form, status=422)


@require_POST
def unask(request: Request, pk: int, dossier_pk: int, leaf_pk: int) -> HttpResponse:
    """Take the request back."""
    round, at = _round(request, pk)
    dossier, criterion = _item(request, round, dossier_pk, leaf_pk)
    try:
        appraisal.withdraw_request(request.user, dossier, criterion)
    except Invalid as invalid:
        return _page(request, round, at, refused=invalid.errors["text"], status=422)
    return redirect(_back(request, round, dossier.pk, criterion.pk))


@require_POST
def remark(request: Request, pk: int) -> HttpResponse:
    """Add a canned remark for the whole team."""
    round, at = _round(request, pk)
    enforce(rules.can_keep_remarks(request.user, round, at=at))
    form = RemarkForm(request.POST)
    if not form.is_valid():
        return _page(request, round, at, remarking=form, status=422)
    appraisal.add_remark(request.user, round, form.cleaned_data["text"])
    return redirect(_back(request, round))


@require_POST
def remark_remove(request: Request, pk: int, remark_pk: int) -> HttpResponse:
    """Take a canned remark off the list."""
    round, _at = _round(request, pk)
    remark = get_object_or_404(CannedRemark, pk=remark_pk, round=round)
    appraisal.remove_remark(request.user, round, remark)
    return redirect(_back(request, round))


# --- Fetch and ask -------------------------------------------------------------------------
def _round(request: Request, pk: int) -> tuple[Round, datetime]:
    at = clock.now()
    round = find_round(request, pk)
    rules.enforce(rules.can_use_bench(request.user, round, at=at))
    return round, at


def _item(request: Request, round: Round, dossier: int, leaf: int) -> tuple[Dossier, Criterion]:
    found = get_object_or_404(
        Dossier.objects.visible_to(request.user).of(round).select_related("agency"), pk=dossier
    )
    found.round = round
    criterion = get_object_or_404(
        Criterion.objects.select_related("parent__parent__parent"),
        pk=leaf,
        is_leaf=True,
        criteria_set__round=round,
        criteria_set__group=found.group_id,
    )
    return found, criterion


def _wanted(request: Request, name: str) -> int | None:
    """An id of the address: in the path of a POST, in the query otherwise. A wrong one is 404."""
    match = request.resolver_match
    value = match.kwargs.get(f"{name}_pk") if match is not None else None
    value = value if value is not None else request.GET.get(name) or None
    if value is None or isinstance(value, int):
        return value
    if not value.isascii() or not value.isdigit():
        raise Http404
    return int(value[:18])


def _opened(
    request: Request, round: Round, at: datetime, dossier: int | None, leaf: int | None
) -> bench.Queue:
    held = rules.roles(request.user, round, at)
    member = SeatRole.TEAM_MEMBER in held
    everything = not member or (bool(held & READERS) and request.GET.get("all") == "1")
    walk: Literal["criterion", "agency"] = (
        "agency" if request.GET.get("walk") == "agency" else "criterion"
    )
    found = bench.queue(
        round, request.user, rules.stage_now(round, at),
        walk=walk, everything=everything, dossier=dossier, leaf=leaf,
    )  # fmt: skip
    if found is None:
        raise Http404
    return found


# --- Act -----------------------------------------------------------------------------------
def _agreed(posted: QueryDict, own: Mark | None) -> QueryDict:
    """What was posted, with the agency's own answer in the place of the points."""
    data = posted.copy()
    if own is None:
        return data
    data["points"] = offers.exact(own.points)
    data.pop("not_applicable", None)
    if own.not_applicable:
        data["not_applicable"] = "on"
        if not data.get("reason", "").strip():
            data["reason"] = _("Đồng ý với đề nghị của cơ quan: %s") % own.reason[:9000]
    return data


def _given(form: MarkForm) -> MarkInput:
    waived = form.cleaned_data.get("not_applicable", False)
    return MarkInput(
        points=None if waived else form.cleaned_data["points"],
        reason=form.cleaned_data["reason"].replace("\r\n", "\n"),
        not_applicable=waived,
    )


# --- Answer --------------------------------------------------------------------------------
def _back(
    request: Request, round: Round, dossier: int | None = None, leaf: int | None = None
) -> str:
    """The bench again, where it was."""
    return bench_page.address(
        round.pk,
        walk="agency" if request.GET.get("walk") == "agency" else "criterion",
        everything=request.GET.get("all") == "1",
        dossier=dossier or _wanted(request, "dossier"),
        leaf=leaf or _wanted(request, "leaf"),
    )


def _next(request: Request, round: Round, at: datetime, key: bench.Key) -> str:
    opened = _opened(request, round, at, *key)
    return bench_page.item_address(round.pk, opened, opened.unfinished() or key)


def _saved(saved: Mark, marks: dict[str, Mark]) -> dict[str, Any]:
    facts = bench.ItemFacts()
    for item in (*marks.values(), saved):
        facts.points[item.stage] = item.points
        facts.saved[item.stage] = item.saved_at
        (facts.waived.add if item.not_applicable else facts.waived.discard)(item.stage)
    state = render_to_string("appraisal/bench/_state.html", bench_page.state(facts))
    place = f"{saved.dossier_id}-{saved.criterion_id}"
    html = {f"#state-{place}": state, f"#numbers-{place}": bench_page.numbers(facts)}
    return {"ok": True, "version": saved.version, "html": html}


def _refused(
    request: Request, round: Round, at: datetime, form: MarkForm, reason: str, *, quiet: bool
) -> HttpResponse:
    """Why it may not be saved now; what was typed stays on the page."""
    if quiet:
        return JsonResponse({"reason": reason}, status=403)
    return _page(request, round, at, form=form, refused=reason, status=403)


def _collided(
    request: Request,
    round: Round,
    at: datetime,
    form: MarkForm,
    current: Mark | None,
    *,
    quiet: bool,
) -> HttpResponse:
    """Both values side by side; the form goes on from the version that stands now."""
    version = current.version if current else 0
    differences = bench_page.differences(form, current)
    if quiet:
        answer = {"conflict": True, "version": version, "fields": differences}
        return JsonResponse(answer, status=409)
    form.data = {**request.POST.dict(), "version": str(version)}
    return _page(request, round, at, form=form, differences=differences, status=409)


def _page(
    request: Request, round: Round, at: datetime, *, status: int = 200, **typed: Any
) -> HttpResponse:
    opened = _opened(request, round, at, _wanted(request, "dossier"), _wanted(request, "leaf"))
    context = bench_page.context(request, round, opened, at, **typed)
    return render(request, "appraisal/bench/show.html", context, status=status)
