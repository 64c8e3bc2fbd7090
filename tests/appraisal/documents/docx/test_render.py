"""The Word file of a paper: measured as LibreOffice prints it, and read as Word keeps it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import unicodedata
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from zipfile import ZipFile

import docx as library
import pypdfium2
import pytest
from django.utils import translation
from lxml import etree

from appraisal.documents import docx, pdf, printable
from appraisal.documents.decision import decision
from appraisal.documents.docx.styles import STYLES
from appraisal.documents.official import Paragraph
from appraisal.files.refusal import Refused
from tests.appraisal.documents import decree, kon_tum, samples
from tests.appraisal.documents.libreoffice import LibreOffice

ROOT = Path(__file__).resolve().parents[4]
TEXTS = [
    case["text"]
    for case in json.loads((ROOT / "tests/attack_corpus/tables/texts.json").read_text())["cases"]
]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PAPERS = {
    "decision": lambda: decision(kon_tum.facts()),
    "one-annex": samples.of_two_agencies,
    "letter": samples.letter,
    "letter-to-several": lambda: samples.letter("Sở Y tế;", "Sở Tài chính;", "Sở Tư pháp."),
    "minutes": samples.minutes,
    "score-sheet": samples.sheet,
}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return LibreOffice(tmp_path_factory.mktemp("libreoffice"))


@pytest.fixture(params=PAPERS)
def paper(request):
    return PAPERS[request.param]()


def body(content):
    return library.Document(io.BytesIO(content)).element.body


def texts(root):
    """The text of each paragraph, as it stands in the file."""
    return [
        "".join(
            "\n" if node.tag == f"{W}br" else node.text or "" for node in p.iter(f"{W}t", f"{W}br")
        )
        for p in root.iter(f"{W}p")
    ]


def words(lines):
    """All words in their order; blanks that only draw a line, and places to break, are none."""
    return [word for line in lines for word in line.replace("\u200b", "").split()]


def spoken(content):
    """What a screen reader reads of a PDF, in its order."""
    told = subprocess.run(
        ["pdfinfo", "-struct-text", "-"], input=content, capture_output=True, check=True
    )
    return re.findall(r'^\s*"(.*)"$', told.stdout.decode(), re.MULTILINE)


# --- On paper -----------------------------------------------------------------------------------
def test_it_is_laid_out_as_the_decree_wants(paper, office):
    decree.check(decree.measure(office.pdf(docx.render(paper))), paper)


def test_it_says_what_the_pdf_says_word_by_word(paper):
    assert words(texts(body(docx.render(paper)))) == words(spoken(pdf.render(paper)))


def test_a_table_of_four_thousand_agencies_comes_out_right(office):
    paper = samples.of_many(4_000)
    content = docx.render(paper)
    rows = body(content).findall(f".//{W}tr")
    assert sum(len(row.findall(f"{W}tc")) == 9 for row in rows) == 4_001
    printed = office.pdf(content)
    last = len(pypdfium2.PdfDocument(printed))
    cells = [row.cells[1] for row in paper.annexes[0].blocks[0].rows]
    some = decree.measure(printed, [3, 4, last // 2, last - 1, last])
    decree.check_margins(some)
    decree.check_figures(some)
    seen = {}
    for page in some.pages:
        decree.check_page(page, page.number - 2, landscape=True)
        sheet = some.only([page.number])
        for column in paper.annexes[0].blocks[0].columns if page.number < last else ():
            decree.styled(sheet.find(column.label), decree.CELL, bold=True)
        seen[page.number] = [line.text for line in page.body if line.text in cells]
    assert seen[3] + seen[4] == cells[: len(seen[3] + seen[4])]
    assert seen[last - 1] + seen[last] == cells[-len(seen[last - 1] + seen[last]) :]
    assert len(seen[3]) < len(seen[4]) == len(seen[last // 2])


def test_libreoffice_saves_it_anew_without_losing_a_word_or_a_style(office):
    paper = decision(kon_tum.facts())
    content = docx.render(paper)
    saved = office.convert(content, "docx")
    assert words(texts(body(saved))) == words(texts(body(content)))
    decree.check(decree.measure(office.pdf(saved)), paper)


# --- In the file ----------------------------------------------------------------------------------
def test_every_style_is_in_times_new_roman_and_vietnamese(paper):
    root = library.Document(io.BytesIO(docx.render(paper))).styles.element
    types = root.findall(f".//{W}rPr")
    assert len(types) > 40
    for element in types:
        fonts = element.find(f"{W}rFonts")
        assert {fonts.get(f"{W}{name}") for name in ("ascii", "hAnsi", "eastAsia", "cs")} == {
            "Times New Roman"
        }
        assert element.find(f"{W}lang").get(f"{W}val") == "vi-VN"
    styled = [style for style in root.findall(f"{W}style") if style.get(f"{W}type") == "paragraph"]
    assert all(
        style.find(f"{W}rPr") is not None for style in styled if not style.get(f"{W}default")
    )


def test_no_other_font_can_come_from_the_theme(paper):
    with ZipFile(io.BytesIO(docx.render(paper))) as archive:
        theme = etree.fromstring(archive.read("word/theme/theme1.xml"))
        fonts = {face.get("typeface") for face in theme.iter("{*}latin")}
        assert fonts == {"Times New Roman"}
        assert b"asciiTheme" not in archive.read("word/styles.xml")


def test_paragraphs_carry_styles_that_a_clerk_can_change():
    document = library.Document(io.BytesIO(docx.render(samples.sheet())))
    names = {paragraph.style.name for paragraph in document.paragraphs}
    assert names >= {"Tên loại văn bản", "Trích yếu", "Căn cứ", "Đề mục", "Nội dung", "Tên phụ lục"}
    assert "Normal" not in names


def test_a_table_repeats_its_head_and_splits_no_row():
    content = body(docx.render(samples.sheet(60)))
    (table,) = [t for t in content.findall(f"{W}tbl") if len(t.findall(f"{W}tr")) > 60]
    assert table.find(f"{W}tblPr/{W}tblLayout").get(f"{W}type") == "fixed"
    widths = [int(column.get(f"{W}w")) for column in table.findall(f"{W}tblGrid/{W}gridCol")]
    assert sum(widths) == pytest.approx(165 / 25.4 * 1440, abs=len(widths))
    assert widths[1] / widths[0] == pytest.approx(5, rel=0.01)
    rows = table.findall(f"{W}tr")
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
    heads = [row for row in rows if row.find(f"{W}trPr/{W}tblHeader") is not None]
    assert heads == rows[:1]
    kept = [row for row in rows if row.find(f".//{W}pPr/{W}keepNext") is not None]
    assert kept == rows[1:-1:5]


def test_each_annex_is_a_section_numbered_from_one():
    content = body(docx.render(decision(kon_tum.facts())))
    sections = content.findall(f".//{W}sectPr")
    sizes = [int(section.find(f"{W}pgSz").get(f"{W}w")) for section in sections]
    assert sizes == [11906, 16838, 16838]
    starts = [section.find(f"{W}pgNumType") for section in sections]
    assert starts[0] is None
    assert [start.get(f"{W}start") for start in starts[1:]] == ["1", "1"]
    assert all(section.find(f"{W}titlePg") is not None for section in sections)


def test_the_qr_code_is_a_picture_with_words_for_who_cannot_see_it():
    content = docx.render(samples.of_two_agencies())
    (picture,) = body(content).iter("{*}docPr")
    assert kon_tum.FINGERPRINT in picture.get("descr")
    with ZipFile(io.BytesIO(content)) as archive:
        (name,) = [name for name in archive.namelist() if name.startswith("word/media/")]
        assert archive.read(name).startswith(b"\x89PNG")


def test_the_same_content_gives_the_same_bytes(paper):
    first = docx.render(paper)
    with translation.override("en"):
        assert docx.render(paper) == first


def test_another_process_gives_the_same_bytes():
    code = (
        "import django, hashlib; django.setup()\n"
        "from appraisal.documents import docx\n"
        "from tests.appraisal.documents import samples\n"
        "print(hashlib.sha256(docx.render(samples.sheet())).hexdigest())"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONHASHSEED": "7",
        "TZ": "Asia/Ho_Chi_Minh",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    wanted = hashlib.sha256(docx.render(samples.sheet())).hexdigest()
    assert done.stdout.decode().split()[-1] == wanted


def test_the_file_is_dated_by_its_content_and_names_nobody_else(paper):
    content = docx.render(paper)
    properties = library.Document(io.BytesIO(content)).core_properties
    assert properties.created == properties.modified == paper.created
    assert properties.author == properties.last_modified_by == " ".join(paper.letterhead.issuer)
    assert properties.title.startswith(paper.title.capitalize())
    assert properties.language == "vi-VN"
    with ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2021, 1, 15, 16, 30, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"
        assert not [name for name in archive.namelist() if "thumbnail" in name]


# --- What people type -----------------------------------------------------------------------------
def filled(value, text, kept=("fingerprint", "qr_text", "role", "align", "form", "attachments")):
    """`value` with `text` in every text field, however deep."""
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        return tuple(filled(part, text) for part in value)
    if is_dataclass(value):
        names = [part.name for part in fields(value) if part.name not in kept]
        return replace(value, **{name: filled(getattr(value, name), text) for name in names})
    return value


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
@pytest.mark.parametrize("own", [False, True], ids=["built-in", "office"])
def test_any_text_in_any_field_is_kept_as_typed_or_refused(text, own):
    paper = filled(replace(samples.sheet(2), facts=(("nam", "2020"),)), text)
    template = docx.builtin_template(samples.sheet(2)) if own else None
    if len(text) > printable.MAX_CELL:
        with pytest.raises(Refused) as refusal:
            docx.render(paper, template)
        assert refusal.value.code == "text_too_long"
        return
    content = docx.render(paper, template)
    with ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            assert b'TargetMode="External"' not in part, name
            if name.startswith("word/") and name.endswith(".xml"):
                root = etree.fromstring(part)
                tags = {etree.QName(element).localname for element in root.iter()}
                assert not tags & {"hyperlink", "fldSimple", "object", "altChunk", "script"}
                codes = [node.text.strip() for node in root.iter(f"{W}instrText")]
                assert codes == (["PAGE"] if "header" in name else [])
    safe = printable.printable(paper).title
    whole = " ".join(texts(body(content)))
    if safe.strip() and not re.search(r"\s", unicodedata.normalize("NFC", safe)):
        assert whole.count(safe) >= 20


def test_what_looks_like_a_tag_is_text():
    shown = "{{ 7 * 7 }} {%p for x in y %} {_{ so }_} {{p noi_dung }} \ue0000\ue001"
    trick = f"{shown} \f\a\t&lt;w:p/&gt;"
    paper = replace(samples.letter(), addressees=(trick,), summary=trick, title=trick)
    paper = replace(paper, blocks=(Paragraph(trick, lead=trick),))
    whole = "\n".join(texts(body(docx.render(paper, docx.builtin_template(paper)))))
    assert whole.count(shown) == 4
    assert whole.count("&lt;w:p/&gt;") == 4
    assert "49" not in whole


def test_a_paper_without_any_part_is_still_a_paper(office):
    paper = replace(
        samples.letter(), form="named", blocks=(), signatures=(), recipients=(), addressees=(),
        seal=None, summary="", title="GIẤY",
    )  # fmt: skip
    content = docx.render(paper)
    assert "GIẤY" in texts(body(content))
    assert len(decree.measure(office.pdf(content)).pages) == 1


def test_no_style_is_named_so_that_word_would_take_it_for_two():
    for style in STYLES:
        assert not set(style.name) & set(",;"), style.name
    assert len({style.name for style in STYLES}) == len(STYLES)
