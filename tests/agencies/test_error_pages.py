"""What a person reads when something went wrong, whatever it was."""

from __future__ import annotations

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory

from agencies import http
from tests.cast import Cast


@pytest.mark.django_db
def test_a_broken_upload_is_answered_in_words(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    answer = client.generic(
        "POST", "/evidence/upload/", b"nonsense", content_type="multipart/form-data"
    )
    assert answer.status_code == 400
    assert "Chưa có gì được ghi" in answer.content.decode()


@pytest.mark.django_db
def test_a_page_that_does_not_exist_helps_on(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    answer = client.get("/khong-co/")
    assert answer.status_code == 404
    assert "Mã 404" in answer.content.decode()


def test_the_page_of_a_failure_needs_nothing_that_may_have_failed(rf: RequestFactory) -> None:
    """No database, no session, no person: this test has none of them."""
    request: HttpRequest = rf.get("/")
    answer = http.server_error(request)
    assert answer.status_code == 500
    assert "PARC" in answer.content.decode()
