import io
import struct
import zipfile
from pathlib import Path

import pytest

from appraisal.files.archives import Limits, check_archive
from appraisal.files.refusal import Refused
from tests.appraisal.files.corpus import ROOT, evidence

MB = 1024 * 1024
LIMITS = Limits(max_bytes=25 * MB, max_unpacked=200 * MB, max_ratio=100, max_entries=2000)


def code(path: Path, limits: Limits = LIMITS, *, embedded_office: bool = False) -> str:
    """Under which slug the archive is refused."""
    with pytest.raises(Refused) as caught:
        check_archive(path, limits, "Phụ lục.docx", embedded_office=embedded_office)
    assert "Phụ lục.docx" in caught.value.sentence
    assert "Hãy" in caught.value.sentence
    return caught.value.code


def archive(path: Path, parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("zip-bomb-flat.zip", "bomb"),
        ("zip-bomb-nested.zip", "nested_archive"),
        ("zip-bomb-overlap.zip", "bomb"),
        ("zip-size-lie.zip", "lying_size"),
        ("zip-unicode-collision.zip", "colliding_entries"),
        ("docx-xxe.docx", "doctype"),
        ("docx-entity-bomb.docx", "doctype"),
    ],
)
def test_each_hostile_archive_is_refused_for_its_own_reason(name: str, expected: str) -> None:
    assert code(evidence(name)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bomb-sheet.xlsx", "bomb"),
        ("rows-million-empty.xlsx", "bomb"),
        ("xxe-sharedstrings.xlsx", "doctype"),
        ("xxe-sheet.xlsx", "doctype"),
        ("xxe-content-types.xlsx", "doctype"),
        ("billion-laughs.xlsx", "doctype"),
        ("xls-renamed.xlsx", "damaged"),
        ("corrupt-crc.xlsx", "damaged"),
        ("zip-duplicate-sheet.xlsx", "colliding_entries"),
        ("zip-slip-part.xlsx", "unsafe_entry_name"),
    ],
)
def test_each_hostile_workbook_is_refused_for_its_own_reason(name: str, expected: str) -> None:
    assert code(ROOT / "xlsx" / name) == expected


@pytest.mark.parametrize(
    "path",
    [
        "evidence/ok-plain.docx",
        "xlsx/ok-control.xlsx",
        "xlsx/utf16-sheet.xlsx",
        "xlsx/sheet-300.xlsx",
        "xlsx/string-huge.xlsx",
        "xlsx/html-in-cells.xlsx",
    ],
)
def test_an_ordinary_package_passes(path: str) -> None:
    check_archive(ROOT / path, LIMITS)


def test_the_bounds_are_inclusive(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.docx", {"a.bin": b"12345", "b.bin": b"678"}, zipfile.ZIP_STORED)
    size = path.stat().st_size
    check_archive(path, Limits(size, 8, 100, 2))
    assert code(path, Limits(size - 1, 8, 100, 2)) == "too_large"
    assert code(path, Limits(size, 7, 100, 2)) == "bomb"
    assert code(path, Limits(size, 8, 100, 1)) == "too_many_entries"


def test_entries_that_share_bytes_are_refused_even_when_small(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.docx", {"a.bin": b"x" * 50, "b.bin": b"x" * 50})
    data = bytearray(path.read_bytes())
    second = data.rfind(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<L", 0)
    path.write_bytes(data)
    assert code(path) in ("two_names", "overlapping_entries")


def test_bytes_before_the_first_entry_are_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.docx", {"a.bin": b"x"})
    path.write_bytes(b"MZ program" + path.read_bytes())
    assert code(path) == "overlapping_entries"


def test_a_directory_that_names_another_part_than_the_entry_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.docx", {"word/document.xml": b"<a/>"})
    path.write_bytes(path.read_bytes().replace(b"word/document.xml", b"word/documen2.xml", 1))
    assert code(path) == "two_names"


@pytest.mark.parametrize("name", ["/etc/a.xml", "a/../b.xml", "C:a.xml"])
def test_a_part_whose_name_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    assert code(archive(tmp_path / "a.docx", {name: b"<a/>"})) == "unsafe_entry_name"


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("word/link.bin")
    link.create_system = 3
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as package:
        package.writestr(link, "/etc/passwd")
    assert code(tmp_path / "a.docx") == "unsafe_entry_name"


def test_an_encrypted_entry_is_refused_as_a_password(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.docx", {"a.bin": b"x"})
    data = bytearray(path.read_bytes())
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert code(path) == "password"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_a_doctype_is_found_in_every_encoding_and_under_every_name(
    tmp_path: Path, encoding: str
) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'
    for name in ("word/document.xml", "word/_rels/a.rels", "word/hidden.bin"):
        path = archive(tmp_path / "a.docx", {name: text.encode(encoding)})
        assert code(path) == "doctype"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-7", "no-such-encoding"])
def test_an_encoding_that_hides_the_text_from_us_is_refused(tmp_path: Path, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><a/>'
    content = text.encode("utf-16-le" if encoding == "utf-16-le" else "ascii")
    path = archive(tmp_path / "a.docx", {"word/hidden.bin": content})
    assert code(path) == "malformed_xml"


def test_malformed_xml_is_refused_but_a_sloppy_legacy_drawing_is_not(tmp_path: Path) -> None:
    sloppy = b"<xml><div><br></div></xml>"
    assert code(archive(tmp_path / "a.docx", {"word/document.xml": sloppy})) == "malformed_xml"
    check_archive(archive(tmp_path / "b.xlsx", {"xl/drawings/vmlDrawing1.vml": sloppy}), LIMITS)


def test_the_workbook_behind_a_chart_stays_only_where_it_is_allowed(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as package:
        package.writestr("a", "b")
    path = archive(tmp_path / "a.docx", {"word/embeddings/chart.xlsx": inner.getvalue()})
    check_archive(path, LIMITS, embedded_office=True)
    assert code(path) == "nested_archive"
    elsewhere = archive(tmp_path / "b.docx", {"word/media/image1.png": inner.getvalue()})
    assert code(elsewhere, embedded_office=True) == "nested_archive"


def test_a_directory_too_long_to_list_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.docx", {f"{n}.bin": b"" for n in range(3000)})
    assert code(path) == "too_many_entries"
