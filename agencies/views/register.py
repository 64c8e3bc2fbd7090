"""The register of agencies and their groups: who exists, since when, and what became of whom."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies import queries, rules, workflow
from agencies.forms import EntryForm, GroupForm, MergeForm, RegisterFilter, groups_of
from agencies.http import Request, posted
from agencies.models import Agency
from agencies.verdict import enforce
from agencies.views.account import require_form

PAGE = 100
require_page = require_http_methods(["GET", "HEAD"])


def _agency(request: Request, pk: int) -> Agency:
    return get_object_or_404(
        Agency.objects.select_related("group", "successor"),
        pk=pk,
        jurisdiction=request.user.jurisdiction_id,
    )


@require_page
def register(request: Request) -> HttpResponse:
    enforce(rules.can_see_register(request.user))
    search = RegisterFilter(request.user, request.GET)
    found = search.cleaned_data if search.is_valid() else {}
    page = Paginator(queries.register(request.user, found), PAGE).get_page(request.GET.get("page"))
    parameters = request.GET.copy()
    parameters.pop("page", None)
    context = {
        "search": search,
        "is_searched": any(found.values()),
        "page": page,
        "query": parameters.urlencode(),
        "keep": rules.can_keep_register(request.user),
    }
    return render(request, "agencies/register.html", context)


@require_form
def new(request: Request) -> HttpResponse:
    enforce(rules.can_keep_register(request.user))
    form = EntryForm(request.user, posted(request))
    if request.method == "POST" and form.is_valid():
        agency = workflow.enter_agency(
            request.user, form.entry(), first_day=form.cleaned_data["first_day"]
        )
        messages.success(request, _("Đã thêm %(name)s vào danh mục.") % {"name": agency.name})
        return redirect("agencies:register")
    return render(request, "agencies/register_new.html", {"form": form})


@require_form
def rename(request: Request, pk: int) -> HttpResponse:
    enforce(rules.can_see_register(request.user))
    agency = _agency(request, pk)
    enforce(rules.can_change_agency(request.user, agency))
    initial = {"code": agency.code, "name": agency.name, "group": agency.group_id}
    form = EntryForm(request.user, posted(request), replacing=agency, initial=initial)
    if request.method == "POST" and form.is_valid():
        renamed = workflow.rename_agency(
            request.user, agency.pk, form.entry(), first_day=form.cleaned_data["first_day"]
        )
        messages.success(
            request,
            _("Đã đổi tên %(old)s thành %(new)s.") % {"old": agency.name, "new": renamed.name},
        )
        return redirect("agencies:register-history", renamed.pk)
    return render(request, "agencies/register_rename.html", {"form": form, "agency": agency})


@require_form
def merge(request: Request) -> HttpResponse:
    enforce(rules.can_keep_register(request.user))
    asked = request.GET.get("closing", "")
    initial = {"closing": [int(asked)] if asked.isascii() and asked.isdigit() else []}
    form = MergeForm(request.user, posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        successor = workflow.merge_agencies(
            request.user,
            [agency.pk for agency in form.cleaned_data["closing"]],
            form.successor_or_entry(),
            first_day=form.cleaned_data["first_day"],
        )
        messages.success(request, _("Đã sáp nhập vào %(name)s.") % {"name": successor.name})
        return redirect("agencies:register-history", successor.pk)
    return render(request, "agencies/register_merge.html", {"form": form})


@require_page
def history(request: Request, pk: int) -> HttpResponse:
    enforce(rules.can_see_register(request.user))
    agency = _agency(request, pk)
    context = {
        "agency": agency,
        "branch": queries.family(agency),
        "people": agency.people.filter(is_active=True),
        "change": rules.can_change_agency(request.user, agency),
    }
    return render(request, "agencies/register_history.html", context)


# --- Groups --------------------------------------------------------------------------------
@require_page
def groups(request: Request) -> HttpResponse:
    enforce(rules.can_see_register(request.user))
    context = {
        "groups": queries.groups(request.user),
        "keep": rules.can_keep_register(request.user),
    }
    return render(request, "agencies/groups.html", context)


@require_form
def group_new(request: Request) -> HttpResponse:
    enforce(rules.can_keep_register(request.user))
    form = GroupForm(request.user, posted(request))
    if request.method == "POST" and form.is_valid():
        group = workflow.create_group(request.user, **form.cleaned_data)
        messages.success(request, _("Đã thêm nhóm %(name)s.") % {"name": group.name})
        return redirect("agencies:groups")
    return render(request, "agencies/group_form.html", {"form": form})


@require_form
def group_edit(request: Request, pk: int) -> HttpResponse:
    enforce(rules.can_see_register(request.user))
    group = get_object_or_404(groups_of(request.user), pk=pk)
    enforce(rules.can_keep_register(request.user))
    initial = {"name": group.name, "position": group.position}
    form = GroupForm(request.user, posted(request), group=group, initial=initial)
    if request.method == "POST" and form.is_valid():
        workflow.change_group(request.user, group.pk, **form.cleaned_data)
        messages.success(request, _("Đã lưu nhóm %(name)s.") % {"name": group.name})
        return redirect("agencies:groups")
    return render(request, "agencies/group_form.html", {"form": form, "group": group})
