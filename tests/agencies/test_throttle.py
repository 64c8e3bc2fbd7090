"""Guessing is slowed down, never answered with a lock that stays."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import RequestFactory
from redis.exceptions import ConnectionError

from agencies import throttle

NOON = "2026-11-23 12:00:00+00:00"


def test_three_attempts_are_free_and_then_the_wait_doubles() -> None:
    waits = []
    with time_machine.travel(NOON, tick=False) as clock:
        for _attempt in range(7):
            while seconds := throttle.admit("a@b.vn", "10.0.0.1"):
                waits.append(seconds)
                clock.shift(seconds)
    assert [wait - 1 for wait in waits] == [1, 2, 4, 8]


def test_the_wait_never_exceeds_a_quarter_of_an_hour() -> None:
    assert throttle.PAIR.delay(10_000) == 900
    assert throttle.ADDRESS.delay(10_000) == 8


def test_an_attempt_that_must_wait_does_not_prolong_the_wait() -> None:
    with time_machine.travel(NOON, tick=False):
        while not throttle.admit("a@b.vn", "10.0.0.1"):
            pass
        assert {throttle.admit("a@b.vn", "10.0.0.1") for _again in range(20)} == {2}


def test_a_stranger_at_another_address_does_not_shut_the_owner_out() -> None:
    while not throttle.admit("a@b.vn", "10.9.9.9"):
        pass
    assert throttle.admit("a@b.vn", "10.0.0.1") == 0


def test_another_use_has_a_limit_of_its_own_and_leaves_signing_in_alone() -> None:
    limit = throttle.Limit(free=2, longest=8)
    with time_machine.travel(NOON, tick=False):
        answers = [throttle.admit_use("verify", "10.0.0.1", limit) for _time in range(3)]
        assert answers[:2] == [0, 0]
        assert answers[2] > 0
        assert throttle.admit_use("verify", "10.0.0.2", limit) == 0
        assert throttle.admit_use("something-else", "10.0.0.1", limit) == 0
        assert throttle.admit("a@b.vn", "10.0.0.1") == 0


def test_one_address_that_tries_many_accounts_is_slowed_down() -> None:
    answers = [throttle.admit(f"{number}@b.vn", "10.0.0.1") for number in range(61)]
    assert not any(answers[:60])
    assert answers[60] > 0


def test_a_right_password_forgives_the_attempts_before() -> None:
    for _attempt in range(2):
        throttle.admit("a@b.vn", "10.0.0.1")
    assert throttle.admit("a@b.vn", "10.0.0.1") == 0
    throttle.forget("a@b.vn", "10.0.0.1")
    assert throttle.admit("a@b.vn", "10.0.0.1") == 0


def test_people_who_sign_in_rightly_do_not_use_up_their_address() -> None:
    for number in range(200):
        assert throttle.admit(f"{number}@b.vn", "10.0.0.1") == 0
        throttle.forget(f"{number}@b.vn", "10.0.0.1")


def test_without_the_shared_cache_guessing_stays_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError("down")

    monkeypatch.setattr(throttle, "cache", type("Down", (), {"get": down, "delete_many": down})())
    throttle._of_this_process.clear()
    answers = [throttle.admit("a@b.vn", "10.0.0.1") for _attempt in range(4)]
    assert answers[:3] == [0, 0, 0]
    assert answers[3] > 0
    throttle.forget("a@b.vn", "10.0.0.1")
    assert throttle.admit("a@b.vn", "10.0.0.1") == 0


def test_the_address_header_counts_only_behind_the_trusted_proxy(settings: Any) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_REAL_IP="10.2.2.2")
    settings.SECURE_PROXY_SSL_HEADER = None
    assert throttle.address(request) == "10.0.0.1"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert throttle.address(request) == "10.2.2.2"
