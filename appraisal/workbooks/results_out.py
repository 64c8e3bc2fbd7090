"""The result as a workbook: a sheet for each group with charts, the matrix of agencies and leaves,
every score, every mark, what each field means, and what was sealed by which settings.

Rows are streamed to the file. No text of a user becomes a formula, a link or XML; a text longer
than a cell stands whole in a sheet of its own. The same result gives the same bytes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import IO, Any, Final

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from appraisal.workbooks.inert import FORMULA_STARTS, sheet_name
from appraisal.workbooks.result_rows import (
    AGENCIES,
    BANDS,
    DICTIONARY,
    EVIDENCE,
    GROUPS,
    MARKS,
    NOT_APPLICABLE,
    ROUND,
    SCORES,
    TRAIL,
    TYPES,
    Bands,
    Field,
    Names,
    Row,
    Table,
    Value,
    agency_row,
    band_rows,
    evidence_rows,
    group_rows,
    mark_rows,
    matrix_rows,
    round_row,
    score_rows,
    trail_rows,
)
from appraisal.workbooks.snapshot import Group, Loaded, Snapshot
from appraisal.workbooks.values import clean_text
from appraisal.workbooks.writing import (
    WORDS,
    Piece,
    RowSheet,
    Style,
    TooLong,
    cell_xml,
    fits,
    letters,
    pieces,
    serial,
    write_text,
)

LONG: Final = "Ghi chú dài"
DICTIONARY_SHEET: Final = "Từ điển dữ liệu"
MATRIX: Final = "Ma trận"
MAX_ROWS: Final = 1_048_576
A3: Final = 8
MAX_SHEET_NAME: Final = 31
BEGINNING: Final = 1_000
"""How many characters of a text that does not fit its cell stand there all the same."""
MOST_BARS: Final = 60
"""A chart of more agencies cannot be read."""
SHORT: Final = 100
"""How much of an agency's name a chart shows."""
ROWS_AT_ONCE: Final = 200

RANKING: Final = (
    "rank", "code", "name", "appraised", "survey", "bonus", "penalty", "total", "maximum", "index",
    "tied", "grade", "next_grade", "to_next", "survey_maximum", "submitted_at",
)  # fmt: skip
"""The fields of a group's sheet in their order there; group and year stand in its head."""

NEVER: Final = datetime(1980, 1, 1)

_SHORT: Final = tuple(table for table in DICTIONARY if table not in (MARKS, EVIDENCE))

INK: Final = "#1F2937"
ACCENT: Final = "#1F5FA8"
LINE: Final = "#B8C2CC"


def results_workbook(
    sealed: Mapping[str, Any],
    fingerprint: str,
    *,
    names: Names | None = None,
    whole: bool = True,
) -> bytes:
    """The workbook of a sealed result as XLSX bytes.

    `names` are the titles of fields and leaves, which the snapshot does not hold. Not `whole`, it
    leaves out the sheets of single marks and of documents.
    """
    buffer = BytesIO()
    write_results(buffer, Loaded(sealed), fingerprint, names, whole=whole)
    return buffer.getvalue()


def write_results(
    target: IO[bytes],
    snapshot: Snapshot,
    fingerprint: str,
    names: Names | None = None,
    *,
    whole: bool = True,
) -> None:
    """Write the workbook to a file; memory does not grow with the number of agencies."""
    book = Book(target, _created(snapshot), snapshot.round["display_decimals"])
    names = names or {}
    bands = Bands(snapshot.round)
    ranked = [group for group in snapshot.groups if group.agencies]
    rankings = [Ranking(book, snapshot, group, fingerprint, bands) for group in ranked]
    matrices = [Matrix(book, group, names) for group in ranked]
    scores = Listing(book, SCORES)
    further = (
        [(Listing(book, MARKS), mark_rows), (Listing(book, EVIDENCE), evidence_rows)]
        if whole
        else []
    )
    for group, ranking, matrix in zip(ranked, rankings, matrices, strict=True):
        for agency in snapshot.agencies(group):
            ranking.add(agency_row(snapshot, group, agency, bands))
            matrix.add(matrix_rows(agency))
            scores.add(score_rows(group, agency, names))
            for listing, rows in further:
                listing.add(rows(agency))
    pages: list[Ranking | Matrix | Listing] = [*rankings, *matrices, scores]
    for page in (*pages, *(listing for listing, _rows in further)):
        page.end()
    _write_dictionary(book, DICTIONARY if whole else _SHORT)
    _write_about(book, snapshot, fingerprint)
    book.close()


def _created(snapshot: Snapshot) -> datetime:
    """The last moment that the result knows of, so that the bytes depend on nothing else."""
    if not snapshot.last_change:
        return NEVER
    at = datetime.fromisoformat(snapshot.last_change).astimezone(UTC)
    return at.replace(tzinfo=None, microsecond=0)


Look = dict[str, object]
"""The properties of a format, as XlsxWriter names them."""


class Book:
    """A workbook that is streamed to a file, and the cells that every sheet of it has."""

    def __init__(self, target: IO[bytes], created: datetime, places: int) -> None:
        self._book = xlsxwriter.Workbook(
            target,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._book.set_properties(
            {"title": "Kết quả Chỉ số cải cách hành chính", "created": created}
        )
        self._names = {"history"}  # a name that Excel keeps for itself
        self._long: Listing | None = None
        self._long_texts = 0
        self.styles = self._styles(places)

    def _styles(self, places: int) -> dict[str, Style]:
        base: Look = {
            "font_name": "Times New Roman", "font_size": 11, "font_color": INK, "valign": "top",
        }  # fmt: skip
        frame: Look = {"border": 1, "border_color": LINE}
        figure: Look = {"num_format": f"#,##0.{'0' * places}".rstrip("."), "align": "right"}
        whole: Look = {"num_format": "0", "align": "right"}
        head: Look = {
            "bold": True, "text_wrap": True, "align": "center", "valign": "vcenter",
            "bg_color": "#DCE6F1", **frame,
        }  # fmt: skip
        wanted: dict[str, Look] = {
            "text": {"num_format": "@"},
            "figure": figure,
            "count": whole,
            "yes_no": {"align": "center"},
            "moment": {"num_format": "dd/mm/yyyy hh:mm", "align": "left"},
            "title": {"bold": True, "font_size": 14},
            "note": {"italic": True},
            "head": head,
            "framed text": {"num_format": "@", "text_wrap": True, **frame},
            "framed figure": {**figure, **frame},
            "framed count": {**whole, **frame},
            "framed yes_no": {"align": "center", **frame},
            "framed moment": {"num_format": "dd/mm/yyyy hh:mm", "align": "left", **frame},
            "framed name": {"num_format": "@", **frame},
            "head figure": {**head, **figure, "align": "center", "bold": False},
        }
        return {
            name: Style(
                self._book.add_format({**base, **more}),
                self._book.add_format({**base, **more, "quote_prefix": True}),
            )
            for name, more in wanted.items()
        }

    def sheet(self, name: str) -> RowSheet:
        """A new sheet, its name made one that spreadsheet programs take and that is not taken."""
        wanted = next(pieces(sheet_name(name, "Trang"), MAX_SHEET_NAME))
        kept, number = wanted, 1
        while kept.casefold() in self._names:
            number += 1
            tail = f" ({number})"
            kept = next(pieces(wanted, MAX_SHEET_NAME - len(tail))).rstrip() + tail
        self._names.add(kept.casefold())
        sheet: RowSheet = self._book.add_worksheet(kept, RowSheet)
        sheet.set_landscape()
        sheet.set_paper(A3)
        sheet.fit_to_pages(1, 0)
        return sheet

    def put(self, sheet: Worksheet, row: int, column: int, value: Value, style: Style) -> None:
        """A value as what it is; nothing of a user is ever a formula."""
        if value is None or value == "":
            sheet.write_blank(row, column, None, style.plain)
        elif isinstance(value, str):
            self.put_text(sheet, row, column, value, style)
        elif isinstance(value, bool):
            sheet.write_string(row, column, WORDS[value], style.plain)
        elif isinstance(value, datetime):
            sheet.write_number(row, column, serial(value), style.plain)
        else:
            sheet.write_number(row, column, float(value), style.plain)

    def put_text(self, sheet: Worksheet, row: int, column: int, text: str, style: Style) -> None:
        text = clean_text(text)
        is_quoted = text.startswith(FORMULA_STARTS)
        if not fits(text):
            text = self.put_aside(sheet, row, column, text)
        write_text(sheet, row, column, text, style.quoted if is_quoted else style.plain)

    def put_aside(self, sheet: Worksheet, row: int, column: int, text: str) -> str:
        """Keep a text in the sheet of long texts; what stands in its cell instead."""
        if self._long is None:
            self._long = Listing(self, LONG_TEXTS)
        self._long_texts += 1
        place = f"{sheet.get_name()}!{xl_rowcol_to_cell(row, column)}"
        number = self._long_texts
        self._long.add(
            (number, place, part, Piece(piece)) for part, piece in enumerate(pieces(text), 1)
        )
        return f"{text[:BEGINNING]}… (đủ nội dung ở trang “{LONG}”, số {number})"

    def chart(self, kind: str) -> Any:
        return self._book.add_chart({"type": kind})

    def close(self) -> None:
        if self._long is not None:
            self._long.end()
        self._book.close()


LONG_TEXTS: Final = Table(
    "long",
    LONG,
    "Nội dung dài hơn một ô chứa được, chia thành nhiều phần liền nhau",
    (
        Field("number", "Số", "Số ghi ở ô gốc", "count", "1", width=8),
        Field("cell", "Ô gốc", "Trang và ô của nội dung", "text", "Điểm từng tiêu chí!Q2",
              width=36),
        Field("part", "Phần", "Phần thứ mấy; ghép các phần lại là đủ nội dung", "count", "1",
              width=8),
        Field("text", "Nội dung", "Một phần của nội dung", "text", "", width=100),
    ),
)  # fmt: skip


class Rows:
    """Rows that go below what a sheet has, by hundreds: text by text, number by number."""

    def __init__(self, book: Book, sheet: RowSheet, styles: Sequence[Style], first: int) -> None:
        self._book, self._sheet, self._styles = book, sheet, styles
        self._letters = letters(len(styles))
        self._waiting: list[str] = []
        self.next = first

    def add(self, row: Sequence[Value], *, blanks: bool) -> None:
        """One more row; `blanks`: empty cells are written, because they have a frame."""
        at = self.next + 1
        cells = [f'<row r="{at}">']
        for letter, style, value in zip(self._letters, self._styles, row, strict=True):
            if blanks or (value is not None and value != ""):
                try:
                    cells.append(cell_xml(f"{letter}{at}", value, style))
                except TooLong as long:
                    column = self._letters.index(letter)
                    beginning = self._book.put_aside(self._sheet, at - 1, column, long.text)
                    cells.append(cell_xml(f"{letter}{at}", beginning, style))
        cells.append("</row>")
        self._waiting.append("".join(cells))
        self.next = at
        if len(self._waiting) == ROWS_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        if self._waiting:
            first = self.next - len(self._waiting)
            self._sheet.put_rows(first, self.next - 1, len(self._letters), "".join(self._waiting))
            self._waiting.clear()


class Listing:
    """A table as a sheet of its own: a header with a filter, then one row after another.

    What no sheet holds goes on in a further one.
    """

    def __init__(self, book: Book, table: Table) -> None:
        self._book, self._table = book, table
        self._styles = [book.styles[field.type] for field in table.fields]
        self._worded = [
            (place, field.words) for place, field in enumerate(table.fields) if field.words
        ]
        self._begin()

    def _begin(self) -> None:
        self._sheet = self._book.sheet(self._table.title)
        head = self._book.styles["head"]
        for column, field in enumerate(self._table.fields):
            self._sheet.set_column(column, column, field.width)
            self._book.put(self._sheet, 0, column, field.label, head)
        self._sheet.freeze_panes(1, 0)
        self._sheet.repeat_rows(0)
        self._rows = Rows(self._book, self._sheet, self._styles, 1)

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if self._rows.next == MAX_ROWS:
                self.end()
                self._begin()
            if self._worded:
                said = list(row)
                for place, words in self._worded:
                    said[place] = words.get(str(row[place]), row[place])
                self._rows.add(said, blanks=False)
            else:
                self._rows.add(row, blanks=False)

    def end(self) -> None:
        self._rows.flush()
        last = max(self._rows.next - 1, 1)
        self._sheet.autofilter(0, 0, last, len(self._table.fields) - 1)


class Ranking:
    """The ranked result of one group, below it how many got each grade, and the two charts."""

    HEAD: Final = 4

    def __init__(
        self, book: Book, snapshot: Snapshot, group: Group, fingerprint: str, bands: Bands
    ) -> None:
        self.group = group
        self._book, self._bands = book, bands
        self._sheet = book.sheet(group.name)
        by_name = {field.name: place for place, field in enumerate(AGENCIES.fields)}
        self._places = [by_name[name] for name in RANKING]
        self._fields = [AGENCIES.fields[place] for place in self._places]
        self._styles = [book.styles[f"framed {field.type}"] for field in self._fields]
        self._grade, self._index = RANKING.index("grade"), RANKING.index("index")
        self._next = self.HEAD + 1
        self._grades: Counter[Value] = Counter()
        self._bars: list[tuple[str, float]] = []
        self._write_head(snapshot, fingerprint)

    def _write_head(self, snapshot: Snapshot, fingerprint: str) -> None:
        styles, said = self._book.styles, snapshot.round
        note = f"{said['name']}. Mã đối chiếu: {fingerprint}."
        if self.group.criteria["illustrative"]:
            note += " Bộ tiêu chí minh họa, không phải của văn bản chính thức."
        lines = (
            (f"KẾT QUẢ CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM {said['year']}", "title"),
            (self.group.name, "title"),
            (note, "note"),
        )
        for row, (text, style) in enumerate(lines):
            self._book.put(self._sheet, row, 0, text, styles[style])
        for row in range(2):
            self._sheet.set_row(row, 20)
        self._sheet.set_row(self.HEAD, 48)
        for column, field in enumerate(self._fields):
            self._sheet.set_column(column, column, field.width)
            self._book.put(self._sheet, self.HEAD, column, field.label, styles["head"])
        self._sheet.freeze_panes(self.HEAD + 1, RANKING.index("name") + 1)
        self._sheet.repeat_rows(self.HEAD)

    def add(self, row: Row) -> None:
        values = [row[place] for place in self._places]
        for column, (value, style) in enumerate(zip(values, self._styles, strict=True)):
            self._book.put(self._sheet, self._next, column, value, style)
        self._next += 1
        self._grades[values[self._grade]] += 1
        if len(self._bars) <= MOST_BARS:
            index = values[self._index]
            assert isinstance(index, Decimal)
            name = clean_text(str(values[RANKING.index("name")]))
            self._bars.append((next(pieces(name, SHORT), ""), float(index)))

    def end(self) -> None:
        last = self._next - 1
        self._sheet.autofilter(self.HEAD, 0, last, len(self._fields) - 1)
        at = self._next + 1
        counts = self._write_grades(at)
        below = at + len(counts) + 3
        if counts:
            chart = self._book.chart("column")
            _fill(
                chart, self._sheet.get_name(), "Số cơ quan theo xếp loại", "0",
                (at + 1, 1), (at + 1, 2), counts,
            )  # fmt: skip
            chart.set_size({"width": 560, "height": 300})
            self._sheet.insert_chart(below, 1, chart)
        if len(self._bars) <= MOST_BARS:
            first = self.HEAD + 1
            chart = self._book.chart("bar")
            _fill(
                chart, self._sheet.get_name(), "Chỉ số theo cơ quan (%)", "0.00",
                (first, RANKING.index("name")), (first, self._index), self._bars,
            )  # fmt: skip
            chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
            chart.set_x_axis({"min": 0, "max": 100, "major_gridlines": {"visible": True}})
            chart.set_size({"width": 900, "height": 90 + 22 * len(self._bars)})
            self._sheet.insert_chart(below, RANKING.index("appraised") + 2, chart)

    def _write_grades(self, at: int) -> list[tuple[str, float]]:
        """How many agencies have each grade, the best first."""
        book, styles = self._book, self._book.styles
        for column, label in ((1, "Xếp loại"), (2, "Số cơ quan")):
            book.put(self._sheet, at, column, label, styles["head"])
        counts = []
        for row, name in enumerate(self._bands.names, at + 1):
            book.put(self._sheet, row, 1, name, styles["framed text"])
            book.put(self._sheet, row, 2, self._grades[name], styles["framed count"])
            counts.append((clean_text(name), float(self._grades[name])))
        return counts


def _fill(
    chart: Any, page: str, title: str, form: str, names: tuple[int, int],
    values: tuple[int, int], bars: Sequence[tuple[str, float]],
) -> None:  # fmt: skip
    """Draw bars that stand in two columns of a sheet; what they say is in the chart as well,
    because rows that were streamed cannot be read again."""
    last = len(bars) - 1
    chart.add_series(
        {
            "categories": [page, *names, names[0] + last, names[1]],
            "values": [page, *values, values[0] + last, values[1]],
            "categories_data": [name for name, _value in bars],
            "values_data": [value for _name, value in bars],
            "fill": {"color": ACCENT},
            "gap": 40,
            "data_labels": {"value": True, "num_format": form},
        }
    )
    chart.set_title({"name": title, "name_font": {"size": 12}, "overlay": False})
    chart.set_legend({"none": True})


class Matrix:
    """Agencies × leaves of a group, three rows for each agency, one for each reading: the filter
    of the third column shows one reading, that of the second one agency."""

    HEAD: Final = 2
    FIXED: Final = (("Mã cơ quan", 11), ("Cơ quan", 36), ("Lần chấm", 11))

    def __init__(self, book: Book, group: Group, names: Names) -> None:
        self._book, self._width = book, len(self.FIXED) + len(group.leaves)
        self._sheet = book.sheet(f"{MATRIX} {group.name}")
        styles = book.styles
        known = names.get(group.code, {})
        for column, (_label, width) in enumerate(self.FIXED):
            self._sheet.set_column(column, column, width)
        if group.leaves:
            self._sheet.set_column(len(self.FIXED), self._width - 1, 9)
        legend = f"{NOT_APPLICABLE}: không áp dụng"
        self._sheet.set_row(0, 96 if known else 32)
        for column, text in enumerate(("", legend, "Tiêu chí")):
            book.put(self._sheet, 0, column, text, styles["head"])
        for column, (code, _maximum) in enumerate(group.leaves, len(self.FIXED)):
            title = known[code].title if code in known else ""
            book.put(self._sheet, 0, column, title, styles["head"])
        for column, text in enumerate(("", "", "Điểm tối đa")):
            book.put(self._sheet, 1, column, text, styles["head"])
        for column, (_code, maximum) in enumerate(group.leaves, len(self.FIXED)):
            book.put(self._sheet, 1, column, Decimal(maximum), styles["head figure"])
        labels = (*(label for label, _width in self.FIXED), *(code for code, _m in group.leaves))
        for column, label in enumerate(labels):
            book.put(self._sheet, self.HEAD, column, label, styles["head"])
        self._sheet.freeze_panes(self.HEAD + 1, len(self.FIXED))
        self._sheet.repeat_rows(0, self.HEAD)
        self._sheet.repeat_columns(0, len(self.FIXED) - 1)
        self._sheet.set_print_scale(70)
        fixed = [styles["framed name"]] * len(self.FIXED)
        leaves = [styles["framed figure"]] * len(group.leaves)
        self._rows = Rows(book, self._sheet, [*fixed, *leaves], self.HEAD + 1)

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._rows.add(row, blanks=True)

    def end(self) -> None:
        self._rows.flush()
        self._sheet.autofilter(self.HEAD, 0, self._rows.next - 1, self._width - 1)


def _write_dictionary(book: Book, tables: Sequence[Table]) -> None:
    """What every field of every table means."""
    heads = (
        ("Bảng", 22), ("Tên trường", 20), ("Tiêu đề", 26), ("Ý nghĩa", 70), ("Kiểu", 14),
        ("Đơn vị", 9), ("Ví dụ", 28),
    )  # fmt: skip
    sheet = book.sheet(DICTIONARY_SHEET)
    for column, (label, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        book.put(sheet, 0, column, label, book.styles["head"])
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    row = 1
    for table in tables:
        for field in table.fields:
            said = (
                table.title, field.name, field.label, field.explained, TYPES[field.type],
                field.unit, field.example,
            )  # fmt: skip
            for column, text in enumerate(said):
                book.put(sheet, row, column, text, book.styles["framed text"])
            row += 1
    sheet.autofilter(0, 0, row - 1, len(heads) - 1)


def _write_about(book: Book, snapshot: Snapshot, fingerprint: str) -> None:
    """The round and its settings, the grades, the groups, the heads of the trail."""
    sheet = book.sheet(ROUND.title)
    styles = book.styles
    for column, width in enumerate((36, 44, 14, 44, 66, 10)):
        sheet.set_column(column, column, width)
    row = 0
    for field, value in zip(ROUND.fields, round_row(snapshot, fingerprint), strict=True):
        shown = field.words.get(str(value), value) if field.words else value
        book.put(sheet, row, 0, field.label, styles["head"])
        kind = "figure" if isinstance(shown, Decimal) else "text"
        text = str(shown) if isinstance(shown, int) else shown
        book.put(sheet, row, 1, text, styles[f"framed {kind}"])
        row += 1
    for table, rows in (
        (BANDS, band_rows(snapshot)), (GROUPS, group_rows(snapshot)), (TRAIL, trail_rows(snapshot)),
    ):  # fmt: skip
        row += 1
        book.put(sheet, row, 0, table.title, styles["title"])
        row += 1
        for column, field in enumerate(table.fields):
            book.put(sheet, row, column, field.label, styles["head"])
        for values in rows:
            row += 1
            for column, (field, value) in enumerate(zip(table.fields, values, strict=True)):
                book.put(sheet, row, column, value, styles[f"framed {field.type}"])
        row += 1
