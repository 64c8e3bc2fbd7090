"""The office's own Word templates as pages show them, and what was found in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from agencies.models import Jurisdiction
from appraisal import clock
from appraisal.models import PaperTemplate
from appraisal.models.papers import PaperKind

A4: Final = (210, 297)
MARGINS: Final = {"top": (20, 25), "bottom": (20, 25), "left": (30, 35), "right": (15, 20)}
"""Millimetres, from … to, that Decree 30/2020 wants."""


@dataclass(frozen=True)
class TemplateRow:
    """One version of a template. `state` is `in_force`, `retired` or `new`."""

    pk: int
    kind: str
    title: str
    version: int
    file_name: str
    size: str
    uploaded: str
    state: str
    since: str

    @property
    def is_in_force(self) -> bool:
        return self.state == "in_force"


@dataclass(frozen=True)
class KindRow:
    """A kind of paper with what its papers are made from and every version the office brought."""

    kind: str
    title: str
    in_force: TemplateRow | None
    versions: tuple[TemplateRow, ...]


def kinds_of(jurisdiction: Jurisdiction) -> list[KindRow]:
    """Every kind of paper with its templates, the newest version first: one query."""
    found: dict[str, list[TemplateRow]] = {}
    for template in PaperTemplate.objects.filter(jurisdiction=jurisdiction).select_related(
        "uploaded_by", "in_force_by"
    ):
        found.setdefault(template.kind, []).append(row_of(template))
    return [
        KindRow(
            kind=kind,
            title=str(kind.label),
            in_force=next((row for row in found.get(kind, ()) if row.is_in_force), None),
            versions=tuple(found.get(kind, ())),
        )
        for kind in PaperKind
    ]


def row_of(template: PaperTemplate) -> TemplateRow:
    """The template for a page. Who uploaded it and put it in force has been read with it."""
    state, since = "new", ""
    if template.in_force_at is not None and template.in_force_by is not None:
        state = "in_force" if template.retired_at is None else "retired"
        since = _("%(who)s đưa vào sử dụng lúc %(when)s") % {
            "who": template.in_force_by.full_name, "when": clock.minute(template.in_force_at),
        }  # fmt: skip
    return TemplateRow(
        pk=template.pk,
        kind=template.kind,
        title=str(PaperKind(template.kind).label),
        version=template.version,
        file_name=template.file_name,
        size=_("%d KB") % max(1, round(template.size / 1024)),
        uploaded=_("%(who)s tải lên lúc %(when)s")
        % {"who": template.uploaded_by.full_name, "when": clock.minute(template.uploaded_at)},
        state=state,
        since=since,
    )


def remarks(facts: dict[str, Any], *, has_annexes: bool, has_seal: bool) -> list[str]:
    """What whoever puts a template in force should know of it; nothing of it is forbidden.

    `has_annexes`, `has_seal`: whether papers of its kind have them.
    """
    names = set(facts["names"])
    wanted = (
        ("noi_dung", True,
         _("Mẫu không có {{p noi_dung }}: nội dung do phần mềm lập không được in.")),
        ("phu_luc", has_annexes,
         _("Mẫu không có {{p phu_luc }}: các phụ lục không được in.")),
        ("niem_phong", has_seal,
         _("Mẫu không có {{p niem_phong }}: mã QR và mã đối chiếu không được in.")),
        ("du_thao", True,
         _("Mẫu không có {{ du_thao }}: dự thảo không mang dấu “DỰ THẢO”.")),
    )  # fmt: skip
    found = [told for name, is_wanted, told in wanted if is_wanted and name not in names]
    if facts["fonts"]:
        found.append(
            _("Mẫu có phông chữ khác Times New Roman: %(fonts)s.")
            % {"fonts": ", ".join(facts["fonts"])}
        )
    for page in facts["pages"]:
        found += _page_remarks(page)
    return list(dict.fromkeys(found))


def _page_remarks(page: dict[str, int | None]) -> list[str]:
    """Where a section's page is not as the decree wants it."""
    found = []
    size = tuple(sorted((page["width"] or 0, page["height"] or 0)))
    if any(abs(given - wanted) > 1 for given, wanted in zip(size, A4, strict=True)):
        found.append(_("Khổ giấy không phải A4."))
    labels = {
        "top": _("Lề trên"), "bottom": _("Lề dưới"), "left": _("Lề trái"), "right": _("Lề phải"),
    }  # fmt: skip
    for side, (least, most) in MARGINS.items():
        given = page[side] or 0
        if not least <= given <= most:
            found.append(
                _("%(side)s %(given)d mm; Nghị định 30/2020/NĐ-CP quy định %(least)d–%(most)d mm.")
                % {"side": labels[side], "given": given, "least": least, "most": most}
            )
    return found
