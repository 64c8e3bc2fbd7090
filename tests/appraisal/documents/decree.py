"""Decree 30/2020/NĐ-CP, Appendix I, as a measuring rod (domain reference §8.6).

`check(measure(pdf), paper)` holds a PDF against what the paper says and where the decree wants it:
ours, and the one that LibreOffice makes of our Word file. AssertionError names what is not so.

Tolerances: a size of type 0.3 pt (Word counts in half points, LibreOffice rounds to tenths), a
place 0.7 mm (rounding of twips, the side bearing of the first letter), the right end of a justified
line 1 mm (LibreOffice keeps room for the slant of its last letter), the middle of a line 2 mm.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from appraisal.documents.official import (
    Annex,
    Block,
    Facts,
    Official,
    Paragraph,
    Signature,
    Table,
)
from tests.appraisal.documents.reading import (
    MILLIMETRE,
    Found,
    Line,
    Page,
    Rule,
    Sheet,
    measure,
    squeezed,
)

__all__ = ["check", "measure"]

A4 = (210, 297)
TOP, BOTTOM, LEFT, RIGHT = 20, 20, 30, 15
SIZE = 0.3  # pt
PLACE = 0.7  # mm
JUSTIFIED = 1.0  # mm
MIDDLE = 2.0  # mm
HEAD, TEXT, CELL = (12, 13), (13, 14), (11, 14)
"""Sizes of the head, of the text, and of what stands in tables, from … to."""
SINGLE = 1.15
"""Single spacing of Times New Roman, in ems."""
FIGURE = re.compile(r"\d+,\d+|\d{1,3}(\.\d{3})+(,\d+)?|[1-9](\.[1-9]\d?)+")
"""93,73; 4.000; 1.234,5; and 1.5 or 3.1.2, which number criteria and are no amounts."""
FAMILIES = ("tinos", "timesnewroman", "liberationserif", "symbols")
"""Times New Roman, the fonts with exactly its widths that may stand in for it, and our signs."""


def check(sheet: Sheet, paper: Official) -> None:
    """Everything that the decree says of this paper."""
    check_type(sheet)
    check_margins(sheet)
    parts = check_parts(sheet, paper)
    text = sheet.only(parts[0])
    check_letterhead(text, paper)
    check_title(text, paper)
    check_text(text, paper)
    check_closing(text, paper)
    for annex, pages in zip(paper.annexes, parts[1:], strict=True):
        check_annex(sheet.only(pages), annex)
    check_figures(sheet, _codes(paper))


def check_type(sheet: Sheet) -> None:
    """Times New Roman throughout, in black."""
    for span in sheet.spans:
        family = re.sub(r"[^a-z]", "", span.font.lower())
        assert family.startswith(FAMILIES), (span.font, span.text)
        assert span.black, span


def check_margins(sheet: Sheet) -> None:
    for page in sheet.pages:
        for line in page.body:
            where = (page.number, line.text)
            assert mm(line.x0) >= LEFT - PLACE, where
            assert mm(line.x1) <= mm(page.width) - RIGHT + PLACE, where
            assert mm(line.top) >= TOP - PLACE, where
            assert mm(line.bottom) <= mm(page.height) - BOTTOM + PLACE, where


def check_parts(sheet: Sheet, paper: Official) -> list[list[int]]:
    """The pages of the text and of each annex; each part is numbered from 1, its 1 is not shown."""
    starts = [1]
    for annex in paper.annexes:
        # "Phụ lục I" is in the text too: the annex begins where it is the first line of a page.
        wanted = squeezed(annex.heading)
        starts.append(
            next(
                page.number
                for page in sheet.pages
                if page.number > starts[-1] and page.body[0].squeezed == wanted
            )
        )
    ends = [*starts[1:], len(sheet.pages) + 1]
    parts = [list(range(start, end)) for start, end in zip(starts, ends, strict=True)]
    wide = [False, *(annex.landscape for annex in paper.annexes)]
    for pages, landscape in zip(parts, wide, strict=True):
        for shown, number in enumerate(pages, 1):
            check_page(sheet.page(number), shown, landscape=landscape)
    return parts


def check_page(page: Page, shown: int, *, landscape: bool) -> None:
    """A4, and its number in the middle of the top margin unless it is the first of its part."""
    size = A4[::-1] if landscape else A4
    assert (round(mm(page.width)), round(mm(page.height))) == size, page.number
    line = page.number_line
    if shown == 1:
        assert line is None, f"page {page.number} shows its number"
        return
    assert line is not None, f"page {page.number} has no number"
    assert line.squeezed == str(shown), page.number
    styled(Found(line.text, (line,), line.spans), TEXT)
    centred(page, (line,))


def check_letterhead(sheet: Sheet, paper: Official) -> None:
    """The issuer on the left, the nation on the right, number and date below them."""
    head, page = paper.letterhead, sheet.pages[0]
    nation, motto = sheet.find(head.nation), sheet.find(head.motto)
    styled(nation, HEAD, bold=True, capitals=True)
    styled(motto, TEXT, bold=True)
    assert len(nation.lines) == len(motto.lines) == 1
    assert mm(nation.first.x0) > LEFT + (mm(page.width) - LEFT - RIGHT) * 0.35
    assert abs(motto.first.middle - nation.first.middle) < MIDDLE * MILLIMETRE
    part_of(ruled(page, motto.last), motto.last, 0.97, 1.03)
    left = nation.first.x0
    for line in head.superior:
        found = sheet.find(line)
        styled(found, HEAD, capitals=True)
        assert found.longest.x1 < left
    issuer = [sheet.find(line) for line in head.issuer]
    for found in issuer:
        styled(found, HEAD, bold=True, capitals=True)
        assert found.longest.x1 < left
    if issuer:
        part_of(ruled(page, issuer[-1].last), issuer[-1].longest, 1 / 3, 1 / 2)
    number, dated = sheet.find(head.number_line), sheet.find(head.date_line)
    styled(number, (13, 13))
    styled(dated, TEXT, italic=True)
    assert len(dated.lines) == 1
    assert number.longest.x1 < dated.first.x0
    assert re.match(r"Số: (\s+|\d{2,})/\S*$", head.number_line), head.number_line


def check_title(sheet: Sheet, paper: Official) -> None:
    page = sheet.pages[0]
    if paper.form == "letter":
        about = sheet.find(paper.summary)
        styled(about, HEAD)
        assert about.first.top > sheet.find(paper.letterhead.number_line).first.top
        assert about.longest.x1 < sheet.find(paper.letterhead.nation).first.x0 + 5 * MILLIMETRE
        return
    title = sheet.find(paper.title, after=sheet.find(paper.letterhead.date_line))
    styled(title, TEXT, bold=True, capitals=True)
    centred(page, title.lines)
    if paper.summary:
        summary = sheet.find(paper.summary, after=title)
        styled(summary, TEXT, bold=True)
        centred(page, summary.lines)
        part_of(ruled(page, summary.last), summary.longest, 1 / 3 - 0.03, 1 / 2 + 0.03)


def check_text(sheet: Sheet, paper: Official) -> None:
    """From "Kính gửi" to the last block, each after the other."""
    place = sheet.find(paper.summary or paper.title)
    if paper.addressees:
        place = sheet.find("Kính gửi:", after=place)
        styled(place, TEXT)
    for addressee in paper.addressees:
        place = sheet.find(addressee, after=place)
        styled(place, TEXT)
    if paper.authority:
        place = sheet.find(paper.authority, after=place)
        styled(place, TEXT, bold=True, capitals=True)
        centred(sheet.page(place.page), place.lines)
    for basis in paper.bases:
        place = sheet.find(basis, after=place)
        styled(place, TEXT, italic=True)
        flowing(sheet, place)
    ends(paper.bases)
    if paper.resolved:
        place = sheet.find(paper.resolved, after=place)
        styled(place, TEXT, bold=True)
        centred(sheet.page(place.page), place.lines)
    for block in paper.blocks:
        place = check_block(sheet, block, place)


def check_block(sheet: Sheet, block: Block, after: Found) -> Found:
    """One block, which stands after that text; the last text of it."""
    if isinstance(block, Table):
        return check_table(sheet, block, after)
    if isinstance(block, Facts):
        for text in (text for pair in block.pairs for text in pair if squeezed(text)):
            styled(sheet.find(text, after=after, whole=True), TEXT)
        return after
    return check_paragraph(sheet, block, after)


def check_paragraph(sheet: Sheet, paragraph: Paragraph, after: Found) -> Found:
    found = sheet.find(f"{paragraph.lead} {paragraph.text}", after=after)
    if paragraph.role in {"heading", "subheading", "centred"}:
        styled(found, TEXT, bold=True)
        if paragraph.role == "centred":
            centred(sheet.page(found.page), found.lines)
        return found
    if paragraph.lead:
        styled(sheet.find(paragraph.lead, after=after), TEXT, bold=True)
    styled(sheet.find(paragraph.text, after=after), TEXT, italic=paragraph.role == "note")
    flowing(sheet, found)
    return found


def check_table(sheet: Sheet, table: Table, after: Found) -> Found:
    """Every row whole, once, in its order; the header above the rows on each of their pages."""
    if table.caption:
        after = sheet.find(table.caption, after=after)
    place, pages = after, []
    for n, row in enumerate(table.rows):
        cells = [sheet.find(cell, after=place, whole=True) for cell in row.cells if squeezed(cell)]
        named = max(cells, key=lambda found: len(found.text))
        of_row = {line.page for line in named.lines}
        assert len(of_row) == 1, f"a row is parted by a page: {named.text!r}"
        styled(named, CELL, bold=row.role != "row")
        if row.role == "field" and n + 1 < len(table.rows):
            below = max((cell for cell in table.rows[n + 1].cells), key=len)
            assert sheet.find(below, after=named, whole=True).page == named.page, (
                f"left alone: {named.text!r}"
            )
        place = named
        pages.append(place.page)
    assert pages == sorted(pages)
    for number in sorted(set(pages)):
        header = sheet.only([number])
        for column in table.columns:
            if squeezed(column.label):
                styled(header.find(column.label, whole=True), CELL, bold=True)
    return place


def check_closing(sheet: Sheet, paper: Official) -> None:
    for signature in paper.signatures:
        check_signature(sheet, signature)
    if len(paper.signatures) == 2:
        left, right = (sheet.find(item.lines[0]) for item in paper.signatures)
        assert abs(left.first.baseline - right.first.baseline) < 1
        assert left.longest.x1 < right.longest.x0
    if paper.recipients:
        place = sheet.find("Nơi nhận:")
        styled(place, (12, 12), bold=True, italic=True)
        for recipient in paper.recipients:
            place = sheet.find(f"- {recipient}", after=place)
            styled(place, (11, 11))
            assert mm(place.longest.x1) < LEFT + (mm(sheet.pages[0].width) - LEFT - RIGHT) * 0.55
        ends(paper.recipients)


def check_signature(sheet: Sheet, signature: Signature) -> None:
    """Office and name in bold, on one page, with room for a hand and a seal between them."""
    office = [sheet.find(line) for line in signature.lines]
    for found in office:
        styled(found, TEXT, bold=True, capitals=True)
    if signature.name and office:
        name = sheet.find(signature.name, after=office[-1])
        styled(name, TEXT, bold=True)
        assert name.page == office[-1].page, "the name is parted from the office"
        assert mm(name.first.top - office[-1].last.bottom) > 15, "no room for a signature"


def check_annex(sheet: Sheet, annex: Annex) -> None:
    page = sheet.pages[0]
    heading = sheet.find(annex.heading)
    styled(heading, (14, 14), bold=True)
    title = sheet.find(annex.title, after=heading)
    styled(title, TEXT, bold=True, capitals=True)
    for found in (heading, title):
        centred(page, found.lines)
    place = title
    if annex.subtitle:
        place = sheet.find(annex.subtitle, after=title)
        styled(place, TEXT, italic=True)
        centred(page, place.lines)
    for block in annex.blocks:
        place = check_block(sheet, block, place)


def check_figures(sheet: Sheet, codes: frozenset[str] = frozenset()) -> None:
    """A comma before decimals, a point between thousands; a zero before small days and months.

    `codes` number criteria ("1.2") and are no figures.
    """
    for line in sheet.lines:
        if line.squeezed in codes:
            continue
        for figure in re.findall(r"(?<![\d./-])\d+(?:[.,]\d+)+(?![\d/])", line.text):
            assert FIGURE.fullmatch(figure), (line.page, line.text)
        for day, month in re.findall(r"ngày (\d+) tháng (\d+)", line.text):
            assert len(day) == 2, line.text
            assert len(month) == 2 or int(month) > 2, line.text


def _codes(paper: Official) -> frozenset[str]:
    """What the rows of the paper's tables begin with."""
    blocks = (*paper.blocks, *(block for annex in paper.annexes for block in annex.blocks))
    return frozenset(
        squeezed(row.cells[0]) for block in blocks if isinstance(block, Table) for row in block.rows
    )


# --- One element ----------------------------------------------------------------------------------
def styled(
    found: Found,
    sizes: tuple[float, float],
    *,
    bold: bool = False,
    italic: bool = False,
    capitals: bool = False,
) -> None:
    """The size lies between the two, the weight and the slant are these."""
    for span in found.spans:
        assert sizes[0] - SIZE <= span.size <= sizes[1] + SIZE, (found.text, span)
        assert span.bold == bold, (found.text, span)
        assert span.italic == italic, (found.text, span)
    assert not capitals or found.text.isupper(), found.text


def centred(page: Page, lines: Sequence[Line]) -> None:
    """Every line stands in the middle between the margins."""
    middle = (LEFT + mm(page.width) - RIGHT) / 2
    for line in lines:
        assert abs(mm(line.middle) - middle) < MIDDLE, (line.text, mm(line.middle), middle)


def flowing(sheet: Sheet, found: Found) -> None:
    """Justified, indented by 1 to 1.27 cm, single to 1.5 spacing, 6 pt from the text above."""
    page = sheet.page(found.page)
    right = mm(page.width) - RIGHT
    indent = mm(found.first.x0) - LEFT
    assert 10 - PLACE <= indent <= 12.7 + PLACE, (found.text, indent)
    for line in found.lines[1:]:
        assert abs(mm(line.x0) - LEFT) < PLACE, line.text
    for line in found.lines[:-1]:
        assert abs(mm(line.x1) - right) < JUSTIFIED, (line.text, mm(line.x1))
    for line, following in pairwise(found.lines):
        if line.page == following.page:
            pitch = (following.baseline - line.baseline) / line.spans[0].size
            assert 1.1 <= pitch <= 1.5 * SINGLE + 0.05, (line.text, pitch)
    above = [line.baseline for line in page.body if line.baseline < found.first.baseline - 1]
    if above:
        gap = found.first.baseline - max(above)
        assert gap >= found.first.spans[0].size * SINGLE + 6 - 0.5, (found.text, gap)


def ends(lines: Sequence[str]) -> None:
    """Each of a list ends in a semicolon, the last in a full stop."""
    for n, line in enumerate(lines, 1):
        assert line.endswith("." if n == len(lines) else ";"), line


def ruled(page: Page, line: Line) -> Rule:
    """The rule drawn below the middle of a line."""
    below = [
        rule
        for rule in page.rules
        if rule.y0 == rule.y1
        and 0 <= rule.y0 - line.baseline <= 16
        and abs((rule.x0 + rule.x1) / 2 - line.middle) < MIDDLE * MILLIMETRE
    ]
    assert below, f"no rule below {line.text!r}"
    return min(below, key=lambda rule: rule.y0)


def part_of(rule: Rule, line: Line, least: float, most: float) -> None:
    """The rule's length is such a part of the line's."""
    part = (rule.x1 - rule.x0) / line.width
    assert least <= part <= most, (line.text, part)


def mm(points: float) -> float:
    return points / MILLIMETRE
