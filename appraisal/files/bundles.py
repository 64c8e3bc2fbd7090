"""A ZIP of documents that belong to a workbook: checked whole, then opened one document at a time.

Which document is wanted under which name is not known here. The gate is that of every archive.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

from appraisal.files import child, kinds
from appraisal.files.archives import Limits, check_archive
from appraisal.files.inspect import TOO_LARGE
from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _
from appraisal.files.store import CHUNK

MEGABYTE = 1024 * 1024
LIMITS = Limits(
    max_bytes=25 * MEGABYTE, max_unpacked=200 * MEGABYTE, max_ratio=100, max_entries=120
)
"""Each document is examined in a process of its own; so many are done within one request."""
SECONDS = 30
MEGABYTES = 300

NOT_A_ZIP = _("“%(name)s” không phải tệp ZIP. Hãy nén các tài liệu thành một tệp .zip rồi gửi lại.")

TWICE = _(
    "Tệp ZIP có nhiều tệp cùng tên “%(name)s” ở các thư mục khác nhau. Hãy đổi tên, hoặc ghi cả"
    " thư mục trong bảng, ví dụ: 1.1/báo cáo.pdf."
)
SYSTEM_FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini"})


def check_bundle(path: Path, name: str) -> None:
    """Raise Refused unless the ZIP at `path` may be opened; runs in a child process."""
    with path.open("rb") as handle:
        if handle.read(4) != b"PK\x03\x04":
            raise Refused(NOT_A_ZIP, "not_a_zip", name=name)
    child.run(
        "appraisal.files.bundles:gate", str(path), name,
        seconds=SECONDS, megabytes=MEGABYTES, name=name,
    )  # fmt: skip


def gate(path: str, name: str) -> bool:
    """What the child does: the gate of every archive. Documents are archives themselves."""
    check_archive(path, LIMITS, name, documents=True)
    return True


@contextmanager
def opened(path: Path, key: Callable[[str], str]) -> Iterator["Bundle"]:
    """The documents of a checked ZIP by the key of their names, which keeps folders apart."""
    with ZipFile(path) as archive:
        yield Bundle(archive, key)


class Bundle:
    """An open ZIP: which documents it has, and the bytes of one."""

    def __init__(self, archive: ZipFile, key: Callable[[str], str]) -> None:
        self._archive = archive
        self._entries = {
            key(entry.filename): entry
            for entry in archive.infolist()
            if not entry.is_dir() and not _is_noise(entry.filename)
        }
        self._by_name: dict[str, list[str]] = {}
        for full in self._entries:
            self._by_name.setdefault(full.rpartition("/")[2], []).append(full)

    @property
    def keys(self) -> set[str]:
        return set(self._entries)

    @property
    def names(self) -> set[str]:
        """The keys without their folders."""
        return set(self._by_name)

    def find(self, wanted: str) -> str | None:
        """The key that a wanted one stands for, with or without its folder.

        Raises Refused where several documents bear that name.
        """
        if wanted in self._entries:
            return wanted
        found = self._by_name.get(wanted.rpartition("/")[2], [])
        if len(found) > 1:
            name = self.name(found[0])
            raise Refused(TWICE, "twice", name=name)
        return found[0] if found else None

    def name(self, key: str) -> str:
        return PurePosixPath(self._entries[key].filename).name

    def copy(self, key: str, write: Callable[[bytes], None]) -> None:
        """Hand the bytes of a document over, piece by piece; Refused for one that is too large."""
        entry = self._entries[key]
        if entry.file_size > kinds.MAX_BYTES:
            limit = kinds.MAX_BYTES // MEGABYTE
            raise Refused(TOO_LARGE, "too_large", name=self.name(key), megabytes=limit)
        with self._archive.open(entry) as source:
            while chunk := source.read(CHUNK):
                write(chunk)


def _is_noise(path: str) -> bool:
    """What systems put into archives by themselves."""
    folders, _slash, name = path.rpartition("/")
    return (
        "__MACOSX" in folders.split("/") or name.startswith("._") or name.casefold() in SYSTEM_FILES
    )
