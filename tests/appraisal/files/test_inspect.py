import base64
import json
import socket
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from appraisal.files import inspect as inspect_module
from appraisal.files import kinds, pdfs
from appraisal.files.inspect import Inspection, inspect
from appraisal.files.refusal import Refused
from tests.appraisal.files.corpus import EVIDENCE, ROOT, evidence

EXPECTED_FLAGS = {
    "ok-with-exif-gps.jpg": {"position_data"},
    "polyglot-pdf-first.pdf": {"active_content"},
    "polyglot-pdf-zip.pdf": {"active_content"},
    "pdf-openaction-js.pdf": {"active_content"},
    "pdf-uri-file.pdf": {"active_content"},
    "pdf-flate-bomb.pdf": {"no_preview"},
    "pdf-5000-pages.pdf": {"too_many_pages"},
    "png-html-text-chunk.png": {"active_content"},
    "docx-remote-template.docx": {"active_content", "external_link"},
    "docx-field-autolink.docx": {"active_content"},
}


@pytest.fixture(scope="module")
def sink() -> Iterator[socket.socket]:
    """The address that corpus files name; nobody may call."""
    with _listening() as server:
        server.settimeout(0.05)
        yield server


def _listening() -> socket.socket:
    """There is one such address on a machine; another run of the suite may hold it for a while."""
    until = time.monotonic() + 120
    while True:
        try:
            return socket.create_server(("127.0.0.1", 9))
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


@pytest.mark.xdist_group("port-9")  # two processes cannot listen there at once
@pytest.mark.parametrize("entry", EVIDENCE, ids=lambda entry: entry["path"])
def test_each_file_of_the_corpus_gets_its_decision(
    entry: dict[str, Any], sink: socket.socket
) -> None:
    """The virus test file, too: here it falls because it is no PDF; the scanner comes later."""
    path = ROOT / entry["path"]
    expect = entry["expect"]
    began = time.monotonic()
    outcome = _outcome(path, entry["upload_as"])
    seconds = time.monotonic() - began
    if isinstance(outcome, Refused):
        assert expect["decision"] in ("reject", "handled")
        assert f"“{entry['upload_as']}”" in outcome.sentence
        assert "Hãy" in outcome.sentence
    else:
        assert expect["decision"] in ("accept", "accept_flagged", "handled")
        assert set(outcome.flags) == EXPECTED_FLAGS.get(path.name, set())
        assert bool(outcome.flags) == (expect["decision"] == "accept_flagged")
    assert seconds < expect["max_seconds"]
    # The address space of the child is bounded, so its memory is.
    assert expect["max_rss_mb"] >= inspect_module.MEGABYTES
    with pytest.raises(TimeoutError):
        sink.accept()


def _outcome(path: Path, name: str) -> Inspection | Refused:
    try:
        return inspect(path, name)
    except Refused as refused:
        return refused


def test_the_virus_test_file_joined_from_its_halves_is_no_pdf(tmp_path: Path) -> None:
    halves = json.loads(evidence("eicar-halves.json").read_text())
    joined = base64.b64decode(halves["half1"]) + base64.b64decode(halves["half2"])
    (tmp_path / "x").write_bytes(joined)
    with pytest.raises(Refused) as caught:
        inspect(tmp_path / "x", "eicar.pdf")
    assert caught.value.code == "wrong_magic"


def test_the_content_type_is_ours_and_the_pages_are_counted() -> None:
    assert inspect(evidence("ok-plain.pdf"), "a.PDF") == Inspection("PDF", "application/pdf", 1, ())
    assert inspect(evidence("pdf-5000-pages.pdf"), "a.pdf").pages == 5000
    word = inspect(evidence("ok-plain.docx"), "a.docx")
    assert (word.kind, word.pages) == ("DOCX", None)


def test_a_workbook_named_as_a_document_is_refused_and_under_its_own_name_taken() -> None:
    path = ROOT / "xlsx" / "ok-control.xlsx"
    assert inspect(path, "a.xlsx").kind == "XLSX"
    with pytest.raises(Refused) as caught:
        inspect(path, "a.docx")
    assert caught.value.code == "wrong_kind"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("xlsm-renamed.xlsx", "macros"),
        ("xls-renamed.xlsx", "password_or_old_format"),
        ("ods-renamed.xlsx", "wrong_kind"),
        ("xlsb-renamed.xlsx", "wrong_kind"),
        ("zip-slip-part.xlsx", "unsafe_entry_name"),
    ],
)
def test_a_disguised_workbook_is_refused(name: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        inspect(ROOT / "xlsx" / name, "Bảng tổng hợp.xlsx")
    assert caught.value.code == code
    assert "Bảng tổng hợp.xlsx" in caught.value.sentence


def test_a_workbook_with_outside_links_or_a_calling_formula_is_flagged() -> None:
    assert "external_link" in inspect(ROOT / "xlsx" / "external-link.xlsx", "a.xlsx").flags
    assert "active_content" in inspect(ROOT / "xlsx" / "formula-live.xlsx", "a.xlsx").flags


def test_a_field_code_cut_into_pieces_is_still_found(tmp_path: Path) -> None:
    words = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = (
        f'<w:document xmlns:w="{words}"><w:fldChar/><w:instrText>INCLUDE</w:instrText>'
        "<w:instrText>PICTURE x</w:instrText></w:document>"
    )
    flagged = _document(tmp_path, document)
    assert inspect(flagged, "a.docx").flags == ("active_content",)
    harmless = _document(tmp_path, document.replace("INCLUDE", "HYPER").replace("PICTURE", "LINK"))
    assert inspect(harmless, "a.docx").flags == ()


def _document(tmp_path: Path, document: str) -> Path:
    path = tmp_path / "a.docx"
    with (
        zipfile.ZipFile(evidence("ok-plain.docx")) as good,
        zipfile.ZipFile(path, "w") as package,
    ):
        for part in good.namelist():
            content = document.encode() if part == "word/document.xml" else good.read(part)
            package.writestr(part, content)
    return path


def _pdf(tmp_path: Path, writer: PdfWriter) -> Path:
    path = tmp_path / "a.pdf"
    with path.open("wb") as handle:
        writer.write(handle)
    return path


def _link(uri: str) -> PdfWriter:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.add_annotation(0, Link(rect=(0, 0, 100, 100), url=uri))
    return writer


def test_an_ordinary_link_is_told_apart_from_one_to_a_local_file(tmp_path: Path) -> None:
    ordinary = inspect(_pdf(tmp_path, _link("https://thuvienphapluat.vn/")), "a.pdf")
    assert ordinary.flags == ("external_link",)
    local = inspect(_pdf(tmp_path, _link("file:///etc/hostname")), "a.pdf")
    assert local.flags == ("active_content",)


def test_a_launch_action_hidden_in_an_annotation_is_refused(tmp_path: Path) -> None:
    writer = _link("https://example.vn/")
    page = writer.pages[0]
    action = DictionaryObject(
        {
            NameObject("/S"): NameObject("/Launch"),
            NameObject("/F"): TextStringObject("calc.exe"),
        }
    )
    page["/Annots"][0].get_object()[NameObject("/A")] = action  # type: ignore[index]
    with pytest.raises(Refused) as caught:
        inspect(_pdf(tmp_path, writer), "a.pdf")
    assert caught.value.code == "launch_action"


def test_a_pdf_of_very_many_objects_is_taken_and_flagged_as_not_wholly_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _pdf(tmp_path, _link("https://example.vn/"))
    monkeypatch.setattr(pdfs, "MAX_OBJECTS", 2)
    assert pdfs.inspect(str(path), "a.pdf") == (1, ["unreadable_parts"])


def test_an_attachment_inside_a_pdf_is_flagged(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.add_attachment("bảng.txt", b"1")
    assert inspect(_pdf(tmp_path, writer), "a.pdf").flags == ("embedded_file",)


def test_a_locked_pdf_is_refused_with_what_to_do(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.encrypt("", "owner", algorithm="RC4-128")
    with pytest.raises(Refused) as caught:
        inspect(_pdf(tmp_path, writer), "a.pdf")
    assert caught.value.code == "password"
    assert "Hãy bỏ mật khẩu" in caught.value.sentence


@pytest.mark.parametrize(("name", "style"), [("a.png", "PNG"), ("a.jpg", "JPEG")])
def test_a_picture_cut_in_the_middle_is_refused(tmp_path: Path, name: str, style: str) -> None:
    path = tmp_path / name
    Image.effect_noise((400, 300), 60).save(path, style)
    assert inspect(path, name).flags == ()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(Refused) as caught:
        inspect(path, name)
    assert caught.value.code == "damaged"


def test_a_large_scan_fits_into_the_limits(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (7000, 7000), "white").save(path)
    assert inspect(path, "a.png").flags == ()


def test_a_picture_just_above_the_pixel_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("1", (kinds.MAX_PIXELS // 5000 + 1, 5000)).save(path)
    with pytest.raises(Refused) as caught:
        inspect(path, "a.png")
    assert caught.value.code == "too_many_pixels"


def test_a_file_above_the_size_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with path.open("wb") as handle:
        handle.write(b"%PDF-1.7\n")
        handle.truncate(kinds.MAX_BYTES + 1)
    with pytest.raises(Refused) as caught:
        inspect(path, "a.pdf")
    assert caught.value.code == "too_large"
    assert "25 MB" in caught.value.sentence


def test_examining_one_file_starts_fast() -> None:
    fastest = min(_seconds(evidence("ok-plain.docx")) for _ in range(5))
    assert fastest < 0.3


def _seconds(path: Path) -> float:
    began = time.perf_counter()
    inspect(path, path.name)
    return time.perf_counter() - began


def one_stream_of_objects(count: int) -> bytes:
    """A PDF of one page that keeps `count` dictionaries in a single stream, as some writers do."""
    first = 10
    parts = [f"<</N {number}>>" for number in range(count)]
    places, place = [], 0
    for part in parts:
        places.append(place)
        place += len(part) + 1
    index = " ".join(f"{first + n} {at}" for n, at in enumerate(places)) + " "
    packed = zlib.compress((index + "\n".join(parts)).encode())
    body = b"%PDF-1.5\n"
    offsets = {}
    for number, content in (
        (1, b"<</Type/Catalog/Pages 2 0 R>>"),
        (2, b"<</Type/Pages/Kids[3 0 R]/Count 1>>"),
        (3, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>"),
        (4, b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>stream\n%s\nendstream"
            % (count, len(index), len(packed), packed)),
    ):  # fmt: skip
        offsets[number] = len(body)
        body += b"%d 0 obj%s\nendobj\n" % (number, content)
    offsets[5] = len(body)
    rows = [struct.pack(">BIH", 1, offsets[number], 0) for number in range(1, 6)]
    rows += [struct.pack(">BIH", 2, 4, place) for place in range(count)]
    table = zlib.compress(b"".join(rows))
    head = (
        b"<</Type/XRef/Size %d/Root 1 0 R/W[1 4 2]/Index[1 5 %d %d]/Filter/FlateDecode/Length %d>>"
    )
    body += b"5 0 obj" + head % (first + count, first, count, len(table))
    return body + b"stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
        table, offsets[5],
    )  # fmt: skip


def test_a_stream_of_thousands_of_objects_is_parsed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A paper of hundreds of pages is examined all the same."""
    path = tmp_path / "many.pdf"
    path.write_bytes(one_stream_of_objects(5000))
    parsed: list[int] = []
    real = PdfReader._get_object_from_stream

    def count(reader: Any, reference: Any) -> Any:
        parsed.append(reader.xref_objStm[reference.idnum][0])
        if len(parsed) > 20:
            raise RuntimeError("again and again")
        return real(reader, reference)

    monkeypatch.setattr(PdfReader, "_get_object_from_stream", count)
    assert pdfs.inspect(str(path), "many.pdf") == (1, [])
    assert set(parsed) == {4}
    assert len(parsed) <= 2
