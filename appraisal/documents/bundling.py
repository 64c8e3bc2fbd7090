"""Many papers in one ZIP: a name for each that any machine can keep, and always the same bytes."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from appraisal.documents.official import Official

FILE_NAME: Final = "ten_tep"
"""The fact of a paper that names its file; otherwise its addressee does, or its summary."""
MAX_NAME: Final = 80
_READABLE: Final = 0o100644 << 16


def stems(papers: Sequence[Official]) -> list[str]:
    """A file name without extension for each paper, all different, in ASCII.

    The number in front keeps the papers in their order.
    """
    digits = max(2, len(str(len(papers))))
    return [f"{number:0{digits}d}-{_stem(paper)}" for number, paper in enumerate(papers, 1)]


def _stem(paper: Official) -> str:
    named = dict(paper.facts).get(FILE_NAME, "")
    for text in (named, *paper.addressees[:1], paper.summary, paper.title):
        if stem := ascii_name(text):
            return stem
    return "van-ban"


def ascii_name(text: str) -> str:
    """The text as a file name: letters without marks, digits, and hyphens between words."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:MAX_NAME].rstrip("-")


def zipped(files: Mapping[str, bytes], made: datetime) -> bytes:
    """The files in one ZIP, each dated `made`."""
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, content in files.items():
            entry = ZipInfo(name, made.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = _READABLE
            archive.writestr(entry, content)
    return packed.getvalue()
