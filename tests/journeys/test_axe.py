"""No page breaks a rule of WCAG 2.2 AA that axe-core can check, at a desk and on a phone.

The pages are those of the sweep: every address that answers somebody's GET, on the round at the
stage where the sweep has it. Each is seen as somebody who may write there, where there is one, and
as somebody who may only read.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page

from tests.cast import Cast
from tests.conftest import Clock
from tests.journeys.conftest import Visit, session_cookie
from tests.test_sweep import NOBODY, PAGES, Row, url
from tests.world import World

pytestmark = pytest.mark.journey

WIDTHS = ((1440, 900), (390, 844))
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async (tags) => {
  const found = await axe.run(document, {
    runOnly: { type: "tag", values: tags },
    resultTypes: ["violations"],
  });
  const places = (nodes) => nodes.slice(0, 3).map((node) => node.target.join(" ")).join(" | ");
  return found.violations.map(({ id, nodes }) => `${id}: ${places(nodes)}`);
}"""
# They answer with a file, a picture or one word for the load balancer.
NOT_PAGES = {
    "appraisal:bench-workbook",
    "appraisal:criteria-export",
    "appraisal:criteria-template",
    "appraisal:evidence-download",
    "appraisal:evidence-page",
    "appraisal:healthz",
    "appraisal:offline-download",
    "appraisal:papers-bundle",
    "appraisal:papers-download",
    "appraisal:papers-issued",
    "appraisal:results-export",
    "appraisal:survey-template",
    "appraisal:templates-builtin",
    "appraisal:templates-file",
    "appraisal:templates-page",
    "appraisal:templates-preview",
}


@cache
def axe() -> str:
    return (Path(settings.BASE_DIR) / "tests/vendor/axe-core/axe.min.js").read_text("utf-8")


def seen_by(row: Row) -> Iterator[str]:
    """One who writes and one who only reads, as far as there are such people."""
    readers, writers = row.get or NOBODY, row.post or NOBODY
    for group in (readers & writers, readers - writers):
        yield from sorted(group)[:1]


def violations(page: Page) -> list[str]:
    """What axe finds at both widths. Evaluated from outside, so that the page's policy stands."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(f"() => {{ {axe()} }}")
    found = []
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{width} px, {sentence}" for sentence in page.evaluate(RUN, TAGS)]
    return found


def visited(staging: str) -> list[tuple[str, str]]:
    """The pages of a stage, each with the person who looks at it."""
    return [
        (name, person)
        for name, row in PAGES.items()
        if row.staging == staging and name not in NOT_PAGES
        for person in seen_by(row)
    ]


@pytest.mark.parametrize("staging", sorted({row.staging for row in PAGES.values()}))
def test_no_page_breaks_a_rule_of_wcag(
    cast: Cast, clock: Clock, visit: Visit, staging: str
) -> None:
    world = World(cast, staging)
    clock.set(world.at)
    visitor = visit()
    broken: list[str] = []
    signed_in = ""
    for name, person in sorted(visited(staging), key=lambda item: item[1]):
        if person != signed_in:
            visitor.page.context.clear_cookies()
            cookie = session_cookie(cast.people[person], visitor.origin)
            visitor.page.context.add_cookies([cookie])
            signed_in = person
        answer = visitor.page.goto(visitor.origin + url(world, name))
        assert answer is not None
        assert answer.headers["content-type"].startswith("text/html"), name
        broken += [f"{name} as {person}, {item}" for item in violations(visitor.page)]
    assert not broken, "\n".join(broken)


def test_a_stranger_meets_no_barrier_at_the_door(cast: Cast, clock: Clock, visit: Visit) -> None:
    world = World(cast, "open")
    visitor = visit()
    broken: list[str] = []
    for name in ("agencies:sign-in", "agencies:password-reset", "agencies:password-reset-sent"):
        visitor.page.goto(visitor.origin + url(world, name))
        broken += [f"{name}, {item}" for item in violations(visitor.page)]
    assert not broken, "\n".join(broken)


def test_a_barrier_would_be_found(visit: Visit) -> None:
    page = visit().page
    page.set_content("<html lang=vi><title>x</title><main><img src='data:,'><input></main></html>")
    assert {sentence.split(": ")[0] for sentence in violations(page)} >= {
        "1440 px, image-alt",
        "390 px, label",
    }


def test_every_page_that_can_be_read_is_visited() -> None:
    readable = {name for name, row in PAGES.items() if row.get}
    seen = {name for row in PAGES.values() for name, _person in visited(row.staging)}
    assert readable - seen == NOT_PAGES
