"""Files over HTTP: the Django upload handlers that take them in, the headers they go out with.

The temporary file lies in the store, under a random name, hashed while it arrives; a private key
stays in memory. Rights, quotas and rows in the database are not here.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers
from django.http import HttpRequest
from django.utils.http import content_disposition_header

from appraisal.files import kinds
from appraisal.files.inspect import TOO_LARGE, Inspection, inspect
from appraisal.files.names import display_name
from appraisal.files.refusal import Refused
from appraisal.files.store import CHUNK, Store, Stored, Temporary, evidence_store

KEY_FILE_FIELD = "key_file"
"""The name of the form field whose file is a private key."""


@dataclass(frozen=True)
class Received:
    """A file that has been examined and kept: its display name, what it is, its bytes' hash."""

    name: str
    inspection: Inspection
    stored: Stored


class StreamedUpload(UploadedFile):  # type: ignore[type-arg]  # generic in the stubs only
    """An upload whose bytes lie in the store's temporary directory, already hashed.

    `raw_name` is the name as the browser sent it; `refusal` says why the bytes were not all taken.
    Closing it (Django does, at the end of the request) removes a file that was not kept.
    """

    def __init__(
        self,
        temporary: Temporary,
        raw_name: str,
        content_type: str | None,
        charset: str | None,
        refusal: Refused | None,
    ) -> None:
        self.temporary = temporary
        self.raw_name = raw_name
        self.refusal = refusal
        content = temporary.path.open("rb") if refusal is None else BytesIO()
        super().__init__(content, raw_name, content_type, temporary.size, charset)

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes taken, in hex."""
        return self.temporary.stored.sha256

    def temporary_file_path(self) -> str:
        """Where the bytes are until the upload is kept or closed."""
        return str(self.temporary.path)

    def close(self) -> None:
        super().close()
        self.temporary.discard()


class KeyFileHandler(FileUploadHandler):
    """Takes the file of the field `key_file` into memory and leaves the rest to the next handler.

    A private key must not touch a disk, not even for the time of a request.
    """

    chunk_size = CHUNK

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.content = bytearray()
        if self.field_name == KEY_FILE_FIELD:
            raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if self.field_name != KEY_FILE_FIELD:
            return raw_data
        # One byte more than is allowed says that the file was larger.
        self.content += raw_data[: kinds.MAX_KEY_FILE + 1 - len(self.content)]
        return None

    def file_complete(self, file_size: int) -> InMemoryUploadedFile | None:
        if self.field_name != KEY_FILE_FIELD:
            return None
        content = BytesIO(bytes(self.content))
        return InMemoryUploadedFile(
            content,
            self.field_name,
            str(self.file_name),
            self.content_type,
            len(self.content),
            self.charset,
            self.content_type_extra,
        )


class SafeNameHandler(FileUploadHandler):
    """Streams each file to the store's own file system under a name that nobody chose.

    A file above the limit, or a full disk, sets `refusal` on the upload instead of raising: the
    rest of the form still arrives, and the view answers with a sentence.
    """

    chunk_size = CHUNK
    max_bytes = kinds.MAX_BYTES

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        # Django closes the attribute of this name when parsing fails half-way.
        self.file = ExitStack()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.refusal: Refused | None = None
        self.temporary = evidence_store().new_temporary()
        self.file.callback(self.temporary.discard)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.refusal is not None:
            return
        if start + len(raw_data) > self.max_bytes:
            limit = self.max_bytes // kinds.MEGABYTE
            self.temporary.discard()
            self.refusal = Refused(
                TOO_LARGE, "too_large", name=str(self.file_name), megabytes=limit
            )
            return
        try:
            self.temporary.write(raw_data)
        except Refused as refused:
            self.refusal = refused

    def file_complete(self, file_size: int) -> StreamedUpload:
        return StreamedUpload(
            self.temporary, str(self.file_name), self.content_type, self.charset, self.refusal
        )

    def upload_interrupted(self) -> None:
        self.file.close()


def receive(upload: "UploadedFile[Any]", store: Store | None = None) -> Received:
    """Clean the name, examine the bytes, keep them. Raises Refused, and then keeps nothing.

    The upload must have come through SafeNameHandler; any other is a TypeError.
    """
    if not isinstance(upload, StreamedUpload):
        raise TypeError(f"not streamed by SafeNameHandler: {type(upload).__name__}")
    name = display_name(upload.raw_name)
    if upload.refusal is not None:
        raise upload.refusal
    inspection = inspect(upload.temporary.path, name)
    stored = (store or evidence_store()).keep(upload.temporary)
    return Received(name, inspection, stored)


def safe_headers(name: str, content_type: str) -> dict[str, str]:
    """Headers under which a user's file is sent: downloaded, never rendered, sniffed or cached.

    `name` is the display name and `content_type` that of the inspection, not the browser's.
    """
    return {
        "Content-Type": content_type,
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }
