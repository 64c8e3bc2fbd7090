"""What pages read of documents: the library, the documents under a leaf, and their quiet chips.

A chip says something that an appraiser would want to know and that nobody is blamed for: a date
outside the round's year, the same bytes elsewhere, what was found inside the file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.models import User
from agencies.text import fold
from appraisal import scoring
from appraisal.files import kinds
from appraisal.models import Citation, Criterion, Dossier, Evidence, Round

FLAGS = {
    kinds.ACTIVE_CONTENT: gettext_lazy("Có nội dung tự chạy, chỉ tải về"),
    kinds.EXTERNAL_LINK: gettext_lazy("Có liên kết ra ngoài"),
    kinds.EMBEDDED_FILE: gettext_lazy("Có tệp đính kèm bên trong"),
    kinds.POSITION_DATA: gettext_lazy("Ảnh có vị trí chụp"),
    kinds.NO_PREVIEW: gettext_lazy("Không xem trước được"),
    kinds.TOO_MANY_PAGES: gettext_lazy("Chỉ xem trước một phần"),
    kinds.UNREADABLE_PARTS: gettext_lazy("Có phần không đọc được"),
}

ICON_KINDS = {
    kinds.PDF.content_type: "pdf",
    kinds.DOCX.content_type: "word",
    kinds.XLSX.content_type: "excel",
    kinds.JPEG.content_type: "image",
    kinds.PNG.content_type: "image",
}


class Chip(NamedTuple):
    """A quiet remark, as the component of that name takes it."""

    text: str
    title: str = ""
    icon: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Row:
    """One document as a row of a page (component file_row)."""

    evidence: Evidence
    name: str
    kind: str
    url: str
    meta: list[str]
    chips: list[Chip] = field(default_factory=list)
    citation: Citation | None = None


class Use(NamedTuple):
    """One place where some bytes are cited."""

    sha256: str
    criterion_id: int
    code: str
    dossier_id: int
    agency_id: int
    agency: str
    round_id: int
    year: int


def uses(documents: Iterable[Evidence], jurisdiction_id: int) -> dict[str, list[Use]]:
    """Where the bytes of the documents are cited in the province, by hash: one query."""
    hashes = {document.sha256 for document in documents}
    found: dict[str, list[Use]] = defaultdict(list)
    if hashes:
        for row in (
            Citation.objects.filter(
                evidence__sha256__in=hashes, dossier__round__jurisdiction=jurisdiction_id
            )
            .order_by("criterion__position")
            .values_list(
                "evidence__sha256", "criterion_id", "criterion__code", "dossier_id",
                "dossier__agency_id", "dossier__agency__name", "dossier__round_id",
                "dossier__round__year",
            )
        ):  # fmt: skip
            use = Use(*row)
            found[use.sha256].append(use)
    return found


def leaf_chips(
    evidence: Evidence, dossier: Dossier, criterion: Criterion, used: Sequence[Use],
    *, names_agencies: bool,
) -> list[Chip]:  # fmt: skip
    """The remarks about a document under one leaf.

    `names_agencies`: the team and the council read which other agency uses the same bytes; the
    agency itself reads only that another one does.
    """
    chips = []
    year = dossier.round.year
    if evidence.issued_on is not None and evidence.issued_on.year != year:
        said = {"day": f"{evidence.issued_on:%d/%m/%Y}", "year": year}
        chips.append(Chip(_("Ngày %(day)s, ngoài năm %(year)s") % said, "", "calendar-event"))
    codes = [
        use.code
        for use in used
        if use.dossier_id == dossier.pk and use.criterion_id != criterion.pk
    ]
    if codes:
        text = _("Cũng dùng ở %s") % ", ".join(dict.fromkeys(codes))
        chips.append(Chip(text, "", "link-45deg"))
    others = sorted({use.agency for use in used if use.agency_id != dossier.agency_id})
    if others and names_agencies:
        chips.append(Chip(_("Cùng tệp: %s") % "; ".join(others), "", "building"))
    elif others:
        title = _("Một cơ quan khác cũng viện dẫn đúng tệp này")
        chips.append(Chip(_("Cơ quan khác cũng dùng"), title, "building"))
    years = sorted(
        {
            use.year
            for use in used
            if use.agency_id == dossier.agency_id and use.round_id != dossier.round_id
        }
    )
    if years:
        chips.append(Chip(_("Đã dùng năm %s") % ", ".join(map(str, years)), "", "clock-history"))
    return chips + flag_chips(evidence)


def flag_chips(evidence: Evidence) -> list[Chip]:
    return [
        Chip(str(FLAGS[flag]), "", "exclamation-triangle")
        for flag in evidence.flags
        if flag in FLAGS
    ]


def size_text(size: int) -> str:
    """A size as people read it: `84 KB`, `1,2 MB`."""
    if size < kinds.MEGABYTE:
        return f"{max(1, size // 1024)} KB"
    return f"{scoring.show(Decimal(size) / kinds.MEGABYTE, 1)} MB"


def row(evidence: Evidence, chips: list[Chip], citation: Citation | None = None) -> Row:
    """The document as a row: number, date, issuer, cited pages, length, size."""
    meta = [evidence.number, f"{evidence.issued_on:%d/%m/%Y}" if evidence.issued_on else ""]
    meta.append(evidence.issuer)
    if citation is not None and citation.pages:
        meta.append(_("xem trang %s") % citation.pages)
    if evidence.pages:
        meta.append(ngettext("%d trang", "%d trang", evidence.pages) % evidence.pages)
    meta += [size_text(evidence.size), evidence.file_name]
    return Row(
        evidence, evidence.title, ICON_KINDS.get(evidence.content_type, "other"),
        reverse("appraisal:evidence-show", args=[evidence.pk]),
        [word for word in meta if word], chips, citation,
    )  # fmt: skip


def cited(dossier: Dossier, criterion: Criterion, *, names_agencies: bool) -> list[Row]:
    """The documents under a leaf with their chips: two queries, one where there is none."""
    return cited_under(dossier, [criterion], names_agencies=names_agencies)[criterion.pk]


def cited_under(
    dossier: Dossier, criteria: Sequence[Criterion], *, names_agencies: bool
) -> dict[int, list[Row]]:
    """The documents under several leaves of a dossier: two queries for all of them."""
    citations = list(
        Citation.objects.filter(dossier=dossier, criterion__in=criteria).select_related("evidence")
    )
    used = uses([item.evidence for item in citations], dossier.round.jurisdiction_id)
    by_pk = {criterion.pk: criterion for criterion in criteria}
    rows: dict[int, list[Row]] = defaultdict(list)
    for item in citations:
        chips = leaf_chips(
            item.evidence, dossier, by_pk[item.criterion_id], used[item.evidence.sha256],
            names_agencies=names_agencies,
        )  # fmt: skip
        rows[item.criterion_id].append(row(item.evidence, chips, item))
    return rows


def library(reader: User, text: str = "") -> QuerySet[Evidence]:
    """The documents of the reader's agency, and of those that merged into it, the newest first."""
    return Evidence.objects.kept().filter(agency__in=reader.agency_line).matching(text)


def library_rows(documents: Sequence[Evidence], reader: User) -> list[Row]:
    """A page of the library; its chips say under which leaves of which year a document serves."""
    used = uses(documents, reader.jurisdiction_id)
    rows = []
    for document in documents:
        by_year: dict[int, list[str]] = defaultdict(list)
        for use in used[document.sha256]:
            if use.agency_id in reader.agency_line:
                by_year[use.year].append(use.code)
        chips = [
            Chip(
                _("%(year)s: %(codes)s")
                % {"year": year, "codes": ", ".join(dict.fromkeys(by_year[year]))},
                _("Được viện dẫn ở các tiêu chí này"),
                "link-45deg",
            )
            for year in sorted(by_year, reverse=True)
        ]
        rows.append(row(document, chips + flag_chips(document)))
    return rows


def to_pick(
    reader: User, dossier: Dossier, criterion: Criterion, text: str, most: int = 50
) -> list[Evidence]:
    """Documents of the library that the leaf does not cite yet, the newest first."""
    under = Citation.objects.filter(dossier=dossier, criterion=criterion).values("evidence")
    return list(library(reader, text).exclude(pk__in=under)[:most])


def citations_of(evidence: Evidence, rounds: QuerySet[Round]) -> list[Citation]:
    """Where a document is cited, in the rounds that the reader may know of."""
    return list(
        Citation.objects.filter(evidence=evidence, dossier__round__in=rounds).select_related(
            "dossier__round", "dossier__agency", "criterion"
        )
    )


def searched(text: str) -> str:
    """The search text as the page shows it back; nothing invisible in it."""
    return " ".join(text.split()) if fold(text) else ""
