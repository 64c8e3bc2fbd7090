"""Files carried inside a PDF (PDF/A-3): named, described, and related to the paper."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from hashlib import md5
from typing import Any

import pydyf  # type: ignore[import-untyped]
from pikepdf import Array, AttachedFileSpec, Name, Pdf

from appraisal.documents.official import Attachment


def carry(pdf: Any, files: Sequence[Attachment], created: datetime) -> None:
    """Put the files into the objects of a PDF about to be written, dated `created`."""
    if not files:
        return
    names = pydyf.Array()
    related = pydyf.Array()
    for file in sorted(files, key=lambda file: file.name):
        entry = _entry(pdf, file, created)
        names.extend([pydyf.String(file.name), entry])
        related.append(entry)
    tree = pydyf.Dictionary({"Names": names})
    pdf.add_object(tree)
    known = pdf.catalog.setdefault("Names", pydyf.Dictionary())
    known["EmbeddedFiles"] = tree.reference
    pdf.catalog["AF"] = related


def _entry(pdf: Any, file: Attachment, created: datetime) -> bytes:
    dated = pydyf.String(pdf_date(created))
    stream = pydyf.Stream(
        [file.content],
        pydyf.Dictionary(
            {
                "Type": "/EmbeddedFile",
                "Subtype": pydyf.name(file.media_type),
                "Params": pydyf.Dictionary(
                    {
                        "Size": len(file.content),
                        "CheckSum": f"<{md5(file.content, usedforsecurity=False).hexdigest()}>",
                        "CreationDate": dated,
                        "ModDate": dated,
                    }
                ),
            }
        ),
        compress=True,
    )
    pdf.add_object(stream)
    entry = pydyf.Dictionary(
        {
            "Type": "/Filespec",
            "F": pydyf.String(file.name),
            "UF": pydyf.String(file.name),
            "EF": pydyf.Dictionary({"F": stream.reference, "UF": stream.reference}),
            "Desc": pydyf.String(file.description),
            "AFRelationship": f"/{file.relationship}",
        }
    )
    pdf.add_object(entry)
    reference: bytes = entry.reference
    return reference


def carried(content: bytes, files: Sequence[Attachment], created: datetime) -> bytes:
    """A PDF of another program with the files put into it."""
    if not files:
        return content
    with Pdf.open(io.BytesIO(content)) as pdf:
        related = Array()
        for file in sorted(files, key=lambda file: file.name):
            pdf.attachments[file.name] = AttachedFileSpec(
                pdf,
                file.content,
                filename=file.name,
                description=file.description,
                mime_type=file.media_type,
                relationship=Name(f"/{file.relationship}"),
                creation_date=pdf_date(created),
                mod_date=pdf_date(created),
            )
            related.append(pdf.attachments[file.name].obj)
        pdf.Root.AF = related
        result = io.BytesIO()
        pdf.save(result)
        return result.getvalue()


def pdf_date(moment: datetime) -> str:
    """An aware moment as PDF spells it: D:20210115163000+07'00'."""
    offset = moment.strftime("%z")
    return f"D:{moment:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:5]}'"
