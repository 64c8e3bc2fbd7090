"""What a paper depends on, and the hash of it.

Two askings with the same basis are the same paper; a paper whose basis differs from that of today
is out of date. Every part below is a version, the head of an audit stream, a fingerprint, or the
few words themselves (names, offices), so the question is cheap and exact: whatever changes a
paper's words moves one of them, and what does not change them moves none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from agencies.models import Jurisdiction
from appraisal import clock, trail
from appraisal.models import (
    Citation,
    Consolidation,
    Dossier,
    Event,
    Issue,
    LegalBasis,
    Mark,
    MemberReport,
    Paper,
    PaperSettings,
    PaperTemplate,
    Round,
    Seat,
)
from appraisal.models.papers import PaperKind
from appraisal.papers.house import all_settings, cited
from appraisal.queries import reporting
from appraisal.rules.papers import NEEDS_RESULT
from appraisal.rules.results import CONSOLIDATED_STATES
from appraisal.states import SeatRole, Stage

WORDING: Final = 1
"""Counts the changes of what the built-in papers say; a new one makes the old papers anew."""

FROM_RESULT: Final = NEEDS_RESULT
"""Papers that say the sealed result and cannot exist before it."""

TELLS_OF: Final[dict[str, tuple[str, ...]]] = {
    PaperKind.SUBMISSION: ("members", "meetings", "agencies"),
    PaperKind.REPORT: ("people", "reports", "meetings", "agencies"),
    PaperKind.MINUTES: ("people", "reports", "meetings", "agencies", "heads"),
    PaperKind.LETTERS: ("letters",),
    PaperKind.SCORE_SHEET: ("secretary",),
    PaperKind.DERIVATION: ("secretary",),
}
"""The parts of `Standing` that a kind tells of beside its result and its dossier."""

_SETTINGS_ACTS: Final = ("papers.bases", "papers.letterhead")


@dataclass(frozen=True)
class Subject:
    """What a paper is about: a kind, a round, and its result, dossier and template if any."""

    kind: str
    round: Round
    consolidation: Consolidation | None = None
    dossier: Dossier | None = None
    template: PaperTemplate | None = None

    @property
    def jurisdiction(self) -> Jurisdiction:
        return self.round.jurisdiction


def day_of(subject: Subject) -> date:
    """The day whose bases the paper cites: that of the result it rests on, or today.

    An agency's own report cites those of the day on which it was handed in.
    """
    at = clock.now()
    if subject.consolidation is not None:
        at = subject.consolidation.made_at
    elif subject.kind == PaperKind.SELF_REPORT and subject.dossier is not None:
        at = subject.dossier.submitted_at or at
    return at.astimezone(clock.VIETNAM).date()


class Standing:
    """Everything that papers of a round depend on as it stands now; each part is read once.

    A page that shows many papers keeps one; a write makes its own under the lock.
    """

    def __init__(self, round: Round) -> None:
        self.round = round
        self._bases: dict[tuple[str, int | None], str] = {}

    # --- Of the province -----------------------------------------------------------------------
    @cached_property
    def templates(self) -> dict[str, PaperTemplate]:
        """The office's own template of each kind that has one in force."""
        own = PaperTemplate.objects.filter(
            jurisdiction=self.round.jurisdiction_id,
            in_force_at__isnull=False,
            retired_at__isnull=True,
        )
        return {item.kind: item for item in own}

    @cached_property
    def settings(self) -> dict[str, PaperSettings]:
        """The province's settings of every kind; of version 0 where it has set none."""
        return all_settings(self.round.jurisdiction)

    @cached_property
    def bases(self) -> list[LegalBasis]:
        return list(LegalBasis.objects.filter(jurisdiction=self.round.jurisdiction_id))

    # --- Of the round --------------------------------------------------------------------------
    @cached_property
    def consolidation(self) -> Consolidation | None:
        """The last consolidation while it stands: not when the round went back to the council."""
        if self.round.state not in CONSOLIDATED_STATES:
            return None
        return Consolidation.objects.filter(round=self.round).defer("snapshot").first()

    @cached_property
    def people(self) -> list[Any]:
        """Who sits in the council and the team, with name, office and agency."""
        return list(
            Seat.objects.filter(round=self.round)
            .order_by("pk")
            .values_list(
                "pk", "role", "title", "user__full_name", "user__position", "user__agency__name"
            )
        )

    @cached_property
    def members(self) -> list[Any]:
        """Who sits where and comes from which agency, without names."""
        return [
            (role, place, agency) for place, role, _title, _name, _office, agency in self.people
        ]

    @cached_property
    def secretary(self) -> str:
        """Who signs what the council's secretary signs."""
        names = (name for _pk, role, _t, name, *_more in self.people if role == SeatRole.SECRETARY)
        return next(names, "")

    @cached_property
    def reports(self) -> list[Any]:
        """What each member reported, by version, and who the member is."""
        return list(
            MemberReport.objects.filter(round=self.round)
            .order_by("pk")
            .values_list(
                "pk", "version", "saved_at",
                "author__full_name", "author__position", "author__agency__name",
            )
        )  # fmt: skip

    @cached_property
    def meetings(self) -> int:
        """The last time that the record of a meeting was saved, as the number of its event."""
        saved = Event.objects.filter(
            round=self.round, dossier__isnull=True, action__startswith="meeting."
        )
        return int(saved.aggregate(last=Max("number"))["last"] or 0)

    @cached_property
    def agencies(self) -> dict[str, list[str]]:
        """Name, code and group of the agency of every dossier."""
        found = Dossier.objects.filter(round=self.round).values_list(
            "pk", "agency__name", "agency__code", "group__name"
        )
        return {str(pk): names for pk, *names in found}

    @cached_property
    def heads(self) -> dict[str, str]:
        """The head of the audit stream of every dossier."""
        return trail.heads(self.round)

    @cached_property
    def letters(self) -> list[Any]:
        """What letters say beside the result: the decision as issued, the year before."""
        issued = Issue.objects.filter(paper__round=self.round, paper__kind=PaperKind.DECISION)
        decision = self.settings[PaperKind.DECISION]
        return [
            decision.symbol,
            decision.issuer,
            *issued.order_by("-pk").values_list("number", "issued_on", "paper__consolidation")[:1],
            {str(pk): vars(was) for pk, was in reporting.year_before(self.round).items()},
        ]

    # --- Of one dossier ------------------------------------------------------------------------
    def said(self, dossier: Dossier) -> list[Any]:
        """What the agency says of itself: its own marks, and who answers for them."""
        signer = dossier.submitted_by or reporting.head_of(dossier.agency)
        own = Mark.objects.filter(dossier=dossier, stage=Stage.SELF)
        return [
            dossier.state,
            dossier.submitted_at,
            (signer.position, signer.full_name) if signer else None,
            list(own.order_by("criterion").values_list("criterion", "version")),
        ]

    def documents(self, dossier: Dossier, *, supplements: bool = True) -> list[Any]:
        """The documents that its criteria cite, as papers name them."""
        return list(
            Citation.objects.filter(dossier=dossier)
            .filter(Q() if supplements else Q(is_supplementary=False))
            .order_by("criterion", "pk")
            .values_list(
                "criterion", "pages", "is_supplementary", "evidence__title", "evidence__number",
                "evidence__issued_on", "evidence__issuer",
            )
        )  # fmt: skip

    # --- Of one paper --------------------------------------------------------------------------
    def subject(self, kind: str, dossier: Dossier | None = None) -> Subject:
        """What a paper of that kind would be about if it were asked for now."""
        # What an agency says of itself does not change with what others make of it.
        sealed = None if kind == PaperKind.SELF_REPORT else self.consolidation
        return Subject(kind, self.round, sealed, dossier, self.templates.get(kind))

    def basis(self, subject: Subject) -> str:
        """The hash of everything that the words of the paper depend on."""
        jurisdiction, kind, sealed = subject.jurisdiction, subject.kind, subject.consolidation
        parts: dict[str, Any] = {
            "wording": WORDING,
            "kind": kind,
            "round": subject.round.pk,
            "name": subject.round.name,
            "result": [sealed.number, sealed.fingerprint] if sealed else None,
            "house": [
                jurisdiction.kind, jurisdiction.name, jurisdiction.place, jurisdiction.council,
                jurisdiction.standing_agency.name if jurisdiction.standing_agency else "",
            ],
            "settings": self.settings[kind].version,
            "bases": cited(self.bases, kind, day_of(subject)),
            "template": subject.template.version if subject.template else 0,
            **{name: getattr(self, name) for name in TELLS_OF.get(kind, ())},
        }  # fmt: skip
        if (dossier := subject.dossier) is not None:
            parts["dossier"] = dossier.pk
            parts["agency"] = self.agencies.get(str(dossier.pk))
            if kind == PaperKind.SELF_REPORT:
                parts["said"] = self.said(dossier)
                parts["documents"] = self.documents(dossier, supplements=False)
            else:
                parts["documents"] = self.documents(dossier)
            if kind == PaperKind.SCORE_SHEET:
                parts["head"] = self.heads.get(f"dossier-{dossier.pk}", "")
        return trail.fingerprint(trail.canonical(parts))

    def is_current(self, paper: Paper) -> bool:
        """Whether the paper still says what it would say if it were made now."""
        key = paper.kind, paper.dossier_id
        if key not in self._bases:
            self._bases[key] = self.basis(self.subject(paper.kind, paper.dossier))
        return paper.basis == self._bases[key]

    def changes(self, paper: Paper) -> list[str]:
        """What has changed since a paper was asked for that is out of date, for its reader.

        The hash knows that, not what; the moments and numbers beside it tell what it can be.
        """
        now, since = self.subject(paper.kind, paper.dossier), paper.asked_at
        found = []
        if paper.kind in FROM_RESULT and now.consolidation is None:
            found.append(_("Kết quả đã trả lại Hội đồng."))
        elif now.consolidation and paper.consolidation_id != now.consolidation.pk:
            found.append(_("Kết quả đã tổng hợp lần %d.") % now.consolidation.number)
        if paper.template_id != (now.template.pk if now.template else None):
            found.append(_("Mẫu Word của loại văn bản này đã thay đổi."))
        at = self.settings[paper.kind].changed_at
        if at is not None and at > since:
            found.append(_("Thiết lập của loại văn bản này đã thay đổi."))
        found += [
            sentence
            for action, sentence in (
                ("papers.bases", _("Danh mục căn cứ đã thay đổi.")),
                ("papers.letterhead", _("Tên gọi, địa danh của tỉnh đã thay đổi.")),
            )
            if action in self.acts and self.acts[action] > since
        ]
        return found or [_("Số liệu hoặc nội dung mà văn bản này nêu đã thay đổi.")]

    @cached_property
    def acts(self) -> dict[str, datetime]:
        """When the bases and the names of the province were last changed."""
        return dict(
            Event.objects.filter(
                stream=f"jurisdiction-{self.round.jurisdiction_id}", action__in=_SETTINGS_ACTS
            )
            .order_by()
            .values_list("action")
            .annotate(last=Max("at"))
        )


def subject_of(round: Round, kind: str, dossier: Dossier | None = None) -> Subject:
    """What a paper of that kind would be about if it were asked for now."""
    return Standing(round).subject(kind, dossier)


def basis_of(subject: Subject) -> str:
    """The hash of everything that the words of the paper depend on, as it stands now."""
    return Standing(subject.round).basis(subject)


def is_current(paper: Paper) -> bool:
    """Whether the paper still says what it would say if it were made now."""
    return Standing(paper.round).is_current(paper)
