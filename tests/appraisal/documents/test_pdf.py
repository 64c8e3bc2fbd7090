"""The decision on paper, read back with other programs than the one that made it."""

import gc
import hashlib
import io
import json
import logging
import os
import re
import socket
import subprocess
import sys
import unicodedata
from dataclasses import fields, is_dataclass, replace
from datetime import date
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import segno
from django.utils import translation
from fontTools.ttLib import TTFont
from pypdf import PdfReader
from weasyprint.urls import FatalURLFetchingError

from appraisal.documents import engine, markup, pdf, printable
from appraisal.documents.decision import decision as worded
from appraisal.documents.official import Attachment, Signature
from appraisal.files import kinds
from appraisal.files.refusal import Refused
from tests.appraisal.documents import decree, kon_tum, samples, tagged

ROOT = Path(__file__).resolve().parents[3]
TEXTS = [
    case["text"]
    for case in json.loads((ROOT / "tests/attack_corpus/tables/texts.json").read_text())["cases"]
]
NUMBERED = re.compile(r"\d+")


@pytest.fixture(scope="module")
def decision():
    return worded(kon_tum.facts())


@pytest.fixture(scope="module")
def paper(decision):
    return pdf.render(decision)


def with_qr(text):
    return replace(
        samples.of_two_agencies(), seal=replace(samples.of_two_agencies().seal, qr_text=text)
    )


def read(tool, paper, *options):
    """What a poppler tool says about the paper."""
    command = [tool, *options, "-", "-"] if tool == "pdftotext" else [tool, *options, "-"]
    done = subprocess.run(command, input=paper, capture_output=True, check=True)
    return done.stdout.decode()


def pages(paper):
    return read("pdftotext", paper, "-layout").split("\f")[:-1]


def flat(text):
    """The text without line breaks, as one sentence."""
    return " ".join(text.split())


def squeezed(text):
    """The text without any blank or zero-width place to break."""
    return re.sub(r"[\s\u200b]", "", text)


def page_number(page):
    first = next(line.strip() for line in page.splitlines() if line.strip())
    return first if NUMBERED.fullmatch(first) else None


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


def _last_rule(image):
    """The lowest row of pixels that is dark almost across the text: the table's last line."""
    for y in range(image.height - 1, 0, -1):
        dark = sum(image.crop((0, y, image.width, y + 1)).histogram()[:128])
        if dark > image.width * 0.7:
            return y
    raise AssertionError("no table on the page")


def test_every_word_is_printed_in_the_order_of_the_decree(decision, paper):
    text = flat(read("pdftotext", paper, "-raw"))
    place = 0
    for words in (
        *decision.letterhead.issuer,
        "DỰ THẢO",
        decision.letterhead.nation,
        decision.letterhead.motto,
        decision.title,
        decision.summary,
        decision.authority,
        *decision.bases,
        "QUYẾT ĐỊNH:",
        *(f"{block.lead} {block.text}".strip() for block in decision.blocks),
        "Nơi nhận:",
        *decision.recipients,
        *decision.signatures[0].lines,
        decision.signatures[0].name,
        *(
            words
            for annex in decision.annexes
            for words in (annex.heading, annex.title, flat(annex.subtitle), "Bộ tiêu chí minh họa")
        ),
        "Mã đối chiếu kết quả (SHA-256)",
        " ".join(decision.seal.groups),
        decision.seal.verify_text,
    ):
        place = text.find(flat(words), place)
        assert place >= 0, words


def test_every_row_is_printed_on_one_line_with_decimal_commas(decision, paper):
    rows = [row for annex in decision.annexes for row in annex.blocks[0].rows]
    assert len(rows) == 30
    lines = [flat(line) for page in pages(paper) for line in page.splitlines()]
    for row in rows:
        assert sum(line == flat(" ".join(row.cells)) for line in lines) == 1, row
    assert not re.search(r"\d\.\d", " ".join(pages(paper)))


def test_only_tinos_is_used_and_embedded_as_a_subset(paper):
    fonts = read("pdffonts", paper).splitlines()[2:]
    names = {line.split()[0].partition("+")[2] for line in fonts}
    assert names == {"Tinos", "Tinos-Bold", "Tinos-Italic", "Tinos-Bold-Italic"}
    assert len(names) < len(fonts) == 6
    assert all(re.search(r"\byes\s+yes\s+yes\b", line) for line in fonts)


def test_fonts_in_the_file_are_as_wide_as_it_says_and_can_be_read_back(paper):
    with pikepdf.open(io.BytesIO(paper)) as opened:
        fonts = opened.pages[0].resources.Font
        assert len(fonts) == 6
        for font in fonts.values():
            inner = font.DescendantFonts[0]
            file = TTFont(io.BytesIO(inner.FontDescriptor.FontFile2.read_bytes()))
            metrics, units = file["hmtx"].metrics, file["head"].unitsPerEm
            widths = dict(widths_of(inner.W))
            assert widths
            for glyph, width in widths.items():
                true = metrics[file.getGlyphName(glyph)][0] * 1000 / units
                assert abs(float(width) - true) < 1, (font.BaseFont, glyph)
            told = re.findall(rb"<([0-9a-f]{4})> <[0-9a-f]+>", font.ToUnicode.read_bytes())
            assert {int(glyph, 16) for glyph in told} - {0} == set(widths)  # 0: the whole range


def widths_of(table):
    """Glyphs with their widths, from either way in which a PDF lists them."""
    items = iter(table)
    for first in items:
        second = next(items)
        if isinstance(second, pikepdf.Array):
            yield from enumerate(second, int(first))
        else:
            width = next(items)
            yield from ((glyph, width) for glyph in range(int(first), int(second) + 1))


def test_the_fonts_are_those_of_the_readme():
    folder = ROOT / "static/print/fonts"
    listed = dict(
        reversed(line.split("  "))
        for line in (folder / "README.md").read_text().splitlines()
        if re.match(r"[0-9a-f]{64}  ", line)
    )
    files = {file.name: file for file in folder.iterdir() if file.name != "README.md"}
    assert listed == {
        name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in files.items()
    }
    assert len(listed) == 10


@pytest.mark.parametrize(
    "make",
    [
        lambda: worded(kon_tum.facts()),
        lambda: worded(kon_tum.facts(draft=False, number="7", issued_on=date(2021, 2, 5))),
        lambda: samples.of_many(30),
        samples.letter,
        lambda: samples.letter("Sở Y tế;", "Sở Tài chính;", "Ban Dân tộc."),
        samples.minutes,
        samples.sheet,
    ],
    ids=["decision", "issued", "thirty", "letter", "letter to several", "minutes", "sheet"],
)
def test_every_element_is_where_and_how_the_decree_wants_it(make):
    paper = make()
    decree.check(decree.measure(pdf.render(paper)), paper)


def test_a_long_annex_repeats_its_header_and_counts_its_own_pages():
    agencies = tuple(f"Ủy ban nhân dân xã số {n}" for n in range(1, 61))
    long = kon_tum.group("Ủy ban nhân dân các xã", agencies, "95")
    paper = pdf.render(worded(kon_tum.facts(groups=(long, long))))
    found = pages(paper)
    assert [page_number(page) for page in found] == [None, "2", *[None, "2", "3", "4"] * 2]
    for page in found[2:]:
        assert "Cơ quan, đơn vị" in page
        assert page.count("Xếp loại") == 1
    printed = re.findall(r"xã số (\d+)", " ".join(found[2:]))
    assert list(map(int, printed)) == [*range(1, 61)] * 2


def test_four_thousand_agencies_are_all_there_in_order_on_numbered_pages():
    paper = samples.of_many(4000)
    content = pdf.render(paper)
    _text, *annex = split(pages(content))
    printed = re.findall(r"công lập số (\d+)\b", " ".join(annex))
    assert list(map(int, printed)) == list(range(1, 4001))
    assert [page_number(page) for page in annex] == [None, *map(str, range(2, len(annex) + 1))]
    for page in annex[:-1]:
        assert page.count("Cơ quan, đơn vị") == 1
        assert page.count("Xếp loại") == 1
    assert len(annex) > 150
    assert "SHA-256" in annex[-1]
    table = tagged.tree(content).all("Table")[0]
    assert [len(part.kids) for part in table.kids] == [1, 4000]
    assert {len(row.kids) for row in table.all("TR")} == {9}


def split(found):
    """The text as one, and the pages after it: those of the only annex."""
    begin = next(n for n, page in enumerate(found) if page.lstrip().startswith("Phụ lục"))
    return ["".join(found[:begin]), *found[begin:]]


def test_the_signature_never_stands_alone_on_a_page():
    for extra in range(8):
        bases = tuple(f"Căn cứ văn bản thứ {n}" for n in range(extra + 1))
        found = pages(pdf.render(replace(samples.of_two_agencies(), bases=bases)))
        signed = next(page for page in found if "TM. ỦY BAN" in page)
        assert "kể từ ngày ký./." in signed


def test_two_signatories_stand_side_by_side_with_their_names_on_one_line():
    sheet = decree.measure(pdf.render(samples.minutes()))
    secretary, chair = sheet.find("Phạm Văn Dũng"), sheet.find("Nguyễn Văn An")
    assert secretary.page == chair.page
    assert secretary.first.baseline == pytest.approx(chair.first.baseline, abs=0.1)
    assert secretary.first.x1 < chair.first.x0


def test_a_final_paper_has_no_draft_mark_and_an_official_set_no_notice():
    facts = kon_tum.facts(draft=False, illustrative=False)
    text = read("pdftotext", pdf.render(worded(facts)))
    assert "DỰ THẢO" not in text
    assert "minh họa" not in text


def test_the_qr_code_on_the_last_page_is_the_fingerprint(paper):
    page = pypdfium2.PdfDocument(paper)[4]
    image = page.render(scale=4).to_pil().convert("L")
    # The code stands below the table, alone in the left 28 mm; its dark modules are its bounds.
    unit = image.width / 297
    below = _last_rule(image) + int(3 * unit)
    corner = image.crop((0, below, int(58 * unit), image.height))
    box = corner.point(lambda light: 255 * (light < 128)).getbbox()
    left, top, right, bottom = box[0], box[1] + below, box[2], box[3] + below
    modules = segno.make(kon_tum.FINGERPRINT, micro=False).matrix
    size = len(modules)
    seen = [
        bytes(
            image.getpixel(
                (
                    left + (right - left) * (column + 0.5) / size,
                    top + (bottom - top) * (row + 0.5) / size,
                )
            )
            < 128
            for column in range(size)
        )
        for row in range(size)
    ]
    assert seen == [bytes(row) for row in modules]


def test_the_same_content_gives_the_same_bytes(decision, paper):
    with translation.override("en"):
        assert pdf.render(decision) == paper


def test_another_process_gives_the_same_bytes(paper):
    code = (
        "import django, hashlib; django.setup()\n"
        "from appraisal.documents import decision, pdf\n"
        "from tests.appraisal.documents import kon_tum\n"
        "paper = pdf.render(decision.decision(kon_tum.facts()))\n"
        "print(hashlib.sha256(paper).hexdigest())"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "parc.settings",
        "PYTHONHASHSEED": "7",
        "TZ": "Asia/Ho_Chi_Minh",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    assert done.stdout.decode().split()[-1] == hashlib.sha256(paper).hexdigest()


def test_the_file_is_tagged_vietnamese_and_dated_by_its_content(decision, paper):
    reader = PdfReader(io.BytesIO(paper))
    catalog = reader.root_object
    assert catalog["/Lang"] == "vi"
    assert catalog["/MarkInfo"]["/Marked"]
    assert reader.metadata.title == f"Quyết định {decision.summary}"
    assert reader.metadata.creation_date == decision.created
    assert reader.trailer["/ID"][0] == kon_tum.FINGERPRINT
    metadata = catalog["/Metadata"].get_data()
    assert b'part="3"' in metadata
    assert b'conformance="A"' in metadata


def test_files_travel_inside_the_paper(decision):
    snapshot = Attachment(
        "ket-qua-2020.json", '{"năm":2020}'.encode(), "application/json", "Bản niêm phong kết quả"
    )
    table = Attachment("bang-2020.xlsx", b"PK", kinds.XLSX.content_type, "Bảng", "Supplement")
    content = pdf.render(replace(decision, attachments=(snapshot, table)))
    with pikepdf.open(io.BytesIO(content)) as opened:
        assert {
            name: spec.get_file().read_bytes() for name, spec in opened.attachments.items()
        } == {
            "ket-qua-2020.json": snapshot.content,
            "bang-2020.xlsx": b"PK",
        }
        related = [(item.UF, item.AFRelationship, item.EF.F.Subtype) for item in opened.Root.AF]
        assert related == [
            ("bang-2020.xlsx", "/Supplement", f"/{table.media_type}"),
            ("ket-qua-2020.json", "/Data", "/application/json"),
        ]
        described = opened.attachments["ket-qua-2020.json"]
        assert described.description == "Bản niêm phong kết quả"
        assert described.get_file().creation_date == decision.created
        assert b'part="3"' in opened.Root.Metadata.read_bytes()
        assert opened.check_pdf_syntax() == []
    assert content == pdf.render(replace(decision, attachments=(table, snapshot)))
    tagged.check_sound(content)


def test_the_layout_uses_only_what_the_engine_knows(caplog):
    engine._style.cache_clear()
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        pdf.render(samples.of_two_agencies())
    assert [record.getMessage() for record in caplog.records] == []


def test_progress_rises_to_a_hundred(decision):
    heard = []
    pdf.render(decision, heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 100
    assert gc.isenabled()


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_any_text_in_any_field_is_printed_as_typed_or_refused(text, monkeypatch):
    def connect(*_):
        raise AssertionError("the paper opened a connection")

    monkeypatch.setattr(socket.socket, "connect", connect)
    decision = filled(samples.of_two_agencies(), text)
    if len(text) > printable.MAX_CELL:
        with pytest.raises(Refused) as refusal:
            pdf.render(decision)
        assert refusal.value.code == "text_too_long"
        assert str(len(text)) in refusal.value.sentence
        return
    paper = pdf.render(decision)
    reader = PdfReader(io.BytesIO(paper))
    assert not reader.attachments
    assert not reader.get_fields()
    assert all("/Annots" not in page for page in reader.pages)
    assert len(reader.pages) < 10
    visible = "".join(
        c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) not in {"Cc", "Cf"}
    )
    if visible.isprintable() and not re.search("[\ufdfa\U0001f600\ud800]", visible):
        assert squeezed(visible) in squeezed(read("pdftotext", paper))


def test_a_word_of_the_longest_allowed_length_is_broken_and_whole():
    word = "A" * printable.MAX_TEXT
    paper = pdf.render(replace(samples.of_two_agencies(), bases=(word,)))
    assert read("pdftotext", paper).count("A") >= printable.MAX_TEXT


def test_a_text_over_the_limit_is_refused_with_its_length():
    with pytest.raises(Refused, match="10001") as refusal:
        pdf.render(replace(samples.of_two_agencies(), bases=("a" * (printable.MAX_TEXT + 1),)))
    assert refusal.value.code == "text_too_long"


def test_a_whole_over_the_limit_is_refused():
    with pytest.raises(Refused) as refusal:
        pdf.render(replace(samples.of_two_agencies(), bases=("a" * printable.MAX_TEXT,) * 51))
    assert refusal.value.code == "paper_too_long"


def test_a_name_cannot_be_turned_around_on_paper():
    signature = Signature(("CHỦ TỊCH",), "\u202eNguyễn Văn An\u202c")
    paper = pdf.render(replace(samples.of_two_agencies(), signatures=(signature,)))
    assert "Nguyễn Văn An" in read("pdftotext", paper)


def test_a_long_address_goes_into_the_qr_code_unbroken(monkeypatch):
    made = []
    make = segno.make
    monkeypatch.setattr(
        markup.segno, "make", lambda text, **options: made.append(text) or make(text, **options)
    )
    address = f"https://cchc.example.vn/r/{kon_tum.FINGERPRINT}"
    pdf.render(with_qr(address))
    assert made == [address]
    with pytest.raises(Refused) as refusal:
        pdf.render(with_qr("a" * (printable.MAX_QR + 1)))
    assert refusal.value.code == "qr_too_long"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "http://127.0.0.1:9/corpus-sink",
        "https://example.vn/",
        "ftp://example.vn/a",
        "data:text/plain,x",
        "app:other.svg",
        "app:../fonts/LICENSE",
        "APP:qr.svg",
        "qr.svg",
        "",
    ],
)
def test_the_fetcher_serves_nothing_but_its_own_files(url):
    fetcher = engine.MemoryFetcher({"qr.svg": b"<svg/>"})
    assert fetcher.fetch("app:qr.svg").read() == b"<svg/>"
    with pytest.raises(FatalURLFetchingError):
        fetcher.fetch(url)


@pytest.mark.parametrize(
    "unescaped",
    [
        '<link rel="attachment" href="file:///etc/hostname">',
        '<img src="file:///etc/hostname">',
        '<img src="http://127.0.0.1:9/corpus-sink">',
        "<style>@import url(http://127.0.0.1:9/corpus-sink);</style>",
        '<p style="background: url(http://127.0.0.1:9/corpus-sink)">x</p>',
    ],
)
def test_even_unescaped_markup_stops_the_work(unescaped, decision, monkeypatch):
    html = f"<html><body>{unescaped}</body></html>"
    monkeypatch.setattr(markup, "render_to_string", lambda *_: html)
    with pytest.raises(pdf.BlockedAddress):
        pdf.render(replace(decision, annexes=()))
    assert gc.isenabled()
