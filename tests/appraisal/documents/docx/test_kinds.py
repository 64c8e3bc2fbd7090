"""Every kind of paper of a whole round in Word: the decree's layout, the PDF's words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from appraisal.documents import docx, pdf
from appraisal.documents.official import Official
from appraisal.models.papers import DOSSIER_KINDS, PaperKind
from tests.appraisal.documents import decree
from tests.appraisal.documents.docx.test_render import body, spoken, texts, words
from tests.appraisal.documents.libreoffice import LibreOffice
from tests.appraisal.papers import stage
from tests.cast import COUNCIL, Cast


@pytest.fixture(scope="module")
def office(tmp_path_factory: Any) -> LibreOffice:
    return LibreOffice(tmp_path_factory.mktemp("libreoffice"))


def built(cast: Cast, kind: str) -> Official:
    """The paper of that kind of a sealed round; of letters the first."""
    stage.sealed(cast)
    return stage.papers(cast, kind, "SYT" if kind in DOSSIER_KINDS else "")[0]


@pytest.mark.parametrize("kind", PaperKind)
def test_each_kind_is_laid_out_and_says_what_its_pdf_says(
    cast: Cast, clock: Any, office: LibreOffice, kind: str
) -> None:
    clock.set(COUNCIL)
    paper = built(cast, kind)
    content = docx.render(paper)
    assert words(texts(body(content))) == words(spoken(pdf.render(paper)))
    sheet = decree.measure(office.pdf(content))
    decree.check_type(sheet)
    decree.check_margins(sheet)
    first = sheet.only(decree.check_parts(sheet, paper)[0])
    decree.check_letterhead(first, paper)
    decree.check_title(first, paper)
    decree.check_closing(first, paper)


@pytest.mark.parametrize("kind", PaperKind)
def test_the_built_in_template_of_each_kind_may_be_brought_back(
    cast: Cast, clock: Any, tmp_path: Path, kind: str
) -> None:
    clock.set(COUNCIL)
    paper = built(cast, kind)
    template = tmp_path / "Mẫu.docx"
    template.write_bytes(docx.builtin_template(paper))
    assert docx.check_template(template, template.name, paper).filled == docx.render(paper)
    assert docx.render(paper, template.read_bytes()) == docx.render(paper)


@pytest.mark.parametrize("kind", PaperKind)
def test_every_figure_of_a_kind_has_a_name_and_none_hides_another(
    cast: Cast, clock: Any, kind: str
) -> None:
    clock.set(COUNCIL)
    names = [item.name for item in docx.placeholders(kind)]
    assert len(names) == len(set(names))
    assert {name for name, _value in built(cast, kind).facts} <= set(names)
