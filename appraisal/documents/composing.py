"""A paper put together: the engine lays out its text, `setting` its tables, until both agree.

How much of a table fits on its first page depends on the text above it, and where the text below
stands depends on the table. So the engine is given spaces for the tables and asked where they came
to stand, the tables are cut for those places, and the engine is asked again; the second or third
time nothing moves. Needs no Django: the HTML is ready, and other processes do this too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from appraisal.documents import drawing, engine
from appraisal.documents.carrying import carry
from appraisal.documents.drawing import Placed
from appraisal.documents.engine import Layout, Place
from appraisal.documents.official import Attachment, Table
from appraisal.documents.setting import Leaf, Setting
from appraisal.documents.structure import Structure

MILLIMETRE: Final = 72 / 25.4
# The text of a page inside its margins (static/print/official.css): width and height.
TALL: Final = (165 * MILLIMETRE, 257 * MILLIMETRE)
WIDE: Final = (252 * MILLIMETRE, 170 * MILLIMETRE)
_TOP: Final = 20 * MILLIMETRE
_SLACK: Final = 0.05
"""Left free at the foot of a page: the engine rounds, and must not find the space too tall."""

ROUNDS: Final = 12
"""After so many questions each table begins a page of its own."""
SMALL: Final = 0.4
SOME_PAGES: Final = 3
"""Parts of a page: what is first supposed of a table's place depends on its height."""


@dataclass(frozen=True)
class Spaced:
    """A table to be set by hand: its name in the HTML, and the text of its pages."""

    name: str
    table: Table
    page: tuple[float, float]


@dataclass(frozen=True)
class Draft:
    """A paper ready for the engine. In `html` stands `<!--table t1-->` where that table belongs.

    No text of a paper can look like that: it is escaped.
    """

    html: str
    tables: tuple[Spaced, ...]
    assets: Mapping[str, bytes]
    identifier: bytes
    created: datetime
    files: tuple[Attachment, ...] = ()


def compose(draft: Draft, tell: Callable[[int], None] = lambda _percent: None) -> bytes:
    """The PDF of a draft. Raises BlockedAddress for an address that is not among its assets.

    `tell` hears rising percentages up to 80.
    """
    with engine.at_work():
        layout, tables = _at_rest(draft, tell)

        def finish(pdf: Any) -> None:
            structure = Structure(pdf)
            structure.mend()
            drawing.draw(pdf, structure, tables)
            # The names of the spaces; nothing leads to them.
            pdf.catalog.pop("Names", None)
            carry(pdf, draft.files, draft.created)

        return layout.write(draft.identifier, finish)


def _at_rest(draft: Draft, tell: Callable[[int], None]) -> tuple[Layout, list[Placed]]:
    cuts = [_Cut(item) for item in draft.tables]
    for turn in range(ROUNDS):
        layout = _laid_out(draft, cuts)
        tell(min(80, 40 + 20 * turn))
        places = layout.places()
        # Every table is asked, also after one that does not rest.
        if not [cut for cut in cuts if not cut.rests(places)]:
            return layout, [cut.placed(places) for cut in cuts]
    for cut in cuts:
        cut.begin_a_page()
    layout = _laid_out(draft, cuts)
    places = layout.places()
    return layout, [cut.placed(places) for cut in cuts]


def _laid_out(draft: Draft, cuts: Sequence[_Cut]) -> Layout:
    html = draft.html
    for cut in cuts:
        html = html.replace(f"<!--table {cut.name}-->", cut.spaces(), 1)
    return engine.lay_out(html, draft.assets)


class _Cut:
    """A table and how it is cut into leaves so far."""

    def __init__(self, spaced: Spaced) -> None:
        self.name = spaced.name
        width, height = spaced.page
        self._setting = Setting(spaced.table, width)
        self._page = height - _SLACK
        self._alone = False
        self._leaves = self._supposed()

    def _supposed(self) -> tuple[Leaf, ...]:
        """Before anything is known: a small table on one page, one of some pages from the middle.

        Of a long one the beginning, so that its many pages are not laid out in vain.
        """
        height, least = self._setting.height, self._setting.least(self._page)
        if height < self._page * SMALL:
            return self._setting.leaves(self._page, self._page)
        if height < self._page * SOME_PAGES:
            return self._setting.leaves(max(self._page / 2, least), self._page)
        return (Leaf((), least),)

    def begin_a_page(self) -> None:
        """Stand at the top of a page from now on, where nothing above can move the table."""
        self._alone = True
        self._leaves = self._setting.leaves(self._page, self._page)

    def spaces(self) -> str:
        """The HTML that leaves room for each leaf."""
        classes = ["leaf"] * len(self._leaves)
        classes[-1] += " last"
        if not self._alone:
            classes[0] += " first"
        return "".join(
            f'<article id="{self._id(n)}" class="{look}" style="height: {leaf.height:.3f}pt">'
            "</article>"
            for n, (look, leaf) in enumerate(zip(classes, self._leaves, strict=True))
        )

    def rests(self, places: Mapping[str, Place]) -> bool:
        """Whether the leaves fit where they came to stand; otherwise they are cut anew."""
        first = places[self._id(0)]
        room = self._page + _TOP - first.top
        leaves = self._setting.leaves(max(room, self._setting.least(self._page)), self._page)
        follow = all(
            places[self._id(n)].page == first.page + n for n in range(1, len(self._leaves))
        )
        rest = follow and leaves == self._leaves
        self._leaves = leaves
        return rest

    def placed(self, places: Mapping[str, Place]) -> Placed:
        return Placed(
            self._setting,
            self._leaves,
            tuple(places[self._id(n)] for n in range(len(self._leaves))),
        )

    def _id(self, number: int) -> str:
        return f"{self.name}-{number}"
