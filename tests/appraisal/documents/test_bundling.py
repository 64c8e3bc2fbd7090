"""Names of files, and a ZIP of many papers."""

import io
from dataclasses import replace
from zipfile import ZipFile

import pytest

from appraisal.documents.bundling import ascii_name, stems, zipped
from tests.appraisal.documents import samples


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Sở Y tế tỉnh Kon Tum.", "so-y-te-tinh-kon-tum"),
        ("Ủy ban nhân dân huyện Đăk Hà;", "uy-ban-nhan-dan-huyen-dak-ha"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "con"),
        ("你好", ""),
        ("a" * 200, "a" * 80),
    ],
)
def test_a_name_is_ascii_without_marks(text, name):
    assert ascii_name(text) == name


def test_papers_are_named_by_their_fact_their_addressee_or_their_summary():
    letter = samples.letter("Sở Y tế.")
    papers = [
        replace(letter, facts=(("ten_tep", "Thông báo - Sở Y tế"),)),
        letter,
        replace(letter, addressees=("你好",)),
        replace(letter, addressees=(), summary="", title=""),
    ]
    assert stems(papers) == [
        "01-thong-bao-so-y-te",
        "02-so-y-te",
        "03-v-v-thong-bao-ket-qua-chi-so-cai-cach-hanh-chinh-nam-2020",
        "04-van-ban",
    ]


def test_a_hundred_papers_keep_their_order():
    names = stems([samples.letter("Sở Y tế.")] * 110)
    assert names == sorted(names)
    assert len(set(names)) == 110


def test_a_zip_is_dated_by_its_papers_and_always_the_same():
    files = {"01-a.pdf": b"%PDF", "01-a.docx": b"PK" * 500}
    packed = zipped(files, samples.CREATED)
    assert packed == zipped(files, samples.CREATED)
    with ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert {entry.filename: archive.read(entry) for entry in archive.infolist()} == files
        assert {entry.date_time for entry in archive.infolist()} == {(2021, 1, 15, 16, 30, 0)}
