"""How a template is filled: nothing of Python within reach, no more time or room than allowed."""

from __future__ import annotations

import io
from dataclasses import replace

import docx as library
import pytest

from appraisal.documents import docx
from appraisal.documents.wordtemplate.filling import fill
from appraisal.files.refusal import Refused
from tests.appraisal.documents import samples
from tests.appraisal.documents.wordtemplate.offices import SAMPLE, own, texts, with_paragraph

VALUES = {
    "so": "12", "dong": {"ten": "Sở Y tế"}, "cac": [{"ten": "a"}, {"ten": "b"}], "noi_dung": True,
}  # fmt: skip


@pytest.mark.parametrize(
    "expression",
    [
        "so.__class__",
        "so.__class__.__mro__[1].__subclasses__()",
        "so['__class__']",
        "so|attr('__class__')",
        "dong.__init__.__globals__",
        "dong.__dict__",
        "so.upper()",
        "so.format(so)",
        "range(3)",
        "dict(a=1)",
        "lipsum()",
        "cycler(1)",
        "namespace()",
        "self",
        "cac.append(1)",
        "noi_dung._name",
        "khong_co",
        "dong.khong_co",
        "so|safe",
        "so is callable",
        "'{0.__class__}'.format(so)",
        "loop",
    ],
)
def test_even_an_unchecked_template_reaches_nothing(expression):
    with pytest.raises(Refused) as refusal:
        fill(own(f"{{{{ {expression} }}}}"), VALUES, ["noi_dung"])
    assert refusal.value.code == "template_not_filled"
    assert "Mẫu Word của cơ quan" in refusal.value.sentence


def test_a_value_is_text_whatever_it_holds():
    value = "<w:p/>&lt; {{ so }} {%p if x %} \"' ]]> \ue0001\ue001"
    filled = fill(own("[{{ so }}]"), {**VALUES, "so": value}, ["noi_dung"])
    assert texts(filled) == [f"[{value}]"]


def test_a_template_cannot_forge_a_token():
    filled = fill(own("{{ so }} \ue0000\ue001 \ue0009\ue001"), VALUES, ["noi_dung"])
    assert texts(filled) == ["12 0\ue001 9\ue001"]


def test_lines_of_a_value_are_lines_of_the_paragraph():
    filled = fill(own("{{ so }}"), {**VALUES, "so": "một\nhai\nba"}, ["noi_dung"])
    (paragraph,) = library.Document(io.BytesIO(filled)).paragraphs
    assert paragraph.text == "một\nhai\nba"


def test_a_template_that_would_run_for_hours_is_stopped(monkeypatch):
    monkeypatch.setattr(docx, "SECONDS", 1)
    loops = "".join(
        f"{{% for {name} in cac_phu_luc %}}{{% for {name}{name} in {name}.cac_dong %}}"
        for name in "ab"
    )
    endless = with_paragraph(f"{loops}{{{{ so }}}}{'{% endfor %}' * 4}")
    with pytest.raises(Refused) as refusal:
        docx.render(samples.of_many(4_000), endless)
    assert refusal.value.code in {"too_slow", "too_much_memory"}
    assert "mẫu Word của cơ quan" in refusal.value.sentence


def test_many_papers_are_filled_by_one_child_in_their_order(monkeypatch):
    calls = []
    run = docx.child.run
    monkeypatch.setattr(docx.child, "run", lambda *a, **k: calls.append(1) or run(*a, **k))
    papers = [
        replace(samples.letter(), addressees=(f"Đơn vị số {number}.",)) for number in range(12)
    ]
    template = docx.builtin_template(papers[0])
    contents = docx.render_all(papers, template)
    assert calls == [1]
    for number, content in enumerate(contents):
        assert f"Kính gửi: Đơn vị số {number}." in texts(content)


def test_the_office_s_words_are_on_the_paper():
    content = docx.render(SAMPLE, with_paragraph("Người soạn: {{ co_quan_thuong_truc }}", SAMPLE))
    assert texts(content)[-1] == f"Người soạn: {dict(SAMPLE.facts)['co_quan_thuong_truc']}"
