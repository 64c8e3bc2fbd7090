"""Decides whether an uploaded file is taken, and with which warnings for the appraiser.

The cheap questions (size, extension, first bytes) are asked here; the structure is read by
`pdfs`, `pictures` or `office` in a child process. Viruses are the scanner's matter, not ours.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from appraisal.files import child, kinds
from appraisal.files.names import NOT_ALLOWED, extension_of
from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _

SECONDS = 8
# Also the bound of the resident memory: nothing can be resident that is not addressable.
MEGABYTES = 300
OLD_OFFICE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

INSPECTORS = {
    kinds.PDF: "appraisal.files.pdfs:inspect",
    kinds.DOCX: "appraisal.files.office:inspect_document",
    kinds.XLSX: "appraisal.files.office:inspect_workbook",
    kinds.JPEG: "appraisal.files.pictures:inspect",
    kinds.PNG: "appraisal.files.pictures:inspect",
}

EMPTY = _("“%(name)s” không có dữ liệu. Hãy kiểm tra tệp rồi gửi lại.")
TOO_LARGE = _("“%(name)s” lớn hơn %(megabytes)s MB. Hãy nén hoặc tách tệp rồi gửi lại.")
NOT_WHAT_IT_SAYS = _(
    "“%(name)s” không phải là tệp %(kind)s như tên gọi. Hãy lưu lại đúng định dạng rồi gửi lại."
)
OLD_OFFICE = _(
    "“%(name)s” có mật khẩu hoặc là tệp Office kiểu cũ. Hãy bỏ mật khẩu, lưu lại dạng %(kind)s"
    " rồi gửi lại."
)


@dataclass(frozen=True)
class Inspection:
    """What an accepted file is: `pages` is None where the kind has none; `flags` are of `kinds`."""

    kind: str
    content_type: str
    pages: int | None
    flags: tuple[str, ...]


def inspect(path: Path, name: str) -> Inspection:
    """Examine the bytes at `path`, to be known under the display name `name`.

    Raises Refused for anything that the evidence policy does not take.
    """
    kind = kinds.BY_EXTENSION.get(extension_of(name))
    if kind is None:
        raise Refused(NOT_ALLOWED, "type_not_allowed", name=name)
    size = path.stat().st_size
    if size == 0:
        raise Refused(EMPTY, "empty", name=name)
    if size > kinds.MAX_BYTES:
        limit = kinds.MAX_BYTES // kinds.MEGABYTE
        raise Refused(TOO_LARGE, "too_large", name=name, megabytes=limit)
    with path.open("rb") as handle:
        start = handle.read(len(OLD_OFFICE_MAGIC))
    if start == OLD_OFFICE_MAGIC and kind.content_type in kinds.OFFICE:
        raise Refused(OLD_OFFICE, "password_or_old_format", name=name, kind=kind.label)
    if not start.startswith(kind.magic):
        raise Refused(NOT_WHAT_IT_SAYS, "wrong_magic", name=name, kind=kind.label)
    found = child.run(
        INSPECTORS[kind], str(path), name, seconds=SECONDS, megabytes=MEGABYTES, name=name
    )
    pages, flags = cast(tuple[Any, Any], found)
    return Inspection(kind.label, kind.content_type, pages, tuple(flags))
