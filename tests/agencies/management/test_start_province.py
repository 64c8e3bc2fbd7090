"""The first province and account of an empty installation."""

from __future__ import annotations

from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from agencies.models import User
from appraisal import trail

GIVEN: dict[str, Any] = {
    "code": "kon-tum",
    "name": "Kon Tum",
    "admin_email": "QuanTri@kontum.example.vn",
    "admin_name": "Lâm Quốc Trí",
}


@pytest.mark.django_db
def test_the_printed_link_sets_the_password_of_the_first_administrator(client: Client) -> None:
    told = StringIO()
    call_command("start_province", **GIVEN, stdout=told)
    administrator = User.objects.get()
    assert administrator.is_administrator
    assert not administrator.is_secretariat
    assert administrator.jurisdiction.committee == "Ủy ban nhân dân tỉnh Kon Tum"
    link = urlsplit(told.getvalue().splitlines()[-1]).path
    page = client.get(link, follow=True)
    address = page.redirect_chain[-1][0] if page.redirect_chain else link
    new = "Một mật khẩu đủ dài 2020"
    client.post(address, {"new_password1": new, "new_password2": new})
    administrator.refresh_from_db()
    assert administrator.check_password(new)
    assert list(trail.breaks()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{}, {"code": "khác"}, {"code": "gia-lai", "admin_email": "không phải thư"}]
)
def test_what_exists_or_cannot_be_is_refused(wrong: dict[str, str]) -> None:
    call_command("start_province", **GIVEN, stdout=StringIO())
    with pytest.raises(CommandError):
        call_command("start_province", **(GIVEN | wrong), stdout=StringIO())
    assert User.objects.count() == 1
