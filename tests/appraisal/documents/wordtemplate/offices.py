"""Templates as offices bring them: the built-in one with something changed, or one of their own."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import docx as library
from docx.oxml import parse_xml

from appraisal.documents import docx
from appraisal.documents.official import Official
from tests.appraisal.documents import samples

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SAMPLE = samples.of_two_agencies()

Change = Callable[[Any], object]


def changed(change: Change, sample: Official = SAMPLE) -> bytes:
    """The built-in template after `change` has done something to the open document."""
    document = library.Document(io.BytesIO(docx.builtin_template(sample)))
    change(document)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def with_paragraph(text: str, sample: Official = SAMPLE) -> bytes:
    """The built-in template with one more paragraph at its end: the twelfth outside tables…"""
    return changed(lambda document: document.add_paragraph(text), sample)


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The file with one part put in, or in the place of the one of that name."""
    target = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, part)
    return target.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    with ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def xml(inner: str) -> Any:
    """A piece of a Word document."""
    head, rest = inner.split(" ", 1) if " " in inner.split(">", 1)[0] else inner.split(">", 1)
    glue = " " if " " in inner.split(">", 1)[0] else ">"
    return parse_xml(f'{head} xmlns:w="{WORD}"{glue}{rest}')


def own(*texts: str, table: tuple[tuple[str, ...], ...] = ()) -> bytes:
    """A template that owes nothing to the built-in one: paragraphs, then one table."""
    document = library.Document()
    for text in texts:
        document.add_paragraph(text)
    if table:
        cells = document.add_table(rows=len(table), cols=len(table[0]))
        for row, row_texts in zip(cells.rows, table, strict=True):
            for cell, text in zip(row.cells, row_texts, strict=True):
                cell.text = text
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def check(tmp_path: Path, content: bytes, sample: Official = SAMPLE) -> docx.Checked:
    """What the product says of the file."""
    path = tmp_path / "upload"
    path.write_bytes(content)
    return docx.check_template(path, "Mẫu.docx", sample)


def texts(content: bytes) -> list[str]:
    """The text of each paragraph of a file, those of tables too."""
    body = library.Document(io.BytesIO(content)).element.body
    return [
        "".join(node.text or "" for node in paragraph.iter(f"{{{WORD}}}t"))
        for paragraph in body.iter(f"{{{WORD}}}p")
    ]
