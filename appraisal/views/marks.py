"""The page of one leaf, where an agency scores itself; it saves itself or as a plain form."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.http import Request
from agencies.verdict import Refusal, Verdict
from appraisal import clock, scoring
from appraisal.forms.evidence import PickForm
from appraisal.forms.marks import SelfScoreForm, shown, stored_as
from appraisal.models import Criterion, Dossier, Mark
from appraisal.queries import dossiers as queries
from appraisal.queries import evidence as documents
from appraisal.rules import can_cite, can_enter_self_score, enforce
from appraisal.rules.standing import closes_for
from appraisal.scoring import KIND_LABELS
from appraisal.states import Step
from appraisal.views import dossiers
from appraisal.views.evidence import limits
from appraisal.workflow import self_assessment
from appraisal.workflow.acting import Conflict, Invalid, MarkInput


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int, criterion_pk: int) -> HttpResponse:
    """Show a leaf, or save it. Answers of a save are in `static/js/autosave.js`."""
    dossier = dossiers.find(request, pk)
    if request.method != "POST":
        leaves = list(queries.leaves_of(dossier))
        criterion = _among(leaves, criterion_pk)
        return _page(request, dossier, criterion, leaves=leaves)
    criterion = get_object_or_404(queries.leaves_of(dossier), pk=criterion_pk)
    form = SelfScoreForm(queries.rule_of(criterion), request.POST)
    if not form.is_valid():
        verdict = can_enter_self_score(request.user, dossier, criterion, at=clock.now())
        if not verdict:
            return _refused(request, dossier, criterion, form, verdict.reason)
        return _invalid(request, dossier, criterion, form, _errors(form))
    said = form.cleaned_data
    given = MarkInput(said["points"], said["declared"], said["reason"], said["not_applicable"])
    try:
        mark = self_assessment.save_self_score(
            request.user, dossier, criterion, given, version=said["version"]
        )
    except Refusal as refusal:
        return _refused(request, dossier, criterion, form, str(refusal))
    except Invalid as invalid:
        errors = {name: [sentence] for name, sentence in invalid.errors.items()}
        return _invalid(request, dossier, criterion, form, errors)
    except Conflict as conflict:
        return _conflict(request, dossier, criterion, form, conflict.current)
    if _wants_json(request):
        cited = queries.citation_count(dossier, criterion)
        gaps = [sentence for _kind, sentence in queries.leaf_gaps(criterion, mark, cited)]
        html = {
            "#proposal": _proposal(form, criterion),
            "#leaf-gaps": render_to_string("appraisal/marks/_gaps.html", {"gaps": gaps}),
        }
        return JsonResponse({"ok": True, "version": mark.version, "html": html})
    messages.success(request, _("Đã lưu tiêu chí %s.") % criterion.code)
    if request.POST.get("then") == "next":
        after = queries.leaves_of(dossier).filter(position__gt=criterion.position).first()
        if after is not None:
            return redirect("appraisal:marks-edit", pk=pk, criterion_pk=after.pk)
    return redirect("appraisal:marks-edit", pk=pk, criterion_pk=criterion_pk)


@require_POST
def propose(request: Request, pk: int, criterion_pk: int) -> HttpResponse:
    """What the rule proposes for the values typed so far, with the reason; nothing is saved."""
    dossier = dossiers.find(request, pk)
    criterion = get_object_or_404(queries.leaves_of(dossier), pk=criterion_pk)
    enforce(can_enter_self_score(request.user, dossier, criterion, at=clock.now()))
    form = SelfScoreForm(queries.rule_of(criterion), request.POST)
    form.is_valid()
    return HttpResponse(_proposal(form, criterion))


def _among(leaves: list[Criterion], pk: int) -> Criterion:
    found = next((leaf for leaf in leaves if leaf.pk == pk), None)
    if found is None:
        raise Http404
    return found


def _wants_json(request: Request) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _stored(criterion: Criterion, mark: Mark | None) -> dict[str, Any]:
    rule = queries.rule_of(criterion)
    if mark is None:
        return stored_as(rule, {}, None, "", False, 0)
    return stored_as(
        rule, mark.declared, mark.points, mark.reason, mark.not_applicable, mark.version
    )


def _errors(form: SelfScoreForm) -> dict[str, list[str]]:
    return {name: [str(item) for item in items] for name, items in form.errors.items()}


def _invalid(
    request: Request, dossier: Dossier, criterion: Criterion, form: SelfScoreForm,
    errors: dict[str, list[str]],
) -> HttpResponse:  # fmt: skip
    if _wants_json(request):
        return JsonResponse({"errors": errors}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _page(request, dossier, criterion, form, HTTPStatus.UNPROCESSABLE_ENTITY, errors=errors)


def _refused(
    request: Request, dossier: Dossier, criterion: Criterion, form: SelfScoreForm, reason: str
) -> HttpResponse:
    """What was typed stays in sight, so that it can be copied."""
    if _wants_json(request):
        return JsonResponse({"reason": reason}, status=HTTPStatus.FORBIDDEN)
    context = {
        "dossier": dossier,
        "criterion": criterion,
        "reason": reason,
        "typed": form.typed(),
        "next": dossiers.coming_next(dossier, clock.now()),
    }
    return render(request, "appraisal/marks/refused.html", context, status=HTTPStatus.FORBIDDEN)


def _conflict(
    request: Request, dossier: Dossier, criterion: Criterion, form: SelfScoreForm,
    current: Mark | None,
) -> HttpResponse:  # fmt: skip
    theirs = _stored(criterion, current)
    differences = form.differences(theirs)
    if _wants_json(request):
        fields = [vars(difference) for difference in differences]
        return JsonResponse(
            {"conflict": True, "version": theirs["version"], "fields": fields},
            status=HTTPStatus.CONFLICT,
        )
    return _page(
        request, dossier, criterion, form, HTTPStatus.CONFLICT,
        differences=differences, version=theirs["version"],
        saved_by=current.author if current else None,
    )  # fmt: skip


def _proposal(form: SelfScoreForm, criterion: Criterion) -> str:
    """The fragment that says what the rule proposes and whether the own points differ."""
    proposal = form.proposal
    errors = [] if proposal is not None else [str(e) for e in form.non_field_errors()]
    points = proposal.points if proposal is not None else None
    typed = form.typed_points.strip().replace(".", ",")
    return render_to_string(
        "appraisal/marks/_proposal.html",
        {
            "points": "" if points is None else shown(points),
            "maximum": queries.points_text(criterion.max_points),
            "why": proposal.why if proposal is not None else " ".join(errors),
            "not_applicable": proposal is not None and proposal.not_applicable,
            "differs": points is not None and bool(typed) and typed != shown(points),
            "lacks_reason": not form.typed_reason.strip(),
        },
    )


def _page(
    request: Request, dossier: Dossier, criterion: Criterion, form: SelfScoreForm | None = None,
    status: int = HTTPStatus.OK, *, leaves: list[Criterion] | None = None,
    differences: Any = None, version: int | None = None, saved_by: Any = None,
    errors: dict[str, list[str]] | None = None,
) -> HttpResponse:  # fmt: skip
    at = clock.now()
    leaves = leaves if leaves is not None else list(queries.leaves_of(dossier))
    place = next(index for index, leaf in enumerate(leaves) if leaf.pk == criterion.pk)
    found = queries.leaf_marks(dossier, criterion)
    stored = _stored(criterion, found.own)
    form = form or SelfScoreForm(queries.rule_of(criterion), None, stored)
    editing = can_enter_self_score(request.user, dossier, criterion, at=at)
    citing = can_cite(request.user, dossier, criterion, at=at)
    rows = documents.cited(
        dossier, criterion, names_agencies=dossiers.names_agencies(request, dossier, at)
    )
    picking = bool(citing) and "pick" in request.GET
    text = documents.searched(request.GET.get("q", "")) if picking else ""
    context = {
        "dossier": dossier,
        "criterion": criterion,
        "kind_label": KIND_LABELS[criterion.kind],
        "maximum": queries.points_text(criterion.max_points),
        "form": form,
        "version": version if version is not None else stored["version"],
        "errors": errors or {},
        "form_errors": _loose(errors or {}, form, criterion),
        "proposal": _proposal_of(form, criterion, found.own),
        "mark": found.own,
        "saved_at": clock.minute(found.own.saved_at) if found.own else "",
        "last_year": found.last_year,
        "differences": differences,
        "saved_by": saved_by,
        "editing": editing,
        "citing": citing,
        "banner": _banner(request, dossier, criterion, editing, at),
        "closes_at": closes_for(dossier, Step.SELF_ASSESSMENT),
        "rows": rows,
        "picking": picking,
        "pick_text": text,
        "to_pick": documents.to_pick(request.user, dossier, criterion, text) if picking else [],
        "pick_form": PickForm(),
        "before": leaves[place - 1] if place else None,
        "after": leaves[place + 1] if place + 1 < len(leaves) else None,
        "number": place + 1,
        "count": len(leaves),
        **limits(),
        "gaps": [
            sentence for _kind, sentence in queries.leaf_gaps(criterion, found.own, len(rows))
        ],
    }
    return render(request, "appraisal/marks/edit.html", context, status=status)


def _loose(errors: dict[str, list[str]], form: SelfScoreForm, criterion: Criterion) -> list[str]:
    """The errors that belong to no field on the page."""
    on_page = {*form.asked, "points", "reason"}
    if criterion.na_allowed:
        on_page.add("not_applicable")
    return [item for name, items in errors.items() if name not in on_page for item in items]


def _proposal_of(form: SelfScoreForm, criterion: Criterion, mark: Mark | None) -> str:
    """The proposal for what the page shows: the stored values, or those just typed."""
    if not form.is_bound:
        rule = queries.rule_of(criterion)
        form.proposal = scoring.propose(rule, mark.declared if mark else {})
    return _proposal(form, criterion)


def _banner(
    request: Request, dossier: Dossier, criterion: Criterion, editing: Verdict, at: Any
) -> dossiers.Banner | None:
    if not dossiers.is_own(request, dossier) or not criterion.is_self_scored:
        return None
    return dossiers.banner(dossier, editing, at)
