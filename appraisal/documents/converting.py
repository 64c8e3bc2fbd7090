"""Word files to PDF by LibreOffice, in a child process: for papers in an office's own template.

The template is somebody's file, so the child has limits and no network.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from appraisal.documents.carrying import carried
from appraisal.documents.official import Official
from appraisal.documents.typeface import FONTS
from appraisal.files import child
from appraisal.files.refusal import Refused, gettext_noop

CONVERTER: Final = "soffice"
SECONDS: Final = 90
"""For the first paper; every further one has so many more:"""
SECONDS_EACH: Final = 10
MEGABYTES: Final = 4096
WRITES_MEGABYTES: Final = 256


def to_pdfs(words: Sequence[bytes], papers: Sequence[Official]) -> list[bytes]:
    """The Word files as PDF/A-3, tagged, with the files their papers carry.

    Empty where this machine has no LibreOffice or cannot shut it off from the network. Raises
    Refused when LibreOffice cannot print one of them.
    """
    converter = shutil.which(CONVERTER)
    if converter is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        sources = []
        for number, content in enumerate(words):
            source = Path(folder, f"{number}.docx")
            source.write_bytes(content)
            sources.append(str(source))
        seconds = SECONDS + SECONDS_EACH * len(words)
        try:
            made = child.run(
                "appraisal.files.office:papers_to_pdf",
                sources,
                folder,
                converter,
                str(FONTS),
                seconds,
                seconds=seconds,
                megabytes=MEGABYTES,
                writes_megabytes=WRITES_MEGABYTES,
            )
            assert isinstance(made, list)
            contents = [Path(path).read_bytes() for path in made]
        except Refused as refused:
            if refused.code == "no_converter":
                return []
            raise _not_printed(refused.code) from refused
        except FileNotFoundError as error:
            raise _not_printed("not_converted") from error
    return [
        carried(content, paper.attachments, paper.created)
        for content, paper in zip(contents, papers, strict=True)
    ]


def _not_printed(code: str) -> Refused:
    return Refused(
        gettext_noop(
            "Không chuyển được tệp Word theo mẫu của cơ quan thành PDF. Hãy kiểm tra mẫu, hoặc dùng"
            " mẫu có sẵn."
        ),
        code,
    )
