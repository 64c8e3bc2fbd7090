"""What every test stands on: the clock, empty stores, the browser, the real worker.

Settings that must hold before Django starts are in `tests/settings.py`; people are in
`tests/cast.py`. Marks that need a real service are deselected, with one line that says so, where
that service was not given.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection, connections
from django.test import TransactionTestCase, override_settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.cast import cast

__all__ = ["cast"]

# Playwright's loop runs in the thread of the test, which then uses the ORM as usual.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_ARGUMENTS = [
    "--no-sandbox",  # only our own pages are opened, often as root in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


# --- Which tests run -----------------------------------------------------------------------
def absent_services() -> dict[str, str]:
    """The marks that cannot run here, each with the variable that would let them."""
    absent = {}
    if not django_settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        absent["postgresql"] = "DATABASE_URL names no PostgreSQL"
    if not django_settings.REDIS_URL:
        absent["worker"] = "REDIS_URL is not set"
        absent["stack"] = "runs with the services, bin/stack-programs"
    return absent


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "worker: needs Redis and a real Celery worker")
    config.addinivalue_line("markers", "stack: starts the whole production form by itself")


def pytest_unconfigure() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ and hasattr(django_settings, "TEST_DIR"):
        shutil.rmtree(django_settings.TEST_DIR, ignore_errors=True)


def pytest_report_header() -> str:
    engine = django_settings.DATABASES["default"]["ENGINE"].rsplit(".", 1)[-1]
    broker = "Redis" if django_settings.REDIS_URL else "none (jobs run in the process)"
    return f"database: {engine}; broker: {broker}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for mark, why in absent_services().items():
        terminalreporter.write_line(f"not run here: tests marked {mark} ({why})")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what has no service; begin with the journeys, in one process with one browser."""
    absent = absent_services()
    left_out = [item for item in items if any(item.get_closest_marker(mark) for mark in absent)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    for item in items:
        if item.get_closest_marker("journey"):
            item.add_marker(pytest.mark.xdist_group("browser"))
        elif item.get_closest_marker("worker"):
            item.add_marker(pytest.mark.xdist_group("worker"))
    items.sort(key=lambda item: item.get_closest_marker("journey") is None)


# --- Database ------------------------------------------------------------------------------
@pytest.fixture(scope="session", autouse=True)
def _flush_through_the_guards() -> Iterator[None]:
    """Emptying the tables after a transactional test is the one deletion that guards allow."""
    from appraisal.models import guards

    flush: Callable[[TransactionTestCase], None] = TransactionTestCase._fixture_teardown

    def flush_unguarded(self: TransactionTestCase) -> None:
        guards.remove(connection)
        try:
            flush(self)
        finally:
            guards.install(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush_unguarded)
        yield


# --- Stores --------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def _stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    stores: Path = tmp_path_factory.mktemp("evidence")
    return (stores / str(number) for number in count())


@pytest.fixture(autouse=True)
def evidence_root(_stores: Iterator[Path]) -> Iterator[Path]:
    """An empty evidence store for each test."""
    root = next(_stores)
    root.mkdir()
    with override_settings(EVIDENCE_ROOT=root):
        yield root


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


# --- Time ----------------------------------------------------------------------------------
class Clock:
    """Moves the one business clock (`appraisal.clock`), for this test and its live server."""

    def __init__(self, settings: Any) -> None:
        self._settings = settings

    def set(self, moment: str) -> None:
        """From now on it is `moment` in Vietnam, written `2020-12-10 09:00`, and time runs on."""
        from appraisal.clock import VIETNAM

        then = datetime.fromisoformat(moment).replace(tzinfo=VIETNAM)
        self._settings.CLOCK_OFFSET = then - timezone.now()

    def advance(self, **duration: float) -> None:
        """Let `timedelta(**duration)` go by at once."""
        self._settings.CLOCK_OFFSET += timedelta(**duration)


@pytest.fixture
def clock(settings: Any) -> Clock:
    return Clock(settings)


# --- Browser -------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of the system; its absence is an error, never a skipped journey."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        raise RuntimeError("Chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=BROWSER_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile: a person in Vietnam at an ordinary screen."""
    fresh = browser.new_context(
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        viewport={"width": 1366, "height": 768},
        accept_downloads=True,
    )
    fresh.set_default_timeout(15_000)
    yield fresh
    fresh.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


# --- Jobs ----------------------------------------------------------------------------------
WORKER = [sys.executable, "-m", "celery", "-A", "parc", "worker"]
WORKER_OPTIONS = ["--concurrency=1", "--loglevel=WARNING", "--without-gossip", "--without-mingle"]


def database_url() -> str:
    """`DATABASE_URL` with the name of the test database that is open now."""
    name = connections["default"].settings_dict["NAME"]
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


@pytest.fixture(scope="session")
def _worker_process(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A Celery worker in a process of its own, on the test database; yields its evidence store."""
    from parc import celery_app

    store: Path = tmp_path_factory.mktemp("worker-evidence")
    log = tmp_path_factory.mktemp("worker") / "log"
    with django_db_blocker.unblock():
        url = database_url()
    with log.open("w") as output:
        process = subprocess.Popen(
            WORKER + WORKER_OPTIONS,
            cwd=django_settings.BASE_DIR,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "DATABASE_URL": url,
                "TEST_EVIDENCE_ROOT": str(store),
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 60
        while not celery_app.control.ping(timeout=0.5):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The worker did not start:\n{log.read_text()}")
        yield store
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


@pytest.fixture
def worker(_worker_process: Path, transactional_db: None, settings: Any) -> Iterator[Path]:
    """Jobs of this test go through Redis to a real worker, which shares its evidence store.

    The worker sees only what is committed, and the real clock. Mark the test `worker`.
    """
    from parc import celery_app

    settings.EVIDENCE_ROOT = _worker_process
    celery_app.conf.task_always_eager = False
    try:
        yield _worker_process
    finally:
        celery_app.control.purge()
        celery_app.conf.task_always_eager = True
