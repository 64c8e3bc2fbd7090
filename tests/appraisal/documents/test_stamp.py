"""Where the stamp of a signature stands and what it looks like, measured in the signed file."""

from __future__ import annotations

import base64
import io
from functools import cache
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf
import pytest
from PIL import Image, ImageDraw

from appraisal.documents import pdf, signing, stamp
from appraisal.documents.decision import decision
from appraisal.files import child
from appraisal.files.refusal import Refused
from tests.appraisal import signers
from tests.appraisal.documents import kon_tum
from tests.appraisal.documents.test_signing import AT, LINES, NAME, WORDS, draft, prepared

MM = 72 / 25.4
Box = tuple[float, float, float, float]


def path_of(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "paper.pdf"
    path.write_bytes(content)
    return path


def stamped(content: bytes, seen: dict[str, Any]) -> bytes:
    credential = signing.open_key_file(signers.key_file(), signers.PASSPHRASE, AT, "a.p12")
    drawing = base64.b64decode(seen["drawing"])
    return signing.sign(content, credential, drawing, seen["page"], tuple(seen["box"]), at=AT)


def line(content: bytes, page: int, words: str) -> Box:
    """Where the last line with these words stands, from the lower left corner."""
    with pdfplumber.open(io.BytesIO(content)) as paper:
        sheet = paper.pages[page]
        hit = sheet.search(words)[-1]
        return hit["x0"], sheet.height - hit["bottom"], hit["x1"], sheet.height - hit["top"]


def picture(tmp_path: Path, colour: tuple[int, ...], mode: str = "RGBA") -> Path:
    """A ring with nothing around it, 600 by 600 dots."""
    ground = (0, 0, 0, 0) if mode == "RGBA" else (255, 255, 255)
    image = Image.new(mode, (700, 700), ground)
    ImageDraw.Draw(image).ellipse((50, 50, 649, 649), outline=colour, width=40)
    path = tmp_path / "hinh.png"
    image.save(path)
    return path


def test_a_person_signs_in_the_middle_between_office_and_name(tmp_path: Path) -> None:
    seen = prepared(path_of(tmp_path, draft()))
    left, bottom, right, top = seen["box"]
    office, name = (line(draft(), seen["page"], words) for words in (LINES[-1], NAME))
    assert name[3] < bottom < top < office[1]
    middle = (left + right) / 2
    assert middle == pytest.approx((office[0] + office[2]) / 2, abs=1)
    assert middle == pytest.approx((name[0] + name[2]) / 2, abs=1)
    # As far from the one as from the other, but for the letters' own height.
    assert (office[1] - top) == pytest.approx(bottom - name[3], abs=3)


def test_the_words_say_who_and_when_in_blue_at_ten_points(tmp_path: Path) -> None:
    seen = prepared(path_of(tmp_path, draft()))
    with pdfplumber.open(io.BytesIO(base64.b64decode(seen["drawing"]))) as drawing:
        page = drawing.pages[0]
        assert page.extract_text().splitlines() == WORDS
        assert {round(letter["size"], 1) for letter in page.chars} == {10.0}
        assert all(letter["fontname"].endswith("Tinos") for letter in page.chars)
        red, green, blue = page.chars[0]["non_stroking_color"]
    assert blue > 0.5 > max(red, green)


def test_long_words_get_smaller_and_stay_inside_the_room(tmp_path: Path) -> None:
    words = ["Ký bởi: Nguyễn Thị Một Cái Tên Rất Dài", "Cơ quan: " + "Ban Quản lý dự án " * 12]
    found: Any = child.run(
        "appraisal.documents.stamp:prepare", str(path_of(tmp_path, draft())), stamp.PERSON, LINES,
        NAME, words, seconds=20, megabytes=1000,
    )  # fmt: skip
    left, bottom, right, top = found["box"]
    assert right - left <= stamp.WIDTH + 1.5
    assert top - bottom <= stamp.HEIGHT + 0.1
    with pdfplumber.open(io.BytesIO(base64.b64decode(found["drawing"]))) as drawing:
        said = " ".join(drawing.pages[0].extract_text().split())
    assert said == " ".join(" ".join(words).split())


def test_a_signature_picture_is_drawn_without_words(tmp_path: Path) -> None:
    blue = picture(tmp_path, (20, 60, 200, 255))
    seen = prepared(path_of(tmp_path, draft()), stamp.PERSON, str(blue), "ky.png")
    with pdfplumber.open(io.BytesIO(base64.b64decode(seen["drawing"]))) as drawing:
        assert not drawing.pages[0].chars
        assert len(drawing.pages[0].images) == 1
    left, bottom, right, top = seen["box"]
    assert right - left == pytest.approx(top - bottom, abs=0.5)  # the ring stays round


@cache
def signed_by_a_person() -> tuple[bytes, Box]:
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        seen = prepared(path_of(Path(place), draft()))
    return stamped(draft(), seen), tuple(seen["box"])


@pytest.mark.parametrize("diameter", [30, 36, 42])
def test_a_seal_is_as_large_as_the_real_one_over_a_third_of_the_signature(
    tmp_path: Path, diameter: float
) -> None:
    content, signature = signed_by_a_person()
    red = picture(tmp_path, (200, 0, 0, 255))
    seen = prepared(path_of(tmp_path, content), stamp.ORGANISATION, str(red), "dau.png", diameter)
    left, bottom, right, top = seen["box"]
    assert right - left == pytest.approx(diameter * MM, abs=0.5)
    assert top - bottom == pytest.approx(diameter * MM, abs=0.5)
    third = signature[0] + (signature[2] - signature[0]) / 3
    assert right == pytest.approx(third, abs=0.5)
    assert (bottom + top) / 2 == pytest.approx((signature[1] + signature[3]) / 2, abs=0.5)


def test_a_seal_without_a_picture_is_words_in_the_upper_right_corner(tmp_path: Path) -> None:
    seen = prepared(path_of(tmp_path, draft()), stamp.ORGANISATION)
    assert seen["page"] == 0
    left, bottom, right, top = seen["box"]
    with pdfplumber.open(io.BytesIO(draft())) as paper:
        sheet = paper.pages[0]
        head = sheet.height - sheet.search("CỘNG HÒA")[0]["top"]
        assert right == pytest.approx(sheet.width - 15 * MM, abs=0.5)
        assert head < bottom < top < sheet.height
        assert left > sheet.width / 2
    with pdfplumber.open(io.BytesIO(base64.b64decode(seen["drawing"]))) as drawing:
        assert drawing.pages[0].chars[0]["non_stroking_color"] in {(0,), (0, 0, 0)}


def test_a_paper_without_the_words_is_signed_below_its_main_part(tmp_path: Path) -> None:
    found: Any = child.run(
        "appraisal.documents.stamp:prepare", str(path_of(tmp_path, draft())), stamp.PERSON,
        ["KHÔNG CÓ DÒNG NÀY"], "Không có tên này", WORDS, seconds=20, megabytes=1000,
    )  # fmt: skip
    with pdfplumber.open(io.BytesIO(draft())) as paper:
        texts = [page.extract_text() for page in paper.pages]
    annex = next(n for n, text in enumerate(texts) if "Phụ lục I\n" in text)
    assert found["page"] == annex - 1
    left, bottom, right, top = found["box"]
    assert right <= 595 - 15 * MM + 0.5
    assert left > 595 / 2
    assert 20 * MM - 0.5 <= bottom < top < 60 * MM


def test_a_paper_without_a_name_is_signed_below_the_office(tmp_path: Path) -> None:
    content = pdf.render(decision(kon_tum.facts(signing=kon_tum.words.Signing("Chủ tịch"))))
    found: Any = child.run(
        "appraisal.documents.stamp:prepare", str(path_of(tmp_path, content)), stamp.PERSON,
        ["CHỦ TỊCH"], "", WORDS, seconds=20, megabytes=1000,
    )  # fmt: skip
    office = line(content, found["page"], "CHỦ TỊCH")
    assert office[1] - 30 * MM < found["box"][1] < found["box"][3] < office[1]


@pytest.mark.parametrize("mode", ["RGB", "opaque"])
def test_a_picture_without_a_transparent_ground_is_refused(tmp_path: Path, mode: str) -> None:
    path = picture(tmp_path, (200, 0, 0), "RGB")
    if mode == "opaque":
        Image.open(path).convert("RGBA").save(path)
    with pytest.raises(Refused) as caught:
        prepared(path_of(tmp_path, draft()), stamp.PERSON, str(path), "dau.png")
    assert caught.value.code == "no_transparency"
    assert "“dau.png”" in caught.value.sentence


CORPUS = Path(__file__).resolve().parents[2] / "attack_corpus" / "evidence"


@pytest.mark.parametrize(
    "name",
    ["png-pixel-flood.png", "script-svg-renamed.png", "ok-plain.jpg", "gif-js-polyglot.gif",
     "script.svg", "empty.pdf"],
)  # fmt: skip
def test_a_hostile_picture_is_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused) as caught:
        prepared(path_of(tmp_path, draft()), stamp.PERSON, str(CORPUS / name), name)
    assert caught.value.code in {"not_png", "no_transparency"}


def test_the_picture_in_the_file_carries_no_text_chunk_of_the_upload(tmp_path: Path) -> None:
    path = picture(tmp_path, (20, 60, 200, 255))
    from PIL.PngImagePlugin import PngInfo

    hidden = PngInfo()
    hidden.add_text("Comment", "<script>alert(1)</script>")
    Image.open(path).save(path, pnginfo=hidden)
    seen = prepared(path_of(tmp_path, draft()), stamp.PERSON, str(path), "ky.png")
    with pikepdf.open(io.BytesIO(stamped(draft(), seen))) as paper:
        for item in paper.objects:
            if isinstance(item, pikepdf.Stream):
                assert b"alert(1)" not in item.read_raw_bytes()
