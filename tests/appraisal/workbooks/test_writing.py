"""What XlsxWriter is given is a text and stays one, whole."""

import zipfile
from io import BytesIO

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from appraisal.workbooks.values import clean_text
from appraisal.workbooks.writing import MOST_UNITS, fits, pieces, write_text

# XlsxWriter would copy these into the sheet as they are.
INJECTIONS = [
    "<r></r>",
    "<r><t>a</t></r>",
    '<r><t>a</t></r></is></c><c r="B1"><f>1+1</f><v>2</v></c><c t="inlineStr"><is><r><t>b</t></r>',
    "<r> _x0041_ _x0041_x0042_ </r>",
    "<r>\n\t=1+1\n</r>",
]


def written(text, *, streamed=True):
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": streamed}) as book:
        write_text(book.add_worksheet(), 0, 0, text, book.add_format({"bold": True}))
    return buffer


@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "shared"])
@pytest.mark.parametrize("text", INJECTIONS)
def test_a_text_that_looks_like_a_rich_text_stays_a_text(text, streamed):
    content = written(text, streamed=streamed)
    with zipfile.ZipFile(content) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())
    cells = [cell for row in load_workbook(content).active.iter_rows() for cell in row]
    assert [(cell.coordinate, cell.value) for cell in cells] == [("A1", text)]


@given(st.text().map(clean_text).filter(bool))
def test_any_clean_text_is_read_back(text):
    found = load_workbook(written(text), rich_text=False).active["A1"].value
    assert clean_text(found.replace("_x005F_", "_")) == clean_text(text.replace("_x005F_", "_"))


@pytest.mark.parametrize("text", ["a" * (MOST_UNITS + 1), "😀" * (MOST_UNITS // 2 + 1)])
def test_a_text_longer_than_a_cell_is_never_cut(text):
    assert not fits(text)
    with pytest.raises(ValueError, match="longer"):
        written(text)


@given(st.text(st.sampled_from("aệ😀\n")), st.integers(2, 5))
def test_pieces_fit_and_are_the_whole_text(text, units):
    parts = list(pieces(text, units))
    assert "".join(parts) == text
    assert all(fits(part, units) for part in parts)
