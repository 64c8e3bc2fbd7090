"""Mails that are sent outside the request. Ids in; run twice, a task sends the same mail twice."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Final

from celery import shared_task

from agencies import mails
from agencies.models import User

INVITATION: Final = "invitation"
RESET: Final = "reset"


@shared_task(  # type: ignore[untyped-decorator]
    autoretry_for=(OSError, SMTPException), retry_backoff=30, retry_backoff_max=600, max_retries=5
)
def send_password_link(pk: int, occasion: str) -> None:
    """Mail the link that sets a password, if that account may sign in; 0 is nobody's number."""
    person = User.objects.filter(pk=pk, is_active=True).first()
    if person is None:
        return
    if occasion == INVITATION:
        mails.invitation(person)
    else:
        mails.password_reset(person)
