"""The gate before any library opens a ZIP (DOCX, XLSX): directory, sizes, names, XML parts.

It holds for every reader, however lenient: what two readers could understand differently is
refused. What the parts mean is not decided here. Knows no Django; meant to run in a child.
"""

import stat
import struct
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _

MEGABYTE = 1024 * 1024
CHUNK = 256 * 1024
END_RECORD = struct.Struct("<4s4H2LH")
END_SIGNATURE = b"PK\x05\x06"
LOCAL_HEADER = struct.Struct("<4s5H3L2H")
LOCAL_SIGNATURE = b"PK\x03\x04"
# One entry of the directory is 46 bytes and its name; real office files stay far below this.
MAX_DIRECTORY_BYTES_PER_ENTRY = 512
# Short repetitive texts compress better than any whole document, and harm nobody.
RATIO_MATTERS_FROM = MEGABYTE
ENCRYPTED = 0x1
ARCHIVE_MAGIC = (LOCAL_SIGNATURE, b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
XML_SUFFIXES = (".xml", ".rels")
DOCUMENT_SUFFIXES = (".docx", ".xlsx")
# What expat says of text that it can read and that is no XML (not: an encoding it cannot read).
MALFORMED = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_SYNTAX,
        expat.errors.XML_ERROR_INVALID_TOKEN,
        expat.errors.XML_ERROR_TAG_MISMATCH,
        expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE,
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNDEFINED_ENTITY,
        expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
    )
)
XML_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<\x00", b"\xfe\xff\x00<", b"<\x00", b"\x00<")

DAMAGED = _("“%(name)s” bị hỏng hoặc tải lên chưa trọn. Hãy mở, lưu lại rồi gửi lại.")
TOO_LARGE = _("“%(name)s” lớn hơn %(megabytes)s MB. Hãy tách hoặc nén ảnh trong tệp rồi gửi lại.")
BOMB = _(
    "“%(name)s” bung ra quá lớn so với mức cho phép nên không được nhận. Hãy lưu lại tệp bằng"
    " phần mềm văn phòng rồi gửi lại."
)
TOO_MANY_ENTRIES = _(
    "“%(name)s” chứa quá %(entries)s phần bên trong. Hãy tách thành nhiều tệp rồi gửi lại."
)
AMBIGUOUS = _(
    "“%(name)s” có các phần bên trong trùng hoặc chồng lên nhau nên không được nhận. Hãy lưu lại"
    " tệp bằng phần mềm văn phòng rồi gửi lại."
)
UNSAFE_NAME = _(
    "“%(name)s” có phần bên trong mang tên không an toàn nên không được nhận. Hãy lưu lại tệp bằng"
    " phần mềm văn phòng rồi gửi lại."
)
PASSWORD = _("“%(name)s” có mật khẩu. Hãy bỏ mật khẩu rồi gửi lại.")
NESTED = _("“%(name)s” chứa tệp nén khác bên trong. Hãy gửi riêng từng tệp.")
DOCTYPE = _(
    "“%(name)s” có khai báo DOCTYPE, dấu hiệu của tệp tấn công, nên không được nhận. Hãy lưu lại"
    " tệp bằng phần mềm văn phòng rồi gửi lại."
)


@dataclass(frozen=True)
class Limits:
    """Bounds of one archive: bytes on disk, bytes unpacked, their ratio, number of entries."""

    max_bytes: int
    max_unpacked: int
    max_ratio: int
    max_entries: int


def check_archive(
    path: Path | str,
    limits: Limits,
    name: str = "tệp gửi lên",
    *,
    embedded_office: bool = False,
    documents: bool = False,
) -> None:
    """Raise Refused unless every entry of the ZIP at `path` is inside `limits` and unambiguous.

    The directory is read first, then every entry is inflated with a running limit and its CRC is
    compared (directories can lie), and every XML part goes through expat, where any DOCTYPE is
    refused whatever the encoding. With `embedded_office`, workbooks kept as data of a chart
    (`*/embeddings/*`) may stay inside; nothing opens them. With `documents`, DOCX and XLSX may be
    inside; whoever takes one out sends it through its own gate.
    """
    path = Path(path)
    size = path.stat().st_size
    if size > limits.max_bytes:
        raise Refused(TOO_LARGE, "too_large", name=name, megabytes=limits.max_bytes // MEGABYTE)
    with path.open("rb") as handle:
        _check_end_record(handle, size, limits, name)
        try:
            with ZipFile(handle) as archive:
                entries = archive.infolist()
        except (BadZipFile, ValueError, struct.error, NotImplementedError):
            raise Refused(DAMAGED, "damaged", name=name) from None
        _check_directory(entries, size, limits, name)
        starts = _data_starts(handle, entries, size, name)
        budget = limits.max_unpacked
        for entry, start in zip(entries, starts, strict=True):
            inner = entry.filename.lower()
            nested = (embedded_office and "/embeddings/" in inner) or (
                documents and inner.endswith(DOCUMENT_SUFFIXES)
            )
            part = _Part(entry, name, nested_allowed=nested)
            for chunk in _inflated(handle, entry, start, name):
                budget -= len(chunk)
                if budget < 0:
                    raise Refused(BOMB, "bomb", name=name)
                part.feed(chunk)
            part.close()


def _check_end_record(handle: BinaryIO, size: int, limits: Limits, name: str) -> None:
    """Bound the directory before a reader builds a list from it."""
    tail_size = min(size, END_RECORD.size + 0xFFFF)
    handle.seek(size - tail_size)
    tail = handle.read(tail_size)
    at = tail.rfind(END_SIGNATURE)
    if at < 0 or len(tail) - at < END_RECORD.size:
        raise Refused(DAMAGED, "damaged", name=name)
    _, _, _, _, entries, directory_size, _, _ = END_RECORD.unpack_from(tail, at)
    if (
        entries > limits.max_entries
        or directory_size > limits.max_entries * MAX_DIRECTORY_BYTES_PER_ENTRY
    ):
        raise Refused(TOO_MANY_ENTRIES, "too_many_entries", name=name, entries=limits.max_entries)


def _check_directory(entries: list[ZipInfo], size: int, limits: Limits, name: str) -> None:
    if not entries:
        raise Refused(DAMAGED, "damaged", name=name)
    if len(entries) > limits.max_entries:
        raise Refused(TOO_MANY_ENTRIES, "too_many_entries", name=name, entries=limits.max_entries)
    seen: set[str] = set()
    for entry in entries:
        inner = entry.orig_filename
        if _is_unsafe(inner) or stat.S_ISLNK(entry.external_attr >> 16):
            raise Refused(UNSAFE_NAME, "unsafe_entry_name", name=name)
        key = unicodedata.normalize("NFC", unicodedata.normalize("NFC", inner).casefold())
        if key in seen:
            raise Refused(AMBIGUOUS, "colliding_entries", name=name)
        seen.add(key)
        if entry.flag_bits & ENCRYPTED:
            raise Refused(PASSWORD, "password", name=name)
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise Refused(DAMAGED, "damaged", name=name)
        if (
            entry.file_size > RATIO_MATTERS_FROM
            and entry.file_size > limits.max_ratio * entry.compress_size
        ):
            raise Refused(BOMB, "bomb", name=name)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > max(limits.max_ratio * size, RATIO_MATTERS_FROM) or (
        unpacked > limits.max_unpacked
    ):
        raise Refused(BOMB, "bomb", name=name)
    if sum(entry.compress_size for entry in entries) > size:
        raise Refused(AMBIGUOUS, "overlapping_entries", name=name)


def _is_unsafe(inner: str) -> bool:
    return (
        inner.startswith("/")
        or ".." in inner.split("/")
        or any(character in inner for character in "\\:\x00")
    )


def _data_starts(handle: BinaryIO, entries: list[ZipInfo], size: int, name: str) -> list[int]:
    """Where each entry's data begins, by its local header; entries may not overlap."""
    starts = []
    spans = []
    for entry in entries:
        handle.seek(entry.header_offset)
        header = handle.read(LOCAL_HEADER.size)
        if len(header) < LOCAL_HEADER.size or not header.startswith(LOCAL_SIGNATURE):
            raise Refused(DAMAGED, "damaged", name=name)
        *_, name_length, extra_length = LOCAL_HEADER.unpack(header)
        local_name = handle.read(name_length)
        encoding = "utf-8" if entry.flag_bits & 0x800 else "cp437"
        if local_name.decode(encoding, "replace") != entry.orig_filename:
            raise Refused(AMBIGUOUS, "two_names", name=name)
        start = entry.header_offset + LOCAL_HEADER.size + name_length + extra_length
        starts.append(start)
        spans.append((entry.header_offset, start + entry.compress_size))
    spans.sort()
    ends = [end for _, end in spans]
    nexts = [begin for begin, _ in spans[1:]] + [size]
    if spans[0][0] != 0 or any(end > begin for end, begin in zip(ends, nexts, strict=True)):
        raise Refused(AMBIGUOUS, "overlapping_entries", name=name)
    return starts


def _inflated(handle: BinaryIO, entry: ZipInfo, start: int, name: str) -> Iterator[bytes]:
    """The entry's bytes; its declared size and CRC must both come true."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS) if entry.compress_type == ZIP_DEFLATED else None
    handle.seek(start)
    waiting = entry.compress_size
    produced = crc = 0
    pending = b""
    while waiting or pending:
        if not pending:
            pending = handle.read(min(CHUNK, waiting))
            waiting -= len(pending)
            if not pending:
                raise Refused(DAMAGED, "damaged", name=name)
        if inflater is None:
            chunk, pending = pending, b""
        else:
            try:
                chunk = inflater.decompress(pending, CHUNK)
            except zlib.error:
                raise Refused(DAMAGED, "damaged", name=name) from None
            pending = inflater.unconsumed_tail
            if inflater.eof and (inflater.unused_data or waiting):
                raise Refused(DAMAGED, "lying_size", name=name)
        produced += len(chunk)
        crc = zlib.crc32(chunk, crc)
        if produced > entry.file_size:
            raise Refused(BOMB, "lying_size", name=name)
        yield chunk
    if produced != entry.file_size or crc != entry.CRC or (inflater and not inflater.eof):
        raise Refused(DAMAGED, "damaged", name=name)


class _Part:
    """Looks at one entry's bytes as they come: no archive inside, no DOCTYPE."""

    def __init__(self, entry: ZipInfo, name: str, *, nested_allowed: bool) -> None:
        self._name = name
        self._is_xml = entry.filename.lower().endswith(XML_SUFFIXES)
        self._nested_allowed = nested_allowed
        self._parser: expat.XMLParserType | None = None
        self._started = False

    def feed(self, chunk: bytes) -> None:
        if not chunk:
            return
        if not self._started:
            self._started = True
            if chunk.startswith(ARCHIVE_MAGIC) and not self._nested_allowed:
                raise Refused(NESTED, "nested_archive", name=self._name)
            if self._is_xml or chunk.lstrip().startswith(XML_STARTS):
                self._parser = expat.ParserCreate()
                self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parse(chunk, final=False)

    def close(self) -> None:
        if self._is_xml and not self._started:
            raise Refused(DAMAGED, "damaged", name=self._name)
        self._parse(b"", final=True)

    def _parse(self, chunk: bytes, *, final: bool) -> None:
        if self._parser is None:
            return
        try:
            self._parser.Parse(chunk, final)
        except (expat.ExpatError, ValueError, LookupError) as error:
            # Another reader may know an encoding that this one does not, and see a DOCTYPE.
            if self._is_xml or getattr(error, "code", None) not in MALFORMED:
                raise Refused(DAMAGED, "malformed_xml", name=self._name) from None
            # Legacy drawings are often not well formed; any reader of XML stops here as well.
            self._parser = None

    def _refuse_doctype(self, *_declaration: object) -> None:
        raise Refused(DOCTYPE, "doctype", name=self._name)
