"""The files of a paper: which there are, and that they say the same."""

import io
from zipfile import ZipFile

import pikepdf
import pytest
from docx import Document

from appraisal.documents import converting, docx, pdf
from appraisal.documents.joining import joined
from appraisal.documents.producing import produce
from appraisal.files import child
from appraisal.files.refusal import Refused
from tests.appraisal.documents import decree, samples, tagged

STANDARD = {"Document", "P", "H1", "H2", "Div", "Span", "Table", "TR", "TD", "Figure", "Link"}


def quiet(_percent):
    pass


def test_one_paper_is_a_pdf_and_a_word_file():
    paper = samples.minutes()
    heard = []
    files = produce((paper,), None, heard.append)
    assert files == {"pdf": pdf.render(paper), "docx": docx.render(paper)}
    assert heard == sorted(heard)


def test_letters_are_one_pdf_and_a_zip_of_each():
    letters = tuple(samples.letter(f"{name}.") for name in ("Sở Y tế", "Sở Tài chính"))
    files = produce(letters, None, quiet)
    each = [pdf.render(letter) for letter in letters]
    assert files["pdf"] == joined(each, ["Sở Y tế", "Sở Tài chính"])
    with ZipFile(io.BytesIO(files["zip"])) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "01-so-y-te.pdf": each[0],
            "01-so-y-te.docx": docx.render(letters[0]),
            "02-so-tai-chinh.pdf": each[1],
            "02-so-tai-chinh.docx": docx.render(letters[1]),
        }
    assert set(files) == {"pdf", "zip"}
    assert produce(letters, None, quiet) == files


# --- An office's own template ---------------------------------------------------------------------
def template():
    """The built-in template with a sentence of the office in it."""
    document = Document(io.BytesIO(docx.builtin_template(samples.letter())))
    document.add_paragraph("Mẫu của Sở Nội vụ tỉnh Kon Tum")
    changed = io.BytesIO()
    document.save(changed)
    return changed.getvalue()


def test_with_an_office_template_both_files_say_what_it_says():
    files = produce((samples.letter(),), template(), quiet)
    said = [paragraph.text for paragraph in Document(io.BytesIO(files["docx"])).paragraphs]
    assert "Mẫu của Sở Nội vụ tỉnh Kon Tum" in said
    decree.measure(files["pdf"]).find("Mẫu của Sở Nội vụ tỉnh Kon Tum")


def test_the_pdf_of_an_office_template_is_archivable_and_carries_the_files():
    paper = samples.with_files()
    with pikepdf.open(io.BytesIO(converting.to_pdfs([docx.render(paper)], [paper])[0])) as opened:
        assert b">3<" in opened.Root.Metadata.read_bytes()
        assert opened.Root.MarkInfo.Marked
        assert opened.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert {
            name: spec.get_file().read_bytes() for name, spec in opened.attachments.items()
        } == {file.name: file.content for file in paper.attachments}
        assert [item.AFRelationship for item in opened.Root.AF] == ["/Data"]


def test_letters_in_an_office_template_are_converted_together(monkeypatch):
    asked = []
    run = child.run
    monkeypatch.setattr(
        child, "run", lambda *args, **more: asked.append(args[0]) or run(*args, **more)
    )
    letters = tuple(samples.letter(f"{name}.") for name in ("Sở Y tế", "Sở Tài chính"))
    files = produce(letters, template(), quiet)
    assert asked.count("appraisal.files.office:papers_to_pdf") == 1
    assert [part.tag for part in tagged.tree(files["pdf"]).kids] == ["Part", "Part"]
    with pikepdf.open(io.BytesIO(files["pdf"])) as opened:
        roles = opened.Root.StructTreeRoot.RoleMap
        assert {part.tag for part in tagged.tree(files["pdf"]).walk()} - {"Part"} <= {
            name[1:] for name in roles
        } | STANDARD
    sheet = decree.measure(files["pdf"])
    for letter in letters:
        sheet.find(letter.addressees[0])
    with ZipFile(io.BytesIO(files["zip"])) as archive:
        assert len(archive.namelist()) == 4


def test_without_a_converter_there_is_only_the_word_file(monkeypatch):
    monkeypatch.setattr(converting, "CONVERTER", "no-such-program")
    assert set(produce((samples.letter(),), template(), quiet)) == {"docx"}
    letters = (samples.letter("Sở Y tế."), samples.letter("Sở Tài chính."))
    files = produce(letters, template(), quiet)
    assert set(files) == {"zip"}
    with ZipFile(io.BytesIO(files["zip"])) as archive:
        assert archive.namelist() == ["01-so-y-te.docx", "02-so-tai-chinh.docx"]


def test_a_converter_that_fails_is_told_in_words(monkeypatch, tmp_path):
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    monkeypatch.setattr(converting, "CONVERTER", str(program))
    with pytest.raises(Refused) as refusal:
        produce((samples.letter(),), template(), quiet)
    assert "mẫu" in refusal.value.sentence
