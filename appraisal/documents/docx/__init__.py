"""A paper as an editable Word file, of the same `Official` that the PDF prints.

The built-in template and an office's own are filled alike; the office's is somebody's file, and so
is filled in a child process. What a template may hold is checked by `wordtemplate`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from appraisal.documents.docx import builtin
from appraisal.documents.docx.assembling import assemble
from appraisal.documents.docx.naming import (
    PARTS,
    PLACEHOLDERS,
    Placeholder,
    placeholders,
    schema,
)
from appraisal.documents.docx.values import values
from appraisal.documents.official import Official
from appraisal.documents.printable import printable
from appraisal.documents.wordtemplate.filling import fill
from appraisal.files import child

__all__ = [
    "PLACEHOLDERS",
    "Placeholder",
    "builtin_template",
    "placeholders",
    "render",
    "render_all",
]

SECONDS: Final = 30
"""For one paper in an office's template; every further one has a tenth of that."""
MEGABYTES: Final = 1024
WRITES_MEGABYTES: Final = 64


def render(paper: Official, template: bytes | None = None) -> bytes:
    """The paper as a Word file; `template` is the office's own, None the built-in one.

    Raises Refused when a text passes its limit, or when the office's template cannot be filled
    with this paper in the time and memory that a template has.
    """
    (content,) = render_all((paper,), template)
    return content


def render_all(papers: Sequence[Official], template: bytes | None = None) -> tuple[bytes, ...]:
    """Several papers of one template, in their order; raises as `render`."""
    fit = [printable(paper) for paper in papers]
    if template is not None:
        return _in_office_template(fit, template)
    return tuple(
        assemble(
            fill(
                builtin.template(builtin.shape_of(paper)),
                values(paper, with_tables=False),
                PARTS,
            ),
            paper,
        )
        for paper in fit
    )


def builtin_template(sample: Official) -> bytes:
    """The built-in template of papers like `sample`, for an office to change in Word."""
    return builtin.template(builtin.shape_of(sample))


@dataclass(frozen=True)
class Checked:
    """A template that may be used: what it holds, and the sample filled into it."""

    facts: dict[str, Any]
    filled: bytes


def check_template(path: Path, name: str, sample: Official) -> Checked:
    """Examine an office's template, known as `name`, for papers like `sample`.

    Raises Refused with the place of whatever a template must not hold.
    """
    fit = printable(sample)
    with tempfile.TemporaryDirectory() as folder:
        filled = Path(folder, "filled.docx")
        facts = child.run(
            "appraisal.documents.wordtemplate.checking:check",
            str(path),
            name,
            schema(fit),
            values(fit),
            PARTS,
            str(filled),
            seconds=SECONDS,
            megabytes=MEGABYTES,
            writes_megabytes=WRITES_MEGABYTES,
            name=name,
        )
        assert isinstance(facts, dict)
        return Checked(facts, assemble(filled.read_bytes(), fit))


def _in_office_template(papers: Sequence[Official], template: bytes) -> tuple[bytes, ...]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "template")
        path.write_bytes(template)
        filled = child.run(
            "appraisal.documents.wordtemplate.filling:fill_files",
            str(path),
            folder,
            [values(paper) for paper in papers],
            PARTS,
            seconds=SECONDS * (1 + len(papers) / 10),
            megabytes=MEGABYTES,
            writes_megabytes=WRITES_MEGABYTES,
            name="mẫu Word của cơ quan",
        )
        assert isinstance(filled, list)
        return tuple(
            assemble(Path(file).read_bytes(), paper)
            for file, paper in zip(filled, papers, strict=True)
        )
