"""Several PDFs joined into one that is as tagged as each was.

Each paper keeps its pages and their numbers; its tags become one part of the whole document's.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, OutlineItem, Page, Pdf


def joined(contents: Sequence[bytes], names: Sequence[str]) -> bytes:
    """The papers one after the other, always the same bytes; metadata are those of the first.

    `names` are the bookmarks that lead to each. All must come from the same engine. Files that the
    papers carry are left behind.
    """
    with Pdf.open(io.BytesIO(contents[0])) as whole:
        for name in (Name.AF, Name.Names):
            if name in whole.Root:
                del whole.Root[name]
        root = whole.Root.StructTreeRoot
        document = root.K[0]
        part = whole.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name.Part, P=document, K=document.K)
        )
        _adopt(part)
        document.K = Array([part])
        begins = [0]
        for content in contents[1:]:
            begins.append(len(whole.pages))
            with Pdf.open(io.BytesIO(content)) as other:
                document.K.append(_appended(whole, other, document))
        with whole.open_outline() as outline:
            outline.root[:] = [
                OutlineItem(name, begin) for name, begin in zip(names, begins, strict=True)
            ]
        result = io.BytesIO()
        whole.save(result, object_stream_mode=ObjectStreamMode.generate, deterministic_id=True)
        return result.getvalue()


def _appended(whole: Pdf, other: Pdf, document: Object) -> Object:
    """The tags of `other` in `whole`, after its pages, as a part of `document`."""
    owners = whole.Root.StructTreeRoot.ParentTree.Nums
    offset = len(whole.pages)
    whole.pages.extend(other.pages)
    for page in whole.pages[offset:]:
        _renumber(page, offset)
    # Elements name their pages, which are known here now: the pages had to come first.
    part = whole.copy_foreign(other.Root.StructTreeRoot.K[0])
    theirs = whole.copy_foreign(other.make_indirect(other.Root.StructTreeRoot.ParentTree.Nums))
    for place in range(0, len(theirs), 2):
        owners.append(int(theirs[place]) + offset)
        owners.append(theirs[place + 1])
    part.S = Name.Part
    part.P = document
    _learn_roles(whole, other)
    return part


def _learn_roles(whole: Pdf, other: Pdf) -> None:
    """Names of tags that only a program knows, and what they stand for (LibreOffice has such)."""
    theirs = other.Root.StructTreeRoot.get(Name.RoleMap)
    if theirs is None:
        return
    root = whole.Root.StructTreeRoot
    if Name.RoleMap not in root:
        root.RoleMap = Dictionary()
    for name, role in theirs.items():
        root.RoleMap[name] = Name(str(role))


def _renumber(page: Page, offset: int) -> None:
    page.obj.StructParents = int(page.obj.StructParents) + offset


def _adopt(part: Object) -> None:
    for kid in part.K:
        kid.P = part
