"""The tags of a PDF read back: what a program tells a reader who does not see the page."""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pdfplumber
import pikepdf


@dataclass
class Element:
    """One element. `pieces` are the marked parts of pages that it owns: page from 0, number."""

    tag: str
    kids: list[Element] = field(default_factory=list)
    pieces: list[tuple[int, int]] = field(default_factory=list)
    scope: str = ""

    def walk(self) -> Iterator[Element]:
        yield self
        for kid in self.kids:
            yield from kid.walk()

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.walk() if element.tag == tag]

    def outline(self) -> Any:
        """The tags alone, for a small tree."""
        return (self.tag, [kid.outline() for kid in self.kids]) if self.kids else self.tag


def tree(content: bytes) -> Element:
    """The root element of a PDF; AssertionError where a parent and a child do not agree."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        numbers = {page.objgen: number for number, page in enumerate(pdf.pages)}
        root = pdf.Root.StructTreeRoot
        (document,) = root.K
        return _element(document, root, numbers)


def _element(item: Any, parent: Any, numbers: dict[Any, int]) -> Element:
    assert item.P.objgen == parent.objgen, item
    attributes = item.get("/A")
    scope = str(attributes.get("/Scope", ""))[1:] if attributes is not None else ""
    element = Element(str(item.S)[1:], scope=scope)
    kids = item.get("/K", pikepdf.Array())
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int):
            element.pieces.append((numbers[item.Pg.objgen], kid))
        elif kid.get("/Type") == "/MCR":
            element.pieces.append((numbers[kid.Pg.objgen], int(kid.MCID)))
        else:
            element.kids.append(_element(kid, item, numbers))
    return element


def check_sound(content: bytes) -> None:
    """Every marked piece has one owner that knows it, and every word is marked."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.check_pdf_syntax() == []
        owned = Counter(piece for element in tree(content).walk() for piece in element.pieces)
        assert set(owned.values()) <= {1}
        nums = pdf.Root.StructTreeRoot.ParentTree.Nums
        keys = [int(key) for key in nums[0::2]]
        assert keys == sorted(set(keys))
        owners = dict(zip(keys, nums[1::2], strict=True))
        seen = set()
        for number, page in enumerate(pdf.pages):
            of_page = owners[int(page.obj.StructParents)]
            for piece in _marked(page):
                assert of_page[piece] is not None, (number, piece)
                seen.add((number, piece))
        assert seen == set(owned)


def _marked(page: pikepdf.Page) -> Iterator[int]:
    depth = 0
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in {"BDC", "BMC"}:
            depth += 1
            if name == "BDC" and operands[0] != "/Artifact":
                yield int(operands[1].MCID)
        elif name == "EMC":
            depth -= 1
        elif name in {"Tj", "TJ", "'", '"', "S", "f", "Do"}:
            assert depth > 0, f"{name} is neither text nor artifact"
    assert depth == 0


def words(content: bytes) -> dict[tuple[int, int], str]:
    """The text of each marked piece, in the order in which it is drawn."""
    found: dict[tuple[int, int], str] = defaultdict(str)
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        for number, page in enumerate(pdf.pages):
            for char in page.chars:
                if char["mcid"] is not None:
                    found[number, char["mcid"]] += char["text"]
    return found


def rows(content: bytes) -> list[list[list[str]]]:
    """The tables of a PDF as they are read out: rows of cells, without the headers."""
    spoken = words(content)
    return [
        [
            ["".join(spoken[piece] for part in cell.walk() for piece in part.pieces).strip()
             for cell in row.kids]
            for row in table.all("TR")
            if row.kids[0].tag == "TD"
        ]
        for table in tree(content).all("Table")
    ]  # fmt: skip
