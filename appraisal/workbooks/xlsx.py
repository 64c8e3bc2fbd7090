"""Reads one sheet of an XLSX that has passed the archive gate, as it is stored.

A streaming reader of the few parts that carry typed values: workbook, relations, styles, shared
strings, sheets. A library would answer with floats, cached results and guesses; an import needs the
digits as typed, and whether there was a formula. What is not understood is refused.
"""

import posixpath
import re
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _
from appraisal.workbooks.table import (
    MAX_CHARACTERS,
    MAX_COLUMNS,
    MAX_ROWS,
    Cell,
    Kind,
    Merge,
    Row,
    Table,
    letters,
)

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATION_ID = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"
OFFICE_DOCUMENT = "/relationships/officeDocument"
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
ACTIVE_PARTS = ("xl/externallinks/", "xl/macrosheets/", "xl/activex/", "xl/embeddings/")
MAX_SHEETS = 50
MAX_MERGES = 5000
MAX_STYLES = 65_000
# Shared strings may hold the texts of sheets that are not read, hence more than one sheet's cells.
MAX_SHARED = 500_000
MAX_STORED_CELLS = 500_000
MAX_SHEET_NAME = 31
SHEET_NAME_FORBIDDEN = re.compile(r"^['=+\-@＝＋－＠]|[\[\]:*?/\\<>\x00-\x1f]|'$")
PERCENT_FORMATS = frozenset({9, 10})
DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
# Quoted text, escaped characters, colours and conditions say nothing about the kind of number.
FORMAT_NOISE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
DATE_LETTERS = re.compile(r"[dmyhs]", re.IGNORECASE)
REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
PARSE_CHUNK = 64 * 1024

UNREADABLE = _(
    "“%(name)s” không đọc được như một bảng tính. Hãy mở bằng Excel và lưu lại thành .xlsx."
)
NOT_A_WORKBOOK = _(
    "“%(name)s” không phải bảng tính Excel (.xlsx). Hãy mở tệp và lưu lại thành .xlsx"
    " (Excel Workbook)."
)
STRICT = _(
    "“%(name)s” được lưu ở dạng “Strict Open XML”. Hãy mở bằng Excel và lưu lại thành"
    " Excel Workbook (.xlsx)."
)
ACTIVE = _(
    "“%(name)s” có macro, liên kết ra tệp khác hoặc đối tượng nhúng. Hãy sao chép riêng bảng dữ"
    " liệu sang tệp mới và lưu lại thành .xlsx."
)
DOCTYPE = _("“%(name)s” có khai báo DOCTYPE nên không được nhận. Hãy lưu lại thành .xlsx.")
TOO_MANY_SHEETS = _("“%(name)s” có hơn %(most)s trang tính. Hãy để lại một trang cần nhập.")
SHEET_NAME = _(
    "“%(name)s” có trang tính tên “%(sheet)s” không hợp lệ. Hãy đặt tên trang từ 1 đến 31 ký tự,"
    " không trùng nhau, không bắt đầu bằng = + - @ và không chứa [ ] : * ? / \\ < >."
)
NO_VISIBLE_SHEET = _("“%(name)s” không có trang tính nào đang hiển thị. Hãy bỏ ẩn trang cần nhập.")
TOO_MANY_ROWS = _(
    "Trang “%(sheet)s” của “%(name)s” có hơn %(most)s dòng. Hãy xóa các dòng thừa rồi lưu lại."
)
TOO_MANY_COLUMNS = _(
    "Trang “%(sheet)s” của “%(name)s” có dữ liệu ở ô %(cell)s, ngoài %(most)s cột được nhận."
    " Hãy xóa các cột thừa rồi lưu lại."
)
TOO_MANY_CELLS = _(
    "Trang “%(sheet)s” của “%(name)s” có quá nhiều ô. Hãy xóa định dạng ở vùng trống rồi lưu lại."
)

Attributes = Mapping[str, str]


def read_xlsx(
    path: Path, name: str, *, sheet: str = "", most_characters: int = MAX_CHARACTERS
) -> Table:
    """The first visible sheet of the workbook, cells as stored; raises Refused.

    Where a visible sheet is called `sheet`, it alone is read. The archive gate must have been
    passed.
    """
    try:
        with ZipFile(path) as archive:
            return _Workbook(archive, name, most_characters).table(sheet)
    except (BadZipFile, EOFError, RuntimeError, ValueError, expat.ExpatError, zlib.error):
        # ValueError also covers digits, encodings and unknown codecs in the parts.
        raise Refused(UNREADABLE, "unreadable", name=name) from None


class _Workbook:
    """Finds its way from the package to the sheet."""

    def __init__(self, archive: ZipFile, name: str, most_characters: int) -> None:
        self._archive = archive
        self._name = name
        self._most = most_characters
        # Part names are case-insensitive; the gate has refused names that collide.
        self._parts = {part.casefold(): part for part in archive.namelist()}

    def table(self, wanted: str) -> Table:
        if any(
            part.startswith(ACTIVE_PARTS) or part.endswith("vbaproject.bin") for part in self._parts
        ):
            raise Refused(ACTIVE, "active_content", name=self._name)
        workbook_part = self._workbook_part()
        sheets = self._sheets(workbook_part)
        relations = self._relations(workbook_part)
        visible = [name for name, (state, _relation) in sheets.items() if state == "visible"]
        if not visible:
            raise Refused(NO_VISIBLE_SHEET, "no_visible_sheet", name=self._name)
        if wanted in visible:
            visible = [wanted]
        shared = self._shared_strings(self._related(relations, "/sharedStrings"))
        styles = self._styles(self._related(relations, "/styles"))
        readers = {}
        for sheet in visible:
            target, kind = relations.get(sheets[sheet][1], ("", ""))
            if kind.endswith("/chartsheet"):
                continue
            reader = _Sheet(sheet, self._name, shared, styles, self._most)
            self._parse(target, reader.start, reader.end, reader.data)
            readers[sheet] = reader
        if not readers:
            raise Refused(NO_VISIBLE_SHEET, "no_visible_sheet", name=self._name)
        first, *others = readers
        chosen = readers[first]
        return Table(
            sheet=first,
            rows=tuple(chosen.rows),
            merges=tuple(chosen.merges),
            hidden_columns=frozenset(chosen.hidden_columns),
            hidden_sheets=tuple(
                name for name, (state, _id) in sheets.items() if state != "visible"
            ),
            other_sheets=tuple(other for other in others if readers[other].rows),
        )

    def _workbook_part(self) -> str:
        for target, kind in self._relations("").values():
            if kind.endswith(OFFICE_DOCUMENT):
                if self._content_type(target) != WORKBOOK_TYPE:
                    raise Refused(NOT_A_WORKBOOK, "not_a_workbook", name=self._name)
                return target
        raise Refused(NOT_A_WORKBOOK, "not_a_workbook", name=self._name)

    def _content_type(self, part: str) -> str:
        defaults: dict[str, str] = {}
        overrides: dict[str, str] = {}

        def start(tag: str, attributes: Attributes) -> None:
            kind = attributes.get("ContentType", "")
            if tag.endswith(" Override"):
                overrides[attributes.get("PartName", "").lstrip("/").casefold()] = kind
            elif tag.endswith(" Default"):
                defaults[attributes.get("Extension", "").casefold()] = kind

        self._parse("[Content_Types].xml", start)
        extension = part.rpartition(".")[2].casefold()
        return overrides.get(part.casefold()) or defaults.get(extension, "")

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Relation id → (part name, type) of one part; links out of the package are left out."""
        folder, file = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, attributes: Attributes) -> None:
            if not tag.endswith(" Relationship") or attributes.get("TargetMode") == "External":
                return
            target = attributes.get("Target", "")
            full = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            found[attributes.get("Id", "")] = (
                posixpath.normpath(full),
                attributes.get("Type", ""),
            )

        self._parse(posixpath.join(folder, "_rels", f"{file}.rels"), start)
        return found

    @staticmethod
    def _related(relations: Mapping[str, tuple[str, str]], kind: str) -> str | None:
        return next((target for target, type_ in relations.values() if type_.endswith(kind)), None)

    def _sheets(self, part: str) -> dict[str, tuple[str, str]]:
        """Sheet name → (state, relation id), in the workbook's order."""
        sheets: dict[str, tuple[str, str]] = {}
        seen: set[str] = set()

        def start(tag: str, attributes: Attributes) -> None:
            if tag.startswith(STRICT_MAIN):
                raise Refused(STRICT, "strict_workbook", name=self._name)
            if tag != f"{MAIN} sheet":
                return
            sheet = attributes.get("name", "")
            folded = sheet.casefold()
            if (
                not 0 < len(sheet) <= MAX_SHEET_NAME
                or SHEET_NAME_FORBIDDEN.search(sheet)
                or folded in seen
            ):
                shown = sheet[:MAX_SHEET_NAME]
                raise Refused(SHEET_NAME, "sheet_name", name=self._name, sheet=shown)
            seen.add(folded)
            sheets[sheet] = (attributes.get("state", "visible"), attributes.get(RELATION_ID, ""))
            if len(sheets) > MAX_SHEETS:
                raise Refused(TOO_MANY_SHEETS, "too_many_sheets", name=self._name, most=MAX_SHEETS)

        self._parse(part, start)
        return sheets

    def _shared_strings(self, part: str | None) -> list[str]:
        strings: list[str] = []
        if part is None:
            return strings
        text = _Text(self._most)

        def start(tag: str, _attributes: Attributes) -> None:
            if tag == f"{MAIN} si":
                text.clear()
            text.start(tag)

        def end(tag: str) -> None:
            text.end(tag)
            if tag == f"{MAIN} si":
                strings.append(text.value())
                if len(strings) > MAX_SHARED:
                    raise Refused(UNREADABLE, "too_many_strings", name=self._name)

        self._parse(part, start, end, text.data)
        return strings

    def _styles(self, part: str | None) -> list[Kind]:
        """Kind of number per cell style."""
        styles: list[Kind] = []
        if part is None:
            return styles
        formats: dict[str, str] = {}
        inside: list[str] = []

        def start(tag: str, attributes: Attributes) -> None:
            inside.append(tag)
            if tag == f"{MAIN} numFmt":
                formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif tag == f"{MAIN} xf" and inside[-2:-1] == [f"{MAIN} cellXfs"]:
                number_format = attributes.get("numFmtId", "0")
                styles.append(_number_kind(int(number_format), formats.get(number_format, "")))
                if len(styles) > MAX_STYLES:
                    raise Refused(UNREADABLE, "too_many_styles", name=self._name)

        def end(_tag: str) -> None:
            inside.pop()

        self._parse(part, start, end)
        return styles

    def _parse(
        self,
        part: str,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] | None = None,
        data: Callable[[str], None] | None = None,
    ) -> None:
        stored = self._parts.get(part.casefold())
        if stored is None:
            raise Refused(NOT_A_WORKBOOK, "part_missing", name=self._name)
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler = start
        if end is not None:
            parser.EndElementHandler = end
        if data is not None:
            parser.CharacterDataHandler = data
        with self._archive.open(stored) as handle:
            while chunk := handle.read(PARSE_CHUNK):
                parser.Parse(chunk, False)
        parser.Parse(b"", True)

    def _refuse_doctype(self, *_declaration: object) -> NoReturn:
        raise Refused(DOCTYPE, "doctype", name=self._name)


class _Text:
    """Collects the <t> runs of one string, without phonetic hints, up to the limit."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._runs: list[str] = []
        self._size = 0
        self._open = False
        self._phonetic = 0

    def clear(self) -> None:
        self._runs.clear()
        self._size = 0

    def start(self, tag: str) -> None:
        if tag == f"{MAIN} rPh":
            self._phonetic += 1
        self._open = tag == f"{MAIN} t" and not self._phonetic

    def end(self, tag: str) -> None:
        if tag == f"{MAIN} rPh":
            self._phonetic -= 1
        self._open = False

    def data(self, text: str) -> None:
        # Seven characters of the file may stand for one: escapes are undone at the end.
        if self._open and self._size <= 7 * self._most:
            self._runs.append(text)
            self._size += len(text)

    def value(self) -> str:
        text = "".join(self._runs)
        if "_x" in text:
            text = ESCAPED.sub(_unescaped, text)
        return text[: self._most + 1]


class _Sheet:
    """Handlers that turn the sheet's XML into rows; refuses what readers could see differently."""

    def __init__(
        self, sheet: str, name: str, shared: list[str], styles: list[Kind], most: int
    ) -> None:
        self._sheet = sheet
        self._name = name
        self._shared = shared
        self._styles = styles
        self._most = most
        self.rows: list[Row] = []
        self.merges: list[Merge] = []
        self.hidden_columns: set[int] = set()
        self._row_number = 0
        self._row_hidden = False
        self._row_count = 0
        self._cell_count = 0
        self._cells: dict[int, Cell] = {}
        self._column = 0
        self._type = ""
        self._style = 0
        self._formula = False
        self._value: list[str] = []
        self._value_size = 0
        self._in_value = False
        self._inline = _Text(most)

    def start(self, tag: str, attributes: Attributes) -> None:
        local = tag.removeprefix(f"{MAIN} ")
        if local == "row":
            self._start_row(attributes)
        elif local == "c":
            self._start_cell(attributes)
        elif local == "v":
            self._in_value = True
        elif local == "f":
            self._formula = True
        elif local == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif local == "col":
            self._columns(attributes)
        elif tag.startswith(STRICT_MAIN):
            raise Refused(STRICT, "strict_workbook", name=self._name)
        self._inline.start(tag)

    def end(self, tag: str) -> None:
        local = tag.removeprefix(f"{MAIN} ")
        if local == "v":
            self._in_value = False
        elif local == "c":
            self._end_cell()
        elif local == "row" and self._cells:
            self.rows.append(Row(self._row_number, self._cells, self._row_hidden))
            self._cells = {}
        self._inline.end(tag)

    def data(self, text: str) -> None:
        if self._in_value and self._value_size <= self._most:
            self._value.append(text)
            self._value_size += len(text)
        self._inline.data(text)

    def _start_row(self, attributes: Attributes) -> None:
        number = int(attributes.get("r", self._row_number + 1))
        self._row_count += 1
        if self._row_count > MAX_ROWS:
            raise self._refused(TOO_MANY_ROWS, "too_many_rows", most=MAX_ROWS)
        if number <= self._row_number or self._cells:
            raise Refused(UNREADABLE, "rows_out_of_order", name=self._name)
        self._row_number = number
        self._row_hidden = attributes.get("hidden") in ("1", "true")
        self._column = 0

    def _start_cell(self, attributes: Attributes) -> None:
        self._cell_count += 1
        if self._cell_count > MAX_STORED_CELLS:
            raise self._refused(TOO_MANY_CELLS, "too_many_cells")
        reference = attributes.get("r")
        row, column = _reference(reference) if reference else (self._row_number, self._column + 1)
        if row != self._row_number or column <= self._column:
            raise Refused(UNREADABLE, "cells_out_of_order", name=self._name)
        self._column = column
        self._type = attributes.get("t", "n")
        self._style = int(attributes.get("s", "0"))
        self._formula = False
        self._value = []
        self._value_size = 0
        self._inline.clear()

    def _end_cell(self) -> None:
        kind, text = self._content()
        if kind is Kind.TEXT and not text:
            return
        if self._row_number > MAX_ROWS:
            raise self._refused(TOO_MANY_ROWS, "too_many_rows", most=MAX_ROWS)
        if self._column > MAX_COLUMNS:
            raise self._refused(
                TOO_MANY_COLUMNS,
                "too_many_columns",
                most=MAX_COLUMNS,
                cell=f"{letters(self._column)}{self._row_number}",
            )
        self._cells[self._column] = Cell(self._row_number, self._column, text, kind)

    def _content(self) -> tuple[Kind, str]:
        """Kind and text of the cell that ends; a formula wins over its cached value."""
        value = "".join(self._value)
        if self._formula:
            return Kind.FORMULA, value
        if self._type == "inlineStr":
            return Kind.TEXT, self._inline.value()
        if self._type == "s":
            index = int(value) if value.isascii() and value.isdigit() else -1
            if not 0 <= index < len(self._shared):
                raise Refused(UNREADABLE, "shared_string_missing", name=self._name)
            return Kind.TEXT, self._shared[index]
        if self._type == "str":
            return Kind.TEXT, value
        if not value:
            return Kind.TEXT, ""
        kinds = {"b": Kind.BOOLEAN, "e": Kind.ERROR, "d": Kind.DATE}
        if self._type in kinds:
            return kinds[self._type], value
        if self._type != "n" or (self._styles and self._style >= len(self._styles)):
            raise Refused(UNREADABLE, "cell_type", name=self._name)
        return (self._styles[self._style] if self._styles else Kind.NUMBER), value

    def _merge(self, reference: str) -> None:
        first, _colon, last = reference.partition(":")
        top, left = _reference(first)
        bottom, right = _reference(last or first)
        if bottom < top or right < left or len(self.merges) >= MAX_MERGES:
            raise Refused(UNREADABLE, "merge", name=self._name)
        if (top, left) != (bottom, right):
            self.merges.append(Merge(top, left, bottom, right))

    def _columns(self, attributes: Attributes) -> None:
        if attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes.get("min", "0")), int(attributes.get("max", "0"))
            self.hidden_columns.update(range(max(first, 1), min(last, MAX_COLUMNS) + 1))

    def _refused(self, message: str, code: str, **values: str | int) -> Refused:
        return Refused(message, code, name=self._name, sheet=self._sheet, **values)


def _reference(text: str) -> tuple[int, int]:
    """Row and column of "D7"; raises ValueError."""
    match = REFERENCE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column


def _number_kind(number_format: int, code: str) -> Kind:
    """Kind of a number by its format; the first section of a custom format decides."""
    if code:
        bare = FORMAT_NOISE.sub("", code.partition(";")[0])
        if "general" in bare.casefold():
            return Kind.NUMBER
        if "%" in bare:
            return Kind.PERCENT
        return Kind.DATE if DATE_LETTERS.search(bare) else Kind.NUMBER
    if number_format in PERCENT_FORMATS:
        return Kind.PERCENT
    return Kind.DATE if number_format in DATE_FORMATS else Kind.NUMBER


def _unescaped(match: re.Match[str]) -> str:
    """_x000D_ as its character; halves of a surrogate pair stay as they are written."""
    code = int(match[1], 16)
    return match[0] if 0xD800 <= code <= 0xDFFF else chr(code)
