"""A PDF read back: every letter with its place, font and size, every rule that is drawn.

Any program may have made the file. What it should look like is in `decree`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pdfplumber

MILLIMETRE = 72 / 25.4
TOP_MARGIN = 20 * MILLIMETRE
SAME_LINE = 1.0  # points between baselines
COLUMN_GAP = 1.5  # ems between two pieces of text that are not one line
WORD_GAP = 0.15  # ems: some programs place words and draw no blank
THIN = 1.6  # points
TOUCHING = 0.2  # points between two pieces of one line
INDENT = 40  # points of a paragraph's first line, at most
LEFT_MARGIN = 30 * MILLIMETRE
PARAGRAPH_GAP = 40  # points; lines further apart are not of one text


@dataclass(frozen=True)
class Span:
    """A run of letters of one font and size on one line. Lengths in points from the top left."""

    page: int
    text: str
    font: str
    size: float
    bold: bool
    italic: bool
    black: bool
    x0: float
    x1: float
    top: float
    bottom: float
    baseline: float


@dataclass(frozen=True)
class Line:
    """What stands on one line inside one column or cell."""

    page: int
    spans: tuple[Span, ...]

    @cached_property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)

    @cached_property
    def squeezed(self) -> str:
        return squeezed(self.text)

    @property
    def x0(self) -> float:
        return self.spans[0].x0

    @property
    def x1(self) -> float:
        return self.spans[-1].x1

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def top(self) -> float:
        return min(span.top for span in self.spans)

    @property
    def bottom(self) -> float:
        return max(span.bottom for span in self.spans)

    @property
    def baseline(self) -> float:
        return self.spans[0].baseline


@dataclass(frozen=True)
class Rule:
    """A straight line that is drawn: horizontal when `y0 == y1`."""

    x0: float
    x1: float
    y0: float
    y1: float


@dataclass(frozen=True)
class Page:
    """One page; `number` counts from 1 through the file."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    rules: tuple[Rule, ...]

    @cached_property
    def number_line(self) -> Line | None:
        """The page number that is shown: digits alone in the top margin."""
        for line in self.lines:
            if line.top < TOP_MARGIN and re.fullmatch(r"\d+", line.squeezed):
                return line
        return None

    @cached_property
    def body(self) -> tuple[Line, ...]:
        """The lines without the page number."""
        return tuple(line for line in self.lines if line is not self.number_line)


@dataclass(frozen=True)
class Found:
    """Where a text stands."""

    text: str
    lines: tuple[Line, ...]
    spans: tuple[Span, ...]

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def last(self) -> Line:
        return self.lines[-1]

    @property
    def page(self) -> int:
        return self.first.page

    @property
    def longest(self) -> Line:
        return max(self.lines, key=lambda line: line.width)


@dataclass(frozen=True)
class Sheet:
    """A PDF, or some pages of it."""

    pages: tuple[Page, ...]

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """All lines but page numbers: page by page, downwards, from the left."""
        return tuple(line for page in self.pages for line in page.body)

    @property
    def spans(self) -> Iterator[Span]:
        return (span for line in self.lines for span in line.spans)

    def page(self, number: int) -> Page:
        return next(page for page in self.pages if page.number == number)

    def only(self, numbers: Collection[int]) -> Sheet:
        return Sheet(tuple(page for page in self.pages if page.number in numbers))

    def find(self, text: str, after: Found | None = None, *, whole: bool = False) -> Found:
        """The lines that make up `text`, blanks apart; AssertionError when it is nowhere.

        A text that is broken over lines goes on in the same column, or at the top of the next
        page. With `after` it must begin on that text's last line or later; with `whole` nothing
        else may stand on its lines, as in a cell.
        """
        wanted = squeezed(text)
        assert wanted, "nothing to look for"
        begin = self.lines.index(after.last) if after is not None else 0
        for place in range(begin, len(self.lines)):
            lines = self._from(place, wanted)
            said = sum(len(line.squeezed) for line in lines)
            if lines and (not whole or said == len(wanted)):
                return Found(text, tuple(lines), tuple(_spans(lines, wanted)))
        raise AssertionError(f"not on paper: {text!r}")

    def _from(self, place: int, wanted: str) -> list[Line]:
        """The lines from `place` on that make up `wanted`; empty when they do not."""
        first = self.lines[place]
        if wanted in first.squeezed:
            return [first]
        # The text may begin inside a line (after other words), but then it reaches the line's end.
        known = next(
            (n for n in range(len(first.squeezed), 0, -1) if first.squeezed.endswith(wanted[:n])), 0
        )
        if not known:
            return []
        found, rest = [first], wanted[known:]
        for line in self.lines[place + 1 :]:
            last = found[-1]
            far = line.page == last.page and line.baseline - last.baseline > PARAGRAPH_GAP
            if far or line.page > last.page + 1:
                return []
            if line.baseline - last.baseline < SAME_LINE and line.page == last.page:
                continue
            below = line.x0 < max(x.x1 for x in found) and line.x1 > min(x.x0 for x in found)
            # A short last line may end before the indented first one begins.
            if not below and (abs(line.x0 - LEFT_MARGIN) > 1 or first.x0 - line.x0 > INDENT):
                continue
            if line.squeezed.startswith(rest):
                return [*found, line]
            if not rest.startswith(line.squeezed):
                return []
            found.append(line)
            rest = rest[len(line.squeezed) :]
        return []


def squeezed(text: str) -> str:
    """The text without any blank, place to break, or soft hyphen."""
    return re.sub(r"[\s\u200b\u00ad]", "", text)


def measure(content: bytes, pages: Iterable[int] | None = None) -> Sheet:
    """Every letter and rule of a PDF, or of the pages with these numbers (from 1)."""
    chosen = list(pages) if pages is not None else None
    with pdfplumber.open(io.BytesIO(content), pages=chosen) as opened:
        return Sheet(tuple(_page(page) for page in opened.pages))


def _page(page: Any) -> Page:
    rules = tuple(sorted(_rules(page), key=lambda rule: (rule.y0, rule.x0, rule.x1)))
    return Page(
        number=page.page_number,
        width=float(page.width),
        height=float(page.height),
        lines=tuple(_lines(page, rules)),
        rules=rules,
    )


def _rules(page: Any) -> set[Rule]:
    """Thin things, whether the program drew them as lines, boxes or curves.

    A horizontal line that is drawn in pieces, one after the other, is one.
    """
    rules = set()
    for thing in (*page.lines, *page.rects, *page.curves):
        x0, x1, y0, y1 = (round(float(thing[side]), 1) for side in ("x0", "x1", "top", "bottom"))
        if y1 - y0 <= THIN < x1 - x0:
            rules.add(Rule(x0, x1, (y0 + y1) / 2, (y0 + y1) / 2))
        elif x1 - x0 <= THIN < y1 - y0:
            rules.add(Rule((x0 + x1) / 2, (x0 + x1) / 2, y0, y1))
    return _joined(rules)


def _joined(rules: set[Rule]) -> set[Rule]:
    whole = {rule for rule in rules if rule.y0 != rule.y1}
    last: Rule | None = None
    for rule in sorted(rules - whole, key=lambda rule: (rule.y0, rule.x0, rule.x1)):
        if last is not None and rule.y0 == last.y0 and rule.x0 <= last.x1 + TOUCHING:
            whole.discard(last)
            rule = Rule(last.x0, max(last.x1, rule.x1), rule.y0, rule.y1)
        whole.add(rule)
        last = rule
    return whole


def _lines(page: Any, rules: Sequence[Rule]) -> Iterator[Line]:
    for baseline, chars in _rows(page):
        walls = [rule.x0 for rule in rules if rule.x0 == rule.x1 and rule.y0 <= baseline <= rule.y1]
        piece: list[Any] = []
        inked: Any = None
        for char in chars:
            is_blank = not char["text"].strip()
            if inked is not None and not is_blank and _parted(inked, piece[-1], char, walls):
                yield from _line(page.page_number, piece, baseline)
                piece = []
            piece.append(char)
            inked = inked if is_blank else char
        yield from _line(page.page_number, piece, baseline)


def _rows(page: Any) -> Iterator[tuple[float, list[Any]]]:
    """The letters of the page by baseline, each row from the left."""
    height = float(page.height)
    row: list[Any] = []
    begun = 0.0
    for char in sorted(page.chars, key=lambda char: -char["matrix"][5]):
        baseline = height - char["matrix"][5]
        if row and baseline - begun > SAME_LINE:
            yield begun, sorted(row, key=lambda char: char["x0"])
            row = []
        if not row:
            begun = baseline
        row.append(char)
    if row:
        yield begun, sorted(row, key=lambda char: char["x0"])


def _parted(inked: Any, last: Any, char: Any, walls: Sequence[float]) -> bool:
    """Whether a wide gap or a wall parts a letter from the last one; a blank may lie on a wall."""
    if char["x0"] - last["x1"] > COLUMN_GAP * char["size"]:
        return True
    return any(inked["x1"] - 1 <= wall <= char["x0"] + 1 for wall in walls)


def _line(page: int, chars: Sequence[Any], baseline: float) -> Iterator[Line]:
    while chars and not chars[0]["text"].strip():
        chars = chars[1:]
    while chars and not chars[-1]["text"].strip():
        chars = chars[:-1]
    if not chars:
        return
    runs: list[list[Any]] = [[]]
    for last, char in zip([None, *chars], chars, strict=False):
        # A blank belongs to whatever stands around it.
        if runs[-1] and char["text"].strip() and _face(char) != _face(runs[-1][0]):
            runs.append([])
        if last is not None and char["x0"] - last["x1"] > WORD_GAP * char["size"]:
            runs[-1].append({**char, "text": " ", "x1": char["x0"]})
        runs[-1].append(char)
    yield Line(page, tuple(_span(page, run, baseline) for run in runs if run))


def _face(char: Any) -> tuple[str, float]:
    return char["fontname"], round(char["size"], 1)


def _span(page: int, run: Sequence[Any], baseline: float) -> Span:
    font = run[0]["fontname"].rpartition("+")[2]
    return Span(
        page=page,
        # Both blanks are one glyph, and programs tell either.
        text="".join(char["text"] for char in run).replace("\N{NO-BREAK SPACE}", " "),
        font=font,
        size=round(float(run[0]["size"]), 2),
        bold="bold" in font.lower(),
        italic="italic" in font.lower(),
        black=all(_black(char["non_stroking_color"]) for char in run),
        x0=float(run[0]["x0"]),
        x1=float(run[-1]["x1"]),
        top=min(float(char["top"]) for char in run),
        bottom=max(float(char["bottom"]) for char in run),
        baseline=baseline,
    )


def _black(color: Any) -> bool:
    return color is None or tuple(color) in {(0,), (0, 0, 0), (0, 0, 0, 1)}


def _spans(lines: Sequence[Line], wanted: str) -> Iterator[Span]:
    """The spans that hold letters of `wanted`: its lines may begin or end with other words."""
    whole = "".join(line.squeezed for line in lines)
    begin = whole.index(wanted)
    end, place = begin + len(wanted), 0
    for line in lines:
        for span in line.spans:
            after = place + len(squeezed(span.text))
            if after > begin and place < end:
                yield span
            place = after
