"""The own account: signing in and out, the password, the profile, the language."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from agencies import throttle, workflow
from agencies.forms import (
    NewPasswordForm,
    PasswordChangeForm,
    ProfileForm,
    ResetForm,
    SignInForm,
)
from agencies.http import Request, posted
from agencies.models import User

log = logging.getLogger(__name__)
require_form = require_http_methods(["GET", "HEAD", "POST"])


def safe_next(request: HttpRequest, default: str) -> str:
    """The address to go on to, if it is on this site; otherwise the default."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return resolve_url(default)


def _wait(seconds: int) -> str:
    if seconds < 60:
        return _("Đã thử nhiều lần. Hãy chờ %d giây rồi thử lại.") % seconds
    minutes = (seconds + 59) // 60
    return _("Đã thử nhiều lần. Hãy chờ %d phút rồi thử lại.") % minutes


def _too_early(
    request: HttpRequest, page: str, context: dict[str, object], seconds: int
) -> HttpResponse:
    answer = render(request, page, {**context, "wait": _wait(seconds)}, status=429)
    answer["Retry-After"] = str(seconds)
    return answer


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_form
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return HttpResponseRedirect(safe_next(request, settings.LOGIN_REDIRECT_URL))
    form = SignInForm(posted(request))
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    context: dict[str, object] = {"form": form, "next": wanted}
    if request.method == "POST" and form.is_valid():
        email, origin = form.cleaned_data["email"], throttle.address(request)
        if seconds := throttle.admit(email, origin):
            return _too_early(request, "agencies/sign_in.html", context, seconds)
        user = authenticate(request, username=email, password=form.cleaned_data["password"])
        if user is not None:
            throttle.forget(email, origin)
            login(request, user)
            return HttpResponseRedirect(safe_next(request, settings.LOGIN_REDIRECT_URL))
        # Unknown, disabled, not yet set, wrong: one path, one sentence.
        log.warning("sign-in refused from %r", origin)
        form.add_error(
            None,
            _(
                "Thư điện tử hoặc mật khẩu chưa đúng, hoặc tài khoản không được đăng nhập."
                " Hãy kiểm tra lại; nếu quên mật khẩu, chọn “Quên mật khẩu”."
            ),
        )
    return render(request, "agencies/sign_in.html", context)


@never_cache
@require_POST
def sign_out(request: Request) -> HttpResponse:
    logout(request)
    answer = redirect(settings.LOGOUT_REDIRECT_URL)
    # Not "storage": copies of text that could not be saved yet wait there for their author.
    answer["Clear-Site-Data"] = '"cache"'
    return answer


@sensitive_post_parameters()
@require_form
def password_change(request: Request) -> HttpResponse:
    form = PasswordChangeForm(request.user, posted(request))
    if request.method == "POST":
        account, origin = f"password of {request.user.pk}", throttle.address(request)
        if seconds := throttle.admit(account, origin):
            context: dict[str, object] = {"form": PasswordChangeForm(request.user)}
            return _too_early(request, "agencies/password_change.html", context, seconds)
        if form.is_valid():
            throttle.forget(account, origin)
            workflow.set_password(request.user, form.cleaned_data["new_password1"])
            update_session_auth_hash(request, request.user)
            messages.success(
                request, _("Đã đổi mật khẩu. Các phiên đăng nhập khác của tài khoản đã kết thúc.")
            )
            return redirect("agencies:profile")
    return render(request, "agencies/password_change.html", {"form": form})


@login_not_required
@never_cache
@require_form
def password_reset(request: HttpRequest) -> HttpResponse:
    form = ResetForm(posted(request))
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if seconds := throttle.admit(f"reset of {email}", throttle.address(request)):
            return _too_early(request, "agencies/password_reset.html", {"form": form}, seconds)
        workflow.ask_for_reset(email)
        return redirect("agencies:password-reset-sent")
    return render(request, "agencies/password_reset.html", {"form": form})


@login_not_required
@require_http_methods(["GET", "HEAD"])
def password_reset_sent(request: HttpRequest) -> HttpResponse:
    minutes = settings.PASSWORD_RESET_TIMEOUT // 60
    return render(request, "agencies/password_reset_sent.html", {"minutes": minutes})


class PasswordResetConfirm(PasswordResetConfirmView):
    """Django's own steps: the token leaves the address bar before the form is shown."""

    form_class = NewPasswordForm  # type: ignore[assignment]
    template_name = "agencies/password_reset_confirm.html"

    def get_user(self, uidb64: str) -> Any:
        user = super().get_user(uidb64)
        return user if user is not None and user.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        assert isinstance(self.user, User)
        workflow.set_password(self.user, form.cleaned_data["new_password1"])
        del self.request.session[INTERNAL_RESET_SESSION_TOKEN]
        messages.success(self.request, _("Đã đặt mật khẩu. Mời đăng nhập bằng mật khẩu mới."))
        return redirect("agencies:sign-in")


@require_form
def profile(request: Request) -> HttpResponse:
    user = request.user
    initial = {"full_name": user.full_name, "position": user.position, "phone": user.phone}
    form = ProfileForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        workflow.save_profile(user, **form.cleaned_data)
        messages.success(request, _("Đã lưu thông tin cá nhân."))
        return redirect("agencies:profile")
    return render(request, "agencies/profile.html", {"form": form, "languages": settings.LANGUAGES})


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    answer = HttpResponseRedirect(safe_next(request, reverse("agencies:sign-in")))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 24 * 3600,
            secure=bool(settings.SESSION_COOKIE_SECURE),
            httponly=True,
            samesite="Lax",
        )
        with override(chosen):
            messages.success(request, _("Đã đổi ngôn ngữ hiển thị."))
    return answer
