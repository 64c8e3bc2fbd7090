"""The name under which a file is shown and downloaded. Bytes are never stored under it.

One rule, that of the attack corpus: NFC, no control or format characters, no path, no character
that Windows refuses, at most 255 bytes, an allowed extension.
"""

import re
import unicodedata
from itertools import groupby

from appraisal.files.kinds import BY_EXTENSION
from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _

EXTENSIONS = tuple(BY_EXTENSION)
MAX_BYTES = 255
MAX_RAW_CHARACTERS = 4096
MAX_MARKS_IN_A_ROW = 8
# Control, format (bidi, zero width), surrogates, line and paragraph separators.
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
LINE_BREAKS = ("\r", "\n")
# Windows refuses these in a name; the double quote and angle brackets are harmless once quoted and
# escaped, so they stay as the person typed them.
WINDOWS_REFUSES = str.maketrans(dict.fromkeys(":|*?", "_"))
WINDOWS_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)

UNUSABLE = _("Tên tệp không dùng được. Hãy đổi tên tệp, ví dụ “Quyết định 123.pdf”, rồi gửi lại.")
TOO_LONG = _("Tên tệp quá dài. Hãy rút gọn tên tệp rồi gửi lại.")
NOT_ALLOWED = _(
    "“%(name)s” không thuộc loại tệp được nhận. Hãy gửi tệp PDF, DOCX, XLSX, JPG hoặc PNG."
)


def display_name(raw: str) -> str:
    """The clean name of an uploaded file; cleaning it again changes nothing.

    Raises Refused for a name that is empty, deceptive (line breaks, stacked marks, undecodable
    bytes) or without an allowed extension.
    """
    if len(raw) > MAX_RAW_CHARACTERS:
        raise Refused(TOO_LONG, "name_too_long")
    if any(mark in raw for mark in LINE_BREAKS) or "\ufffd" in raw or _has_surrogates(raw):
        raise Refused(UNUSABLE, "name_unusable")
    last = re.split(r"[/\\]", raw)[-1]
    visible = "".join(c for c in last if unicodedata.category(c) not in INVISIBLE)
    name = unicodedata.normalize("NFC", visible).translate(WINDOWS_REFUSES).strip()
    stem, dot, extension = name.rpartition(".")
    if _stacks_marks(name):
        raise Refused(UNUSABLE, "name_unusable")
    if not dot or extension.lower() not in EXTENSIONS:
        raise Refused(NOT_ALLOWED, "type_not_allowed", name=_cut(name, MAX_BYTES))
    if WINDOWS_DEVICE.match(name):
        stem = f"_{stem}"
    stem = _cut(stem, MAX_BYTES - len(extension) - 1).rstrip()
    if not stem.strip(". "):
        raise Refused(UNUSABLE, "name_unusable")
    return f"{stem}.{extension}"


def extension_of(name: str) -> str:
    """The lower-case extension of a display name, without the dot."""
    return name.rpartition(".")[2].lower()


def _has_surrogates(text: str) -> bool:
    """Bytes that were not UTF-8 arrive as lone surrogates."""
    return any("\ud800" <= c <= "\udfff" for c in text)


def _stacks_marks(text: str) -> bool:
    runs = groupby(text, key=lambda c: unicodedata.category(c) in ("Mn", "Me"))
    return any(is_mark and len(list(run)) > MAX_MARKS_IN_A_ROW for is_mark, run in runs)


def _cut(text: str, most: int) -> str:
    """The longest beginning of `text` within `most` bytes of UTF-8 that splits no character."""
    return text.encode()[:most].decode(errors="ignore")
