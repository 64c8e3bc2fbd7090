"""Where the bytes of evidence live: a directory of files named by their own SHA-256.

    root/3f/a9/3fa9…   the bytes, read-only      root/tmp      being written
    root/previews/…    made by `previews`        root/trash    taken out, recoverable by hash

A file is under its final name whole or not at all. Which document uses it is not known here.
"""

import errno
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _

CHUNK = 1024 * 1024
SHA256 = re.compile(r"[0-9a-f]{64}")
TEMPORARY_LIFETIME = 3600.0
FILE_MODE = 0o440
DIRECTORY_MODE = 0o750
NO_ROOM_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

NO_ROOM = _("Kho tệp của máy chủ đã đầy nên tệp chưa được lưu. Hãy báo quản trị kỹ thuật.")


class WrongName(ValueError):
    """A name that is no SHA-256 in lower-case hex, or that leads out of the store."""


@dataclass(frozen=True)
class Stored:
    """One content: its SHA-256 in hex and its size in bytes."""

    sha256: str
    size: int


class Temporary:
    """A file being written below the store, hashed as the bytes come. Gone unless it is kept."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._hash = hashlib.sha256()
        self._descriptor: int | None = None
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def __del__(self) -> None:
        # Django forgets, without a word, the file that was arriving when a client hung up.
        self.discard()

    def write(self, chunk: bytes) -> None:
        """Append `chunk`. Raises Refused when there is no room."""
        if self._descriptor is None:
            raise ValueError("the temporary file is closed")
        self._hash.update(chunk)
        rest = memoryview(chunk)
        while rest:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except OSError as error:
                self.discard()
                if error.errno in NO_ROOM_ERRORS:
                    raise Refused(NO_ROOM, "no_room") from None
                raise
        self.size += len(chunk)

    @property
    def stored(self) -> Stored:
        """What has been written so far."""
        return Stored(self._hash.hexdigest(), self.size)

    def sync(self) -> None:
        """Bytes and mode on the disk; afterwards nothing more is written."""
        if self._descriptor is None:
            raise ValueError("the temporary file is closed")
        os.fchmod(self._descriptor, FILE_MODE)
        os.fsync(self._descriptor)
        self._close()

    def discard(self) -> None:
        """Close, and remove the file unless it has moved to its final name."""
        self._close()
        self.path.unlink(missing_ok=True)

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


class Store:
    """The content-addressed store below `root`, which is made when it is first used."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.temporary_root = root / "tmp"
        self.previews_root = root / "previews"
        self.trash_root = root / "trash"

    def path(self, sha256: str) -> Path:
        """Where the content is or would be. Raises WrongName."""
        if not SHA256.fullmatch(sha256):
            raise WrongName(sha256)
        place = os.path.join(self.root, sha256[:2], sha256[2:4], sha256)  # noqa: PTH118 - asked often
        kept = os.path.join(self._real_root, sha256[:2], sha256[2:4], sha256)  # noqa: PTH118
        if os.path.realpath(place) != kept:
            raise WrongName(sha256)
        return Path(place)

    @cached_property
    def _real_root(self) -> str:
        return os.path.realpath(self.root)

    def exists(self, sha256: str) -> bool:
        """Whether the content is kept. Raises WrongName."""
        return self.path(sha256).is_file()

    def open(self, sha256: str) -> BinaryIO:
        """The content for reading. Raises WrongName, FileNotFoundError."""
        return self.path(sha256).open("rb")

    def put(self, source: Path | Iterable[bytes]) -> Stored:
        """Keep the bytes of a file or of chunks; the same content twice is kept once.

        Raises Refused when there is no room. Whatever is raised, nothing stays behind.
        """
        temporary = self.new_temporary()
        try:
            for chunk in _chunks(source) if isinstance(source, Path) else source:
                temporary.write(chunk)
            return self.keep(temporary)
        finally:
            temporary.discard()

    def new_temporary(self) -> Temporary:
        """A file to write to, on the store's own file system so that it can be renamed."""
        _make(self.temporary_root)
        return Temporary(self.temporary_root / secrets.token_hex(16))

    def keep(self, temporary: Temporary) -> Stored:
        """Give a written temporary file its final name, durably."""
        stored = temporary.stored
        final = self.path(stored.sha256)
        temporary.sync()
        _make(final.parent)
        if final.is_file() and final.stat().st_size == stored.size:
            temporary.discard()
        else:
            temporary.path.replace(final)
        _sync_directory(final.parent)
        return stored

    def trash(self, sha256: str) -> None:
        """Take a content out, recoverably. Raises WrongName, FileNotFoundError."""
        _make(self.trash_root)
        self.path(sha256).replace(self.trash_root / sha256)

    def restore(self, sha256: str) -> None:
        """Bring a content back from the trash. Raises WrongName, FileNotFoundError."""
        final = self.path(sha256)
        _make(final.parent)
        (self.trash_root / sha256).replace(final)

    def is_intact(self, sha256: str) -> bool:
        """Whether the kept bytes still have the hash that names them."""
        with self.path(sha256).open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest() == sha256

    def names(self) -> Iterator[str]:
        """Every content kept, in order."""
        for path in sorted(self.root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*")):
            if SHA256.fullmatch(path.name):
                yield path.name

    def remove_stale_temporaries(self, now: float | None = None) -> int:
        """Delete what a killed process left in tmp more than an hour ago; how many files."""
        oldest = (time.time() if now is None else now) - TEMPORARY_LIFETIME
        removed = 0
        for path in self.temporary_root.glob("*"):
            if path.lstat().st_mtime < oldest:
                path.unlink(missing_ok=True)
                removed += 1
        return removed


def evidence_store() -> Store:
    """The store at settings.EVIDENCE_ROOT."""
    from django.conf import settings

    return Store(Path(settings.EVIDENCE_ROOT))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            yield chunk


def _make(directory: Path) -> None:
    """Make the directory and its parents, each with our mode, each entry durable."""
    if directory.is_dir():
        return
    _make(directory.parent)
    directory.mkdir(mode=DIRECTORY_MODE, exist_ok=True)
    _sync_directory(directory.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
