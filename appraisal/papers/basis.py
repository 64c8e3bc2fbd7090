"""What a paper depends on, and the hash of it.

Two askings with the same basis are the same paper; a paper whose basis differs from that of today
is out of date. Every part below is a version, a head of an audit stream or a fingerprint, so the
question is cheap and exact: whatever changes a paper's words moves one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from django.db.models import Count, Max

from agencies.models import Jurisdiction
from appraisal import clock, trail
from appraisal.models import (
    Consolidation,
    Decision,
    Dossier,
    Event,
    Issue,
    LegalBasis,
    PaperSettings,
    PaperTemplate,
    PastResult,
    Round,
)
from appraisal.models.papers import PaperKind
from appraisal.papers.house import cited
from appraisal.rules.results import CONSOLIDATED_STATES

WORDING: Final = 1
"""Counts the changes of what the built-in papers say; a new one makes the old papers anew."""

FROM_RESULT: Final = frozenset(
    {PaperKind.DECISION, PaperKind.SUBMISSION, PaperKind.REPORT, PaperKind.LETTERS,
     PaperKind.DERIVATION}
)  # fmt: skip
"""Papers that say the sealed result and cannot exist before it."""

_COUNCIL_ACTS: Final = r"^(meeting|report|seat)\."


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
    """The day whose bases the paper cites: that of the result it rests on, or today."""
    sealed = subject.consolidation
    return (sealed.made_at if sealed else clock.now()).astimezone(clock.VIETNAM).date()


class Standing:
    """Everything that papers of a round depend on as it stands now; each part is read once.

    A page that shows many papers keeps one; a write makes its own under the lock.
    """

    def __init__(self, round: Round) -> None:
        self.round = round

    @cached_property
    def consolidation(self) -> Consolidation | None:
        """The last consolidation while it stands: not when the round went back to the council."""
        if self.round.state not in CONSOLIDATED_STATES:
            return None
        return Consolidation.objects.filter(round=self.round).defer("snapshot").first()

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
    def versions(self) -> dict[str, int]:
        """The version of the province's settings of each kind that it has set."""
        chosen = PaperSettings.objects.filter(jurisdiction=self.round.jurisdiction_id)
        return dict(chosen.values_list("kind", "version"))

    @cached_property
    def bases(self) -> list[LegalBasis]:
        return list(LegalBasis.objects.filter(jurisdiction=self.round.jurisdiction_id))

    @cached_property
    def council(self) -> dict[str, int]:
        """The last event of each act of the council that papers tell of."""
        return dict(
            Event.objects.filter(
                round=self.round, dossier__isnull=True, action__regex=_COUNCIL_ACTS
            )
            .values_list("action")
            .annotate(last=Max("number"))
        )

    @cached_property
    def heads(self) -> dict[str, str]:
        """The head of the audit stream of every dossier."""
        return trail.heads(self.round)

    @cached_property
    def libraries(self) -> dict[str, int]:
        """The last event of the library of every agency of the round: titles, numbers, dates."""
        agencies = Dossier.objects.filter(round=self.round).values_list("agency", flat=True)
        return dict(
            Event.objects.filter(stream__in=[f"agency-{pk}" for pk in agencies])
            .values_list("stream")
            .annotate(last=Max("number"))
        )

    @cached_property
    def seats(self) -> int:
        """The last change of who sits in the council and the team."""
        return max((n for act, n in self.council.items() if act.startswith("seat.")), default=0)

    @cached_property
    def letters(self) -> list[Any]:
        """What letters say beside the result: the decision as issued, the year before."""
        issued = Issue.objects.filter(paper__round=self.round, paper__kind=PaperKind.DECISION)
        past = PastResult.objects.filter(
            jurisdiction=self.round.jurisdiction_id, year=self.round.year - 1
        )
        before = Decision.objects.filter(
            round__jurisdiction=self.round.jurisdiction_id,
            round__year=self.round.year - 1,
            published_at__isnull=False,
        )
        return [
            self.versions.get(PaperKind.DECISION, 0),
            *issued.order_by("-pk").values_list("number", "issued_on", "paper__consolidation")[:1],
            past.aggregate(last=Max("pk"), number=Count("pk")),
            list(before.order_by("pk").values_list("fingerprint", flat=True)),
        ]

    def subject(self, kind: str, dossier: Dossier | None = None) -> Subject:
        """What a paper of that kind would be about if it were asked for now."""
        return Subject(kind, self.round, self.consolidation, dossier, self.templates.get(kind))

    def basis(self, subject: Subject) -> str:
        """The hash of everything that the words of the paper depend on."""
        jurisdiction, kind = subject.jurisdiction, subject.kind
        sealed = subject.consolidation
        parts: dict[str, Any] = {
            "wording": WORDING,
            "kind": kind,
            "round": subject.round.pk,
            "name": subject.round.name,
            "dossier": subject.dossier.pk if subject.dossier else None,
            "result": [sealed.number, sealed.fingerprint] if sealed else None,
            "house": [
                jurisdiction.kind, jurisdiction.name, jurisdiction.place, jurisdiction.council,
                jurisdiction.standing_agency.name if jurisdiction.standing_agency else "",
            ],
            "settings": self.versions.get(kind, 0),
            "bases": cited(self.bases, kind, day_of(subject)),
            "template": subject.template.version if subject.template else 0,
        }  # fmt: skip
        if kind in {PaperKind.MINUTES, PaperKind.REPORT, PaperKind.SUBMISSION}:
            parts["council"] = self.council
        if kind in {PaperKind.SCORE_SHEET, PaperKind.DERIVATION}:
            parts["seats"] = self.seats
        if kind == PaperKind.LETTERS:
            parts["letters"] = self.letters
        if kind == PaperKind.MINUTES:
            parts["dossiers"] = self.heads
        if subject.dossier is not None and kind not in FROM_RESULT:
            parts["head"] = self.heads.get(f"dossier-{subject.dossier.pk}", "")
            parts["library"] = self.libraries.get(f"agency-{subject.dossier.agency_id}", 0)
        return trail.fingerprint(trail.canonical(parts))


def subject_of(round: Round, kind: str, dossier: Dossier | None = None) -> Subject:
    """What a paper of that kind would be about if it were asked for now."""
    return Standing(round).subject(kind, dossier)


def basis_of(subject: Subject) -> str:
    """The hash of everything that the words of the paper depend on, as it stands now."""
    return Standing(subject.round).basis(subject)
