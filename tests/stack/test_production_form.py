"""nginx, gunicorn, PostgreSQL, Redis and a worker together, as they run in production.

Started once for the module. Each test asks over HTTPS, as a browser would.
"""

from __future__ import annotations

import http.client
import re
import signal
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode, urlsplit

import pytest

from deploy.local.stack import Stack
from tests.cast import PASSWORD

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]

PAGE_HEADERS = {
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Browser:
    """Just enough of a browser: cookies, forms, no redirects followed."""

    origin: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, form: dict[str, str] | None = None, **headers: str
    ) -> Answer:
        parts = urlsplit(self.origin)
        unverified = ssl._create_unverified_context()  # noqa: S323 - its own certificate
        connection = http.client.HTTPSConnection(
            str(parts.hostname), parts.port, timeout=60, context=unverified
        )
        sent = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **headers}
        content = None
        if form is not None:
            content = urlencode(form)
            sent |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"{self.origin}/",
                "Origin": self.origin,
            }
        connection.request(method, path, content, sent)
        got = connection.getresponse()
        cookies = got.headers.get_all("Set-Cookie") or []
        for cookie in cookies:
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        answer = Answer(
            got.status, {k.lower(): v for k, v in got.headers.items()}, cookies, got.read()
        )
        connection.close()
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, form: dict[str, str], page: str = "") -> Answer:
        token = re.search(
            r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(page or path).text
        )
        assert token is not None
        return self.ask("POST", path, {**form, "csrfmiddlewaretoken": token[1]})

    def sign_in(self, email: str) -> None:
        answer = self.post("/sign-in/", {"email": email, "password": PASSWORD})
        assert answer.status == 302, answer.text


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    # PostgreSQL's own user must be able to walk in: pytest keeps its folders from other users.
    with TemporaryDirectory(prefix="parc-stack-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        with Stack(folder) as running:
            running.manage("shell", "-c", PEOPLE)
            yield running


PEOPLE = """
from tests.cast import build
from agencies.models import User
from pathlib import Path
from appraisal.files.store import evidence_store
from appraisal.models import Citation, Evidence
from tests.appraisal.council_stage import consolidated
from tests.cast import moment, COUNCIL
from appraisal import clock
cast = build()
pdf = Path("tests/attack_corpus/evidence/ok-plain.pdf").read_bytes()
kept = evidence_store().put([pdf])
Evidence.objects.create(
    agency=cast.agencies["SYT"], sha256=kept.sha256, size=kept.size,
    content_type="application/pdf", file_name="Kế hoạch.pdf", title="Kế hoạch", pages=1,
    uploaded_by=cast.officer, uploaded_at=moment("2020-12-10 09:00"),
)
with clock.stopped_at(moment(COUNCIL)):
    consolidated(cast)
"""


@pytest.fixture
def browser(stack: Stack) -> Browser:
    return Browser(stack.origin)


@pytest.mark.parametrize("path", ["/sign-in/", "/password-reset/", "/nothing-here/", "/"])
def test_every_page_carries_the_headers(browser: Browser, path: str) -> None:
    answer = browser.get(path)
    for name, value in PAGE_HEADERS.items():
        assert answer.headers.get(name, "").startswith(value), name
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_cookies_are_for_this_host_and_https_alone(browser: Browser) -> None:
    browser.sign_in("officer@kontum.example.vn")
    assert set(browser.cookies) >= {"__Host-sessionid", "__Host-csrftoken"}


def test_static_files_come_with_far_future_names(browser: Browser) -> None:
    sheet = re.search(r'href="(/static/[^"]+\.css)"', browser.get("/sign-in/").text)
    assert sheet is not None
    answer = browser.get(sheet[1])
    assert answer.status == 200
    assert "immutable" in answer.headers["cache-control"]


def test_evidence_is_sent_by_nginx_with_its_own_headers(browser: Browser) -> None:
    browser.sign_in("officer@kontum.example.vn")
    answer = browser.get("/evidence/1/download/")
    assert answer.status == 200
    assert answer.body == Path("tests/attack_corpus/evidence/ok-plain.pdf").read_bytes()
    assert "x-accel-redirect" not in answer.headers
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "no-store" in answer.headers["cache-control"]
    assert browser.get("/evidence/1/download/", Range="bytes=0-3").status == 200


def test_nobody_asks_the_store_himself(browser: Browser, stack: Stack) -> None:
    browser.sign_in("officer@kontum.example.vn")
    kept = next((stack.folder / "evidence").glob("??/??/*"))
    assert browser.get(f"/_store/{kept.relative_to(stack.folder / 'evidence')}").status == 404


def test_health_is_not_for_the_public(browser: Browser) -> None:
    assert browser.get("/healthz").status == 404


def test_a_body_above_the_limit_is_refused_at_the_door(browser: Browser) -> None:
    browser.sign_in("officer@kontum.example.vn")
    answer = browser.ask(
        "POST", "/evidence/upload/", None, **{"Content-Length": str(30 * 1024 * 1024)}
    )
    assert answer.status == 413


def test_a_paper_is_made_by_the_worker(browser: Browser) -> None:
    browser.sign_in("secretary@kontum.example.vn")
    asked = browser.post("/rounds/1/papers/make/", {"kind": "decision"}, "/rounds/1/papers/")
    assert asked.status == 302
    page = asked.headers["location"]
    for _second in range(120):
        shown = browser.get(page).text
        if "Tải" in shown and "download/pdf/" in shown:
            break
        time.sleep(0.5)
    answer = browser.get(f"{page}download/pdf/")
    assert answer.body.startswith(b"%PDF-")


def test_a_lost_redis_does_not_stop_a_save(browser: Browser, stack: Stack) -> None:
    browser.sign_in("secretary@kontum.example.vn")
    stack.kill("redis")
    try:
        answer = browser.get("/rounds/1/table/")
        assert answer.status == 200
    finally:
        stack.start_redis()


def test_the_web_reloads_without_refusing_anybody(browser: Browser, stack: Stack) -> None:
    browser.sign_in("secretary@kontum.example.vn")
    stack.processes["web"].send_signal(signal.SIGHUP)
    statuses = {browser.get("/rounds/1/table/").status for _time in range(20)}
    assert statuses == {200}


def test_the_log_holds_no_secret(stack: Stack) -> None:
    for name in ("web", "worker", "nginx"):
        text = stack.log(name).read_text(errors="replace")
        assert PASSWORD not in text
