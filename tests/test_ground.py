"""The ground: settings, locks, deployment files, and what `conftest.py` promises the tests.

What each part of the product does is tested beside it; this file knows no business.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import IntegrityError, connection
from playwright.sync_api import Page
from ruamel.yaml import YAML

from appraisal import clock as business_clock
from appraisal.models import guards

BASE: Path = settings.BASE_DIR
# One requirement of a lock file: its name and version, then at least one hash.
REQUIREMENT = re.compile(
    r"^[a-z0-9][a-z0-9._-]*(\[[a-z,]+\])?==\S+.*\\\n(    --hash=sha256:[0-9a-f]{64}.*\n)+", re.M
)


def read(name: str) -> str:
    return (BASE / name).read_text(encoding="utf-8")


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """One management command in a process of its own, with nothing of ours in its environment."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def compose() -> Any:
    return YAML(typ="safe").load(read("docker-compose.yml"))


# --- Settings ------------------------------------------------------------------------------
PRODUCTION = {
    "SECRET_KEY": "production-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
    "ALLOWED_HOSTS": "parc.example.vn",
    "SITE_ORIGIN": "https://parc.example.vn",
}
DEPLOYMENT_CHECK = ("check", "--deploy", "--fail-level", "WARNING")


def test_production_settings_pass_the_deployment_check() -> None:
    result = manage(*DEPLOYMENT_CHECK, **PRODUCTION)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"PARC_CLOCK_OFFSET": "60"}, "parc.E001"),
        ({"SITE_ORIGIN": "http://parc.example.vn"}, "parc.E002"),
        ({"ALLOWED_HOSTS": ""}, "security.W020"),
        ({"SECRET_KEY": "short"}, "security.W009"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is required"),
    ],
)
def test_an_unsafe_production_setting_is_refused(change: dict[str, str], complaint: str) -> None:
    result = manage(*DEPLOYMENT_CHECK, **{**PRODUCTION, **change})
    assert result.returncode != 0
    assert complaint in result.stderr


def test_every_variable_that_is_read_is_explained() -> None:
    sources = [*BASE.glob("parc/*.py"), *BASE.glob("deploy/gunicorn.conf.py")]
    read_there = {
        name
        for source in sources
        for name in re.findall(
            r'(?:env|env_flag|env_list|environ\.get)\(\s*"([A-Z_]+)"', source.read_text("utf-8")
        )
    }
    assert "SECRET_KEY" in read_there
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", read("docs/operations.md"), re.M))
    assert read_there - explained == set()


# --- Locks, commands -----------------------------------------------------------------------
@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_pins_each_package_with_hashes_and_names_no_host(lock: str) -> None:
    text = read(lock)
    rest = REQUIREMENT.sub("", text)
    assert len(REQUIREMENT.findall(text)) > 30
    assert [line for line in rest.splitlines() if not line.lstrip().startswith("#")] == []
    assert "://" not in text


def test_the_development_lock_can_stand_in_for_the_other() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9][^\s=\[]*(?:\[[a-z,]+\])?==[^\s;]+", read(lock), re.M))

    assert pins("requirements.txt") <= pins("requirements-dev.txt")


def test_make_without_a_target_lists_every_target() -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory"], cwd=BASE, capture_output=True, text=True, check=True
    ).stdout
    targets = re.findall(r"^([a-z-]+):", read("Makefile"), re.M)
    assert {"demo", "test", "check", "bench", "lock", "clean"} <= set(targets)
    assert [target for target in targets if f"  make {target} " not in shown] == []


def test_ci_fails_where_a_step_fails() -> None:
    scripts = [path for path in BASE.glob("bin/*") if path.suffix != ".py"]
    for script in [".ci/run", *(str(path.relative_to(BASE)) for path in scripts)]:
        assert os.access(BASE / script, os.X_OK), script
        syntax = subprocess.run(["bash", "-n", script], cwd=BASE, capture_output=True, text=True)
        assert syntax.returncode == 0, syntax.stderr
    assert "set -euo pipefail" in read(".ci/run")


# --- Deployment files ----------------------------------------------------------------------
def test_what_is_scaled_has_no_name_and_no_port_of_its_own() -> None:
    services = compose()["services"]
    assert {"nginx", "web", "worker", "beat", "postgres", "redis"} <= set(services)
    for name in ("web", "worker"):
        assert {"container_name", "ports"} & set(services[name]) == set()
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]


def test_every_lasting_service_has_a_health_check() -> None:
    lasting = {
        name for name, service in compose()["services"].items() if service["restart"] != "no"
    }
    checked = {name for name, service in compose()["services"].items() if "healthcheck" in service}
    assert lasting - checked == set()


def test_every_variable_of_the_compose_file_is_in_the_example() -> None:
    used = set(re.findall(r"\$\{([A-Z_]+)", read("docker-compose.yml")))
    assert used <= set(re.findall(r"^([A-Z_]+)=", read(".env.example"), re.M))


def test_nginx_lets_the_largest_evidence_through_and_little_more() -> None:
    found = re.search(r"client_max_body_size (\d+)m;", read("deploy/nginx.conf"))
    assert found
    limit = int(found[1]) * 1024 * 1024
    assert settings.EVIDENCE_MAX_BYTES < limit <= settings.EVIDENCE_MAX_BYTES + 1024 * 1024


def test_nginx_says_itself_whether_the_request_came_over_tls() -> None:
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in read("deploy/nginx.conf")


# --- What conftest.py promises -------------------------------------------------------------
def test_the_clock_is_set_in_vietnam_time(clock: Any) -> None:
    clock.set("2020-12-10 09:00")
    assert business_clock.minute(business_clock.now()) == "09:00 ngày 10/12/2020"
    clock.advance(days=1, minutes=5)
    assert business_clock.minute(business_clock.now()) == "09:05 ngày 11/12/2020"


def test_the_clock_of_a_test_is_real_again_afterwards() -> None:
    assert not settings.CLOCK_OFFSET


def test_evidence_of_a_test_is_kept_apart(evidence_root: Path) -> None:
    assert evidence_root == settings.EVIDENCE_ROOT
    assert list(evidence_root.iterdir()) == []
    assert not evidence_root.is_relative_to(BASE)


def guard_names() -> set[str]:
    tables = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname || tgrelid::text FROM pg_trigger WHERE NOT tgisinternal",
    }
    with connection.cursor() as cursor:
        cursor.execute(tables[connection.vendor])
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["before", "after"])
def test_the_guards_outlive_the_emptying_of_the_tables(turn: str) -> None:
    present = guard_names()
    guards.install(connection)
    assert present == guard_names() != set(), turn


@pytest.mark.django_db
def test_the_database_runs_with_the_options_of_the_settings() -> None:
    expected = {
        "sqlite": {
            "PRAGMA foreign_keys": 1,
            "PRAGMA journal_mode": "wal",
            "PRAGMA busy_timeout": 20_000,
        },
        "postgresql": {
            "SHOW statement_timeout": "15s",
            "SHOW lock_timeout": "10s",
            "SHOW idle_in_transaction_session_timeout": "30s",
        },
    }[connection.vendor]
    with connection.cursor() as cursor:
        for question, answer in expected.items():
            cursor.execute(question)
            assert cursor.fetchone() == (answer,), question


@pytest.mark.django_db(transaction=True)
def test_a_foreign_key_to_nothing_is_refused() -> None:
    with pytest.raises(IntegrityError):
        Permission.objects.create(name="x", codename="x", content_type_id=2**31 - 1)


@pytest.mark.journey
def test_a_browser_in_vietnam_reaches_the_live_server(live_server: Any, page: Page) -> None:
    answer = page.goto(f"{live_server.url}{settings.STATIC_URL}css/app.css")
    assert answer is not None
    assert answer.status == 200
    zone = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    assert zone in {"Asia/Ho_Chi_Minh", "Asia/Saigon"}  # one place, two names
    assert page.evaluate("navigator.language") == "vi-VN"


@pytest.mark.worker
@pytest.mark.usefixtures("worker")
def test_a_job_reaches_the_worker_in_its_own_process() -> None:
    assert not current_app.conf.task_always_eager
    answers = current_app.control.inspect(limit=1, timeout=10).stats() or {}
    assert [stats["pid"] == os.getpid() for stats in answers.values()] == [False]


@pytest.mark.worker
@pytest.mark.usefixtures("worker")
def test_emptying_the_cache_does_not_empty_the_queue() -> None:
    broker, cached = settings.CELERY_BROKER_URL, settings.CACHES["default"]["LOCATION"]
    assert broker != cached
    cache.set("a", 1)
    assert cache.get("a") == 1
