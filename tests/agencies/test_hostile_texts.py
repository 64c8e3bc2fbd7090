"""Every hostile text of the corpus, through every text field and search: never a server error."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies.forms import InviteForm, NewPasswordForm, ProfileForm
from agencies.models import User
from tests.agencies.conftest import Province

TABLE = Path(__file__).parents[1] / "attack_corpus" / "tables" / "texts.json"
TEXTS = [case["text"] for case in json.loads(TABLE.read_text(encoding="utf-8"))["cases"]]
ENGLISH = re.compile(r"\b(the|this|field|valid|value|enter|required|password|characters)\b", re.I)


@pytest.fixture(params=TEXTS, ids=[f"text-{number}" for number in range(len(TEXTS))])
def text(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def sendable(text: str) -> str:
    """What arrives from a browser: half a surrogate pair cannot be sent."""
    return text.encode("utf-8", "replace").decode()


def test_a_profile_takes_or_refuses_the_text_and_shows_it_inert(
    province: Province, as_officer: Client, text: str
) -> None:
    data = {"full_name": sendable(text), "position": sendable(text), "phone": sendable(text)}
    answer = as_officer.post(reverse("agencies:profile"), data, follow=True)
    assert answer.status_code == 200
    data["phone"] = ""
    answer = as_officer.post(reverse("agencies:profile"), data, follow=True)
    page = answer.content.decode()
    assert "<script>window.__XSS" not in page
    assert "<img src=x" not in page
    assert "<svg/onload" not in page


def test_an_invitation_takes_or_refuses_the_text(
    province: Province, as_secretary: Client, text: str
) -> None:
    data = {"email": "moi@kontum.vn", "full_name": sendable(text), "position": sendable(text)}
    assert as_secretary.post(reverse("agencies:people-invite"), data).status_code in {200, 302}
    data = {"email": sendable(text), "full_name": "Mới"}
    assert as_secretary.post(reverse("agencies:people-invite"), data).status_code == 200
    assert as_secretary.get(reverse("agencies:people")).status_code == 200


def test_search_and_filters_take_anything(as_secretary: Client, text: str) -> None:
    typed = sendable(text)[:4000]
    for name in ("people", "register"):
        answer = as_secretary.get(
            reverse(f"agencies:{name}"),
            {"q": typed, "agency": typed, "group": typed, "state": typed, "page": typed},
        )
        assert answer.status_code == 200


def test_signing_in_and_reset_take_anything(province: Province, text: str) -> None:
    typed = sendable(text)
    for name in ("sign-in", "password-reset"):
        data = {"email": typed, "password": typed, "next": typed}
        assert Client().post(reverse(f"agencies:{name}"), data).status_code == 200
    data = {"email": "y-blin@kontum.vn", "password": typed, "next": typed}
    assert Client().post(reverse("agencies:sign-in"), data).status_code == 200


def test_the_register_takes_or_refuses_the_text(
    province: Province, as_secretary: Client, text: str
) -> None:
    typed = sendable(text)
    fields = {"code": typed, "name": typed, "group": typed, "first_day": typed}
    new = reverse("agencies:register-new")
    assert as_secretary.post(new, fields).status_code == 200
    group = str(province.group.pk)
    fields = {"code": "X", "name": typed, "group": group, "first_day": "01/01/2020"}
    assert as_secretary.post(new, fields).status_code in {200, 302}
    merged = {"closing": typed, "successor": typed, "first_day": typed, "code": typed}
    assert as_secretary.post(reverse("agencies:register-merge"), merged).status_code == 200
    assert (
        as_secretary.get(reverse("agencies:register-merge"), {"closing": typed}).status_code == 200
    )
    assert as_secretary.get(reverse("agencies:register")).status_code == 200


def test_half_a_surrogate_pair_is_refused_by_the_forms() -> None:
    assert "full_name" in ProfileForm({"full_name": "a\ud800"}).errors
    half = {"new_password1": "một-mật-khẩu-\ud800", "new_password2": "một-mật-khẩu-\ud800"}
    assert "new_password1" in NewPasswordForm(User(), half).errors


def test_every_sentence_of_a_refused_form_is_vietnamese(province: Province) -> None:
    garbage = {"email": "x", "full_name": "\0", "agency": "x", "capacity": "x", "phone": "?" * 99}
    forms: list[Any] = [
        InviteForm(garbage, by=province.secretary, may_grant=True),
        InviteForm({}, by=province.secretary, may_grant=True),
        ProfileForm(garbage),
        NewPasswordForm(User(), {}),
        NewPasswordForm(User(), {"new_password1": "123", "new_password2": "124"}),
    ]
    sentences = [
        sentence for form in forms for errors in form.errors.values() for sentence in errors
    ]
    assert len(sentences) > 8
    assert [sentence for sentence in sentences if ENGLISH.search(sentence)] == []
