"""What any official paper is: its parts as frozen values, before anything is laid out.

Every paper of the project is one `Official`; `pdf` and `docx` print it, and so can never differ in
a word. Which words a paper has is in the module named after it (`decision`, `minutes` …). Nothing
here knows the database or a file format. Form and order follow Decree 30/2020/NĐ-CP, Appendix I.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

NATION: Final = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO: Final = "Độc lập - Tự do - Hạnh phúc"


@dataclass(frozen=True)
class Letterhead:
    """The head of the first page: who issues on the left, the nation's name on the right.

    `superior` is the regular line above the bold `issuer` lines; either may be missing where the
    decree knows none.
    """

    superior: tuple[str, ...]
    issuer: tuple[str, ...]
    number_line: str
    date_line: str
    nation: str = NATION
    motto: str = MOTTO


Role = Literal["body", "clause", "point", "heading", "subheading", "note", "centred"]


@dataclass(frozen=True)
class Paragraph:
    """One paragraph. `lead` are the bold words it begins with ("Điều 1."), without a blank.

    body, clause, point: justified, first line indented; heading ("I. KẾT QUẢ CHUNG") and
    subheading ("1. Kết quả theo lĩnh vực"): bold, kept with what follows; note: italic;
    centred: bold in the middle.
    """

    text: str
    role: Role = "body"
    lead: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table. `share` is its part of the width; the widths of all are scaled."""

    label: str
    share: float
    align: Literal["left", "center", "right"] = "center"


@dataclass(frozen=True)
class Row:
    """One row; every cell is printed as it stands. `field` and `total` rows are bold.

    A `field` row may have empty cells after the title; it is never parted from the row below.
    """

    cells: tuple[str, ...]
    role: Literal["row", "field", "total"] = "row"


@dataclass(frozen=True)
class Table:
    """A table with a header row that is repeated on every page; no row is split over pages."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption: str = ""


@dataclass(frozen=True)
class Facts:
    """Two columns of "what: how much", without rules: the head of a score sheet or of minutes."""

    pairs: tuple[tuple[str, str], ...]


Block = Paragraph | Table | Facts


@dataclass(frozen=True)
class Annex:
    """An annex: numbered, titled, on pages of its own that are numbered from 1."""

    number: str
    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    landscape: bool = True

    @property
    def heading(self) -> str:
        """ "Phụ lục I", or plain "Phụ lục" where there is only one."""
        return f"Phụ lục {self.number}".rstrip()


@dataclass(frozen=True)
class Signature:
    """The lines of authority and office above the name, and the name itself."""

    lines: tuple[str, ...]
    name: str


@dataclass(frozen=True)
class Seal:
    """What ties the paper to the sealed result. `qr_text` is what the QR code holds."""

    fingerprint: str
    verify_text: str
    qr_text: str

    @property
    def groups(self) -> tuple[str, ...]:
        """The fingerprint in groups of eight, as an eye compares it."""
        return tuple(self.fingerprint[i : i + 8] for i in range(0, len(self.fingerprint), 8))


@dataclass(frozen=True)
class Attachment:
    """A file carried inside the PDF (PDF/A-3), such as the sealed snapshot."""

    name: str
    content: bytes
    media_type: str
    description: str
    relationship: Literal["Data", "Source", "Alternative", "Supplement"] = "Data"


@dataclass(frozen=True)
class Official:
    """A whole paper.

    `form`: a named paper ("QUYẾT ĐỊNH", "TỜ TRÌNH" in the middle), a letter (công văn: the summary
    stands under the number), or a sheet (a table without the head of an official paper's text).
    `resolved` is the line before the articles ("QUYẾT ĐỊNH:"). Two signatures stand side by side.
    `facts` are the named values that an office's own template may print, each a ready string.
    `created` dates the file, so that making the paper twice gives the same bytes.
    `attachments` travel in the PDF alone.
    """

    kind: str
    letterhead: Letterhead
    title: str
    summary: str
    blocks: tuple[Block, ...]
    signatures: tuple[Signature, ...]
    created: datetime
    form: Literal["named", "letter"] = "named"
    addressees: tuple[str, ...] = ()
    authority: str = ""
    bases: tuple[str, ...] = ()
    resolved: str = ""
    recipients: tuple[str, ...] = ()
    annexes: tuple[Annex, ...] = ()
    seal: Seal | None = None
    draft: bool = True
    illustrative: bool = False
    facts: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)
