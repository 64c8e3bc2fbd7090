"""How guessing of passwords is slowed down: a wait that grows, never a lock that stays.

An attempt is counted before the password is looked at, so that many at once gain nothing. Two
counters stand in the shared cache and are forgotten an hour after the last attempt:

- the account from one network address: three attempts are free, then 1, 2, 4 … seconds, at most
  a quarter of an hour. A stranger elsewhere cannot shut the owner out.
- the network address alone, against trying one password on many accounts: a whole agency may sit
  behind one address, so sixty attempts are free and the wait stops at eight seconds.

When the shared cache does not answer, the counters of this process are used: signing in goes on,
guessing stays slow, and the log says so. Other limits of use (mails of a reset, files that anybody
may have checked) share the module.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpRequest
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
T = TypeVar("T")

MEMORY = 3600


@dataclass(frozen=True)
class Limit:
    """So many attempts are free, then the wait doubles up to `longest` seconds."""

    free: int
    longest: int

    def delay(self, attempts: int) -> int:
        """Seconds to wait after this many attempts."""
        beyond = attempts - self.free
        return 0 if beyond < 0 else min(2 ** min(beyond, 30), self.longest)


PAIR = Limit(free=3, longest=900)
ADDRESS = Limit(free=60, longest=8)

_of_this_process = LocMemCache("throttle", {"TIMEOUT": MEMORY})


def address(request: HttpRequest) -> str:
    """The network address of the person: from nginx where its headers are trusted at all."""
    if settings.SECURE_PROXY_SSL_HEADER:
        return str(request.META.get("HTTP_X_REAL_IP", ""))
    return str(request.META.get("REMOTE_ADDR", ""))


def admit(account: str, origin: str) -> int:
    """Count an attempt on `account` (any text) from `origin`; seconds to wait, 0 to go on.

    An attempt that has to wait is not counted: waiting as told always ends.
    """
    return _with_a_store(lambda store: _count(store, _counters(account, origin)))


def admit_use(use: str, origin: str, limit: Limit) -> int:
    """Count one use of something costly from `origin`; seconds to wait, 0 to go on.

    Counted apart from attempts to sign in.
    """
    return _with_a_store(lambda store: _count(store, [(_key(f"use:{use}", origin), limit)]))


def forget(account: str, origin: str) -> None:
    """The password was right: the attempt was none, and the earlier ones are forgiven."""
    _with_a_store(lambda store: _forget(store, account, origin))


def _counters(account: str, origin: str) -> list[tuple[str, Limit]]:
    return [
        (_key("pair", f"{account.casefold()}\n{origin}"), PAIR),
        (_key("address", origin), ADDRESS),
    ]


def _key(kind: str, text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"throttle:{kind}:{digest}"


def _count(store: BaseCache, counters: list[tuple[str, Limit]]) -> int:
    now = time.time()
    until = max(store.get(f"{key}:until", 0.0) for key, _limit in counters)
    if until > now:
        return int(until - now) + 1
    for key, limit in counters:
        store.add(key, 0, MEMORY)
        attempts = store.incr(key)
        store.touch(key, MEMORY)
        if delay := limit.delay(attempts):
            store.set(f"{key}:until", now + delay, delay + 1)
    return 0


def _forget(store: BaseCache, account: str, origin: str) -> None:
    (pair, _pair_limit), (shared, _shared_limit) = _counters(account, origin)
    store.delete_many([pair, f"{pair}:until"])
    if store.get(shared, 0) > 0:
        store.decr(shared)


def _with_a_store(use: Callable[[BaseCache], T]) -> T:
    try:
        return use(cache)
    except (RedisError, OSError, ValueError) as error:
        # ValueError: the counter ran out between two commands.
        log.warning("shared cache unavailable, counting in this process: %s", type(error).__name__)
        return use(_of_this_process)
