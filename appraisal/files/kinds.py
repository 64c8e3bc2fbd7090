"""The kinds of evidence that are accepted, and the bounds of one file. The only such table."""

from dataclasses import dataclass

from appraisal.files.archives import MEGABYTE as MEGABYTE
from appraisal.files.archives import Limits

MAX_BYTES = 25 * MEGABYTE
EVIDENCE_LIMITS = Limits(
    max_bytes=MAX_BYTES, max_unpacked=200 * MEGABYTE, max_ratio=100, max_entries=2000
)
MAX_KEY_FILE = 64 * 1024
"""Bytes of a PKCS#12 file; a key with its chain takes 4 to 10 KB."""
MAX_PAGES = 500  # pages that are previewed; a longer document is kept and flagged
MAX_PIXELS = 50_000_000


@dataclass(frozen=True)
class Kind:
    """How a kind is called, sent, and recognised at offset 0."""

    label: str
    content_type: str
    magic: bytes


PDF = Kind("PDF", "application/pdf", b"%PDF-")
DOCX = Kind(
    "DOCX",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"PK\x03\x04",
)
XLSX = Kind(
    "XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"
)
JPEG = Kind("JPG", "image/jpeg", b"\xff\xd8\xff")
PNG = Kind("PNG", "image/png", b"\x89PNG\r\n\x1a\n")

BY_EXTENSION = {"pdf": PDF, "docx": DOCX, "xlsx": XLSX, "jpg": JPEG, "jpeg": JPEG, "png": PNG}
PICTURES = frozenset({JPEG.content_type, PNG.content_type})
OFFICE = frozenset({DOCX.content_type, XLSX.content_type})

# What an appraiser is told about an accepted file; screens translate these.
ACTIVE_CONTENT = "active_content"
EXTERNAL_LINK = "external_link"
EMBEDDED_FILE = "embedded_file"
POSITION_DATA = "position_data"
NO_PREVIEW = "no_preview"
TOO_MANY_PAGES = "too_many_pages"
UNREADABLE_PARTS = "unreadable_parts"
