"""Helpers of the council's page tests: who asks, what answers, how many queries it took."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agencies.models import User


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def get(user: User, url: str) -> HttpResponse:
    return signed_in(user).get(url)


def post(user: User, url: str, **data: Any) -> HttpResponse:
    return signed_in(user).post(url, data)


def text(response: HttpResponse) -> str:
    return response.content.decode()


def queries(user: User, url: str) -> int:
    """How many queries the page takes once everything that is kept is warm."""
    client = signed_in(user)
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return len(captured)
