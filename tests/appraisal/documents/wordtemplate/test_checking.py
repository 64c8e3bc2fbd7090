"""Which Word files may be templates; whatever is refused is named with its place."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import docx as library
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml

from appraisal.documents import docx
from appraisal.files.refusal import Refused
from tests.appraisal.documents import samples
from tests.appraisal.documents.docx.test_render import PAPERS
from tests.appraisal.documents.wordtemplate.offices import (
    SAMPLE,
    WORD,
    changed,
    check,
    own,
    part_of,
    texts,
    with_paragraph,
    with_part,
)

CORPUS = Path(__file__).resolve().parents[3] / "attack_corpus" / "evidence"
LAST = "đoạn 14"
"""Where `with_paragraph` puts its text."""


def refused(tmp_path, content, sample=SAMPLE):
    with pytest.raises(Refused) as refusal:
        check(tmp_path, content, sample)
    assert "%(" not in refusal.value.sentence
    return refusal.value


@pytest.mark.parametrize("name", PAPERS)
def test_the_built_in_template_passes_and_gives_the_very_paper(name, tmp_path):
    paper = PAPERS[name]()
    checked = check(tmp_path, docx.builtin_template(paper), paper)
    assert checked.filled == docx.render(paper)
    assert {"noi_dung", "co_quan_ban_hanh", "quoc_hieu"} <= set(checked.facts["names"])
    assert checked.facts["fonts"] == []
    assert checked.facts["pages"] == [
        {"width": 210, "height": 297, "top": 20, "right": 15, "bottom": 20, "left": 30}
    ]


# --- What it would load or run --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("docm-renamed.docx", "macros", "macro"),
        ("docx-entity-bomb.docx", "doctype", "DOCTYPE"),
        ("docx-xxe.docx", "doctype", "DOCTYPE"),
        ("docx-remote-template.docx", "remote_content", "mẫu gắn kèm của tệp"),
        ("docx-field-autolink.docx", "field", "đoạn 1"),
        ("ok-plain.docx", "no_tags", "không có chỗ điền nào"),
        ("zip-bomb-flat.zip", None, ""),
        ("zip-bomb-nested.zip", None, ""),
        ("zip-bomb-overlap.zip", None, ""),
        ("zip-size-lie.zip", None, ""),
        ("zip-unicode-collision.zip", None, ""),
        ("ok-plain.pdf", "damaged", ""),
        ("polyglot-pdf-zip.pdf", None, ""),
    ],
)
def test_no_file_of_the_attack_corpus_becomes_a_template(name, code, said, tmp_path):
    refusal = refused(tmp_path, (CORPUS / name).read_bytes())
    assert code in {None, refusal.code}
    assert said in refusal.sentence


def test_a_picture_from_elsewhere_is_refused_where_it_stands(tmp_path):
    def link(document):
        key = document.part.relate_to(
            "http://127.0.0.1:9/a.png", RELATIONSHIP_TYPE.IMAGE, is_external=True
        )
        paragraph = document.add_paragraph("Logo")
        paragraph._p.append(
            parse_xml(
                f'<w:r xmlns:w="{WORD}"><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml">'
                '<v:imagedata xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
                f'relationships" r:id="{key}"/></v:shape></w:pict></w:r>'
            )
        )

    refusal = refused(tmp_path, changed(link))
    assert refusal.code == "remote_content"
    assert refusal.sentence.startswith(f"Tại {LAST} “Logo”")
    assert "127.0.0.1" in refusal.sentence


def test_a_link_that_waits_for_a_click_may_stay(tmp_path):
    def link(document):
        document.part.relate_to(
            "https://kontum.gov.vn", RELATIONSHIP_TYPE.HYPERLINK, is_external=True
        )

    assert check(tmp_path, changed(link)).facts["names"]


@pytest.mark.parametrize("target", ["file:///etc/passwd", "javascript:alert(1)", "\\\\host\\share"])
def test_a_link_to_something_else_than_the_web_may_not(target, tmp_path):
    content = changed(
        lambda document: document.part.relate_to(
            target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True
        )
    )
    assert refused(tmp_path, content).code == "remote_content"


def test_an_embedded_object_is_refused(tmp_path):
    content = with_part(
        docx.builtin_template(SAMPLE), "word/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0"
    )
    refusal = refused(tmp_path, content)
    assert (refusal.code, "oleObject1.bin" in refusal.sentence) == ("embedded_object", True)


@pytest.mark.parametrize(
    "inner",
    ["<w:object/>", "<w:control/>"],
)
def test_a_control_or_object_is_refused_where_it_stands(inner, tmp_path):
    content = changed(
        lambda document: document.add_paragraph("Nút bấm")._p.append(
            parse_xml(f'<w:r xmlns:w="{WORD}">{inner}</w:r>')
        )
    )
    refusal = refused(tmp_path, content)
    assert refusal.code == "embedded_object"
    assert refusal.sentence.startswith(f"Tại {LAST} “Nút bấm”")


def test_a_document_put_into_the_document_is_refused(tmp_path):
    content = changed(
        lambda document: document.element.body.insert(
            0, parse_xml(f'<w:altChunk xmlns:w="{WORD}"/>')
        )
    )
    assert refused(tmp_path, content).code == "embedded_object"


def test_a_file_that_would_ask_a_database_is_refused(tmp_path):
    query = (
        f'<w:mailMerge xmlns:w="{WORD}"><w:connectString w:val="Provider=SQL"/>'
        '<w:query w:val="x"/></w:mailMerge>'
    )
    content = changed(lambda document: document.settings.element.insert(0, parse_xml(query)))
    assert refused(tmp_path, content).code == "remote_content"


@pytest.mark.parametrize("tag", ["ins", "del"])
def test_changes_that_are_still_tracked_are_refused(tag, tmp_path):
    content = changed(
        lambda document: document.add_paragraph("Sửa")._p.append(
            parse_xml(f'<w:{tag} xmlns:w="{WORD}" w:id="1" w:author="A"/>')
        )
    )
    refusal = refused(tmp_path, content)
    assert (refusal.code, refusal.values["place"]) == ("tracked_changes", f"{LAST} “Sửa”")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (' DATE \\@ "dd/MM/yyyy" ', "DATE"),
        (" INCLUDEPICTURE http://127.0.0.1:9/x ", "INCLUDEPICTURE"),
        ("DDEAUTO c:\\x", "DDEAUTO"),
        (" MERGEFIELD Ten ", "MERGEFIELD"),
    ],
)
@pytest.mark.parametrize("simple", [True, False], ids=["simple", "in pieces"])
def test_only_fields_that_count_pages_are_taken(code, name, simple, tmp_path):
    if simple:
        runs = f'<w:fldSimple w:instr="{code.replace(chr(34), "&quot;")}"/>'
    else:
        half = len(code) // 2
        runs = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            f'<w:r><w:instrText xml:space="preserve">{code[:half]}</w:instrText></w:r>'
            f'<w:r><w:instrText xml:space="preserve">{code[half:]}</w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )

    def add(document):
        paragraph = document.add_paragraph("Ngày")
        for run in parse_xml(f'<w:p xmlns:w="{WORD}">{runs}</w:p>'):
            paragraph._p.append(run)

    refusal = refused(tmp_path, changed(add))
    assert refusal.code == "field"
    assert refusal.values["field"] == name
    assert refusal.values["place"] == f"{LAST} “Ngày”"


# --- Tags -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("{{ soo }}", "unknown_name", "“so”"),
        ("{{ khong_co }}", "unknown_name", "“khong_co”"),
        ("{% for x in cac_can_cu %}{{ x }}", "not_closed", "for x in cac_can_cu"),
        ("{% if so %}có số", "not_closed", "if so"),
        ("{% endfor %}", "not_opened", "endfor"),
        ("{% else %}", "not_opened", "else"),
        ("{% for x in cac_can_cu %}{% endif %}", "not_opened", "endif"),
        ("{% if so %}a{% else %}b{% else %}c{% endif %}", "not_opened", "else"),
        ("{%p for x in cac_can_cu %}", "not_closed", "for x in cac_can_cu"),
        ("Số {%p if so %}", "not_alone", "một mình"),
        ("{%tr for x in cac_can_cu %}", "no_table", "dòng của bảng"),
        ("{{ so", "broken_tag", "không đóng đúng"),
        ("{ so }}", "broken_tag", "không đóng đúng"),
        ("{{ so } }", "broken_tag", "không đóng đúng"),
        ("{% if so", "broken_tag", "không đóng đúng"),
        ("{{ {{ so }} }}", "broken_tag", "không đóng đúng"),
        ("{{ noi_dung }}", "needs_p", "{{p noi_dung }}"),
        ("{{p so }}", "not_a_part", "không có p"),
        ("{{ cac_can_cu }}", "not_printable", "danh sách"),
        ("{{ not so }}", "not_printable", "danh sách hoặc điều kiện"),
        ("{% for x in so %}{% endfor %}", "not_a_list", "không lặp được"),
        ("{{r so }}", "wrong_level", "dùng sai"),
        ("{%tc if so %}", "wrong_level", "dùng sai"),
        ("{{p\u00a0noi_dung }}", "wrong_level", "dùng sai"),
        ("{% set x = 1 %}", "unknown_statement", "set x = 1"),
        ("{% include 'a' %}", "unknown_statement", "include"),
        ("{% macro a() %}{% endmacro %}", "unknown_statement", "macro"),
        ("{%- if so %}{% endif %}", "unknown_statement", "if so"),
        ("{% vm %}", "unknown_statement", "vm"),
        ("{% colspan so %}", "unknown_statement", "colspan"),
        ("{{ so.__class__ }}", "forbidden", "so.__class__"),
        ("{{ so.upper() }}", "forbidden", "upper()"),
        ("{{ range(10) }}", "forbidden", "range(10)"),
        ("{{ 'a' * 1000000000 }}", "forbidden", "1000000000"),
        ("{{ so ~ so }}", "forbidden", "so ~ so"),
        ("{{ so[0] }}", "forbidden", "so[0]"),
        ("{{ cac_can_cu[0:2] }}", "forbidden", "0:2"),
        ("{{ so|safe }}", "forbidden", "safe"),
        ("{{ so|attr('x') }}", "forbidden", "attr"),
        ("{{ cac_can_cu|join(so) }}", "forbidden", "join(so)"),
        ("{{ so|upper|wordwrap(1) }}", "forbidden", "wordwrap"),
        ("{{ so is defined }}", "forbidden", "defined"),
        ("{{ so if so else so }}", "forbidden", "else"),
        ("{{ lipsum }}", "unknown_name", "lipsum"),
        ("{{ self }}", "unknown_name", "self"),
        ("{{ 1, 2 }}", "forbidden", "1, 2"),
        ("{{ }}", "forbidden", "{{ }}"),
        ("{% for loop in cac_can_cu %}{% endfor %}", "forbidden", "loop"),
        ("{% for x in cac_phu_luc %}{{ x.tieu }}{% endfor %}", "unknown_field", "“tieu_de”"),
        ("{% for x in cac_phu_luc %}{{ x.cac_dong }}{% endfor %}", "not_printable", "danh sách"),
        ("{% for x in cac_can_cu %}{{ x.ten }}{% endfor %}", "forbidden", "x.ten"),
        ("{% for x in cac_can_cu %}{% endfor %}{{ x }}", "unknown_name", "“x”"),
        ("{{ loop.index }}", "unknown_name", "loop"),
        ("{% if so in cac_can_cu %}{% endif %}", "forbidden", "so in"),
    ],
)
def test_a_wrong_tag_is_refused_with_its_place(text, code, said, tmp_path):
    refusal = refused(tmp_path, with_paragraph(text))
    assert refusal.code == code
    assert refusal.values["place"].startswith(LAST)
    assert said in refusal.sentence


@pytest.mark.parametrize(
    "text",
    [
        "{{ so|upper }} {{ trich_yeu|lower }}",
        "{{ cac_can_cu|join('; ') }} {{ cac_can_cu|length }}",
        "{% if cac_can_cu|length > 2 and not so %}a{% elif so == '1' %}{% else %}x{% endif %}",
        "{% for x in cac_can_cu %}{{ loop.index }}{% if not loop.last %}, {% endif %}{% endfor %}",
        "{% for a in cac_phu_luc %}{% for d in a.cac_dong %}{{ d.stt }}{% endfor %}{% endfor %}",
        "{% if so == “05” %}năm{% endif %}",
        "{# lời dặn người sửa mẫu #}",
        "{{ ma_doi_chieu }} 100% {a} {",
    ],
)
def test_the_small_language_is_taken(text, tmp_path):
    assert check(tmp_path, with_paragraph(text)).filled


def test_the_place_of_a_cell_and_of_a_header_is_named(tmp_path):
    def in_cell(document):
        document.tables[0].rows[0].cells[1].add_paragraph("{{ sai }}")

    def in_header(document):
        document.sections[0].header.paragraphs[0].add_run("{{ sai }}")

    def in_header_table(document):
        table = document.sections[0].header.add_table(2, 2, 3_000_000)
        table.rows[1].cells[0].text = "{{ sai }}"

    assert refused(tmp_path, changed(in_cell)).values["place"] == "bảng 1, dòng 1, ô 2"
    assert refused(tmp_path, changed(in_header)).values["place"] == "đầu trang 1"
    place = refused(tmp_path, changed(in_header_table)).values["place"]
    assert place == "đầu trang 1, bảng 1, dòng 2, ô 1"


def test_a_tag_that_word_cut_into_runs_is_one_tag(tmp_path):
    def cut(document):
        paragraph = document.add_paragraph("Số ")
        for piece in ("{", "{ s", "o|up", "per }", "}."):
            paragraph.add_run(piece).bold = piece == "o|up"

    paper = replace(SAMPLE, letterhead=replace(SAMPLE.letterhead, number_line="Số: 12a/QĐ-UBND"))
    assert texts(check(tmp_path, changed(cut), paper).filled)[-1] == "Số 12A."


def test_a_condition_may_not_be_opened_and_closed_at_two_depths(tmp_path):
    def cut(document):
        paragraph = document.add_paragraph("{% if so %}")
        link = parse_xml(f'<w:hyperlink xmlns:w="{WORD}"><w:r><w:t/></w:r></w:hyperlink>')
        link[0][0].text = "{% endif %}"
        paragraph._p.append(link)

    assert refused(tmp_path, changed(cut)).code == "apart"


@pytest.mark.parametrize(
    "paragraphs",
    [
        ("{% for x in cac_can_cu %}", "{% endfor %}"),
        ("{%p for x in cac_can_cu %}", "{{ x }} {% endfor %}"),
    ],
)
def test_a_loop_may_not_be_closed_at_another_level(paragraphs, tmp_path):
    def add(document):
        for text in paragraphs:
            document.add_paragraph(text)

    assert refused(tmp_path, changed(add)).code == "apart"


def test_a_loop_over_paragraphs_stays_in_its_cell(tmp_path):
    def add(document):
        cells = document.tables[0].rows[0].cells
        cells[0].add_paragraph("{%p for x in cac_can_cu %}")
        cells[1].add_paragraph("{%p endfor %}")

    assert refused(tmp_path, changed(add)).code == "apart"


def test_loops_are_not_nested_without_end(tmp_path):
    text = "{% for a in cac_can_cu %}" * 5 + "{% endfor %}" * 5
    assert refused(tmp_path, with_paragraph(text)).code == "too_deep"


def test_the_annexes_stand_once_outside_tables_and_loops(tmp_path):
    in_cell = changed(
        lambda document: document.tables[0].rows[0].cells[0].add_paragraph("{{p phu_luc }}")
    )
    for content in (in_cell, with_paragraph("{{p phu_luc }}")):
        assert refused(tmp_path, content).code == "part_place"
    in_header = changed(
        lambda document: document.sections[0].header.add_paragraph("{{p noi_dung }}")
    )
    assert refused(tmp_path, in_header).code == "part_place"


# --- Tags where none is read ----------------------------------------------------------------------
def test_a_tag_in_a_text_box_is_refused(tmp_path):
    box = (
        f'<w:r xmlns:w="{WORD}"><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml">'
        "<v:textbox><w:txbxContent><w:p><w:r><w:t>{{ so }}</w:t></w:r></w:p></w:txbxContent>"
        "</v:textbox></v:shape></w:pict></w:r>"
    )
    content = changed(lambda document: document.add_paragraph("Khung")._p.append(parse_xml(box)))
    refusal = refused(tmp_path, content)
    assert (refusal.code, refusal.values["place"]) == ("tag_in_text_box", f"{LAST} “Khung”")


@pytest.mark.parametrize(
    "inner",
    [
        '<w:drawing><wp:docPr xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/'
        'wordprocessingDrawing" id="1" name="x" descr="{{ so }}"/></w:drawing>',
        '<w:rPr><w:lang w:val="{% if so %}"/></w:rPr>',
        "<w:delText>{{ so.__class__ }}</w:delText>",
        "<w:instrText>PAGE {{ so }}</w:instrText>",
    ],
)
def test_a_tag_where_only_the_engine_would_see_it_is_refused(inner, tmp_path):
    content = changed(
        lambda document: document.add_paragraph("x")._p.append(
            parse_xml(f'<w:r xmlns:w="{WORD}">{inner}</w:r>')
        )
    )
    assert refused(tmp_path, content).code == "hidden_tag"


def test_a_tag_cut_by_something_that_is_no_text_is_read_the_same_or_refused(tmp_path):
    def cut(document):
        paragraph = document.add_paragraph("{{ s")
        paragraph.add_run().add_tab()
        paragraph.add_run("o }}")

    assert "{{" not in "".join(texts(check(tmp_path, changed(cut)).filled))


def test_a_tag_in_a_note_is_refused(tmp_path):
    part = (
        f'<w:comments xmlns:w="{WORD}"><w:comment w:id="0"><w:p><w:r><w:t>{{{{ so }}}}</w:t></w:r>'
        "</w:p></w:comment></w:comments>"
    )
    content = with_part(docx.builtin_template(SAMPLE), "word/comments.xml", part.encode())
    refusal = refused(tmp_path, content)
    assert (refusal.code, refusal.values["place"]) == ("hidden_tag", "comments.xml")


def test_tags_in_the_properties_of_the_file_are_never_read(tmp_path):
    def title(document):
        document.core_properties.title = "{{ so.__class__.__mro__ }}"

    checked = check(tmp_path, changed(title))
    assert "{{" not in part_of(checked.filled, "docProps/core.xml").decode()


# --- An office's own layout -----------------------------------------------------------------------
RESULTS = own(
    "{{ ten_van_ban }} của {{ co_quan_ban_hanh }}",
    "{%p for nhom in cac_phu_luc %}",
    "{{ nhom.ten }}",
    "{%p endfor %}",
    table=(
        ("Cơ quan", "Điểm"),
        ("{%tr for nhom in cac_phu_luc %}", ""),
        ("{%tr for dong in nhom.cac_dong %}", ""),
        ("{{ dong.co_quan_don_vi }}", "{{ dong.tong_diem }}"),
        ("{%tr endfor %}", ""),
        ("{%tr endfor %}", ""),
    ),
)


def test_an_office_lays_the_result_table_out_itself(tmp_path):
    checked = check(tmp_path, RESULTS)
    assert checked.facts["loops"] == 3
    (table,) = library.Document(io.BytesIO(checked.filled)).tables
    rows = [tuple(cell.text for cell in row.cells) for row in table.rows]
    wanted = [(row.cells[1], row.cells[5]) for row in SAMPLE.annexes[0].blocks[0].rows]
    assert rows == [("Cơ quan", "Điểm"), *wanted]


def test_a_loop_over_nothing_leaves_a_file_that_word_opens(tmp_path):
    template = own(
        "{{ so }}",
        table=(("{%tr for noi in cac_noi_kinh_gui %}",), ("{{ noi }}",), ("{%tr endfor %}",)),
    )
    assert library.Document(io.BytesIO(check(tmp_path, template).filled)).tables == []


def test_other_fonts_and_margins_are_told_and_not_refused(tmp_path):
    def restyle(document):
        document.add_paragraph().add_run("Chữ khác").font.name = "Arial"
        document.sections[0].left_margin = 0

    facts = check(tmp_path, changed(restyle)).facts
    assert facts["fonts"] == ["Arial"]
    assert facts["pages"][0]["left"] == 0


def test_styles_that_the_office_changed_are_used(tmp_path):
    def restyle(document):
        document.styles["Nội dung"].font.size = 13 * 12_700

    filled = check(tmp_path, changed(restyle)).filled
    document = library.Document(io.BytesIO(filled))
    (style,) = {p.style.style_id for p in document.paragraphs if p.text.startswith("Điều 3")}
    assert document.styles.get_by_id(style, 1).font.size.pt == 13


def test_values_of_the_kind_may_be_used(tmp_path):
    paper = replace(samples.letter(), facts=(("xep_hang", "01/20"),))
    content = with_paragraph("Xếp hạng: {{ xep_hang }}", paper)
    assert texts(check(tmp_path, content, paper).filled)[-1] == "Xếp hạng: 01/20"
    assert refused(tmp_path, content).code == "unknown_name"
