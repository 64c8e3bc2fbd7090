"""The demonstration's documents are PDF files that the house takes and reads."""

from pathlib import Path

from pypdf import PdfReader

from appraisal.demonstration import letters, plan
from appraisal.files.inspect import Inspection, inspect


def test_a_letter_is_taken_without_warning_and_says_what_is_declared(tmp_path: Path) -> None:
    document = plan.plans()["SYT"].documents["procedures"]
    content, pages = letters.letter(document)
    path = tmp_path / "letter.pdf"
    path.write_bytes(content)
    assert inspect(path, document.file_name) == Inspection("PDF", "application/pdf", pages, ())
    text = " ".join(page.extract_text() for page in PdfReader(path).pages)
    spoken = " ".join(text.split())
    assert document.number in spoken
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in spoken
    for section in document.sections:
        assert section in spoken


def test_the_page_of_a_section_is_the_one_that_is_cited(tmp_path: Path) -> None:
    document = plan.plans()["SYT"].documents["procedures"]
    path = tmp_path / "letter.pdf"
    path.write_bytes(letters.letter(document)[0])
    second = " ".join(PdfReader(path).pages[1].extract_text().split())
    assert document.sections[plan.SECTIONS_PER_PAGE] in second


def test_every_text_of_the_demonstration_can_be_written() -> None:
    for found in plan.plans().values():
        for document in found.documents.values():
            assert letters.letter(document)[0].startswith(b"%PDF-")


def test_the_same_document_gives_the_same_bytes() -> None:
    document = plan.plans()["DHA"].documents["plan"]
    first = letters.letter(document)[0]
    letters._face.cache_clear()
    letters._font_objects.cache_clear()
    assert letters.letter(document)[0] == first
