"""The tags of a PDF (ISO 32000-1, 14.7): what a reader who does not see the page is told.

Works on the objects that the engine is about to write. `Structure` finds and mends what the engine
made of the HTML; new elements are added by `drawing`.
"""

from __future__ import annotations

from typing import Any, Final

import pydyf  # type: ignore[import-untyped]

ARTIFACT: Final = b"/Artifact"
"""Content that is of the page and not of the text: rules, page numbers, repeated headers."""


class Ready(pydyf.Object):  # type: ignore[misc]
    """An object whose bytes are known; the engine's own are spelled twice, and slowly."""

    data: bytes = b""

    def __init__(self, data: bytes = b"") -> None:
        super().__init__()
        self.data = data


class Structure:
    """The tree of elements, and which element each marked piece of a page belongs to."""

    def __init__(self, pdf: Any) -> None:
        self._pdf = pdf
        root = self.at(pdf.catalog["StructTreeRoot"])
        self._document = self.at(root["K"][0])
        self._owners = self.at(root["ParentTree"])["Nums"][1::2]

    def at(self, reference: bytes) -> Any:
        """The object that a reference ("12 0 R") names."""
        return self._pdf.objects[int(reference.split()[0])]

    def page(self, number: int) -> Any:
        return self.at(self._pdf.page_references[number])

    def content(self, page: int) -> list[Any]:
        """The drawing of a page, operator by operator, to be changed in place."""
        stream: list[Any] = self.at(self.page(page)["Contents"]).stream
        return stream

    def owners(self, page: int) -> list[bytes]:
        """The references of the elements that own the marked pieces of a page, by number."""
        owners: list[bytes] = self._owners[page]
        return owners

    def elements(self, tag: str) -> list[Any]:
        """All elements of a tag, in the order of the pages."""
        return [item for item in self._pdf.objects if _tag(item) == f"/{tag}"]

    def add(self, data: bytes = b"") -> Ready:
        added = Ready(data)
        self._pdf.add_object(added)
        return added

    def remove(self, element: Any) -> None:
        """Take an element out of its parent."""
        self.at(element["P"])["K"].remove(element.reference)

    def mend(self) -> None:
        """What the engine leaves undone; before anything is added."""
        self._mark_page_numbers()
        self._join_sections()
        self._lift(self._document)

    def _mark_page_numbers(self) -> None:
        """Page numbers are of the page, and must not be read out in the middle of a sentence."""
        roots = set(self._document["K"])
        for page, owners in enumerate(self._owners):
            for piece, reference in enumerate(owners):
                if self._root(reference) not in roots:
                    self._make_artifact(page, piece)
                    owners[piece] = b"null"

    def _root(self, reference: bytes) -> bytes:
        """The element below the document that holds this one."""
        while (parent := self.at(reference)["P"]) != self._document.reference:
            reference = parent
        return reference

    def _make_artifact(self, page: int, piece: int) -> None:
        content = self.content(page)
        for place, item in enumerate(content):
            if isinstance(item, dict) and item.get("MCID") == piece:
                content[place - 1] = ARTIFACT
                content[place] = b"<</Type /Pagination>>"
                return

    def _join_sections(self) -> None:
        """An annex is one section on all its pages; the engine begins another on each."""
        begun: Any = None
        for reference in list(self._document["K"]):
            element = self.at(reference)
            if _tag(element) != "/Sect":
                begun = None
            elif begun is None or self._heads(element):
                begun = element
            else:
                for kid in element["K"]:
                    self.at(kid)["P"] = begun.reference
                begun["K"].extend(element["K"])
                self._document["K"].remove(reference)

    def _heads(self, element: Any) -> bool:
        return bool(element["K"]) and _tag(self.at(element["K"][0])) == "/H2"

    def _lift(self, element: Any) -> None:
        """Boxes that only place their content mean nothing: what they hold is their parent's."""
        kids = pydyf.Array()
        for reference in element["K"]:
            kid = self.at(reference) if isinstance(reference, bytes) else None
            if kid is None or _tag(kid) is None:
                kids.append(reference)
                continue
            self._lift(kid)
            if _tag(kid) not in _BOXES:
                kids.append(reference)
                continue
            for inner in kid["K"]:
                self.at(inner)["P"] = element.reference
                kids.append(inner)
        element["K"] = kids


_BOXES: Final = frozenset({"/Div", "/NonStruct"})


def _tag(item: Any) -> str | None:
    return item.get("S") if isinstance(item, pydyf.Dictionary) and "P" in item else None
