"""What the mails about accounts say. Subjects are fixed words: no typed text reaches a header.

The link's host is `settings.SITE_ORIGIN`, never the Host header of the request that asked.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from agencies.models import User


def password_link(person: User) -> str:
    """The address where the person sets a password; good for an hour and for one use."""
    path = reverse(
        "agencies:password-reset-confirm",
        args=[
            urlsafe_base64_encode(force_bytes(person.pk)),
            default_token_generator.make_token(person),
        ],
    )
    return settings.SITE_ORIGIN.rstrip("/") + path


def invitation(person: User) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        _send(person, _("Mời sử dụng hệ thống xác định Chỉ số CCHC"), "mails/invitation.txt")


def password_reset(person: User) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        _send(
            person, _("Đặt lại mật khẩu hệ thống xác định Chỉ số CCHC"), "mails/password_reset.txt"
        )


def _send(person: User, subject: str, template: str) -> None:
    origin = settings.SITE_ORIGIN.rstrip("/")
    context = {
        "person": person,
        "link": password_link(person),
        "forgotten": origin + reverse("agencies:password-reset"),
        "minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
    }
    send_mail(subject, render_to_string(template, context), None, [person.email])
