"""Pictures of single pages, so that no browser ever opens a user's file.

Made in a child process, kept beside the store at previews/<sha256>/<page>.png; they can be deleted
at any time. Who may see them is not decided here.
"""

import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from appraisal.files import child, kinds
from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _
from appraisal.files.store import DIRECTORY_MODE, Store, evidence_store

SECONDS = 8
MEGABYTES = 512
CONVERSION_SECONDS = 90
CONVERSION_MEGABYTES = 4096
CONVERSION_WRITES_MEGABYTES = 256
CONVERTER = "soffice"

CANNOT_PREVIEW = _("Không xem trước được trang %(page)s. Hãy tải tệp về máy để xem.")
BEYOND_LIMIT = _("Chỉ xem trước được %(pages)s trang đầu. Hãy tải tệp về máy để xem các trang sau.")
NO_CONVERTER = _("Máy chủ không xem trước được tệp văn phòng. Hãy tải tệp về máy để xem.")
NO_PAGES = _("Không xem trước được tệp này. Hãy tải tệp về máy để xem.")


def page_image(sha256: str, content_type: str, page: int, store: Store | None = None) -> Path:
    """The PNG of page `page`, counted from 1, of a stored content; made once.

    Raises Refused when it cannot be made inside the limits, WrongName for a wrong `sha256`,
    FileNotFoundError when the content is not kept.
    """
    store = store or evidence_store()
    source = _source(store, sha256)
    if not 1 <= page <= kinds.MAX_PAGES:
        raise Refused(BEYOND_LIMIT, "beyond_page_limit", pages=kinds.MAX_PAGES)
    target = store.previews_root / sha256 / f"{page}.png"
    if target.is_file():
        return target
    if content_type in kinds.PICTURES:
        return _made(store, target, lambda draft: _render_picture(source, page, draft))
    source = _as_pdf(store, sha256, source, content_type)
    return _made(store, target, lambda draft: _render_page(source, page, draft))


def page_count(sha256: str, content_type: str, store: Store | None = None) -> int:
    """How many pages can be asked of `page_image` (the limit included); raises the same."""
    store = store or evidence_store()
    source = _source(store, sha256)
    if content_type in kinds.PICTURES:
        return 1
    source = _as_pdf(store, sha256, source, content_type)
    try:
        counted = child.run(
            "appraisal.files.pdfs:count_pages", str(source), seconds=SECONDS, megabytes=MEGABYTES
        )
    except Refused as refused:
        raise Refused(NO_PAGES, refused.code) from refused
    return min(int(str(counted)), kinds.MAX_PAGES)


def _source(store: Store, sha256: str) -> Path:
    path = store.path(sha256)
    if not path.is_file():
        raise FileNotFoundError(path)
    return path


def _render_picture(source: Path, page: int, draft: Path) -> None:
    if page != 1:
        raise Refused(CANNOT_PREVIEW, "no_such_page", page=page)
    _run("appraisal.files.pictures:render", page, str(source), str(draft))


def _render_page(source: Path, page: int, draft: Path) -> None:
    _run("appraisal.files.pdfs:render", page, str(source), page, str(draft))


def _run(target: str, page: int, *args: object) -> None:
    try:
        child.run(target, *args, seconds=SECONDS, megabytes=MEGABYTES)
    except Refused as refused:
        if refused.code == "no_such_page":
            raise
        raise Refused(CANNOT_PREVIEW, refused.code, page=page) from refused


def _as_pdf(store: Store, sha256: str, source: Path, content_type: str) -> Path:
    """The PDF to draw pages from: the content itself, or LibreOffice's version of it, made once."""
    if content_type == kinds.PDF.content_type:
        return source
    converter = shutil.which(CONVERTER)
    if content_type not in kinds.OFFICE or converter is None:
        raise Refused(NO_CONVERTER, "no_converter")
    target = store.previews_root / sha256 / "document.pdf"
    if target.is_file():
        return target
    return _made(store, target, lambda draft: _convert(source, converter, draft))


def _convert(source: Path, converter: str, draft: Path) -> None:
    folder = draft.with_suffix(".folder")
    folder.mkdir(mode=DIRECTORY_MODE)
    try:
        converted = child.run(
            "appraisal.files.office:to_pdf",
            str(source),
            str(folder),
            converter,
            CONVERSION_SECONDS,
            seconds=CONVERSION_SECONDS,
            megabytes=CONVERSION_MEGABYTES,
            writes_megabytes=CONVERSION_WRITES_MEGABYTES,
        )
        Path(str(converted)).replace(draft)
    except (Refused, FileNotFoundError) as error:
        raise Refused(NO_PAGES, "not_converted") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _made(store: Store, target: Path, make: Callable[[Path], None]) -> Path:
    """Let `make` write a draft and give it its final name whole; two makers do no harm."""
    store.temporary_root.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
    draft = store.temporary_root / secrets.token_hex(16)
    try:
        make(draft)
        target.parent.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return target
