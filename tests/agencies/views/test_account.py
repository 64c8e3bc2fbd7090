"""The own account: signing in and out, passwords, profile, language."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from agencies.models import User
from tests.agencies.conftest import PASSWORD, Event, Province, signed_in

NEW = "một-câu-dễ-nhớ-khác"


def sign_in(email: str, password: str = PASSWORD, **extra: Any) -> Any:
    data = {"email": email, "password": password, **extra}
    return Client().post(reverse("agencies:sign-in"), data)


def notes(answer: Any) -> list[str]:
    return list(answer.context["form"].non_field_errors())


def test_a_person_signs_in_with_the_address_in_any_case(province: Province) -> None:
    answer = sign_in("Y-Blin@KonTum.VN")
    assert answer.status_code == 302
    assert answer.url == reverse("agencies:profile")


def test_unknown_locked_unset_and_wrong_get_one_and_the_same_answer(province: Province) -> None:
    province.person("khoa@kontum.vn", is_active=False)
    unset = province.person("moi@kontum.vn")
    unset.set_unusable_password()
    unset.save()
    answers = [
        sign_in("ai-do@kontum.vn"),
        sign_in("khoa@kontum.vn"),
        sign_in("moi@kontum.vn"),
        sign_in("y-blin@kontum.vn", "sai mật khẩu"),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({tuple(notes(answer)) for answer in answers}) == 1
    assert notes(answers[0])


def test_the_fourth_guess_has_to_wait_even_with_the_right_password(province: Province) -> None:
    for _attempt in range(3):
        sign_in("y-blin@kontum.vn", "sai")
    answer = sign_in("y-blin@kontum.vn")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) >= 1
    assert "Hãy chờ" in answer.content.decode()


def test_a_known_and_an_unknown_account_wait_alike(province: Province) -> None:
    for email in ("y-blin@kontum.vn", "ai-do@kontum.vn"):
        assert [sign_in(email, "sai").status_code for _n in range(4)] == [200, 200, 200, 429]


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "javascript:1"])
def test_after_signing_in_nobody_is_sent_to_another_site(province: Province, wanted: str) -> None:
    assert sign_in("y-blin@kontum.vn", next=wanted).url == reverse("agencies:profile")


def test_signing_in_goes_on_to_the_page_that_was_asked_for(province: Province) -> None:
    wanted = reverse("agencies:password-change")
    assert sign_in("y-blin@kontum.vn", next=wanted).url == wanted


def test_the_session_has_a_new_key_after_signing_in(province: Province) -> None:
    client = Client()
    client.session.save()
    session = client.session
    session["x"] = 1
    session.save()
    client.cookies["parc-session"] = session.session_key
    client.post(reverse("agencies:sign-in"), {"email": "y-blin@kontum.vn", "password": PASSWORD})
    assert client.session.session_key != session.session_key


def test_signing_out_is_a_post_and_clears_the_cache_but_not_the_drafts(
    as_officer: Client,
) -> None:
    assert as_officer.get(reverse("agencies:sign-out")).status_code == 405
    answer = as_officer.post(reverse("agencies:sign-out"))
    assert answer["Clear-Site-Data"] == '"cache"'
    assert as_officer.get(reverse("agencies:profile")).status_code == 302


def test_a_locked_person_is_sent_to_sign_in_at_the_next_request(
    province: Province, as_officer: Client
) -> None:
    assert as_officer.get(reverse("agencies:profile")).status_code == 200
    User.objects.filter(pk=province.officer.pk).update(is_active=False)
    answer = as_officer.get(reverse("agencies:profile"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("agencies:sign-in"))


def test_a_script_whose_session_ended_gets_401_and_no_page(province: Province) -> None:
    answer = Client().get(reverse("agencies:profile"), headers={"HX-Request": "true"})
    assert answer.status_code == 401


def test_a_first_password_must_be_changed_before_anything_else(province: Province) -> None:
    province.officer.must_change_password = True
    province.officer.save()
    client = signed_in(province.officer)
    change = reverse("agencies:password-change")
    assert client.get(reverse("agencies:profile")).url == change
    client.post(change, {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW})
    assert client.get(reverse("agencies:profile")).status_code == 200


def test_changing_the_password_ends_other_sessions_and_keeps_this_one(
    province: Province, as_officer: Client, events: list[Event]
) -> None:
    other = signed_in(province.officer)
    data = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert as_officer.post(reverse("agencies:password-change"), data).status_code == 302
    assert as_officer.get(reverse("agencies:profile")).status_code == 200
    assert other.get(reverse("agencies:profile")).status_code == 302
    assert [event.action for event in events] == ["password-set"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("ngắn-quá", "ít nhất 12 ký tự"),
        ("90210445567218", "chỉ gồm chữ số"),
        ("y-blin@kontum.vn", "quá giống"),
        ("x" * 129, "dài quá 128"),
    ],
)
def test_a_weak_password_is_refused_in_vietnamese(
    as_officer: Client, typed: str, sentence: str
) -> None:
    data = {"old_password": PASSWORD, "new_password1": typed, "new_password2": typed}
    answer = as_officer.post(reverse("agencies:password-change"), data)
    assert sentence in " ".join(answer.context["form"].errors["new_password1"])


def test_the_old_password_is_not_guessed_freely(as_officer: Client) -> None:
    data = {"old_password": "sai", "new_password1": NEW, "new_password2": NEW}
    answers = [
        as_officer.post(reverse("agencies:password-change"), data).status_code for _n in range(4)
    ]
    assert answers == [200, 200, 200, 429]


def ask_for_reset(email: str, **headers: str) -> Any:
    return Client().post(reverse("agencies:password-reset"), {"email": email}, headers=headers)


@pytest.mark.django_db(transaction=True)
def test_the_reset_link_has_the_host_of_the_site_and_not_of_the_request(
    province: Province, settings: Any
) -> None:
    settings.SITE_ORIGIN = "https://parc.kontum.gov.vn"
    settings.ALLOWED_HOSTS = ["*"]
    ask_for_reset("y-blin@kontum.vn", host="evil.example")
    assert len(mail.outbox) == 1
    body = str(mail.outbox[0].body)
    assert "https://parc.kontum.gov.vn/password/reset/" in body
    assert "evil.example" not in body


@pytest.mark.django_db(transaction=True)
def test_known_and_unknown_addresses_get_the_same_answer_to_a_reset(province: Province) -> None:
    province.person("khoa@kontum.vn", is_active=False)
    answers = [
        ask_for_reset(email) for email in ("y-blin@kontum.vn", "khong@co.vn", "khoa@kontum.vn")
    ]
    assert {answer.url for answer in answers} == {reverse("agencies:password-reset-sent")}
    assert [message.to for message in mail.outbox] == [["y-blin@kontum.vn"]]


@pytest.mark.django_db(transaction=True)
def test_a_reset_link_sets_a_password_once(province: Province) -> None:
    old = signed_in(province.officer)
    ask_for_reset("y-blin@kontum.vn")
    found = re.search(r"/password/reset/\S+", str(mail.outbox[0].body))
    assert found
    client = Client()
    page = client.get(found[0], follow=True)
    address = page.redirect_chain[-1][0]
    assert found[0].split("/")[-2] not in address
    client.post(address, {"new_password1": NEW, "new_password2": NEW})
    assert sign_in("y-blin@kontum.vn", NEW).status_code == 302
    assert old.get(reverse("agencies:profile")).status_code == 302
    assert "không còn dùng được" in Client().get(found[0]).content.decode()


def test_resets_are_not_a_way_to_flood_a_mailbox(province: Province) -> None:
    answers = [ask_for_reset("y-blin@kontum.vn").status_code for _n in range(4)]
    assert answers == [302, 302, 302, 429]


def test_a_profile_saves_only_its_own_fields(province: Province, as_officer: Client) -> None:
    data = {
        "full_name": "Y Blin", "position": "Chuyên viên", "phone": "+84 123",
        "email": "chu-tich@kontum.vn", "is_administrator": "on", "is_secretariat": "on",
        "is_active": "", "agency": str(province.home.pk), "capacity": "head",
        "jurisdiction": str(province.stranger.jurisdiction_id), "password": "x",
    }  # fmt: skip
    before = User.objects.values().get(pk=province.officer.pk)
    as_officer.post(reverse("agencies:profile"), data)
    after = User.objects.values().get(pk=province.officer.pk)
    changed = {name for name, value in after.items() if value != before[name]}
    assert changed == {"position", "phone"}


def test_the_language_is_a_choice_kept_in_a_cookie(as_officer: Client) -> None:
    address = reverse("agencies:language")
    assert as_officer.get(address).status_code == 405
    answer = as_officer.post(address, {"language": "en", "next": "https://evil.example/"})
    assert answer.url == reverse("agencies:sign-in")
    assert answer.cookies["django_language"].value == "en"
    assert "django_language" not in as_officer.post(address, {"language": "xx"}).cookies


def test_private_pages_are_not_stored_by_the_browser(as_officer: Client) -> None:
    assert "no-store" in as_officer.get(reverse("agencies:profile"))["Cache-Control"]
    assert "no-store" in Client().get(reverse("agencies:sign-in"))["Cache-Control"]
