"""The members of the system: the list, invitations, rights, locking and opening of accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies import queries, rules, workflow
from agencies.forms import InviteForm, PeopleFilter, ReasonForm, RightsForm
from agencies.http import Request, posted
from agencies.models import User
from agencies.verdict import enforce
from agencies.views.account import require_form

PAGE = 50


def _person(request: Request, pk: int) -> User:
    return get_object_or_404(
        User.objects.select_related("agency", "jurisdiction"),
        pk=pk,
        jurisdiction=request.user.jurisdiction_id,
    )


@require_http_methods(["GET", "HEAD"])
def people(request: Request) -> HttpResponse:
    enforce(rules.can_see_people(request.user))
    search = PeopleFilter(request.user, request.GET)
    found = search.cleaned_data if search.is_valid() else {}
    page = Paginator(queries.people(request.user, found), PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "person": person,
            "edit": rules.can_edit_person(request.user, person),
            "reinvite": rules.can_reinvite(request.user, person),
        }
        for person in page
    ]
    context = {
        "search": search,
        "is_searched": any(found.values()),
        "page": page,
        "rows": rows,
        "query": _query(request),
        "may_invite": rules.can_invite(request.user),
    }
    return render(request, "agencies/people.html", context)


def _query(request: Request) -> str:
    parameters = request.GET.copy()
    parameters.pop("page", None)
    return parameters.urlencode()


@require_form
def invite(request: Request) -> HttpResponse:
    enforce(rules.can_invite(request.user))
    may_grant = bool(rules.can_grant(request.user))
    form = InviteForm(posted(request), by=request.user, may_grant=may_grant)
    if request.method == "POST" and form.is_valid():
        person = workflow.invite(
            request.user,
            email=form.cleaned_data["email"],
            full_name=form.cleaned_data["full_name"],
            rights=form.rights(),
        )
        messages.success(
            request,
            _("Đã tạo tài khoản và gửi lời mời tới %(email)s.") % {"email": person.email},
        )
        return redirect("agencies:people")
    return render(request, "agencies/people_invite.html", {"form": form})


@require_POST
def reinvite(request: Request, pk: int) -> HttpResponse:
    person = _person(request, pk)
    enforce(rules.can_reinvite(request.user, person))
    workflow.reinvite(request.user, person.pk)
    messages.success(request, _("Đã gửi lại lời mời tới %(email)s.") % {"email": person.email})
    return redirect("agencies:people")


@require_form
def edit(request: Request, pk: int) -> HttpResponse:
    enforce(rules.can_see_people(request.user))
    person = _person(request, pk)
    enforce(rules.can_edit_person(request.user, person))
    form = RightsForm(
        posted(request),
        by=request.user,
        may_grant=bool(rules.can_grant(request.user)),
        person=person,
        initial={
            "agency": person.agency_id,
            "capacity": person.capacity,
            "position": person.position,
            "is_secretariat": person.is_secretariat,
            "is_administrator": person.is_administrator,
        },
    )
    if request.method == "POST" and form.is_valid():
        workflow.change_rights(request.user, person.pk, form.rights())
        messages.success(request, _("Đã lưu quyền của %(name)s.") % {"name": person.full_name})
        return redirect("agencies:people")
    context = {
        "form": form,
        "person": person,
        "disable": rules.can_disable(request.user, person),
        "enable": rules.can_enable(request.user, person),
        "reinvite": rules.can_reinvite(request.user, person),
    }
    return render(request, "agencies/people_edit.html", context)


@require_form
def disable(request: Request, pk: int) -> HttpResponse:
    enforce(rules.can_see_people(request.user))
    person = _person(request, pk)
    enforce(rules.can_disable(request.user, person))
    words = {
        "title": _("Khóa tài khoản"),
        "text": _("%(name)s sẽ không đăng nhập được nữa; các phiên đang mở kết thúc ngay.")
        % {"name": person.full_name},
        "button": _("Khóa tài khoản"),
        "danger": True,
    }
    done = _("Đã khóa tài khoản của %(name)s.") % {"name": person.full_name}
    return _with_a_reason(request, person, workflow.disable, words, done)


@require_form
def enable(request: Request, pk: int) -> HttpResponse:
    enforce(rules.can_see_people(request.user))
    person = _person(request, pk)
    enforce(rules.can_enable(request.user, person))
    words = {
        "title": _("Mở lại tài khoản"),
        "text": _("%(name)s sẽ đăng nhập được bằng mật khẩu cũ, với các quyền như trước.")
        % {"name": person.full_name},
        "button": _("Mở lại tài khoản"),
    }
    done = _("Đã mở lại tài khoản của %(name)s.") % {"name": person.full_name}
    return _with_a_reason(request, person, workflow.enable, words, done)


def _with_a_reason(
    request: Request,
    person: User,
    act: Callable[[User, int, str], User],
    words: Mapping[str, object],
    done: str,
) -> HttpResponse:
    """The confirmation page that asks for the reason, and what follows."""
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        act(request.user, person.pk, form.cleaned_data["reason"])
        messages.success(request, done)
        return redirect("agencies:people-edit", person.pk)
    return render(
        request, "agencies/people_confirm.html", {"form": form, "person": person, **words}
    )
