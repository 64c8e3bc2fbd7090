"""What every request carries: its type, the language, the limits of a session, the error pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from agencies.models import User

GetResponse = Callable[[HttpRequest], HttpResponse]


class Request(HttpRequest):
    """The request that a view behind the sign-in receives."""

    user: User
    htmx: HtmxDetails
    # What a page is about, set by its view, so that the navigation need not look for it.
    nav_round: object
    nav_dossier: object


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the typed data of a POST, however empty, and otherwise nothing."""
    return request.POST if request.method == "POST" else None


class LanguageMiddleware:
    """Vietnamese unless the person chose English; what the browser prefers is not asked."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class ActivityMiddleware:
    """Ends sessions that were idle too long or are too old, and asks for a new first password.

    The last activity is written at most once a minute. The web clock is right here: these limits
    protect shared computers, they decide no deadline.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = datetime.now(UTC).timestamp()
            begun = request.session.setdefault("begun", now)
            seen = request.session.setdefault("seen", now)
            if (
                now - seen > settings.SESSION_IDLE_LIMIT.total_seconds()
                or now - begun > settings.SESSION_ABSOLUTE_LIMIT.total_seconds()
            ):
                logout(request)
            elif now - seen > 60:
                request.session["seen"] = now
            allowed = {
                reverse("agencies:password-change"),
                reverse("agencies:sign-out"),
                reverse("agencies:language"),
            }
            if (
                isinstance(request.user, User)
                and request.user.must_change_password
                and request.path not in allowed
                and not request.path.startswith(settings.STATIC_URL)
            ):
                return redirect("agencies:password-change")
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        elif _asked_by_script(request) and _leads_to_sign_in(response):
            # A script would follow the redirect and put the sign-in page into its fragment.
            return HttpResponse(_("Phiên đăng nhập đã kết thúc."), status=401)
        return response


def _asked_by_script(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers or "X-Requested-With" in request.headers


def _leads_to_sign_in(response: HttpResponse) -> bool:
    sign_in = reverse(settings.LOGIN_URL)
    return response.status_code == 302 and response.headers["Location"].startswith(sign_in)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400 in words: the request broke before any view saw it."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 with the reason that the rule gave."""
    reason = str(exception) if exception and str(exception) else ""
    return render(request, "403.html", {"reason": reason}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 without any context: what failed may be what the context needs."""
    return HttpResponse(get_template("500.html").render(), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    sentence = _(
        "Trang này đã mở quá lâu hoặc phiên đăng nhập đã đổi, nên yêu cầu chưa được thực hiện."
        " Hãy tải lại trang rồi làm lại thao tác."
    )
    return render(request, "403.html", {"reason": sentence}, status=403)
