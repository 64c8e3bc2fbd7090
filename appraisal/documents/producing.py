"""From what a paper says to its files: PDF and Word of one content, a ZIP where there are many.

With an office's own Word template the PDF is made of that Word file by LibreOffice, so that the two
never differ; where there is no LibreOffice there is only the Word file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from appraisal.documents import converting, docx, pdf
from appraisal.documents.bundling import stems, zipped
from appraisal.documents.joining import joined
from appraisal.documents.official import Official

Tell = Callable[[int], None]


def produce(papers: tuple[Official, ...], template: bytes | None, tell: Tell) -> dict[str, bytes]:
    """The files of a paper by format ("pdf", "docx", "zip"); `tell` hears rising percentages.

    One paper: "pdf" and "docx". Several (letters): "pdf" of all joined, each numbered from page 1,
    and "zip" with a PDF and a Word file for each. `template` is the office's own Word template;
    None: the built-in one. Raises Refused for a paper that cannot be printed.
    """
    if template is None:
        printed = _printed(papers, lambda percent: tell(percent * 7 // 10))
        words = docx.render_all(papers)
    else:
        words = docx.render_all(papers, template)
        tell(30)
        printed = converting.to_pdfs(words, papers)
    tell(90)
    if len(papers) == 1:
        return {"docx": words[0], **({"pdf": printed[0]} if printed else {})}
    files = {}
    for number, stem in enumerate(stems(papers)):
        if printed:
            files[f"{stem}.pdf"] = printed[number]
        files[f"{stem}.docx"] = words[number]
    bundle = zipped(files, papers[0].created)
    return {
        "zip": bundle,
        **({"pdf": joined(printed, [_name(paper) for paper in papers])} if printed else {}),
    }


def _name(paper: Official) -> str:
    return paper.addressees[0].rstrip(".;") if paper.addressees else paper.summary


def _printed(papers: Sequence[Official], tell: Tell) -> list[bytes]:
    if len(papers) == 1:
        return [pdf.render(papers[0], tell)]
    return pdf.render_many(papers, tell)
