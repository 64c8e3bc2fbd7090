"""The tags of a template: read strictly, matched in pairs, each expression typed by the schema.

What passes here is a small language: names with their fields, comparisons, `if` and `for`, four
filters. It is read from the paragraphs as a clerk sees them; `checking` makes sure that docxtpl and
Jinja read the same.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from jinja2 import TemplateSyntaxError, nodes

from appraisal.documents.wordtemplate.filling import FILTERS, WORD, Closed
from appraisal.documents.wordtemplate.places import ROW, RUN, TABLE, TEXT_BOX, Spot, text_of
from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _

MOST_NESTED: Final = 4
"""Loops and conditions inside one another."""
LIKE: Final = 0.7
"""How alike a name must be to what was typed to be offered; 1 is the same."""
LOOP: Final = {
    "index": "number", "length": "number", "first": "flag", "last": "flag",
}  # fmt: skip
PRINTABLE: Final = frozenset({"text", "number"})
COMPARISONS: Final = frozenset({"eq", "ne", "lt", "lteq", "gt", "gteq"})
_TAG: Final = re.compile(r"\{\{([^{}%#]*)\}\}|\{%([^{}%#]*)%\}|\{#([^{}%#]*)#\}")
_EDGE: Final = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_LEVEL: Final = re.compile(r"(p|tr|tc|r)(\s)(.*)", re.DOTALL)
_FOR: Final = re.compile(r"for\s+([a-z_][a-z0-9_]*)\s+in\s+(.+)", re.DOTALL)
_CONDITION: Final = re.compile(r"(if|elif)\s+(.+)", re.DOTALL)
_LEVELS: Final = frozenset({("p", "print"), ("p", "statement"), ("tr", "statement")})
_QUOTES: Final = str.maketrans("“”‘’", "\"\"''")
_DRAWN: Final = tuple(f"{{{WORD}}}{name}" for name in ("drawing", "pict", "object"))
_SECTION: Final = f"{{{WORD}}}pPr/{{{WORD}}}sectPr"

BROKEN_TAG: Final = _(
    "Tại %(place)s: thẻ mở bằng {{ hoặc {%% mà không đóng đúng trong cùng một đoạn."
)
UNKNOWN_NAME: Final = _("Tại %(place)s: không có chỗ điền tên “%(name)s”.")
LIKE_NAME: Final = _(
    "Tại %(place)s: không có chỗ điền tên “%(name)s”. Có phải ông/bà muốn viết “%(near)s”?"
)
UNKNOWN_FIELD: Final = _("Tại %(place)s: “%(of)s” không có phần tên “%(name)s”.")
LIKE_FIELD: Final = _(
    "Tại %(place)s: “%(of)s” không có phần tên “%(name)s”. Có phải ông/bà muốn viết “%(near)s”?"
)
FORBIDDEN: Final = _(
    "Tại %(place)s: không dùng được “%(text)s”. Trong mẫu chỉ viết tên chỗ điền, so sánh đơn"
    " giản, for, if và các bộ lọc upper, lower, length, join."
)
UNKNOWN_STATEMENT: Final = _(
    "Tại %(place)s: không hiểu thẻ “%(text)s”. Chỉ dùng for … in …, endfor, if …, elif …, else,"
    " endif."
)
NOT_CLOSED: Final = _("Tại %(place)s: “%(text)s” mở ra mà không có thẻ đóng tương ứng.")
NOT_OPENED: Final = _("Tại %(place)s: “%(text)s” không có thẻ mở tương ứng phía trước.")
APART: Final = _(
    "Tại %(place)s: “%(text)s” và thẻ mở của nó không cùng một chỗ. Thẻ {%% … %%} phải đóng trong"
    " cùng đoạn; {%%p … %%} trong cùng phần văn bản hoặc cùng ô; {%%tr … %%} trong cùng bảng."
)
NOT_ALONE: Final = _(
    "Tại %(place)s: “%(text)s” thay cả đoạn hoặc cả dòng của bảng nên phải đứng một mình ở đó."
)
NO_TABLE: Final = _("Tại %(place)s: “%(text)s” chỉ dùng được trong một dòng của bảng.")
WRONG_LEVEL: Final = _(
    "Tại %(place)s: “%(text)s” dùng sai. Chỉ có thẻ {{ }}, {{p }}, {%% %%}, {%%p %%} và {%%tr %%}."
)
NOT_PRINTABLE: Final = _(
    "Tại %(place)s: “%(text)s” là danh sách hoặc điều kiện, không in ra trực tiếp được. Hãy dùng"
    " for, hoặc bộ lọc join."
)
NEEDS_P: Final = _(
    "Tại %(place)s: “%(text)s” là cả một phần văn bản; hãy viết dạng {{p noi_dung }}."
)
NOT_A_PART: Final = _(
    "Tại %(place)s: “%(text)s” chỉ là chữ trong dòng; hãy viết {{ … }}, không có p."
)
NOT_A_LIST: Final = _("Tại %(place)s: “%(text)s” không phải là danh sách nên không lặp được.")
PART_PLACE: Final = _(
    "Tại %(place)s: “%(text)s” không đặt được ở đây. Phụ lục chỉ đặt một lần, ngoài bảng và ngoài"
    " vòng lặp; các phần khác không đặt ở đầu trang, chân trang."
)
TEXT_BOX_TAG: Final = _(
    "Tại %(place)s: có thẻ nằm trong khung chữ (text box). Hãy đưa thẻ ra đoạn thường hoặc bảng."
)
TOO_DEEP: Final = _("Tại %(place)s: lồng quá %(most)s tầng for, if. Hãy viết gọn lại.")

Form = Any
Scope = dict[str, Form]


@dataclass(frozen=True)
class Tag:
    """One tag; `text` is as it was typed, `inner` what Jinja reads, `run` the run it begins in."""

    spot: Spot
    run: Any
    level: str
    sort: str
    inner: str
    text: str

    def refusal(self, message: str, code: str, **values: str | int) -> Refused:
        """Why the tag is not taken, with its place."""
        return Refused(message, code, place=self.spot.where, text=self.text, **values)

    @property
    def row(self) -> Any:
        return next(self.spot.paragraph.iterancestors(ROW), None)


@dataclass
class _Open:
    """A loop or condition that is not closed yet, with the names that it hides."""

    tag: Tag
    keyword: str
    hidden: Scope
    has_else: bool = False


@dataclass
class Used:
    """What a template uses of the schema."""

    names: set[str] = field(default_factory=set)
    loops: int = 0
    conditions: int = 0


def tags_of(spot: Spot) -> list[Tag]:
    """The tags of one paragraph, in order. Raises Refused for anything that only resembles one."""
    for box in spot.paragraph.iter(TEXT_BOX):
        if _EDGE.search(text_of(box)):
            raise Refused(TEXT_BOX_TAG, "tag_in_text_box", place=spot.where)
    pieces = spot.texts()
    text = "".join(piece.text or "" for piece in pieces)
    if not _EDGE.search(text):
        return []
    if _EDGE.search(_TAG.sub("", text)):
        raise Refused(BROKEN_TAG, "broken_tag", place=spot.where)
    starts, offset = [], 0
    for piece in pieces:
        starts.append((offset, piece))
        offset += len(piece.text or "")
    tags = []
    for match in _TAG.finditer(text):
        node = next(piece for start, piece in reversed(starts) if start <= match.start())
        tags.append(_tag(spot, next(node.iterancestors(RUN)), match))
    return tags


def _tag(spot: Spot, run: Any, match: re.Match[str]) -> Tag:
    sort = ("print", "statement", "comment")[match.lastindex - 1] if match.lastindex else "print"
    inner = (match[match.lastindex or 1] or "").translate(_QUOTES)
    level = ""
    if prefixed := _LEVEL.match(inner):
        level, blank, inner = prefixed.groups()
        tag = Tag(spot, run, level, sort, inner.strip(), match[0])
        if (
            level in {"tc", "r"}
            or blank != " "
            or sort == "comment"
            or (level, sort) == ("tr", "print")
        ):
            raise tag.refusal(WRONG_LEVEL, "wrong_level")
    return Tag(spot, run, level, sort, inner.strip(), match[0])


class Reading:
    """Reads the tags of a template in order and keeps what is open; one for the whole file."""

    def __init__(self, schema: Mapping[str, Form], parts: Iterable[str]) -> None:
        self._scope: Scope = dict(schema)
        self._parts = frozenset(parts)
        self._open: list[_Open] = []
        self._jinja = Closed([])
        self._placed: set[str] = set()
        self.used = Used()

    def read(self, tag: Tag) -> None:
        """Raises Refused when the tag is not of the language, or stands where it cannot."""
        if tag.level:
            _stands_alone(tag)
        if tag.sort == "print":
            self._print(tag)
        elif tag.sort == "statement":
            self._state(tag)

    def end(self) -> None:
        """The end of one part of the file: nothing may be open."""
        if self._open:
            raise self._open[-1].tag.refusal(NOT_CLOSED, "not_closed")

    def _print(self, tag: Tag) -> None:
        form = self._typed(tag, tag.inner)
        if form == "block":
            if tag.level != "p" or tag.inner not in self._parts:
                raise tag.refusal(NEEDS_P, "needs_p")
            self._place(tag)
        elif tag.level:
            raise tag.refusal(NOT_A_PART, "not_a_part")
        elif not isinstance(form, str) or form not in PRINTABLE:
            raise tag.refusal(NOT_PRINTABLE, "not_printable")

    def _place(self, tag: Tag) -> None:
        name = tag.inner
        outside = not self._open and tag.spot.paragraph.getparent().tag == f"{{{WORD}}}body"
        fits = not tag.spot.is_running and (
            name != "phu_luc" or (outside and name not in self._placed)
        )
        if not fits:
            raise tag.refusal(PART_PLACE, "part_place")
        self._placed.add(name)

    def _state(self, tag: Tag) -> None:
        if loop := _FOR.fullmatch(tag.inner):
            self._begin_loop(tag, loop[1], loop[2])
        elif condition := _CONDITION.fullmatch(tag.inner):
            self._typed(tag, condition[2])
            if condition[1] == "if":
                self.used.conditions += 1
                self._begin(tag, "if", {})
            else:
                self._continue(tag)
        elif tag.inner == "else":
            self._continue(tag, is_else=True)
        elif tag.inner in {"endif", "endfor"}:
            self._close(tag, tag.inner.removeprefix("end"))
        else:
            raise tag.refusal(UNKNOWN_STATEMENT, "unknown_statement")

    def _begin_loop(self, tag: Tag, name: str, of: str) -> None:
        form = self._typed(tag, of)
        if not isinstance(form, list):
            raise tag.refusal(NOT_A_LIST, "not_a_list")
        if name.startswith("_") or name == "loop":
            raise tag.refusal(FORBIDDEN, "forbidden")
        self.used.loops += 1
        own = {name: form[0], "loop": LOOP}
        self._begin(tag, "for", own)

    def _begin(self, tag: Tag, keyword: str, own: Scope) -> None:
        if len(self._open) >= MOST_NESTED:
            raise Refused(TOO_DEEP, "too_deep", place=tag.spot.where, most=MOST_NESTED)
        hidden = {name: self._scope.get(name) for name in own}
        self._scope |= own
        self._open.append(_Open(tag, keyword, hidden))

    def _continue(self, tag: Tag, *, is_else: bool = False) -> None:
        if not self._open or self._open[-1].keyword != "if" or self._open[-1].has_else:
            raise tag.refusal(NOT_OPENED, "not_opened")
        self._open[-1].has_else = is_else
        _same_place(self._open[-1].tag, tag)

    def _close(self, tag: Tag, keyword: str) -> None:
        if not self._open or self._open[-1].keyword != keyword:
            raise tag.refusal(NOT_OPENED, "not_opened")
        opened = self._open.pop()
        _same_place(opened.tag, tag)
        for name, form in opened.hidden.items():
            if form is None:
                del self._scope[name]
            else:
                self._scope[name] = form

    # --- Expressions ------------------------------------------------------------------------------
    def _typed(self, tag: Tag, expression: str) -> Form:
        """The form of an expression of the language. Raises Refused for any other."""
        try:
            body = self._jinja.parse(f"{{{{ {expression} }}}}").body
        except TemplateSyntaxError:
            raise tag.refusal(FORBIDDEN, "forbidden") from None
        if len(body) != 1 or not isinstance(body[0], nodes.Output) or len(body[0].nodes) != 1:
            raise tag.refusal(FORBIDDEN, "forbidden")
        return self._form(tag, body[0].nodes[0])

    def _form(self, tag: Tag, node: nodes.Node) -> Form:
        if isinstance(node, nodes.Const) and isinstance(node.value, str | int):
            return "text" if isinstance(node.value, str) else "number"
        if isinstance(node, nodes.Name):
            return self._named(tag, node.name)
        if isinstance(node, nodes.Getattr):
            return self._field(tag, node)
        if isinstance(node, nodes.Filter):
            return self._filtered(tag, node)
        if isinstance(node, nodes.Not):
            self._form(tag, node.node)
            return "flag"
        if isinstance(node, nodes.And | nodes.Or):
            self._form(tag, node.left)
            self._form(tag, node.right)
            return "flag"
        if isinstance(node, nodes.Compare):
            for side in (node.expr, *(operand.expr for operand in node.ops)):
                if self._form(tag, side) not in ("text", "number"):
                    raise tag.refusal(FORBIDDEN, "forbidden")
            if all(operand.op in COMPARISONS for operand in node.ops):
                return "flag"
        raise tag.refusal(FORBIDDEN, "forbidden")

    def _named(self, tag: Tag, name: str) -> Form:
        if name not in self._scope:
            near = _near(name, self._scope)
            message = LIKE_NAME if near else UNKNOWN_NAME
            raise tag.refusal(message, "unknown_name", name=name, near=near)
        if not any(name in opened.hidden for opened in self._open):
            self.used.names.add(name)
        return self._scope[name]

    def _field(self, tag: Tag, node: nodes.Getattr) -> Form:
        form = self._form(tag, node.node)
        if node.attr.startswith("_") or not isinstance(form, dict):
            raise tag.refusal(FORBIDDEN, "forbidden")
        if node.attr not in form:
            of = node.node.name if isinstance(node.node, nodes.Name) else tag.inner
            near = _near(node.attr, form)
            message = LIKE_FIELD if near else UNKNOWN_FIELD
            raise tag.refusal(message, "unknown_field", of=of, name=node.attr, near=near)
        return form[node.attr]

    def _filtered(self, tag: Tag, node: nodes.Filter) -> Form:
        arguments = [item.value for item in node.args if isinstance(item, nodes.Const)]
        plain = (
            node.node is not None
            and len(arguments) == len(node.args)
            and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        )
        if node.name not in FILTERS or not plain or node.node is None:
            raise tag.refusal(FORBIDDEN, "forbidden")
        form = self._form(tag, node.node)
        if node.name in {"upper", "lower"} and form == "text" and not arguments:
            return "text"
        if node.name == "length" and isinstance(form, list) and not arguments:
            return "number"
        if node.name == "join" and form == ["text"] and len(arguments) < 2:
            return "text"
        raise tag.refusal(FORBIDDEN, "forbidden")


def _stands_alone(tag: Tag) -> None:
    """A tag that replaces its paragraph, or its row, must be all that is there."""
    paragraph, row = tag.spot.paragraph, tag.row
    if tag.level == "p":
        whole = tag.spot.text
        carries = paragraph.find(_SECTION) is not None or any(
            next(paragraph.iter(name), None) is not None for name in _DRAWN
        )
    elif row is None:
        raise tag.refusal(NO_TABLE, "no_table")
    else:
        whole = text_of(row)
        carries = next(row.iter(TABLE, *_DRAWN), None) is not None
    if carries or whole.strip() != tag.text:
        raise tag.refusal(NOT_ALONE, "not_alone")


def _same_place(opening: Tag, closing: Tag) -> None:
    """Both tags where what lies between them is whole."""
    places = [
        {
            "": tag.run.getparent(),
            "p": tag.spot.paragraph.getparent(),
            "tr": tag.row.getparent() if tag.row is not None else None,
        }[tag.level]
        for tag in (opening, closing)
    ]
    if opening.level != closing.level or places[0] is not places[1]:
        raise closing.refusal(APART, "apart")


def _near(name: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(name, list(known), 1, LIKE)), "")
