"""Letters joined into one file."""

import io

import pikepdf
import pytest

from appraisal.documents import pdf
from appraisal.documents.joining import joined
from tests.appraisal.documents import decree, samples, tagged

NAMES = ["Sở Y tế", "Sở Tài chính", "Ban Dân tộc"]


@pytest.fixture(scope="module")
def letters():
    return [pdf.render(samples.letter(f"{name}.")) for name in NAMES] + [
        pdf.render(samples.sheet(40))
    ]


@pytest.fixture(scope="module")
def whole(letters):
    return joined(letters, [*NAMES, "Bảng điểm"])


def test_every_page_is_there_with_the_number_it_had(letters, whole):
    pages = [page for content in letters for page in decree.measure(content).pages]
    for page, its in zip(decree.measure(whole).pages, pages, strict=True):
        assert [line.text for line in page.lines] == [line.text for line in its.lines]


def test_the_papers_are_parts_of_one_document(letters, whole):
    tagged.check_sound(whole)
    tree = tagged.tree(whole)
    assert tree.tag == "Document"
    assert [part.tag for part in tree.kids] == ["Part"] * 4
    for part, content in zip(tree.kids, letters, strict=True):
        assert [kid.outline() for kid in part.kids] == [
            kid.outline() for kid in tagged.tree(content).kids
        ]
    assert tagged.rows(whole) == [row for content in letters for row in tagged.rows(content)]


def test_bookmarks_lead_to_each_paper(letters, whole):
    with pikepdf.open(io.BytesIO(whole)) as opened, opened.open_outline() as outline:
        assert [item.title for item in outline.root] == [*NAMES, "Bảng điểm"]
        first = [opened.pages[n].objgen for n in (0, 1, 2, 3)]
        assert [item.destination[0].objgen for item in outline.root] == first


def test_the_whole_is_as_archivable_as_each(whole):
    with pikepdf.open(io.BytesIO(whole)) as opened:
        assert opened.Root.Lang == "vi"
        assert opened.Root.MarkInfo.Marked
        assert opened.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert "/Names" not in opened.Root
        metadata = opened.Root.Metadata.read_bytes()
        assert b'part="3"' in metadata
        assert b'conformance="A"' in metadata
        for page in opened.pages:
            for font in page.resources.Font.values():
                assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor


def test_the_same_papers_give_the_same_bytes(letters, whole):
    assert joined(letters, [*NAMES, "Bảng điểm"]) == whole
