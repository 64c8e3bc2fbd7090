"""A ZIP of documents that belong to a workbook: checked whole, then opened one document at a time.

Which document is wanted under which name is not known here. The gate is that of every archive.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from zipfile import ZipFile, ZipInfo

from appraisal.files import child
from appraisal.files.archives import Limits, check_archive
from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _
from appraisal.files.store import CHUNK

MEGABYTE = 1024 * 1024
LIMITS = Limits(
    max_bytes=25 * MEGABYTE, max_unpacked=200 * MEGABYTE, max_ratio=100, max_entries=200
)
SECONDS = 30
MEGABYTES = 300

NOT_A_ZIP = _("“%(name)s” không phải tệp ZIP. Hãy nén các tài liệu thành một tệp .zip rồi gửi lại.")


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
    """The documents of a checked ZIP by the key of their names; folders are passed over."""
    with ZipFile(path) as archive:
        entries = {
            key(PurePosixPath(entry.filename).name): entry
            for entry in archive.infolist()
            if not entry.is_dir()
        }
        yield Bundle(archive, entries)


class Bundle:
    """An open ZIP: which documents it has, and the bytes of one."""

    def __init__(self, archive: ZipFile, entries: dict[str, ZipInfo]) -> None:
        self._archive, self._entries = archive, entries

    @property
    def keys(self) -> set[str]:
        return set(self._entries)

    def name(self, key: str) -> str:
        return PurePosixPath(self._entries[key].filename).name

    def copy(self, key: str, write: Callable[[bytes], None]) -> None:
        """Hand the bytes of a document over, piece by piece."""
        with self._archive.open(self._entries[key]) as source:
            while chunk := source.read(CHUNK):
                write(chunk)
