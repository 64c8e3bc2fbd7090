import time
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfWriter

from appraisal.files import child, kinds, previews
from appraisal.files.refusal import Refused
from appraisal.files.store import Store, WrongName
from tests.appraisal.files.corpus import evidence

PDF = kinds.PDF.content_type
DOCX = kinds.DOCX.content_type
JPEG = kinds.JPEG.content_type
PNG = kinds.PNG.content_type


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "evidence")


def temporaries(store: Store) -> list[Path]:
    return list(store.temporary_root.rglob("*"))


def test_a_pdf_page_is_a_picture_of_the_expected_size_with_ink_on_it(store: Store) -> None:
    sha256 = store.put(evidence("ok-plain.pdf")).sha256
    path = previews.page_image(sha256, PDF, 1, store)
    assert path == store.previews_root / sha256 / "1.png"
    with Image.open(path) as page:
        assert page.format == "PNG"
        assert page.width == 1400
        assert page.height == pytest.approx(1400 * 842 / 595, abs=2)
        assert page.convert("L").getextrema() == (0, 255)
    assert temporaries(store) == []


def test_a_page_is_made_once(store: Store) -> None:
    sha256 = store.put(evidence("ok-plain.pdf")).sha256
    first = previews.page_image(sha256, PDF, 1, store).stat()
    again = previews.page_image(sha256, PDF, 1, store).stat()
    assert (first.st_ino, first.st_mtime_ns) == (again.st_ino, again.st_mtime_ns)


@pytest.mark.parametrize(("width", "height"), [(10, 14000), (14000, 10), (1, 1)])
def test_a_page_of_odd_shape_stays_inside_the_bounds(
    store: Store, tmp_path: Path, width: int, height: int
) -> None:
    writer = PdfWriter()
    writer.add_blank_page(width, height)
    writer.write(tmp_path / "a.pdf")
    sha256 = store.put(tmp_path / "a.pdf").sha256
    with Image.open(previews.page_image(sha256, PDF, 1, store)) as page:
        assert page.width <= 1401
        assert page.height <= 3001


def test_a_page_that_the_document_has_not_is_refused(store: Store) -> None:
    sha256 = store.put(evidence("ok-plain.pdf")).sha256
    with pytest.raises(Refused) as caught:
        previews.page_image(sha256, PDF, 2, store)
    assert caught.value.sentence == "Tài liệu không có trang 2; tài liệu có 1 trang."
    with pytest.raises(Refused):
        previews.page_image(sha256, PDF, 0, store)


def test_previews_stop_at_the_page_limit_with_a_message(store: Store) -> None:
    sha256 = store.put(evidence("pdf-5000-pages.pdf")).sha256
    assert previews.page_count(sha256, PDF, store) == kinds.MAX_PAGES
    previews.page_image(sha256, PDF, kinds.MAX_PAGES, store)
    with pytest.raises(Refused) as caught:
        previews.page_image(sha256, PDF, kinds.MAX_PAGES + 1, store)
    assert "500 trang đầu" in caught.value.sentence


def test_a_bomb_reports_that_it_cannot_be_previewed_in_time(store: Store) -> None:
    sha256 = store.put(evidence("pdf-flate-bomb.pdf")).sha256
    began = time.monotonic()
    with pytest.raises(Refused) as caught:
        previews.page_image(sha256, PDF, 1, store)
    assert time.monotonic() - began < 10
    assert caught.value.code == "stacked_compression"
    assert caught.value.sentence.startswith("Không xem trước được trang 1.")
    assert temporaries(store) == []


def test_a_page_with_a_script_is_drawn_without_running_it(store: Store) -> None:
    sha256 = store.put(evidence("pdf-openaction-js.pdf")).sha256
    assert previews.page_image(sha256, PDF, 1, store).is_file()


def test_a_broken_file_is_a_refusal(store: Store) -> None:
    sha256 = store.put([b"%PDF-1.7 broken"]).sha256
    for ask in (previews.page_count, lambda *args: previews.page_image(sha256, PDF, 1, store)):
        with pytest.raises(Refused) as caught:
            ask(sha256, PDF, store)
        assert "Hãy tải tệp về máy" in caught.value.sentence


def test_a_photo_is_shown_upright_small_and_without_its_data(store: Store, tmp_path: Path) -> None:
    photo = Image.new("RGB", (4000, 2000), "red")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x013B] = "Nguyễn Văn A"
    exif.get_ifd(0x8825)[1] = "N"
    photo.save(tmp_path / "a.jpg", exif=exif, icc_profile=b"profile", comment=b"secret")
    sha256 = store.put(tmp_path / "a.jpg").sha256
    with Image.open(previews.page_image(sha256, JPEG, 1, store)) as page:
        page.load()
        assert page.size == (1400, 2800)
        assert page.info == {}
        assert not page.getexif()


def test_the_largest_picture_taken_can_be_previewed(store: Store, tmp_path: Path) -> None:
    Image.new("RGBA", (7000, 7000), (200, 0, 0, 255)).save(tmp_path / "a.png")
    sha256 = store.put(tmp_path / "a.png").sha256
    with Image.open(previews.page_image(sha256, PNG, 1, store)) as page:
        assert page.size == (1400, 1400)
        assert page.getpixel((700, 700)) == (200, 0, 0, 255)


def test_the_corpus_photo_loses_its_position_and_the_picture_its_html(store: Store) -> None:
    for name, content_type in (("ok-with-exif-gps.jpg", JPEG), ("png-html-text-chunk.png", PNG)):
        sha256 = store.put(evidence(name)).sha256
        shown = previews.page_image(sha256, content_type, 1, store).read_bytes()
        assert b"Exif" not in shown
        assert b"<script" not in shown
        assert store.is_intact(sha256)


def test_a_picture_has_one_page(store: Store) -> None:
    sha256 = store.put(evidence("ok-plain.png")).sha256
    assert previews.page_count(sha256, PNG, store) == 1
    with pytest.raises(Refused):
        previews.page_image(sha256, PNG, 2, store)


def test_a_content_that_is_not_kept_or_no_hash_is_an_error(store: Store) -> None:
    with pytest.raises(FileNotFoundError):
        previews.page_image("0" * 64, PDF, 1, store)
    with pytest.raises(WrongName):
        previews.page_image("../1", PDF, 1, store)


def test_without_a_converter_an_office_file_is_to_be_downloaded(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    sha256 = store.put(evidence("ok-plain.docx")).sha256
    with pytest.raises(Refused) as caught:
        previews.page_image(sha256, DOCX, 1, store)
    assert caught.value.code == "no_converter"
    assert "tải tệp về máy" in caught.value.sentence


def _install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A converter on the path that behaves like `script`."""
    converter = tmp_path / "bin" / previews.CONVERTER
    converter.parent.mkdir()
    converter.write_text(f"#!/bin/sh\n{script}\n")
    converter.chmod(0o755)
    monkeypatch.setenv("PATH", f"{converter.parent}:/usr/bin:/bin")


def _children_are_isolated() -> object:
    return child.run("appraisal.files.inside:has_no_way_out", seconds=5, megabytes=200)


def test_an_office_file_is_shown_through_the_converter_once(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The arguments: profile, headless, norestore, convert-to, pdf, outdir, folder, file.
    calls = tmp_path / "calls"
    copy = f'cp {evidence("ok-plain.pdf")} "$7/$(basename "$8").pdf"; echo call >> {calls}'
    _install(tmp_path, monkeypatch, copy)
    sha256 = store.put(evidence("ok-plain.docx")).sha256
    if not _children_are_isolated():
        # A document names addresses: where the network cannot be taken away, nothing converts it.
        with pytest.raises(Refused):
            previews.page_image(sha256, DOCX, 1, store)
        assert not calls.exists()
        return
    assert previews.page_count(sha256, DOCX, store) == 1
    assert previews.page_image(sha256, DOCX, 1, store).is_file()
    assert calls.read_text() == "call\n"
    assert temporaries(store) == []


def test_a_converter_that_fails_is_a_refusal_and_leaves_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(tmp_path, monkeypatch, "exit 1")
    sha256 = store.put(evidence("ok-plain.docx")).sha256
    with pytest.raises(Refused) as caught:
        previews.page_image(sha256, DOCX, 1, store)
    assert caught.value.code == "not_converted"
    assert temporaries(store) == []
