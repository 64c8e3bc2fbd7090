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

TURNS: Final = 12
"""After so many questions each table begins a page of its own."""
LOOSE_PAGES: Final = 3
"""Of so many pages a table is laid out before its place is known."""


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
    tables = [_Seating(item) for item in draft.tables]
    for turn in range(TURNS):
        layout = _laid_out(draft, tables)
        tell(min(80, 40 + 20 * turn))
        places = layout.places()
        # Every table is asked, also after one that does not rest.
        if not [table for table in tables if not table.rests(places)]:
            return layout, [table.placed(places) for table in tables]
    for table in tables:
        table.begin_a_page()
    layout = _laid_out(draft, tables)
    places = layout.places()
    return layout, [table.placed(places) for table in tables]


def _laid_out(draft: Draft, tables: Sequence[_Seating]) -> Layout:
    html = draft.html
    for table in tables:
        html = html.replace(f"<!--table {table.name}-->", table.spaces(), 1)
    return engine.lay_out(html, draft.assets)


class _Seating:
    """A table on its way to its place.

    The engine is given a space for each row that may part from the one above, and parts them where
    it likes: so a table begins as early as it may, and a signature below takes the last rows with
    it. From where the first space came to stand the table is cut into leaves, one for each page
    and under a header each; where the engine parts a leaf once more, it is cut there. At rest, no
    leaf is parted and the table stands where it was cut for. Leaves in the middle fill their pages
    and are given one space each, or thousands of rows would take their time.
    """

    def __init__(self, spaced: Spaced) -> None:
        self.name = spaced.name
        width, height = spaced.page
        self._setting = Setting(spaced.table, width)
        self._page = height - _SLACK
        self._seen: Place | None = None
        self._is_alone = False
        # Of a long table the first pages: the others would be laid out in vain.
        self._leaves: tuple[Leaf, ...] = (self._setting.beginning(self._page * LOOSE_PAGES),)

    def begin_a_page(self) -> None:
        """Stand at the top of a page from now on, where nothing above can move the table."""
        self._is_alone = True
        self._leaves = self._setting.leaves(self._page, self._page)

    def spaces(self) -> str:
        """The HTML that leaves room for the table."""
        looks = []
        for n, leaf in enumerate(self._leaves):
            heights = self._pieces(n, leaf)
            looks += [(n, 0, "next" if n or self._is_alone else "first", heights[0])]
            looks += [(n, m, "", height) for m, height in enumerate(heights[1:], 1)]
        last = len(looks) - 1
        return "".join(
            f'<article id="{self._id(leaf, piece)}" class="{look}{" last" * (n == last)}"'
            f' style="height: {height:.3f}pt"></article>'
            for n, (leaf, piece, look, height) in enumerate(looks)
        )

    def rests(self, places: Mapping[str, Place]) -> bool:
        """Whether the leaves are right where they stand; otherwise they will be others."""
        seen = places[self._id(0, 0)]
        if not self._has_moved(seen):
            return not self._is_parted(places, seen.page)
        room = max(self._page + _TOP - seen.top, self._setting.least(self._page))
        leaves = self._setting.leaves(room, self._page)
        # What was supposed at first is right where the whole table has room.
        is_right = self._seen is None and leaves == self._leaves
        self._seen, self._leaves = seen, leaves
        return is_right and not self._is_parted(places, seen.page)

    def _has_moved(self, seen: Place) -> bool:
        at = self._seen
        return at is None or seen.page != at.page or abs(seen.top - at.top) > _SLACK

    def _is_parted(self, places: Mapping[str, Place], page: int) -> bool:
        """Whether the engine parts a leaf; it is then cut there."""
        for n, leaf in enumerate(self._leaves):
            pieces = len(self._pieces(n, leaf))
            pages = [places[self._id(n, piece)].page for piece in range(pieces)]
            kept = pages.count(page + n)
            if kept < pieces:
                if kept:
                    self._leaves = self._setting.cut(self._leaves, n, kept, self._page)
                return True
        return False

    def placed(self, places: Mapping[str, Place]) -> Placed:
        return Placed(
            self._setting,
            self._leaves,
            tuple(places[self._id(n, 0)] for n in range(len(self._leaves))),
            sum(len(self._pieces(n, leaf)) for n, leaf in enumerate(self._leaves)),
        )

    def _pieces(self, number: int, leaf: Leaf) -> list[float]:
        """The heights of the spaces of a leaf."""
        if 0 < number < len(self._leaves) - 1:
            return [leaf.height]
        return self._setting.pieces(leaf)

    def _id(self, leaf: int, piece: int) -> str:
        return f"{self.name}-{leaf}-{piece}"
