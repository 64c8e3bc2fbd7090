"""PDF files, inside the child: structure and warnings by pypdf, page pictures by pdfium.

Page contents are never inflated while a file is examined; only the preview does that.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from appraisal.files import kinds
from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _
from appraisal.files.traces import is_something_else

MAX_TREE_NODES = 50_000
# Some 0.1 ms each; a longer file is flagged as not wholly examined.
MAX_OBJECTS = 20_000
OBJECTS_KEPT = 2_000
WIDTH = 1400
MAX_HEIGHT = 3000
PNG_COMPRESSION = 3

ACTIVE_ACTIONS = frozenset(
    {"/JavaScript", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie"}
    | {"/RichMediaExecute"}
)
ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/XFA"})
ACTIVE_ANNOTATIONS = frozenset({"/RichMedia", "/Movie", "/Screen"})
# Compression over compression serves nobody but a bomb: one layer grows a thousand times, two a
# million. Dictionaries of streams are always plain text in the file.
STACKED_COMPRESSION = re.compile(
    rb"/Filter\s*\[[^\]]{0,200}?/(?:Fl|LZW|Run|RL)[^\]]{0,200}?/(?:Fl|LZW|Run|RL)"
)
ORDINARY_SCHEMES = frozenset({"http", "https", "mailto", "tel"})

DAMAGED = _("“%(name)s” bị hỏng hoặc tải lên chưa trọn. Hãy mở, in lại ra PDF rồi gửi lại.")
PASSWORD = _("“%(name)s” có mật khẩu hoặc bị khóa quyền. Hãy bỏ mật khẩu, bỏ khóa rồi gửi lại.")
LAUNCH = _("“%(name)s” chứa lệnh mở chương trình khác nên không được nhận. Hãy in lại ra PDF.")
BOMB = _("Tài liệu nén nhiều lớp bất thường nên không xem trước được. Hãy tải tệp về máy để xem.")
NO_SUCH_PAGE = _("Tài liệu không có trang %(page)s; tài liệu có %(pages)s trang.")


def inspect(path: str, name: str) -> tuple[int, list[str]]:
    """Pages and flags of a PDF. Raises Refused when it is damaged, locked, or starts programs."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    data = Path(path).read_bytes()
    flags = {kinds.ACTIVE_CONTENT} if is_something_else(data) else set()
    if STACKED_COMPRESSION.search(data):
        flags.add(kinds.NO_PREVIEW)
    try:
        reader = PdfReader(path)
        if "/Encrypt" in reader.trailer:
            raise Refused(PASSWORD, "password", name=name)
        pages = _count_pages(reader, name)
    except (PyPdfError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise Refused(DAMAGED, "damaged", name=name) from None
    for dictionary in _dictionaries(reader, flags):
        flags |= _warnings(dictionary, name)
    if pages > kinds.MAX_PAGES:
        flags.add(kinds.TOO_MANY_PAGES)
    return pages, sorted(flags)


def count_pages(path: str) -> int:
    """Pages as the renderer counts them."""
    import pypdfium2

    return len(pypdfium2.PdfDocument(path))


def render(path: str, page: int, target: str) -> None:
    """Write page `page` (from 1) as a PNG at most WIDTH by MAX_HEIGHT pixels to `target`."""
    import pypdfium2

    if STACKED_COMPRESSION.search(Path(path).read_bytes()):
        raise Refused(BOMB, "stacked_compression")
    document = pypdfium2.PdfDocument(path)
    if not 1 <= page <= len(document):
        raise Refused(NO_SUCH_PAGE, "no_such_page", page=page, pages=len(document))
    sheet = document[page - 1]
    width, height = sheet.get_size()
    scale = min(WIDTH / max(width, 1), MAX_HEIGHT / max(height, 1))
    picture = sheet.render(scale=scale).to_pil()
    picture.save(target, "PNG", compress_level=PNG_COMPRESSION)


def _count_pages(reader: Any, name: str) -> int:
    """Leaves of the page tree, each inner node visited once: a second visit is a cycle."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    waiting: list[Any] = [dict.get(reader.root_object, "/Pages")]
    seen: set[int] = set()
    pages = 0
    while waiting and pages < MAX_TREE_NODES:
        reference = waiting.pop()
        node = reference.get_object() if reference is not None else None
        if not isinstance(node, DictionaryObject):
            raise Refused(DAMAGED, "damaged", name=name)
        if "/Kids" not in node:
            pages += 1
            continue
        key = reference.idnum if isinstance(reference, IndirectObject) else id(node)
        if key in seen:
            raise Refused(DAMAGED, "page_tree_cycle", name=name)
        seen.add(key)
        kids = node["/Kids"]
        if not isinstance(kids, ArrayObject):
            raise Refused(DAMAGED, "damaged", name=name)
        waiting.extend(list.__iter__(kids))
    if pages == 0:
        raise Refused(DAMAGED, "no_pages", name=name)
    return pages


def _dictionaries(reader: Any, flags: set[str]) -> Iterator[Any]:
    """Every dictionary of every object of the file, direct ones inside others included."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    numbers = [(number, gen, 0) for gen, offsets in reader.xref.items() for number in offsets]
    # Stream after stream: a stream of objects is parsed whole for any of them.
    packed = sorted((stream, number) for number, (stream, _n) in reader.xref_objStm.items())
    numbers += [(number, 0, stream) for stream, number in packed]
    if len(numbers) > MAX_OBJECTS:
        flags.add(kinds.UNREADABLE_PARTS)
    held = 0
    for number, generation, stream in numbers[:MAX_OBJECTS]:
        if len(reader.resolved_objects) > OBJECTS_KEPT and (not stream or stream != held):
            reader.resolved_objects.clear()
        held = stream
        try:
            waiting = [reader.get_object(IndirectObject(number, generation, reader))]
        except Exception:
            # Viewers skip an object they cannot read; the appraiser is told that we did too.
            flags.add(kinds.UNREADABLE_PARTS)
            continue
        while waiting:
            thing = waiting.pop()
            if isinstance(thing, DictionaryObject):
                yield thing
                waiting.extend(dict.values(thing))
            elif isinstance(thing, ArrayObject):
                waiting.extend(list.__iter__(thing))


def _warnings(dictionary: Any, name: str) -> set[str]:
    from pypdf.generic import StreamObject

    flags = set()
    action = _value(dictionary, "/S")
    if action == "/Launch":
        raise Refused(LAUNCH, "launch_action", name=name)
    if (
        action in ACTIVE_ACTIONS
        or not ACTIVE_KEYS.isdisjoint(dictionary)
        or _value(dictionary, "/Subtype") in ACTIVE_ANNOTATIONS
        # A stream whose bytes lie in another file.
        or (isinstance(dictionary, StreamObject) and "/F" in dictionary)
    ):
        flags.add(kinds.ACTIVE_CONTENT)
    if action == "/URI":
        scheme = urlsplit(str(_value(dictionary, "/URI"))).scheme
        flags.add(
            kinds.EXTERNAL_LINK if scheme.lower() in ORDINARY_SCHEMES else kinds.ACTIVE_CONTENT
        )
    if "/EF" in dictionary:
        flags.add(kinds.EMBEDDED_FILE)
    return flags


def _value(dictionary: Any, key: str) -> object:
    raw = dict.get(dictionary, key)
    return raw.get_object() if raw is not None else None
