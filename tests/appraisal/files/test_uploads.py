import gc
import hashlib
import re
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.http.multipartparser import MultiPartParserError
from django.test import RequestFactory

from appraisal.files import kinds
from appraisal.files.names import display_name
from appraisal.files.refusal import Refused
from appraisal.files.store import Store, evidence_store
from appraisal.files.uploads import (
    KeyFileHandler,
    SafeNameHandler,
    StreamedUpload,
    receive,
    safe_headers,
)
from tests.appraisal.files.corpus import NAME_CASES, ROOT, evidence

BODIES = sorted((ROOT / "multipart").glob("*.body"))
GOOD = evidence("ok-plain.pdf").read_bytes()


@pytest.fixture
def store(settings: Any, tmp_path: Path) -> Store:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    return evidence_store()


def temporaries(store: Store) -> list[Path]:
    return list(store.temporary_root.glob("*"))


def post(body: bytes) -> WSGIRequest:
    request = RequestFactory().generic(
        "POST", "/", body, content_type="multipart/form-data; boundary=CORPUS"
    )
    request.upload_handlers = [SafeNameHandler(request)]
    return request


def uploads(request: WSGIRequest) -> list[StreamedUpload]:
    arrived = [upload for _, many in request.FILES.lists() for upload in many]
    assert all(isinstance(upload, StreamedUpload) for upload in arrived)
    return cast(list[StreamedUpload], arrived)


def form(*files: tuple[str, bytes], field: str = "") -> bytes:
    body = b""
    for name, content in files:
        body += (
            b"--CORPUS\r\nContent-Disposition: form-data; name=file; filename*=UTF-8''"
            + name.encode()
            + b"\r\nContent-Type: text/html\r\n\r\n"
            + content
            + b"\r\n"
        )
    if field:
        body += b"--CORPUS\r\nContent-Disposition: form-data; name=note\r\n\r\n"
        body += field.encode() + b"\r\n"
    return body + b"--CORPUS--\r\n"


def test_an_upload_is_hashed_while_it_arrives_and_kept_under_its_hash(store: Store) -> None:
    request = post(form(("b%C3%A1o%20c%C3%A1o.pdf", GOOD)))
    upload = uploads(request)[0]
    assert upload.sha256 == hashlib.sha256(GOOD).hexdigest()
    assert re.fullmatch(r"[0-9a-f]{32}", Path(upload.temporary_file_path()).name)
    assert b"".join(upload.chunks()) == GOOD
    received = receive(upload)
    request.close()
    assert received.name == "báo cáo.pdf"
    assert received.inspection.content_type == "application/pdf"
    assert received.stored.size == len(GOOD)
    assert store.is_intact(received.stored.sha256)
    assert temporaries(store) == []


def test_an_upload_that_nobody_keeps_is_gone_after_the_request(store: Store) -> None:
    request = post(form(("a.pdf", GOOD), ("b.pdf", GOOD)))
    assert len(uploads(request)) == 2
    assert len(temporaries(store)) == 2
    request.close()
    assert temporaries(store) == []


def test_a_refused_file_is_not_kept(store: Store) -> None:
    request = post(form(("a.pdf", b"MZ program")))
    with pytest.raises(Refused) as caught:
        receive(uploads(request)[0])
    request.close()
    assert caught.value.code == "wrong_magic"
    assert list(store.names()) == []
    assert temporaries(store) == []


def test_an_upload_that_came_another_way_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError):
        receive(SimpleUploadedFile("a.pdf", GOOD))


def test_a_file_above_the_limit_is_refused_and_the_rest_of_the_form_arrives(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SafeNameHandler, "max_bytes", 1000)
    request = post(form(("a.pdf", b"x" * 1001), ("b.pdf", GOOD), field="ghi chú"))
    large, good = uploads(request)
    assert request.POST["note"] == "ghi chú"
    with pytest.raises(Refused) as caught:
        receive(large)
    assert caught.value.code == "too_large"
    assert large.read() == b""
    assert receive(good).stored.size == len(GOOD)
    request.close()
    assert temporaries(store) == []


def test_a_file_of_exactly_the_limit_is_taken(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SafeNameHandler, "max_bytes", len(GOOD))
    request = post(form(("a.pdf", GOOD)))
    assert uploads(request)[0].refusal is None
    request.close()


def test_the_limit_of_the_handler_is_that_of_the_policy() -> None:
    assert SafeNameHandler.max_bytes == kinds.MAX_BYTES == 25 * 1024 * 1024


def test_a_full_disk_is_told_by_the_upload(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from appraisal.files.store import Temporary

    def full(self: Temporary, chunk: bytes) -> None:
        self.discard()
        raise Refused("Kho tệp đã đầy.", "no_room")

    monkeypatch.setattr(Temporary, "write", full)
    request = post(form(("a.pdf", GOOD)))
    with pytest.raises(Refused) as caught:
        receive(uploads(request)[0])
    assert caught.value.code == "no_room"
    request.close()
    assert temporaries(store) == []


class _BrokenLine:
    """A client that hangs up in the middle of its second file."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self, size: int = -1) -> bytes:
        if not self._body:
            raise OSError("connection reset")
        piece, self._body = self._body[:size], self._body[size:]
        return piece


def test_a_client_that_hangs_up_leaves_nothing(store: Store) -> None:
    body = form(("a.pdf", GOOD), ("b.pdf", GOOD * 100))
    request = post(body)
    request._stream = cast(BinaryIO, _BrokenLine(body[: len(GOOD) * 50]))
    with pytest.raises(OSError, match="connection reset"):
        uploads(request)
    request.close()
    del request
    gc.collect()
    assert temporaries(store) == []


@pytest.mark.parametrize("path", BODIES, ids=lambda path: path.stem)
def test_no_request_of_the_corpus_fails_or_leaves_a_file(store: Store, path: Path) -> None:
    request = post(path.read_bytes())
    try:
        arrived = uploads(request)
    except MultiPartParserError:
        arrived = []
    for upload in arrived:
        _received_or_refused(upload)
    request.close()
    assert temporaries(store) == []


def _received_or_refused(upload: StreamedUpload) -> str:
    try:
        name = display_name(upload.raw_name)
    except Refused as refused:
        return refused.sentence
    assert len(name.encode()) <= 255
    return name


ACCEPTED = [case for case in NAME_CASES if case.accepted]


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case.what[:40])
def test_a_download_has_one_safe_disposition_for_every_name(case: Any) -> None:
    headers = safe_headers(display_name(case.raw.decode(errors="replace")), "application/pdf")
    disposition = headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename")
    assert "\r" not in disposition
    assert "\n" not in disposition
    assert disposition.isascii()


def test_a_download_is_never_rendered_sniffed_or_cached() -> None:
    assert safe_headers('Quyết "định".pdf', "application/pdf") == {
        "Content-Type": "application/pdf",
        "Content-Disposition": (
            "attachment; filename*=utf-8''Quy%E1%BA%BFt%20%22%C4%91%E1%BB%8Bnh%22.pdf"
        ),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }


# --- Key files -----------------------------------------------------------------------------
def key_form(content: bytes, field: str = "key_file") -> WSGIRequest:
    body = (
        f'--CORPUS\r\nContent-Disposition: form-data; name="{field}"; filename="a.p12"\r\n\r\n'
    ).encode()
    body += content + b"\r\n" + form(("khac.pdf", GOOD))
    request = post(body)
    request.upload_handlers = [KeyFileHandler(request), SafeNameHandler(request)]
    return request


def test_a_key_file_stays_in_memory_and_other_files_go_their_way(store: Store) -> None:
    request = key_form(b"secret key")
    taken = request.FILES["key_file"]
    assert isinstance(taken, InMemoryUploadedFile)
    assert taken.read() == b"secret key"
    assert isinstance(request.FILES["file"], StreamedUpload)
    assert [path.read_bytes() for path in temporaries(store)] == [GOOD]


def test_no_more_of_a_key_file_is_taken_than_says_that_it_is_too_large(store: Store) -> None:
    taken = key_form(b"x" * 3_000_000).FILES["key_file"]
    assert taken.size == kinds.MAX_KEY_FILE + 1
    assert len(temporaries(store)) == 1


def test_a_file_of_another_field_is_not_taken_for_a_key(store: Store) -> None:
    request = key_form(b"no key", field="key_files")
    assert isinstance(request.FILES["key_files"], StreamedUpload)
