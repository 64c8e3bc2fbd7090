"""Texts made fit for paper: composed, visible, breakable, not too long.

Cutting is never the answer: a paper that says something else than what was approved must not
exist, so what passes a limit is refused with its length.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, TypeVar

from appraisal.documents.official import Attachment, Official, Table
from appraisal.files.refusal import Refused, gettext_noop

MAX_TEXT: Final = 10_000
"""Characters of one text."""
MAX_CELL: Final = 250
"""Characters of a cell in a narrow column; a longer text there would be no column to be read."""
NARROW: Final = 30
"""Millimetres; in wider columns a cell may hold as much as any text."""
TEXT_WIDTH: Final = 165
"""Millimetres between the margins of an upright page."""
MAX_QR: Final = 500
"""Characters of the QR code: more makes its modules too small to be read from paper."""
SOFT_BREAK: Final = 30
"""A word longer than so many characters may be broken after each of them."""

# Controls draw nothing, and the bidirectional ones let a name read otherwise than it is stored.
_UNPRINTABLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
# Without a place to break, the time for a line grows with the square of the word.
_LONG_WORD: Final = re.compile(rf"\S{{{SOFT_BREAK}}}(?=\S)")
# What stands for something outside the paper keeps its characters exactly.
_UNBROKEN: Final = frozenset({"fingerprint", "qr_text"})

T = TypeVar("T")


def printable(paper: Official) -> Official:
    """`paper` with every text in it fit for paper. Raises Refused where one is too long."""
    if paper.seal is not None and len(paper.seal.qr_text) > MAX_QR:
        raise Refused(
            gettext_noop("Địa chỉ tra cứu trong mã QR dài quá %(limit)s ký tự."),
            "qr_too_long",
            limit=MAX_QR,
        )
    return _printable(paper, "", MAX_TEXT)


def _printable(value: T, field: str, limit: int) -> T:
    if isinstance(value, str):
        return _text(value, field, limit)  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(_printable(part, field, limit) for part in value)  # type: ignore[return-value]
    if isinstance(value, Attachment) or not is_dataclass(value) or isinstance(value, type):
        return value
    if isinstance(value, Table):
        return _table(value)  # type: ignore[return-value]
    parts: dict[str, Any] = {
        part.name: _printable(getattr(value, part.name), part.name, limit) for part in fields(value)
    }
    return replace(value, **parts)


def _table(table: Table) -> Table:
    whole = sum(column.share for column in table.columns)
    limits = [
        MAX_CELL if column.share / whole * TEXT_WIDTH < NARROW else MAX_TEXT
        for column in table.columns
    ]
    return replace(
        table,
        caption=_text(table.caption, "caption", MAX_TEXT),
        columns=tuple(
            replace(column, label=_text(column.label, "label", MAX_CELL))
            for column in table.columns
        ),
        rows=tuple(
            replace(
                row,
                cells=tuple(
                    _text(cell, "cells", limit)
                    for cell, limit in zip(row.cells, limits, strict=True)
                ),
            )
            for row in table.rows
        ),
    )


def _text(text: str, field: str, limit: int) -> str:
    if len(text) > limit:
        raise Refused(
            gettext_noop(
                "Một đoạn văn bản (%(field)s) dài %(length)s ký tự, quá giới hạn %(limit)s ký tự"
                " của bản in. Hãy rút gọn rồi lập lại dự thảo."
            ),
            "text_too_long",
            field=field,
            length=len(text),
            limit=limit,
        )
    text = _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
    text = _UNPRINTABLE.sub("", unicodedata.normalize("NFC", text))
    return text if field in _UNBROKEN else _LONG_WORD.sub("\\g<0>\N{ZERO WIDTH SPACE}", text)
