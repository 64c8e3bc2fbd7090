"""Whether an office's Word file may be a template: what it would load, and every tag in it.

Runs in a child process. The gates of `files` come first; then what a template must not hold though
evidence may; then the tags, read by us as a clerk sees them and by docxtpl as it will fill them,
and both must agree; last the template is filled with a sample.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zipfile import ZipFile

import docx
from defusedxml import ElementTree
from docxtpl import DocxTemplate
from jinja2 import TemplateSyntaxError
from lxml import etree  # type: ignore[import-untyped]

from appraisal.documents.wordtemplate.filling import WORD, Closed, fill
from appraisal.documents.wordtemplate.places import parts_of, spots
from appraisal.documents.wordtemplate.tags import Reading, Tag, tags_of
from appraisal.files import office
from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _

FIELDS: Final = frozenset({"PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES"})
"""Word's own fields that a template may hold: those that only count pages."""
FONT: Final = "Times New Roman"
TWIPS_OF_MILLIMETRE: Final = 1440 / 25.4

_W: Final = f"{{{WORD}}}"
_RELATIONS: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_TRACKED: Final = tuple(f"{_W}{name}" for name in ("ins", "del", "moveFrom", "moveTo"))
_FOREIGN: Final = tuple(f"{_W}{name}" for name in ("altChunk", "object", "control", "subDoc"))
_MAIL_MERGE: Final = f"{_W}mailMerge"
_OPENERS: Final = ("{{", "{%", "{#")
_FILLED_PARTS: Final = ("word/document", "word/header", "word/footer")

REMOTE: Final = _(
    "Tại %(place)s: tệp nạp nội dung từ nơi khác (%(target)s). Hãy bỏ liên kết đó, chèn thẳng nội"
    " dung vào tệp rồi gửi lại."
)
EMBEDDED: Final = _(
    "Tại %(place)s: tệp chứa đối tượng nhúng (OLE, điều khiển hoặc tài liệu khác). Hãy bỏ đối"
    " tượng đó rồi gửi lại."
)
TRACKED: Final = _(
    "Tại %(place)s: tệp còn thay đổi đang theo dõi (Track Changes). Hãy chấp nhận hết thay đổi"
    " rồi gửi lại."
)
FIELD: Final = _(
    "Tại %(place)s: có trường tự động “%(field)s” của Word. Mẫu chỉ dùng trường số trang; nội"
    " dung khác dùng chỗ điền của phần mềm."
)
HIDDEN_TAG: Final = _(
    "Tại %(place)s: có thẻ ở chỗ phần mềm không điền được (chú thích, hình vẽ, công thức, thuộc"
    " tính). Hãy đưa thẻ ra đoạn thường hoặc bảng."
)
NO_TAGS: Final = _(
    "“%(name)s” không có chỗ điền nào nên văn bản nào cũng sẽ giống nhau. Hãy bắt đầu từ mẫu có"
    " sẵn của phần mềm."
)
PLACES: Final = {
    "attachedTemplate": "mẫu gắn kèm của tệp",
    "image": "hình",
    "oleObject": "đối tượng nhúng",
    "subDocument": "tài liệu con",
    "frame": "khung",
    "aFChunk": "tài liệu chèn",
    "hyperlink": "liên kết",
}


def check(
    path: str,
    name: str,
    schema: Mapping[str, Any],
    sample: Mapping[str, Any],
    parts: Sequence[str],
    filled: str,
) -> dict[str, Any]:
    """What the file at `path` uses; it is filled with `sample` into the file `filled`.

    `name` is its display name, `schema` the form of each name, `parts` the names that are whole
    parts of a paper. Raises Refused, with the place, for anything a template must not hold.
    """
    _nothing, _flags = office.inspect_document(path, name)
    document = docx.Document(path)
    roots = parts_of(document)
    with ZipFile(path) as archive:
        _loads_nothing(archive, document)
    for root, of in roots:
        _holds_nothing_foreign(root, of, name)
    if document.settings.element.find(_MAIL_MERGE) is not None:
        raise Refused(REMOTE, "remote_content", place="trộn thư", target="Mail Merge")
    with ZipFile(path) as archive:
        _no_tag_elsewhere(archive)
    reading = Reading(schema, parts)
    jinja = Closed([])
    opened = DocxTemplate(path)
    for root, of in roots:
        tags = [tag for spot in spots(root, of) for tag in tags_of(spot)]
        for tag in tags:
            reading.read(tag)
        reading.end()
        _agree(opened, jinja, root, tags, of or name)
    if not reading.used.names:
        raise Refused(NO_TAGS, "no_tags", name=name)
    Path(filled).write_bytes(fill(Path(path).read_bytes(), sample, parts))
    return {
        "names": sorted(reading.used.names),
        "loops": reading.used.loops,
        "conditions": reading.used.conditions,
        "fonts": sorted(_fonts(roots)),
        "pages": [_page(section) for section in document.sections],
    }


# --- What it would load ---------------------------------------------------------------------------
def _loads_nothing(archive: ZipFile, document: Any) -> None:
    """No relationship leads out of the file, but for a link that waits for a click."""
    for part in archive.namelist():
        if office.EMBEDDED_PART.search(part) or office.CONTROL_PART.search(part):
            raise Refused(EMBEDDED, "embedded_object", place=part.rpartition("/")[2])
        if not part.endswith(".rels"):
            continue
        for item in ElementTree.fromstring(archive.read(part)):
            target = item.get("Target", "")
            kind = item.get("Type", "").rpartition("/")[2]
            if item.get("TargetMode", "").lower() != "external":
                continue
            scheme = urlsplit(target).scheme.lower()
            if kind == "hyperlink" and scheme in office.ORDINARY_SCHEMES:
                continue
            place = _user_of(document, part, item.get("Id", "")) or PLACES.get(kind, kind)
            raise Refused(REMOTE, "remote_content", place=place, target=target[:200])


def _user_of(document: Any, part: str, identifier: str) -> str:
    """The place that uses a relationship of the text, a header or a footer; empty elsewhere."""
    of = part.rpartition("/")[2].removesuffix(".rels")
    for root, name in parts_of(document):
        if (name == "") is not (of == "document.xml"):
            continue
        for spot in spots(root, name):
            for element in spot.paragraph.iter():
                if identifier in (
                    value for key, value in element.items() if key.startswith(_RELATIONS)
                ):
                    return spot.where
    return ""


def _holds_nothing_foreign(root: Any, of: str, name: str) -> None:
    """No tracked change, no object, no field but those that count pages."""
    for spot in spots(root, of):
        _holds(spot.paragraph, spot.where)
        for field in _fields(spot.paragraph):
            code = field.split(maxsplit=1)[0].upper() if field.split() else ""
            if code not in FIELDS:
                raise Refused(FIELD, "field", place=spot.where, field=code)
    # What stands between paragraphs.
    _holds(root, of or f"“{name}”")


def _holds(element: Any, place: str) -> None:
    if next(element.iter(*_TRACKED), None) is not None:
        raise Refused(TRACKED, "tracked_changes", place=place)
    if next(element.iter(*_FOREIGN), None) is not None:
        raise Refused(EMBEDDED, "embedded_object", place=place)


def _fields(paragraph: Any) -> Iterator[str]:
    """The code of each field that the paragraph holds; a piece of one that began before it too."""
    code: list[str] = []
    for element in paragraph.iter(f"{_W}fldSimple", f"{_W}fldChar", f"{_W}instrText"):
        if element.tag == f"{_W}fldSimple":
            yield element.get(f"{_W}instr", "")
        elif element.tag == f"{_W}instrText":
            code.append(element.text or "")
        elif code:
            yield "".join(code)
            code = []
    if code:
        yield "".join(code)


# --- Tags where none is filled --------------------------------------------------------------------
def _no_tag_elsewhere(archive: ZipFile) -> None:
    """Notes, comments and the like are not filled, so a tag there would be printed as it stands."""
    for part in archive.namelist():
        if (
            not part.startswith("word/")
            or part.startswith(_FILLED_PARTS)
            or not part.endswith(".xml")
        ):
            continue
        root = ElementTree.fromstring(archive.read(part))
        text = "".join(root.itertext())
        if any(opener in text for opener in _OPENERS):
            raise Refused(HIDDEN_TAG, "hidden_tag", place=part.removeprefix("word/"))


def _agree(opened: DocxTemplate, jinja: Closed, root: Any, tags: Sequence[Tag], place: str) -> None:
    """What docxtpl hands to Jinja are the tags that we read, in their order, and no other."""
    source = opened.patch_xml(etree.tostring(root, encoding="unicode"))
    try:
        theirs = list(_lexed(jinja, source))
    except TemplateSyntaxError:
        raise Refused(HIDDEN_TAG, "hidden_tag", place=place) from None
    ours = ["".join(tag.inner.split()) for tag in tags if tag.sort != "comment"]
    if theirs != ours:
        raise Refused(HIDDEN_TAG, "hidden_tag", place=place)


def _lexed(jinja: Closed, source: str) -> Iterator[str]:
    pieces: list[str] | None = None
    for _line, sort, text in jinja.lex(source):
        if sort in {"variable_begin", "block_begin"}:
            pieces = []
        elif sort in {"variable_end", "block_end"}:
            yield "".join(pieces or ())
            pieces = None
        elif pieces is not None and sort != "whitespace":
            pieces.append("".join(text.split()))


# --- What is found, for whoever decides -----------------------------------------------------------
def _fonts(roots: Sequence[tuple[Any, str]]) -> set[str]:
    """The fonts that runs of the text name for themselves."""
    return {
        font
        for root, _name in roots
        for element in root.iter(f"{_W}rFonts")
        if (font := element.get(f"{_W}ascii")) and font != FONT
    }


def _page(section: Any) -> dict[str, int | None]:
    """Size and margins of a section in whole millimetres."""
    return {
        name: None if value is None else round(value.mm)
        for name, value in (
            ("width", section.page_width), ("height", section.page_height),
            ("top", section.top_margin), ("right", section.right_margin),
            ("bottom", section.bottom_margin), ("left", section.left_margin),
        )
    }  # fmt: skip
