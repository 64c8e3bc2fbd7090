"""An `Official` as HTML: words into templates, widths of columns into a style of its own.

What the paper says is settled before; how it looks is in static/print/official.css.
"""

from __future__ import annotations

from typing import Any, Final

from django.template.loader import render_to_string

from appraisal.documents.official import Block, Facts, Official, Paragraph, Row, Table

_ALIGN: Final = {"left": "l", "center": "", "right": "r"}
_MARK: Final = {"row": "", "field": "f", "total": "t"}


def whole(paper: Official) -> str:
    """The whole paper as one HTML document."""
    style = _Style()
    annexes = [
        {
            "heading": annex.heading,
            "title": annex.title,
            "subtitle": annex.subtitle,
            "landscape": annex.landscape,
            "blocks": [_block(block, style) for block in annex.blocks],
        }
        for annex in paper.annexes
    ]
    blocks = [_block(block, style) for block in paper.blocks]
    return render_to_string(
        "documents/official.html",
        {
            "paper": paper,
            "name": name_of(paper),
            "created": paper.created.isoformat(timespec="seconds"),
            "blocks": blocks,
            "annexes": annexes,
            "marked": paper.illustrative and not annexes,
            "widths": style.text,
        },
    )


def name_of(paper: Official) -> str:
    """What a reader's window is titled: "Quyết định Về việc …"."""
    return f"{paper.title.capitalize()} {paper.summary}".strip()


class _Style:
    """The widths of the columns of each table, under a class of its own."""

    def __init__(self) -> None:
        self.text = ""
        self._count = 0

    def name(self, table: Table) -> str:
        self._count += 1
        name = f"t{self._count}"
        whole = sum(column.share for column in table.columns)
        for place, column in enumerate(table.columns, 1):
            width = column.share / whole * 100
            self.text += f".{name} col:nth-child({place}){{width:{width:.4f}%}}"
        return name


def _block(block: Block, style: _Style) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"paragraph": block}
    if isinstance(block, Facts):
        return {"facts": block}
    aligns = [_ALIGN[column.align] for column in block.columns]
    return {
        "table": {
            "name": style.name(block),
            "caption": block.caption,
            "columns": block.columns,
            "rows": [_row(row, aligns) for row in block.rows],
        }
    }


def _row(row: Row, aligns: list[str]) -> dict[str, Any]:
    return {"mark": _MARK[row.role], "cells": zip(row.cells, aligns, strict=True)}
