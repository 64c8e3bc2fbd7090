"""People at their browsers: who signs in, on which page, and what the pages complained about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

from agencies.models import User
from tests.cast import PASSWORD

# Playwright waits for what it expects; on two busy cores five seconds are not always enough.
expect.set_options(timeout=10_000)

PLAIN_PDF = Path(__file__).parents[1] / "attack_corpus" / "evidence" / "ok-plain.pdf"

# Chromium speaks of a violation on the console too; the event names the directive for certain.
WATCH = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP ${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}`);
});
"""
# The answers 403, 409 and 422 belong to stories; `Visitor` judges every answer by its status.
ANSWERED = "Failed to load resource: the server responded with a status of 4"


class Visitor:
    """One person at one page of the running site."""

    def __init__(self, page: Page, origin: str, complaints: list[str]) -> None:
        self.page = page
        self.origin = origin
        self._complaints = complaints
        self.watch(page)

    def watch(self, page: Page) -> Page:
        """Note every complaint of a page: console, script, policy, answers nobody wants."""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._complain(page, f"script: {error}"))
        page.on("response", self._answered)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(ANSWERED):
            self._complaints.append(f"{message.location.get('url', '')}: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status == 404 or response.status >= 500:
            self._complaints.append(f"{response.url}: {response.status}")

    def _complain(self, page: Page, text: str) -> None:
        self._complaints.append(f"{page.url}: {text}")

    def sign_in(self, user: User) -> Visitor:
        """Through the front door, with the password."""
        self.page.goto(self.origin + reverse("agencies:sign-in"))
        self.page.get_by_label("Thư điện tử").fill(user.email)
        self.page.get_by_label("Mật khẩu").fill(PASSWORD)
        self.press("Đăng nhập")
        expect(self.page).not_to_have_url(re.compile(reverse("agencies:sign-in")))
        return self

    def open(self, name: str, *args: int | str, query: str = "") -> Page:
        """Go to the address of a name of `appraisal`."""
        self.page.goto(self.address(name, *args) + query)
        return self.page

    def address(self, name: str, *args: int | str) -> str:
        return self.origin + reverse(f"appraisal:{name}", args=args)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def send(self, name: str) -> None:
        """Press a button that posts the page, and wait for the page that answers."""
        with self.page.expect_navigation():
            self.press(name)

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def is_at(self, name: str, *args: int | str) -> None:
        """Wait until the browser is at that address, whatever its query."""
        expect(self.page).to_have_url(
            re.compile(re.escape(self.address(name, *args)) + r"(\?|#|$)")
        )

    def says(self, text: str) -> None:
        """Wait until the page shows these words."""
        expect(self.page.locator("body")).to_contain_text(text)


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What pages complained about; the story fails when there is anything at its end."""
    heard: list[str] = []
    yield heard
    assert not heard, "\n".join(dict.fromkeys(heard))


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Browser, live_server: Any, complaints: list[str]) -> Iterator[Visit]:
    """`visit(user)`: the person signed in, in a browser of their own; `visit()`: a stranger.

    Further arguments are those of a browser context, such as `java_script_enabled=False`.
    """
    opened: list[BrowserContext] = []

    def new(user: User | None = None, **options: Any) -> Visitor:
        context = browser.new_context(
            **{
                "locale": "vi-VN",
                "timezone_id": "Asia/Ho_Chi_Minh",
                "viewport": {"width": 1440, "height": 900},
                "accept_downloads": True,
                **options,
            }
        )
        opened.append(context)
        context.set_default_timeout(15_000)
        context.add_init_script(WATCH)
        if user is not None:
            context.add_cookies([session_cookie(user, live_server.url)])
        return Visitor(context.new_page(), live_server.url, complaints)

    yield new
    for context in opened:
        context.close()


def session_cookie(user: User, origin: str) -> Any:
    """The cookie of a session of this person, without the way through the sign-in page."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": origin}
