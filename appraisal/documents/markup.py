"""An `Official` as a draft for the engine: words into templates, tables aside.

What the paper says is settled before; how it looks is in static/print/official.css.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

import segno
from django.template.loader import render_to_string

from appraisal.documents.composing import TALL, WIDE, Draft, Spaced
from appraisal.documents.official import Block, Facts, Official, Paragraph, Row, Signature, Table
from appraisal.documents.setting import can_set

QR_CODE: Final = "qr.svg"
_ALIGN: Final = {"left": "l", "center": "", "right": "r"}
_MARK: Final = {"row": "", "field": "f", "total": "t"}


def draft_of(paper: Official, *, by_hand: bool = True) -> Draft:
    """The paper ready for the engine; without `by_hand` the engine lays out every table."""
    tables = _Tables(by_hand)
    # The tables count, and are tagged, in the order of the text.
    blocks = [tables.block(block) for block in paper.blocks]
    annexes = [
        {
            "heading": annex.heading,
            "title": annex.title,
            "subtitle": annex.subtitle,
            "landscape": annex.landscape,
            "blocks": [
                tables.block(block, wide=annex.landscape, headings=("h3", "h4"))
                for block in annex.blocks
            ],
        }
        for annex in paper.annexes
    ]
    html = render_to_string(
        "documents/official.html",
        {
            "paper": paper,
            "name": f"{paper.title.capitalize()} {paper.summary}".strip(),
            "created": paper.created.isoformat(timespec="seconds"),
            "blocks": blocks,
            "annexes": annexes,
            "signatures": _facing(paper.signatures),
            "marked": paper.illustrative and not annexes,
            "widths": tables.widths,
        },
    )
    return Draft(
        html=html,
        tables=tuple(tables.spaced),
        assets={} if paper.seal is None else {QR_CODE: _qr(paper.seal.qr_text)},
        identifier=_identifier(paper, html),
        created=paper.created,
        files=paper.attachments,
    )


class _Tables:
    """The tables of a paper on their way into its HTML, each under a name."""

    def __init__(self, by_hand: bool) -> None:
        self._by_hand = by_hand
        self._count = 0
        self.spaced: list[Spaced] = []
        self.widths = ""

    def block(
        self, block: Block, *, wide: bool = False, headings: tuple[str, str] = ("h2", "h3")
    ) -> dict[str, Any]:
        """What the template of blocks needs of one; `headings` are the tags of its two levels."""
        if isinstance(block, Paragraph):
            tags = dict(zip(("heading", "subheading"), headings, strict=True))
            return {"paragraph": block, "tag": tags.get(block.role, "p")}
        if isinstance(block, Facts):
            return {"facts": block}
        self._count += 1
        name = f"t{self._count}"
        page = WIDE if wide else TALL
        if self._by_hand and can_set(block, *page):
            self.spaced.append(Spaced(name, block, page))
            return {"caption": block.caption, "space": name}
        self._add_widths(name, block)
        aligns = [_ALIGN[column.align] for column in block.columns]
        return {
            "caption": block.caption,
            "table": {
                "name": name,
                "columns": block.columns,
                "rows": [_row(row, aligns) for row in block.rows],
            },
        }

    def _add_widths(self, name: str, table: Table) -> None:
        whole = sum(column.share for column in table.columns)
        for place, column in enumerate(table.columns, 1):
            width = column.share / whole * 100
            self.widths += f".{name} col:nth-child({place}){{width:{width:.4f}%}}"


def _facing(signatures: Sequence[Signature]) -> list[tuple[Signature, int]]:
    """Each signature with the number of lines that it has less than the longest."""
    most = max((len(signature.lines) for signature in signatures), default=0)
    return [(signature, most - len(signature.lines)) for signature in signatures]


def _row(row: Row, aligns: list[str]) -> dict[str, Any]:
    return {"mark": _MARK[row.role], "cells": zip(row.cells, aligns, strict=True)}


def _identifier(paper: Official, html: str) -> bytes:
    """The fingerprint that the paper carries, or one of its words."""
    if paper.seal is not None:
        return paper.seal.fingerprint.encode()
    return sha256(html.encode()).hexdigest().encode()


def _qr(text: str) -> bytes:
    drawing = io.BytesIO()
    segno.make(text, micro=False).save(drawing, kind="svg", border=2, scale=4)
    return drawing.getvalue()
